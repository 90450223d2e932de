//! `tac` (GNU's).

use alloc::vec::Vec;
use core::ops::Range;

use linux::fd::BorrowedFd;
use linux::fs::pread;
use memchr::memmem;
use regex::{Options, Regex, Syntax};

use super::tail::extent;
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "tac",
    summary: "Print each file from its last line to its first",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'b', "before", "what separates lines stands before them"),
        Flag::with(b's', "separator", "TEXT", "what separates lines (line feed)"),
        Flag::new(b'r', "regex", "TEXT is a regular expression"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let separator = match parsed.value(b's') {
        None => b"\n",
        Some([]) => b"\0",
        Some(separator) => separator,
    };
    let is_before = parsed.has(b'b');
    let expression = match parsed.has(b'r').then(|| expression(separator, io.is_utf8())) {
        Some(Err(error)) => return Ok(io.misuse_with(separator, &error)),
        Some(Ok(expression)) => Some(expression),
        None => None,
    };
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| {
        if let ([separator], Some(file), None) = (separator, input.descriptor(), &expression)
            && let Some((start, end)) = extent(file)
        {
            return print_file(file, start..end, *separator, is_before, &mut io.out);
        }
        let mut text = Vec::new();
        input.read_all(&mut text)?;
        let rest = match &expression {
            None => print(&text, separator, is_before, &mut io.out),
            Some(expression) => print_by(&text, expression, is_before, &mut io.out),
        };
        io.out.put(text.get(..rest).unwrap_or_default());
        Ok(())
    }))
}

/// How much of a file is read at a time.
const BLOCK: u64 = 256 << 10;

/// Prints a file from its end on, without ever having all of it.
fn print_file(
    file: BorrowedFd<'_>,
    extent: Range<u64>,
    separator: u8,
    is_before: bool,
    out: &mut Output<'_>,
) -> linux::Result<()> {
    let mut at = extent.end;
    // What is read of a line that begins further to the front.
    let mut held: Vec<u8> = Vec::new();
    while at > extent.start && !out.is_broken() {
        // Lines of megabytes must not be copied again for each block of theirs.
        let size = (at - extent.start).min(BLOCK.max(held.len() as u64));
        at -= size;
        let mut text = alloc::vec![0; size as usize];
        let mut filled = 0;
        while let Some(room) = text.get_mut(filled..).filter(|room| !room.is_empty()) {
            match linux::retry(|| pread(file, room, at + filled as u64))? {
                // It has become shorter meanwhile.
                0 => text.truncate(filled),
                count => filled += count,
            }
        }
        text.append(&mut held);
        let rest = print(&text, &[separator], is_before, out);
        text.truncate(rest);
        held = text;
    }
    out.put(&held);
    Ok(())
}

/// Prints all lines but the first, whose length it gives.
fn print(text: &[u8], separator: &[u8], is_before: bool, out: &mut Output<'_>) -> usize {
    let mut lines = Lines { text, end: text.len(), is_before, out };
    match separator {
        [byte] => memchr::memrchr_iter(*byte, text).for_each(|at| lines.part(at..at + 1)),
        _ => {
            let finder = memmem::FinderRev::new(separator);
            finder.rfind_iter(text).for_each(|at| lines.part(at..at + separator.len()));
        }
    }
    lines.end
}

/// Prints all lines but the first, whose length it gives; matches are looked for from the end, and end before the one behind.
fn print_by(text: &[u8], expression: &Regex, is_before: bool, out: &mut Output<'_>) -> usize {
    let mut begins = Vec::new();
    let mut from = 0;
    while let Some(found) = expression.find(text, from) {
        begins.push(found.start);
        from = found.start + 1;
        if from > text.len() {
            break;
        }
    }
    let mut lines = Lines { text, end: text.len(), is_before, out };
    let mut behind = text.len();
    for begin in begins.into_iter().rev() {
        let found = expression.find(text.get(..behind).unwrap_or_default(), begin);
        if let Some(found) = found.filter(|found| found.start == begin && !found.is_empty()) {
            behind = begin;
            lines.part(found);
        }
    }
    lines.end
}

/// Reads an expression as GNU's `tac` does: as Emacs has them, so basic ones in which `+` and `?` are operators, without `\{`.
fn expression(pattern: &[u8], is_utf8: bool) -> Result<Regex, regex::Error> {
    let mut extended = Vec::new();
    let mut rest = pattern;
    while let [first, behind @ ..] = rest {
        let length = match (first, behind) {
            (b'[', _) => bracket(rest),
            (b'\\', [_, ..]) => 2,
            _ => 1,
        };
        let (part, after) = rest.split_at(length);
        match part {
            [b'\\', operator @ (b'(' | b')' | b'|')] => extended.push(*operator),
            [b'(' | b')' | b'|' | b'{' | b'}'] => extended.extend_from_slice(&[b'\\', *first]),
            part => extended.extend_from_slice(part),
        }
        rest = after;
    }
    let options = Options { by_lines: true, ..Options::new(Syntax::Extended, is_utf8) };
    Regex::any(&[&extended], options)
}

/// Gives the length of a bracket expression.
fn bracket(text: &[u8]) -> usize {
    let first = if text.get(1) == Some(&b'^') { 2 } else { 1 };
    // One that stands first is a character.
    let behind = text.get(first + 1..).unwrap_or_default();
    behind.iter().position(|byte| *byte == b']').map_or(text.len(), |at| first + at + 2)
}

/// Lines that are printed from the end on.
struct Lines<'l, 'o> {
    text: &'l [u8],
    /// Where what has been printed begins.
    end: usize,
    is_before: bool,
    out: &'l mut Output<'o>,
}

impl Lines<'_, '_> {
    /// Prints what is behind a separator.
    fn part(&mut self, separator: Range<usize>) {
        let start = if self.is_before { separator.start } else { separator.end };
        // The one at the very end separates nothing from nothing.
        if start < self.end {
            self.out.put(self.text.get(start..self.end).unwrap_or_default());
            self.end = start;
        }
    }
}
