//! In place of the disks in a program that mounts none: the image is the root.

use crate::log::Log;
use crate::settings::Settings;

/// No disks.
pub(crate) struct Disks;

impl Disks {
    pub(crate) const fn new(_settings: &Settings, _log: Log) -> Self {
        Self
    }

    pub(crate) const fn lost(_log: Log) -> Self {
        Self
    }

    pub(crate) const fn seeks_root(&self) -> bool {
        false
    }

    pub(crate) const fn is_busy(&self) -> bool {
        false
    }

    pub(crate) const fn tick(&mut self, _may_begin: bool, _settings: &Settings) {}
}
