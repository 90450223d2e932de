//! In place of housekeeping in a program that has none.

use formats::time::Duration;
use linux::process::Child;

use crate::log::Log;
use crate::settings::Settings;
use crate::shutdown::machine::Goal;

/// No chores.
pub(crate) struct Chores;

/// Closes nothing: no device is open.
pub(crate) const fn let_go() {}

impl Chores {
    pub(crate) const fn new(_settings: &Settings, _log: Log) -> Self {
        Self
    }

    pub(crate) const fn lost(_settings: &Settings, _log: Log) -> Self {
        Self
    }

    pub(crate) const fn is_busy(&self) -> bool {
        false
    }

    pub(crate) const fn tick(&mut self, _may_begin: bool, _settings: &Settings, _now: Duration) {}

    pub(crate) const fn deadline(&self) -> Option<Duration> {
        None
    }

    pub(crate) const fn ended(&mut self, _child: &Child) -> bool {
        false
    }

    pub(crate) const fn end_is(&mut self, _goal: Goal) {}

    pub(crate) const fn leave(&self) {}
}
