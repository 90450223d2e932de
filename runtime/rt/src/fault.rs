//! Faults of process 1: for it they are panics, since the kernel ends with it.
//!
//! The kernel lets a signal reach process 1 only if that has a handler for it. With one, SIGSEGV and its like are
//! reported and survived, whether an instruction caused them or a user sent them (SIGABRT above all, which says "your
//! state is no good, start from the prompt for repairs"). The handler runs, and goes on for good, on a stack of its own:
//! the usual one may be what ran out.

use core::cell::Cell;
use core::ffi::c_int;
#[cfg(any(feature = "backtrace", feature = "recorder"))]
use core::fmt::Write;

use linux::process::{self, Pid};
use linux::signal::{self, Action, ActionFlags, Context, Handler, Signal, SignalInfo, SignalSet};
#[cfg(any(feature = "backtrace", feature = "recorder"))]
use linux::signal::{Interruption, Origin};
use linux::{mem, thread};

use crate::panic;
use crate::thread::own_handlers;
#[cfg(any(feature = "backtrace", feature = "recorder"))]
use crate::{former::Former, turn};

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
    new_stack()?;
    // Not held back while the handler runs: it goes on as process 1, and may fault again.
    let flags = ActionFlags::ON_STACK | ActionFlags::NO_DEFER;
    let action = Action { handler: Handler::CallWithInfo(caught), flags, mask: SignalSet::EMPTY };
    for signal in CAUGHT {
        // SAFETY: the handler does not go back to what was interrupted, or ends the process.
        unsafe { signal::sigaction(signal, action) }?;
    }
    Ok(())
}

/// What a thread has for its handlers: who gives its stack for them back, if it was given one by [`own_stack`]. So threads of
/// programs without such stacks do not know how that is done.
pub(crate) struct Own(Cell<Option<GiveBack>>);

/// The first byte and the length of a mapping.
type Mapping = (*mut u8, usize);

/// How a mapping is given back, and which.
type GiveBack = (fn(Mapping), Mapping);

impl Own {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(None))
    }
}

/// Gives this thread a stack for its handlers, as long as it lives, unless it has one.
pub(crate) fn own_stack() -> linux::Result<()> {
    if signal::has_alternate_stack()? {
        return Ok(());
    }
    let mapping = new_stack()?;
    own_handlers().0.set(Some((unmap, mapping)));
    Ok(())
}

/// Gives back what the running thread has for its handlers; it ends.
pub(crate) fn leave(own: &Own) {
    if let Some((give_back, mapping)) = own.0.take() {
        give_back(mapping);
    }
}

fn unmap((base, length): Mapping) {
    if signal::drop_alternate_stack().is_ok() {
        // SAFETY: it was mapped for the running thread, whose handlers run elsewhere now.
        let _ = unsafe { mem::munmap(base, length) };
    }
}

/// Gives this thread a stack for its handlers, with memory out of bounds below it; gives both.
fn new_stack() -> linux::Result<Mapping> {
    let (bottom, guard) = crate::thread::guarded(STACK)?;
    // SAFETY: the memory is nobody else's as long as the thread lives.
    unsafe { signal::sigaltstack(bottom, STACK) }?;
    Ok((bottom.wrapping_sub(guard), STACK + guard))
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

/// Says which fault it is, and what else there is to say, in this thread's turn; then has done what was done before.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
pub(crate) fn report(
    interruption: &mut Interruption<'_>,
    former: &Former,
    show: impl FnOnce(&mut Interruption<'_>),
) {
    static SAID: turn::Once = turn::Once::new();
    let began = turn::take();
    // A signal that was sent has no address: a panic has said already what it is.
    if matches!(interruption.origin, Origin::Fault(_)) && SAID.begin() {
        let _ = writeln!(Descriptor, "{} {}", interruption.signal, interruption.origin);
    }
    show(interruption);
    former.pass_on(interruption);
    if began {
        turn::pass_unless_it_ends();
    }
}

/// Standard error, each piece at once: what has been said by the time of a second crash has been said.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
pub(crate) struct Descriptor;

#[cfg(any(feature = "backtrace", feature = "recorder"))]
impl Write for Descriptor {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        linux::fs::write_all(linux::fd::STDERR, text.as_bytes()).map_err(|_| core::fmt::Error)
    }
}
