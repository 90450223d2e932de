//! Searching one stream: block by block, as many whole lines at once as there are.

use linux::fd::AsFd;
use linux::fs::{FileKind, fstat};
use regex::Regex;

use super::print::{Line, Shown};
use crate::reader::Reader;
use crate::{Input, Io, Output};

/// What is done with a file that has zero bytes, and so is no text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// It is said that it has such lines.
    Said,
    /// It has none.
    NoMatch,
    /// It is a text as others.
    Text,
}

/// Which lines are searched for.
pub(super) struct Wanted {
    pub(super) regex: Option<Regex>,
    pub(super) is_inverted: bool,
    /// With what lines end.
    pub(super) end: u8,
    /// The most lines of a file.
    pub(super) most: u64,
    pub(super) binary: Binary,
}

/// What is said of each file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Its lines.
    Lines,
    /// How many they are.
    Count,
    /// Whether there are any.
    Any,
}

/// A search through several files.
pub(super) struct Search<'s> {
    pub(super) wanted: &'s Wanted,
    pub(super) shown: Shown,
    pub(super) answer: Answer,
    /// Whether lines were printed, of this or another file.
    has_printed: bool,
}

/// Where the search through one file is.
struct Place<'p> {
    name: &'p [u8],
    /// How many lines were selected.
    count: u64,
    /// The number of the line at `numbered`, and that place in the block.
    line: u64,
    numbered: usize,
    /// Where the block begins in the file.
    offset: u64,
    /// Up to where of the block lines were looked at, and up to where printed.
    seen: usize,
    printed: usize,
    /// Whether nothing was left out between what was printed last and `printed`.
    is_joined: bool,
    /// How many lines behind the last one are still to be printed.
    after: u64,
    is_binary: bool,
    /// Whether that is known of this block.
    is_checked: bool,
}

impl<'s> Search<'s> {
    pub(super) fn new(wanted: &'s Wanted, shown: Shown) -> Self {
        Self { wanted, shown, answer: Answer::Lines, has_printed: false }
    }

    /// Searches one stream; gives how many lines were selected.
    pub(super) fn run(&mut self, io: &mut Io<'_>, name: &[u8], input: &mut Input<'_>) -> linux::Result<u64> {
        let mut place = Place {
            name,
            count: 0,
            line: 1,
            numbered: 0,
            offset: 0,
            seen: 0,
            printed: 0,
            is_joined: false,
            after: 0,
            is_binary: false,
            is_checked: false,
        };
        if self.wanted.most == 0 {
            return Ok(0);
        }
        let mut reader = Reader::new(input);
        loop {
            io.out.pause();
            let more = reader.read()?;
            let block = reader.at_hand();
            let whole = match (more, memchr::memrchr(self.wanted.end, block)) {
                (false, _) => block.len(),
                (true, Some(last)) => last + 1,
                (true, None) => 0,
            };
            place.is_checked = false;
            if self.wanted.binary == Binary::NoMatch && self.is_binary(block, &mut place) {
                return Ok(0);
            }
            let is_done = self.block(&mut io.out, block.get(..whole).unwrap_or_default(), &mut place);
            let is_done = is_done || !more || io.out.is_broken();
            let taken =
                if is_done { place.seen } else { place.keep(block, self.shown.before, self.wanted.end) };
            reader.consume(taken);
            if is_done {
                break;
            }
        }
        if place.is_binary && place.count > 0 && self.answer == Answer::Lines {
            io.complain(name, &"binary file matches");
        }
        if place.count >= self.wanted.most {
            // POSIX has the rest left to whoever reads the descriptor next.
            reader.give_back();
        }
        Ok(place.count)
    }

    /// Says whether a file is no text, as far as it was read.
    fn is_binary(&self, block: &[u8], place: &mut Place<'_>) -> bool {
        if !place.is_checked && self.wanted.binary != Binary::Text && self.wanted.end != 0 {
            let fresh = block.get(place.seen..).unwrap_or_default();
            place.is_binary |= memchr::memchr(0, fresh).is_some();
        }
        place.is_checked = true;
        place.is_binary
    }

