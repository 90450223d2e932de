//! `time` (POSIX; `-f -o -a -v` are GNU's). Without options it prints what BusyBox does, with the formats GNU's words.

use alloc::vec::Vec;
use core::time::Duration;

use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, open};
use linux::process::{CloneFlags, Ended, Usage, WaitFlags, wait4};
use linux::signal::{Signal, ignore};
use linux::time::monotonic;
use query::text::{decimal, zero_padded};

use super::launch;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "time",
    summary: "Run a command, and say how long it took and what it used",
    usage: "[OPTION]... COMMAND [WORD]...",
    flags: flags![
        Flag::new(b'p', "portability", "in the form of POSIX"),
        Flag::new(b'v', "verbose", "all that is known"),
        Flag::with(b'f', "format", "FORMAT", "as FORMAT says: %e %U %S seconds, %M KiB, %x the status"),
        Flag::with(b'o', "output", "FILE", "to FILE, not to standard error"),
        Flag::new(b'a', "append", "with -o: behind what is in FILE"),
        Flag::new(b'q', "quiet", "say nothing of a command that failed"),
    ],
    run: Run::Leading(run),
};

const SHORT: &[u8] = b"real\t%H\nuser\t%h\nsys\t%i";
const POSIX: &[u8] = b"real %e\nuser %U\nsys %S";
const ALL: &[u8] = b"\tCommand being timed: \"%C\"\n\tUser time (seconds): %U\n\tSystem time (seconds): %S\n\
\tPercent of CPU this job got: %P\n\tElapsed (wall clock) time (h:mm:ss or m:ss): %E\n\
\tAverage shared text size (kbytes): %X\n\tAverage unshared data size (kbytes): %D\n\
\tAverage stack size (kbytes): %p\n\tAverage total size (kbytes): %K\n\
\tMaximum resident set size (kbytes): %M\n\tAverage resident set size (kbytes): %t\n\
\tMajor (requiring I/O) page faults: %F\n\tMinor (reclaiming a frame) page faults: %R\n\
\tVoluntary context switches: %w\n\tInvoluntary context switches: %c\n\tSwaps: %W\n\
\tFile system inputs: %I\n\tFile system outputs: %O\n\tSocket messages sent: %s\n\
\tSocket messages received: %r\n\tSignals delivered: %k\n\tPage size (bytes): %Z\n\tExit status: %x";

/// What is told of a command.
struct Told<'a> {
    words: &'a [&'a [u8]],
    real: Duration,
    ended: Ended,
    usage: Usage,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let file = match parsed.value(b'o') {
        Some(name) => Some(create(name, parsed.has(b'a')).map_err(|errno| io.complain(name, &errno))?),
        None => None,
    };
    let begun = monotonic();
    let child = launch::child(io, &parsed.operands, &[], CloneFlags::empty(), None)?;
    // Keys that end the command leave it to us to tell of it.
    let _ = ignore(Signal::INT);
    let _ = ignore(Signal::QUIT);
    let (ended, usage) = match linux::retry(|| wait4(Some(child), WaitFlags::EXITED)) {
        Ok(Some((_, ended, usage))) => (ended, usage),
        Ok(None) => return Ok(Status::FAILURE),
        Err(errno) => return Ok(io.complain(b"wait", &errno)),
    };
    let told = Told { words: &parsed.operands, real: monotonic().saturating_sub(begun), ended, usage };
    let format = match parsed.last_of(b"pvf") {
        Some(b'p') => POSIX,
        Some(b'v') => ALL,
        Some(_) => parsed.value(b'f').unwrap_or_default(),
        None => SHORT,
    };
    let mut text = Vec::new();
    if !parsed.has(b'q') {
        told.print_failure(&mut text);
    }
    told.print(format, &mut text);
    text.push(b'\n');
    match &file {
        Some(file) => {
            let mut out = Output::descriptor_stream(file.as_fd());
            out.put(&text);
            out.flush();
            if let Some(errno) = out.take_error() {
                io.complain(parsed.value(b'o').unwrap_or_default(), &errno);
            }
        }
        None => io.err.put(&text),
    }
    Ok(launch::status(ended))
}

fn create(name: &[u8], appends: bool) -> linux::Result<OwnedFd> {
    let end = if appends { OpenFlags::APPEND } else { OpenFlags::TRUNCATE };
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC | end;
    open(name, flags, Mode::octal(0o666))
}

