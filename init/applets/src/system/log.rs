//! `log`: shows the log that process 1's worker keeps: of services, the kernel, and programs that speak to syslog or journald. The
//! options are those of journalctl where it has such. Entries keep their time since the boot, so dates are right as soon as the
//! machine's clock is, also of what came before.

use alloc::boxed::Box;
use alloc::vec::Vec;

use formats::dev::kmsg::LEVELS;
use formats::file::journal::{Entry, Origin};
use formats::wire::syslog::FACILITIES;
use query::text::{parse_decimal, printable, zero_padded};
use query::{Date, Json, Sink};
use regex::{Options, Regex, Syntax};
use system::journal::{PATH, Reader};
use system::machine;
use time::{Moment, SystemTime, TimeZone};

use super::logger::priority;
use crate::file::moment;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "log",
    summary: "Show the log of services, the kernel and programs",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'f', "follow", "show the last 10, and wait for more"),
        Flag::with(b'u', "service", "SERVICE", "only of this service; may be given more than once"),
        Flag::with(b'p', "priority", "LEVEL", "only this level and what is more urgent"),
        Flag::with(b'S', "since", "TIME", "only from then on: a date, or 5m ago as 5m"),
        Flag::with(b'U', "until", "TIME", "only up to then"),
        Flag::with(b'n', "lines", "N", "only the last N entries"),
        Flag::with(b't', "identifier", "TAG", "only of what calls itself so; may be given more than once"),
        Flag::with(
            b'g',
            "grep",
            "PATTERN",
            "only messages that match; in any case if PATTERN is in lower case"
        ),
        Flag::new(b'r', "reverse", "newest first"),
        Flag::new(b'k', "kernel", "only of the kernel"),
        Flag::with(RING, "ring", "FILE", "another log than /run/spelunk/log"),
        Flag::rows("time microseconds:n level facility:s? pid:n? origin service:s? tag:s? message"),
    ],
    run: Run::Parsed(run),
};

const RING: u8 = 128;

/// The last that are shown of a log that is followed.
const LAST: usize = 10;

/// Which entries are shown, and how.
pub(super) struct Wanted<'a> {
    pub(super) services: Vec<&'a [u8]>,
    pub(super) follows: bool,
    tags: Vec<&'a [u8]>,
    pattern: Option<Box<Regex>>,
    is_reversed: bool,
    path: &'a [u8],
    /// The least urgent.
    level: u8,
    /// In microseconds since 1970.
    since: i64,
    until: i64,
    /// How many of those that are there.
    last: Option<usize>,
    is_kernel: bool,
    is_json: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut wanted = Wanted::all(parsed.has(JSON));
    wanted.services = parsed.values(b'u').collect();
    wanted.follows = parsed.has(b'f');
    wanted.tags = parsed.values(b't').collect();
    wanted.is_reversed = parsed.has(b'r');
    if wanted.is_reversed && wanted.follows {
        return Ok(io.misuse(b"-r", "has no end where it follows"));
    }
    if let Some(pattern) = parsed.value(b'g') {
        let ignores_case = !pattern.iter().any(u8::is_ascii_uppercase);
        let options = Options { ignores_case, ..Options::new(Syntax::Extended, io.is_utf8()) };
        let regex = Regex::any(&[pattern], options).map_err(|error| io.misuse_with(pattern, &error))?;
        wanted.pattern = Some(Box::new(regex));
    }
    wanted.is_kernel = parsed.has(b'k');
    wanted.path = parsed.value(RING).unwrap_or(wanted.path);
    if let Some(word) = parsed.value(b'p') {
        wanted.level = priority(word).ok_or_else(|| io.misuse(word, "no such level"))? as u8 & 7;
    }
    if let Some(word) = parsed.value(b'n') {
        let number = parse_decimal(word).ok_or_else(|| io.misuse(word, "is no number"))?;
        wanted.last = Some(number as usize);
    }
    for (key, place) in [(b'S', &mut wanted.since), (b'U', &mut wanted.until)] {
        if let Some(word) = parsed.value(key) {
            *place = time(io, word).ok_or_else(|| io.misuse(word, "is no time"))?;
        }
    }
    wanted.show(io)
}

/// Reads a date, or how long ago it is.
fn time(io: &Io<'_>, word: &[u8]) -> Option<i64> {
    const MICROS: i64 = 1_000_000;
    if let Some(moment) = moment::parse(word, &moment::zone(io)) {
        return Some(
            moment.seconds.saturating_mul(MICROS).saturating_add(i64::from(moment.nanoseconds) / 1000),
        );
    }
    let ago = span::parse(word.strip_prefix(b"-").unwrap_or(word))?;
    let ago = i64::try_from(ago.as_micros()).unwrap_or(i64::MAX);
    Some(machine::now().saturating_mul(MICROS).saturating_sub(ago))
}

impl<'a> Wanted<'a> {
    /// Wants all that is there.
    pub(super) fn all(is_json: bool) -> Self {
        Self {
            services: Vec::new(),
            follows: false,
            tags: Vec::new(),
            pattern: None,
            is_reversed: false,
            path: PATH.as_bytes(),
            level: 7,
            since: i64::MIN,
            until: i64::MAX,
            last: None,
            is_kernel: false,
            is_json,
        }
    }

