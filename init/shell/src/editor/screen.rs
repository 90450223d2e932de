//! The lines of a terminal that the editor has: what stands there, and the bytes that change it to what is to stand there.
//!
//! Only what differs is written. Each row ends before the last column is passed, so that it does not matter how a terminal
//! wraps. What is higher than the terminal is shown around the cursor.

use alloc::vec::Vec;

use super::character;

/// Has a terminal call for attention.
pub(super) const BELL: u8 = 7;

/// What is to be shown.
pub(super) struct Picture<'p> {
    /// What stands before the first line; it may hold sequences that set colours.
    pub(super) prompt: &'p [u8],
    /// What stands before each further line.
    pub(super) further: &'p [u8],
    pub(super) text: &'p [u8],
    /// Where in the text the cursor is.
    pub(super) at: usize,
    /// What stands below.
    pub(super) below: &'p [u8],
}

/// A character on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cell {
    shown: Vec<u8>,
    width: usize,
    /// Whether it belongs to a prompt, whose colours begin somewhere before it.
    is_prompt: bool,
}

type Row = Vec<Cell>;

/// A screen.
#[derive(Debug)]
pub(super) struct Screen {
    rows: Vec<Row>,
    /// The row and column of the cursor.
    at: (usize, usize),
    /// The first row that is shown, where not all are.
    top: usize,
    lines: usize,
    columns: usize,
}

