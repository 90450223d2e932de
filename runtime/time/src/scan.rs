//! Text as dates by a pattern, as `strptime(3)` has it, in the C locale: what [`format()`](crate::format::format) writes, read back.
//!
//! Blanks of the pattern stand for any, and for none; numbers may have blanks before them. `E` and `O` change nothing.

use query::Date;

use crate::format::{MONTHS, WEEKDAYS, short_for};

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// What clocks show; with `%z` by how many seconds they are ahead of universal time.
    Clocks(Date, Option<i64>),
    /// Seconds since 1970 (`%s`).
    Seconds(i64),
}

/// Reads a text by a pattern; what it does not say is as in `start`. What stands behind is not looked at. Nothing if the text is another
/// or names a day that is none.
pub fn scan(pattern: &[u8], text: &[u8], start: Date) -> Option<Scanned> {
    let mut reading = Reading {
        rest: text,
        date: start,
        half: None,
        century: None,
        day_of_year: None,
        offset: None,
        seconds: None,
    };
    reading.read(pattern)?;
    if let Some(seconds) = reading.seconds {
        return Some(Scanned::Seconds(seconds));
    }
    let mut date = reading.date;
    if let Some(half) = reading.half {
        date.hour = date.hour % 12 + half;
    }
    if let Some(day) = reading.day_of_year {
        let first = Date { month: 1, day: 1, ..date };
        let whole = Date::from_seconds(first.seconds()?.checked_add((i64::from(day) - 1) * 86400)?);
        (date.month, date.day) = (whole.month, whole.day);
    }
    date.seconds().map(|_| Scanned::Clocks(date, reading.offset))
}

struct Reading<'t> {
    rest: &'t [u8],
    date: Date,
    /// The hours that the half of the day adds.
    half: Option<u32>,
    century: Option<i64>,
    day_of_year: Option<u32>,
    offset: Option<i64>,
    seconds: Option<i64>,
}

