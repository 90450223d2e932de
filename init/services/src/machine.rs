//! The life of one service, without I/O: when its process is made, asked to end, killed, made again.
//!
//! States:
//! * `Off`: it has no process; why not, is kept ([`Rest`]).
//! * `Armed`: it has no process, and gets one when its time comes or someone connects to one of its sockets; for those who
//!   wait for it that is as good as ready.
//! * `Starting`: its process was made, and it is not ready; that may last until a known time.
//! * `Running`: its process runs, and it is ready. Of a oneshot nobody says so: it goes from `Starting` to `Off`, a timer from
//!   there to `Armed`. One with a watchdog must say before a known time that it lives.
//! * `Resting`: it failed, and is started again at a known time.
//! * `Stopping`: its process was asked to end, and is killed at a known time.
//! * `Killing`: its process was sent KILL, and is sent it again at a known time, for it may have left children behind.
//!
//! Events: someone wants it to run or to end ([`Event::Start`], [`Event::Stop`], from [`crate::manager`], which has seen to the
//! order); its process was made, or could not be, or must not be ([`Event::Spawned`], [`Event::NotSpawned`],
//! [`Event::Skipped`], all three at once after [`Action::Spawn`], from the supervisor; the last two also when the process that was made
//! for it ends without having become its program); it is ready ([`Event::Ready`], from
//! the one who looks for that), or lives ([`Event::Alive`], so); a date has come or someone has connected ([`Event::Due`], so);
//! its process ended ([`Event::Exited`], from the loop that reaps); the time came ([`Event::Deadline`]).
//!
//! It may be asked to end between [`Action::Spawn`] and what came of that, which then is an end like any other.
//!
//! A first failure costs no time: it is started again at once. Each further one within the time that counts as steady lets it
//! rest twice as long, and after so many it is given up. A failure is an end that nobody asked for, and after which the
//! policy wants it back; or that it was not ready in time, did not say that it lives, or could not be started. A timer's run
//! that fails is not made again before its time, and runs whose time has passed are not made up for: there is one.
//!
//! One that is started by who connects, and ends well, is armed again. If then [`TRIGGERS`] times in a row someone waits already,
//! it is given up, for it does not take what has come for it (as systemd does: 20 times in 2 seconds). How fast the machine is
//! plays no part, but one that has run for [`WORK`] counts as one that has taken something.

use formats::time::Duration;

use crate::{Kind, Restart, Service};

/// How long after KILL it is sent again.
pub const KILL_AGAIN: Duration = Duration::from_secs(1);

/// Who runs that long has taken what came for it.
pub const WORK: Duration = Duration::from_secs(1);

/// How often in a row someone may wait already when it is armed.
pub const TRIGGERS: u32 = 20;

/// What of a service decides its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    is_oneshot: bool,
    /// Whether it says by itself that it is ready.
    is_awaited: bool,
    start_timeout: Duration,
    restart: Restart,
    rest_first: Duration,
    rest_longest: Duration,
    attempts: u32,
    steady: Duration,
    stop_timeout: Duration,
    /// The longest time between two signs of life; zero: none is expected.
    watchdog: Duration,
    /// What its first process waits for; none: nothing.
    wake: Option<Wake>,
    is_timer: bool,
}

/// What has a service started that is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wake {
    /// A time after it was armed, and then again and again, counted from the start before.
    Every { first: Duration, every: Duration },
    /// [`Event::Due`].
    Told,
}

impl Policy {
    /// Takes it from a service.
    pub fn of(service: &Service) -> Self {
        let is_oneshot = service.kind != Kind::Daemon;
        Self {
            is_oneshot,
            is_awaited: service.ready.is_awaited(),
            start_timeout: service.start_timeout,
            restart: service.restart.unwrap_or(if is_oneshot { Restart::Never } else { Restart::Always }),
            rest_first: service.rest_first,
            rest_longest: service.rest_longest,
            attempts: service.attempts,
            steady: service.steady,
            stop_timeout: service.stop_timeout,
            watchdog: service.watchdog,
            wake: Wake::of(service),
            is_timer: service.kind == Kind::Timer,
        }
    }

    /// Gives how long it may take to be ready; zero: for ever.
    pub(crate) const fn start_timeout(self) -> Duration {
        self.start_timeout
    }

    /// Gives the time from the request to end to KILL.
    pub(crate) const fn stop_timeout(self) -> Duration {
        self.stop_timeout
    }
}

