//! Time zones: what local clocks show, and when.

use alloc::vec::Vec;

use formats::file::posix_tz::{Abbreviation, Change, Day, Daylight, Rule};
use formats::file::tzif::{Offset, Zone};
use io::{File, Read};
use linux::{Errno, Result};
use query::{Date, is_leap};

const DAY: i64 = 86_400;
/// Where zone files are.
const FOLDER: &str = "/usr/share/zoneinfo/";
/// The zone of the machine.
const LOCAL: &str = "/etc/localtime";
/// Bytes of the longest file that is read.
const LONGEST: u64 = 1 << 20;

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(Zone);

/// What a local date stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// One time.
    Once(i64),
    /// Two: clocks were set back over it.
    Twice {
        /// The first time.
        first: i64,
        /// The second time.
        second: i64,
    },
    /// None: clocks were set forward over it. Both are the times that clocks would show if they had not been, or had been
    /// earlier.
    Never {
        /// By the offset before: after the change.
        before: i64,
        /// By the offset after: before the change.
        after: i64,
    },
}

impl Local {
    /// Gives the time that people mean most often (RFC 5545): the first of two, and as if clocks had not been set forward.
    pub const fn usual(self) -> i64 {
        match self {
            Self::Once(time) | Self::Twice { first: time, .. } | Self::Never { before: time, .. } => time,
        }
    }
}

impl TimeZone {
    /// Makes the zone of universal time.
    pub fn utc() -> Self {
        Self::fixed(0, Abbreviation::UTC)
    }

    /// Makes a zone with one offset, in seconds east of Greenwich.
    pub fn fixed(seconds: i32, name: Abbreviation) -> Self {
        Self::of_rule(Rule { name, offset: seconds, daylight: None })
    }

    /// Makes a zone of a rule.
    pub fn of_rule(rule: Rule) -> Self {
        Self(Zone::of_rule(rule))
    }

    /// Reads a zone file's bytes.
    ///
    /// # Errors
    /// What is no such file.
    pub fn parse(bytes: &[u8]) -> core::result::Result<Self, formats::Error> {
        Zone::parse(bytes).map(Self)
    }

    /// Makes the zone that the value of the variable `TZ` names: a file under `/usr/share/zoneinfo`, a path, or a rule of POSIX; an
    /// empty one is universal time. Without the variable, the machine's own: `/etc/localtime`, universal time if that is not there.
    ///
    /// # Errors
    /// `NOENT` for what is neither file nor rule, `INVAL` for a file that holds no zone, and those of reading it.
    pub fn of(variable: Option<&str>) -> Result<Self> {
        let Some(value) = variable else {
            return match read(LOCAL.as_bytes()) {
                Err(Errno::NOENT) => Ok(Self::utc()),
                other => other,
            };
        };
        let name = value.strip_prefix(':').unwrap_or(value);
        if name.is_empty() {
            return Ok(Self::utc());
        }
        let file = match name.starts_with('/') {
            true => read(name.as_bytes()),
            // A name leads nowhere but into the folder.
            false if name.split('/').any(|part| part == "..") => Err(Errno::NOENT),
            false => read(&[FOLDER.as_bytes(), name.as_bytes()].concat()),
        };
        match (file, Rule::parse(name)) {
            (Err(Errno::NOENT | Errno::NOTDIR), Some(rule)) => Ok(Self::of_rule(rule)),
            (file, _) => file,
        }
    }

    /// Gives what local clocks are ahead at a time, in seconds since 1970.
    pub fn offset(&self, time: i64) -> Offset {
        let recorded = self.0.recorded(time);
        let by_rule = || self.0.rule().map(|rule| ruled(rule, time));
        let utc = Offset { seconds: 0, daylight: false, abbreviation: Abbreviation::UTC };
        recorded.or_else(by_rule).unwrap_or(utc)
    }

    /// Gives what local clocks show at a time, in seconds since 1970.
    pub fn date(&self, time: i64) -> Date {
        Date::from_seconds(time.saturating_add(self.offset(time).seconds.into()))
    }

    /// Finds the times at which local clocks show a date; none if that is no date.
    pub fn times(&self, date: &Date) -> Option<Local> {
        let shown = date.seconds()?;
        let minus = |offset: Offset| shown.checked_sub(offset.seconds.into());
        // Offsets are less than a day, and no zone changes twice within two.
        let before = self.offset(shown.saturating_sub(DAY + DAY / 12));
        let after = self.offset(shown.saturating_add(DAY + DAY / 12));
        let (first, second) = (minus(before)?, minus(after)?);
        let holds = |time: i64, offset: Offset| self.offset(time).seconds == offset.seconds;
        Some(match (holds(first, before), holds(second, after)) {
            (true, true) if first == second => Local::Once(first),
            (true, true) => Local::Twice { first: first.min(second), second: first.max(second) },
            (true, false) => Local::Once(first),
            (false, true) => Local::Once(second),
            (false, false) => Local::Never { before: first, after: second },
        })
    }
}

fn read(path: &[u8]) -> Result<TimeZone> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    TimeZone::parse(&bytes).map_err(|_| Errno::INVAL)
}

/// Gives the offset by a rule.
fn ruled(rule: &Rule, time: i64) -> Offset {
    let standard = Offset { seconds: rule.offset, daylight: false, abbreviation: rule.name };
    let Some(daylight) = rule.daylight else { return standard };
    let summer = Offset { seconds: daylight.offset, daylight: true, abbreviation: daylight.name };
    let year = Date::from_seconds(time.saturating_add(rule.offset.into())).year;
    // The last change at or before the time counts; one of a neighbouring year may lie in this one by some hours. Where an end and
    // a beginning meet (daylight saving time all year), the beginning counts.
    let changes = (year - 1..=year + 1).flat_map(|year| changes(rule, &daylight, year));
    let last = changes.filter(|(at, _)| *at <= i128::from(time)).max();
    if last.is_some_and(|(_, begins)| begins) { summer } else { standard }
}

/// Gives when a year's daylight saving time begins and ends.
fn changes(rule: &Rule, daylight: &Daylight, year: i64) -> [(i128, bool); 2] {
    let at = |change: Change, offset: i32| {
        i128::from(day(change.day, year)) * i128::from(DAY) + i128::from(change.seconds) - i128::from(offset)
    };
    [(at(daylight.start, rule.offset), true), (at(daylight.end, daylight.offset), false)]
}

/// Gives the days from 1970 to a day of a year; those of years that seconds cannot tell are all one.
fn day(day: Day, year: i64) -> i64 {
    let first_of = |month| {
        let first = Date { year, month, day: 1, weekday: 0, hour: 0, minute: 0, second: 0 };
        first.seconds().unwrap_or(0).div_euclid(DAY)
    };
    match day {
        Day::Julian(number) => first_of(1) + i64::from(number) - i64::from(number < 60 || !is_leap(year)),
        Day::Zero(number) => first_of(1) + i64::from(number),
        Day::Weekday { month, week, weekday } => {
            let first = first_of(month.into());
            // 1970 began on a Thursday.
            let ahead = (i64::from(weekday) - (first + 4)).rem_euclid(7);
            let length = query::days_of_month(year, month.into()).map_or(28, i64::from);
            let found = ahead + (i64::from(week) - 1) * 7;
            first + if found < length { found } else { found - 7 }
        }
    }
}
