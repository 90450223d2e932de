//! Moments as people write them for `touch` and `find`, and as `stat` shows them.

use alloc::vec::Vec;

use linux::fs::Timestamp;
use query::Date;
use query::text::{parse_decimal, zero_padded};
use time::TimeZone;

use crate::Io;

/// Gives the zone that the environment names, else the machine's; universal time where there is none.
pub(crate) fn zone(io: &Io<'_>) -> TimeZone {
    let name = io.variable("TZ").map(|name| core::str::from_utf8(name).unwrap_or_default());
    TimeZone::of(name).unwrap_or_else(|_| TimeZone::utc())
}

/// Gives the present.
pub(crate) fn now() -> Timestamp {
    let now = linux::time::clock_gettime(linux::time::Clock::REALTIME).unwrap_or_default();
    Timestamp { seconds: now.seconds, nanoseconds: now.nanoseconds as u32 }
}

/// Reads `[[CC]YY]MMDDhhmm[.ss]`, as POSIX's `touch -t` has it.
pub(crate) fn stamp(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let (digits, second) = match text {
        [digits @ .., b'.', a, b] => (digits, number(&[*a, *b])?),
        digits => (digits, 0),
    };
    let (year, rest) = match digits.len() {
        8 => (Date::from_seconds(now().seconds).year, digits),
        10 => (of_two_digits(number(digits.get(..2)?)?.into()), digits.get(2..)?),
        12 => (i64::try_from(parse_decimal(digits.get(..4)?)?).ok()?, digits.get(4..)?),
        _ => return None,
    };
    let [month, day, hour, minute] = [0, 2, 4, 6].map(|at| rest.get(at..at + 2).and_then(number));
    let date = Date { year, month: month?, day: day?, weekday: 0, hour: hour?, minute: minute?, second };
    local(&date, zone, 0)
}

