//! What `less` and `more` show: a stream as lines that are read when they are wanted, and a line as rows of a screen.

use alloc::vec::Vec;
use core::ops::Range;

use linux::fd::BorrowedFd;
use linux::poll::{PollFd, PollFlags, poll};

use crate::{Input, Io};

/// A stream of which all that was read is kept.
pub(super) struct Document<'a> {
    input: Input<'a>,
    bytes: Vec<u8>,
    /// Where each line that has been found begins.
    starts: Vec<usize>,
    is_whole: bool,
}

/// So much is read at once.
const BLOCK: usize = 64 << 10;

impl<'a> Document<'a> {
    pub(super) fn new(input: Input<'a>) -> Self {
        Self { input, bytes: Vec::new(), starts: Vec::from([0]), is_whole: false }
    }

    /// Reads more; false at the end, or where somebody types while nothing comes.
    fn read(&mut self, keys: Option<BorrowedFd<'_>>) -> bool {
        if self.is_whole {
            return false;
        }
        if let (Some(keys), Some(input)) = (keys, self.input.descriptor()) {
            let mut places = [PollFd::borrowed(input, PollFlags::IN), PollFd::borrowed(keys, PollFlags::IN)];
            if poll(&mut places, None).is_err() || !places[0].is_ready() {
                return false;
            }
        }
        let length = self.bytes.len();
        self.bytes.resize(length + BLOCK, 0);
        let room = self.bytes.get_mut(length..).unwrap_or_default();
        let count = linux::retry(|| self.input.read(room)).unwrap_or(0);
        self.bytes.truncate(length + count);
        let fresh = self.bytes.get(length..).unwrap_or_default();
        self.starts.extend(memchr::memchr_iter(b'\n', fresh).map(|at| length + at + 1));
        self.is_whole = count == 0;
        count > 0
    }

    /// Gives a line without its end; nothing behind the last.
    pub(super) fn line(&mut self, index: usize, keys: Option<BorrowedFd<'_>>) -> Option<&[u8]> {
        while self.starts.len() <= index + 1 && self.read(keys) {}
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).map_or(self.bytes.len(), |next| next - 1);
        // Behind the last line end, there is no line.
        self.bytes.get(start..end).filter(|_| start < self.bytes.len())
    }

    /// Reads to the end, as long as nobody types; gives how many lines there are.
    pub(super) fn count(&mut self, keys: Option<BorrowedFd<'_>>) -> usize {
        while self.read(keys) {}
        self.starts.iter().take_while(|start| **start < self.bytes.len()).count()
    }

    /// Has the end looked at again: the file may have grown.
    pub(super) fn refresh(&mut self) {
        self.is_whole = false;
        while self.read(None) {}
    }

    /// Says whether the end has been seen, and how many lines are known.
    pub(super) fn known(&self) -> (bool, usize) {
        (self.is_whole, self.starts.iter().rev().skip_while(|start| **start >= self.bytes.len()).count())
    }

    /// Gives how many hundredths of what is known stand before a line.
    pub(super) fn percent(&self, line: usize) -> u64 {
        let at = self.starts.get(line).copied().unwrap_or(self.bytes.len());
        (at as u64 * 100).checked_div(self.bytes.len() as u64).unwrap_or(100)
    }

    /// Gives the line at a percentage.
    pub(super) fn line_at(&self, percent: u64) -> usize {
        let at = (self.bytes.len() as u64 * percent.min(100) / 100) as usize;
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }
}

/// How lines become rows.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) columns: usize,
    pub(super) is_utf8: bool,
    /// Longer lines are cut, and so many columns stand to the left of what is seen; else they go on in the next row.
    pub(super) cut: Option<usize>,
    /// Colours are passed on (`-R`).
    pub(super) has_colours: bool,
    /// Everything is passed on (`-r`).
    pub(super) is_raw: bool,
    /// How far apart tab stops are.
    pub(super) tab: usize,
}