impl Reading<'_> {
    fn read(&mut self, pattern: &[u8]) -> Option<()> {
        let mut pattern = pattern;
        while let Some((&byte, behind)) = pattern.split_first() {
            pattern = behind;
            match (byte, behind) {
                (b'%', [b'E' | b'O', letter, behind @ ..] | [letter, behind @ ..]) => {
                    self.conversion(*letter)?;
                    pattern = behind;
                }
                (byte, _) if byte.is_ascii_whitespace() => self.rest = self.rest.trim_ascii_start(),
                (byte, _) => self.rest = self.rest.strip_prefix(&[byte])?,
            }
        }
        Some(())
    }

    fn conversion(&mut self, letter: u8) -> Option<()> {
        match letter {
            b'a' | b'A' => self.name(WEEKDAYS).map(|_| ()),
            b'b' | b'B' | b'h' => self.name(MONTHS).map(|at| self.date.month = at + 1),
            b'c' => self.read(b"%a %b %e %H:%M:%S %Y"),
            b'C' => self.number(2, 0, 99).map(|century| {
                self.date.year = i64::from(century) * 100 + self.date.year.rem_euclid(100);
                self.century = Some(century.into());
            }),
            b'd' | b'e' => self.number(2, 1, 31).map(|day| self.date.day = day),
            b'H' | b'k' => self.number(2, 0, 23).map(|hour| self.date.hour = hour),
            b'I' | b'l' => self.number(2, 1, 12).map(|hour| self.date.hour = hour),
            b'j' => self.number(3, 1, 366).map(|day| self.day_of_year = Some(day)),
            b'm' => self.number(2, 1, 12).map(|month| self.date.month = month),
            b'M' => self.number(2, 0, 59).map(|minute| self.date.minute = minute),
            b'n' | b't' => {
                self.rest = self.rest.trim_ascii_start();
                Some(())
            }
            b'p' | b'P' => self.name("AM PM").map(|at| self.half = Some(12 * at)),
            b's' => self.epoch(),
            b'S' => self.number(2, 0, 60).map(|second| self.date.second = second),
            // The date tells the day of the week, and its week.
            b'u' => self.number(1, 1, 7).map(|_| ()),
            b'w' => self.number(1, 0, 6).map(|_| ()),
            b'U' | b'V' | b'W' => self.number(2, 0, 53).map(|_| ()),
            b'y' => self.number(2, 0, 99).map(|year| {
                let century = self.century.unwrap_or(if year < 69 { 20 } else { 19 });
                self.date.year = century * 100 + i64::from(year);
            }),
            b'Y' => self.number(4, 0, 9999).map(|year| self.date.year = year.into()),
            b'z' => self.zone(),
            b'Z' => {
                let end =
                    self.rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(self.rest.len());
                self.rest = self.rest.get(end..)?;
                Some(())
            }
            b'%' => {
                self.rest = self.rest.strip_prefix(b"%")?;
                Some(())
            }
            letter => self.read(short_for(letter.into())?.as_bytes()),
        }
    }

    /// Takes a number of so many digits at most.
    fn number(&mut self, digits: usize, least: u32, most: u32) -> Option<u32> {
        let text = self.rest.trim_ascii_start();
        let count = text.iter().take(digits).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = text.split_at(count);
        self.rest = rest;
        let value = number.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
        (count > 0 && (least..=most).contains(&value)).then_some(value)
    }

    /// Takes a name or its first three letters, in any case.
    fn name(&mut self, names: &str) -> Option<u32> {
        let is_next =
            |name: &[u8]| self.rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        for (at, name) in (0..).zip(names.split(' ').map(str::as_bytes)) {
            let short = name.get(..3).unwrap_or(name);
            if let Some(found) = [name, short].into_iter().find(|name| is_next(name)) {
                self.rest = self.rest.get(found.len()..)?;
                return Some(at);
            }
        }
        None
    }

    fn epoch(&mut self) -> Option<()> {
        let (digits, is_negative) = match self.rest {
            [b'-', digits @ ..] => (digits, true),
            digits => (digits, false),
        };
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = digits.split_at(count);
        let value = i64::try_from(query::text::parse_decimal(number)?).ok()?;
        (self.seconds, self.rest) = (Some(if is_negative { -value } else { value }), rest);
        Some(())
    }

    /// Takes `Z`, `+hh`, `+hhmm` or `+hh:mm`.
    fn zone(&mut self) -> Option<()> {
        let text = self.rest.trim_ascii_start();
        let (sign, behind) = match text {
            [b'Z', rest @ ..] => {
                (self.offset, self.rest) = (Some(0), rest);
                return Some(());
            }
            [b'+', rest @ ..] => (1, rest),
            [b'-', rest @ ..] => (-1, rest),
            _ => return None,
        };
        self.rest = behind;
        let hours = self.number(2, 0, 14)?;
        self.rest = self.rest.strip_prefix(b":").unwrap_or(self.rest);
        let minutes = match self.rest {
            [b'0'..=b'5', b'0'..=b'9', ..] => self.number(2, 0, 59)?,
            _ => 0,
        };
        self.offset = Some(sign * i64::from(hours * 3600 + minutes * 60));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives seconds of universal time, what is not said being 2000-01-01.
    fn seconds(pattern: &str, text: &str) -> Option<i64> {
        match scan(pattern.as_bytes(), text.as_bytes(), Date::from_seconds(946_684_800))? {
            Scanned::Clocks(date, offset) => Some(date.seconds()? - offset.unwrap_or(0)),
            Scanned::Seconds(seconds) => Some(seconds),
        }
    }

    #[test]
    fn conversions_are_read_back() {
        for (pattern, text) in [
            ("%Y-%m-%d %H:%M:%S", "2024-02-29 12:34:56"),
            ("%F%T", "2024-02-2912:34:56"),
            ("%d.%m.%y, %R:%S", "29.02.24, 12:34:56"),
            ("%a %b %e %T %Z %Y", "Thu Feb 29 12:34:56 UTC 2024"),
            ("%A, %d %B %Y %r", "thursday, 29 FEBRUARY 2024 12:34:56 PM"),
            ("%c", "Thu Feb 29 12:34:56 2024"),
            ("%Y %j %T", "2024 60 12:34:56"),
            ("%D %T %z", "02/29/24 14:04:56 +0130"),
            ("%s", "1709210096"),
            ("%Ey%m%Od%H%M%S rest", "240229123456 rest and more"),
        ] {
            assert_eq!(seconds(pattern, text), Some(1_709_210_096), "{pattern}");
        }
        assert_eq!(seconds("%I %p", "12 am"), Some(946_684_800));
        assert_eq!(seconds("%s", "-1"), Some(-1));
        assert_eq!(seconds("%Y%z", "1970-05"), Some(5 * 3600));
    }

    #[test]
    fn what_is_another_text_is_none() {
        for (pattern, text) in [
            ("%Y", ""),
            ("%Y", "x"),
            ("%m", "13"),
            ("%F", "2023-02-29"),
            ("%b", "Foo"),
            ("%H:%M", "1200"),
            ("%z", "0100"),
            ("%Q", "1"),
            ("100%%", "100"),
        ] {
            assert_eq!(seconds(pattern, text), None, "{pattern} of {text}");
        }
    }
}
