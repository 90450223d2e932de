//! The end of the machine, without I/O: what is done in which order, and when waiting ends.
//!
//! States, in their order:
//! * `Up`: nobody asked.
//! * `Asking`: every process was sent TERM; they have until a known time.
//! * `Killing`: every process was sent KILL; the kernel has until a known time to bury them.
//! * `Leaving`: a child writes all data out and unmounts; it has until a known time, because a disk that does not
//!   answer would hold it for ever.
//! * `Gone`: the last call was made.
//!
//! Events: someone asks ([`Event::Ask`], from a signal); no process is left ([`Event::Alone`], from the loop that
//! reaps); the child of `Leaving` ended ([`Event::Left`]); the time came ([`Event::Deadline`]).
//!
//! Each state has a deadline, so the end comes within `stop` + [`KILL_WAIT`] + [`LEAVE_WAIT`] of the request,
//! whatever other processes and disks do. Who asks again is in a hurry: the wait after TERM is cut short, and the
//! last request says what the end is.

use formats::time::Duration;

/// The time that killed processes have to disappear; one that waits for a dead disk never does.
pub(crate) const KILL_WAIT: Duration = Duration::from_secs(1);

/// The time that writing out and unmounting may take.
pub(crate) const LEAVE_WAIT: Duration = Duration::from_secs(10);

/// How the machine ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Switched off.
    PowerOff,
    /// Started anew.
    Reboot,
    /// Stopped, the power left on.
    Halt,
}

impl Goal {
    /// Gives the name of the command that asks for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PowerOff => "poweroff",
            Self::Reboot => "reboot",
            Self::Halt => "halt",
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Someone wants the machine to end.
    Ask(Goal),
    /// No other process is left.
    Alone,
    /// The child that writes out and unmounts ended.
    Left,
    /// The time that [`Shutdown::deadline`] gave has come.
    Deadline,
}

/// What is to be done, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Start no worker again.
    StopWorkers,
    /// Send TERM to every process.
    Terminate,
    /// Send KILL to every process.
    Kill,
    /// Make the child that writes out and unmounts.
    Leave,
    /// Call `reboot(2)`.
    End(Goal),
}

/// Up to two actions at a time.
pub(crate) type Actions = heapless::Vec<Action, 2>;

/// The state of the shutdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shutdown {
    state: State,
    /// The time from TERM to KILL.
    stop: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Up,
    Asking { goal: Goal, until: Duration },
    Killing { goal: Goal, until: Duration },
    Leaving { goal: Goal, until: Duration },
    Gone,
}

impl Shutdown {
    /// Makes the machine of a system that is up; `stop` is the time from TERM to KILL.
    pub(crate) const fn new(stop: Duration) -> Self {
        Self { state: State::Up, stop }
    }

    /// Takes an event; gives what is to be done.
    pub(crate) fn handle(&mut self, event: Event, now: Duration) -> Actions {
        match (self.state, event) {
            (State::Up, Event::Ask(goal)) => {
                self.state = State::Asking { goal, until: now.saturating_add(self.stop) };
                actions(&[Action::StopWorkers, Action::Terminate])
            }
            (State::Asking { .. }, Event::Ask(goal)) => self.kill(goal, now),
            (State::Asking { goal, until }, Event::Deadline) if now >= until => self.kill(goal, now),
            (State::Killing { until, .. }, Event::Ask(goal)) => {
                self.state = State::Killing { goal, until };
                actions(&[])
            }
            (State::Leaving { until, .. }, Event::Ask(goal)) => {
                self.state = State::Leaving { goal, until };
                actions(&[])
            }
            (State::Asking { goal, .. } | State::Killing { goal, .. }, Event::Alone) => self.leave(goal, now),
            (State::Killing { goal, until }, Event::Deadline) if now >= until => self.leave(goal, now),
            (State::Leaving { goal, .. }, Event::Left) => self.end(goal),
            (State::Leaving { goal, until }, Event::Deadline) if now >= until => self.end(goal),
            (State::Asking { .. } | State::Killing { .. }, Event::Deadline | Event::Left)
            | (State::Leaving { .. }, Event::Deadline | Event::Alone)
            | (State::Up, Event::Alone | Event::Left | Event::Deadline)
            | (State::Gone, _) => actions(&[]),
        }
    }

    /// Gives the time at which [`Event::Deadline`] is due.
    pub(crate) const fn deadline(&self) -> Option<Duration> {
        match self.state {
            State::Asking { until, .. } | State::Killing { until, .. } | State::Leaving { until, .. } => {
                Some(until)
            }
            State::Up | State::Gone => None,
        }
    }

    /// Gives what the end is to be, once it has begun.
    pub(crate) const fn goal(&self) -> Option<Goal> {
        match self.state {
            State::Asking { goal, .. } | State::Killing { goal, .. } | State::Leaving { goal, .. } => {
                Some(goal)
            }
            State::Up | State::Gone => None,
        }
    }

