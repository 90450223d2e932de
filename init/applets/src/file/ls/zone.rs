//! Where clocks show the times of a listing.

use linux::fs::Timestamp;
use query::Sink;
use time::{Moment, SystemTime, TimeZone};

use crate::Io;
use crate::file::moment;

/// A zone of time.
pub(super) struct Zone(TimeZone);

impl Zone {
    /// Gives the user's, where times are shown at all.
    pub(super) fn of(io: &Io<'_>, is_needed: bool) -> Self {
        Self(if is_needed { moment::zone(io) } else { TimeZone::utc() })
    }

    /// Gives how far clocks are there from universal time, in seconds.
    pub(super) fn offset(&self, seconds: i64) -> i32 {
        self.0.offset(seconds).seconds
    }

    /// Writes a time as `date` does.
    pub(super) fn form(&self, form: &str, at: Timestamp, out: &mut dyn Sink) {
        let moment = Moment::of(SystemTime::new(at.seconds, at.nanoseconds), &self.0);
        time::format::format(form, &moment, out);
    }
}