impl Told<'_> {
    fn print_failure(&self, text: &mut Vec<u8>) {
        let (words, number): (&[u8], i32) = match self.ended {
            Ended::Exited(0) | Ended::Continued => return,
            Ended::Exited(status) => (b"Command exited with non-zero status ", status),
            Ended::Stopped(signal) => (b"Command stopped by signal ", signal.number()),
            Ended::Killed(signal) | Ended::Dumped(signal) => {
                (b"Command terminated by signal ", signal.number())
            }
        };
        text.extend_from_slice(words);
        decimal(number.unsigned_abs().into(), text);
        text.push(b'\n');
    }

    fn print(&self, format: &[u8], text: &mut Vec<u8>) {
        let mut bytes = format.iter().copied();
        while let Some(byte) = bytes.next() {
            match byte {
                b'%' => match bytes.next() {
                    Some(letter) => self.field(letter, text),
                    None => text.push(b'?'),
                },
                b'\\' => match bytes.next() {
                    Some(b't') => text.push(b'\t'),
                    Some(b'n') => text.push(b'\n'),
                    Some(b'\\') => text.push(b'\\'),
                    Some(other) => text.extend_from_slice(&[b'?', b'\\', other]),
                    None => text.extend_from_slice(b"?\\"),
                },
                byte => text.push(byte),
            }
        }
    }

    fn field(&self, letter: u8, text: &mut Vec<u8>) {
        let usage = &self.usage;
        let status = match self.ended {
            Ended::Exited(status) => status.unsigned_abs().into(),
            _ => 0,
        };
        let used = usage.user.saturating_add(usage.system);
        match letter {
            b'%' => text.push(b'%'),
            b'C' => text.extend_from_slice(&self.words.join(&b' ')),
            b'E' => clock(self.real, text),
            b'e' => seconds(self.real, text),
            b'U' => seconds(usage.user, text),
            b'S' => seconds(usage.system, text),
            // BusyBox's form of the three, for which GNU's has no letters.
            b'H' => minutes(self.real, text),
            b'h' => minutes(usage.user, text),
            b'i' => minutes(usage.system, text),
            b'P' => match (used.as_millis() * 100).checked_div(self.real.as_millis()) {
                Some(share) => {
                    decimal(share as u64, text);
                    text.push(b'%');
                }
                None => text.extend_from_slice(b"?%"),
            },
            b'F' => decimal(usage.major_faults, text),
            b'R' => decimal(usage.minor_faults, text),
            b'M' => decimal(usage.resident_kib, text),
            b'c' => decimal(usage.involuntary_switches, text),
            b'w' => decimal(usage.voluntary_switches, text),
            b'I' => decimal(usage.blocks_read, text),
            b'O' => decimal(usage.blocks_written, text),
            b'x' => decimal(status, text),
            b'Z' => decimal(system::program::page_size(), text),
            // Linux does not count these.
            b'D' | b'K' | b'W' | b'X' | b'k' | b'p' | b'r' | b's' | b't' => text.push(b'0'),
            other => text.extend_from_slice(&[b'?', other]),
        }
    }
}

/// Writes `12.34`.
fn seconds(time: Duration, text: &mut Vec<u8>) {
    decimal(time.as_secs(), text);
    hundredths(time, text);
}

fn hundredths(time: Duration, text: &mut Vec<u8>) {
    text.push(b'.');
    zero_padded((time.subsec_millis() / 10).into(), 2, text);
}

/// Writes `1:02:03` or `2:03.45`.
fn clock(time: Duration, text: &mut Vec<u8>) {
    let whole = time.as_secs();
    if whole >= 3600 {
        decimal(whole / 3600, text);
        text.push(b':');
        zero_padded(whole / 60 % 60, 2, text);
    } else {
        decimal(whole / 60, text);
    }
    text.push(b':');
    zero_padded(whole % 60, 2, text);
    if whole < 3600 {
        hundredths(time, text);
    }
}

/// Writes `1h 2m 3s` or `2m 3.45s`.
fn minutes(time: Duration, text: &mut Vec<u8>) {
    let whole = time.as_secs();
    if whole >= 3600 {
        decimal(whole / 3600, text);
        text.extend_from_slice(b"h ");
    }
    decimal(whole / 60 % 60, text);
    text.extend_from_slice(b"m ");
    if whole >= 3600 {
        zero_padded(whole % 60, 2, text);
    } else {
        decimal(whole % 60, text);
        hundredths(time, text);
    }
    text.push(b's');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_all_forms() {
        let shown = |write: fn(Duration, &mut Vec<u8>), millis| {
            let mut text = Vec::new();
            write(Duration::from_millis(millis), &mut text);
            String::from_utf8(text).unwrap()
        };
        assert_eq!(shown(seconds, 61_050), "61.05");
        assert_eq!(shown(clock, 61_059), "1:01.05");
        assert_eq!(shown(clock, 3_661_059), "1:01:01");
        assert_eq!(shown(minutes, 61_059), "1m 1.05s");
        assert_eq!(shown(minutes, 3_661_059), "1h 1m 01s");
    }
}
