//! Dates in words, as `date -d` and `touch -d` of GNU's take them: `yesterday`, `2 days ago`, `1 Jan 2024 12:30`, `next month`.

use alloc::vec::Vec;

use linux::fs::Timestamp;
use query::Date;
use query::text::parse_decimal;
use time::TimeZone;

use super::moment::{self, number, of_two_digits};

/// What words have said so far.
struct Reading {
    date: Date,
    /// Whether a time of day was said, a date, and its year.
    has_time: bool,
    has_date: bool,
    has_year: bool,
    /// How far clocks are ahead of universal time, if that was said.
    offset: Option<i64>,
    nanoseconds: u32,
    /// What is to be added: months, days, seconds.
    months: i64,
    days: i64,
    seconds: i64,
    /// The day of the week to go to, and whether that is not today.
    weekday: Option<u32>,
    is_next: bool,
}

const MONTHS: &str = "january february march april may june july august september october november december";
const WEEKDAYS: &str = "sunday monday tuesday wednesday thursday friday saturday";
/// Zones of mail (RFC 5322, 4.3) and of middle Europe, and their hours.
const ZONES: [(&[u8], i64); 14] = [
    (b"utc", 0),
    (b"gmt", 0),
    (b"ut", 0),
    (b"z", 0),
    (b"est", -5),
    (b"edt", -4),
    (b"cst", -6),
    (b"cdt", -5),
    (b"mst", -7),
    (b"mdt", -6),
    (b"pst", -8),
    (b"pdt", -7),
    (b"cet", 1),
    (b"cest", 2),
];

/// Reads a moment as `date` itself prints it, or words; behind `TZ="ZONE"` as clocks there show it.
pub(crate) fn read(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    if let Some(named) = text.strip_prefix(b"TZ=\"") {
        let end = named.iter().position(|byte| *byte == b'"')?;
        let (name, behind) = (named.get(..end)?, named.get(end + 1..)?);
        let zone = TimeZone::of(Some(core::str::from_utf8(name).ok()?)).ok()?;
        return read(behind.trim_ascii_start(), &zone);
    }
    moment::parse(text, zone).or_else(|| parse(text, zone))
}

/// Reads a moment in words, seen from now.
fn parse(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let now = moment::now();
    let text = text.to_ascii_lowercase();
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b',' { b' ' } else { *byte }).collect();
    let words: Vec<&[u8]> =
        spaced.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect();
    let date = zone.date(now.seconds);
    let mut reading = Reading {
        date,
        has_time: false,
        has_date: false,
        has_year: false,
        offset: None,
        nanoseconds: 0,
        months: 0,
        days: 0,
        seconds: 0,
        weekday: None,
        is_next: false,
    };
    if words.is_empty() {
        reading.time([0; 3], false);
    }
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let count = reading.read(rest, zone)?;
        rest = rest.get(count..)?;
    }
    reading.finish(zone, now)
}

impl Reading {
    /// Reads what the next words say; gives how many they are.
    fn read(&mut self, words: &[&[u8]], zone: &TimeZone) -> Option<usize> {
        let (first, second) = (*words.first()?, words.get(1).copied().unwrap_or_default());
        match first {
            b"now" => return Some(1),
            b"today" | b"midnight" => self.time([0; 3], false),
            b"noon" => self.time([12, 0, 0], true),
            b"yesterday" => self.days -= 1,
            b"tomorrow" => self.days += 1,
            b"ago" => {
                (self.months, self.days, self.seconds) = (-self.months, -self.days, -self.seconds);
            }
            b"next" | b"last" | b"this" => {
                let times = match first {
                    b"next" => 1,
                    b"last" => -1,
                    _ => 0,
                };
                match named(WEEKDAYS, second) {
                    Some(day) => {
                        (self.weekday, self.is_next) = (Some(day), times > 0);
                        self.time([0; 3], false);
                        self.days += if times < 0 { -7 } else { 0 };
                    }
                    None => self.add(times, second)?,
                }
                return Some(2);
            }
            _ => return self.read_value(words, zone),
        }
        Some(1)
    }

