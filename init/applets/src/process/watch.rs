//! `watch` (procps's and BusyBox's). The screen is written anew each time; where output is no terminal nothing commands it.

use alloc::vec::Vec;
use core::time::Duration;

use super::output;
use crate::zone::Zone;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "watch",
    summary: "Run a command again and again, and show what it prints",
    usage: "[OPTION]... COMMAND [WORD]...",
    flags: flags![
        Flag::with(b'n', "interval", "TIME", "wait so long between (WATCH_INTERVAL, else 2 s)"),
        Flag::new(b't', "no-title", "no line above"),
        Flag::new(b'd', "differences", "show lines that changed in reverse"),
        Flag::new(b'e', "errexit", "end when the command fails"),
        Flag::new(b'g', "chgexit", "end when its output changes"),
        Flag::new(b'b', "beep", "ring the bell when it fails"),
        Flag::new(b'x', "exec", "run it as it stands, not by the shell"),
        Flag::new(b'p', "precise", "count the time from begin to begin"),
        Flag::with(b'q', "equexit", "N", "end when its output was the same N times"),
        Flag::new(b'c', "color", ""),
        Flag::new(b'w', "no-wrap", "cut lines at the edge"),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let interval = match parsed
        .value(b'n')
        .or_else(|| io.variable("WATCH_INTERVAL"))
        .map(|word| (word, span::parse(word)))
    {
        None => Duration::from_secs(2),
        Some((_, Some(interval))) => interval.max(Duration::from_millis(100)),
        Some((word, None)) => return Ok(io.misuse(word, "not a time")),
    };
    let most_equal = match parsed.value(b'q').map(|word| (word, query::text::parse_decimal(word))) {
        None => None,
        Some((_, Some(number))) => Some(number),
        Some((word, None)) => return Ok(io.misuse(word, "is no number")),
    };
    let line = parsed.operands.join(&b' ');
    let by_shell = [&b"/bin/sh"[..], b"-c", &line];
    let words = if parsed.has(b'x') { parsed.operands.as_slice() } else { &by_shell };
    let mut before: Option<Vec<u8>> = None;
    let mut equal = 0;
    loop {
        let begun = linux::time::monotonic();
        let (output, status) = output::of(io, words, &[1, 2])?;
        show(io, parsed, &line, interval, &output, before.as_deref());
        let is_changed = before.as_ref().is_some_and(|before| *before != output);
        if parsed.has(b'e') && status != Status::SUCCESS {
            return Ok(status);
        }
        if parsed.has(b'b') && status != Status::SUCCESS {
            io.out.put(b"\x07");
        }
        equal = if is_changed || before.is_none() { 0 } else { equal + 1 };
        if parsed.has(b'g') && is_changed || most_equal.is_some_and(|most| equal >= most) {
            return Ok(Status::SUCCESS);
        }
        io.out.flush();
        if io.out.is_broken() {
            return Ok(Status::SUCCESS);
        }
        before = Some(output);
        let spent =
            if parsed.has(b'p') { linux::time::monotonic().saturating_sub(begun) } else { Duration::ZERO };
        linux::time::sleep(interval.saturating_sub(spent));
    }
}

fn show(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    line: &[u8],
    interval: Duration,
    output: &[u8],
    before: Option<&[u8]>,
) {
    let columns = io.out.columns();
    if columns.is_some() {
        io.out.put(b"\x1b[H\x1b[J");
    }
    if !parsed.has(b't') {
        title(io, line, interval, columns);
    }
    let mut old = before.map(|before| before.split(|byte| *byte == b'\n'));
    for line in output.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let is_same = old.as_mut().is_none_or(|old| old.next() == Some(text));
        let marks = parsed.has(b'd') && !is_same && columns.is_some();
        io.out.put(if marks { b"\x1b[7m" } else { b"" });
        match columns.filter(|_| parsed.has(b'w')) {
            Some(columns) => io.out.put(query::text::cut(text, columns)),
            None => io.out.put(text),
        }
        io.out.put(if marks { b"\x1b[m" } else { b"" });
        io.out.put(line.get(text.len()..).unwrap_or_default());
    }
}

/// Writes `Every 2.0s: date`, and at the right the machine's name and the time.
fn title(io: &mut Io<'_>, line: &[u8], interval: Duration, columns: Option<usize>) {
    let mut left = b"Every ".to_vec();
    query::text::decimal(interval.as_secs(), &mut left);
    left.push(b'.');
    query::text::decimal((interval.subsec_millis() / 100).into(), &mut left);
    left.extend_from_slice(b"s: ");
    query::text::printable(line, &mut left);
    let mut right = linux::system::uname().map(|names| names.host().to_vec()).unwrap_or_default();
    right.extend_from_slice(b": ");
    let date = Zone::of(io, true).date(system::machine::now());
    date.day_text(&mut right);
    right.push(b' ');
    date.second_text(&mut right);
    let width = columns.unwrap_or(80).saturating_sub(right.len() + 1);
    left.truncate(width);
    left.resize(width + 1, b' ');
    io.out.put(&left);
    io.out.put(&right);
    io.out.put(b"\n\n");
}
