//! `date` (POSIX; `-d`, `-f`, `-I`, `-r`, `-R` and `--rfc-3339` are GNU's, `-D` is BusyBox's).

use alloc::vec::Vec;

use linux::fs::{Timestamp, stat};
use query::{Rows, Value};
use time::format::{RFC_2822, RFC_3339, format};
use time::scan::{Scanned, scan};
use time::{Date, Moment, SystemTime, TimeZone};

use crate::file::human::read;
use crate::file::moment;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, JSON, Keeps, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "date",
    summary: "Show the date and the time of day, or set them",
    usage: "[OPTION]... [+FORM]\n[-u] MMDDhhmm[[CC]YY][.ss]",
    flags: flags![
        Flag::with(
            b'd',
            "date",
            "TEXT",
            "of the moment that TEXT says: 2024-01-31 12:30, @SECONDS, 2 days ago",
        ),
        Flag::with(b'D', "", "FORM", "TEXT of -d and -s has this form, as strptime knows it: %Y-%m-%d"),
        Flag::with(b'f', "file", "FILE", "of each line of FILE"),
        Flag::with(b'r', "reference", "FILE", "when FILE was written last"),
        Flag::with(b's', "set", "TEXT", "set the clock to the moment that TEXT says"),
        Flag::new(b'u', "utc", "in universal time"),
        Flag::new(b'u', "universal", ""),
        Flag::may(b'I', "iso-8601", "PART", "as YYYY-MM-DD, with hours, minutes, seconds or ns behind it"),
        Flag::new(b'R', "rfc-email", "as mail has it"),
        Flag::new(b'R', "rfc-2822", ""),
        Flag::with(RFC, "rfc-3339", "PART", "as YYYY-MM-DD hh:mm:ss+hh:mm up to date, seconds or ns"),
        Flag::rows("seconds:n nanoseconds:n iso zone offset_seconds:n"),
    ],
    run: Run::Confined(Keeps::Reading, run),
};

const RFC: u8 = 128;

/// What `-I` shows, up to which part.
const ISO: [(&str, &str); 5] = [
    ("date", "%Y-%m-%d"),
    ("hours", "%Y-%m-%dT%H%:z"),
    ("minutes", "%Y-%m-%dT%H:%M%:z"),
    ("seconds", RFC_3339),
    ("ns", "%Y-%m-%dT%H:%M:%S,%N%:z"),
];

/// The same of `--rfc-3339`.
const RFC_3339_PARTS: [(&str, &str); 3] =
    [("date", "%Y-%m-%d"), ("seconds", "%Y-%m-%d %H:%M:%S%:z"), ("ns", "%Y-%m-%d %H:%M:%S.%N%:z")];

/// The form without any option, as POSIX has it.
const USUAL: &str = "%a %b %e %H:%M:%S %Z %Y";

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let zone = if parsed.has(b'u') { TimeZone::utc() } else { moment::zone(io) };
    let (form, stamp) = match parsed.operands.as_slice() {
        [] => (None, None),
        [word] => match word.strip_prefix(b"+") {
            Some(form) => (Some(form), None),
            None => (None, Some(*word)),
        },
        [_, more, ..] => return Ok(io.complain(more, &"is one operand too many")),
    };
    let Some(form) = pattern(io, parsed, form) else { return Ok(Status::FAILURE) };
    if let Some(name) = parsed.value(b'f') {
        return Ok(each_line(io, parsed, name, &form, &zone));
    }
    let time = match (parsed.value(b's'), stamp, parsed.value(b'd'), parsed.value(b'r')) {
        (Some(text), ..) => said(parsed, text, &zone).ok_or(text),
        (_, Some(digits), ..) => set_form(digits, &zone).ok_or(digits),
        (_, _, Some(text), _) => said(parsed, text, &zone).ok_or(text),
        (_, _, _, Some(name)) => match stat(name) {
            Ok(data) => Ok(data.modified()),
            Err(errno) => return Ok(io.report(name, Err(errno))),
        },
        _ => Ok(moment::now()),
    };
    let time = match time {
        Ok(time) => time,
        Err(text) => return Ok(io.complain(text, &"is no date")),
    };
    let mut status = Status::SUCCESS;
    if stamp.is_some() || parsed.has(b's') {
        let result = SystemTime::new(time.seconds, time.nanoseconds).set();
        status = io.report(b"set the clock", result);
    }
    show(io, parsed, time, &form, &zone);
    Ok(status)
}

