//! Disks at the start: the root that the kernel's command line names, for which an image in memory makes room, and what
//! `/etc/fstab` lists.
//!
//! What lies on disks is read by a child ([`root`], [`table`]), never by process 1, and a disk that does not answer holds nobody
//! but the child. With `root=` in an image that lies in memory nothing but devices is looked after until the root is there: then all
//! else ends, and process 1 becomes the init of that root. A root that does not come ends at the emergency prompt, whose end has it
//! looked for again. Without `root=` the image is the root, for good.

mod root;
mod table;

use core::ffi::CStr;

use linux::process::{self, Argument, Child, Ended, Pid, WaitFlags, WaitFor};
use linux::{fs, time};
use system::machine::uptime;
use system::root as system_root;

use crate::log::Log;
use crate::settings::Settings;
use crate::shutdown::machine::KILL_WAIT;
use crate::{child, shutdown, signals};

/// Where the new root is mounted, before it is the root.
const PLACE: &str = "/sysroot";

/// How often is looked whether all children have ended.
const LOOK: core::time::Duration = core::time::Duration::from_millis(1);

/// What is started when `init=` names nothing, in the kernel's order; the shell in it is for repairs.
const INITS: [&CStr; 4] = [c"/sbin/init", c"/etc/init", c"/bin/init", c"/bin/sh"];

/// The environment of the next process 1.
const ENVIRONMENT: [Argument<'_>; 4] = [
    Argument::new(c"HOME=/"),
    Argument::new(c"TERM=linux"),
    Argument::new(c"PATH=/sbin:/usr/sbin:/bin:/usr/bin"),
    Argument::END,
];

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// The root is to be found and mounted.
    Root,
    /// The lines of `/etc/fstab` are.
    Table,
    /// All is done.
    Nothing,
}

/// What the end of a child means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is none of ours.
    NotOurs,
    /// Nothing is held up any more.
    Done,
    /// The root is mounted: [`Disks::become_root`].
    Root,
    /// It is not there.
    NoRoot,
}

/// The work, and who does it.
pub(crate) struct Disks {
    work: Work,
    child: Option<Pid>,
    /// Whether the root did not come once: somebody is at the prompt, and need not be called again.
    has_failed: bool,
    log: Log,
}

impl Disks {
    /// Says what is to be done.
    pub(crate) fn new(settings: &Settings, log: Log) -> Self {
        let seeks_root = settings.root && system::mounts::is_in_memory("/") && shutdown::has_machine();
        Self { work: if seeks_root { Work::Root } else { Work::Table }, child: None, has_failed: false, log }
    }

    /// Knows of nothing to do: another program in this process has done it.
    pub(crate) const fn lost(log: Log) -> Self {
        Self { work: Work::Nothing, child: None, has_failed: false, log }
    }

    /// Says whether this is not the root yet, and nothing else but devices is to be looked after.
    pub(crate) const fn seeks_root(&self) -> bool {
        matches!(self.work, Work::Root)
    }

    /// Says whether services have to wait.
    pub(crate) const fn is_busy(&self) -> bool {
        !matches!(self.work, Work::Nothing)
    }

    /// Starts what is to be done, if it may begin.
    pub(crate) fn tick(&mut self, may_begin: bool, settings: &Settings) {
        if !may_begin || self.child.is_some() || self.work == Work::Nothing {
            return;
        }
        // Most images have none: no child is needed to see that.
        if self.work == Work::Table && fs::stat(table::PATH).is_err() {
            self.work = Work::Nothing;
            return;
        }
        let (work, log) = (self.work, self.log);
        let started = process::spawn(|| {
            child::begin(c"disks");
            match work {
                Work::Root => root::run(log),
                Work::Table => table::run(settings, log),
                Work::Nothing => 0,
            }
        });
        match started {
            Ok(pid) => self.child = Some(pid),
            Err(cause) => {
                self.log.error(format_args!("disks: start a process: {cause}"));
                self.work = Work::Nothing;
            }
        }
    }

    /// Hears that a child ended.
    pub(crate) fn ended(&mut self, child: Child) -> Outcome {
        if self.child != Some(child.pid) {
            return Outcome::NotOurs;
        }
        self.child = None;
        match (self.work, child.ended) {
            (Work::Root, Ended::Exited(0)) => Outcome::Root,
            (Work::Root, _) if !self.has_failed => {
                self.has_failed = true;
                Outcome::NoRoot
            }
            _ => {
                self.work = Work::Nothing;
                Outcome::Done
            }
        }
    }

    /// Waits until all children have ended; one that hangs in a driver may never.
    fn bury(&self) {
        let until = uptime().saturating_add(KILL_WAIT);
        while has_child() {
            if uptime() >= until {
                self.log.error(format_args!("root: a process does not end; it is left behind"));
                return;
            }
            time::sleep(LOOK);
        }
    }

    /// Ends all else, and becomes the init of the root that is mounted; comes back only when that failed, which was said.
    pub(crate) fn become_root(&mut self, settings: &Settings) {
        let log = self.log;
        shutdown::kill();
        self.bury();
        forget_devices();
        let changed = system_root::switch(PLACE.as_bytes(), &mut |_, cause| {
            log.error(format_args!("free the initial file system: {cause}"));
        });
        if let Err(refused) = changed {
            log.error(format_args!("root: {refused:?}"));
            return;
        }
        signals::release();
        let own = settings.init.as_ref().and_then(|name| alloc::ffi::CString::new(name.as_str()).ok());
        for path in own.as_deref().into_iter().chain(INITS) {
            let cause = process::execve(path, &[Argument::new(path), Argument::END], &ENVIRONMENT);
            let name = path.to_str().unwrap_or_default();
            log.error(format_args!("root: start {name}: {cause}"));
        }
        signals::hold();
    }
}

/// Says whether a child is left, and takes one that has ended.
fn has_child() -> bool {
    process::waitid(WaitFor::Any, WaitFlags::EXITED | WaitFlags::NO_HANG).is_ok()
}

/// Takes away what was written down of devices: the next init has rules of its own for them.
fn forget_devices() {
    const RECORDS: &[u8] = b"/run/udev/data";
    for name in system::folder::names(RECORDS).unwrap_or_default() {
        let _ = fs::unlink([RECORDS, b"/", &name].concat().as_slice());
    }
    for path in ["/run/spelunk/devices", "/run/spelunk/network"] {
        let _ = fs::unlink(path);
    }
}
