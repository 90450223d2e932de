//! Lines in memory: read, sorted, and written out where there are too many.

use alloc::vec::Vec;
use core::mem::take;

use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{From, MemoryFileFlags, Mode, OpenFlags, lseek, memfd_create, open};

use bulk::Line;

use super::compare::Rules;
use super::merge::Run;
use crate::source;
use crate::{Io, Output, Status, Together};

/// Lines of one block of text.
pub(super) struct Lines {
    text: Vec<u8>,
    /// Each without its end, with the number of its first key.
    lines: Vec<Line>,
}

impl Lines {
    /// Takes a text apart and sorts its lines.
    fn new(text: Vec<u8>, rules: &Rules) -> Self {
        let mut lines = Vec::with_capacity(bulk::lines(&text, rules.end) + 1);
        let mut start = 0;
        let ends = memchr::memchr_iter(rules.end, &text).chain(core::iter::once(text.len()));
        for end in ends {
            if let Some(line) = text.get(start..end).filter(|_| start < text.len()) {
                lines.push(Line { prefix: rules.prefix(line), start, length: line.len() });
            }
            start = end + 1;
        }
        let bytes = |line: &Line| text.get(line.start..line.start + line.length).unwrap_or_default();
        bulk::sort(&mut lines, &|first, second| rules.compare(bytes(first), bytes(second)));
        if rules.unique {
            lines.dedup_by(|second, first| {
                first.prefix == second.prefix && rules.keys(bytes(first), bytes(second)).is_eq()
            });
        }
        Self { text, lines }
    }

    /// Gives a line by its number.
    pub(super) fn get(&self, at: usize) -> Option<&[u8]> {
        let line = self.lines.get(at)?;
        self.text.get(line.start..line.start + line.length)
    }

    /// Gives the number of a line's first key.
    pub(super) fn prefix(&self, at: usize) -> u64 {
        self.lines.get(at).map_or(0, |line| line.prefix)
    }

    /// Writes all of them.
    pub(super) fn write(&self, end: u8, out: &mut Output<'_>) {
        let mut at = 0;
        while let Some(line) = self.get(at).filter(|_| !out.is_broken()) {
            out.put(line);
            out.put(&[end]);
            at += 1;
        }
    }
}

/// Reads and sorts all files: what fits into memory stays there, as the last of the runs; the rest goes into the folder.
pub(super) fn sort_all(
    io: &mut Io<'_>,
    folder: Option<&[u8]>,
    operands: &[&[u8]],
    rules: &Rules,
    memory: usize,
    runs: &mut Vec<Run>,
) -> Status {
    let folder = folder.or_else(|| io.variable("TMPDIR").filter(|name| !name.is_empty()));
    let folder = folder.unwrap_or(b"/tmp");
    let together = io.together();
    let mut text = Vec::new();
    let mut spill_error = None;
    let status = source::each(io, operands, &mut |_, _, input| {
        let mut has_more = spill_error.is_none();
        while has_more {
            // Twice the text is needed while it grows, and lines beside it.
            has_more = input.read_some(&mut text, memory / 3)?;
            if has_more {
                let rest = text.iter().rposition(|byte| *byte == rules.end).map_or(text.len(), |at| at + 1);
                let behind = text.split_off(rest);
                let text = core::mem::replace(&mut text, behind);
                for lines in sorted(together, text, rules) {
                    match spill(folder, &lines, rules.end) {
                        Ok(file) => runs.push(Run::file(file)),
                        Err(errno) => {
                            spill_error = Some(errno);
                            return Ok(());
                        }
                    }
                }
            }
        }
        // The next file begins a line.
        if text.last().is_some_and(|last| *last != rules.end) {
            text.push(rules.end);
        }
        Ok(())
    });
    if let Some(errno) = spill_error {
        return io.complain(folder, &errno);
    }
    runs.extend(sorted(together, text, rules).map(Run::memory));
    status
}

/// Sorts the lines of a text, as two runs where that is worth a second thread.
fn sorted(together: Together, text: Vec<u8>, rules: &Rules) -> impl Iterator<Item = Lines> {
    let mut halves = [(text, None), (Vec::new(), None)];
    let [(text, _), (behind, _)] = &mut halves;
    *behind = text.split_off(middle(text, rules.end));
    let sort = |(text, lines): &mut (Vec<u8>, Option<Lines>)| *lines = Some(Lines::new(take(text), rules));
    match &mut halves {
        [first, (behind, _)] if behind.is_empty() => sort(first),
        [first, second] => together(&mut || sort(first), &mut || sort(second)),
    }
    halves.into_iter().filter_map(|(_, lines)| lines)
}

/// From how many bytes on a text is worth a second thread.
const MANY: usize = 1 << 18;

/// Gives where the line ends in which a text's middle lies; of a small text, or of one line, its end.
fn middle(text: &[u8], end: u8) -> usize {
    let half = text.get(text.len() / 2..).filter(|_| text.len() >= MANY).unwrap_or_default();
    memchr::memchr(end, half).map_or(text.len(), |at| text.len() / 2 + at + 1)
}

/// Writes lines to a file without a name; where a file system has no such files, to one in memory.
fn spill(folder: &[u8], lines: &Lines, end: u8) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::READ_WRITE | OpenFlags::TEMPORARY | OpenFlags::CLOSE_ON_EXEC;
    let file = match open(folder, flags, Mode::octal(0o600)) {
        Err(Errno::OPNOTSUPP) => memfd_create(c"sort", MemoryFileFlags::CLOSE_ON_EXEC),
        file => file,
    }?;
    let mut out = Output::descriptor_stream(file.as_fd());
    lines.write(end, &mut out);
    out.flush();
    out.take_error().map_or(Ok(()), Err)?;
    lseek(&file, From::Start(0))?;
    Ok(file)
}
