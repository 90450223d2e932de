//! What happens when a program panics: one line on descriptor 2, then the end by SIGABRT.
//!
//! Process 1 must not end, since the kernel would: it also writes the line to the kernel's log, runs the function
//! that it has set for this case (an emergency prompt), and from then on only reaps.

use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use core::time::Duration;
use core::{mem, ptr};

use linux::fd::STDERR;
use linux::fs::{self, Mode, OpenFlags};
use linux::process::{self, Pid, WaitFlags};
use linux::signal::{self, MaskHow, Signal, SignalSet};
use linux::{thread, time};

/// Set once the first panic is being reported.
static PANICKING: AtomicBool = AtomicBool::new(false);

/// What process 1 does after the report.
static LAST_RESORT: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Sets what process 1 does once it has reported a panic; when the function returns, or panics, it only reaps.
///
/// The function runs in the thread that panicked, whose locks are still held: it must not need them. It may
/// allocate only if the panic did not come from an allocation, so it had better not.
pub fn set_last_resort(function: fn()) {
    LAST_RESORT.store(function as *mut (), Ordering::Release);
}

/// Reports a panic and ends the process; process 1 stays. The panic handler of [`program!`](crate::program).
#[cold]
pub fn report(info: &PanicInfo<'_>) -> ! {
    let first = process::getpid() == Pid::INIT;
    if PANICKING.swap(true, Ordering::AcqRel) {
        // The report or the last resort panics too: there is nothing left to try.
        let _ = fs::write(STDERR, b"panic while a panic was reported\n");
        if first { reap_forever() } else { abort() }
    }
    let mut line = Line::new();
    line.compose(info);
    // Whoever is not there to be told cannot be told.
    let _ = fs::write_all(STDERR, line.text());
    if !first {
        abort()
    }
    log(line.text());
    let function = LAST_RESORT.load(Ordering::Acquire);
    if !function.is_null() {
        // SAFETY: only functions of this type are ever stored.
        let function = unsafe { mem::transmute::<*mut (), fn()>(function) };
        function();
    }
    reap_forever()
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
    fn compose(&mut self, info: &PanicInfo<'_>) {
        let _ = match info.location() {
            Some(location) => write!(self, "panic at {location}: {}", info.message()),
            None => write!(self, "panic: {}", info.message()),
        };
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
