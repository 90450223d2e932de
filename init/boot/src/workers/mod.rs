//! Workers: children of process 1 that do what it must not, and are started again when they end.
//!
//! A worker is the same program, forked and not executed: the copy costs a quarter of a new image, its memory is ready,
//! and it needs no file that might be gone. What a worker must not lose lies in a memory file that process 1 holds; the
//! links under `/run/spelunk` lead to it for those who want to read it.

pub(crate) mod life;
pub(crate) mod role;

use core::fmt::Write;
use core::sync::atomic::{AtomicI32, Ordering};
use formats::time::Duration;

use linux::fd::OwnedFd;
use linux::fs::{self, MemoryFileFlags, Mode, OpenFlags, Seals};
use linux::process::{self, Child, Ended, Pid};
use linux::signal::Signal;

use crate::command::Commands;
use crate::log::Log;
use crate::settings::Settings;
use crate::up;
use life::{Action, Event, Life};
use role::Role;

/// Room in a worker's memory file in bytes; pages that are never written cost nothing.
const MEMORY: u64 = 0x1_0000;

/// Where the memory of the network's worker is found.
pub(crate) const LINK: &str = "/run/spelunk/network";

/// Short lives in a row after which the console gets the emergency prompt in place of the usual one.
const FAILURES: u32 = 3;

/// The process numbers of the workers by role, 0 where there is none: what process 1 still knows after a panic, when all
/// that it kept on its stack is out of reach.
static ROSTER: [AtomicI32; Role::COUNT] = [const { AtomicI32::new(0) }; Role::COUNT];

/// What every worker is given.
pub(crate) struct Means<'a> {
    pub(crate) commands: &'a dyn Commands,
    pub(crate) settings: &'a Settings,
    pub(crate) log: Log,
    /// What the network's worker must not lose; none on a kernel without memory files.
    pub(crate) memory: Option<OwnedFd>,
}

/// The workers there are, and what they are given.
pub(crate) struct Crew<'a> {
    means: Means<'a>,
    workers: heapless::Vec<Worker, { Role::COUNT }>,
    /// Whether there is an emergency prompt in the place of the workers of a usual start.
    is_held: bool,
}

struct Worker {
    role: Role,
    life: Life,
    pid: Option<Pid>,
}

impl<'a> Crew<'a> {
    /// Makes a crew without workers.
    pub(crate) fn new(commands: &'a dyn Commands, settings: &'a Settings, log: Log) -> Self {
        let memory =
            memory().inspect_err(|cause| log.error(format_args!("memory of the network: {cause}"))).ok();
        let means = Means { commands, settings, log, memory };
        Self { means, workers: heapless::Vec::new(), is_held: false }
    }

    /// Makes a crew of the workers that process 1 had before it panicked. Those of the console are ended, since the prompt
    /// for repairs takes their place.
    pub(crate) fn recovered(
        commands: &'a dyn Commands,
        settings: &'a Settings,
        log: Log,
        now: Duration,
    ) -> Self {
        let memory = fs::open(LINK, OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty());
        let means = Means { commands, settings, log, memory: memory.or_else(|_| self::memory()).ok() };
        let mut crew = Self { means, workers: heapless::Vec::new(), is_held: false };
        for role in Role::ALL.iter().copied() {
            match (role, on_roster(role)) {
                (Role::Prompt | Role::Emergency, Some(pid)) => {
                    let _ = process::kill(pid, Some(Signal::TERM));
                }
                (_, Some(pid)) => {
                    let _ = crew.workers.push(Worker { role, life: Life::adopted(now), pid: Some(pid) });
                }
                (_, None) => {}
            }
        }
        crew
    }