impl Wake {
    fn of(service: &Service) -> Option<Self> {
        let every = service.timer_every;
        match service.kind {
            Kind::Timer if !every.is_zero() => {
                let first = service.timer_first.unwrap_or(every).saturating_add(service.timer_offset);
                Some(Self::Every { first, every })
            }
            Kind::Timer => Some(Self::Told),
            Kind::Daemon | Kind::Oneshot => (!service.sockets.is_empty()).then_some(Self::Told),
        }
    }
}

/// What happened to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is to run.
    Start,
    /// It is to end.
    Stop,
    /// Its process was made.
    Spawned,
    /// Its process could not be made.
    NotSpawned,
    /// Its conditions are not met.
    Skipped,
    /// It says that it is ready.
    Ready,
    /// It says that it lives.
    Alive,
    /// Its date has come, or someone wants to speak with it.
    Due {
        /// Whether it was so already when it was armed.
        overdue: bool,
    },
    /// Its process ended; whether with status 0.
    Exited {
        /// Whether with status 0.
        well: bool,
    },
    /// The time that [`Machine::deadline`] gave has come.
    Deadline,
}

/// What is to be done for a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make its process, and tell at once what came of it.
    Spawn,
    /// Ask its process to end.
    Ask,
    /// Kill its processes.
    Kill,
}

/// Why a service has no process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nobody has started it yet.
    Never,
    /// Someone stopped it.
    Stopped,
    /// It has done its work.
    Done,
    /// It was given up.
    Failed,
    /// Its conditions are not met.
    Skipped,
}

/// Where a service is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No process.
    Off(Rest),
    /// No process before its time.
    Armed {
        /// Which time; none: someone tells.
        until: Option<Duration>,
    },
    /// Not ready yet.
    Starting {
        /// When its process was made.
        since: Duration,
        /// When it is too late to be ready.
        until: Option<Duration>,
    },
    /// Ready.
    Running {
        /// When its process was made.
        since: Duration,
        /// By when it must say that it lives.
        until: Option<Duration>,
    },
    /// Failed, and to be started again.
    Resting {
        /// When.
        until: Duration,
    },
    /// Asked to end.
    Stopping {
        /// When it is killed.
        until: Duration,
        /// What comes then.
        then: Then,
    },
    /// Sent KILL.
    Killing {
        /// When it is sent again.
        until: Duration,
        /// What comes then.
        then: Then,
    },
}

/// What follows the end of a process that was asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Stop,
    /// It was not ready in time, or gave no sign of life, and has failed.
    Fail {
        /// When its process was made.
        since: Duration,
    },
}

/// How far a life has come: all of it but the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// Where it is.
    pub state: State,
    /// Failures in a row.
    pub failures: u32,
    /// How often in a row someone waited already when it was armed.
    pub overdue: u32,
    /// How often it was started again by itself.
    pub restarts: u32,
}

/// The life of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    policy: Policy,
    course: Course,
}

impl Machine {
    /// Makes that of a service that nobody has started yet.
    pub const fn new(policy: Policy) -> Self {
        let state = State::Off(Rest::Never);
        Self { policy, course: Course { state, failures: 0, overdue: 0, restarts: 0 } }
    }

    /// Goes on where another program has stopped.
    pub const fn resumed(policy: Policy, course: Course) -> Self {
        Self { policy, course }
    }

    /// Makes that of a service that was found with a process or without, and of which nothing else is known. A daemon with one
    /// counts as ready; a oneshot without one has done its work, for what is done once must not be done twice.
    pub fn found(policy: Policy, has_process: bool, now: Duration) -> Self {
        let mut machine = Self::new(policy);
        match (has_process, policy.is_oneshot) {
            (true, true) => machine.course.state = State::Starting { since: now, until: None },
            (true, false) => {
                machine.run(now, now);
            }
            (false, true) if !policy.is_timer => machine.course.state = State::Off(Rest::Done),
            (false, _) => {}
        }
        machine
    }

    /// Says how far it has come.
    pub const fn course(&self) -> Course {
        self.course
    }

    /// Goes on under another policy.
    pub const fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// Gives the policy.
    pub(crate) const fn policy(&self) -> Policy {
        self.policy
    }

    /// Says where it is.
    pub const fn state(&self) -> State {
        self.course.state
    }

    /// Gives how often it was started again by itself.
    pub const fn restarts(&self) -> u32 {
        self.course.restarts
    }

    /// Says whether it has a process, or is about to have one again.
    pub const fn is_active(&self) -> bool {
        !matches!(self.course.state, State::Off(_))
    }

    /// Gives the time at which [`Event::Deadline`] is due.
    pub const fn deadline(&self) -> Option<Duration> {
        match self.course.state {
            State::Starting { until, .. } | State::Running { until, .. } | State::Armed { until, .. } => {
                until
            }
            State::Resting { until } | State::Stopping { until, .. } | State::Killing { until, .. } => {
                Some(until)
            }
            State::Off(_) => None,
        }
    }

