//! Rules of time zones as text: the variable `TZ` of POSIX (XBD 8.3), and the last line of zone files (RFC 9636 section 3.3).

use core::fmt;
use core::str;

/// Bytes of the longest abbreviation; the longest in use has six.
const LONGEST: usize = 15;

/// The letters that stand for a difference to universal time (`CET`, `-03`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Abbreviation {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Abbreviation {
    /// Universal time.
    pub const UTC: Self = Self { bytes: *b"UTC\0\0\0\0\0\0\0\0\0\0\0\0", length: 3 };

    /// Takes letters, digits and signs, 15 at most; nothing for others.
    pub fn new(text: &[u8]) -> Option<Self> {
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-');
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len()).filter(|_| text.iter().all(fits))?.copy_from_slice(text);
        Some(Self { bytes, length: text.len() as u8 })
    }

    /// Gives the letters.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length.into()).unwrap_or_default();
        str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for Abbreviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Standard time, and daylight saving time if there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The letters of standard time.
    pub name: Abbreviation,
    /// Its seconds east of Greenwich (the text has them to the west).
    pub offset: i32,
    /// Daylight saving time.
    pub daylight: Option<Daylight>,
}

/// Daylight saving time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Daylight {
    /// Its letters.
    pub name: Abbreviation,
    /// Its seconds east of Greenwich.
    pub offset: i32,
    /// When it begins, each year.
    pub start: Change,
    /// When it ends, each year.
    pub end: Change,
}

/// A day of the year, and a time of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The day.
    pub day: Day,
    /// Seconds from midnight by the clock that is in force before; below zero and beyond a day as well (RFC 9636).
    pub seconds: i32,
}

/// A day of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// `Jn`: 1 to 365; 29 February is not counted.
    Julian(u16),
    /// `n`: 0 to 365; 29 February is counted.
    Zero(u16),
    /// `Mm.w.d`: a day of the week in a week of a month; the fifth is the last.
    Weekday {
        /// 1 to 12.
        month: u8,
        /// 1 to 5.
        week: u8,
        /// 0 (Sunday) to 6.
        weekday: u8,
    },
}

/// When nothing is said: as in the United States since 2007, which is what libraries do.
const START: Change = Change { day: Day::Weekday { month: 3, week: 2, weekday: 0 }, seconds: 7200 };
const END: Change = Change { day: Day::Weekday { month: 11, week: 1, weekday: 0 }, seconds: 7200 };

impl Rule {
    /// Reads a rule; nothing for what makes no sense.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let name = name(&mut rest)?;
        let offset = -time(&mut rest, 24)?;
        if rest.is_empty() {
            return Some(Self { name, offset, daylight: None });
        }
        let other = self::name(&mut rest)?;
        let shifted = match rest {
            "" => offset + 3600,
            _ if rest.starts_with(',') => offset + 3600,
            _ => -time(&mut rest, 24)?,
        };
        let (start, end) = match rest.strip_prefix(',') {
            None if rest.is_empty() => (START, END),
            None => return None,
            Some(changes) => {
                let (start, end) = changes.split_once(',')?;
                (change(start)?, change(end)?)
            }
        };
        Some(Self { name, offset, daylight: Some(Daylight { name: other, offset: shifted, start, end }) })
    }
}

/// Reads three letters or more, or anything of letters, digits and signs between angle brackets.
fn name(rest: &mut &str) -> Option<Abbreviation> {
    let (name, behind) = match rest.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?,
        None => rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_alphabetic).count())?,
    };
    *rest = behind;
    Abbreviation::new(name.as_bytes()).filter(|_| name.len() >= 3)
}

/// Reads hours, minutes and seconds, with a sign; gives the seconds.
fn time(rest: &mut &str, most_hours: u32) -> Option<i32> {
    let negative = rest.starts_with('-');
    *rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let mut sum = number(rest, most_hours)? * 3600;
    for unit in [60, 1] {
        let Some(behind) = rest.strip_prefix(':') else { break };
        *rest = behind;
        sum += number(rest, 59)? * unit;
    }
    let sum = sum.cast_signed();
    Some(if negative { -sum } else { sum })
}

fn number(rest: &mut &str, most: u32) -> Option<u32> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    digits.parse().ok().filter(|number| *number <= most)
}

fn change(text: &str) -> Option<Change> {
    let (day, seconds) = match text.split_once('/') {
        // A week before or after, for zones whose rule needs it.
        Some((day, mut at)) => (day, time(&mut at, 167).filter(|_| at.is_empty())?),
        None => (text, 7200),
    };
    let within = |text: &str, least: u16, most: u16| {
        text.parse().ok().filter(|number| (least..=most).contains(number) && !text.starts_with('+'))
    };
    let day = if let Some(day) = day.strip_prefix('J') {
        Day::Julian(within(day, 1, 365)?)
    } else if let Some(day) = day.strip_prefix('M') {
        let mut parts = day.splitn(3, '.');
        let mut part = |least, most| within(parts.next()?, least, most).map(|number| number as u8);
        Day::Weekday { month: part(1, 12)?, week: part(1, 5)?, weekday: part(0, 6)? }
    } else {
        Day::Zero(within(day, 0, 365)?)
    };
    Some(Change { day, seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_all_shapes() {
        let rule = |text| Rule::parse(text).unwrap();
        assert_eq!(rule("UTC0"), Rule { name: Abbreviation::UTC, offset: 0, daylight: None });
        assert_eq!(rule("<+0530>-5:30").offset, 19_800);
        assert_eq!(rule("EST5EDT").daylight.unwrap().start, START);
        let Rule { name, offset, daylight } = rule("NZST-12NZDT-13,M9.5.0,M4.1.0/3");
        let daylight = daylight.unwrap();
        assert_eq!(
            (name.as_str(), offset, daylight.name.as_str(), daylight.offset),
            ("NZST", 43_200, "NZDT", 46_800)
        );
        assert_eq!(
            daylight.end,
            Change { day: Day::Weekday { month: 4, week: 1, weekday: 0 }, seconds: 10_800 }
        );
        let far = rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0").daylight.unwrap();
        assert_eq!((far.start.seconds, far.offset), (-3600, -3600));
        let days = rule("AAA3BBB2:30:15,J60/167,0").daylight.unwrap();
        assert_eq!((days.start.day, days.end.day, days.offset), (Day::Julian(60), Day::Zero(0), -9015));
        assert_eq!(days.start.seconds, 167 * 3600);
    }

    #[test]
    fn what_makes_no_sense() {
        for text in [
            "",
            "UT0",
            "UTC",
            "UTC25",
            "UTC0x",
            "<A>0",
            "<A B>0",
            "<abcdefghijklmnop>0",
            "<UTC0",
            "EST5EDT,",
            "EST5EDT,M3.2.0",
            "EST5EDT,M13.2.0,M1.1.0",
            "EST5EDT,M3.6.0,M1.1.0",
            "EST5EDT,M3.2.7,M1.1.0",
            "EST5EDT,J0,J1",
            "EST5EDT,366,1",
            "EST5EDT,J1/168,J2",
            "EST5EDT,J1/2x,J2",
            "EST5EDT,M3.2,M1.1.0",
            "EST5:60EDT",
            "EST5EDT4,J1,J2,J3",
            "EST5EDT,J+1,J2",
        ] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
    }
}
