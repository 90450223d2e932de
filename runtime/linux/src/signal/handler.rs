//! Handlers without pointers: a type that says what is done, and what it is told.

use super::{
    Action, ActionFlags, Context, Handler, MaskHow, Origin, Signal, SignalInfo, SignalSet, default, origin,
    sigaction, sigprocmask,
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
    /// What the kernel says of it.
    info: *mut SignalInfo,
}

impl Interruption<'_> {
    /// Has another action's handler called as the kernel would have called it, but on this stack; what that holds back stays so
    /// until this handler comes back. Says whether there is a handler.
    ///
    /// # Safety
    /// The action was this signal's; its handler is still there.
    pub unsafe fn pass_to(&mut self, action: Action) -> bool {
        let number = self.signal.number();
        if matches!(action.handler, Handler::Default | Handler::Ignore) {
            return false;
        }
        // None of these fails for a signal that has had a handler, but in a sandbox; the handler runs all the same.
        if action.flags.contains(ActionFlags::ONCE) {
            let _ = default(self.signal);
        }
        if action.flags.contains(ActionFlags::NO_DEFER) {
            let _ = sigprocmask(MaskHow::Unblock, Some(SignalSet::of(&[self.signal])));
        }
        let _ = sigprocmask(MaskHow::Block, Some(action.mask));
        match action.handler {
            Handler::Default | Handler::Ignore => {}
            // SAFETY: the caller's.
            Handler::Call(function) => unsafe { function(number) },
            // SAFETY: the caller's; both are as the kernel gave them.
            Handler::CallWithInfo(function) => unsafe { function(number, self.info, self.context) },
        }
        true
    }
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
    H::handle(&mut Interruption { signal, origin, context, info });
}
