//! Threads: starting, waiting for and naming them, with the contracts of Rust's `std::thread` where these names agree.
//!
//! A thread is one mapping: a guard below, its stack, and above it what is to be run, its result, its record and its
//! thread-local variables. Nothing of it lies on the heap. The memory goes back when the thread has ended and nobody holds
//! a handle of it any more; a few are kept for the next threads.
//!
//! # Panics
//! A panic in any thread ends the process, with a message that names the thread: there is no unwinding, and so nothing for
//! [`JoinHandle::join`] to report but the result. When `main` returns, the process ends with all its threads.

mod handle;
pub mod local;
mod memory;
mod processors;
mod record;
mod scope;
mod spawn;

pub use handle::{Thread, ThreadId, current, park, park_timeout};
pub use local::{AccessError, LocalKey};
pub use processors::{affinity, available_parallelism, set_affinity};
pub use scope::{Scope, ScopedJoinHandle, scope};
pub use spawn::{Builder, JoinHandle, spawn};

pub(crate) use handle::Prefix;
pub(crate) use memory::guarded;
#[cfg(feature = "processor")]
pub(crate) use record::own_area;
#[cfg(all(feature = "caches", not(test)))]
pub(crate) use record::own_heap;
#[cfg(feature = "recorder")]
pub(crate) use record::own_record;
pub(crate) use record::{Record, own_handlers, own_random};

pub use linux::thread::sched_yield as yield_now;
pub use linux::time::sleep;