    /// Hears that the machine was suspended for a time, in which nobody could do anything: what was to be done by its process is due so
    /// much later. A rest, and the times of a timer, go on meanwhile.
    pub const fn slept(&mut self, time: Duration) {
        match &mut self.course.state {
            State::Starting { until: Some(until), .. }
            | State::Running { until: Some(until), .. }
            | State::Stopping { until, .. }
            | State::Killing { until, .. } => *until = until.saturating_add(time),
            State::Off(_)
            | State::Armed { .. }
            | State::Resting { .. }
            | State::Starting { until: None, .. }
            | State::Running { until: None, .. } => {}
        }
    }

    /// Takes an event; gives what is to be done.
    pub fn handle(&mut self, event: Event, now: Duration) -> Option<Action> {
        match (self.course.state, event) {
            (State::Off(_), Event::Start) => {
                (self.course.failures, self.course.overdue) = (0, 0);
                match self.policy.wake {
                    None => self.spawn(now),
                    Some(wake) => self.arm(wake.first(now)),
                }
            }
            (State::Armed { .. }, Event::Start) => self.spawn(now),
            (State::Armed { .. }, Event::Due { overdue }) => self.count(overdue),
            (State::Armed { until: Some(until) }, Event::Deadline) if now >= until => self.spawn(now),
            (State::Armed { .. } | State::Resting { .. }, Event::Stop) => {
                self.become_state(State::Off(Rest::Stopped))
            }
            (State::Starting { since, .. }, Event::Spawned)
                if !self.policy.is_oneshot && !self.policy.is_awaited =>
            {
                self.run(since, now)
            }
            (State::Starting { since, .. }, Event::Ready) if !self.policy.is_oneshot => self.run(since, now),
            (State::Running { since, .. }, Event::Alive) => self.run(since, now),
            (State::Starting { since, .. } | State::Running { since, .. }, Event::Skipped) => {
                match self.policy.wake {
                    Some(wake) if self.policy.is_timer => self.arm(wake.next(since, now)),
                    _ => self.become_state(State::Off(Rest::Skipped)),
                }
            }
            (State::Starting { since, .. } | State::Running { since, .. }, Event::NotSpawned) => {
                self.ended(since, false, now)
            }
            (State::Starting { since, until: Some(until) }, Event::Deadline) if now >= until => {
                self.ask(Then::Fail { since }, now)
            }
            // Whoever hangs hears no signal but this one.
            (State::Running { since, until: Some(until) }, Event::Deadline) if now >= until => {
                self.kill(Then::Fail { since }, now)
            }
            (State::Starting { .. } | State::Running { .. }, Event::Stop) => self.ask(Then::Stop, now),
            (State::Starting { since, .. } | State::Running { since, .. }, Event::Exited { well }) => {
                self.ended(since, well, now)
            }
            (State::Resting { until }, Event::Deadline) if now >= until => self.again(now),
            (State::Resting { .. }, Event::Start) => self.again(now),
            (State::Stopping { until, .. }, Event::Stop) => {
                self.become_state(State::Stopping { until, then: Then::Stop })
            }
            (State::Killing { until, .. }, Event::Stop) => {
                self.become_state(State::Killing { until, then: Then::Stop })
            }
            (State::Stopping { until, then } | State::Killing { until, then }, event) => {
                self.handle_end(until, then, event, now)
            }
            // A process that is gone, one that is not there yet, and times that have not come.
            (
                State::Off(_) | State::Armed { .. } | State::Resting { .. },
                Event::Spawned
                | Event::NotSpawned
                | Event::Skipped
                | Event::Ready
                | Event::Alive
                | Event::Exited { .. }
                | Event::Deadline,
            )
            | (State::Off(_), Event::Stop)
            | (State::Off(_) | State::Resting { .. }, Event::Due { .. })
            | (
                State::Starting { .. },
                Event::Start
                | Event::Spawned
                | Event::Ready
                | Event::Alive
                | Event::Due { .. }
                | Event::Deadline,
            )
            | (
                State::Running { .. },
                Event::Start | Event::Spawned | Event::Ready | Event::Due { .. } | Event::Deadline,
            ) => None,
        }
    }

    /// The same for one that is to end.
    fn handle_end(&mut self, until: Duration, then: Then, event: Event, now: Duration) -> Option<Action> {
        match event {
            Event::Deadline if now >= until => self.kill(then, now),
            Event::Exited { .. } | Event::NotSpawned | Event::Skipped => match then {
                Then::Stop => self.become_state(State::Off(Rest::Stopped)),
                Then::Fail { since } => self.fail(since, now),
            },
            Event::Start
            | Event::Stop
            | Event::Spawned
            | Event::Ready
            | Event::Alive
            | Event::Due { .. }
            | Event::Deadline => None,
        }
    }

