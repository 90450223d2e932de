//! `dmesg`, with the options of BusyBox and the usual ones of util-linux. It reads /dev/kmsg, so that records have their
//! facility and order, and `-w` waits for more. Times of `-T` are off by what the machine has slept.

use alloc::vec::Vec;
use formats::time::Duration;

use formats::dev::kmsg::{FACILITIES, LEVELS, Record};
use linux::fs::Timestamp;
use linux::poll::{PollFd, PollFlags, poll};
use query::{Json, Sink, text};
use system::log::{Log, Start};
use system::machine;

use crate::options::more;
use crate::zone::Zone;
use crate::{Applet, Flag, HAS_MORE, Io, JSON, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "dmesg",
    summary: "Show the kernel's log",
    usage: if HAS_MORE { "[OPTION]...\n-n LEVEL | -C" } else { "[OPTION]..." },
    flags: flags![
        ..MORE,
        Flag::new(b'w', "follow", "wait for more at the end"),
        Flag::rows("sequence:n microseconds:n level facility message"),
    ],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b'T', "ctime", "show the date instead of the time since boot"),
    Flag::new(b'x', "decode", "show facility and level in words"),
    Flag::with(b'f', "facility", "LIST", "only these facilities: kern user daemon ..."),
    Flag::new(b'k', "kernel", "only what the kernel itself says"),
    Flag::new(b'r', "raw", "show priorities as <N>"),
    Flag::new(b't', "notime", "show no times"),
    Flag::with(b'l', "level", "LIST", "only these levels: emerg alert crit err warn notice info debug"),
    Flag::new(b'W', "follow-new", "wait, and show only what is new"),
    Flag::new(b'u', "userspace", "only what programs say"),
    Flag::with(TIME_FORMAT, "time-format", "WORD", "ctime (-T), iso, or notime (-t)"),
    Flag::may(b'L', "color", "WHEN", ""),
    Flag::new(b'P', "nopager", ""),
    Flag::new(b'H', "human", "show the date; there is no pager"),
    Flag::new(b'S', "syslog", ""),
    Flag::with(b's', "buffer-size", "SIZE", ""),
    Flag::new(b'c', "read-clear", "show it, and clear it"),
    Flag::new(b'C', "clear", "clear it"),
    Flag::with(
        b'n',
        "console-level",
        "LEVEL",
        "show on the console only what is more urgent: 1 to 8 or a name",
    ),
]);

const TIME_FORMAT: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(word) = parsed.value(b'n').filter(|_| HAS_MORE) {
        return Ok(set_console_level(io, word));
    }
    if HAS_MORE && parsed.has(b'C') {
        return Ok(clear(io));
    }
    let view =
        View::new(io, parsed).map_err(|word| io.misuse(word, "no such level, facility or form of times"))?;
    let start = if HAS_MORE && parsed.has(b'W') { Start::Next } else { Start::Cleared };
    let mut log = Log::open(start)?;
    let waits = parsed.has_any(b"wW");
    let status = if parsed.has(JSON) {
        show_json(io, &mut log, &view, waits)
    } else {
        show(io, &mut log, &view, waits)
    };
    Ok(if HAS_MORE && parsed.has(b'c') { status.and(clear(io)) } else { status })
}

fn clear(io: &mut Io<'_>) -> Status {
    io.report(b"clear", linux::system::clear_log())
}

/// A level's name means that level and what is more urgent, as util-linux has it; a number is the kernel's.
fn set_console_level(io: &mut Io<'_>, word: &[u8]) -> Status {
    let number = text::parse_decimal(word).filter(|number| (1..=8).contains(number));
    let Some(level) = number.or(index_of(&LEVELS, word).map(|index| index as u64 + 1)) else {
        return io.misuse(word, "no such level");
    };
    io.report(word, linux::system::set_console_level(level as u32))
}

fn index_of(names: &[&str], word: &[u8]) -> Option<usize> {
    names.iter().position(|name| name.as_bytes() == word)
}

/// Which records are shown, and how.
struct View {
    levels: u8,
    /// Bit 31 stands for all facilities that have no name.
    facilities: u32,
    is_raw: bool,
    is_decoded: bool,
    time: Time,
}

enum Time {
    None,
    SinceBoot,
    /// With the seconds since 1970 at boot.
    Date(i64, Zone),
    /// As ISO 8601 has it, with microseconds; and those at boot.
    Iso(i64, Zone),
}

impl View {
    /// All of it, as the console has it.
    const WHOLE: Self =
        Self { levels: 0xff, facilities: u32::MAX, is_raw: false, is_decoded: false, time: Time::SinceBoot };

    fn new<'a>(io: &Io<'_>, parsed: &Parsed<'a>) -> Result<Self, &'a [u8]> {
        if !HAS_MORE {
            return Ok(Self::WHOLE);
        }
        let levels = bits(parsed, b'l', &LEVELS)?.map_or(0xff, |bits| bits as u8);
        let facilities = match parsed.last_of(b"ku") {
            Some(b'k') => Some(1),
            Some(_) => Some(!1),
            _ => bits(parsed, b'f', &FACILITIES)?,
        };
        let word = parsed.value(TIME_FORMAT).unwrap_or_default();
        let time = match parsed.last_of(&[b't', b'T', b'H', TIME_FORMAT]) {
            Some(b't') => Time::None,
            Some(TIME_FORMAT) if word == b"notime" => Time::None,
            Some(TIME_FORMAT) if word == b"iso" => Time::Iso(machine::boot_time_us(), Zone::of(io, true)),
            Some(TIME_FORMAT) if word != b"ctime" => return Err(word),
            Some(_) => Time::Date(machine::boot_time(), Zone::of(io, true)),
            _ => Time::SinceBoot,
        };
        let (is_raw, is_decoded) = (parsed.has(b'r'), parsed.has(b'x'));
        Ok(Self { levels, facilities: facilities.unwrap_or(u32::MAX), is_raw, is_decoded, time })
    }

