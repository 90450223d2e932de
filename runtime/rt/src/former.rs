//! What was done on the signals of faults before somebody of this crate took them: it is done still, after the report.

use linux::signal::{self, Action, ActionFlags, Handler, Interrupt, Interruption, Origin, Signal, SignalSet};

use crate::fault::{self, CAUGHT};
use crate::sync::OnceLock;
use crate::turn;

/// What was done on each signal of [`CAUGHT`].
pub(crate) struct Former([OnceLock<Action>; CAUGHT.len()]);

impl Former {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; CAUGHT.len()])
    }

    /// Has some of the signals handled by a type from now on, on a stack of this thread's own. Another time, which may be in another
    /// thread, it gives that one its stack.
    ///
    /// # Safety
    /// As of [`signal::catch`].
    ///
    /// # Errors
    /// Those of `mmap(2)`, `mprotect(2)`, `sigaltstack(2)` and `sigaction(2)`.
    pub(crate) unsafe fn catch<H: Interrupt>(&self, signals: &[Signal]) -> linux::Result<()> {
        fault::own_stack()?;
        for &signal in signals {
            // Kept before the handler is there that looks at it.
            let former = signal::action(signal)?;
            if self.of(signal).is_some_and(|place| place.set(former).is_ok()) {
                // SAFETY: the caller's.
                unsafe { signal::catch::<H>(signal, ActionFlags::ON_STACK, SignalSet::EMPTY) }?;
            }
        }
        Ok(())
    }

    /// Has done what would have been done. Without a handler the process ends by the signal once its handler comes back.
    pub(crate) fn pass_on(&self, interruption: &mut Interruption<'_>) {
        let former = self.of(interruption.signal).and_then(OnceLock::get).copied();
        // SAFETY: it was the signal's, and who set it may expect it to be called.
        if former.is_some_and(|action| unsafe { interruption.pass_to(action) }) {
            return;
        }
        let is_ignored = former.is_some_and(|action| matches!(action.handler, Handler::Ignore));
        // The kernel ignores no fault.
        if !is_ignored || matches!(interruption.origin, Origin::Fault(_)) {
            turn::end();
            fault::pass_on(interruption.signal);
        }
    }

    fn of(&self, signal: Signal) -> Option<&OnceLock<Action>> {
        let at = CAUGHT.iter().position(|caught| *caught == signal)?;
        self.0.get(at)
    }
}
