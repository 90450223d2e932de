//! Faults of process 1: for it they are panics, since the kernel ends with it.
//!
//! The kernel lets a signal reach process 1 only if that has a handler for it. With one, SIGSEGV and its like are
//! reported and survived, whether an instruction caused them or a user sent them (SIGABRT above all, which says "your
//! state is no good, start from the prompt for repairs"). The handler runs, and goes on for good, on a stack of its own:
//! the usual one may be what ran out.

use core::ffi::c_int;

use linux::process::{self, Pid};
use linux::signal::{self, Action, ActionFlags, Context, Handler, Signal, SignalInfo, SignalSet};
use linux::thread;

use crate::panic;

/// Room for the handler's stack in bytes; what is not touched costs nothing. Children that are forked by then use it too.
const STACK: usize = 1 << 20;

/// What process 1 survives.
pub(crate) const CAUGHT: [Signal; 5] = [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::ABRT];

/// Has process 1 survive its own faults from now on. Its children, which have the handler until they execute something,
/// end by them as others do.
///
/// # Errors
/// Those of `mmap(2)`, `mprotect(2)`, `sigaltstack(2)` and `sigaction(2)`.
pub fn survive() -> linux::Result<()> {
    own_stack()?;
    // Not held back while the handler runs: it goes on as process 1, and may fault again.
    let flags = ActionFlags::ON_STACK | ActionFlags::NO_DEFER;
    let action = Action { handler: Handler::CallWithInfo(caught), flags, mask: SignalSet::EMPTY };
    for signal in CAUGHT {
        // SAFETY: the handler does not go back to what was interrupted, or ends the process.
        unsafe { signal::sigaction(signal, action) }?;
    }
    Ok(())
}

/// Gives this thread a stack for its handlers, with memory out of bounds below it.
pub(crate) fn own_stack() -> linux::Result<()> {
    let (bottom, _) = crate::thread::guarded(STACK)?;
    // SAFETY: the memory is nobody else's, for ever.
    unsafe { signal::sigaltstack(bottom, STACK) }
}

/// Takes a signal of [`CAUGHT`].
///
/// # Safety
/// The kernel calls it.
unsafe extern "C" fn caught(number: c_int, info: *mut SignalInfo, _context: *mut Context) {
    let Some(signal) = Signal::new(number) else { return };
    if process::getpid() == Pid::INIT {
        // SAFETY: the kernel gives a whole `siginfo`.
        let origin = signal::origin(unsafe { &*info });
        panic::fail(format_args!("process 1: {signal} {origin}"));
    }
    // A child.
    pass_on(signal);
}

/// Has a signal do what it does without a handler. From a handler: the instruction comes again, or this does.
pub(crate) fn pass_on(signal: Signal) {
    let _ = signal::default(signal);
    let _ = thread::tgkill(process::getpid(), thread::gettid(), signal);
}

/// Standard error, each piece at once: what has been said by the time of a second crash has been said.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
pub(crate) struct Descriptor;

#[cfg(any(feature = "backtrace", feature = "recorder"))]
impl core::fmt::Write for Descriptor {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        linux::fs::write_all(linux::fd::STDERR, text.as_bytes()).map_err(|_| core::fmt::Error)
    }
}
