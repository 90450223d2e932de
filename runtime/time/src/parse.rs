//! Dates out of text, in the two forms that protocols use.

use query::Date;

use crate::SystemTime;
use crate::format::{MONTHS, WEEKDAYS};

/// Reads a time as RFC 3339 has it (`2026-11-21T08:42:02.5+01:00`), also with a space in the place of the `T`; gives it with
/// the seconds that its clock is ahead. Digits of the second beyond nine are cut, a second 60 is the next minute's first.
pub fn rfc_3339(text: &str) -> Option<(SystemTime, i32)> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    let month = symbol(&mut rest, "-").and_then(|()| digits(&mut rest, 2))?;
    let day = symbol(&mut rest, "-").and_then(|()| digits(&mut rest, 2))?;
    rest = rest.strip_prefix(['T', 't', ' '])?;
    let hour = digits(&mut rest, 2)?;
    let minute = symbol(&mut rest, ":").and_then(|()| digits(&mut rest, 2))?;
    let second = symbol(&mut rest, ":").and_then(|()| digits(&mut rest, 2))?;
    let nanoseconds = fraction(&mut rest)?;
    let offset = match rest {
        "Z" | "z" => 0,
        _ => signed_offset(rest, ":")?,
    };
    let date = Date { year: year.into(), month, day, weekday: 0, hour, minute, second };
    Some((SystemTime::new(date.seconds()?.checked_sub(offset.into())?, nanoseconds), offset))
}

/// Reads a time as RFC 5322 (2822) has it (`Sat, 21 Nov 2026 08:42:02 +0100`), with what is old and must still be read: years of two
/// and three digits, zones by name, no seconds, a comment at the end. The day of the week may lack, and must be right if not. What
/// HTTP writes is such a date.
pub fn rfc_2822(text: &str) -> Option<(SystemTime, i32)> {
    let text = text.split('(').next().unwrap_or(text);
    let (weekday, text) = match text.split_once(',') {
        Some((name, rest)) => (Some(place(WEEKDAYS, name.trim_ascii())?), rest),
        None => (None, text),
    };
    let mut words = text.split_ascii_whitespace();
    let day = number(words.next()?, 1, 2)?;
    let month = place(MONTHS, words.next()?)? + 1;
    let year_text = words.next()?;
    let year = match (number(year_text, 2, 4)?, year_text.len()) {
        (year @ 0..50, 2) => year + 2000,
        (year, 2 | 3) => year + 1900,
        (year, _) => year,
    };
    let mut clock = words.next()?.split(':');
    let hour = number(clock.next()?, 1, 2)?;
    let minute = number(clock.next()?, 2, 2)?;
    let second = clock.next().map_or(Some(0), |text| number(text, 2, 2))?;
    let offset = named_offset(words.next()?)?;
    if clock.next().is_some() || words.next().is_some() {
        return None;
    }
    let date = Date { year: year.into(), month, day, weekday: 0, hour, minute, second };
    let shown = date.seconds()?;
    // A second 60 may lie on the next day; the day is the date's own.
    let right =
        Date { hour: 0, minute: 0, second: 0, ..date }.seconds().map(|day| Date::from_seconds(day).weekday);
    if weekday.is_some_and(|weekday| Some(weekday) != right) {
        return None;
    }
    Some((SystemTime::new(shown.checked_sub(offset.into())?, 0), offset))
}

fn symbol(rest: &mut &str, symbol: &str) -> Option<()> {
    *rest = rest.strip_prefix(symbol)?;
    Some(())
}

/// Reads exactly so many digits.
fn digits(rest: &mut &str, count: usize) -> Option<u32> {
    let (read, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    number(read, count, count)
}

/// Reads a whole text as digits, as many as there may be.
fn number(text: &str, least: usize, most: usize) -> Option<u32> {
    let fits = (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

/// Reads a point and digits, if there is a point; gives nanoseconds.
fn fraction(rest: &mut &str) -> Option<u32> {
    let Some(behind) = rest.strip_prefix('.') else { return Some(0) };
    let count = behind.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, behind) = behind.split_at_checked(count).filter(|_| count > 0)?;
    *rest = behind;
    let kept = digits.bytes().chain(core::iter::repeat(b'0')).take(9);
    Some(kept.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// Reads a sign, hours and minutes.
fn signed_offset(text: &str, between: &str) -> Option<i32> {
    let (sign, mut rest) = text.split_at_checked(1)?;
    let hours = digits(&mut rest, 2)?;
    symbol(&mut rest, between)?;
    let minutes = digits(&mut rest, 2).filter(|minutes| *minutes < 60 && hours < 24 && rest.is_empty())?;
    let seconds = (hours * 3600 + minutes * 60).cast_signed();
    match sign {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

/// Reads a zone: an offset, or one of the names that RFC 5322 section 4.3 lists. Military letters say nothing, for they were often
/// meant the other way round, and count as universal time.
fn named_offset(text: &str) -> Option<i32> {
    const NAMES: [(&str, i32); 11] = [
        ("UT", 0),
        ("GMT", 0),
        ("UTC", 0),
        ("EDT", -4),
        ("EST", -5),
        ("CDT", -5),
        ("CST", -6),
        ("MDT", -6),
        ("MST", -7),
        ("PDT", -7),
        ("PST", -8),
    ];
    let named = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, hours)| hours * 3600);
    let military = (text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(0);
    named.or(military).or_else(|| signed_offset(text, ""))
}

/// Finds the place of the name, in a list, that begins with these three letters, in any case.
fn place(list: &str, letters: &str) -> Option<u32> {
    let is_it = |name: &str| name.get(..3).is_some_and(|short| short.eq_ignore_ascii_case(letters));
    list.split(' ').position(is_it).map(|at| at as u32)
}
