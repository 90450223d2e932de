//! What happens when a program panics: one line on descriptor 2, then the end by SIGABRT, whichever thread it is. The line
//! names the thread unless it is the main one.
//!
//! Process 1 must not end, since the kernel would: it also writes the line to the kernel's log, and runs the function
//! that it has set for this case (an emergency prompt). A fault of its own ([`crate::fault`]) goes the same way. One
//! that fails again and again only reaps in the end.

use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicPtr, AtomicU8, Ordering};
use core::time::Duration;
use core::{mem, ptr};

use linux::fd::STDERR;
use linux::fs::{self, Mode, OpenFlags};
use linux::poll::{self, PollFd, PollFlags};
use linux::process::{self, Pid, WaitFlags};
use linux::signal::{self, MaskHow, Signal, SignalSet};
use linux::{thread, time};

use crate::thread::Prefix;
use crate::{recorder, turn};

/// How often process 1 goes on. Each time the stack grows, since nothing returns; who fails so often has no other way
/// left.
const CHANCES: u8 = 8;

/// How often process 1 has gone on.
static USED: AtomicU8 = AtomicU8::new(0);

/// What process 1 does after the report.
static LAST_RESORT: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Sets what process 1 does once it has reported a panic; when the function returns, it only reaps. When it panics, it is
/// run again, a few times.
///
/// The function runs in the thread that panicked, whose locks are still held: it must not need them. It may
/// allocate only if the panic did not come from an allocation, so it had better not.
pub fn set_last_resort(function: fn()) {
    LAST_RESORT.store(function as *mut (), Ordering::Release);
}

/// Reports a panic and ends the process; process 1 stays. The panic handler of [`program!`](crate::program).
#[cold]
pub fn report(info: &PanicInfo<'_>) -> ! {
    match info.location() {
        Some(location) => fail(format_args!("panic{Prefix} at {location}: {}", info.message())),
        None => fail(format_args!("panic{Prefix}: {}", info.message())),
    }
}

#[cfg(feature = "backtrace")]
use crate::backtrace::after_panic as show_callers;

/// Without the feature `backtrace` nobody knows them.
#[cfg(not(feature = "backtrace"))]
const fn show_callers() {}

/// Says what failed and ends the process; process 1 stays.
pub(crate) fn fail(what: fmt::Arguments<'_>) -> ! {
    let first = process::getpid() == Pid::INIT;
    if turn::end() {
        // There is nothing left to try.
        let _ = fs::write(STDERR, b"panic while a panic was reported\n");
        if first { reap_forever() } else { abort() }
    }
    let mut line = Line::new();
    line.compose(what);
    if !first {
        // Whoever is not there to be told cannot be told.
        let _ = fs::write_all(STDERR, line.text());
        recorder::last_words();
        show_callers();
        abort()
    }
    log(line.text());
    // A console that a user has stopped (ctrl-S) must not stop process 1.
    if poll::poll(&mut [PollFd::new(&STDERR, PollFlags::OUT)], Some(Duration::ZERO)) == Ok(1) {
        let _ = fs::write(STDERR, line.text());
    }
    let function = LAST_RESORT.load(Ordering::Acquire);
    if !function.is_null() && USED.fetch_add(1, Ordering::Relaxed) < CHANCES {
        turn::pass();
        // SAFETY: only functions of this type are ever stored.
        let function = unsafe { mem::transmute::<*mut (), fn()>(function) };
        function();
    }
    reap_forever()
}

/// Says something on standard error, in one piece.
pub(crate) fn tell(what: fmt::Arguments<'_>) {
    let mut line = Line::new();
    line.compose(what);
    // Whoever is not there to be told cannot be told.
    let _ = fs::write_all(STDERR, line.text());
}

/// Ends the process by SIGABRT, whatever it has set for that signal; process 1, which the signal cannot end, by an
/// illegal instruction.
pub fn abort() -> ! {
    let _ = signal::default(Signal::ABRT);
    let _ = signal::sigprocmask(MaskHow::Unblock, Some(SignalSet::of(&[Signal::ABRT])));
    let _ = thread::tgkill(process::getpid(), thread::gettid(), Signal::ABRT);
    arch::start::trap()
}

/// Writes a line to the kernel's log, if there is one.
fn log(line: &[u8]) {
    let flags = OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC | OpenFlags::NONBLOCK;
    if let Ok(kmsg) = fs::open(c"/dev/kmsg", flags, Mode::empty()) {
        let _ = fs::write(kmsg, line);
    }
}

/// Collects the ended children of process 1, and those it inherits, for ever.
fn reap_forever() -> ! {
    loop {
        if process::wait4(None, WaitFlags::empty()).is_err() {
            // No child now; one may be inherited later.
            time::sleep(Duration::from_secs(10));
        }
    }
}

/// One line of limited length, composed without a heap so that it reaches the reader in one piece.
struct Line {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Line {
    /// As long as a record of the kernel's log may be.
    const MOST: usize = 976;

    const fn new() -> Self {
        Self { bytes: [0; Self::MOST], length: 0 }
    }

    /// "panic at src/main.rs:3:5: message".
    fn compose(&mut self, what: fmt::Arguments<'_>) {
        let _ = self.write_fmt(what);
        // The last byte is kept for this.
        if let Some(end) = self.bytes.get_mut(self.length) {
            *end = b'\n';
            self.length += 1;
        }
    }

    fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..Self::MOST - 1).unwrap_or_default();
        let count = text.len().min(room.len());
        for (to, from) in room.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        self.length += count;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_not_lost() {
        let mut line = Line::new();
        let _ = write!(line, "{}", "x".repeat(3000));
        assert_eq!(line.text().len(), Line::MOST - 1);
        let mut short = Line::new();
        let _ = write!(short, "{}-two", 1);
        assert_eq!(short.text(), b"1-two");
    }
}
