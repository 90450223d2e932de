//! Waiting for each other: locks and signs between threads, on futexes, with the contracts of Rust's `std::sync`.
//!
//! One thing is left out: poisoning. A panic ends the process, so that no thread ever sees what another one left half
//! done, and locking gives the guard itself.

mod mutex;
mod parker;
mod word;

pub use mutex::{Mutex, MutexGuard};
pub use parker::Parker;