    fn read_value(&mut self, words: &[&[u8]], zone: &TimeZone) -> Option<usize> {
        let (first, second) = (*words.first()?, words.get(1).copied().unwrap_or_default());
        if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == first) {
            self.offset = Some(hours * 3600);
            return Some(1);
        }
        if let Some(day) = named(WEEKDAYS, first) {
            self.weekday = Some(day);
            self.time([0; 3], false);
            return Some(1);
        }
        if let Some(month) = named(MONTHS, first) {
            let day = u32::try_from(parse_decimal(second)?).ok()?;
            return self.day(month + 1, day, words.get(2).copied()).map(|year| 2 + year);
        }
        if let (Some(month), Some(day)) = (named(MONTHS, second), parse_decimal(first)) {
            return self.day(month + 1, u32::try_from(day).ok()?, words.get(2).copied()).map(|year| 2 + year);
        }
        let (sign, digits) = match first {
            // A sign by itself belongs to the number behind it.
            [sign @ (b'+' | b'-')] => {
                let unit = words.get(2).copied()?;
                let number = i64::try_from(parse_decimal(second)?).ok()?;
                return self.add(if *sign == b'-' { -number } else { number }, unit).map(|()| 3);
            }
            [b'+', digits @ ..] => (1, digits),
            [b'-', digits @ ..] => (-1, digits),
            digits => (1, digits),
        };
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, unit) = digits.split_at_checked(length)?;
        if let Some(number) = parse_decimal(number).and_then(|number| i64::try_from(number).ok()) {
            let (unit, count) = if unit.is_empty() { (second, 2) } else { (unit, 1) };
            if self.add(sign * number, unit).is_some() {
                return Some(count);
            }
            let half = if unit.is_empty() { None } else { half_of_day(unit) };
            if let (Some(half), 1..=12) = (half, number) {
                self.time([number as u32 % 12 + half, 0, 0], true);
                return Some(count);
            }
            if first.len() == length && (length == 8 || length == 4) {
                return self.digits(number, length).map(|()| 1);
            }
            // A zone, as in `+0200`; a minus before it is behind a time of day.
            if self.has_time && first.len() == 5 && digits.len() == 4 {
                self.offset = Some(sign * (number / 100 * 3600 + number % 100 * 60));
                return Some(1);
            }
        }
        self.clock(first, second, zone)
    }

    /// Reads a date or a time of day in digits.
    fn clock(&mut self, first: &[u8], second: &[u8], zone: &TimeZone) -> Option<usize> {
        let (first, own_half) = split_half(first);
        let is_date = first.get(4) == Some(&b'-') || first.contains(&b'/');
        // Hours of one digit are what people write.
        let padded = if first.get(1) == Some(&b':') { [b"0", first].concat() } else { first.to_vec() };
        let date = if is_date { padded } else { [&self.day_text()[..], b" ", &padded].concat() };
        if let Some((month, day, year)) = slashed(first).or_else(|| dashed(first)) {
            return self.day(month, day, Some(year)).map(|_| 1);
        }
        let found = moment::parse(&date, zone)?;
        let date = zone.date(found.seconds);
        let has_time = !is_date || first.len() > 10;
        if is_date {
            (self.date.year, self.date.month, self.date.day) = (date.year, date.month, date.day);
            (self.has_date, self.has_year) = (true, true);
        }
        if !has_time {
            self.time([0; 3], false);
            return Some(1);
        }
        let mut hour = date.hour;
        let half = if own_half.is_none() { half_of_day(second) } else { None };
        if let Some(half) = own_half.or(half) {
            hour = hour % 12 + half;
        }
        self.nanoseconds = found.nanoseconds;
        self.time([hour, date.minute, date.second], true);
        Some(1 + usize::from(half.is_some()))
    }

    fn day_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.date.day_text(&mut text);
        text
    }

    /// Takes a time of day, or midnight where none was said by itself.
    fn time(&mut self, [hour, minute, second]: [u32; 3], is_said: bool) {
        if is_said || !self.has_time {
            (self.date.hour, self.date.minute, self.date.second) = (hour, minute, second);
            self.has_time = true;
        }
    }

    /// Takes a day, with a year if the word is one; gives whether it was, as a count of words.
    fn day(&mut self, month: u32, day: u32, year: Option<&[u8]>) -> Option<usize> {
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        (self.date.month, self.date.day) = (month, day);
        self.has_date = true;
        self.time([0; 3], false);
        let Some(word) = year.filter(|word| word.len() >= 2) else { return Some(0) };
        let Some(year) = parse_decimal(word).and_then(|year| i64::try_from(year).ok()) else {
            return Some(0);
        };
        self.date.year = if word.len() == 2 { of_two_digits(year) } else { year };
        self.has_year = true;
        // A month may be too short for it.
        self.date.seconds().map(|_| 1)
    }

    /// Takes `YYYYMMDD`, or four digits: a year where there is a date without one, else `hhmm`.
    fn digits(&mut self, number: i64, length: usize) -> Option<()> {
        match length {
            8 => {
                self.date.year = number / 10_000;
                self.has_year = true;
                self.day((number / 100 % 100) as u32, (number % 100) as u32, None)?;
            }
            _ if self.has_date && !self.has_year => (self.date.year, self.has_year) = (number, true),
            _ if number / 100 > 23 || number % 100 > 59 => return None,
            _ => self.time([(number / 100) as u32, (number % 100) as u32, 0], true),
        }
        Some(())
    }

    /// Adds so many units.
    fn add(&mut self, count: i64, unit: &[u8]) -> Option<()> {
        let unit = unit.strip_suffix(b"s").unwrap_or(unit);
        let (months, days, seconds) = match unit {
            b"year" => (12, 0, 0),
            b"month" => (1, 0, 0),
            b"fortnight" => (0, 14, 0),
            b"week" => (0, 7, 0),
            b"day" => (0, 1, 0),
            b"hour" => (0, 0, 3600),
            b"minute" | b"min" => (0, 0, 60),
            b"second" | b"sec" => (0, 0, 1),
            _ => return None,
        };
        self.months = self.months.checked_add(months * count)?;
        self.days = self.days.checked_add(days * count)?;
        self.seconds = self.seconds.checked_add(seconds * count)?;
        Some(())
    }

    fn finish(mut self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let months =
            self.date.year.checked_mul(12)?.checked_add(i64::from(self.date.month) - 1 + self.months)?;
        (self.date.year, self.date.month) = (months.div_euclid(12), months.rem_euclid(12) as u32 + 1);
        // Days that a month does not have are the next one's.
        let excess = i64::from(self.date.day) - 1;
        self.date.day = 1;
        let start = self.date.seconds()?.checked_add((excess + self.days).checked_mul(86400)?)?;
        let mut date = Date::from_seconds(start);
        if let Some(weekday) = self.weekday.filter(|_| !self.has_date) {
            let ahead = match (weekday + 7 - date.weekday) % 7 {
                0 if self.is_next => 7,
                ahead => ahead,
            };
            date = Date::from_seconds(start + i64::from(ahead) * 86400);
        }
        let seconds = match self.offset {
            Some(offset) => date.seconds()?.checked_sub(offset)?,
            None => zone.times(&date)?.usual(),
        };
        // Without a time of day it is now, to the nanosecond.
        let nanoseconds = if self.has_time { self.nanoseconds } else { now.nanoseconds };
        Some(Timestamp { seconds: seconds.checked_add(self.seconds)?, nanoseconds })
    }
}

