//! All services together, without I/O: who may start, who must wait, who ends before whom.
//!
//! Each service has a life ([`crate::machine`]) and perhaps an intention: to run ([`Intent::Up`]) or to end ([`Intent::Down`]). An
//! intention becomes an event of the machine when the order lets it:
//! * up: all that it needs are ready, all that it comes after are ready or will not come, none that it conflicts with lives;
//! * down: none that waits for it and is to end as well lives any more;
//! * both ([`Intent::Again`]): the one, and then the other.
//!
//! Requests make intentions: starting a service starts what it needs and wants, and ends what it conflicts with; ending it ends
//! what needs it; renewing it, whose file says something else now, ends what needs it before, and has that run again when it does.
//! A service whose need has failed keeps waiting, and starts when someone has mended that.
//!
//! The end ([`Manager::end`]) has two phases: first those run that are there for the end, then all get the intention to end,
//! and no one can be started any more. How long it takes is for the one who asked to limit.

use alloc::vec::Vec;

use formats::time::Duration;

use crate::graph::Node;
use crate::handover::Lives;
use crate::machine::{Action, Event, KILL_AGAIN, Machine, Policy, Rest, State};
use crate::{Service, Start};

/// What is to be done, and for which service.
pub type Actions = Vec<(usize, Action)>;

/// What someone wants of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// To run, with all that it needs.
    Start,
    /// To end, and all that needs it before.
    Stop,
    /// To end and run again, alone.
    Restart,
}

/// What is to become of a service when the order lets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// What its life makes of it.
    None,
    /// It is to run.
    Up,
    /// It is to end.
    Down,
    /// It is to end, and then to run.
    Again,
}

impl Intent {
    /// Says whether it is to end first of all.
    pub(crate) const fn ends(self) -> bool {
        matches!(self, Self::Down | Self::Again)
    }
}

/// How far the end of all is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ending {
    #[default]
    No,
    /// Those that are there for the end run.
    First,
    /// Everyone ends.
    All,
}

/// One service among the others.
#[derive(Clone, Debug)]
struct Unit {
    machine: Machine,
    intent: Intent,
    start: Start,
    node: Node,
}

/// All services.
#[derive(Clone, Debug)]
pub struct Manager {
    units: Vec<Unit>,
    ending: Ending,
}

impl Manager {
    /// Makes it of services and their nodes, in the same order; none runs.
    pub fn new(services: &[Service], nodes: Vec<Node>) -> Self {
        let units = services.iter().zip(nodes).map(|(service, node)| Unit {
            machine: Machine::new(Policy::of(service)),
            intent: Intent::None,
            start: service.start,
            node,
        });
        Self { units: units.collect(), ending: Ending::No }
    }

    /// Goes on with other services: for each, `former` says which one it was. Those that were none begin a life.
    pub fn replace(&mut self, services: &[Service], nodes: Vec<Node>, former: &[Option<usize>]) {
        let mut next = Self::new(services, nodes);
        for ((unit, service), at) in next.units.iter_mut().zip(services).zip(former) {
            if let Some(old) = at.and_then(|at| self.units.get(at)) {
                unit.machine = old.machine.clone();
                unit.machine.set_policy(Policy::of(service));
                unit.intent = old.intent;
            }
        }
        next.ending = self.ending;
        *self = next;
    }

    /// Gives what a successor of this program goes on with, beside the services and their nodes.
    pub fn lives(&self) -> Lives {
        let lives = self.units.iter().map(|unit| (unit.machine.course(), unit.intent)).collect();
        Lives { ending: self.ending, lives }
    }

    /// Goes on with such lives of the same services; none if there are not as many.
    pub fn resumed(services: &[Service], nodes: Vec<Node>, lives: &Lives) -> Option<Self> {
        let mut manager = Self::new(services, nodes);
        manager.ending = lives.ending;
        for (unit, (course, intent)) in manager.units.iter_mut().zip(&lives.lives) {
            unit.machine = Machine::resumed(unit.machine.policy(), *course);
            unit.intent = *intent;
        }
        (manager.units.len() == services.len() && lives.lives.len() == services.len()).then_some(manager)
    }

