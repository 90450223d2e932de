//! Waiting for each other: locks and signs between threads, on futexes, with the contracts of Rust's `std::sync`.
//!
//! One thing is left out: poisoning. A panic ends the process, so that no thread ever sees what another one left half
//! done, and locking gives the guard itself.
//!
//! The words of all these are changed by code that does not know whether the word is real: tests run it on words of their
//! own, through every order of steps of two and three threads.

mod barrier;
mod channel;
mod condvar;
mod mutex;
mod once;
mod parker;
mod rwlock;
mod semaphore;
mod word;

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod model;
#[cfg(test)]
mod timeouts;

pub use barrier::{Barrier, BarrierWaitResult};
pub use channel::{mpmc, mpsc};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use once::{LazyLock, Once, OnceLock};
pub use parker::Parker;
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::Semaphore;
pub(crate) use word::sleep;

pub use alloc::sync::{Arc, Weak};
