//! The shell as an ordinary program of the host, with the commands of the real program.
//!
//! `SPELUNK_FAILURE="CALL ERRNO FILE"` has one system call fail, and puts into the file how many there were, and which
//! descriptors are open at the end that were not at the begin.

#![expect(unsafe_code, reason = "a shell does with descriptors what its scripts say")]

extern crate alloc;

#[path = "../../../init/src/commands.rs"]
mod commands;

use std::os::unix::ffi::OsStrExt;

use linux::Errno;
use linux::fs::Numbers;
use shell::Kernel;
use simulation::{Failure, Plan};
use spelunk_tests::threads::together;

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
    let kernel = Kernel::new(numbers);
    let run = || shell::main(&kernel, &commands::Applets, &words, &environment);
    let status = match std::env::var("SPELUNK_FAILURE") {
        Ok(wanted) => fail(&wanted, run),
        Err(_) => run(),
    };
    std::process::exit(status);
}

/// Has a call fail, and says what came of it.
fn fail(wanted: &str, run: impl FnOnce() -> i32) -> i32 {
    let mut words = wanted.split(' ');
    let at = words.next().and_then(|word| word.parse().ok()).expect("the call");
    let errno = words.next().and_then(|word| Errno::new(word.parse().ok()?)).expect("the error");
    let failure = Failure { at, errno };
    let plan = Plan::new().failing(failure);
    let status = plan.run(run);
    // The first three were open before, and are put back by copies.
    let open: Vec<isize> = plan.open().into_iter().filter(|number| *number > 2).collect();
    let report = format!("{} {open:?}", plan.count());
    std::fs::write(words.next().expect("a file"), report).expect("the report is written");
    status
}