    /// Takes it that a service has a process, or has none, though nobody knows how that came about.
    pub fn found(&mut self, service: usize, has_process: bool, now: Duration) {
        if let Some(unit) = self.units.get_mut(service) {
            unit.machine = Machine::found(unit.machine.policy(), has_process, now);
            unit.intent = Intent::None;
        }
    }

    /// Gives what a service says of others.
    pub fn node(&self, service: usize) -> Option<&Node> {
        self.units.get(service).map(|unit| &unit.node)
    }

    /// Starts those that start with the machine and have not been started yet.
    pub fn boot(&mut self, now: Duration) -> Actions {
        self.start_all(Start::Boot, now)
    }

    /// Starts those that answer ctrl-alt-del; none: nobody does.
    pub fn keys(&mut self, now: Duration) -> Option<Actions> {
        let answers = self.units.iter().any(|unit| unit.start == Start::Keys);
        answers.then(|| self.start_all(Start::Keys, now))
    }

    /// Ends all; asked again, no longer waits for those that are there for the end.
    pub fn end(&mut self, now: Duration) -> Actions {
        let mut actions = Actions::new();
        match self.ending {
            Ending::No => {
                actions = self.start_all(Start::Shutdown, now);
                self.ending = Ending::First;
            }
            Ending::First => self.end_all(),
            Ending::All => {}
        }
        self.settle(now, &mut actions);
        actions
    }

    /// Says whether the end has come: none lives.
    pub fn is_over(&self) -> bool {
        self.ending == Ending::All && self.units.iter().all(|unit| !unit.machine.is_active())
    }

    /// Says whether all that are to run are ready, and none has failed.
    pub fn all_are_ready(&self) -> bool {
        let is_ready = |unit: &Unit| match unit.machine.state() {
            State::Off(Rest::Never) => unit.start != Start::Boot,
            State::Off(rest) => rest != Rest::Failed,
            State::Armed { .. } | State::Running { .. } => true,
            State::Starting { .. }
            | State::Resting { .. }
            | State::Stopping { .. }
            | State::Killing { .. } => false,
        };
        self.ending == Ending::No
            && self.units.iter().all(|unit| unit.intent == Intent::None && is_ready(unit))
    }

    /// Gives how long the services take to end at most, each after those that wait for it, by what their files give them; those that are
    /// there for the end run before.
    pub fn time_to_end(&self) -> Duration {
        let stop = |unit: &Unit| unit.machine.policy().stop_timeout().saturating_add(KILL_AGAIN);
        let mut times: Vec<Duration> = self.units.iter().map(stop).collect();
        // As many rounds as the longest row of those that wait for each other: there is no circle.
        for _ in 0..self.units.len() {
            let mut is_changed = false;
            for (at, unit) in self.units.iter().enumerate().filter(|(_, unit)| unit.machine.is_active()) {
                let time = times.get(at).copied().unwrap_or_default();
                for other in &unit.node.after {
                    let (Some(own), Some(longest)) =
                        (self.units.get(*other).map(stop), times.get_mut(*other))
                    else {
                        continue;
                    };
                    let next = time.saturating_add(own);
                    is_changed |= next > *longest;
                    *longest = next.max(*longest);
                }
            }
            if !is_changed {
                break;
            }
        }
        let active = self.units.iter().zip(&times).filter(|(unit, _)| unit.machine.is_active());
        let longest = active.map(|(_, time)| *time).max().unwrap_or_default();
        let first = self.units.iter().filter(|unit| unit.start == Start::Shutdown);
        let first = first.map(|unit| unit.machine.policy().start_timeout()).max().unwrap_or_default();
        first.saturating_add(longest)
    }

    /// Takes a request; one that comes after the end has begun is not heard.
    pub fn request(&mut self, service: usize, request: Request, now: Duration) -> Actions {
        let mut actions = Actions::new();
        if self.ending != Ending::No {
            return actions;
        }
        match request {
            Request::Start => self.up(service),
            Request::Stop => self.down(service),
            Request::Restart => {
                // It comes back as one that is started does: when it has ended, and the order lets it.
                self.tell(service, Event::Stop, now, &mut actions);
                self.forget_intent(service);
                self.up(service);
            }
        }
        self.settle(now, &mut actions);
        actions
    }