    fn kill(&mut self, goal: Goal, now: Duration) -> Actions {
        self.state = State::Killing { goal, until: now.saturating_add(KILL_WAIT) };
        actions(&[Action::Kill])
    }

    fn leave(&mut self, goal: Goal, now: Duration) -> Actions {
        self.state = State::Leaving { goal, until: now.saturating_add(LEAVE_WAIT) };
        actions(&[Action::Leave])
    }

    fn end(&mut self, goal: Goal) -> Actions {
        self.state = State::Gone;
        actions(&[Action::End(goal)])
    }
}

fn actions(list: &[Action]) -> Actions {
    Actions::from_slice(list).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOP: Duration = Duration::from_secs(3);

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn asked(goal: Goal) -> Shutdown {
        let mut shutdown = Shutdown::new(STOP);
        assert_eq!(shutdown.handle(Event::Ask(goal), s(100)), [Action::StopWorkers, Action::Terminate]);
        shutdown
    }

    #[test]
    fn polite_processes_make_a_short_end() {
        let mut shutdown = asked(Goal::PowerOff);
        assert_eq!(shutdown.handle(Event::Alone, s(100)), [Action::Leave]);
        assert_eq!(shutdown.handle(Event::Left, s(100)), [Action::End(Goal::PowerOff)]);
        assert_eq!(shutdown.deadline(), None);
    }

    #[test]
    fn it_ends_by_its_deadlines_alone() {
        for goal in [Goal::PowerOff, Goal::Reboot, Goal::Halt] {
            let mut shutdown = asked(goal);
            let mut seen = Vec::new();
            let mut now = s(100);
            while let Some(deadline) = shutdown.deadline() {
                now = deadline;
                seen.extend(shutdown.handle(Event::Deadline, now));
            }
            assert_eq!(seen, [Action::Kill, Action::Leave, Action::End(goal)]);
            assert_eq!(now, s(100) + STOP + KILL_WAIT + LEAVE_WAIT);
        }
    }

    #[test]
    fn early_deadlines_and_foreign_events_change_nothing() {
        let mut shutdown = asked(Goal::Reboot);
        assert_eq!(shutdown.handle(Event::Deadline, s(102)), []);
        assert_eq!(shutdown.handle(Event::Left, s(102)), []);
        assert_eq!(shutdown.deadline(), Some(s(103)));
        let mut up = Shutdown::new(STOP);
        for event in [Event::Alone, Event::Left, Event::Deadline] {
            assert_eq!(up.handle(event, s(1)), []);
            assert_eq!(up, Shutdown::new(STOP));
        }
    }

    #[test]
    fn asking_again_is_a_hurry_and_changes_the_goal() {
        let mut shutdown = asked(Goal::PowerOff);
        assert_eq!(shutdown.handle(Event::Ask(Goal::Reboot), s(101)), [Action::Kill]);
        assert_eq!(shutdown.handle(Event::Ask(Goal::Halt), s(101)), []);
        assert_eq!(shutdown.deadline(), Some(s(101) + KILL_WAIT));
        assert_eq!(shutdown.handle(Event::Alone, s(101)), [Action::Leave]);
        assert_eq!(shutdown.handle(Event::Ask(Goal::Reboot), s(102)), []);
        assert_eq!(shutdown.handle(Event::Left, s(102)), [Action::End(Goal::Reboot)]);
    }

    #[test]
    fn nobody_asks_after_the_end() {
        let mut shutdown = asked(Goal::Halt);
        shutdown.handle(Event::Alone, s(100));
        shutdown.handle(Event::Left, s(100));
        for event in [Event::Ask(Goal::Reboot), Event::Alone, Event::Left, Event::Deadline] {
            assert_eq!(shutdown.handle(event, s(200)), []);
        }
    }

    /// Whatever comes in whatever order, the end comes, once, and in time.
    #[test]
    fn every_run_of_events_ends_in_time() {
        let events = [
            Event::Ask(Goal::PowerOff),
            Event::Ask(Goal::Reboot),
            Event::Alone,
            Event::Left,
            Event::Deadline,
        ];
        for mut word in 0..5_u32.pow(7) {
            let mut shutdown = asked(Goal::Halt);
            let mut ends = 0;
            for _ in 0..7 {
                let event = events[(word % 5) as usize];
                word /= 5;
                let done = shutdown.handle(event, s(101));
                ends += done.iter().filter(|action| matches!(action, Action::End(_))).count();
            }
            while let Some(deadline) = shutdown.deadline() {
                assert!(deadline <= s(101) + STOP + KILL_WAIT + LEAVE_WAIT);
                let done = shutdown.handle(Event::Deadline, deadline);
                ends += done.iter().filter(|action| matches!(action, Action::End(_))).count();
            }
            assert_eq!(ends, 1);
        }
    }
}
