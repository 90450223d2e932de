//! The life of one worker, without I/O: when it is to be started, and started again.
//!
//! States:
//! * `Resting`: it does not run; it is to be started at a known time.
//! * `Running`: it was started at a known time.
//! * `Over`: it is never started again, because the machine stops.
//!
//! Events: the time came ([`Event::Deadline`], from process 1's loop); the child ended ([`Event::Ended`], from the
//! loop that reaps); it could not be started at all ([`Event::NotStarted`], from the fork that failed); everything
//! stops ([`Event::Stop`], from the shutdown).
//!
//! A worker that ends is started again at once: a fault costs a fork and no more. A worker that ends again within
//! [`STEADY`] of its start waits, twice as long with each time, up to [`LONGEST_REST`], so that a worker that cannot
//! live does not eat the machine. One that could not be started never starts at once: memory or process numbers
//! have run out, and asking again at once would help nobody.

use formats::time::Duration;

/// How long a worker must live for its next end to count as the first.
pub(crate) const STEADY: Duration = Duration::from_secs(2);

/// The rest after the second short life; each further one doubles it.
pub(crate) const FIRST_REST: Duration = Duration::from_millis(100);

/// The rest that is not exceeded.
pub(crate) const LONGEST_REST: Duration = Duration::from_secs(10);

/// What happened to a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The time that [`Life::deadline`] gave has come.
    Deadline,
    /// Its process ended, whatever the reason.
    Ended,
    /// Its process could not be made.
    NotStarted,
    /// It must not be started again.
    Stop,
}

/// What is to be done for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Make its process now.
    Start,
}

/// The state of one worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    state: State,
    /// Ends in a row that came within [`STEADY`] of a start.
    short: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Resting { until: Duration },
    Running { since: Duration },
    Over,
}

impl Life {
    /// Makes a worker that is to be started at `now`.
    pub(crate) const fn new(now: Duration) -> Self {
        Self { state: State::Resting { until: now }, short: 0 }
    }

    /// Makes a worker that already runs, of which no more is known.
    pub(crate) const fn adopted(now: Duration) -> Self {
        Self { state: State::Running { since: now }, short: 0 }
    }

    /// Makes one that had this process under a former program, or none.
    #[cfg(feature = "services")]
    pub(crate) const fn resumed(pid: Option<linux::process::Pid>, now: Duration) -> Self {
        if pid.is_some() { Self::adopted(now) } else { Self::new(now) }
    }

    /// Takes an event; gives what is to be done.
    pub(crate) fn handle(&mut self, event: Event, now: Duration) -> Option<Action> {
        match (self.state, event) {
            (State::Over, _) => None,
            (_, Event::Stop) => {
                self.state = State::Over;
                None
            }
            (State::Resting { until }, Event::Deadline) if now >= until => {
                self.state = State::Running { since: now };
                Some(Action::Start)
            }
            (State::Running { since }, Event::Ended) => {
                let lived = now.saturating_sub(since);
                self.short = if lived < STEADY { self.short.saturating_add(1) } else { 1 };
                if self.short > 1 {
                    return self.rest(now);
                }
                self.state = State::Running { since: now };
                Some(Action::Start)
            }
            (State::Running { .. }, Event::NotStarted) => {
                self.short = self.short.saturating_add(1).max(2);
                self.rest(now)
            }
            (State::Resting { .. }, Event::Deadline | Event::Ended | Event::NotStarted)
            | (State::Running { .. }, Event::Deadline) => None,
        }
    }

    /// Says whether it is never started again.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Gives how many times in a row it ended within [`STEADY`] of its start, or could not be started.
    pub(crate) const fn failures(&self) -> u32 {
        self.short
    }

    /// Gives the time at which [`Event::Deadline`] is due.
    pub(crate) const fn deadline(&self) -> Option<Duration> {
        match self.state {
            State::Resting { until } => Some(until),
            State::Running { .. } | State::Over => None,
        }
    }

    fn rest(&mut self, now: Duration) -> Option<Action> {
        let doublings = self.short.saturating_sub(2).min(16);
        let rest = (FIRST_REST * (1 << doublings)).min(LONGEST_REST);
        self.state = State::Resting { until: now.saturating_add(rest) };
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn started(at: Duration) -> Life {
        let mut life = Life::new(at);
        assert_eq!(life.handle(Event::Deadline, at), Some(Action::Start));
        life
    }

    #[test]
    fn it_starts_when_it_is_due_and_once() {
        let mut life = Life::new(ms(5));
        assert_eq!(life.deadline(), Some(ms(5)));
        assert_eq!(life.handle(Event::Deadline, ms(4)), None);
        assert_eq!(life.handle(Event::Deadline, ms(5)), Some(Action::Start));
        assert_eq!(life.handle(Event::Deadline, ms(6)), None);
        assert_eq!(life.deadline(), None);
    }

    #[test]
    fn a_first_fault_costs_no_time() {
        let mut life = started(ms(0));
        assert_eq!(life.handle(Event::Ended, ms(1)), Some(Action::Start));
        assert_eq!(life.deadline(), None);
    }

    #[test]
    fn a_steady_worker_is_restarted_at_once_however_often_it_ends() {
        let mut life = started(ms(0));
        let mut now = ms(0);
        for _ in 0..10_000 {
            now += STEADY;
            assert_eq!(life.handle(Event::Ended, now), Some(Action::Start));
        }
    }

    #[test]
    fn a_crash_loop_slows_down_to_a_floor() {
        let mut life = started(ms(0));
        let mut now = ms(0);
        let mut rests = Vec::new();
        assert_eq!(life.handle(Event::Ended, now), Some(Action::Start));
        for _ in 0..10 {
            assert_eq!(life.handle(Event::Ended, now), None);
            let until = life.deadline().unwrap();
            rests.push((until - now).as_millis());
            now = until;
            assert_eq!(life.handle(Event::Deadline, now), Some(Action::Start));
        }
        assert_eq!(rests, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
        // Living long enough clears the record.
        now += STEADY;
        assert_eq!(life.handle(Event::Ended, now), Some(Action::Start));
    }

    #[test]
    fn counters_do_not_overflow_in_a_year_of_crashes() {
        let mut life = started(ms(0));
        life.short = u32::MAX;
        assert_eq!(life.handle(Event::Ended, ms(1)), None);
        assert_eq!(life.deadline(), Some(ms(1) + LONGEST_REST));
    }

    #[test]
    fn what_cannot_be_started_is_tried_later() {
        let mut life = started(ms(0));
        assert_eq!(life.handle(Event::NotStarted, ms(0)), None);
        assert_eq!(life.deadline(), Some(FIRST_REST));
        assert_eq!(life.handle(Event::Deadline, FIRST_REST), Some(Action::Start));
        assert_eq!(life.handle(Event::NotStarted, FIRST_REST), None);
        assert_eq!(life.deadline(), Some(FIRST_REST * 3));
    }

    #[test]
    fn nothing_starts_after_the_stop() {
        for mut life in [Life::new(ms(0)), started(ms(0))] {
            assert_eq!(life.handle(Event::Stop, ms(1)), None);
            for event in [Event::Deadline, Event::Ended, Event::NotStarted, Event::Stop] {
                assert_eq!(life.handle(event, ms(9)), None);
                assert_eq!(life.deadline(), None);
            }
        }
    }
}
