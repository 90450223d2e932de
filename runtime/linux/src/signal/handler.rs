//! Handlers without pointers: a type that says what is done, and what it is told.

use super::{
    Action, ActionFlags, Context, Handler, Origin, Signal, SignalInfo, SignalSet, origin, sigaction,
};
use crate::Result;
use core::ffi::c_int;

/// A signal that has interrupted this thread.
#[derive(Debug)]
pub struct Interruption<'a> {
    /// Which.
    pub signal: Signal,
    /// Where it comes from, if it is one of a fault.
    pub origin: Origin,
    /// The interrupted code's registers: what is changed here is what it goes on with.
    pub context: &'a mut Context,
}

/// What is done on a signal.
pub trait Interrupt {
    /// Is called wherever the program may be, in the thread that was interrupted.
    fn handle(interruption: &mut Interruption<'_>);
}

/// Has a signal handled by a type; gives what was done on it before.
///
/// # Safety
/// The handler may only do what is safe wherever the program may be: system calls and atomics; no locks, no allocation, no
/// panic. The registers that it leaves must be such that the interrupted code is right to go on with them.
///
/// # Errors
/// `INVAL` (SIGKILL, SIGSTOP). See `sigaction(2)`.
pub unsafe fn catch<H: Interrupt>(signal: Signal, flags: ActionFlags, mask: SignalSet) -> Result<Action> {
    let action = Action { handler: Handler::CallWithInfo(enter::<H>), flags, mask };
    // SAFETY: passed on to the caller.
    unsafe { sigaction(signal, action) }
}

/// What the kernel calls.
///
/// # Safety
/// The kernel calls it, with a whole `siginfo` and `ucontext` that are nobody else's.
unsafe extern "C" fn enter<H: Interrupt>(number: c_int, info: *mut SignalInfo, context: *mut Context) {
    let Some(signal) = Signal::new(number) else { return };
    // SAFETY: as the function says.
    let origin = origin(unsafe { &*info });
    // SAFETY: as above.
    let context = unsafe { &mut *context };
    H::handle(&mut Interruption { signal, origin, context });
}