    /// Has a service end and run again, and all that needs it with it, for it is not what it was; nothing if it does not live.
    pub fn renew(&mut self, service: usize, now: Duration) -> Actions {
        let mut actions = Actions::new();
        if self.ending == Ending::No {
            self.again(service);
            self.settle(now, &mut actions);
        }
        actions
    }

    /// Takes an event of one service.
    pub fn handle(&mut self, service: usize, event: Event, now: Duration) -> Actions {
        let mut actions = Actions::new();
        let is_ending = self.units.get(service).is_some_and(|unit| unit.intent.ends());
        if is_ending && matches!(event, Event::Exited { .. } | Event::NotSpawned | Event::Skipped) {
            // It has done by itself what it would have been asked for; nobody wants it back at once.
            self.tell(service, Event::Stop, now, &mut Actions::new());
        }
        match event {
            Event::Due { .. } => {
                self.tell(service, event, now, &mut actions);
                self.wake(service);
            }
            _ => self.tell(service, event, now, &mut actions),
        }
        self.settle(now, &mut actions);
        actions
    }

    /// Hears that the machine was suspended for a time ([`Machine::slept`]).
    pub fn slept(&mut self, time: Duration) {
        self.units.iter_mut().for_each(|unit| unit.machine.slept(time));
    }

    /// Tells those whose time has come.
    pub fn tick(&mut self, now: Duration) -> Actions {
        let mut actions = Actions::new();
        for at in 0..self.units.len() {
            if self.due(at).is_none_or(|due| due > now) {
                continue;
            }
            match self.units.get(at).map(|unit| unit.machine.state()) {
                Some(State::Armed { .. }) => self.wake(at),
                _ => self.tell(at, Event::Deadline, now, &mut actions),
            }
        }
        self.settle(now, &mut actions);
        actions
    }

    /// Gives the time at which [`Self::tick`] is due.
    pub fn deadline(&self) -> Option<Duration> {
        (0..self.units.len()).filter_map(|at| self.due(at)).min()
    }

    /// Gives the time at which something is due for a service; none for one that is armed, if it is to run already, or if no one
    /// is started any more.
    fn due(&self, service: usize) -> Option<Duration> {
        let unit = self.units.get(service)?;
        let is_armed = matches!(unit.machine.state(), State::Armed { .. });
        let may = !is_armed || unit.intent == Intent::None && self.ending == Ending::No;
        unit.machine.deadline().filter(|_| may)
    }

    /// Has one run that is armed, as a request does: what it needs comes first.
    fn wake(&mut self, service: usize) {
        let unit = self.units.get(service).filter(|_| self.ending == Ending::No);
        if unit.is_some_and(|unit| {
            unit.intent == Intent::None && matches!(unit.machine.state(), State::Armed { .. })
        }) {
            self.up(service);
        }
    }

    /// Gives the life of a service.
    pub fn machine(&self, service: usize) -> Option<&Machine> {
        self.units.get(service).map(|unit| &unit.machine)
    }

    /// Gives what is to become of a service.
    pub fn intent(&self, service: usize) -> Intent {
        self.units.get(service).map_or(Intent::None, |unit| unit.intent)
    }

    /// Gives one that a service with the intention to run is waiting for.
    pub fn waits_for(&self, service: usize) -> Option<usize> {
        let unit = self.units.get(service).filter(|unit| unit.intent == Intent::Up)?;
        let after = unit.node.after.iter().copied().find(|other| !self.lets_start(unit, *other));
        after.or_else(|| unit.node.conflicts.iter().copied().find(|other| self.is_active(*other)))
    }

    fn start_all(&mut self, start: Start, now: Duration) -> Actions {
        let mut actions = Actions::new();
        if self.ending != Ending::No {
            return actions;
        }
        for at in 0..self.units.len() {
            let is_new = |unit: &Unit| {
                // A former run of those that start again and again is no reason.
                start != Start::Boot || unit.machine.state() == State::Off(Rest::Never)
            };
            if self.units.get(at).is_some_and(|unit| unit.start == start && is_new(unit)) {
                self.up(at);
            }
        }
        self.settle(now, &mut actions);
        actions
    }

