//! `cal` (POSIX; `-j`, `-m` and `-3` as BusyBox's and util-linux's).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use query::Date;
use query::text::parse_decimal;

use crate::file::moment;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "cal",
    summary: "Show a calendar of a month or a year",
    usage: "[OPTION]... [[MONTH] YEAR]",
    flags: flags![
        Flag::new(b'j', "julian", "days counted from the year's first"),
        Flag::new(b'm', "monday", "weeks begin on Monday"),
        Flag::new(b's', "sunday", "weeks begin on Sunday (the default)"),
        Flag::new(b'y', "year", "the whole year"),
        Flag::new(b'3', "three", "the month before and the month behind, too"),
        Flag::new(b'1', "one", "one month (the default)"),
    ],
    run: Run::Parsed(run),
};

/// How months are shown.
#[derive(Clone, Copy)]
struct Manner {
    counts_days: bool,
    /// The day of the week that is first: 0 for Sunday.
    first: u32,
}

impl Manner {
    /// Gives how wide a day is.
    const fn day(self) -> usize {
        if self.counts_days { 3 } else { 2 }
    }

    /// Gives how wide a month is.
    const fn width(self) -> usize {
        7 * (self.day() + 1) - 1
    }
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let zone = moment::zone(io);
    let now = moment::now();
    let today = Date::from_seconds(now.seconds + i64::from(zone.offset(now.seconds).seconds));
    let number = |word: &[u8], most: u64| parse_decimal(word).filter(|number| (1..=most).contains(number));
    let (month, year) = match parsed.operands.as_slice() {
        [] => (Some(today.month), today.year),
        [year] => match number(year, 9999) {
            Some(year) => (None, year as i64),
            None => return Ok(io.complain(year, &"is no year from 1 to 9999")),
        },
        [month, year] => match (number(month, 12), number(year, 9999)) {
            (Some(month), Some(year)) => (Some(month as u32), year as i64),
            (None, _) => return Ok(io.complain(month, &"is no month from 1 to 12")),
            (_, None) => return Ok(io.complain(year, &"is no year from 1 to 9999")),
        },
        _ => return Ok(parsed.usage(io)),
    };
    let first = if parsed.last_of(b"ms") == Some(b'm') { 1 } else { 0 };
    let manner = Manner { counts_days: parsed.has(b'j'), first };
    let text = match (month, parsed.has(b'y'), parsed.has(b'3')) {
        (Some(month), false, true) => {
            let months: Vec<_> = (-1..=1).map(|step| shifted(year, month, step)).collect();
            beside(&months, manner, true)
        }
        (Some(month), false, false) => beside(&[(year, month)], manner, true),
        _ => whole_year(year, manner),
    };
    io.out.put(text.as_bytes());
    Ok(crate::Status::SUCCESS)
}

fn shifted(year: i64, month: u32, step: i64) -> (i64, u32) {
    let months = year * 12 + i64::from(month) - 1 + step;
    (months.div_euclid(12), months.rem_euclid(12) as u32 + 1)
}

fn whole_year(year: i64, manner: Manner) -> String {
    let across = if manner.counts_days { 2 } else { 3 };
    let width = across * (manner.width() + 2) - 2;
    let mut text = format!("{}\n\n", centred(&format!("{year}"), width));
    let months: Vec<_> = (1..=12).map(|month| (year, month)).collect();
    for row in months.chunks(across) {
        text.push_str(&beside(row, manner, false));
    }
    text
}

/// Shows months side by side.
fn beside(months: &[(i64, u32)], manner: Manner, with_year: bool) -> String {
    let columns: Vec<_> =
        months.iter().map(|(year, month)| lines(*year, *month, manner, with_year)).collect();
    let mut text = String::new();
    for row in 0..8 {
        let line: Vec<_> = columns.iter().map(|lines| format!("{:1$}", lines[row], manner.width())).collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn centred(text: &str, width: usize) -> String {
    let before = width.saturating_sub(text.len()) / 2;
    format!("{}{text}", " ".repeat(before))
}

/// Gives the eight lines of a month.
fn lines(year: i64, month: u32, manner: Manner, with_year: bool) -> [String; 8] {
    let name = Date { year, month, day: 1, weekday: 0, hour: 0, minute: 0, second: 0 }.month_name();
    let names = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = names.get(month as usize - 1).copied().unwrap_or(name);
    let title = if with_year { format!("{name} {year}") } else { String::from(name) };
    let mut lines: [String; 8] = Default::default();
    lines[0] = centred(&title, manner.width());
    let days = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];
    let heads: Vec<_> =
        (0..7).map(|at| format!("{:>1$}", days[(at + manner.first as usize) % 7], manner.day())).collect();
    lines[1] = heads.join(" ");
    let (mut row, mut column) = (2, (weekday(year, month, 1) + 7 - manner.first) % 7);
    lines[row] = " ".repeat(column as usize * (manner.day() + 1));
    for day in 1..=days_of(year, month) {
        if is_left_out(year, month, day) {
            continue;
        }
        let number = if manner.counts_days { day_of_year(year, month, day) } else { day };
        let line = &mut lines[row];
        if column > 0 {
            line.push_str(if line.len().is_multiple_of(manner.day() + 1) { "" } else { " " });
        }
        line.push_str(&format!("{number:>width$}", width = manner.day()));
        column += 1;
        if column == 7 {
            (row, column) = ((row + 1).min(7), 0);
        }
    }
    lines
}

/// The days that Britain left out in 1752, when it took the Gregorian calendar, as `cal` always had it.
fn is_left_out(year: i64, month: u32, day: u32) -> bool {
    (year, month) == (1752, 9) && (3..=13).contains(&day)
}

fn is_leap(year: i64) -> bool {
    if year > 1752 { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) } else { year % 4 == 0 }
}

fn days_of(year: i64, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn day_of_year(year: i64, month: u32, day: u32) -> u32 {
    let before: u32 = (1..month).map(|month| days_of(year, month)).sum();
    let has_passed = year == 1752 && (month > 9 || month == 9 && day > 13);
    before + day - if has_passed { 11 } else { 0 }
}

/// Gives the day of the week, 0 for Sunday.
fn weekday(year: i64, month: u32, day: u32) -> u32 {
    let years = year - 1;
    let days = years * 365 + years / 4 + i64::from(day_of_year(year, month, day));
    // Centuries that had no leap day since.
    let centuries = if year > 1752 { years / 100 - 17 - (years / 400 - 4) } else { 0 };
    let left_out = if year > 1752 { 11 } else { 0 };
    (days - centuries - left_out + 5).rem_euclid(7) as u32
}