    const fn become_state(&mut self, state: State) -> Option<Action> {
        self.course.state = state;
        None
    }

    const fn arm(&mut self, until: Option<Duration>) -> Option<Action> {
        self.become_state(State::Armed { until })
    }

    /// Counts how often someone waited already; gives it up if that was too often.
    const fn count(&mut self, overdue: bool) -> Option<Action> {
        self.course.overdue = if overdue { self.course.overdue.saturating_add(1) } else { 0 };
        if self.course.overdue < TRIGGERS { None } else { self.become_state(State::Off(Rest::Failed)) }
    }

    fn run(&mut self, since: Duration, now: Duration) -> Option<Action> {
        let watchdog = self.policy.watchdog;
        let until = (!watchdog.is_zero()).then(|| now.saturating_add(watchdog));
        self.become_state(State::Running { since, until })
    }

    fn spawn(&mut self, now: Duration) -> Option<Action> {
        let limit = self.policy.start_timeout;
        // What a oneshot does may take as long as it likes.
        let is_limited = !self.policy.is_oneshot && !limit.is_zero();
        self.course.state =
            State::Starting { since: now, until: is_limited.then(|| now.saturating_add(limit)) };
        Some(Action::Spawn)
    }

    fn again(&mut self, now: Duration) -> Option<Action> {
        self.course.restarts = self.course.restarts.saturating_add(1);
        self.spawn(now)
    }

    fn ask(&mut self, then: Then, now: Duration) -> Option<Action> {
        self.course.state = State::Stopping { until: now.saturating_add(self.policy.stop_timeout), then };
        Some(Action::Ask)
    }

    fn kill(&mut self, then: Then, now: Duration) -> Option<Action> {
        self.course.state = State::Killing { until: now.saturating_add(KILL_AGAIN), then };
        Some(Action::Kill)
    }

    /// Decides after an end that nobody asked for.
    fn ended(&mut self, since: Duration, well: bool, now: Duration) -> Option<Action> {
        if let Some(wake) = self.policy.wake
            && (well || self.policy.is_timer)
        {
            if now.saturating_sub(since) >= WORK {
                self.course.overdue = 0;
            }
            return self.arm(wake.next(since, now));
        }
        let is_done = well && (self.policy.is_oneshot || self.policy.restart != Restart::Always);
        if is_done { self.become_state(State::Off(Rest::Done)) } else { self.fail(since, now) }
    }

    fn fail(&mut self, since: Duration, now: Duration) -> Option<Action> {
        let is_steady = now.saturating_sub(since) >= self.policy.steady;
        self.course.failures = if is_steady { 1 } else { self.course.failures.saturating_add(1) };
        let is_last = self.policy.attempts != 0 && self.course.failures >= self.policy.attempts;
        if is_last || self.policy.restart == Restart::Never {
            return self.become_state(State::Off(Rest::Failed));
        }
        match self.course.failures.checked_sub(2) {
            None => self.again(now),
            Some(doublings) => {
                let rest = self.policy.rest_first * (1 << doublings.min(20));
                let until = now.saturating_add(rest.min(self.policy.rest_longest));
                self.become_state(State::Resting { until })
            }
        }
    }
}

impl Wake {
    fn first(self, now: Duration) -> Option<Duration> {
        match self {
            Self::Every { first, .. } => Some(now.saturating_add(first)),
            Self::Told => None,
        }
    }

