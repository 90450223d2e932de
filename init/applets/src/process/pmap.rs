//! `pmap` (procps's columns; BusyBox has `-x` and `-q` too). Status 42 if there is no such process.

use alloc::vec::Vec;

use formats::proc::pid::{cmdline, smaps};
use query::text::{decimal, radix};
use query::{Rows, Value};
use system::processes;

use super::number;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "pmap",
    summary: "Show what is in the address space of processes",
    usage: "[OPTION]... PID...",
    flags: flags![
        Flag::new(b'x', "extended", "also what is in memory, and changed"),
        Flag::new(b'q', "quiet", "no line before and behind"),
        Flag::new(b'p', "show-path", "whole paths"),
        Flag::rows(
            "pid:n address:n bytes:n resident_bytes:n share_bytes:n dirty_bytes:n swapped_bytes:n mode name"
        ),
    ],
    run: Run::Parsed(run),
};

const NO_PROCESS: Status = Status(42);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut rows =
        Rows::named("pid address bytes resident_bytes share_bytes dirty_bytes swapped_bytes mode name");
    let mut status = Status::SUCCESS;
    for word in &parsed.operands {
        let Some(process) = number::process(word.strip_prefix(b"/proc/").unwrap_or(word)) else {
            return Ok(io.misuse(word, "not a process number"));
        };
        let pid = process.get().unsigned_abs();
        let Some(found) = processes::one(pid)? else {
            status = NO_PROCESS;
            continue;
        };
        let mut text = Vec::new();
        // Kernels may lack the one with sizes.
        let read = system::file::read_into(processes::path(pid, b"smaps").as_slice(), &mut text)
            .or_else(|_| system::file::read_into(processes::path(pid, b"maps").as_slice(), &mut text));
        let is_read = io.report(word, read);
        if is_read != Status::SUCCESS {
            status = status.and(is_read);
            continue;
        }
        if parsed.has(JSON) {
            smaps::parse(&text).for_each(|part| rows.push(row(pid, &part)));
            continue;
        }
        if !parsed.has(b'q') {
            let line = cmdline::line(&processes::arguments(pid));
            io.out.number(pid.into());
            io.out.put(b":   ");
            io.out.printable(if line.is_empty() { &found.name } else { &line });
            io.out.put(b"\n");
        }
        show(io, parsed, &text);
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}

fn row(pid: u32, part: &smaps::Mapping<'_>) -> [Value; 9] {
    [
        Value::Number(pid.into()),
        Value::hexadecimal(part.from),
        Value::Number(part.to.saturating_sub(part.from)),
        Value::Number(part.resident_bytes),
        Value::Number(part.share_bytes),
        Value::Number(part.dirty_bytes),
        Value::Number(part.swapped_bytes),
        Value::text(part.mode),
        Value::text(part.name),
    ]
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, text: &[u8]) {
    let is_extended = parsed.has(b'x');
    let is_framed = !parsed.has(b'q');
    let mut totals = [0; 3];
    if is_extended && is_framed {
        io.out.put(b"Address           Kbytes     RSS   Dirty Mode  Mapping\n");
    }
    for part in smaps::parse(text) {
        let sizes = [part.to.saturating_sub(part.from), part.resident_bytes, part.dirty_bytes];
        let mut line = Vec::new();
        radix(part.from, 16, &mut line);
        line.splice(0..0, core::iter::repeat_n(b'0', 16_usize.saturating_sub(line.len())));
        for (size, total) in sizes.iter().zip(&mut totals).take(if is_extended { 3 } else { 1 }) {
            *total += size / 1024;
            line.push(b' ');
            put_right(size / 1024, if is_extended { 7 } else { 6 }, &mut line);
        }
        line.extend_from_slice(if is_extended { b" " } else { b"K " });
        let bit = |at: usize, letter: u8| if part.mode.get(at) == Some(&letter) { letter } else { b'-' };
        line.extend([bit(0, b'r'), bit(1, b'w'), bit(2, b'x'), bit(3, b's'), b'-', b' ']);
        query::text::printable(name(&part, parsed.has(b'p')), &mut line);
        line.push(b'\n');
        io.out.put(&line);
    }
    if !is_framed {
        return;
    }
    let mut line = Vec::new();
    if is_extended {
        line.extend_from_slice(b"---------------- ------- ------- ------- \ntotal kB        ");
        for total in totals {
            line.push(b' ');
            put_right(total, 7, &mut line);
        }
    } else {
        line.extend_from_slice(b" total ");
        put_right(totals[0], 16, &mut line);
        line.push(b'K');
    }
    line.push(b'\n');
    io.out.put(&line);
}

fn name<'a>(part: &smaps::Mapping<'a>, is_whole: bool) -> &'a [u8] {
    match part.name {
        b"[stack]" => b"  [ stack ]",
        [b'/', ..] if is_whole => part.name,
        [b'/', ..] => part.name.rsplit(|byte| *byte == b'/').next().unwrap_or_default(),
        _ => b"  [ anon ]",
    }
}

fn put_right(number: u64, width: usize, line: &mut Vec<u8>) {
    let mut digits = Vec::new();
    decimal(number, &mut digits);
    line.extend(core::iter::repeat_n(b' ', width.saturating_sub(digits.len())));
    line.extend(digits);
}
