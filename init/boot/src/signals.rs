//! The signals of process 1: held back from the start, taken one at a time by its loop.

use formats::time::Duration;

use linux::signal::{self, MaskHow, Signal, SignalSet};

use crate::shutdown::machine::Goal;

/// What process 1 listens to. Everything else the kernel keeps away from it, as it does for any process 1.
const HEARD: SignalSet = SignalSet::of(&[
    Signal::CHLD,
    Signal::TERM,
    Signal::INT,
    Signal::PWR,
    Signal::USR1,
    Signal::USR2,
    // The services' files are to be read again, and one of the services' workers has passed something on.
    Signal::HUP,
    Signal::IO,
    // Process 1 is to become its own file anew.
    Signal::QUIT,
]);

/// Holds the signals back, so that none is lost between two waits.
pub(crate) fn hold() {
    // The call fails on bad arguments only.
    let _ = signal::sigprocmask(MaskHow::Block, Some(HEARD));
}

/// Lets a worker have its signals.
pub(crate) fn release() {
    let _ = signal::sigprocmask(MaskHow::Set, Some(SignalSet::EMPTY));
}

/// Waits for a signal; gives none when the time is over.
pub(crate) fn wait(limit: Option<Duration>) -> Option<Signal> {
    signal::sigtimedwait(HEARD, limit.map(Into::into)).ok()
}

/// Gives what a signal asks for: those of BusyBox's `poweroff`, `reboot` and `halt`, of a failing power supply, and
/// INT, which the kernel sends for ctrl-alt-del.
pub(crate) fn goal(signal: Signal) -> Option<Goal> {
    Some(match signal {
        Signal::USR2 | Signal::PWR => Goal::PowerOff,
        Signal::TERM | Signal::INT => Goal::Reboot,
        Signal::USR1 => Goal::Halt,
        _ => return None,
    })
}

/// Gives the signal that asks for a goal.
pub(crate) const fn asking(goal: Goal) -> Signal {
    match goal {
        Goal::PowerOff => Signal::USR2,
        Goal::Reboot => Signal::TERM,
        Goal::Halt => Signal::USR1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_goal_has_its_signal() {
        for asked in [Goal::PowerOff, Goal::Reboot, Goal::Halt] {
            assert_eq!(goal(asking(asked)), Some(asked));
            assert!(HEARD.contains(asking(asked)));
        }
        assert_eq!(goal(Signal::CHLD), None);
    }
}