    /// Shows them; where it follows, until output is broken.
    pub(super) fn show(&self, io: &mut Io<'_>) -> Outcome {
        let mut reader = Reader::open(self.path).map_err(|errno| io.complain(self.path, &errno))?;
        if self.follows {
            reader.watch();
        }
        let mut last = self.last.or(self.follows.then_some(LAST));
        let zone = moment::zone(io);
        let mut is_first = true;
        loop {
            let (lines, lost) = reader.read().map_err(|errno| io.complain(self.path, &errno))?;
            if lost > 0 && !is_first {
                io.complain(self.path, &format_args!("{lost} bytes were written over before they were read"));
            }
            // The clock may be set while it is followed.
            let boot_us = machine::boot_time_us();
            let mut entries: Vec<Entry<'_>> =
                lines.split(|byte| *byte == b'\n').filter_map(Entry::parse).collect();
            entries.retain(|entry| self.takes(entry, boot_us));
            let skipped = last.take().map_or(0, |last| entries.len().saturating_sub(last));
            entries.drain(..skipped);
            if self.is_reversed {
                entries.reverse();
            }
            for (at, entry) in entries.iter().enumerate() {
                if self.is_json {
                    self.show_json(io, entry, boot_us, at == 0);
                } else {
                    show_text(io, entry, boot_us, &zone);
                }
            }
            if !self.follows {
                if self.is_json {
                    io.out.put(if entries.is_empty() { b"[]\n" } else { b"]\n" });
                }
                return Ok(Status::SUCCESS);
            }
            io.out.flush();
            if io.out.is_broken() {
                return Ok(Status::SUCCESS);
            }
            is_first = false;
            reader.wait(None);
        }
    }

    fn takes(&self, entry: &Entry<'_>, boot_us: i64) -> bool {
        let time = time_us(entry, boot_us);
        entry.level() <= self.level
            && (self.services.is_empty() || self.services.contains(&entry.service))
            && (self.tags.is_empty() || self.tags.contains(&entry.speaker()))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&entry.message))
            && (!self.is_kernel || entry.origin == Origin::Kernel && entry.priority < 8)
            && (self.since..=self.until).contains(&time)
    }

    /// Writes an object of an array; one that follows has no end, so it is a document a line then.
    fn show_json(&self, io: &mut Io<'_>, entry: &Entry<'_>, boot_us: i64, is_first: bool) {
        if !self.follows {
            io.out.put(if is_first { b"[" } else { b",\n" });
        }
        let mut time = Vec::new();
        universal(time_us(entry, boot_us), &mut time);
        let facility = FACILITIES.get(usize::from(entry.priority >> 3)).copied().unwrap_or_default();
        let mut json = Json::new(&mut io.out);
        json.object();
        json.field("time", &time);
        json.field_number("microseconds", entry.time.as_nanos() / 1000);
        json.field("level", LEVELS.get(usize::from(entry.level())).copied().unwrap_or_default().as_bytes());
        known(&mut json, "facility", facility.as_bytes());
        json.key("pid");
        match entry.pid {
            0 => json.null(),
            pid => json.number(pid.into()),
        }
        json.field("origin", entry.origin.name().as_bytes());
        known(&mut json, "service", entry.service);
        known(&mut json, "tag", &entry.tag);
        json.field_bytes("message", &entry.message);
        json.end_object();
        if self.follows {
            io.out.put(b"\n");
        }
    }
}

fn known(json: &mut Json<'_>, name: &str, value: &[u8]) {
    json.key(name);
    if value.is_empty() {
        json.null();
    } else {
        json.string(value);
    }
}

fn time_us(entry: &Entry<'_>, boot_us: i64) -> i64 {
    boot_us.saturating_add_unsigned(entry.time.as_nanos() / 1000)
}

/// Writes `2026-11-22T12:00:00.000000Z`.
fn universal(time_us: i64, out: &mut dyn Sink) {
    let date = Date::from_seconds(time_us.div_euclid(1_000_000));
    date.day_text(out);
    out.put(b"T");
    date.second_text(out);
    out.put(b".");
    zero_padded(time_us.rem_euclid(1_000_000).unsigned_abs(), 6, out);
    out.put(b"Z");
}

/// Writes `Nov 22 12:00:00 name[pid]: ` and the message, each line of it so.
fn show_text(io: &mut Io<'_>, entry: &Entry<'_>, boot_us: i64, zone: &TimeZone) {
    let seconds = time_us(entry, boot_us).div_euclid(1_000_000);
    let date = Moment::of(SystemTime::new(seconds, 0), zone).date;
    for line in entry.message.split(|byte| *byte == b'\n') {
        date.month_day_text(&mut io.out);
        io.out.put(b" ");
        date.second_text(&mut io.out);
        io.out.put(b" ");
        printable(entry.speaker(), &mut io.out);
        if entry.pid != 0 {
            io.out.put(b"[");
            io.out.number(entry.pid.into());
            io.out.put(b"]");
        }
        io.out.put(b": ");
        printable(line, &mut io.out);
        io.out.put(b"\n");
    }
}