/// Gives the rows of a line; `found` are the stretches of it to be marked.
pub(super) fn rows(line: &[u8], manner: &Manner, found: &[Range<usize>]) -> Vec<Vec<u8>> {
    let mut painter =
        Painter { manner, rows: Vec::new(), row: Vec::new(), at: 0, style: 0, colours: Vec::new() };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let mark = if found.iter().any(|range| range.contains(&at)) { REVERSE } else { 0 };
        let length = if manner.has_colours { colour(rest) } else { 0 };
        if length > 0 {
            painter.colour(rest.get(..length).unwrap_or_default());
            at += length;
            continue;
        }
        let letter = letter(rest, manner.is_utf8);
        let (text, mut used, mut style) = overstruck(rest, letter, manner.is_utf8);
        used = used.max(1);
        style |= mark;
        match text {
            b"\t" => {
                let tab = manner.tab.max(1);
                let count = tab - painter.at % tab;
                (0..count).for_each(|_| painter.put(b" ", 1, style));
            }
            [byte] if manner.is_raw => painter.put(&[*byte], usize::from(*byte >= b' '), style),
            [byte @ (..0x20 | 0x7f)] => painter.put(&[b'^', byte ^ 0x40], 2, style | REVERSE),
            [byte @ 0x80..=0xff] => {
                let mut shown = b"<".to_vec();
                query::text::radix(u64::from(*byte >> 4), 16, &mut shown);
                query::text::radix(u64::from(*byte & 15), 16, &mut shown);
                shown.push(b'>');
                painter.put(&shown.to_ascii_uppercase(), 4, style | REVERSE);
            }
            text => painter.put(text, text::character::width(text, manner.is_utf8), style),
        }
        at += used;
    }
    painter.end();
    painter.rows
}

const BOLD: u8 = 1;
const UNDERLINE: u8 = 2;
const REVERSE: u8 = 4;

/// Gives how many bytes the first letter has: one where they are none of UTF-8.
fn letter(text: &[u8], is_utf8: bool) -> usize {
    if !is_utf8 {
        return 1;
    }
    (1..=4)
        .find(|length| text.get(..*length).is_some_and(|part| core::str::from_utf8(part).is_ok()))
        .unwrap_or(1)
}

/// Gives how long a sequence for colours is that the text begins with; 0 if it does not.
fn colour(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b"\x1b[") else { return 0 };
    let length = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')).count();
    if rest.get(length) == Some(&b'm') { length + 3 } else { 0 }
}

/// Reads a letter that was typed over, as printers show bold (`X^HX`) and underlined (`_^HX`) ones.
fn overstruck(text: &[u8], first: usize, is_utf8: bool) -> (&[u8], usize, u8) {
    let one = text.get(..first).unwrap_or_default();
    let Some([8, rest @ ..]) = text.get(first..) else { return (one, first, 0) };
    let second = letter(rest, is_utf8);
    let other = rest.get(..second).unwrap_or_default();
    let used = first + 1 + second;
    match (one, other) {
        (_, b"") => (one, first, 0),
        (b"_", b"_") => (other, used, BOLD),
        (b"_", other) => (other, used, UNDERLINE),
        (one, b"_") => (one, used, UNDERLINE),
        (one, other) if one == other => (one, used, BOLD),
        (_, other) => (other, used, 0),
    }
}

/// A row that is being written.
struct Painter<'m> {
    manner: &'m Manner,
    rows: Vec<Vec<u8>>,
    row: Vec<u8>,
    /// How many columns of the line are behind us: of the row, where lines go on in the next one.
    at: usize,
    style: u8,
    /// The colours that hold.
    colours: Vec<u8>,
}

