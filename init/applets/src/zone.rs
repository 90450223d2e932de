//! Where clocks show the times that commands print.

use linux::fs::Timestamp;
use query::{Date, Sink};
use time::{Moment, SystemTime, TimeZone};

use crate::Io;
use crate::file::moment;

/// A zone of time.
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// Gives the user's, where times are shown at all.
    pub(crate) fn of(io: &Io<'_>, is_needed: bool) -> Self {
        Self(if is_needed { moment::zone(io) } else { TimeZone::utc() })
    }

    /// Gives how far clocks are there from universal time, in seconds.
    pub(crate) fn offset(&self, seconds: i64) -> i32 {
        self.0.offset(seconds).seconds
    }

    /// Gives what clocks and calendars show there at a time, in seconds since 1970.
    pub(crate) fn date(&self, seconds: i64) -> Date {
        self.0.date(seconds)
    }

    /// Writes a time as `date` does.
    pub(crate) fn form(&self, form: &str, at: Timestamp, out: &mut dyn Sink) {
        let moment = Moment::of(SystemTime::new(at.seconds, at.nanoseconds), &self.0);
        time::format::format(form, &moment, out);
    }
}