    /// Gives the first time on the grid of a start that has not passed.
    fn next(self, since: Duration, now: Duration) -> Option<Duration> {
        let Self::Every { every, .. } = self else { return None };
        let passed = now.saturating_sub(since).as_nanos().checked_div(every.as_nanos()).unwrap_or_default();
        let count = u32::try_from(passed).unwrap_or(u32::MAX - 1) + 1;
        Some(since.saturating_add(every * count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn machine(change: impl FnOnce(&mut Service)) -> Machine {
        let mut service = Service::new("a");
        change(&mut service);
        Machine::new(Policy::of(&service))
    }

    /// Gives a machine whose process was made at a time.
    fn started(at: Duration, change: impl FnOnce(&mut Service)) -> Machine {
        let mut machine = machine(change);
        assert_eq!(machine.handle(Event::Start, at), Some(Action::Spawn));
        assert_eq!(machine.handle(Event::Spawned, at), None);
        machine
    }

    fn awaited(service: &mut Service) {
        service.ready = crate::Ready::Socket;
    }

    fn oneshot(service: &mut Service) {
        service.kind = Kind::Oneshot;
    }

    fn timer(service: &mut Service) {
        service.kind = Kind::Timer;
        service.timer_every = ms(1000);
    }

    const WELL: Event = Event::Exited { well: true };
    const DUE: Event = Event::Due { overdue: false };
    const OVERDUE: Event = Event::Due { overdue: true };
    const BADLY: Event = Event::Exited { well: false };

    #[test]
    fn a_machine_that_was_suspended_has_missed_no_sign_of_life() {
        let mut machine = started(ms(0), |service| service.watchdog = ms(1000));
        machine.slept(ms(60_000));
        assert_eq!(machine.handle(Event::Deadline, ms(60_999)), None);
        assert_eq!(machine.handle(Event::Deadline, ms(61_000)), Some(Action::Kill));
        // A timer's time passes all the same.
        let mut machine = self::machine(timer);
        machine.handle(Event::Start, ms(0));
        machine.slept(ms(60_000));
        assert_eq!(machine.deadline(), Some(ms(1000)));
    }

    #[test]
    fn one_whose_process_does_not_become_its_program_has_not_been_started() {
        let mut machine = started(ms(0), |_| {});
        assert!(matches!(machine.state(), State::Running { .. }));
        assert_eq!(
            machine.handle(Event::NotSpawned, ms(10)),
            Some(Action::Spawn),
            "the first failure costs no time"
        );
        assert_eq!(machine.handle(Event::Spawned, ms(10)), None);
        assert_eq!(machine.handle(Event::Skipped, ms(20)), None);
        assert_eq!(machine.state(), State::Off(Rest::Skipped));
    }

    #[test]
    fn one_that_works_for_each_who_comes_is_never_given_up() {
        let mut machine = machine(|service| {
            oneshot(service);
            service.sockets.push(crate::Listen::default());
        });
        machine.handle(Event::Start, ms(0));
        for run in 0..3 * TRIGGERS {
            // Somebody waits already, and is served for a second.
            let armed = ms(u64::from(run) * 1300);
            assert_eq!(machine.handle(OVERDUE, armed), None, "{run}");
            assert_eq!(machine.handle(Event::Start, armed), Some(Action::Spawn), "{run}");
            machine.handle(Event::Spawned, armed);
            assert_eq!(machine.handle(WELL, armed + WORK), None);
        }
    }

    #[test]
    fn a_daemon_that_is_not_awaited_is_ready_when_it_runs() {
        let machine = started(ms(5), |_| ());
        assert_eq!(machine.state(), State::Running { since: ms(5), until: None });
        assert_eq!(machine.deadline(), None);
    }

    #[test]
    fn a_daemon_that_is_awaited_is_ready_when_it_says_so() {
        let mut machine = started(ms(5), awaited);
        assert_eq!(machine.state(), State::Starting { since: ms(5), until: Some(ms(60_005)) });
        assert_eq!(machine.handle(Event::Ready, ms(9)), None);
        assert_eq!(machine.state(), State::Running { since: ms(5), until: None });
    }

    #[test]
    fn one_that_is_never_ready_is_stopped_and_has_failed() {
        let mut machine = started(ms(0), awaited);
        assert_eq!(machine.handle(Event::Deadline, ms(59_999)), None);
        assert_eq!(machine.handle(Event::Deadline, ms(60_000)), Some(Action::Ask));
        // A minute is steady by its length, so this is the first failure, and costs no rest.
        assert_eq!(machine.handle(WELL, ms(60_001)), Some(Action::Spawn));
        assert_eq!(machine.restarts(), 1);
    }

    #[test]
    fn one_without_a_limit_may_take_for_ever() {
        let machine = started(ms(0), |service| {
            awaited(service);
            service.start_timeout = Duration::ZERO;
        });
        assert_eq!(machine.deadline(), None);
    }

    #[test]
    fn a_oneshot_has_done_its_work_or_failed() {
        let mut machine = started(ms(0), oneshot);
        assert_eq!(machine.deadline(), None);
        assert_eq!(machine.handle(Event::Ready, ms(1)), None);
        assert_eq!(machine.handle(WELL, ms(1)), None);
        assert_eq!(machine.state(), State::Off(Rest::Done));
        assert_eq!(machine.handle(Event::Start, ms(2)), Some(Action::Spawn));
        assert_eq!(machine.handle(BADLY, ms(3)), None);
        assert_eq!(machine.state(), State::Off(Rest::Failed));
    }

    #[test]
    fn a_oneshot_may_try_again() {
        let mut machine = started(ms(0), |service| {
            oneshot(service);
            service.restart = Some(Restart::Failure);
        });
        assert_eq!(machine.handle(BADLY, ms(1)), Some(Action::Spawn));
        assert_eq!(machine.handle(WELL, ms(2)), None);
        assert_eq!(machine.state(), State::Off(Rest::Done));
    }

    #[test]
    fn the_policy_decides_after_which_end_it_comes_back() {
        let again = Some(Action::Spawn);
        for (restart, well, badly) in
            [(Restart::Always, again, again), (Restart::Failure, None, again), (Restart::Never, None, None)]
        {
            for (event, expected) in [(WELL, well), (BADLY, badly)] {
                let mut machine = started(ms(0), |service| service.restart = Some(restart));
                assert_eq!(machine.handle(event, ms(1)), expected, "{restart:?} {event:?}");
                assert_eq!(machine.is_active(), expected.is_some());
            }
        }
    }

    #[test]
    fn a_crash_loop_slows_down_and_is_given_up() {
        let mut machine = started(ms(0), |_| ());
        let mut now = ms(0);
        let mut rests = Vec::new();
        assert_eq!(machine.handle(BADLY, now), Some(Action::Spawn));
        machine.handle(Event::Spawned, now);
        while machine.handle(BADLY, now).is_none() && machine.is_active() {
            let until = machine.deadline().unwrap();
            assert_eq!(machine.handle(Event::Deadline, until - ms(1)), None);
            rests.push((until - now).as_millis());
            now = until;
            assert_eq!(machine.handle(Event::Deadline, now), Some(Action::Spawn));
            machine.handle(Event::Spawned, now);
        }
        assert_eq!(rests, [100, 200, 400]);
        assert_eq!(machine.state(), State::Off(Rest::Failed));
        // Who starts it by hand gives it all its attempts again.
        assert_eq!(machine.handle(Event::Start, now), Some(Action::Spawn));
        assert_eq!(machine.handle(BADLY, now), Some(Action::Spawn));
    }

    #[test]
    fn without_a_last_attempt_the_rests_have_a_ceiling() {
        let mut machine = started(ms(0), |service| service.attempts = 0);
        let mut now = ms(0);
        for _ in 0..100 {
            if machine.handle(BADLY, now).is_none() {
                let until = machine.deadline().unwrap();
                assert!(until - now <= Duration::from_secs(10));
                now = until;
                machine.handle(Event::Deadline, now);
            }
        }
        assert_eq!(machine.restarts(), 100);
        machine.course.failures = u32::MAX;
        assert_eq!(machine.handle(BADLY, now), None);
        assert_eq!(machine.deadline(), Some(now + Duration::from_secs(10)));
    }

    #[test]
    fn a_steady_life_clears_the_record() {
        let mut machine = started(ms(0), |_| ());
        let mut now = ms(0);
        for _ in 0..1000 {
            now += Duration::from_secs(10);
            assert_eq!(machine.handle(BADLY, now), Some(Action::Spawn));
            machine.handle(Event::Spawned, now);
        }
    }

    #[test]
    fn what_cannot_be_made_fails_and_what_must_not_is_skipped() {
        let mut machine = machine(|_| ());
        machine.handle(Event::Start, ms(0));
        assert_eq!(machine.handle(Event::NotSpawned, ms(0)), Some(Action::Spawn));
        assert_eq!(machine.handle(Event::NotSpawned, ms(0)), None);
        assert_eq!(machine.state(), State::Resting { until: ms(100) });
        assert_eq!(machine.handle(Event::Start, ms(1)), Some(Action::Spawn));
        assert_eq!(machine.handle(Event::Skipped, ms(1)), None);
        assert_eq!(machine.state(), State::Off(Rest::Skipped));
    }

    #[test]
    fn stopping_asks_and_then_kills_again_and_again() {
        let mut machine = started(ms(0), |_| ());
        assert_eq!(machine.handle(Event::Stop, ms(0)), Some(Action::Ask));
        assert_eq!(machine.handle(Event::Deadline, ms(4_999)), None);
        assert_eq!(machine.handle(Event::Deadline, ms(5_000)), Some(Action::Kill));
        assert_eq!(machine.handle(Event::Deadline, ms(5_999)), None);
        assert_eq!(machine.handle(Event::Deadline, ms(6_000)), Some(Action::Kill));
        assert_eq!(machine.handle(BADLY, ms(6_001)), None);
        assert_eq!(machine.state(), State::Off(Rest::Stopped));
    }

    #[test]
    fn who_stops_one_that_was_late_has_stopped_it() {
        for limit in [ms(60_000), ms(65_000)] {
            let mut machine = started(ms(0), awaited);
            machine.handle(Event::Deadline, ms(60_000));
            machine.handle(Event::Deadline, limit);
            assert_eq!(machine.handle(Event::Stop, limit), None);
            assert_eq!(machine.handle(BADLY, limit), None);
            assert_eq!(machine.state(), State::Off(Rest::Stopped));
        }
    }

    #[test]
    fn who_starts_one_that_ends_must_wait_for_its_end() {
        let mut machine = started(ms(0), |_| ());
        machine.handle(Event::Stop, ms(0));
        assert_eq!(machine.handle(Event::Start, ms(0)), None);
        assert_eq!(machine.handle(BADLY, ms(1)), None);
        assert_eq!(machine.handle(Event::Start, ms(1)), Some(Action::Spawn));
    }

    #[test]
    fn who_stops_it_while_it_rests_has_stopped_it() {
        let mut machine = started(ms(0), |_| ());
        machine.handle(BADLY, ms(0));
        machine.handle(BADLY, ms(0));
        assert_eq!(machine.handle(Event::Stop, ms(1)), None);
        assert_eq!(machine.state(), State::Off(Rest::Stopped));
        assert_eq!(machine.handle(Event::Deadline, ms(1_000)), None);
    }

    #[test]
    fn one_that_was_stopped_before_it_could_be_made_is_off() {
        for event in [Event::NotSpawned, Event::Skipped] {
            let mut machine = machine(|_| ());
            machine.handle(Event::Start, ms(0));
            assert_eq!(machine.handle(Event::Stop, ms(0)), Some(Action::Ask));
            assert_eq!(machine.handle(event, ms(0)), None);
            assert_eq!(machine.state(), State::Off(Rest::Stopped));
        }
    }

    #[test]
    fn an_end_before_its_time_is_no_surprise_to_one_that_is_awaited() {
        let mut machine = started(ms(0), awaited);
        assert_eq!(machine.handle(BADLY, ms(1)), Some(Action::Spawn));
        assert_eq!(machine.handle(Event::Stop, ms(1)), Some(Action::Ask));
        assert_eq!(machine.handle(Event::Ready, ms(1)), None);
        assert!(matches!(machine.state(), State::Stopping { .. }));
    }

    #[test]
    fn a_timer_runs_again_and_again() {
        let mut machine = machine(timer);
        assert_eq!(machine.handle(Event::Start, ms(0)), None);
        assert_eq!(machine.state(), State::Armed { until: Some(ms(1000)) });
        assert_eq!(machine.handle(Event::Deadline, ms(999)), None);
        for run in 1..100 {
            assert_eq!(machine.handle(Event::Deadline, ms(1000 * run)), Some(Action::Spawn));
            assert_eq!(machine.handle(Event::Spawned, ms(1000 * run)), None);
            // However it ends.
            assert_eq!(machine.handle([WELL, BADLY][run as usize % 2], ms(1000 * run + 300)), None);
            assert_eq!(machine.state(), State::Armed { until: Some(ms(1000 * run + 1000)) });
        }
    }

    #[test]
    fn a_timer_has_a_first_time_of_its_own_and_makes_up_for_nothing() {
        let mut machine = machine(|service| {
            timer(service);
            service.timer_first = Some(ms(50));
            service.timer_offset = ms(7);
        });
        machine.handle(Event::Start, ms(100));
        assert_eq!(machine.deadline(), Some(ms(157)));
        // The machine slept for a day: one run, and the next one on its grid.
        let late = ms(86_400_500);
        assert_eq!(machine.handle(Event::Deadline, late), Some(Action::Spawn));
        assert_eq!(machine.handle(WELL, late + ms(3500)), None);
        assert_eq!(machine.deadline(), Some(late + ms(4000)));
    }

    #[test]
    fn a_timer_that_cannot_run_or_must_not_waits_for_its_next_time() {
        for event in [Event::NotSpawned, Event::Skipped] {
            let mut machine = machine(timer);
            machine.handle(Event::Start, ms(0));
            // Who starts it by hand needs not wait.
            assert_eq!(machine.handle(Event::Start, ms(10)), Some(Action::Spawn));
            assert_eq!(machine.handle(event, ms(10)), None);
            assert_eq!(machine.state(), State::Armed { until: Some(ms(1010)) });
            assert_eq!(machine.handle(Event::Stop, ms(11)), None);
            assert_eq!(machine.state(), State::Off(Rest::Stopped));
            assert_eq!(machine.handle(Event::Deadline, ms(5000)), None);
        }
    }

    #[test]
    fn a_timer_of_dates_waits_until_it_is_told() {
        let mut machine = machine(|service| {
            timer(service);
            service.timer_every = Duration::ZERO;
        });
        machine.handle(Event::Start, ms(0));
        assert_eq!(machine.deadline(), None);
        assert_eq!(machine.handle(DUE, ms(5)), None);
        assert_eq!(machine.handle(Event::Start, ms(5)), Some(Action::Spawn));
        assert_eq!(machine.handle(DUE, ms(5)), None);
        assert_eq!(machine.handle(Event::Stop, ms(6)), Some(Action::Ask));
        assert_eq!(machine.handle(BADLY, ms(7)), None);
        assert_eq!(machine.state(), State::Off(Rest::Stopped));
    }

    #[test]
    fn one_with_sockets_is_started_by_who_connects_and_armed_again_when_it_ends_well() {
        let mut machine = machine(|service| service.sockets = [Default::default()].into());
        assert_eq!(machine.handle(Event::Start, ms(0)), None);
        assert_eq!(machine.state(), State::Armed { until: None });
        assert_eq!(machine.handle(DUE, ms(5)), None);
        assert_eq!(machine.handle(Event::Start, ms(5)), Some(Action::Spawn));
        assert_eq!(machine.handle(Event::Spawned, ms(5)), None);
        assert_eq!(machine.handle(WELL, ms(9)), None);
        assert_eq!(machine.state(), State::Armed { until: None });
        machine.handle(Event::Start, ms(10));
        assert_eq!(machine.handle(BADLY, ms(11)), Some(Action::Spawn));
    }

    #[test]
    fn one_that_does_not_take_what_comes_for_it_is_given_up() {
        let mut machine = machine(|service| service.sockets = [Default::default()].into());
        machine.handle(Event::Start, ms(0));
        let mut now = ms(1000);
        let mut run = |machine: &mut Machine, event: Event| {
            now += ms(300);
            machine.handle(event, now);
            let action = machine.handle(Event::Start, now);
            machine.handle(Event::Spawned, now);
            machine.handle(WELL, now);
            action
        };
        // As often as it likes, if now and then nobody waits.
        for _ in 0..10 {
            assert_eq!(run(&mut machine, DUE), Some(Action::Spawn));
            for _ in 1..TRIGGERS {
                assert_eq!(run(&mut machine, OVERDUE), Some(Action::Spawn));
            }
        }
        assert_eq!(machine.handle(OVERDUE, ms(9_000)), None);
        assert_eq!(machine.state(), State::Off(Rest::Failed));
        // Who starts it by hand gives it all its starts again.
        assert_eq!(machine.handle(Event::Start, ms(9_000)), None);
        assert_eq!(machine.handle(OVERDUE, ms(9_001)), None);
        assert_eq!(machine.handle(Event::Start, ms(9_001)), Some(Action::Spawn));
    }

    #[test]
    fn one_that_was_found_lives_on_as_one_that_is_ready() {
        let policy = |change: fn(&mut Service)| {
            let mut service = Service::new("a");
            change(&mut service);
            Policy::of(&service)
        };
        let mut daemon = Machine::found(policy(awaited), true, ms(7));
        assert_eq!(daemon.state(), State::Running { since: ms(7), until: None });
        assert_eq!(daemon.handle(BADLY, ms(8)), Some(Action::Spawn));
        assert_eq!(Machine::found(policy(|one| one.watchdog = ms(5)), true, ms(7)).deadline(), Some(ms(12)));
        let mut once = Machine::found(policy(oneshot), true, ms(7));
        assert_eq!(once.handle(WELL, ms(8)), None);
        assert_eq!(once.state(), State::Off(Rest::Done));
        assert_eq!(Machine::found(policy(oneshot), false, ms(7)).state(), State::Off(Rest::Done));
        for other in [policy(awaited), policy(timer)] {
            assert_eq!(Machine::found(other, false, ms(7)).state(), State::Off(Rest::Never));
        }
    }

    #[test]
    fn one_that_gives_no_sign_of_life_is_killed_and_has_failed() {
        let mut machine = started(ms(0), |service| service.watchdog = ms(500));
        assert_eq!(machine.deadline(), Some(ms(500)));
        assert_eq!(machine.handle(Event::Alive, ms(400)), None);
        assert_eq!(machine.handle(Event::Deadline, ms(500)), None);
        assert_eq!(machine.handle(Event::Deadline, ms(900)), Some(Action::Kill));
        assert_eq!(machine.handle(Event::Alive, ms(901)), None);
        assert_eq!(machine.handle(BADLY, ms(902)), Some(Action::Spawn));
        assert_eq!(machine.restarts(), 1);
    }
}
