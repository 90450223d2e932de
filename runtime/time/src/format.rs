//! Dates as text by a pattern, as `strftime(3)` and GNU `date` have it, in the C locale.
//!
//! Between `%` and the letter may stand flags (`-` no padding, `_` spaces, `0` zeros, `^` capitals, `#` the other case), a width, and
//! for `%z` colons. `E` and `O`, which ask for other digits, change nothing here. What is no conversion is written as it is.

use alloc::vec::Vec;

use formats::file::tzif::Offset;
use query::{Sink, text};

use crate::Moment;

/// The form of RFC 3339, of most protocols and logs.
pub const RFC_3339: &str = "%Y-%m-%dT%H:%M:%S%:z";
/// The form of RFC 5322 (2822), of mail and `date -R`.
pub const RFC_2822: &str = "%a, %d %b %Y %H:%M:%S %z";
/// The form of HTTP (RFC 9110 section 5.6.7), of a moment in universal time.
pub const HTTP: &str = "%a, %d %b %Y %H:%M:%S GMT";

pub(crate) const WEEKDAYS: &str = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday";
pub(crate) const MONTHS: &str =
    "January February March April May June July August September October November December";

/// What stands between `%` and the letter.
#[derive(Clone, Copy, Default)]
struct Directive {
    /// `-`, `_` or `0`.
    padding: Option<u8>,
    upper: bool,
    other_case: bool,
    width: Option<usize>,
    colons: usize,
}

/// Writes a moment by a pattern.
pub fn format(pattern: &str, moment: &Moment, out: &mut dyn Sink) {
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('%') {
        out.put(before.as_bytes());
        let (directive, letter, tail) = directive(behind);
        let written = letter.is_some_and(|letter| conversion(letter, directive, moment, out));
        if !written {
            let length = behind.len() - tail.len();
            out.put(b"%");
            out.put(behind.get(..length).unwrap_or_default().as_bytes());
        }
        rest = tail;
    }
    out.put(rest.as_bytes());
}

/// Reads what stands behind `%`, and gives what stands behind its letter.
fn directive(text: &str) -> (Directive, Option<char>, &str) {
    /// What nobody means, and nobody shall wait for.
    const WIDEST: usize = 1024;
    let mut read = Directive::default();
    for (at, letter) in text.char_indices() {
        match letter {
            '-' | '_' => read.padding = Some(letter as u8),
            '0' if read.width.is_none() => read.padding = Some(b'0'),
            '^' => read.upper = true,
            '#' => read.other_case = true,
            ':' => read.colons += 1,
            '0'..='9' => {
                let digit = letter as usize - '0' as usize;
                read.width = Some((read.width.unwrap_or(0) * 10 + digit).min(WIDEST));
            }
            'E' | 'O' => {}
            letter => return (read, Some(letter), text.get(at + letter.len_utf8()..).unwrap_or_default()),
        }
    }
    (read, None, "")
}

/// Writes one conversion; says whether there is such a one.
fn conversion(letter: char, directive: Directive, moment: &Moment, out: &mut dyn Sink) -> bool {
    let (date, number) = (&moment.date, Numbers { directive });
    let twelve = (date.hour + 11) % 12 + 1;
    let day_of_week = |first: u32| (date.weekday + 7 - first) % 7;
    let week = |first: u32| (date.day_of_year() + 6 - day_of_week(first)) / 7;
    let (week_year, iso_week) = date.iso_week();
    match letter {
        'a' => words(WEEKDAYS, date.weekday, 3, directive, out),
        'A' => words(WEEKDAYS, date.weekday, usize::MAX, directive, out),
        'b' | 'h' => words(MONTHS, date.month.saturating_sub(1), 3, directive, out),
        'B' => words(MONTHS, date.month.saturating_sub(1), usize::MAX, directive, out),
        'c' => several("%a %b %e %H:%M:%S %-Y", directive, moment, out),
        'C' => number.put(date.year < 0, date.year.unsigned_abs() / 100, 2, b'0', out),
        'd' => number.plain(date.day, 2, out),
        'e' => number.spaced(date.day, out),
        'g' => number.plain((week_year.unsigned_abs() % 100) as u32, 2, out),
        'G' => number.put(week_year < 0, week_year.unsigned_abs(), 4, b'0', out),
        'H' => number.plain(date.hour, 2, out),
        'I' => number.plain(twelve, 2, out),
        'j' => number.plain(date.day_of_year(), 3, out),
        'k' => number.spaced(date.hour, out),
        'l' => number.spaced(twelve, out),
        'm' => number.plain(date.month, 2, out),
        'M' => number.plain(date.minute, 2, out),
        'n' => out.put(b"\n"),
        'N' => fraction(moment.time.nanoseconds(), directive, out),
        'p' | 'P' => {
            let half = if date.hour < 12 { "AM" } else { "PM" };
            let lower = letter == 'P' || directive.other_case;
            let name = if lower { half.to_ascii_lowercase() } else { half.into() };
            padded(&Directive { other_case: false, ..directive }, name.as_bytes(), out);
        }
        'q' => number.plain(date.month.div_ceil(3), 1, out),
        's' => {
            let seconds = moment.time.seconds();
            number.put(seconds < 0, seconds.unsigned_abs(), 1, b'0', out);
        }
        'S' => number.plain(date.second, 2, out),
        't' => out.put(b"\t"),
        'u' => number.plain(day_of_week(1) + 1, 1, out),
        'U' => number.plain(week(0), 2, out),
        'V' => number.plain(iso_week, 2, out),
        'w' => number.plain(date.weekday, 1, out),
        'W' => number.plain(week(1), 2, out),
        'y' => number.plain((date.year.unsigned_abs() % 100) as u32, 2, out),
        'Y' => number.put(date.year < 0, date.year.unsigned_abs(), 4, b'0', out),
        'z' => zone(&moment.offset, directive, out),
        'Z' => {
            let name = moment.offset.abbreviation;
            let lower = name.as_str().to_ascii_lowercase();
            let name = if directive.other_case { lower.as_str() } else { name.as_str() };
            padded(&Directive { other_case: false, ..directive }, name.as_bytes(), out);
        }
        '%' => out.put(b"%"),
        _ => match short_for(letter) {
            Some(pattern) => several(pattern, directive, moment, out),
            None => return false,
        },
    }
    true
}

