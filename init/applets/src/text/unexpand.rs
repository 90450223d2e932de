//! `unexpand` (POSIX; `--first-only` is GNU's, `-f` BusyBox's name for it).

use super::tabs::Stops;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "unexpand",
    summary: "Print with tabs in place of blanks at the start of each line",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'a', "all", "blanks anywhere in a line"),
        Flag::new(b'f', "first-only", "only those at its start, also with -t"),
        Flag::with(b't', "tabs", "LIST", "-a with stops in every Nth column, or in each of a list (8)"),
        Flag::number("stops in every NUMBERth column"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let stops = Stops::of(io, parsed)?;
    let all = parsed.has_any(b"at") && !parsed.has(b'f');
    let is_utf8 = io.is_utf8();
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        while let Some(record) = reader.record(b'\n')? {
            let (line, has_end) = ended(record, b'\n');
            print(line, &stops, all, is_utf8, &mut io.out);
            if has_end {
                io.out.put(b"\n");
            }
            if io.out.is_broken() {
                break;
            }
        }
        Ok(())
    }))
}

/// Prints a line. Blanks are held back until it is clear whether they reach a stop; a single one before a stop stays where none
/// follows, for a tab would save nothing.
fn print(line: &[u8], stops: &Stops, all: bool, is_utf8: bool, out: &mut Output<'_>) {
    let mut column = 0;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let blanks = line.get(at..).unwrap_or_default();
        let count = blanks.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if count == 0 {
            let rest = blanks.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(blanks.len());
            let word = blanks.get(..rest).unwrap_or_default();
            out.put(word);
            at += rest;
            for byte in word {
                match byte {
                    0x08 => column = usize::saturating_sub(column, 1),
                    byte => column += usize::from(!is_utf8 || byte & 0xc0 != 0x80),
                }
            }
        } else {
            column = squeeze(blanks.get(..count).unwrap_or_default(), column, stops, out);
            at += count;
        }
        if !all && *byte != b' ' && *byte != b'\t' || !all && at > 0 {
            break;
        }
    }
    out.put(line.get(at..).unwrap_or_default());
}

/// Prints blanks and tabs with as many tabs as they have; gives the column behind them.
fn squeeze(blanks: &[u8], mut column: usize, stops: &Stops, out: &mut Output<'_>) -> usize {
    // Blanks since the last stop, and the one that reached it alone.
    let (mut held, mut single) = (0_usize, false);
    for (index, byte) in blanks.iter().enumerate() {
        let stop = stops.next(column);
        if stop.is_none() {
            held += usize::from(core::mem::take(&mut single));
        }
        match (byte, stop) {
            (b' ', Some(stop)) if column + 1 == stop && index == 0 && column > 0 => {
                (column, single) = (stop, true)
            }
            (_, Some(stop)) if *byte == b'\t' || column + 1 == stop => {
                out.put(if single { b"\t\t" } else { b"\t" });
                (column, held, single) = (stop, 0, false);
            }
            (b'\t', None) => {
                (0..held).for_each(|_| out.put(b" "));
                out.put(b"\t");
                (column, held) = (column + 1, 0);
            }
            _ => {
                held += 1;
                column += 1;
            }
        }
    }
    if single {
        out.put(if held > 0 { b"\t" } else { b" " });
    }
    (0..held).for_each(|_| out.put(b" "));
    column
}
