//! Random events against all services, with a model of their processes: what must never happen, whatever does.

use alloc::string::String;
use alloc::vec::Vec;

use formats::time::Duration;

use crate::graph::Graph;
use crate::machine::{Action, Event, State};
use crate::manager::{Actions, Manager, Request};
use crate::{Kind, Ready, Restart, Service, Start, packed};

/// A row of numbers that a seed determines.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

/// The processes that the supervisor would have, and what holds for them.
struct World {
    random: Random,
    services: Vec<Service>,
    graph: Graph,
    manager: Manager,
    is_alive: Vec<bool>,
    now: Duration,
    is_ending: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let count = 1 + random.below(6);
        let name = |at: usize| alloc::format!("s{at}");
        let services: Vec<Service> = (0..count)
            .map(|at| {
                let mut service = Service::new(&name(at));
                service.kind = [Kind::Oneshot, Kind::Daemon, Kind::Daemon, Kind::Timer][random.below(4)];
                service.start = [Start::Boot, Start::Boot, Start::Demand, Start::Shutdown][random.below(4)];
                service.timer_every = Duration::from_millis(random.below(3) as u64 * 700);
                service.watchdog = Duration::from_millis(random.below(2) as u64 * 900);
                if service.kind == Kind::Timer {
                    service.start = Start::Demand;
                } else if service.start != Start::Shutdown && random.below(4) == 0 {
                    service.sockets = [Default::default()].into();
                }
                service.restart = [None, Some(Restart::Failure), Some(Restart::Never)][random.below(3)];
                service.ready = if random.below(2) == 0 { Ready::Socket } else { Ready::Started };
                service.attempts = random.below(4) as u32;
                let mut some =
                    || -> Vec<String> { (0..at).filter(|_| random.below(3) == 0).map(name).collect() };
                (service.after, service.needs, service.wants) = (some(), some(), some());
                if service.start == Start::Demand {
                    service.conflicts =
                        some().into_iter().filter(|one| !service.needs.contains(one)).collect();
                }
                service
            })
            .collect();
        let graph = Graph::new(&services).unwrap();
        let manager = Manager::new(&services, graph.nodes.clone());
        let is_alive = vec![false; count];
        Self { random, services, graph, manager, is_alive, now: Duration::ZERO, is_ending: false }
    }

    /// Does what was decided, as the supervisor does, and tells what came of it.
    fn perform(&mut self, actions: Actions) {
        let mut waiting: std::collections::VecDeque<_> = actions.into();
        while let Some((at, action)) = waiting.pop_front() {
            match action {
                Action::Spawn => {
                    assert!(!self.is_alive[at], "two instances of {at}");
                    for need in &self.graph.nodes[at].needs {
                        let is_there = !matches!(
                            self.manager.machine(*need).unwrap().state(),
                            State::Off(crate::machine::Rest::Never | crate::machine::Rest::Stopped)
                        );
                        let by_itself = self.manager.machine(at).unwrap().restarts() > 0;
                        assert!(is_there || by_itself || self.is_ending, "{at} starts without {need}");
                    }
                    let event = match self.random.below(8) {
                        0 => Event::NotSpawned,
                        1 => Event::Skipped,
                        _ => {
                            self.is_alive[at] = true;
                            Event::Spawned
                        }
                    };
                    waiting.extend(self.manager.handle(at, event, self.now));
                }
                Action::Ask => {
                    // It may not have been made after all.
                    if self.random.below(2) == 0 {
                        waiting.extend(self.exit(at));
                    }
                }
                Action::Kill => {
                    assert!(self.is_alive[at], "{at} is killed and does not live");
                    waiting.extend(self.exit(at));
                }
            }
        }
        self.check();
    }

    fn exit(&mut self, at: usize) -> Actions {
        if !core::mem::take(&mut self.is_alive[at]) {
            return Actions::new();
        }
        let well = self.random.below(2) == 0;
        self.manager.handle(at, Event::Exited { well }, self.now)
    }

    /// A process is known if and only if it lives; two that conflict never both live.
    fn check(&self) {
        for (at, is_alive) in self.is_alive.iter().enumerate() {
            let state = self.manager.machine(at).unwrap().state();
            let is_known = !matches!(state, State::Off(_) | State::Armed { .. } | State::Resting { .. });
            assert_eq!(is_known, *is_alive, "{at} {state:?}");
            let conflicts = &self.graph.nodes[at].conflicts;
            assert!(
                !is_alive || conflicts.iter().all(|other| !self.is_alive[*other]),
                "{at} beside {conflicts:?}"
            );
        }
    }

    /// Goes on as another program that was handed all that there is to know.
    fn succeed(&mut self) {
        let lives = packed::unpack(&packed::pack(&self.manager.lives())).unwrap();
        let nodes = self.graph.nodes.clone();
        let successor = Manager::resumed(&self.services, nodes, &lives).unwrap();
        assert_eq!(successor.lives(), self.manager.lives());
        assert_eq!(successor.deadline(), self.manager.deadline());
        self.manager = successor;
    }

    fn step(&mut self) {
        if self.random.below(16) == 0 {
            self.succeed();
        }
        let at = self.random.below(self.services.len());
        let actions = match self.random.below(12) {
            11 => self.manager.renew(at, self.now),
            0 => self.manager.request(at, Request::Start, self.now),
            1 => self.manager.request(at, Request::Stop, self.now),
            2 => self.manager.request(at, Request::Restart, self.now),
            3 | 4 => self.exit(at),
            5 if self.is_alive[at] => self.manager.handle(at, Event::Ready, self.now),
            pick @ (7 | 9) => self.manager.handle(at, Event::Due { overdue: pick == 9 }, self.now),
            8 if self.is_alive[at] => self.manager.handle(at, Event::Alive, self.now),
            6 => {
                self.now = self.now.max(self.manager.deadline().unwrap_or(self.now));
                self.manager.tick(self.now)
            }
            _ => {
                self.now += Duration::from_millis(self.random.below(3000) as u64);
                self.manager.tick(self.now)
            }
        };
        self.perform(actions);
    }

    /// Ends all; nobody but the deadlines helps.
    fn end(&mut self) {
        let began = self.now;
        self.is_ending = true;
        let actions = self.manager.end(self.now);
        self.perform(actions);
        while !self.manager.is_over() {
            match self.manager.deadline() {
                Some(deadline) => {
                    self.now = self.now.max(deadline);
                    let actions = self.manager.tick(self.now);
                    self.perform(actions);
                }
                // What runs for the end ends when it likes.
                None => {
                    let at = self
                        .is_alive
                        .iter()
                        .position(|alive| *alive)
                        .expect("nobody lives, and it is not over");
                    let actions = self.exit(at);
                    self.perform(actions);
                }
            }
            assert!(self.now - began < Duration::from_secs(3600), "the end does not come");
        }
        assert!(self.is_alive.iter().all(|alive| !alive));
        for at in 0..self.services.len() {
            assert!(self.manager.request(at, Request::Start, self.now).is_empty());
        }
    }
}

#[test]
fn whatever_happens_no_process_is_doubled_or_lost_and_the_end_comes() {
    for seed in 0..3000 {
        let mut world = World::new(seed);
        let actions = world.manager.boot(world.now);
        world.perform(actions);
        for _ in 0..world.random.below(120) {
            world.step();
        }
        world.end();
    }
}
