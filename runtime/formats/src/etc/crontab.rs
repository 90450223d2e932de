//! Crontabs (crontab(5)): when which command is run, and with which variables.

use crate::proc::words::decimal;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A variable of the commands behind it: its name, and its value without the quotes around.
    Variable(&'a [u8], &'a [u8]),
    /// A command.
    Job(Job<'a>),
}

/// A command, and when it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job<'a> {
    /// When.
    pub when: When,
    /// The words that say so, as they stand there.
    pub words: &'a [u8],
    /// The command, for a shell. A `%` means itself.
    pub command: &'a [u8],
}

/// When a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Once, after the machine has started: `@reboot`.
    Boot,
    /// Again and again.
    At(Schedule),
}

/// The minutes at which a command is run: sets of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Which of the fields begin with a star, in their order.
    stars: [bool; 5],
}

impl Schedule {
    /// Reads the five fields, or a nickname for them.
    pub fn parse(words: &[u8]) -> Option<Self> {
        let nickname = NICKNAMES.iter().find(|pair| pair.0 == words);
        schedule(nickname.map_or(words, |pair| pair.1))
    }

    /// Says whether a day is one of them. Where neither the days of the month nor those of the week begin with a star, one of both is
    /// enough (POSIX).
    pub const fn has_day(&self, month: u32, day: u32, weekday: u32) -> bool {
        let (is_day, is_weekday) =
            (self.days >> (day & 63) & 1 == 1, self.weekdays >> (weekday & 63) & 1 == 1);
        let fits = if self.stars[2] || self.stars[4] { is_day && is_weekday } else { is_day || is_weekday };
        fits && self.months >> (month & 63) & 1 == 1
    }

    /// Says whether a time of day is one of them.
    pub const fn has_time(&self, hour: u32, minute: u32) -> bool {
        self.hours >> (hour & 63) & 1 == 1 && self.minutes >> (minute & 63) & 1 == 1
    }

    /// Says whether it means intervals, and not times of day: by a star for the minute or the hour.
    pub const fn is_interval(&self) -> bool {
        self.stars[0] || self.stars[1]
    }
}

/// Gives the lines that say something, each with its number; nothing in place of one that makes no sense.
pub fn lines(text: &[u8]) -> impl Iterator<Item = (usize, Option<Line<'_>>)> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with(b"#"))
        .map(|(at, line)| (at + 1, variable(line).or_else(|| job(line))))
}

fn variable(line: &[u8]) -> Option<Line<'_>> {
    let length = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let (name, rest) = line.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
    let value = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii();
    let inner = match value {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => value,
    };
    Some(Line::Variable(name, inner))
}

/// Words for several fields.
const NICKNAMES: [(&[u8], &[u8]); 7] = [
    (b"@yearly", b"0 0 1 1 *"),
    (b"@annually", b"0 0 1 1 *"),
    (b"@monthly", b"0 0 1 * *"),
    (b"@weekly", b"0 0 * * 0"),
    (b"@daily", b"0 0 * * *"),
    (b"@midnight", b"0 0 * * *"),
    (b"@hourly", b"0 * * * *"),
];

fn job(line: &[u8]) -> Option<Line<'_>> {
    let count = if line.starts_with(b"@") { 1 } else { 5 };
    let mut end = 0;
    for _ in 0..count {
        let rest = line.get(end..)?;
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let word = rest.get(blanks..)?.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        end += blanks + word;
    }
    let (words, command) = line.split_at_checked(end)?;
    let command = command.trim_ascii_start();
    if command.is_empty() {
        return None;
    }
    let when = if words == b"@reboot" { When::Boot } else { When::At(Schedule::parse(words)?) };
    Some(Line::Job(Job { when, words, command }))
}

const MONTHS: &[u8] = b"janfebmaraprmayjunjulaugsepoctnovdec";
const WEEKDAYS: &[u8] = b"sunmontuewedthufrisat";

fn schedule(words: &[u8]) -> Option<Schedule> {
    let mut words = words.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut stars = [false; 5];
    let mut sets = [0; 5];
    let fields: [(u32, u32, &[u8]); 5] =
        [(0, 59, b""), (0, 23, b""), (1, 31, b""), (1, 12, MONTHS), (0, 7, WEEKDAYS)];
    for ((star, set), (first, last, names)) in stars.iter_mut().zip(&mut sets).zip(fields) {
        let word = words.next()?;
        *star = word.starts_with(b"*");
        for part in word.split(|byte| *byte == b',') {
            *set |= range(part, first, last, names)?;
        }
    }
    let [minutes, hours, days, months, weekdays] = sets;
    // Sunday is 0 and 7.
    let weekdays = weekdays | weekdays >> 7;
    words.next().is_none().then_some(Schedule { minutes, hours, days, months, weekdays, stars })
}