    /// Searches the whole lines of a block from where it was seen; true when nothing more has to be read.
    fn block(&mut self, out: &mut Output<'_>, block: &[u8], place: &mut Place<'_>) -> bool {
        let only_counts = self.answer == Answer::Count && self.wanted.most == u64::MAX;
        if let (true, false, Some(regex)) = (only_counts, self.wanted.is_inverted, &self.wanted.regex) {
            while let Some(at) = regex.find_line(block, place.seen).filter(|_| place.seen < block.len()) {
                place.count += 1;
                place.seen = self.behind(block, at);
            }
            place.seen = block.len();
        }
        while place.seen < block.len() {
            if place.count == self.wanted.most {
                // Only what stands behind the last line is still to come.
                self.print_after(out, block, block.len(), place);
                place.seen = place.printed;
                return place.after == 0;
            }
            let (from, to, behind) = self.next(block, place.seen);
            if from < to && self.select(out, block, from, to, place) {
                return true;
            }
            if place.count < self.wanted.most {
                place.seen = behind;
            }
        }
        self.print_after(out, block, block.len(), place);
        false
    }

    /// Gives where the next selected lines begin and end, the end of the block where there are none, and from where to look on.
    fn next(&self, block: &[u8], begin: usize) -> (usize, usize, usize) {
        let found = self.wanted.regex.as_ref().and_then(|regex| regex.find_line(block, begin));
        let line = found.map(|at| {
            let before = block.get(begin..at).unwrap_or_default();
            begin + memchr::memrchr(self.wanted.end, before).map_or(0, |last| last + 1)
        });
        let behind = line.map_or(block.len(), |line| self.behind(block, line));
        let line = line.unwrap_or(block.len());
        // Selected is what lies before the line that matches, or that line itself.
        match self.wanted.is_inverted {
            true if begin < line => (begin, line, behind),
            true if behind < block.len() => self.next(block, behind),
            true => (block.len(), block.len(), block.len()),
            false => (line, behind, behind),
        }
    }

    /// Gives the place behind a line.
    fn behind(&self, block: &[u8], line: usize) -> usize {
        let rest = block.get(line..).unwrap_or_default();
        memchr::memchr(self.wanted.end, rest).map_or(block.len(), |length| line + length + 1)
    }

    /// Answers for lines that are selected; true when nothing more has to be looked at.
    fn select(
        &mut self,
        out: &mut Output<'_>,
        block: &[u8],
        from: usize,
        to: usize,
        place: &mut Place<'_>,
    ) -> bool {
        let text = block.get(from..to).unwrap_or_default();
        let is_bounded = self.wanted.most != u64::MAX;
        match self.answer {
            Answer::Any => {
                place.count = 1;
                place.seen = self.behind(block, from);
                return true;
            }
            Answer::Lines if self.is_binary(block, place) => {
                place.count += 1;
                return true;
            }
            Answer::Lines if self.shown.is_plain() && !is_bounded => {
                place.count += 1;
                out.put(text);
                if text.last() != Some(&self.wanted.end) {
                    out.put(&[self.wanted.end]);
                }
                if self.shown.at_once {
                    out.flush();
                }
                return out.is_broken();
            }
            Answer::Count if !is_bounded => {
                let is_open = text.last() != Some(&self.wanted.end);
                place.count += bulk::lines(text, self.wanted.end) as u64 + u64::from(is_open);
                return false;
            }
            _ => {}
        }
        let mut line = from;
        while line < to {
            let behind = self.behind(block, line);
            place.count += 1;
            if self.answer == Answer::Lines {
                self.print_selected(out, block, (line, behind), place);
            }
            line = behind;
            place.seen = behind;
            if place.count == self.wanted.most {
                return place.after == 0;
            }
            if out.is_broken() {
                return true;
            }
        }
        false
    }