    /// Makes a crew of what the former program in this process had: the network's memory, and the numbers of roles with their
    /// processes. One whose process has ended is started again.
    #[cfg(feature = "services")]
    pub(crate) fn resumed(
        commands: &'a dyn Commands,
        settings: &'a Settings,
        log: Log,
        former: (Option<OwnedFd>, &[(u8, Option<Pid>)]),
        now: Duration,
    ) -> Self {
        let memory = former.0.or_else(|| memory().ok());
        let means = Means { commands, settings, log, memory };
        let mut crew = Self { means, workers: heapless::Vec::new(), is_held: false };
        for (number, pid) in former.1 {
            let Some(role) = Role::ALL.iter().copied().find(|role| *role as u8 == *number) else { continue };
            note(role, pid.map_or(0, Pid::get));
            let _ = crew.workers.push(Worker { role, life: Life::resumed(*pid, now), pid: *pid });
        }
        // That of the former program.
        let _ = fs::unlink(LINK);
        crew
    }

    /// Has those workers begin anew that nobody has a session with: they are copies of a former program. What the network's must
    /// not lose is kept for its successor.
    #[cfg(feature = "services")]
    pub(crate) fn renew(&mut self, now: Duration) {
        let renewed = self.workers.iter_mut().filter(|worker| !worker.role.has_session());
        for (worker, pid) in renewed.filter_map(|worker| worker.pid.take().map(|pid| (worker, pid))) {
            // Not asked to end, at which it might give its leases back. Its end is that of an orphan.
            let _ = process::kill(pid, Some(Signal::KILL));
            worker.life = Life::new(now);
        }
    }

    /// Gives the number of each worker's role, and its process.
    #[cfg(feature = "services")]
    pub(crate) fn roster(&self) -> impl Iterator<Item = (u8, Option<Pid>)> {
        self.workers.iter().map(|worker| (worker.role as u8, worker.pid))
    }

    /// Gives what the network's worker must not lose.
    #[cfg(feature = "services")]
    pub(crate) const fn memory(&self) -> Option<&OwnedFd> {
        self.means.memory.as_ref()
    }

    /// Starts a prompt for repairs; the workers of a usual start come when it ends.
    pub(crate) fn hold(&mut self, now: Duration) {
        self.is_held = true;
        self.means.log.info(format_args!("emergency prompt; the word exit lets the start go on"));
        self.enlist(Role::Emergency, now);
    }

    /// Says whether a prompt for repairs holds the start up.
    pub(crate) const fn is_held(&self) -> bool {
        self.is_held
    }

    /// Starts the worker of the network, for which everybody waits.
    pub(crate) fn start_network(&mut self, now: Duration) {
        self.start(Role::Network, now);
    }

    /// Starts the worker of devices.
    #[cfg(feature = "devices")]
    pub(crate) fn start_devices(&mut self, now: Duration) {
        self.start(Role::Devices, now);
    }

    #[cfg(not(feature = "devices"))]
    #[allow(clippy::unused_self, reason = "it is called whatever the features are")]
    pub(crate) const fn start_devices(&mut self, _now: Duration) {}

    /// Says whether devices are looked after.
    #[cfg(feature = "devices")]
    pub(crate) fn has_devices(&self) -> bool {
        self.workers.iter().any(|worker| worker.role == Role::Devices)
    }

    #[cfg(not(feature = "devices"))]
    #[allow(clippy::unused_self, reason = "it is called whatever the features are")]
    pub(crate) const fn has_devices(&self) -> bool {
        false
    }

    /// Starts the other workers that the settings ask for.
    pub(crate) fn start_others(&mut self, now: Duration) {
        // They wait there for the network, or write there.
        up::make_folder();
        self.start_devices(now);
        self.start(Role::Agent, now);
        self.start(Role::Prompt, now);
    }

    /// Makes the link under which the network's memory is found: the number of a descriptor of process 1.
    pub(crate) fn show_memory(&self) {
        let Some(memory) = &self.means.memory else { return };
        up::make_folder();
        let mut target = heapless::String::<32>::new();
        if write!(target, "/proc/1/fd/{}", memory.as_raw()).is_ok()
            && let Err(cause) = fs::symlink(target.as_str(), LINK)
        {
            self.means.log.error(format_args!("link {LINK}: {cause}"));
        }
    }