/// Reads `*`, `N`, `N-M` (which may go over the end, as fri-mon does), each with a step: `/S`. `N/S` goes to the end.
fn range(word: &[u8], first: u32, last: u32, names: &[u8]) -> Option<u64> {
    let mut parts = word.splitn(2, |byte| *byte == b'/');
    let span = parts.next()?;
    let step = parts.next().map(decimal);
    let step = match step {
        None => 1,
        Some(step) => u32::try_from(step?).ok().filter(|step| *step > 0)?,
    };
    let mut ends = span.splitn(2, |byte| *byte == b'-');
    let begin = ends.next()?;
    let (begin, end) = match (begin, ends.next()) {
        (b"*", None) => (first, last),
        (word, None) => {
            let number = number(word, first, last, names)?;
            (number, if step > 1 { last } else { number })
        }
        (word, Some(other)) => (number(word, first, last, names)?, number(other, first, last, names)?),
    };
    let length = last - first + 1;
    let count = if end >= begin { end - begin } else { end + length - begin };
    let mut set = 0;
    for at in (0..=count).step_by(usize::try_from(step).ok()?) {
        set |= 1 << (first + (begin - first + at) % length);
    }
    Some(set)
}

fn number(word: &[u8], first: u32, last: u32, names: &[u8]) -> Option<u32> {
    let named = names.chunks(3).position(|name| name.eq_ignore_ascii_case(word));
    match named {
        Some(at) => u32::try_from(at).ok().map(|at| first + at),
        None => u32::try_from(decimal(word)?).ok().filter(|number| (first..=last).contains(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    fn at(line: &[u8]) -> Schedule {
        match lines(line).next() {
            Some((1, Some(Line::Job(Job { when: When::At(schedule), .. })))) => schedule,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn fields() {
        let listed = |set: u64| (0..64).filter(|bit| set >> bit & 1 == 1).collect::<Vec<u32>>();
        let schedule = at(b"*/20 1-3,22 5-9/2,31 jan,DEC fri-mon x");
        assert_eq!(listed(schedule.minutes), [0, 20, 40]);
        assert_eq!(listed(schedule.hours), [1, 2, 3, 22]);
        assert_eq!(listed(schedule.days), [5, 7, 9, 31]);
        assert_eq!(listed(schedule.months), [1, 12]);
        assert_eq!(listed(schedule.weekdays & 127), [0, 1, 5, 6]);
        assert_eq!(listed(at(b"50/5 22-1 * * 7 x").minutes), [50, 55]);
        assert_eq!(listed(at(b"0 22-1 * * 7 x").hours), [0, 1, 22, 23]);
        assert!(at(b"0 0 * * 7 x").has_day(5, 9, 0) && !at(b"0 0 * * 7 x").has_day(5, 9, 1));
    }

    #[test]
    fn days_of_month_and_week() {
        let either = at(b"0 0 13 * fri x");
        assert!(either.has_day(1, 13, 2) && either.has_day(1, 1, 5) && !either.has_day(1, 1, 2));
        let both = at(b"0 0 */2 * fri x");
        assert!(both.has_day(1, 13, 5) && !both.has_day(1, 13, 2) && !both.has_day(1, 14, 5));
        assert!(either.has_time(0, 0) && !either.has_time(0, 1) && !either.is_interval());
        assert!(at(b"@hourly x").is_interval() && !at(b"@daily x").is_interval());
    }

    #[test]
    fn lines_of_every_kind() {
        let text =
            b"# a\n\nSHELL=/bin/ash\nMAILTO = \"me you\"\n @reboot one two \n1 2 3 4 5 a=b %\n0 0 * * mon";
        let found: Vec<_> = lines(text).collect();
        assert_eq!(found[0], (3, Some(Line::Variable(b"SHELL", b"/bin/ash"))));
        assert_eq!(found[1], (4, Some(Line::Variable(b"MAILTO", b"me you"))));
        let boot = Job { when: When::Boot, words: b"@reboot", command: b"one two" };
        assert_eq!(found[2], (5, Some(Line::Job(boot))));
        assert!(matches!(found[3], (6, Some(Line::Job(Job { command: b"a=b %", words: b"1 2 3 4 5", .. })))));
        assert_eq!(found[4..], [(7, None)]);
        for wrong in
            ["60 * * * * x", "* 24 * * * x", "* * 0 * * x", "* * * 13 * x", "* * * * 8 x", "@often x"]
        {
            assert_eq!(lines(wrong.as_bytes()).next(), Some((1, None)), "{wrong}");
        }
        for wrong in ["*/0 * * * * x", "1- * * * * x", ", * * * * x", "*/ * * * * x", "* * * * sund x", "* x"]
        {
            assert_eq!(lines(wrong.as_bytes()).next(), Some((1, None)), "{wrong}");
        }
        torture(text, |text| {
            let _ = lines(text).count();
        });
    }
}
