//! What a successor of process 1 makes of what was left to it, or of what it finds when that cannot be read.

use alloc::vec::Vec;

use ::services::graph::Node;
use ::services::handover::{Plan, State};
use ::services::machine::Event;
use ::services::manager::Manager;
use ::services::packed;
use ::services::{Phase, Service};
use formats::time::Duration;
use linux::fd::OwnedFd;
use linux::fs::{self, FileKind};
use linux::process::{Pid, kill};
use linux::signal::Signal;

use super::{Inheritance, Succession, found, goal_of, living};
use crate::services::logs::Kept;
use crate::services::{Services, Shared, Unit, armed, cgroup, loader, process};
use crate::settings::Settings;
use crate::workers::LINK;
use crate::workers::role::Role;

/// The services, and what each says of others.
pub(super) type Former = (Vec<Service>, Vec<Node>);

/// Takes the next descriptor, if it is there at all; none: it is missing.
fn take(is_there: bool, files: &mut impl Iterator<Item = OwnedFd>) -> Option<Option<OwnedFd>> {
    if is_there { files.next().map(Some) } else { Some(None) }
}

/// Says whether a copy of process 1 looks for something for a service, by its name.
fn is_probe(name: &[u8]) -> bool {
    [armed::NAME, process::PROBE].iter().any(|probe| probe.to_bytes() == name)
}

fn is_pipe(file: &OwnedFd) -> bool {
    fs::fstat(file).is_ok_and(|stat| stat.kind() == FileKind::Fifo)
}

impl Services {
    /// Takes descriptors as a plan says, for services without processes; gives the memory of the network's worker, and the services.
    /// None if descriptors are missing or a service cannot be read; what was taken is closed then.
    pub(super) fn take_up(
        &mut self,
        plan: Plan,
        files: &mut impl Iterator<Item = OwnedFd>,
        now: Duration,
    ) -> Option<(Option<OwnedFd>, Former)> {
        if [plan.nodes.len(), plan.held.len()] != [plan.services.len(); 2] {
            return None;
        }
        let memory = take(plan.has_memory, files)?;
        let (table, requests) = (files.next()?, (files.next()?, files.next()?));
        let (cursors, ring) = (files.next()?, files.next()?);
        let sockets = [take(plan.has_syslog, files)?, take(plan.has_journal, files)?];
        let control = take(plan.has_control, files)?;
        let (mut units, mut services) = (Vec::new(), Vec::new());
        for (bytes, held) in plan.services.into_iter().zip(plan.held) {
            let service: Service = packed::unpack(&bytes.0).ok()?;
            let mut unit = Unit::new(&service.name, now);
            unit.packed = bytes.0;
            if held.says {
                unit.says = Some((files.next()?, files.next()?));
            }
            unit.notices = take(held.notices, files)?;
            for _ in 0..held.sockets {
                unit.sockets.push(files.next()?);
            }
            for name in held.store {
                unit.store.push((name, files.next()?.into()));
            }
            units.push(unit);
            services.push(service);
        }
        let strays = (0..plan.strays).map(|_| files.next()).collect::<Option<Vec<OwnedFd>>>()?;
        let log = Kept::taken(ring, cursors, sockets, self.log);
        let generation = plan.generation as u8;
        self.shared = Some(Shared { generation, table, requests, log, control, strays });
        self.units = units;
        (self.handover.is_stale, self.is_behind) = (true, true);
        Some((memory, (services, plan.nodes)))
    }

    /// Goes on from a state; the lives are there already.
    pub(super) fn resume(&mut self, state: &State, succession: Succession, now: Duration) {
        self.heard = state.heard;
        self.handover.successions = state.successions.wrapping_add(1);
        self.is_over = state.is_over;
        self.end = state.end.and_then(|(number, until)| Some((goal_of(Some(number))?, until)));
        for (unit, known) in self.units.iter_mut().zip(&state.services) {
            unit.pid = known.pid.and_then(Pid::new);
            unit.probe = living(known.probe);
            (unit.phase, unit.since) = (known.phase, known.since);
            (unit.ended, unit.out_of_memory) = (known.ended, known.out_of_memory);
            unit.times = known.times.clone();
        }
        if succession == Succession::Fault {
            self.end_unknown(state);
        }
        for (worker, pid) in self.workers.iter_mut().zip(&state.helpers) {
            worker.resume(living(*pid), now);
            if self.is_over {
                worker.stop(now);
            } else if succession == Succession::Asked {
                // They are copies of the program before.
                worker.renew(now);
            }
        }
        let count = self.units.iter().filter(|unit| unit.pid.is_some()).count();
        match succession {
            Succession::Asked => {
                self.log.info(format_args!("process 1 is a new program; {count} services run on"))
            }
            Succession::Fault => {
                self.log
                    .error(format_args!("process 1 goes on from what it has saved; {count} services run on"));
            }
        }
        for at in 0..self.units.len() {
            self.settle(at, succession, now);
        }
        // Its end was taken, but not what it means.
        for (at, known) in state.services.iter().enumerate() {
            let is_gone =
                self.units.get(at).is_some_and(|unit| unit.probe.is_none() && known.probe.is_some());
            if is_gone && known.phase == Phase::Starting {
                self.event(at, Event::Ready, now);
            }
        }
        if state.is_loading && !self.is_over {
            self.load(false);
        }
        self.note(now);
    }