    /// Prints a selected line and what stands before it.
    fn print_selected(
        &mut self,
        out: &mut Output<'_>,
        block: &[u8],
        (line, behind): (usize, usize),
        place: &mut Place<'_>,
    ) {
        self.print_after(out, block, line, place);
        let skipped = block.get(place.printed..line).unwrap_or_default();
        let context = last_lines(skipped, self.shown.before, self.wanted.end);
        let mut at = line - context;
        let is_joined = place.is_joined && at == place.printed;
        if self.shown.has_context && self.has_printed && !is_joined {
            self.shown.gap(out);
        }
        while at < line {
            let next = self.behind(block, at);
            self.print_line(out, block, (at, next), false, place);
            at = next;
        }
        self.print_line(out, block, (line, behind), true, place);
        place.after = self.shown.after;
    }

    /// Prints the lines behind a selected one, as far as that is asked for and no further than `until`.
    fn print_after(&mut self, out: &mut Output<'_>, block: &[u8], until: usize, place: &mut Place<'_>) {
        while place.after > 0 && place.printed < until {
            let line = place.printed;
            let behind = self.behind(block, line);
            self.print_line(out, block, (line, behind), false, place);
            place.after -= 1;
        }
    }

    fn print_line(
        &mut self,
        out: &mut Output<'_>,
        block: &[u8],
        (line, behind): (usize, usize),
        is_selected: bool,
        place: &mut Place<'_>,
    ) {
        if self.shown.numbers {
            place.number_to(block, line, self.wanted.end);
        }
        let text = block.get(line..behind).unwrap_or_default();
        let text = text.strip_suffix(&[self.wanted.end]).unwrap_or(text);
        let offset = place.offset + line as u64;
        let shown = Line { name: place.name, text, number: place.line, offset, is_selected };
        let regex = self.wanted.regex.as_ref().filter(|_| is_selected != self.wanted.is_inverted);
        self.shown.print(&shown, regex, self.wanted.end, out);
        place.printed = behind;
        place.is_joined = true;
        self.has_printed = true;
    }
}

impl Place<'_> {
    /// Counts lines up to a place.
    fn number_to(&mut self, block: &[u8], to: usize, end: u8) {
        self.line += bulk::lines(block.get(self.numbered..to).unwrap_or_default(), end) as u64;
        self.numbered = to;
    }

    /// Gives how much of the block is needed no more, and moves the places so that the block begins there.
    fn keep(&mut self, block: &[u8], before: u64, end: u8) -> usize {
        let skipped = block.get(self.printed..self.seen).unwrap_or_default();
        let context = last_lines(skipped, before, end);
        let taken = self.seen - context;
        self.number_to(block, taken, end);
        self.is_joined &= taken == self.printed;
        self.offset += taken as u64;
        self.seen -= taken;
        self.numbered = 0;
        self.printed = 0;
        taken
    }
}

/// Gives the length of the last lines of a text.
fn last_lines(text: &[u8], count: u64, end: u8) -> usize {
    let mut begin = text.len();
    for _ in 0..count {
        let Some(before) = begin.checked_sub(1) else { break };
        begin = memchr::memrchr(end, text.get(..before).unwrap_or_default()).map_or(0, |last| last + 1);
    }
    text.len() - begin
}

/// Says whether a file is what standard output is written to, so that it would never end.
pub(super) fn is_output(input: &Input<'_>, out: &mut Output<'_>) -> bool {
    let identity = |descriptor| {
        let data = fstat(descriptor).ok().filter(|data| data.kind() == FileKind::Regular)?;
        Some((data.device(), data.inode()))
    };
    let (Some(input), Some(out)) = (input.descriptor(), out.descriptor()) else { return false };
    identity(out.as_fd()).is_some_and(|out| identity(input.as_fd()) == Some(out))
}
