//! The supervisor: the part of process 1 that carries out what [`services::manager`] decides.
//!
//! Process 1 reads no service file: a short-lived child does ([`loader`]) and hands over what it has checked. It looks for no
//! readiness: a child of each service that is awaited does, and ends when it has come ([`probe`]); so it is with dates and
//! connections that start a service ([`armed`]). It takes no requests: a worker does ([`control`]), and passes on a few bytes, as
//! does the one that hears what services say of themselves ([`notices`]). What they say to people, another worker brings to the
//! log ([`logs`]). So all that process 1 hears of services are ends of children, its deadlines, signals, and those bytes. What it knows it
//! keeps for its successor ([`handover`]).

mod apart;
mod armed;
mod asked;
mod cgroup;
mod confine;
mod control;
mod foreign;
mod handover;
mod last_good;
mod loader;
mod logs;
mod notices;
mod probe;
mod process;
mod record;
mod sockets;
mod unit;
mod worker;

use alloc::vec::Vec;

use ::services::machine::{Action, Event};
use ::services::manager::{Manager, Request};
use ::services::{Configuration, Phase, Ready, Status, Table, packed};
use formats::time::Duration;
use linux::fd::OwnedFd;
use linux::fs;
use linux::process::{Child, Ended, Pid, kill};
use linux::signal::Signal;
use system::services::SOCKET;

use crate::log::Log;
use crate::settings::Settings;
use crate::shutdown::has_machine;
use crate::shutdown::machine::Goal;
use asked::{Asked, Generation, Message};
use handover::Handover;
pub use handover::Succession;
pub(crate) use handover::{inherit, recover};
use loader::Loader;
use unit::Unit;
use worker::{Role, Worker};

/// How many messages are heard before the loop looks at its signals again.
const HEARD: usize = 64;

/// What tells a suspended machine from two looks at the clock, one after the other.
const ASLEEP: Duration = Duration::from_millis(100);

/// Gives for how long the machine was suspended since its start.
fn asleep(now: Duration) -> Duration {
    now.saturating_sub(linux::time::monotonic().into())
}

/// The services, and those who help with them.
pub(crate) struct Services {
    manager: Manager,
    units: Vec<Unit>,
    loader: Option<Loader>,
    workers: [Worker; 4],
    /// What the workers share with process 1; none before there are services.
    shared: Option<Shared>,
    /// What they were last shown.
    shown: Option<Table>,
    /// Where each service was in the list before.
    former: Vec<Option<usize>>,
    /// How many requests were heard.
    heard: u32,
    /// Whether more may have been asked for than was heard in one turn.
    is_behind: bool,
    is_begun: bool,
    /// The configuration of now, until all of it was ready: then it is the last good one.
    candidate: Option<OwnedFd>,
    /// Whether someone wants the files read that were being read already.
    reads_again: bool,
    /// Whether processes of the services that are being read are to be looked for: nobody knows which of them run.
    finds: bool,
    /// Whether the machine's end goes on without the services.
    is_over: bool,
    /// For how long the machine was suspended until now.
    asleep: Duration,
    /// The end that was asked for, and when it comes whatever the services do.
    end: Option<(Goal, Duration)>,
    /// The end of the machine that follows from a service's, until it is asked for.
    consequence: Option<Goal>,
    /// The status of the service whose end led to that of the machine; 0: none's did.
    status: i32,
    /// How long the services may take to end, if that was said.
    stop: Option<Duration>,
    handover: Handover,
    /// What becomes [`Shared::strays`].
    strays: Vec<OwnedFd>,
    log: Log,
}

/// What the workers share with process 1.
pub(super) struct Shared {
    /// Which services those are that the workers know.
    generation: Generation,
    /// How the services are: a memory file.
    table: OwnedFd,
    /// What is asked for; the first end is process 1's.
    requests: (OwnedFd, OwnedFd),
    /// What the log must not lose.
    log: logs::Kept,
    /// Where those connect who ask; none if it could not be made.
    control: Option<OwnedFd>,
    /// Pipes of services that a former program in this process knew, and nobody knows any more: both ends, or who writes there would
    /// be killed for it.
    strays: Vec<OwnedFd>,
}

