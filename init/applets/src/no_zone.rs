//! Universal time: the smallest images know no zones.

use linux::fs::Timestamp;
use query::{Date, Sink};

use crate::Io;

/// The only zone.
pub(crate) struct Zone;

impl Zone {
    pub(crate) const fn of(_: &Io<'_>, _is_needed: bool) -> Self {
        Self
    }

    #[allow(clippy::unused_self, reason = "zones differ where there are more")]
    pub(crate) const fn offset(&self, _seconds: i64) -> i32 {
        0
    }

    #[allow(clippy::unused_self, reason = "zones differ where there are more")]
    pub(crate) fn date(&self, seconds: i64) -> Date {
        Date::from_seconds(seconds)
    }

    #[allow(clippy::unused_self, reason = "zones differ where there are more")]
    pub(crate) const fn form(&self, _form: &str, _at: Timestamp, _out: &mut dyn Sink) {}
}
