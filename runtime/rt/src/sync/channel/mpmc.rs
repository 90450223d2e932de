//! Queues with any number of senders and receivers; each thing sent is received by one of them.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::queue::{Patience, Queue};
pub use super::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError};
use crate::sync::parker::deadline;

/// Makes a queue without a bound: sending never waits.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    make(None)
}

/// Makes a queue that holds at most this many; of a queue that holds none, each sender waits until its thing was received.
pub fn sync_channel<T>(bound: usize) -> (Sender<T>, Receiver<T>) {
    make(Some(bound))
}

fn make<T>(bound: Option<usize>) -> (Sender<T>, Receiver<T>) {
    let queue = Arc::new(Queue::new(bound));
    (Sender { queue: Arc::clone(&queue) }, Receiver { queue })
}

/// An end at which things are sent; there may be many of one queue.
pub struct Sender<T> {
    queue: Arc<Queue<T>>,
}

impl<T> Sender<T> {
    /// Sends; waits while the queue is full.
    ///
    /// # Errors
    /// There is no receiver any more.
    pub fn send(&self, thing: T) -> Result<(), SendError<T>> {
        self.queue.send(thing, Patience::Endless).map_err(|refused| SendError(refused.thing))
    }

    /// Sends if that is possible at once.
    ///
    /// # Errors
    /// The queue is full, or there is no receiver any more.
    pub fn try_send(&self, thing: T) -> Result<(), TrySendError<T>> {
        self.queue.send(thing, Patience::None).map_err(|refused| match refused.for_good {
            true => TrySendError::Disconnected(refused.thing),
            false => TrySendError::Full(refused.thing),
        })
    }

    /// Sends; waits at most this long while the queue is full.
    ///
    /// # Errors
    /// The queue stayed full, or there is no receiver any more.
    pub fn send_timeout(&self, thing: T, limit: Duration) -> Result<(), SendTimeoutError<T>> {
        let patience = Patience::Until(deadline(limit));
        self.queue.send(thing, patience).map_err(|refused| match refused.for_good {
            true => SendTimeoutError::Disconnected(refused.thing),
            false => SendTimeoutError::Timeout(refused.thing),
        })
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.queue.add_sender();
        Self { queue: Arc::clone(&self.queue) }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.queue.drop_sender();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// An end at which things are received; there may be many of one queue.
pub struct Receiver<T> {
    queue: Arc<Queue<T>>,
}

impl<T> Receiver<T> {
    /// Receives; waits while the queue is empty.
    ///
    /// # Errors
    /// The queue is empty, and there is no sender any more.
    pub fn recv(&self) -> Result<T, RecvError> {
        self.queue.receive(Patience::Endless).map_err(|_| RecvError)
    }

    /// Receives if there is something.
    ///
    /// # Errors
    /// The queue is empty, perhaps for good.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.queue.receive(Patience::None).map_err(|for_good| match for_good {
            true => TryRecvError::Disconnected,
            false => TryRecvError::Empty,
        })
    }

    /// Receives; waits at most this long.
    ///
    /// # Errors
    /// Nothing came in time, or the queue is empty for good.
    pub fn recv_timeout(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        self.queue.receive(Patience::Until(deadline(limit))).map_err(|for_good| match for_good {
            true => RecvTimeoutError::Disconnected,
            false => RecvTimeoutError::Timeout,
        })
    }

    /// Gives what comes, until there is no sender any more.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        core::iter::from_fn(|| self.recv().ok())
    }

    /// Gives what is there.
    pub fn try_iter(&self) -> impl Iterator<Item = T> + '_ {
        core::iter::from_fn(|| self.try_recv().ok())
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.queue.add_receiver();
        Self { queue: Arc::clone(&self.queue) }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.queue.drop_receiver();
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Receiver").finish_non_exhaustive()
    }
}
