//! Says what it was called with: its arguments, its environment, and the value of `HOME`.

#![no_std]
#![no_main]

use core::fmt::Write;

use programs::Out;
use rt::{Arguments, Environment};

rt::program!(main);

fn main(arguments: Arguments, environment: Environment) -> i32 {
    let mut said = writeln!(Out, "count {}", arguments.len());
    for word in arguments {
        said = said.and(writeln!(Out, "argument {}", word.to_bytes().escape_ascii()));
    }
    for string in environment {
        said = said.and(writeln!(Out, "variable {}", string.to_bytes().escape_ascii()));
    }
    if let Some(value) = environment.get(b"HOME") {
        said = said.and(writeln!(Out, "home {}", value.escape_ascii()));
    }
    i32::from(said.is_err())
}