    fn is_active(&self, service: usize) -> bool {
        self.units.get(service).is_some_and(|unit| unit.machine.is_active())
    }

    /// Makes the intention to run, also of those that are to run with it.
    fn up(&mut self, service: usize) {
        let mut list = Vec::from([service]);
        while let Some(at) = list.pop() {
            let Some(unit) = self.units.get_mut(at) else { continue };
            let is_there = match unit.machine.state() {
                State::Starting { .. } | State::Running { .. } => unit.intent == Intent::None,
                // What others need is done; who names it wants it done again.
                State::Off(Rest::Done) | State::Armed { .. } => at != service && unit.intent == Intent::None,
                State::Off(_) | State::Resting { .. } | State::Stopping { .. } | State::Killing { .. } => {
                    false
                }
            };
            if is_there || matches!(unit.intent, Intent::Up | Intent::Again) {
                continue;
            }
            unit.intent = Intent::Up;
            list.extend(unit.node.needs.iter().chain(&unit.node.wants));
            for conflict in unit.node.conflicts.clone() {
                self.down(conflict);
            }
        }
    }

    /// Makes the intention to end, also of those that need it.
    fn down(&mut self, service: usize) {
        let mut list = Vec::from([service]);
        while let Some(at) = list.pop() {
            let Some(unit) = self.units.get_mut(at) else { continue };
            let is_new = matches!(unit.intent, Intent::Up | Intent::Again)
                || unit.intent == Intent::None && unit.machine.is_active();
            if is_new {
                unit.intent = Intent::Down;
                list.extend(self.dependents(at));
            }
        }
    }

    /// Makes the intention to end and to run again, also of those that need it, as far as they live.
    fn again(&mut self, service: usize) {
        let mut list = Vec::from([service]);
        while let Some(at) = list.pop() {
            let Some(unit) = self.units.get_mut(at) else { continue };
            if unit.machine.is_active() && !unit.intent.ends() {
                unit.intent = Intent::Again;
                list.extend(self.dependents(at));
            }
        }
    }

    /// Gives those that need a service.
    fn dependents(&self, service: usize) -> impl Iterator<Item = usize> {
        let all = self.units.iter().enumerate();
        all.filter(move |(_, other)| other.node.needs.contains(&service)).map(|(at, _)| at)
    }

    /// Turns intentions into events as far as the order lets them, and begins the second phase of the end.
    fn settle(&mut self, now: Duration, actions: &mut Actions) {
        loop {
            let mut is_changed = false;
            for at in 0..self.units.len() {
                is_changed |= self.settle_one(at, now, actions);
            }
            if is_changed {
                continue;
            }
            if self.ending != Ending::First || self.must_wait_for_the_first() {
                return;
            }
            self.end_all();
        }
    }

    /// Does so for one; says whether something changed that others may have waited for.
    fn settle_one(&mut self, at: usize, now: Duration, actions: &mut Actions) -> bool {
        let Some(unit) = self.units.get(at) else { return false };
        let event = match (unit.intent, unit.machine.state()) {
            (Intent::None, _) => return false,
            (Intent::Up, State::Off(_) | State::Armed { .. } | State::Resting { .. })
                if self.waits_for(at).is_none() =>
            {
                Event::Start
            }
            // It ends first.
            (
                Intent::Up,
                State::Off(_)
                | State::Armed { .. }
                | State::Resting { .. }
                | State::Stopping { .. }
                | State::Killing { .. },
            ) => {
                return false;
            }
            (Intent::Up, State::Starting { .. } | State::Running { .. }) => {
                return self.forget_intent(at);
            }
            (Intent::Down, State::Off(_)) => return self.forget_intent(at),
            (Intent::Again, State::Off(_)) => return self.intend(at, Intent::Up),
            // It has no process that anyone could still need, and must not get one.
            (Intent::Down | Intent::Again, State::Armed { .. } | State::Resting { .. }) => Event::Stop,
            (Intent::Down | Intent::Again, _) if self.lets_end(at) => Event::Stop,
            (Intent::Down | Intent::Again, _) => return false,
        };
        let next = if unit.intent == Intent::Again { Intent::Up } else { Intent::None };
        self.intend(at, next);
        self.tell(at, event, now, actions);
        true
    }

