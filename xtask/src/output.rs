//! What the commands print. A reader that has seen enough, as `head` does, ends a command quietly, as a signal would end
//! a program in C; lints refuse the standard macros, which panic then.

use std::cell::RefCell;
use std::fmt::Arguments;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write, stderr, stdout};

/// The status of a program that SIGPIPE has ended, as shells give it.
const PIPE_CLOSED: i32 = 128 + 13;

/// Prints a line on standard output.
macro_rules! say {
    ($($arguments:tt)*) => { $crate::output::line(format_args!($($arguments)*)) };
}

/// Prints a line on standard error.
macro_rules! note {
    ($($arguments:tt)*) => { $crate::output::note_line(format_args!($($arguments)*)) };
}

pub(crate) use {note, say};

thread_local! {
    /// What this thread has to print when its work is done.
    static HELD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Prints what this thread says meanwhile in one piece afterwards, since others speak beside it.
pub(crate) fn in_one_piece<T>(work: impl FnOnce() -> T) -> T {
    HELD.set(Some(String::new()));
    let result = work();
    let held = HELD.take().unwrap_or_default();
    print(format_args!("{}", held.trim_end_matches('\n')));
    result
}

/// Prints a line on standard output; what [`say!`] becomes.
pub(crate) fn line(text: Arguments<'_>) {
    let is_held = HELD.with_borrow_mut(|held| match held {
        Some(held) => {
            let _ = writeln!(held, "{text}"); // a string takes all
            true
        }
        None => false,
    });
    if !is_held {
        print(text);
    }
}

#[cfg(not(test))]
fn print(text: Arguments<'_>) {
    end_when_closed(writeln!(stdout(), "{text}"));
}

/// Prints a line where the harness of unit tests keeps it.
#[cfg(test)]
#[allow(clippy::print_stdout, reason = "the harness catches only what the standard macro prints")]
fn print(text: Arguments<'_>) {
    println!("{text}");
}

/// Prints a line on standard error; what [`note!`] becomes.
pub(crate) fn note_line(text: Arguments<'_>) {
    // Where nobody listens, a remark is lost, and the work goes on.
    let _ = writeln!(stderr(), "{text}");
}

/// Passes bytes on to standard output at once.
pub(crate) fn pass_on(bytes: &[u8]) {
    let mut stdout = stdout();
    end_when_closed(stdout.write_all(bytes).and_then(|()| stdout.flush()));
}

/// Passes bytes on to standard error.
pub(crate) fn pass_on_error(bytes: &[u8]) {
    let _ = stderr().write_all(bytes); // a closed standard error wants nothing shown
}

/// Ends the process when there is no reader any more. Guests end with it: they are started so that they do.
fn end_when_closed(result: std::io::Result<()>) {
    match result {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(PIPE_CLOSED),
        Err(error) => {
            note!("xtask: write to standard output: {error}");
            std::process::exit(125);
        }
    }
}
