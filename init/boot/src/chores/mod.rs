//! Housekeeping: what a machine needs at its start that is nobody's service, and what it leaves for the next one.
//!
//! A child does it before services begin, since it reads files that others wrote: settings of the kernel (`sysctl.d(5)`), the name of
//! this installation (`/etc/machine-id`), files that must be there (`tmpfiles.d(5)`), the clock, the seed of the kernel's random
//! numbers, and how the last end came about. Process 1 itself keeps the watchdog quiet.

mod clock;
mod files;
mod identity;
mod last_end;
mod seed;
mod watchdog;

use alloc::vec::Vec;

use formats::time::Duration;
use linux::fs::{self, FileKind};
use linux::process::{self, Child, Pid};
use system::settings as kernel;
use system::{file, machine};

use crate::log::Log;
use crate::settings::Settings;
use crate::shutdown::machine::Goal;
use crate::{child, shutdown, state};
use watchdog::Watchdog;
pub(crate) use watchdog::let_go;

/// What is to be done, and what is known for the end.
pub(crate) struct Chores {
    child: Option<Pid>,
    is_begun: bool,
    watchdog: Watchdog,
    goal: Option<Goal>,
    log: Log,
}

impl Chores {
    /// Has everything to do.
    pub(crate) fn new(settings: &Settings, log: Log) -> Self {
        // In a container all of it is the host's.
        let has_machine = shutdown::has_machine();
        let watchdog = Watchdog::new(settings.watchdog.filter(|_| has_machine), log);
        Self { child: None, is_begun: !has_machine, watchdog, goal: None, log }
    }

    /// Has nothing to do but to keep the watchdog quiet: another program in this process, or this one before it failed, has done the
    /// rest.
    pub(crate) fn lost(settings: &Settings, log: Log) -> Self {
        Self { is_begun: true, ..Self::new(settings, log) }
    }

    /// Says whether services have to wait.
    pub(crate) const fn is_busy(&self) -> bool {
        !self.is_begun || self.child.is_some()
    }

    /// Does what is due; the start's work once it may begin.
    pub(crate) fn tick(&mut self, may_begin: bool, settings: &Settings, now: Duration) {
        self.watchdog.tick(now);
        if !may_begin || self.is_begun {
            return;
        }
        self.is_begun = true;
        let log = self.log;
        let started = process::spawn(|| {
            child::begin(c"housekeeping");
            run(settings, log)
        });
        match started {
            Ok(pid) => self.child = Some(pid),
            Err(cause) => log.error(format_args!("housekeeping: start a process: {cause}")),
        }
    }

    /// Gives the time of the next [`Self::tick`] that does something.
    pub(crate) const fn deadline(&self) -> Option<Duration> {
        self.watchdog.deadline()
    }

    /// Says whether a child that ended was ours.
    pub(crate) fn ended(&mut self, child: &Child) -> bool {
        let is_ours = self.child == Some(child.pid);
        if is_ours {
            self.child = None;
        }
        is_ours
    }

    /// Hears what the end is to be.
    pub(crate) const fn end_is(&mut self, goal: Goal) {
        self.goal = Some(goal);
    }

    /// Leaves to the next start what it needs; to be called in the child that writes out.
    pub(crate) fn leave(&self) {
        if shutdown::has_machine() {
            seed::keep();
            last_end::keep(self.goal);
        }
    }
}

/// Does the work of the start; gives 0.
fn run(settings: &Settings, log: Log) -> i32 {
    clock::set(log);
    for path in kernel::files() {
        set_kernel(&path, log);
    }
    identity::ensure(log);
    if !settings.is_named {
        identity::name_host(log);
    }
    files::make(log);
    wait_for_state(settings, log);
    seed::sow(log);
    last_end::tell(log);
    0
}

/// Sets what a file of `sysctl.d(5)` says.
fn set_kernel(path: &[u8], log: Log) {
    let text = file::read(path).unwrap_or_default();
    for line in kernel::lines(&text) {
        let Some((name, value)) = line.pair() else { continue };
        if let Err(cause) = kernel::write(&kernel::path(name), value)
            && !line.may_fail
        {
            let (path, name) = (shown(path), shown(name));
            log.error(format_args!("{path}: {name}: {cause}"));
        }
    }
}

fn shown(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or("(not text)")
}

/// Waits for the disk that keeps things, which the network's worker mounts if there is one.
fn wait_for_state(settings: &Settings, log: Log) {
    const PATIENCE: Duration = Duration::from_secs(5);
    let Some(source) = &settings.state else {
        make_place();
        return;
    };
    if !settings.network {
        return state::mount(source, log);
    }
    let until = machine::uptime().saturating_add(PATIENCE);
    while !fs::stat(state::PLACE).is_ok_and(|place| place.is_mount_root() == Some(true))
        && machine::uptime() < until
    {
        linux::time::sleep(Duration::from_millis(10).into());
    }
}

fn make_place() {
    for folder in ["/var", "/var/lib", state::PLACE] {
        let _ = fs::mkdir(folder, fs::Mode::octal(0o755));
    }
}

/// Gives the path of something that is kept.
fn kept(name: &str) -> Vec<u8> {
    [state::PLACE, "/", name].concat().into_bytes()
}

/// Says whether a file of at least a byte is there.
fn is_there(path: &str) -> bool {
    fs::stat(path).is_ok_and(|found| found.kind() == FileKind::Regular && found.size() > 0)
}
