//! Linux without a libc: the face that users depend on. It holds no code of its own.
//!
//! A program is a `main` function and one line that makes the rest:
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use spelunk::{Arguments, Environment, linux};
//!
//! spelunk::program!(main);
//!
//! fn main(_arguments: Arguments, _environment: Environment) -> i32 {
//!     i32::from(linux::fs::write_all(linux::fd::STDOUT, b"hello\n").is_err())
//! }
//! ```
//!
//! It is built by stable Rust, with a dependency on this crate, one on `spelunk-build` for its build script (`fn main() {
//! spelunk_build::program(); }`), and `panic = "abort"` in the profiles of its manifest. The flags in
//! `runtime/rt/program.flags` make smaller programs, for any Linux target of Rust, without a C compiler.
//!
//! `examples/` holds some whole programs.

#![no_std]

#[cfg(feature = "net")]
pub use net;
pub use rt::{Arguments, Environment, carry_contract, program, sync, thread, thread_local};
#[cfg(feature = "tasks")]
pub use tasks;
#[cfg(feature = "time")]
pub use time;
pub use {arch, formats, io, linux, protocols, query, regex, rt, system, text};
