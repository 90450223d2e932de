//! Queues with any number of senders and one receiver.

use core::time::Duration;

use super::mpmc;

pub use super::mpmc::Sender;
pub use super::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError};

/// Makes a queue without a bound: sending never waits.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = mpmc::channel();
    (sender, Receiver(receiver))
}

/// Makes a queue that holds at most this many; of a queue that holds none, each sender waits until its thing was received.
pub fn sync_channel<T>(bound: usize) -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = mpmc::sync_channel(bound);
    (sender, Receiver(receiver))
}

/// The end at which things are received: the only one of its queue.
#[derive(Debug)]
pub struct Receiver<T>(mpmc::Receiver<T>);

impl<T> Receiver<T> {
    /// Receives; waits while the queue is empty.
    ///
    /// # Errors
    /// The queue is empty, and there is no sender any more.
    pub fn recv(&self) -> Result<T, RecvError> {
        self.0.recv()
    }

    /// Receives if there is something.
    ///
    /// # Errors
    /// The queue is empty, perhaps for good.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// Receives; waits at most this long.
    ///
    /// # Errors
    /// Nothing came in time, or the queue is empty for good.
    pub fn recv_timeout(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        self.0.recv_timeout(limit)
    }

    /// Gives what comes, until there is no sender any more.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter()
    }

    /// Gives what is there.
    pub fn try_iter(&self) -> impl Iterator<Item = T> + '_ {
        self.0.try_iter()
    }
}