    /// Ends the copies of process 1 that a state does not know: they were made in the turn in which it has failed, and what they work at
    /// gets another one. Those that somebody may have a session with are left.
    fn end_unknown(&self, state: &State) {
        let is_known = |pid: Pid| {
            let pid = Some(pid.get());
            state.helpers.contains(&pid)
                || state.workers.iter().any(|(_, known)| *known == pid)
                || state.services.iter().any(|service| service.probe == pid || service.pid == pid)
        };
        let is_workers = |name: &[u8]| {
            let is_role = |role: &Role| !role.has_session() && role.name().as_bytes() == name;
            Role::ALL.iter().any(is_role)
                || self.workers.iter().any(|worker| worker.process_name().to_bytes() == name)
        };
        for (pid, name) in found::copies() {
            let is_made = is_workers(&name) || is_probe(&name) || name == loader::NAME.to_bytes();
            if is_made && !is_known(pid) {
                let _ = kill(pid, Some(Signal::KILL));
            }
        }
    }

    /// Finds out what happened to a service behind the state's back: in the turn in which process 1 has failed.
    fn settle(&mut self, at: usize, succession: Succession, now: Duration) {
        let Some(unit) = self.units.get_mut(at) else { return };
        match unit.pid {
            Some(pid) if !found::is_child(pid) => {
                (unit.pid, unit.ended) = (None, None);
                self.log.error(format_args!("{} has ended, nobody knows how", unit.name));
                process::sweep(&unit.name, pid);
                self.event(at, Event::Exited { well: false }, now);
            }
            // It is started, or asked for, again.
            None if succession == Succession::Fault && cgroup::orphan(&unit.name).is_some() => {
                cgroup::kill(&unit.name);
            }
            _ => {}
        }
    }

    /// Goes on from what can be found out, with the services of a plan or of the files.
    pub(super) fn find(
        mut self,
        settings: &Settings,
        former: Option<Former>,
        (memory, files): (Option<OwnedFd>, impl Iterator<Item = OwnedFd>),
        now: Duration,
    ) -> Inheritance {
        if former.is_none() {
            self.strays = files.filter(is_pipe).collect();
        }
        // How many successions there were is not known: one that was not shown before.
        self.handover.successions = super::seconds();
        let (workers, memory) = self.find_workers(settings, memory, now);
        self.find_services(former, now);
        Inheritance { services: self, memory, workers, goal: None }
    }

    /// Finds the workers by their names. Those of the supervisor are renewed; process 1's others are given, as far as they run or the
    /// settings ask for them, with the memory of the network's, if that is not there.
    fn find_workers(
        &mut self,
        settings: &Settings,
        memory: Option<OwnedFd>,
        now: Duration,
    ) -> (Vec<(u8, Option<Pid>)>, Option<OwnedFd>) {
        let children = found::copies();
        let named = |name: &[u8]| children.iter().find(|(_, known)| known == name).map(|(pid, _)| *pid);
        for worker in &mut self.workers {
            worker.resume(named(worker.process_name().to_bytes()), now);
            worker.renew(now);
        }
        // Those that look for something are begun anew.
        for (pid, _) in children.iter().filter(|(_, name)| is_probe(name)) {
            let _ = kill(*pid, Some(Signal::KILL));
        }
        let mut workers = Vec::new();
        for role in Role::ALL.iter().copied() {
            let pid = named(role.name().as_bytes());
            // A prompt's shell may have another name.
            if pid.is_some() || role != Role::Prompt && role.is_wanted(settings) {
                workers.push((role as u8, pid));
            }
        }
        let network = named(Role::Network.name().as_bytes());
        (workers, memory.or_else(|| found::memory(LINK, network?)))
    }

    /// Goes on with services of which nobody knows how far they have come: those of a plan, or of the files.
    fn find_services(&mut self, former: Option<Former>, now: Duration) {
        if !cgroup::are_there() {
            self.is_over = true;
            return self.log.error(format_args!(
                "without control groups nobody knows which services run: none is started"
            ));
        }
        match former {
            Some((services, nodes)) => {
                self.manager = Manager::new(&services, nodes);
                self.find_processes(now);
                let actions = self.manager.boot(now);
                self.perform(actions, now);
            }
            None => {
                self.finds = true;
                self.load(true);
            }
        }
    }

    /// Looks for a process of each service.
    pub(in crate::services) fn find_processes(&mut self, now: Duration) {
        for (at, unit) in self.units.iter_mut().enumerate() {
            unit.pid = cgroup::orphan(&unit.name);
            self.manager.found(at, unit.pid.is_some(), now);
            if let Some(pid) = unit.pid {
                self.log.info(format_args!("{} is found as process {pid}", unit.name));
            }
        }
    }
}