impl Screen {
    pub(super) fn new(lines: usize, columns: usize) -> Self {
        Self { rows: Vec::new(), at: (0, 0), top: 0, lines, columns }
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Takes another size; what follows is drawn anew.
    pub(super) fn resize(&mut self, lines: usize, columns: usize, out: &mut Vec<u8>) {
        (self.lines, self.columns) = (lines, columns);
        self.go((0, 0), out);
        out.extend_from_slice(b"\x1b[J");
        self.rows.clear();
    }

    /// Clears the whole terminal.
    pub(super) fn clear(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[H\x1b[2J");
        *self = Self::new(self.lines, self.columns);
    }

    /// Brings the terminal up to date.
    pub(super) fn show(&mut self, picture: &Picture<'_>, out: &mut Vec<u8>) {
        let (mut rows, mut at) = Layout::new(self.columns).lay(picture);
        if rows.len() > self.lines {
            self.top =
                self.top.clamp((at.0 + 1).saturating_sub(self.lines), at.0).min(rows.len() - self.lines);
            rows.drain(..self.top);
            rows.truncate(self.lines);
            at.0 -= self.top;
        } else {
            self.top = 0;
        }
        let former = core::mem::take(&mut self.rows);
        for (index, row) in rows.iter().enumerate() {
            self.change(index, former.get(index).map_or(&[], Vec::as_slice), row, out);
        }
        if former.len() > rows.len() {
            self.go((rows.len(), 0), out);
            out.extend_from_slice(b"\x1b[J");
        }
        self.rows = rows;
        self.go(at, out);
    }

    /// Moves below all that is shown, and forgets it.
    pub(super) fn leave(&mut self, out: &mut Vec<u8>) {
        self.go((self.rows.len().saturating_sub(1), 0), out);
        out.push(b'\n');
        *self = Self::new(self.lines, self.columns);
    }

    fn change(&mut self, index: usize, former: &[Cell], row: &[Cell], out: &mut Vec<u8>) {
        let same = former.iter().zip(row).take_while(|(old, new)| old == new).count();
        if same == row.len() && same == former.len() {
            if index > self.at.0 && index >= self.rows.len() {
                self.go((index, 0), out);
            }
            return;
        }
        // Colours of a prompt may begin anywhere in it.
        let is_prompt = row.get(same).is_some_and(|cell| cell.is_prompt);
        let start = if is_prompt { 0 } else { same };
        let width = |cells: &[Cell]| cells.iter().map(|cell| cell.width).sum::<usize>();
        self.go((index, width(row.get(..start).unwrap_or_default())), out);
        for cell in row.get(start..).unwrap_or_default() {
            out.extend_from_slice(&cell.shown);
            self.at.1 += cell.width;
        }
        if width(row) < width(former) {
            out.extend_from_slice(b"\x1b[K");
        }
    }

    /// Moves the cursor.
    fn go(&mut self, (row, column): (usize, usize), out: &mut Vec<u8>) {
        // Behind the last column terminals differ.
        if self.at.1 >= self.columns && row <= self.at.0 {
            out.push(b'\r');
            self.at.1 = 0;
        }
        if row < self.at.0 {
            out.extend_from_slice(alloc::format!("\x1b[{}A", self.at.0 - row).as_bytes());
        } else if row > self.at.0 {
            // Unlike the sequence for it, this makes lines at the bottom.
            out.push(b'\r');
            out.extend(core::iter::repeat_n(b'\n', row - self.at.0));
            self.at.1 = 0;
        }
        self.at.0 = row;
        if column + 4 < self.at.1 {
            out.push(b'\r');
            self.at.1 = 0;
        }
        if column < self.at.1 {
            out.extend(core::iter::repeat_n(8, self.at.1 - column));
        } else if column > self.at.1 {
            out.extend_from_slice(alloc::format!("\x1b[{}C", column - self.at.1).as_bytes());
        }
        self.at.1 = column;
    }
}

/// Puts characters into rows.
struct Layout {
    rows: Vec<Row>,
    column: usize,
    columns: usize,
    /// Sequences before the first character of a row.
    sequences: Vec<u8>,
}

impl Layout {
    fn new(columns: usize) -> Self {
        Self { rows: alloc::vec![Vec::new()], column: 0, columns, sequences: Vec::new() }
    }

    fn lay(mut self, picture: &Picture<'_>) -> (Vec<Row>, (usize, usize)) {
        self.prompt(picture.prompt);
        let (mut place, mut cursor) = (0, None);
        while place < picture.text.len() {
            if place >= picture.at {
                cursor.get_or_insert_with(|| self.place());
            }
            let end = character::next(picture.text, place);
            match picture.text.get(place..end).unwrap_or_default() {
                b"\n" => {
                    self.end_row();
                    self.prompt(picture.further);
                }
                text => self.character(text, false),
            }
            place = end;
        }
        let cursor = cursor.unwrap_or_else(|| self.place());
        for line in picture.below.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            self.end_row();
            let mut place = 0;
            while place < line.len() {
                let end = character::next(line, place);
                self.character(line.get(place..end).unwrap_or_default(), false);
                place = end;
            }
        }
        (self.rows, cursor)
    }

    /// Gives where the next character comes; a full row has no place for a cursor.
    fn place(&mut self) -> (usize, usize) {
        if self.column >= self.columns {
            self.end_row();
        }
        (self.rows.len() - 1, self.column)
    }

    fn end_row(&mut self) {
        self.rows.push(Vec::new());
        self.column = 0;
    }

    fn character(&mut self, text: &[u8], is_prompt: bool) {
        let mut shown = Vec::new();
        let mut width = character::show(text, self.column, &mut shown);
        if self.column + width > self.columns && self.column > 0 {
            self.end_row();
            shown.clear();
            width = character::show(text, 0, &mut shown);
        }
        let shown = [core::mem::take(&mut self.sequences), shown].concat();
        self.column += width;
        if let Some(row) = self.rows.last_mut() {
            row.push(Cell { shown, width, is_prompt });
        }
    }

    fn prompt(&mut self, prompt: &[u8]) {
        let mut rest = prompt;
        while let Some((byte, after)) = rest.split_first() {
            let length = match byte {
                b'\n' => {
                    self.end_row();
                    rest = after;
                    continue;
                }
                0x1b => sequence(rest),
                b'\t' => 0,
                0..0x20 | 0x7f => 1,
                _ => 0,
            };
            if length > 0 {
                let (sequence, after) = rest.split_at(length);
                match self.rows.last_mut().and_then(|row| row.last_mut()) {
                    Some(cell) => cell.shown.extend_from_slice(sequence),
                    None => self.sequences.extend_from_slice(sequence),
                }
                rest = after;
                continue;
            }
            let (text, after) = rest.split_at(character::next(rest, 0));
            self.character(text, true);
            rest = after;
        }
    }
}

/// Gives the length of the sequence that a text begins with: `ESC [ ... letter`, `ESC ] ... BEL`, or two bytes.
fn sequence(text: &[u8]) -> usize {
    let ends = |from: usize, is_end: fn(&u8) -> bool| {
        text.iter().skip(from).position(is_end).map_or(text.len(), |at| from + at + 1)
    };
    match text.get(1) {
        Some(b'[') => ends(2, |byte| matches!(byte, 0x40..=0x7e)),
        Some(b']') => ends(2, |byte| matches!(byte, 7 | b'\\')),
        _ => text.len().min(2),
    }
}
