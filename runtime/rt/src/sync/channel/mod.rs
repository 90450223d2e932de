//! Queues between threads: [`mpsc`] for one receiver, [`mpmc`] for many.
//!
//! There is one kind of sender for both, with a bound or without. A queue is a ring under a lock; nobody is woken where
//! nobody sleeps.

pub mod mpmc;
pub mod mpsc;
mod queue;

use core::fmt;

/// Everything was sent in vain: there is no receiver any more. It holds what was to be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SendError<T>(pub T);

/// Why something was not sent at once. It holds what was to be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// The queue is full; without room of its own: no receiver waits.
    Full(T),
    /// There is no receiver any more.
    Disconnected(T),
}

/// Why something was not sent in time. It holds what was to be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SendTimeoutError<T> {
    /// The time is over.
    Timeout(T),
    /// There is no receiver any more.
    Disconnected(T),
}

/// Nothing will come any more: the queue is empty, and there is no sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvError;

/// Why nothing was received at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryRecvError {
    /// The queue is empty.
    Empty,
    /// Nothing will come any more.
    Disconnected,
}

/// Why nothing was received in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvTimeoutError {
    /// The time is over.
    Timeout,
    /// Nothing will come any more.
    Disconnected,
}

/// Gives errors their words.
macro_rules! errors {
    ($($name:ident $(<$generic:ident>)?: $($pattern:pat => $text:literal),+;)+) => {
        $(
            impl $(<$generic>)? fmt::Display for $name $(<$generic>)? {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.write_str(match self {
                        $($pattern => $text,)+
                    })
                }
            }

            impl $(<$generic>)? core::error::Error for $name $(<$generic>)? {}
        )+
    };
}

errors! {
    SendError<T>: _ => "nobody receives any more";
    TrySendError<T>: Self::Full(_) => "the queue is full", Self::Disconnected(_) => "nobody receives any more";
    SendTimeoutError<T>: Self::Timeout(_) => "the queue stayed full", Self::Disconnected(_) => "nobody receives any more";
    RecvError: _ => "nobody sends any more";
    TryRecvError: Self::Empty => "the queue is empty", Self::Disconnected => "nobody sends any more";
    RecvTimeoutError: Self::Timeout => "nothing came in time", Self::Disconnected => "nobody sends any more";
}

/// Shows the error without what it holds, as std does: that need not be printable.
macro_rules! without_content {
    ($($name:ident),+) => {
        $(
            impl<T> fmt::Debug for $name<T> {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(formatter, concat!(stringify!($name), "({})"), self)
                }
            }
        )+
    };
}

without_content!(SendError, TrySendError, SendTimeoutError);
