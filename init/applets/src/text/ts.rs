//! `ts` (moreutils's without `-r`, which looks for dates in lines; BusyBox has `-i -s`). `%.S`, `%.s` and `%.T` have microseconds.

use alloc::string::String;

use linux::time::{Clock, Timespec, clock_gettime};
use time::format::format;
use time::{Moment, SystemTime, TimeZone};

use crate::file::moment;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "ts",
    summary: "Put the time before each line of standard input",
    usage: "[-i|-s] [-m] [FORM]",
    flags: flags![
        Flag::new(b'i', "", "the time since the line before"),
        Flag::new(b's', "", "the time since the start"),
        Flag::new(b'm', "", "by a clock that nobody sets"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let is_relative = parsed.has_any(b"is");
    let form = match parsed.operands.as_slice() {
        [] if is_relative => "%H:%M:%S",
        [] => "%b %d %H:%M:%S",
        [form] => core::str::from_utf8(form).map_err(|_| io.misuse(form, "is no text"))?,
        [_, more, ..] => return Ok(io.misuse(more, "is one operand too many")),
    };
    let form = with_fractions(form);
    // A length of time has no zone.
    let zone = if is_relative { TimeZone::utc() } else { moment::zone(io) };
    let clock = if parsed.has(b'm') && is_relative { Clock::MONOTONIC } else { Clock::REALTIME };
    let now = || clock_gettime(clock).unwrap_or_default();
    let mut from = now();
    let result = source::with(io, b"-", &mut |io, _, input| {
        let mut reader = Reader::new(input);
        let mut is_begin = true;
        loop {
            let bytes = reader.fill()?;
            if bytes.is_empty() || io.out.is_broken() {
                return Ok(());
            }
            if is_begin {
                let time = now();
                let shown = if is_relative { since(time, from) } else { time };
                if parsed.has(b'i') {
                    from = time;
                }
                let time = SystemTime::new(shown.seconds, shown.nanoseconds as u32);
                format(&form, &Moment::of(time, &zone), &mut io.out);
                io.out.put(b" ");
            }
            let end = memchr::memchr(b'\n', bytes);
            let length = end.map_or(bytes.len(), |at| at + 1);
            io.out.put(bytes.get(..length).unwrap_or_default());
            is_begin = end.is_some();
            reader.consume(length);
            if reader.at_hand().is_empty() {
                // The next line may be long in coming.
                io.out.flush();
            }
        }
    });
    Ok(io.report(b"-", result))
}

/// Turns `%.S`, `%.s` and `%.T` into what the library has for them.
fn with_fractions(form: &str) -> String {
    let mut text = String::new();
    let mut letters = form.chars();
    while let Some(letter) = letters.next() {
        text.push(letter);
        if letter != '%' {
            continue;
        }
        let rest = letters.as_str();
        match rest.strip_prefix('.').and_then(|rest| rest.chars().next()) {
            Some(conversion @ ('S' | 's' | 'T')) => {
                letters.nth(1);
                text.push(conversion);
                text.push_str(".%6N");
            }
            _ => text.extend(letters.next()),
        }
    }
    text
}

fn since(now: Timespec, from: Timespec) -> Timespec {
    let borrow = now.nanoseconds < from.nanoseconds;
    let nanoseconds = now.nanoseconds - from.nanoseconds + if borrow { 1_000_000_000 } else { 0 };
    Timespec { seconds: now.seconds - from.seconds - i64::from(borrow), nanoseconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_written_behind_a_point() {
        assert_eq!(with_fractions("%.S %%.S %H.%.T%"), "%S.%6N %%.S %H.%T.%6N%");
    }

    #[test]
    fn a_length_of_time_may_borrow_a_second() {
        let at = |seconds, nanoseconds| Timespec { seconds, nanoseconds };
        assert_eq!(since(at(5, 1), at(3, 2)), at(1, 999_999_999));
        assert_eq!(since(at(5, 2), at(3, 2)), at(2, 0));
    }
}
