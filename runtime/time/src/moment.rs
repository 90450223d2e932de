//! A time with its date.

use formats::file::tzif::Offset;
use query::Date;

use crate::{SystemTime, TimeZone};

/// A time, with the date and offset that local clocks have then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time.
    pub time: SystemTime,
    /// What clocks show.
    pub date: Date,
    /// How far they are ahead of universal time.
    pub offset: Offset,
}

impl Moment {
    /// Finds the date of a time in a zone.
    pub fn of(time: SystemTime, zone: &TimeZone) -> Self {
        let offset = zone.offset(time.seconds());
        let date = Date::from_seconds(time.seconds().saturating_add(offset.seconds.into()));
        Self { time, date, offset }
    }
}