impl Services {
    /// Makes it without services.
    pub(crate) fn new(settings: &Settings, log: Log) -> Self {
        Self {
            manager: Manager::new(&[], Vec::new()),
            units: Vec::new(),
            loader: None,
            workers: [Role::Logs, Role::Files, Role::Control, Role::Notices].map(Worker::new),
            shared: None,
            shown: None,
            former: Vec::new(),
            heard: 0,
            is_behind: false,
            is_begun: false,
            candidate: None,
            reads_again: false,
            finds: false,
            is_over: false,
            asleep: asleep(system::machine::uptime()),
            end: None,
            consequence: None,
            status: 0,
            stop: settings.stop,
            handover: Handover::default(),
            strays: Vec::new(),
            log,
        }
    }

    /// Makes it after a panic, in which all that was known was lost: what runs may not be started twice, so nothing is started.
    pub(crate) fn lost(settings: &Settings, log: Log) -> Self {
        Self { is_begun: true, is_over: true, ..Self::new(settings, log) }
    }

    /// Begins, once; does what is due.
    pub(crate) fn tick(&mut self, may_begin: bool, now: Duration) {
        if may_begin && !self.is_begun {
            self.is_begun = true;
            self.load(true);
        }
        let asleep = asleep(now);
        if let Some(time) = asleep.checked_sub(self.asleep).filter(|time| *time >= ASLEEP) {
            self.manager.slept(time);
            self.asleep = asleep;
        }
        self.hear(now);
        let actions = self.manager.tick(now);
        self.perform(actions, now);
        self.help(now);
    }

    /// Gives the time of the next [`Self::tick`].
    pub(crate) fn deadline(&self) -> Option<Duration> {
        // Without what they share none can be started.
        let workers = self.workers.iter().filter(|_| self.shared.is_some());
        let workers = workers.filter_map(|worker| worker.deadline(&self.units));
        let end = self.end.map(|(_, until)| until);
        if self.is_behind {
            return Some(Duration::ZERO);
        }
        workers.chain(self.manager.deadline()).chain(end).min()
    }

    /// Reads the files again, or makes room for a successor, if someone sent the signal for that.
    pub(crate) fn signalled(&mut self, signal: Signal) {
        match signal {
            Signal::HUP if self.is_begun && !self.is_over => self.load(false),
            Signal::QUIT if self.is_begun => self.handover.is_wanted = true,
            _ => {}
        }
    }

    /// Hears that a child ended; says whether it was one of the services' or of those who help.
    pub(crate) fn ended(&mut self, child: Child, now: Duration) -> bool {
        if self.loader.as_ref().is_some_and(|loader| loader.pid == child.pid) {
            self.loaded(child.ended, now);
            return true;
        }
        if let Some(worker) = self.workers.iter_mut().find(|worker| worker.is(child.pid)) {
            worker.ended(child.ended, now, self.log);
            return true;
        }
        if let Some(at) = self.units.iter().position(|unit| unit.probe == Some(child.pid)) {
            let Some(unit) = self.units.get_mut(at) else { return true };
            unit.probe = None;
            let event = match (unit.phase, child.ended) {
                (Phase::Armed, Ended::Exited(0)) => Some(Event::Due { overdue: false }),
                (Phase::Armed, Ended::Exited(armed::OVERDUE)) => Some(Event::Due { overdue: true }),
                (_, Ended::Exited(0)) => Some(Event::Ready),
                // One that gave up leaves the service to its deadline.
                _ => None,
            };
            match event {
                Some(event) => {
                    let actions = self.manager.handle(at, event, now);
                    self.perform(actions, now);
                }
                None => self.note(now),
            }
            return true;
        }
        let Some(at) = self.units.iter().position(|unit| unit.pid == Some(child.pid)) else { return false };
        self.exited(at, child.ended, now);
        true
    }

    /// Takes the end of the machine that follows from that of a service, if it is to come.
    pub(crate) const fn consequence(&mut self) -> Option<Goal> {
        self.consequence.take()
    }

    /// Gives the status for whoever started this container: that of the service whose end was its end.
    pub(crate) const fn status(&self) -> i32 {
        self.status
    }

    /// Takes the request to end the machine: true if the services are to end first, and the request comes back by
    /// [`Self::goal`]. Who asks again is in a hurry.
    pub(crate) fn hold(&mut self, goal: Goal, is_by_keys: bool, now: Duration) -> bool {
        if is_by_keys && let Some(actions) = self.manager.keys(now) {
            self.perform(actions, now);
            return true;
        }
        let actions = self.manager.end(now);
        self.perform(actions, now);
        if self.end.is_some() || self.units.is_empty() || self.is_over {
            self.leave(now);
            return false;
        }
        let limit = self.stop.unwrap_or_else(|| self.manager.time_to_end());
        self.end = Some((goal, now.saturating_add(limit)));
        true
    }

