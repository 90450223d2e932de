//! Tasks: an executor on one thread, timers, and sockets that wait together; over the system calls of `linux`.
//!
//! [`run`] runs a future and the tasks that it spawns on this thread, which may borrow whatever lives longer than the call.
//! What they wait for, a [`Reactor`] waits for: it is a value that sockets and timers are made with, not a global. Nothing needs
//! the heap but [`run`] itself; with [`run_in`], tasks lie in a static [`Arena`], and a program needs no allocator.
//!
//! Wakers may go to other threads. Everything else belongs to the thread that made it; a program with several threads has an
//! executor and a reactor in each.
//!
//! A future that is dropped is cancelled.

#![cfg_attr(not(test), no_std)]
#![allow(unsafe_code, reason = "tasks and waiting futures lie in memory that is linked by hand")]

extern crate alloc;

mod buffer;
mod combine;
mod executor;
pub mod file;
pub mod net;
mod operations;
mod poll;
mod pool;
pub mod process;
mod reactor;
pub mod sync;
#[cfg(test)]
mod testing;
mod timer;
mod wait;

pub use buffer::{OwnedBuffer, OwnedBytes};
pub use combine::{Either, join, select};
pub use executor::{Arena, JoinHandle, Storage, Tasks, run, run_in, yield_now};
pub use poll::poll;
pub use pool::{Chunk, Pool};
pub use reactor::{Engine, Options, Reactor, Watched, Way};
pub use timer::{Interval, Sleep, interval, sleep, timeout};
