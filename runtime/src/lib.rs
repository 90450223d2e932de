//! Linux without a libc: the face that users depend on. It holds no code of its own.
//!
//! A program is a `main` function and one line that makes the rest:
//!
//! ```ignore
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
//! It is linked with the flags in `runtime/rt/program.flags`, for any Linux target of Rust: static, without an
//! interpreter, and without a C compiler.

#![no_std]

pub use rt::{Arguments, Environment, carry_contract, program};
pub use {arch, formats, io, linux, protocols, query, rt, system};
