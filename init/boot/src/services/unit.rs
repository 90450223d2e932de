//! One service, as process 1 keeps it.

use alloc::string::String;
use alloc::vec::Vec;

use ::services::{Consequence, Kind, Listen, Phase, Service, Times, packed};
use formats::time::Duration;
use linux::fd::OwnedFd;
use linux::process::{self, Pid, kill};
use linux::signal::Signal;

use super::foreign::Foreign;
use super::{armed, logs, notices, sockets};
use crate::log::Log;
use crate::shutdown::machine::Goal;

/// A service, and all that process 1 holds for it.
pub(super) struct Unit {
    pub(super) name: String,
    /// The rest of it, packed: it is needed at a start only.
    pub(super) packed: Vec<u8>,
    pub(super) pid: Option<Pid>,
    /// Where its process tells that it did not become its program, if it was started apart.
    pub(super) apart: Option<OwnedFd>,
    /// The child that looks for its readiness, or for what it waits for while it is armed.
    pub(super) probe: Option<Pid>,
    /// Where what it says is read, and where it is written.
    pub(super) says: Option<(OwnedFd, OwnedFd)>,
    /// Where it says how it is.
    pub(super) notices: Option<OwnedFd>,
    /// Those that it is handed, in the order of its file.
    pub(super) sockets: Vec<OwnedFd>,
    /// Those of its file before, until those of the one now are opened.
    pub(super) former_sockets: Vec<(Listen, OwnedFd)>,
    /// What is kept for it until it starts again.
    pub(super) store: Vec<(String, Foreign)>,
    pub(super) phase: Phase,
    pub(super) since: Duration,
    pub(super) ended: Option<i32>,
    /// How many of its processes were killed for want of memory.
    pub(super) out_of_memory: u32,
    pub(super) times: Times,
}

impl Unit {
    pub(super) fn new(name: &str, now: Duration) -> Self {
        Self {
            name: name.into(),
            packed: Vec::new(),
            pid: None,
            apart: None,
            probe: None,
            says: None,
            notices: None,
            sockets: Vec::new(),
            former_sockets: Vec::new(),
            store: Vec::new(),
            phase: Phase::Off,
            since: now,
            ended: None,
            out_of_memory: 0,
            times: Times::default(),
        }
    }

    pub(super) fn service(&self) -> Option<Service> {
        packed::unpack(&self.packed).ok()
    }

    /// Moves it to another list.
    pub(super) fn take(&mut self) -> Self {
        core::mem::replace(self, Self::new("", Duration::ZERO))
    }

    /// Takes what its file says now; says whether that is something else than before.
    pub(super) fn change(&mut self, packed: Vec<u8>) -> bool {
        if self.packed == packed {
            return false;
        }
        let sockets = |unit: &Self| unit.service().map_or_else(Vec::new, |service| service.sockets);
        let former = sockets(self);
        self.packed = packed;
        if former != sockets(self) {
            self.former_sockets.extend(former.into_iter().zip(self.sockets.drain(..)));
        }
        // Its user may be another one.
        self.notices = None;
        // What it waits for may be as well.
        self.end_probe();
        true
    }

    /// Opens what belongs to it and is not open.
    ///
    /// # Errors
    /// Those of `pipe(2)` and of its notify socket.
    pub(super) fn open(&mut self, log: Log) -> linux::Result<()> {
        if self.says.is_none() {
            self.says = Some(logs::pipe()?);
        }
        let Some(service) = self.service() else { return Ok(()) };
        if self.sockets.is_empty() && !service.sockets.is_empty() {
            self.sockets = sockets::open(&service, &mut self.former_sockets, log);
        }
        self.former_sockets.clear();
        if self.notices.is_none() && service.has_notices() {
            self.notices = Some(notices::socket(&service)?);
        }
        Ok(())
    }

    /// Has someone wait for what it waits for, while it is armed; an interval is process 1's own to count.
    pub(super) fn watch(&mut self, log: Log) {
        if self.phase != Phase::Armed || self.probe.is_some() {
            return;
        }
        let Some(service) = self.service() else { return };
        let is_told =
            if service.kind == Kind::Timer { !service.timer_at.is_empty() } else { !self.sockets.is_empty() };
        if !is_told {
            return;
        }
        match process::spawn(|| armed::wait(&service, &self.sockets)) {
            Ok(pid) => self.probe = Some(pid),
            Err(cause) => log.error(format_args!("{}: wait for its time: {cause}", self.name)),
        }
    }

    /// Ends the child that looks for something, if there is one; it is reaped like any other.
    pub(super) fn end_probe(&mut self) {
        if let Some(probe) = self.probe.take() {
            let _ = kill(probe, Some(Signal::KILL));
        }
    }

    /// Gives what its phase means for the machine: an end of it, if it has ended for good and its file says so.
    pub(super) fn consequence(&self) -> Option<Goal> {
        let consequence = match self.phase {
            Phase::Done => self.service()?.when_done,
            Phase::Failed => self.service()?.when_failed,
            _ => return None,
        };
        match consequence {
            Consequence::None => None,
            Consequence::PowerOff => Some(Goal::PowerOff),
            Consequence::Reboot => Some(Goal::Reboot),
            Consequence::Halt => Some(Goal::Halt),
        }
    }

    /// Keeps descriptors for it, up to its limit; the rest is closed.
    pub(super) fn keep(&mut self, name: &str, files: Vec<Foreign>) {
        let limit = self.service().map_or(0, |service| service.store as usize);
        let room = limit.saturating_sub(self.store.len());
        self.store.extend(files.into_iter().take(room).map(|file| (name.into(), file)));
    }
}
