//! How times are written: as POSIX has it, or as `--time-style` says.

use alloc::string::String;

use linux::fs::Timestamp;
use query::text::{decimal, zero_padded};
use query::{Date, Sink};

use super::{FULL_TIME, TIME_STYLE};
use crate::zone::Zone;
use crate::{HAS_MORE, Io, Parsed};

/// The form, and where clocks show it.
pub(super) struct Times {
    style: Style,
    zone: Zone,
}

enum Style {
    /// The hour of a time of the last half year, the year of others.
    Usual,
    /// All of it, with nanoseconds and the zone.
    Full,
    /// The day and the minute.
    Long,
    /// The minute of a time of the last half year, the day of others, by numbers.
    Short,
    /// As `date` has it.
    Form(String),
}

/// Half of a mean year of the calendar, as POSIX has it.
const HALF_YEAR: i64 = 31_556_952 / 2;

impl Times {
    /// The error is a style that there is not.
    pub(super) fn of<'a>(parsed: &Parsed<'a>, io: &Io<'_>, is_long: bool) -> Result<Self, &'a [u8]> {
        let style = match parsed.last_of(&[FULL_TIME, TIME_STYLE]) {
            _ if !HAS_MORE => Style::Usual,
            Some(TIME_STYLE) => Style::named(parsed.value(TIME_STYLE).unwrap_or_default())?,
            Some(_) => Style::Full,
            None => Style::Usual,
        };
        Ok(Self { style, zone: Zone::of(io, is_long) })
    }

    /// Writes a time.
    pub(super) fn put(&self, time: Timestamp, now: i64, out: &mut dyn Sink) {
        let date = self.zone.date(time.seconds);
        let is_near = (now - HALF_YEAR..=now).contains(&time.seconds);
        match &self.style {
            Style::Full if HAS_MORE => {
                date.day_text(out);
                out.put(b" ");
                date.second_text(out);
                out.put(b".");
                zero_padded(time.nanoseconds.into(), 9, out);
                let offset = self.zone.offset(time.seconds);
                let minutes = u64::from(offset.unsigned_abs()) / 60;
                out.put(if offset < 0 { b" -" } else { b" +" });
                zero_padded(minutes / 60 * 100 + minutes % 60, 4, out);
            }
            Style::Long if HAS_MORE => {
                date.day_text(out);
                out.put(b" ");
                date.minute_text(out);
            }
            Style::Short if HAS_MORE && is_near => {
                zero_padded(date.month.into(), 2, out);
                out.put(b"-");
                zero_padded(date.day.into(), 2, out);
                out.put(b" ");
                date.minute_text(out);
            }
            Style::Short if HAS_MORE => {
                date.day_text(out);
                out.put(b" ");
            }
            Style::Form(form) if HAS_MORE => self.zone.form(form, time, out),
            _ => usual(&date, is_near, out),
        }
    }
}

impl Style {
    fn named(name: &[u8]) -> Result<Self, &[u8]> {
        Ok(match name.strip_prefix(b"posix-").unwrap_or(name) {
            b"locale" => Self::Usual,
            b"full-iso" => Self::Full,
            b"long-iso" => Self::Long,
            b"iso" => Self::Short,
            [b'+', form @ ..] => Self::Form(core::str::from_utf8(form).map_err(|_| name)?.into()),
            _ => return Err(name),
        })
    }
}

fn usual(date: &Date, is_near: bool, out: &mut dyn Sink) {
    date.month_day_text(out);
    out.put(b" ");
    if is_near {
        date.minute_text(out);
    } else {
        let year = date.year.unsigned_abs();
        // In five columns.
        out.put(if year < 10_000 { b" " } else { b"" });
        decimal(year, out);
    }
}