    /// Gives the request that was held, when no service lives any more or their time is over.
    pub(crate) fn goal(&mut self, now: Duration) -> Option<Goal> {
        let (goal, until) = self.end?;
        if !self.manager.is_over() {
            if now < until {
                return None;
            }
            for unit in self.units.iter().filter(|unit| unit.pid.is_some()) {
                self.log.error(format_args!("{} did not end in time", unit.name));
            }
        }
        self.leave(now);
        Some(goal)
    }

    /// Lets the machine's end go on: nothing is started any more.
    fn leave(&mut self, now: Duration) {
        (self.end, self.is_over) = (None, true);
        let actions = self.manager.end(now);
        self.perform(actions, now);
        for worker in &mut self.workers {
            worker.stop(now);
        }
    }

    /// Has the files read.
    fn load(&mut self, is_first: bool) {
        if self.loader.is_some() {
            // They may have been read before what was changed.
            self.reads_again = true;
            return;
        }
        match Loader::start(is_first, self.log) {
            Ok(loader) => self.loader = Some(loader),
            Err(cause) => self.log.error(format_args!("services: read the files: {cause}")),
        }
    }

    /// Takes over what was read; what was refused changes nothing.
    fn loaded(&mut self, ended: Ended, now: Duration) {
        let Some(loader) = self.loader.take() else { return };
        let configuration = match ended {
            Ended::Exited(0 | loader::MENDED) => loader.take(),
            // There is a log all the same.
            Ended::Exited(loader::NONE) => {
                self.finds = false;
                return self.renew(now);
            }
            _ => None,
        };
        match configuration {
            Some((configuration, file)) if self.end.is_none() && !self.is_over => {
                // A container begins anew each time.
                let may_be_kept = ended == Ended::Exited(0) && has_machine();
                self.candidate = may_be_kept.then_some(file);
                self.replace(configuration, now);
            }
            Some(_) => {}
            None => self.log.error(format_args!("services: refused; what runs stays as it is")),
        }
        if core::mem::take(&mut self.reads_again) {
            self.load(false);
        }
    }

    /// Goes on with other services: those that are as they were run on, those that are not start again, with those that need
    /// them, and those that are gone end.
    fn replace(&mut self, mut next: Configuration, now: Duration) {
        let mut changed = Vec::new();
        let mut gone = Vec::new();
        let mut units = Vec::new();
        let mut former = Vec::new();
        for service in &next.services {
            let packed = packed::pack(service);
            let at = self.units.iter().position(|unit| unit.name == service.name);
            former.push(at);
            let mut unit = match at.and_then(|at| self.units.get_mut(at)) {
                Some(old) => old.take(),
                None => Unit::new(&service.name, now),
            };
            if unit.change(packed) && at.is_some() {
                changed.push(units.len());
            }
            units.push(unit);
        }
        // What has a process stays until that has ended, but nobody knows it any more.
        for (at, old) in self.units.iter_mut().enumerate().filter(|(_, old)| old.pid.is_some()) {
            if let Some(service) = old.service() {
                gone.push(units.len());
                former.push(Some(at));
                units.push(old.take());
                next.services.push(service);
                next.nodes.push(Default::default());
            }
        }
        self.manager.replace(&next.services, next.nodes, &former);
        // Nobody waits for what starts those that are gone.
        self.units.iter_mut().for_each(Unit::end_probe);
        self.units = units;
        self.former = former;
        if let Some(shared) = &mut self.shared {
            shared.generation = shared.generation.wrapping_add(1);
        }
        if core::mem::take(&mut self.finds) {
            self.find_processes(now);
        }
        self.renew(now);
        for at in gone {
            self.request(at, Request::Stop, now);
        }
        for at in changed {
            if self.units.get(at).is_some_and(|unit| unit.pid.is_some() || unit.phase == Phase::Armed) {
                let actions = self.manager.renew(at, now);
                self.perform(actions, now);
            }
        }
        let actions = self.manager.boot(now);
        self.perform(actions, now);
        // Also those that nothing happened to are shown.
        self.note(now);
    }

    /// Has the workers know what there is now.
    fn renew(&mut self, now: Duration) {
        self.handover.is_stale = true;
        if let Err(cause) = self.share() {
            self.log.error(format_args!("services: {cause}"));
        }
        for worker in &mut self.workers {
            worker.renew(now);
        }
        self.help(now);
    }