    fn shows(&self, record: &Record<'_>) -> bool {
        !HAS_MORE
            || self.levels >> record.level & 1 != 0 && self.facilities >> record.facility.min(31) & 1 != 0
    }

    /// Prints a record, with its head before each of its lines.
    fn print(&self, record: &Record<'_>, out: &mut Output<'_>) {
        let message = record.message();
        for line in message.split(|&byte| byte == b'\n') {
            self.print_head(record, out);
            text::printable(line, out);
            out.put(b"\n");
        }
    }

    fn print_head(&self, record: &Record<'_>, out: &mut Output<'_>) {
        if HAS_MORE && self.is_raw {
            out.put(b"<");
            out.number(u64::from(record.facility) << 3 | u64::from(record.level));
            out.put(b">");
        }
        if HAS_MORE && self.is_decoded {
            let facility = FACILITIES.get(record.facility as usize).copied().unwrap_or("unknown");
            padded(facility, 6, out);
            out.put(b":");
            padded(LEVELS.get(usize::from(record.level)).copied().unwrap_or_default(), 6, out);
            out.put(b": ");
        }
        match &self.time {
            Time::None if HAS_MORE => {}
            Time::Date(boot, zone) if HAS_MORE => {
                out.put(b"[");
                zone.date(boot.saturating_add_unsigned(record.time.as_secs())).whole_text(out);
                out.put(b"] ");
            }
            Time::Iso(boot_us, zone) if HAS_MORE => {
                let time = boot_us.saturating_add_unsigned(record.time.as_nanos() / 1000);
                let at = Timestamp {
                    seconds: time.div_euclid(1_000_000),
                    nanoseconds: time.rem_euclid(1_000_000) as u32 * 1000,
                };
                zone.form("%Y-%m-%dT%H:%M:%S,%6N%:z ", at, out);
            }
            _ => {
                out.put(b"[");
                since_boot(record.time, out);
                out.put(b"] ");
            }
        }
    }
}

/// Reads lists of names as bits; nothing if there is no list.
fn bits<'a>(parsed: &Parsed<'a>, key: u8, names: &[&str]) -> Result<Option<u32>, &'a [u8]> {
    let mut bits = None;
    for word in parsed.values(key).flat_map(|list| list.split(|&byte| byte == b',')) {
        *bits.get_or_insert(0) |= 1 << index_of(names, word).ok_or(word)?;
    }
    Ok(bits)
}

/// Writes a time as the kernel's console does: seconds in five columns, microseconds.
fn since_boot(time: Duration, out: &mut dyn Sink) {
    let mut digits = Vec::new();
    text::decimal(time.as_secs(), &mut digits);
    out.put(b"     ".get(digits.len()..).unwrap_or_default());
    out.put(&digits);
    out.put(b".");
    text::zero_padded(u64::from(time.subsec_nanos()) / 1000, 6, out);
}

fn padded(name: &str, width: usize, out: &mut Output<'_>) {
    out.put(name.as_bytes());
    for _ in name.len()..width {
        out.put(b" ");
    }
}

fn show(io: &mut Io<'_>, log: &mut Log, view: &View, waits: bool) -> Status {
    each(io, log, waits, &mut |record, out| {
        if view.shows(record) {
            view.print(record, out);
        }
    })
}

fn show_json(io: &mut Io<'_>, log: &mut Log, view: &View, waits: bool) -> Status {
    let mut is_first = true;
    let status = each(io, log, waits, &mut |record, out| {
        if !view.shows(record) {
            return;
        }
        // One that waits has no end, so it cannot be an array: a document a line then.
        if !waits {
            out.put(if is_first { b"[" } else { b",\n" });
        }
        is_first = false;
        let mut json = Json::new(out);
        json.object();
        json.field_number("sequence", record.sequence);
        json.field_number("microseconds", record.time.as_nanos() / 1000);
        json.field("level", LEVELS.get(usize::from(record.level)).copied().unwrap_or_default().as_bytes());
        match FACILITIES.get(record.facility as usize) {
            Some(name) => json.field("facility", name.as_bytes()),
            None => json.field_number("facility", record.facility.into()),
        }
        json.field_bytes("message", &record.message());
        json.end_object();
        if waits {
            out.put(b"\n");
        }
    });
    if !waits {
        io.out.put(if is_first { b"[]\n" } else { b"]\n" });
    }
    status
}

/// Hands over every record; where it waits, until output is broken.
fn each(
    io: &mut Io<'_>,
    log: &mut Log,
    waits: bool,
    take: &mut dyn FnMut(&Record<'_>, &mut Output<'_>),
) -> Status {
    while !io.out.is_broken() {
        match log.read() {
            Ok(Some(record)) => take(&record, &mut io.out),
            Ok(None) if waits => {
                io.out.flush();
                let mut wanted = [PollFd::new(log.device(), PollFlags::IN)];
                // Interrupted or not, the log is what tells.
                let _ = poll(&mut wanted, None);
            }
            Ok(None) => break,
            Err(error) if error.errno().is_some() => return io.complain(b"", &error),
            Err(error) => {
                io.complain(b"", &error);
            }
        }
    }
    Status::SUCCESS
}
