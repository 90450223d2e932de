//! A kernel that does what a test says: calls that fail, move less than they were asked to, or take no time.
//!
//! Every system call that a thread of a test makes through `linux` goes through its [`Plan`]. What the plan does not answer, the
//! real kernel does: files are real files, and nothing about them is modelled a second time. Sockets of the machine are in memory where a
//! plan says so ([`Plan::connected`]): there it is known which call waits for what can never come. This crate is for tests of the
//! host and stands on Rust's std.
//!
//! ```
//! use linux::{Errno, fs, retry};
//! use spelunk_simulation as simulation;
//!
//! // Whichever call is interrupted, the bytes arrive, and whatever was opened is closed.
//! simulation::each_failure(&[Errno::INTR], |_| {
//!     let (reader, writer) = retry(|| fs::pipe(fs::PipeFlags::empty())).expect("a pipe");
//!     assert_eq!(fs::write_all(&writer, b"word"), Ok(()));
//!     let mut bytes = [0; 4];
//!     assert_eq!(fs::read_full(&reader, &mut bytes), Ok(4));
//! });
//! ```

#![allow(unsafe_code, reason = "it answers in place of the kernel")]

mod door;
mod plan;
mod sockets;
mod vectors;

pub use plan::{Failure, Plan, each_failure, each_failure_of};