/// Reads `@SECONDS[.FRACTION]`, `now`, `YYYY-MM-DD`, `hh:mm[:ss[.FRACTION]]`, or both, with a blank or `T` between them and `Z`,
/// `UTC` or `+hh:mm` behind.
pub(crate) fn parse(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim_ascii();
    if text == b"now" {
        return Some(now());
    }
    if let Some(seconds) = text.strip_prefix(b"@") {
        return since_1970(seconds);
    }
    let mut date = zone.date(now().seconds);
    (date.hour, date.minute, date.second) = (0, 0, 0);
    let mut rest = text;
    if let [year @ .., b'-', _, _, b'-', _, _] = text.get(..10).unwrap_or(text) {
        date.year = i64::try_from(parse_decimal(year)?).ok()?;
        date.month = number(text.get(5..7)?)?;
        date.day = number(text.get(8..10)?)?;
        rest = text.get(10..)?;
        rest = rest.strip_prefix(b"T").unwrap_or(rest).trim_ascii_start();
    }
    let mut nanoseconds = 0;
    if let [a, b, b':', c, d, after @ ..] = rest {
        (date.hour, date.minute) = (number(&[*a, *b])?, number(&[*c, *d])?);
        rest = after;
        if let [b':', a, b, after @ ..] = rest {
            date.second = number(&[*a, *b])?;
            rest = after;
            if let Some(digits) = rest.strip_prefix(b".") {
                let count = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
                nanoseconds = fraction(digits.get(..count)?)?;
                rest = digits.get(count..)?;
            }
        }
    }
    let offset = match rest.trim_ascii() {
        b"" if rest.len() == text.len() => return None,
        b"" => return local(&date, zone, nanoseconds),
        b"Z" | b"UTC" | b"GMT" => 0,
        [sign @ (b'+' | b'-'), a, b, more @ ..] => {
            let minutes = match more {
                [] => 0,
                [b':', c, d] | [c, d] => number(&[*c, *d])?,
                _ => return None,
            };
            let seconds = i64::from(number(&[*a, *b])? * 3600 + minutes * 60);
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    Some(Timestamp { seconds: date.seconds()?.checked_sub(offset)?, nanoseconds })
}

fn since_1970(text: &[u8]) -> Option<Timestamp> {
    let (sign, text) = match text.strip_prefix(b"-") {
        Some(text) => (-1, text),
        None => (1, text),
    };
    let mut parts = text.splitn(2, |&byte| byte == b'.');
    let seconds = sign * i64::try_from(parse_decimal(parts.next()?)?).ok()?;
    let nanoseconds = parts.next().map_or(Some(0), fraction)?;
    Some(match (sign, nanoseconds) {
        (-1, 1..) => Timestamp { seconds: seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds },
        _ => Timestamp { seconds, nanoseconds },
    })
}

fn fraction(digits: &[u8]) -> Option<u32> {
    let mut nine = [b'0'; 9];
    let count = digits.len().min(9);
    nine.get_mut(..count)?.copy_from_slice(digits.get(..count)?);
    parse_decimal(&nine)?.try_into().ok()
}

pub(super) fn number(digits: &[u8]) -> Option<u32> {
    parse_decimal(digits)?.try_into().ok()
}

/// Gives the year that two digits stand for, as POSIX has it.
pub(super) const fn of_two_digits(year: i64) -> i64 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

/// Gives when the clocks of a zone show a date.
fn local(date: &Date, zone: &TimeZone, nanoseconds: u32) -> Option<Timestamp> {
    Some(Timestamp { seconds: zone.times(date)?.usual(), nanoseconds })
}

/// Gives a moment as `YYYY-MM-DD hh:mm:ss.nnnnnnnnn +hhmm`.
pub(crate) fn shown(moment: Timestamp, zone: &TimeZone) -> Vec<u8> {
    let offset = zone.offset(moment.seconds).seconds;
    let date = Date::from_seconds(moment.seconds.saturating_add(offset.into()));
    let mut text = Vec::new();
    date.day_text(&mut text);
    text.push(b' ');
    date.second_text(&mut text);
    text.push(b'.');
    zero_padded(moment.nanoseconds.into(), 9, &mut text);
    text.extend_from_slice(if offset < 0 { b" -" } else { b" +" });
    let minutes = u64::from(offset.unsigned_abs() / 60);
    zero_padded(minutes / 60, 2, &mut text);
    zero_padded(minutes % 60, 2, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_that_people_write() {
        let utc = TimeZone::utc();
        for (text, seconds, nanoseconds) in [
            ("@0", 0, 0),
            ("@-1.25", -2, 750_000_000),
            ("@12.5", 12, 500_000_000),
            ("1970-01-02", 86_400, 0),
            ("1970-01-02 01:00", 90_000, 0),
            ("1970-01-02T01:00:01.000000001", 90_001, 1),
            ("1970-01-02 01:00:00Z", 90_000, 0),
            ("1970-01-02 01:00:00.5 +01:00", 86_400, 500_000_000),
            ("1970-01-02 01:00 -0130", 95_400, 0),
        ] {
            assert_eq!(parse(text.as_bytes(), &utc), Some(Timestamp { seconds, nanoseconds }), "{text}");
        }
        for bad in ["", "yesterday-ish", "1970-13-01", "1970-01-01 25:00", "@", "1970-01-01 x"] {
            assert_eq!(parse(bad.as_bytes(), &utc), None, "{bad}");
        }
    }

    #[test]
    fn stamps_and_how_moments_are_shown() {
        let utc = TimeZone::utc();
        let at = |seconds| Some(Timestamp { seconds, nanoseconds: 0 });
        assert_eq!(stamp(b"197001020100", &utc), at(90_000));
        assert_eq!(stamp(b"7001020100.05", &utc), at(90_005));
        assert_eq!(stamp(b"01020100", &utc).map(|time| time.seconds > 0), Some(true));
        assert_eq!((stamp(b"1", &utc), stamp(b"197013010000", &utc)), (None, None));
        assert_eq!(
            shown(Timestamp { seconds: -1, nanoseconds: 5 }, &utc),
            b"1969-12-31 23:59:59.000000005 +0000"
        );
    }
}
