//! In place of the supervisor in a program that has no services: nothing is held up and nothing is heard.

use formats::time::Duration;
use linux::process::Child;
use linux::signal::Signal;

use crate::log::Log;
use crate::settings::Settings;
use crate::shutdown::machine::Goal;
use crate::workers::Crew;

/// No services.
pub(crate) struct Services;

impl Services {
    pub(crate) const fn new(_settings: &Settings, _log: Log) -> Self {
        Self
    }

    pub(crate) const fn lost(_settings: &Settings, _log: Log) -> Self {
        Self
    }

    pub(crate) const fn tick(&mut self, _may_begin: bool, _now: Duration) {}

    pub(crate) const fn deadline(&self) -> Option<Duration> {
        None
    }

    pub(crate) const fn signalled(&mut self, _signal: Signal) {}

    pub(crate) const fn ended(&mut self, _child: Child, _now: Duration) -> bool {
        false
    }

    pub(crate) const fn hold(&mut self, _goal: Goal, _is_by_keys: bool, _now: Duration) -> bool {
        false
    }

    pub(crate) const fn save(&mut self, _crew: &Crew<'_>, _goal: Option<Goal>) {}

    pub(crate) const fn goal(&mut self, _now: Duration) -> Option<Goal> {
        None
    }

    pub(crate) const fn consequence(&mut self) -> Option<Goal> {
        None
    }

    pub(crate) const fn status(&self) -> i32 {
        0
    }
}
