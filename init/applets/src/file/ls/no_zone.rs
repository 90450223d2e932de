//! Universal time: the smallest images know no zones.

use linux::fs::Timestamp;
use query::Sink;

use crate::Io;

/// The only zone.
pub(super) struct Zone;

impl Zone {
    pub(super) const fn of(_: &Io<'_>, _is_needed: bool) -> Self {
        Self
    }

    #[allow(clippy::unused_self, reason = "zones differ where there are more")]
    pub(super) const fn offset(&self, _seconds: i64) -> i32 {
        0
    }

    #[allow(clippy::unused_self, reason = "zones differ where there are more")]
    pub(super) const fn form(&self, _form: &str, _at: Timestamp, _out: &mut dyn Sink) {}
}