    fn end_all(&mut self) {
        self.ending = Ending::All;
        for at in 0..self.units.len() {
            self.down(at);
        }
    }

    /// Says whether one that is there for the end runs, or waits for something that may still come.
    fn must_wait_for_the_first(&self) -> bool {
        let is_moving = self.units.iter().any(|unit| {
            unit.machine.is_active()
                && !matches!(unit.machine.state(), State::Running { .. } | State::Armed { .. })
        });
        let mut first = self.units.iter().filter(|unit| unit.start == Start::Shutdown);
        first.any(|unit| unit.machine.is_active() || unit.intent == Intent::Up && is_moving)
    }

    fn forget_intent(&mut self, at: usize) -> bool {
        self.intend(at, Intent::None)
    }

    fn intend(&mut self, at: usize, intent: Intent) -> bool {
        if let Some(unit) = self.units.get_mut(at) {
            unit.intent = intent;
        }
        true
    }

    fn tell(&mut self, at: usize, event: Event, now: Duration, actions: &mut Actions) {
        if let Some(unit) = self.units.get_mut(at)
            && let Some(action) = unit.machine.handle(event, now)
        {
            actions.push((at, action));
        }
    }

    /// Says whether one that comes before a service is no reason for it to wait.
    fn lets_start(&self, unit: &Unit, other: usize) -> bool {
        let Some(before) = self.units.get(other) else { return true };
        let is_needed = unit.node.needs.contains(&other);
        match before.machine.state() {
            State::Running { .. } | State::Armed { .. } | State::Off(Rest::Done | Rest::Skipped) => {
                before.intent == Intent::None
            }
            State::Starting { .. } | State::Resting { .. } => false,
            State::Off(_) | State::Stopping { .. } | State::Killing { .. } => {
                !is_needed && before.intent != Intent::Up
            }
        }
    }