impl Painter<'_> {
    fn put(&mut self, text: &[u8], width: usize, style: u8) {
        let columns = self.manner.columns.max(1);
        match self.manner.cut {
            Some(left) => {
                let is_seen = self.at >= left && self.at + width <= left + columns;
                self.at += width;
                if !is_seen {
                    return;
                }
            }
            None => {
                if self.at + width > columns && self.at > 0 {
                    self.end();
                }
                self.at += width;
            }
        }
        self.set_style(style);
        self.row.extend_from_slice(text);
    }

    fn set_style(&mut self, style: u8) {
        if style == self.style {
            return;
        }
        self.style = style;
        self.row.extend_from_slice(b"\x1b[0");
        for (bit, code) in [(BOLD, b";1"), (UNDERLINE, b";4"), (REVERSE, b";7")] {
            if style & bit != 0 {
                self.row.extend_from_slice(code);
            }
        }
        self.row.push(b'm');
        self.row.extend_from_slice(&self.colours);
    }

    fn colour(&mut self, sequence: &[u8]) {
        if matches!(sequence, b"\x1b[m" | b"\x1b[0m") {
            self.colours.clear();
        } else {
            self.colours.extend_from_slice(sequence);
        }
        self.row.extend_from_slice(sequence);
    }

    /// Ends a row; what holds is said again in the next.
    fn end(&mut self) {
        if self.style != 0 || !self.colours.is_empty() {
            self.row.extend_from_slice(b"\x1b[0m");
        }
        self.rows.push(core::mem::replace(&mut self.row, self.colours.clone()));
        (self.style, self.at) = (0, 0);
    }
}

/// Gives the descriptor of standard input, for a document of it.
pub(super) fn standard<'a>(io: &mut Io<'a>) -> Input<'a> {
    core::mem::replace(&mut io.input, Input::Memory(b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANNER: Manner =
        Manner { columns: 8, is_utf8: true, cut: None, has_colours: false, is_raw: false, tab: 8 };

    fn shown(line: &[u8], manner: &Manner) -> Vec<String> {
        rows(line, manner, &[]).iter().map(|row| row.escape_ascii().to_string()).collect()
    }

    #[test]
    fn long_lines_go_on_or_are_cut() {
        assert_eq!(shown(b"0123456789", &MANNER), ["01234567", "89"]);
        assert_eq!(shown(b"", &MANNER), [""]);
        assert_eq!(shown(b"01234567", &MANNER), ["01234567"]);
        assert_eq!(shown(b"0123456789", &Manner { cut: Some(0), ..MANNER }), ["01234567"]);
        assert_eq!(shown(b"0123456789", &Manner { cut: Some(4), ..MANNER }), ["456789"]);
        assert_eq!(shown("0123456日".as_bytes(), &MANNER), ["0123456", r"\xe6\x97\xa5"]);
    }

    #[test]
    fn what_is_no_text_is_marked() {
        assert_eq!(shown(b"a\x01b", &MANNER), [r"a\x1b[0;7m^A\x1b[0mb"]);
        assert_eq!(shown(b"\xff", &MANNER), [r"\x1b[0;7m<FF>\x1b[0m"]);
        assert_eq!(shown(b"\x1b[31mx", &MANNER), [r"\x1b[0;7m^[\x1b[0m[31mx"]);
        assert_eq!(shown(b"a\tb\r", &Manner { tab: 4, ..MANNER }), ["a   b"]);
    }

    #[test]
    fn colours_hold_in_the_next_row() {
        let manner = Manner { has_colours: true, columns: 2, ..MANNER };
        assert_eq!(shown(b"\x1b[31mabc\x1b[m", &manner), [r"\x1b[31mab\x1b[0m", r"\x1b[31mc\x1b[m"]);
    }

    #[test]
    fn letters_that_were_typed_over() {
        assert_eq!(shown(b"a\x08a_\x08b", &MANNER), [r"\x1b[0;1ma\x1b[0;4mb\x1b[0m"]);
    }

    #[test]
    fn lines_are_read_when_they_are_wanted() {
        let mut document = Document::new(Input::Memory(b"one\n\nthree"));
        assert_eq!(document.line(1, None), Some(&b""[..]));
        assert_eq!(document.line(2, None), Some(&b"three"[..]));
        assert_eq!(document.line(3, None), None);
        assert_eq!((document.count(None), document.known()), (3, (true, 3)));
        assert_eq!((document.percent(1), document.line_at(50)), (40, 2));
        let mut empty = Document::new(Input::Memory(b""));
        assert_eq!(empty.line(0, None), None);
        assert_eq!(empty.count(None), 0);
    }
}