/// Reads a moment, in the form of `-D` if there is one: then what is not said is of today, but midnight.
fn said(parsed: &Parsed<'_>, text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let Some(form) = parsed.value(b'D') else { return read(text, zone) };
    let today = zone.date(moment::now().seconds);
    let seconds = match scan(form, text, Date { hour: 0, minute: 0, second: 0, ..today })? {
        Scanned::Seconds(seconds) => seconds,
        Scanned::Clocks(date, Some(offset)) => date.seconds()?.checked_sub(offset)?,
        Scanned::Clocks(date, None) => zone.times(&date)?.usual(),
    };
    Some(Timestamp { seconds, nanoseconds: 0 })
}

/// Reads `MMDDhhmm[[CC]YY][.ss]`: as `touch -t` has it, but with the year behind.
fn set_form(text: &[u8], zone: &TimeZone) -> Option<Timestamp> {
    let (digits, seconds) = match text.iter().position(|byte| *byte == b'.') {
        Some(point) => text.split_at(point),
        None => (text, &b""[..]),
    };
    let (day, year) = digits.split_at_checked(8)?;
    moment::stamp(&[year, day, seconds].concat(), zone)
}

/// Gives the form of the part whose name begins with a word; nothing after a complaint.
fn choose(
    io: &mut Io<'_>,
    word: &[u8],
    forms: &[(&str, &'static str)],
    complaint: &str,
) -> Option<&'static str> {
    let form = forms.iter().find(|(name, _)| name.as_bytes().starts_with(word)).map(|(_, form)| *form);
    if form.is_none() {
        io.misuse(word, complaint);
    }
    form
}

/// Gives the form that is asked for; nothing after a complaint.
fn pattern<'p>(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    form: Option<&'p [u8]>,
) -> Option<alloc::borrow::Cow<'p, str>> {
    let chosen = match (parsed.last_of(&[b'I', b'R', RFC]), form) {
        (_, Some(form)) => {
            let text = core::str::from_utf8(form);
            if text.is_err() {
                io.misuse(form, "is no text");
            }
            return text.ok().map(Into::into);
        }
        (Some(b'I'), _) => choose(
            io,
            parsed.value(b'I').unwrap_or_default(),
            &ISO,
            "is not date, hours, minutes, seconds or ns",
        )?,
        (Some(b'R'), _) => RFC_2822,
        (Some(_), _) => {
            choose(io, parsed.value(RFC).unwrap_or_default(), &RFC_3339_PARTS, "is not date, seconds or ns")?
        }
        (None, None) => USUAL,
    };
    Some(chosen.into())
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, time: Timestamp, form: &str, zone: &TimeZone) {
    let moment = Moment::of(SystemTime::new(time.seconds, time.nanoseconds), zone);
    if parsed.has(JSON) {
        let text = |form: &str| {
            let mut text: Vec<u8> = Vec::new();
            format(form, &moment, &mut text);
            Value::text(&text)
        };
        let mut rows = Rows::named("seconds nanoseconds iso zone offset_seconds");
        rows.push([
            Value::Signed(time.seconds),
            Value::Number(time.nanoseconds.into()),
            text(RFC_3339),
            text("%Z"),
            Value::Signed(moment.offset.seconds.into()),
        ]);
        rows.json(&mut io.out);
        return;
    }
    format(form, &moment, &mut io.out);
    io.out.put(b"\n");
}

fn each_line(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], form: &str, zone: &TimeZone) -> Status {
    let mut status = Status::SUCCESS;
    let result = source::with(io, name, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        while let Some(record) = reader.record(b'\n')? {
            let line = ended(record, b'\n').0.to_vec();
            match read(&line, zone) {
                Some(time) => show(io, parsed, time, form, zone),
                None => status = io.complain(&line, &"is no date"),
            }
        }
        Ok(())
    });
    status.and(io.report(name, result))
}