    /// Says whether none that must end before a service lives any more.
    fn lets_end(&self, at: usize) -> bool {
        let holds = |other: &Unit| {
            let ends = match other.machine.state() {
                State::Stopping { .. } | State::Killing { .. } => true,
                State::Armed { .. }
                | State::Starting { .. }
                | State::Running { .. }
                | State::Resting { .. } => other.intent.ends(),
                State::Off(_) => false,
            };
            ends && other.node.after.contains(&at)
        };
        !self.units.iter().any(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::{Kind, file};

    fn manager(files: &[(&str, &str)]) -> Manager {
        let services: Vec<Service> = files
            .iter()
            .map(|(name, text)| file::parse(name, &alloc::format!("command = 'x'\n{text}"), &[]).unwrap())
            .collect();
        let graph = Graph::new(&services).unwrap();
        Manager::new(&services, graph.nodes)
    }

    const NOW: Duration = Duration::ZERO;
    const WELL: Event = Event::Exited { well: true };
    const BADLY: Event = Event::Exited { well: false };

    #[test]
    fn those_without_order_start_together() {
        let mut all = manager(&[("a", ""), ("b", ""), ("c", "start = 'demand'")]);
        assert_eq!(all.boot(NOW), [(0, Action::Spawn), (1, Action::Spawn)]);
    }

    #[test]
    fn one_that_needs_another_waits_until_that_is_ready() {
        let mut all =
            manager(&[("a", "needs = ['b']"), ("b", "ready = 'notify-socket'"), ("c", "after = ['a']")]);
        assert_eq!(all.boot(NOW), [(1, Action::Spawn)]);
        assert_eq!(all.waits_for(0), Some(1));
        assert_eq!(all.handle(1, Event::Spawned, NOW), []);
        assert_eq!(all.handle(1, Event::Ready, NOW), [(0, Action::Spawn)]);
        assert_eq!(all.handle(0, Event::Spawned, NOW), [(2, Action::Spawn)]);
    }

    #[test]
    fn one_whose_need_failed_waits_and_starts_when_that_is_mended() {
        let mut all = manager(&[("a", "needs = ['b']"), ("b", "kind = 'oneshot'"), ("c", "after = ['b']")]);
        assert_eq!(all.boot(NOW), [(1, Action::Spawn)]);
        // Who only comes after it need not wait any more.
        assert_eq!(all.handle(1, BADLY, NOW), [(2, Action::Spawn)]);
        assert_eq!(all.waits_for(0), Some(1));
        assert_eq!(all.request(1, Request::Start, NOW), [(1, Action::Spawn)]);
        assert_eq!(all.handle(1, WELL, NOW), [(0, Action::Spawn)]);
    }

    #[test]
    fn all_are_ready_when_none_is_awaited_and_none_has_failed() {
        let mut all =
            manager(&[("a", "needs = ['b']"), ("b", "kind = 'oneshot'"), ("c", "start = 'demand'")]);
        assert!(!all.all_are_ready(), "nothing was started");
        all.boot(NOW);
        all.handle(1, Event::Spawned, NOW);
        assert!(!all.all_are_ready(), "b works, and a waits for it");
        all.handle(1, WELL, NOW);
        all.handle(0, Event::Spawned, NOW);
        assert!(all.all_are_ready());
        all.request(2, Request::Start, NOW);
        all.handle(2, Event::Skipped, NOW);
        assert!(all.all_are_ready());
        let mut all = manager(&[("a", "restart.when = 'never'")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        assert!(all.all_are_ready());
        all.handle(0, BADLY, NOW);
        assert!(!all.all_are_ready(), "it has failed");
    }

    #[test]
    fn the_end_takes_the_time_of_those_that_wait_for_each_other() {
        let mut all = manager(&[
            ("a", "stop.timeout = '1s'"),
            ("b", "needs = ['a']\nstop.timeout = '2s'"),
            ("c", "after = ['b']\nstop.timeout = '4s'"),
            ("d", "stop.timeout = '6s'"),
            ("e", "start = 'demand'\nstop.timeout = '1h'"),
        ]);
        assert_eq!(all.time_to_end(), Duration::ZERO);
        all.boot(NOW);
        (0..3).for_each(|at| drop(all.handle(at, Event::Spawned, NOW)));
        // Each may be killed, and that again.
        assert_eq!(all.time_to_end(), Duration::from_secs(1 + 2 + 4) + KILL_AGAIN * 3);
    }

    #[test]
    fn starting_one_starts_what_it_needs_and_wants() {
        let mut all = manager(&[
            ("a", "start = 'demand'\nneeds = ['b']\nwants = ['c']"),
            ("b", "start = 'demand'"),
            ("c", "start = 'demand'"),
        ]);
        assert_eq!(all.boot(NOW), []);
        assert_eq!(all.request(0, Request::Start, NOW), [(1, Action::Spawn), (2, Action::Spawn)]);
        assert_eq!(all.handle(1, Event::Spawned, NOW), [(0, Action::Spawn)]);
    }

    #[test]
    fn stopping_one_stops_those_that_need_it_first() {
        let mut all =
            manager(&[("a", ""), ("b", "needs = ['a']"), ("c", "needs = ['b']"), ("d", "after = ['a']")]);
        all.boot(NOW);
        for at in 0..4 {
            all.handle(at, Event::Spawned, NOW);
        }
        assert_eq!(all.request(0, Request::Stop, NOW), [(2, Action::Ask)]);
        assert_eq!(all.handle(2, BADLY, NOW), [(1, Action::Ask)]);
        assert_eq!(all.handle(1, BADLY, NOW), [(0, Action::Ask)]);
        assert_eq!(all.handle(0, BADLY, NOW), []);
        assert!(all.is_active(3) && !all.is_active(0));
    }

    #[test]
    fn a_restart_touches_nobody_else() {
        let mut all = manager(&[("a", ""), ("b", "needs = ['a']")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        all.handle(1, Event::Spawned, NOW);
        assert_eq!(all.request(0, Request::Restart, NOW), [(0, Action::Ask)]);
        assert_eq!(all.handle(0, WELL, NOW), [(0, Action::Spawn)]);
        all.handle(0, Event::Spawned, NOW);
        assert!(all.is_active(0) && all.is_active(1));
    }

    #[test]
    fn one_that_is_renewed_takes_those_along_that_need_it() {
        let mut all = manager(&[
            ("a", ""),
            ("b", "needs = ['a']"),
            ("c", "needs = ['b']"),
            ("d", "after = ['a']"),
            ("e", "needs = ['a']\nstart = 'demand'"),
        ]);
        all.boot(NOW);
        for at in 0..4 {
            all.handle(at, Event::Spawned, NOW);
        }
        // Backwards down, forwards up; who only comes after it, and who does not run, is left as it is.
        assert_eq!(all.renew(0, NOW), [(2, Action::Ask)]);
        assert_eq!(all.request(2, Request::Start, NOW), []);
        assert_eq!(all.handle(2, BADLY, NOW), [(1, Action::Ask)]);
        assert_eq!(all.handle(1, WELL, NOW), [(0, Action::Ask)]);
        assert_eq!(all.handle(0, WELL, NOW), [(0, Action::Spawn)]);
        assert_eq!(all.handle(0, Event::Spawned, NOW), [(1, Action::Spawn)]);
        assert_eq!(all.handle(1, Event::Spawned, NOW), [(2, Action::Spawn)]);
        all.handle(2, Event::Spawned, NOW);
        assert!(all.is_active(3) && !all.is_active(4));
        assert!((0..5).all(|at| all.intent(at) == Intent::None));
    }

    #[test]
    fn one_that_ends_before_its_turn_to_be_renewed_waits_all_the_same() {
        let mut all = manager(&[
            ("a", ""),
            ("b", "needs = ['a']"),
            ("c", "kind = 'timer'\ntimer.every = 9\nneeds = ['a']"),
        ]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        all.handle(1, Event::Spawned, NOW);
        assert_eq!(all.renew(0, NOW), [(1, Action::Ask)]);
        assert_eq!(all.handle(0, BADLY, NOW), [(0, Action::Spawn)]);
        all.handle(0, Event::Spawned, NOW);
        assert_eq!(all.handle(1, WELL, NOW), [(1, Action::Spawn)]);
        // The timer counts anew.
        assert_eq!(all.deadline(), Some(Duration::from_secs(9)));
        // And one that someone stops meanwhile stays so.
        all.handle(1, Event::Spawned, NOW);
        all.renew(0, NOW);
        all.request(0, Request::Stop, NOW);
        all.handle(1, WELL, NOW);
        all.handle(0, WELL, NOW);
        assert!(!all.is_active(0) && !all.is_active(1));
    }

    #[test]
    fn conflicts_end_before_it_starts() {
        let mut all = manager(&[("a", ""), ("b", "start = 'demand'\nconflicts = ['a']")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        assert_eq!(all.request(1, Request::Start, NOW), [(0, Action::Ask)]);
        assert_eq!(all.waits_for(1), Some(0));
        assert_eq!(all.handle(0, BADLY, NOW), [(1, Action::Spawn)]);
        all.handle(1, Event::Spawned, NOW);
        // And the other way round.
        assert_eq!(all.request(0, Request::Start, NOW), [(1, Action::Ask)]);
        assert_eq!(all.handle(1, WELL, NOW), [(0, Action::Spawn)]);
    }

    #[test]
    fn a_timer_is_ready_when_it_is_armed_and_a_request_runs_it_at_once() {
        let mut all = manager(&[("a", "needs = ['b']"), ("b", "kind = 'timer'\ntimer.every = '1h'")]);
        assert_eq!(all.boot(NOW), [(0, Action::Spawn)]);
        assert_eq!(all.request(1, Request::Start, NOW), [(1, Action::Spawn)]);
        assert_eq!(all.handle(1, WELL, NOW), []);
        all.handle(0, Event::Spawned, NOW);
        assert_eq!(all.deadline(), Some(Duration::from_secs(3600)));
        assert_eq!(all.end(NOW), [(0, Action::Ask)]);
        all.handle(0, WELL, NOW);
        assert!(all.is_over());
    }

    #[test]
    fn a_timer_whose_time_has_come_waits_for_what_it_needs() {
        let mut all = manager(&[
            ("a", "needs = ['b']\nkind = 'timer'\ntimer.at = '@daily'"),
            ("b", "kind = 'oneshot'\nstart = 'demand'"),
            ("c", "kind = 'timer'\ntimer.every = 5\nneeds = ['b']"),
        ]);
        assert_eq!(all.boot(NOW), [(1, Action::Spawn)]);
        assert_eq!(all.handle(1, WELL, NOW), []);
        assert_eq!(all.request(1, Request::Start, NOW), [(1, Action::Spawn)]);
        assert_eq!(all.handle(0, Event::Due { overdue: false }, NOW), []);
        let due = all.deadline().unwrap();
        assert_eq!(all.tick(due), []);
        assert_eq!((all.deadline(), all.waits_for(2)), (None, Some(1)));
        assert_eq!(all.handle(1, WELL, due), [(0, Action::Spawn), (2, Action::Spawn)]);
        // At the end no time comes any more.
        all.handle(0, WELL, due);
        all.handle(2, WELL, due);
        all.end(due);
        assert!(all.is_over() && all.deadline().is_none());
    }

    #[test]
    fn the_end_goes_backwards_and_nobody_comes_back() {
        let mut all = manager(&[("a", ""), ("b", "after = ['a']"), ("c", "start = 'demand'")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        all.handle(1, Event::Spawned, NOW);
        assert_eq!(all.end(NOW), [(1, Action::Ask)]);
        assert_eq!(all.request(2, Request::Start, NOW), []);
        // It dies by itself before its turn: nobody starts it again.
        assert_eq!(all.handle(0, BADLY, NOW), []);
        assert!(!all.is_over());
        assert_eq!(all.handle(1, WELL, NOW), []);
        assert!(all.is_over());
    }

    #[test]
    fn what_is_there_for_the_end_runs_before_anything_ends() {
        let mut all = manager(&[("a", ""), ("b", "start = 'shutdown'\nkind = 'oneshot'")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        assert_eq!(all.end(NOW), [(1, Action::Spawn)]);
        let mut hurry = all.clone();
        assert_eq!(all.handle(1, BADLY, NOW), [(0, Action::Ask)]);
        all.handle(0, WELL, NOW);
        assert!(all.is_over());
        assert_eq!(hurry.end(NOW), [(0, Action::Ask), (1, Action::Ask)]);
    }

    #[test]
    fn the_keys_have_their_services() {
        let mut all = manager(&[("a", "")]);
        assert_eq!(all.keys(NOW), None);
        let mut all = manager(&[("a", "start = 'ctrl-alt-del'\nkind = 'oneshot'")]);
        assert_eq!(all.boot(NOW), []);
        assert_eq!(all.keys(NOW), Some(vec![(0, Action::Spawn)]));
        all.handle(0, WELL, NOW);
        assert_eq!(all.keys(NOW), Some(vec![(0, Action::Spawn)]));
    }

    #[test]
    fn other_services_take_over_the_lives_of_the_former() {
        let mut all = manager(&[("a", ""), ("b", "")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        all.handle(1, Event::Spawned, NOW);
        let services = [Service::new("c"), Service { kind: Kind::Daemon, ..Service::new("a") }];
        let graph = Graph::new(&services).unwrap();
        all.replace(&services, graph.nodes, &[None, Some(0)]);
        assert!(all.is_active(1));
        assert_eq!(all.boot(NOW), [(0, Action::Spawn)]);
    }

    #[test]
    fn deadlines_are_those_of_all() {
        let mut all = manager(&[("a", ""), ("b", "")]);
        all.boot(NOW);
        all.handle(0, Event::Spawned, NOW);
        all.handle(1, Event::Spawned, NOW);
        all.request(1, Request::Stop, NOW);
        let due = all.deadline().unwrap();
        assert_eq!(due, Duration::from_secs(5));
        assert_eq!(all.tick(due), [(1, Action::Kill)]);
    }
}