    /// Starts the workers whose time has come.
    pub(crate) fn tick(&mut self, now: Duration) {
        for worker in &mut self.workers {
            let action = worker.life.handle(Event::Deadline, now);
            worker.perform(action, &self.means, now);
        }
    }

    /// Gives the time of the next [`Self::tick`] that starts something.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.workers.iter().filter_map(|worker| worker.life.deadline()).min()
    }

    /// Hears that a child ended, which may be any orphan.
    pub(crate) fn ended(&mut self, child: Child, now: Duration) {
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.pid == Some(child.pid)) else {
            return;
        };
        worker.pid = None;
        note(worker.role, 0);
        worker.report(child.ended, self.means.log);
        let well = child.ended == Ended::Exited(0);
        let action = worker.life.handle(Event::Ended, now);
        match worker.role {
            Role::Emergency if well && !worker.life.is_over() => {
                worker.role = Role::Prompt;
                worker.life = Life::new(now);
                if core::mem::take(&mut self.is_held) {
                    self.start_network(now);
                    self.start_others(now);
                }
                self.tick(now);
                return;
            }
            Role::Prompt if !well && worker.life.failures() >= FAILURES => worker.role = Role::Emergency,
            _ => {}
        }
        worker.perform(action, &self.means, now);
    }

    /// Starts no worker again.
    pub(crate) fn stop(&mut self, now: Duration) {
        for worker in &mut self.workers {
            worker.life.handle(Event::Stop, now);
        }
    }

    /// Starts a worker that the settings ask for.
    fn start(&mut self, role: Role, now: Duration) {
        if role.is_wanted(self.means.settings) {
            self.enlist(role, now);
        }
    }

    fn enlist(&mut self, role: Role, now: Duration) {
        if self.workers.iter().any(|worker| worker.role == role) {
            return;
        }
        // There are as many places as roles.
        let _ = self.workers.push(Worker { role, life: Life::new(now), pid: None });
        self.tick(now);
    }
}

impl Worker {
    fn perform(&mut self, action: Option<Action>, means: &Means<'_>, now: Duration) {
        let Some(Action::Start) = action else { return };
        match process::spawn(|| self.role.work(means, self.life.failures())) {
            Ok(pid) => {
                self.pid = Some(pid);
                note(self.role, pid.get());
            }
            Err(cause) => {
                means.log.error(format_args!("start {}: {cause}", self.role.name()));
                self.life.handle(Event::NotStarted, now);
            }
        }
    }

    fn report(&self, ended: Ended, log: Log) {
        let name = self.role.name();
        match ended {
            Ended::Exited(status) => log.debug(format_args!("{name} ended with status {status}")),
            Ended::Killed(signal) | Ended::Dumped(signal) if !self.life.is_over() => {
                log.error(format_args!("{name} was killed by {signal}"));
            }
            _ => {}
        }
    }
}

fn note(role: Role, pid: i32) {
    if let Some(place) = ROSTER.get(role as usize) {
        place.store(pid, Ordering::Relaxed);
    }
}

fn on_roster(role: Role) -> Option<Pid> {
    ROSTER.get(role as usize).and_then(|place| Pid::new(place.load(Ordering::Relaxed)))
}

/// Makes the memory of a worker: a file of fixed size, so that nobody can take its pages from under a reader.
fn memory() -> linux::Result<OwnedFd> {
    let file = fs::memfd_create(c"network", MemoryFileFlags::CLOSE_ON_EXEC | MemoryFileFlags::ALLOW_SEALING)?;
    fs::ftruncate(&file, MEMORY)?;
    fs::add_seals(&file, Seals::SHRINK | Seals::GROW | Seals::SEAL)?;
    Ok(file)
}
