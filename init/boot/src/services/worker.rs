//! The workers of the supervisor, with the lives that other workers have. They are copies of process 1, and so know the
//! services as they were when they were started; when those change, they are renewed.

use core::ffi::CStr;

use formats::time::Duration;
use linux::process::{self, Ended, Pid};
use linux::signal::Signal;

use super::{Shared, Unit, control, logs, notices};
use crate::child;
use crate::log::Log;
use crate::workers::life::{Action, Event, Life};

/// What a worker works at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Keeps the log.
    Logs,
    /// Writes the files of the log, if any are wanted.
    Files,
    /// Answers those who ask.
    Control,
    /// Hears what services say of themselves.
    Notices,
}

/// A worker.
pub(super) struct Worker {
    role: Role,
    /// None before there are services.
    life: Option<Life>,
    pid: Option<Pid>,
}

impl Worker {
    pub(super) const fn new(role: Role) -> Self {
        Self { role, life: None, pid: None }
    }

    pub(super) const fn pid(&self) -> Option<Pid> {
        self.pid
    }

    /// Goes on with the process that it had, or with a new one.
    pub(super) fn resume(&mut self, pid: Option<Pid>, now: Duration) {
        self.life = Some(Life::resumed(pid, now));
        self.pid = pid;
    }

    pub(super) const fn process_name(&self) -> &'static CStr {
        self.role.process_name()
    }

    pub(super) fn is(&self, pid: Pid) -> bool {
        self.pid == Some(pid)
    }

    /// Has it know the services as they are now.
    pub(super) fn renew(&mut self, now: Duration) {
        match self.pid {
            Some(pid) => {
                self.life = Some(Life::adopted(now));
                // Those that have something to finish hear it.
                let _ = process::kill(pid, Some(Signal::TERM));
            }
            None => self.life = Some(Life::new(now)),
        }
    }

    pub(super) fn stop(&mut self, now: Duration) {
        if let Some(life) = &mut self.life {
            life.handle(Event::Stop, now);
        }
    }

    pub(super) fn deadline(&self, units: &[Unit]) -> Option<Duration> {
        self.life.as_ref().filter(|_| self.role.is_needed(units)).and_then(Life::deadline)
    }

    pub(super) fn ended(&mut self, ended: Ended, now: Duration, log: Log) {
        self.pid = None;
        if ended == Ended::Exited(logs::files::NOTHING) {
            self.life = None;
        }
        let Some(life) = &mut self.life else { return };
        if !matches!(ended, Ended::Exited(_) | Ended::Killed(Signal::KILL | Signal::TERM)) {
            log.error(format_args!("{} was killed", self.role.name()));
        }
        // One that is renewed has lived long enough.
        if life.handle(Event::Ended, now) == Some(Action::Start) {
            *life = Life::new(now);
        }
    }

    pub(super) fn tick(&mut self, shared: &Shared, units: &[Unit], now: Duration, log: Log) {
        let Some(life) = self.life.as_mut().filter(|_| self.role.is_needed(units)) else { return };
        if life.handle(Event::Deadline, now) != Some(Action::Start) {
            return;
        }
        let role = self.role;
        match process::spawn(|| role.work(shared, units, log)) {
            Ok(pid) => self.pid = Some(pid),
            Err(cause) => {
                log.error(format_args!("start {}: {cause}", role.name()));
                life.handle(Event::NotStarted, now);
            }
        }
    }
}

impl Role {
    /// Gives the process's name for the log.
    fn name(self) -> &'static str {
        self.process_name().to_str().unwrap_or_default()
    }

    const fn process_name(self) -> &'static CStr {
        match self {
            Self::Logs => c"logs",
            Self::Files => c"log-files",
            Self::Control => c"control",
            Self::Notices => c"notices",
        }
    }

    fn is_needed(self, units: &[Unit]) -> bool {
        self != Self::Notices || units.iter().any(|unit| unit.notices.is_some())
    }

    fn work(self, shared: &Shared, units: &[Unit], log: Log) -> i32 {
        child::begin(self.process_name());
        match self {
            Self::Logs => logs::run(shared, units, log),
            Self::Files => logs::files::run(shared, units, log),
            Self::Control => control::run(shared, units),
            Self::Notices => notices::run(shared, units, log),
        }
    }
}