/// Gives what a letter is short for, where it is; not of `%c`, whose year is written without padding and read with it.
pub(crate) const fn short_for(letter: char) -> Option<&'static str> {
    Some(match letter {
        'D' | 'x' => "%m/%d/%y",
        'F' => "%Y-%m-%d",
        'r' => "%I:%M:%S %p",
        'R' => "%H:%M",
        'T' | 'X' => "%H:%M:%S",
        _ => return None,
    })
}

/// Writes numbers as a directive wants them.
struct Numbers {
    directive: Directive,
}

impl Numbers {
    fn plain(&self, value: u32, width: usize, out: &mut dyn Sink) {
        self.put(false, value.into(), width, b'0', out);
    }

    fn spaced(&self, value: u32, out: &mut dyn Sink) {
        self.put(false, value.into(), 2, b' ', out);
    }

    /// Writes a number with its sign, which counts in the width.
    fn put(&self, negative: bool, value: u64, width: usize, padding: u8, out: &mut dyn Sink) {
        let padding = match self.directive.padding {
            Some(b'-') => None,
            Some(b'_') => Some(b' '),
            Some(_) => Some(b'0'),
            None => Some(padding),
        };
        let width = if padding.is_some() { self.directive.width.unwrap_or(width) } else { 1 };
        let width = width.saturating_sub(usize::from(negative)).max(1);
        let mut digits = Vec::new();
        if padding == Some(b'0') {
            text::zero_padded(value, width, &mut digits);
        } else {
            text::decimal(value, &mut digits);
            (digits.len()..width).for_each(|_| out.put(b" "));
        }
        if negative {
            out.put(b"-");
        }
        out.put(&digits);
    }
}

/// Writes the first letters of a word of a list.
fn words(list: &str, at: u32, letters: usize, directive: Directive, out: &mut dyn Sink) {
    let word = list.split(' ').nth(at as usize).unwrap_or("?");
    padded(&directive, word.get(..letters).unwrap_or(word).as_bytes(), out);
}

/// Writes several conversions as one.
fn several(pattern: &str, directive: Directive, moment: &Moment, out: &mut dyn Sink) {
    let mut text = Vec::new();
    format(pattern, moment, &mut text);
    padded(&directive, &text, out);
}

/// Writes a text, with spaces up to the width.
fn padded(directive: &Directive, text: &[u8], out: &mut dyn Sink) {
    let padding: &[u8] = if directive.padding == Some(b'0') { b"0" } else { b" " };
    (text.len()..directive.width.unwrap_or(0)).for_each(|_| out.put(padding));
    if directive.upper || directive.other_case {
        out.put(&text.to_ascii_uppercase());
    } else {
        out.put(text);
    }
}

/// Writes as many digits of the second's fraction as the width says, all nine without one.
fn fraction(nanoseconds: u32, directive: Directive, out: &mut dyn Sink) {
    let mut digits = Vec::new();
    text::zero_padded(nanoseconds.into(), 9, &mut digits);
    let mut kept = directive.width.unwrap_or(9);
    if directive.padding == Some(b'-') {
        kept = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    }
    out.put(digits.get(..kept).unwrap_or(&digits));
    (digits.len()..kept).for_each(|_| out.put(b"0"));
}

/// Writes an offset: `+hhmm`, with one colon `+hh:mm`, with two `+hh:mm:ss`, with three as much as it needs.
fn zone(offset: &Offset, directive: Directive, out: &mut dyn Sink) {
    let all = offset.seconds.unsigned_abs();
    // Zones whose clocks nobody knows are called `-00`, and their nothing is less than nothing (RFC 9636 section 3.2).
    let is_west = offset.seconds < 0 || all == 0 && offset.abbreviation.as_str().starts_with('-');
    let parts = [all / 3600, all / 60 % 60, all % 60];
    let count = match directive.colons {
        0 | 1 => 2,
        2 => 3,
        _ => parts.iter().rposition(|part| *part > 0).map_or(1, |last| last + 1),
    };
    out.put(if is_west { b"-" } else { b"+" });
    for (at, part) in parts.into_iter().take(count).enumerate() {
        if at > 0 && directive.colons > 0 {
            out.put(b":");
        }
        text::zero_padded(part.into(), 2, out);
    }
}
