//! The shell as an ordinary program of the host, with the commands of the real program.

#![expect(unsafe_code, reason = "a shell does with descriptors what its scripts say")]

extern crate alloc;

#[path = "../../../init/src/commands.rs"]
mod commands;

use std::os::unix::ffi::OsStrExt;

use linux::fs::Numbers;
use shell::Kernel;

fn main() {
    let words: Vec<_> = std::env::args_os().collect();
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let environment: Vec<Vec<u8>> =
        std::env::vars_os().map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat()).collect();
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    // Rust's start-up has changed it, and programs would inherit that.
    let _ = linux::signal::default(linux::signal::Signal::PIPE);
    // SAFETY: this process is a shell, and nothing else in it owns a descriptor.
    let numbers = unsafe { Numbers::claim() };
    let status = shell::main(&Kernel::new(numbers), &commands::Applets, &words, &environment);
    std::process::exit(status);
}