    /// Makes what the workers share, where there is none, and what belongs to services that are new.
    fn share(&mut self) -> linux::Result<()> {
        if self.shared.is_none() {
            let control = control::open();
            let control =
                control.inspect_err(|cause| self.log.error(format_args!("listen at {SOCKET}: {cause}")));
            self.shared = Some(Shared {
                generation: 0,
                table: loader::memory(c"services")?,
                requests: asked::ends()?,
                log: logs::Kept::new(self.log)?,
                control: control.ok(),
                strays: core::mem::take(&mut self.strays),
            });
        }
        for unit in &mut self.units {
            if let Err(cause) = unit.open(self.log) {
                self.log.error(format_args!("{}: open what belongs to it: {cause}", unit.name));
            }
        }
        Ok(())
    }

    /// Starts the workers whose time has come.
    fn help(&mut self, now: Duration) {
        let Some(shared) = &self.shared else { return };
        for worker in &mut self.workers {
            worker.tick(shared, &self.units, now, self.log);
        }
    }

    /// Takes what the workers have passed on.
    fn hear(&mut self, now: Duration) {
        let mut messages = Vec::new();
        if let Some(shared) = &self.shared {
            while messages.len() < HEARD
                && let Ok(message) = asked::hear(&shared.requests.0)
            {
                messages.push(message);
            }
        }
        self.is_behind = messages.len() == HEARD;
        let is_any = !messages.is_empty();
        for message in messages.into_iter().flatten() {
            self.take(message, now);
        }
        if is_any {
            self.note(now);
        }
    }

    fn take(&mut self, message: Message, now: Duration) {
        let Message { asked, generation, name, files } = message;
        let known = self.shared.as_ref().map_or(generation, |shared| shared.generation);
        self.heard = self.heard.wrapping_add(asked.is_request().into());
        // From a worker that has not been renewed yet.
        let asked = match known.wrapping_sub(generation) {
            0 => Some(asked),
            1 => asked.moved(&self.former),
            _ => None,
        };
        let Some(asked) = asked else { return };
        match asked {
            Asked::Of(at, request) => self.request(at, request, now),
            Asked::Reload(at) => self.reload(at),
            Asked::Read => self.load(false),
            Asked::Succeed => self.handover.is_wanted = true,
            Asked::Ready(at) => self.event(at, Event::Ready, now),
            Asked::Alive(at) => self.event(at, Event::Alive, now),
            Asked::Keep(at) => {
                self.handover.is_stale = true;
                if let Some(unit) = self.units.get_mut(at) {
                    unit.keep(&name, files);
                }
            }
            Asked::Forget(at) => {
                self.handover.is_stale = true;
                if let Some(unit) = self.units.get_mut(at) {
                    unit.store.retain(|(known, _)| *known != name);
                }
            }
        }
    }

    fn event(&mut self, at: usize, event: Event, now: Duration) {
        let actions = self.manager.handle(at, event, now);
        self.perform(actions, now);
    }

    fn request(&mut self, at: usize, request: Request, now: Duration) {
        let actions = self.manager.request(at, request, now);
        self.perform(actions, now);
    }

    /// Has a service read its settings again.
    fn reload(&self, at: usize) {
        let Some(unit) = self.units.get(at) else { return };
        let signal = unit.service().and_then(|service| Signal::new(service.reload_signal.into()));
        if let (Some(pid), Some(signal)) = (unit.pid, signal) {
            // It may be gone by now.
            let _ = kill(pid, Some(signal));
        }
    }

    /// Hears that a service's process ended.
    fn exited(&mut self, at: usize, ended: Ended, now: Duration) {
        let Some(unit) = self.units.get_mut(at) else { return };
        let forks = || unit.service().is_some_and(|service| service.ready == Ready::Fork);
        if ended == Ended::Exited(0)
            && matches!(unit.phase, Phase::Starting | Phase::Running)
            && forks()
            && let Some(pid) = cgroup::orphan(&unit.name)
        {
            unit.pid = Some(pid);
            return self.event(at, Event::Ready, now);
        }
        let pid = unit.pid.take();
        let told = unit.apart.take().and_then(|reader| apart::told(&reader));
        unit.times.end.get_or_insert(now);
        unit.ended = Some(ended.shell_status());
        let killed = cgroup::out_of_memory(&unit.name);
        if killed > unit.out_of_memory {
            self.log.error(format_args!("{} was out of memory: the kernel has killed it", unit.name));
        }
        unit.out_of_memory = unit.out_of_memory.max(killed);
        if let Some(pid) = pid {
            process::sweep(&unit.name, pid);
        }
        if unit.phase != Phase::Stopping && told.is_none() {
            match ended {
                Ended::Exited(0) => {}
                Ended::Exited(status) => {
                    self.log.info(format_args!("{} ended with status {status}", unit.name));
                }
                Ended::Killed(signal) | Ended::Dumped(signal) => {
                    self.log.info(format_args!("{} was killed by {signal}", unit.name));
                }
                _ => {}
            }
        }
        let event = told.unwrap_or(Event::Exited { well: ended == Ended::Exited(0) });
        let actions = self.manager.handle(at, event, now);
        self.perform(actions, now);
    }