/// Finds a name, of which three letters suffice.
fn named(names: &str, word: &[u8]) -> Option<u32> {
    let word = core::str::from_utf8(word.strip_suffix(b".").unwrap_or(word)).ok()?;
    let is_name = |name: &str| name.starts_with(word) && (word.len() == 3 || word.len() == name.len());
    names.split(' ').position(is_name).map(|at| at as u32)
}

/// Gives the hours that `am` and `pm` add.
fn half_of_day(word: &[u8]) -> Option<u32> {
    match word {
        b"am" | b"a.m." => Some(0),
        b"pm" | b"p.m." => Some(12),
        _ => None,
    }
}

/// Takes `am` and `pm` off the end of a time of day; gives the hours that they add.
fn split_half(word: &[u8]) -> (&[u8], Option<u32>) {
    let time = word.strip_suffix(b"am").or(word.strip_suffix(b"pm"));
    match time.filter(|time| time.contains(&b':')) {
        Some(time) => (time, word.get(time.len()..).and_then(half_of_day)),
        None => (word, None),
    }
}

/// Reads `MM/DD/YYYY` and `YYYY/MM/DD`; gives month, day and year.
fn slashed(word: &[u8]) -> Option<(u32, u32, &[u8])> {
    let mut parts = word.split(|byte| *byte == b'/');
    match (parts.next()?, parts.next()?, parts.next()?) {
        (year @ [_, _, _, _], month, day) => Some((number(month)?, number(day)?, year)),
        (month, day, year) => Some((number(month)?, number(day)?, year)),
    }
}

/// Reads `YYYY-M-D` and `D-Jan-YYYY`; gives month, day and year.
fn dashed(word: &[u8]) -> Option<(u32, u32, &[u8])> {
    let mut parts = word.split(|byte| *byte == b'-');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    match named(MONTHS, second) {
        Some(month) => Some((month + 1, number(first)?, third)),
        None if first.len() == 4 => Some((number(second)?, number(third)?, first)),
        None => None,
    }
}