    /// Does what was decided, and what is decided of what came of it.
    fn perform(&mut self, actions: Vec<(usize, Action)>, now: Duration) {
        if actions.is_empty() {
            return self.note(now);
        }
        let mut waiting: alloc::collections::VecDeque<_> = actions.into();
        while let Some((at, action)) = waiting.pop_front() {
            let Some(unit) = self.units.get_mut(at) else { continue };
            match (action, unit.pid) {
                (Action::Spawn, _) => {
                    let sockets = unit.sockets.len();
                    let event = process::spawn(unit, self.log);
                    // Those that could not be opened before.
                    self.handover.is_stale |= unit.sockets.len() != sockets;
                    if event == Event::Spawned {
                        unit.times.start.get_or_insert(now);
                    }
                    waiting.extend(self.manager.handle(at, event, now));
                }
                (Action::Ask, Some(pid)) => process::ask(unit, pid),
                (Action::Kill, Some(pid)) => {
                    let why = match unit.phase {
                        Phase::Running => "it gave no sign of life",
                        _ => "it did not end in time",
                    };
                    self.log.info(format_args!("{} is killed: {why}", unit.name));
                    // A copy of ours may not be the first of its group yet.
                    let _ = kill(pid, Some(Signal::KILL));
                    process::sweep(&unit.name, pid);
                }
                // It could not be made, and that is told.
                (Action::Ask | Action::Kill, None) => {}
            }
        }
        self.note(now);
    }

    /// Shows how the services are, has someone wait for what those wait for that are armed, and ends the probes that nobody waits
    /// for any more.
    fn note(&mut self, now: Duration) {
        let successions = self.handover.successions;
        let mut table =
            Table { heard: self.heard, successions, services: Vec::with_capacity(self.units.len()) };
        for (at, unit) in self.units.iter_mut().enumerate() {
            let phase = Phase::of(&self.manager, at);
            if core::mem::replace(&mut unit.phase, phase) != phase {
                unit.since = now;
                match phase {
                    Phase::Failed => self.log.error(format_args!("{} is given up", unit.name)),
                    _ => self.log.debug(format_args!("{} is {}", unit.name, phase.word())),
                }
                let goal = unit.consequence().filter(|_| self.end.is_none() && !self.is_over);
                if goal.is_some() {
                    self.consequence = goal;
                    self.status = if phase == Phase::Done { 0 } else { unit.ended.unwrap_or(1) };
                }
            }
            if matches!(phase, Phase::Running | Phase::Armed | Phase::Done) {
                unit.times.ready.get_or_insert(now);
            }
            match phase {
                Phase::Starting => {}
                Phase::Armed => unit.watch(self.log),
                _ => unit.end_probe(),
            }
            if matches!(phase, Phase::Stopped | Phase::Failed) && !unit.store.is_empty() {
                unit.store.clear();
                self.handover.is_stale = true;
            }
            table.services.push(Status {
                phase,
                pid: unit.pid.map_or(0, Pid::get),
                restarts: self.manager.machine(at).map_or(0, |machine| machine.restarts()),
                since: unit.since,
                ended: unit.ended,
                out_of_memory: unit.out_of_memory,
                times: unit.times.clone(),
                waits_for: self.manager.waits_for(at),
            });
        }
        if let Some(shared) = &self.shared
            && self.shown.as_ref() != Some(&table)
            // Who reads meanwhile reads again.
            && fs::pwrite(&shared.table, &packed::pack(&table), 0).is_ok()
        {
            self.shown = Some(table);
        }
        if let Some(candidate) = self.candidate.take_if(|_| self.manager.all_are_ready()) {
            last_good::keep(&candidate, self.log);
        }
    }
}
