//! Lines and records of one size: `conv=block` makes the ones of the others, `conv=unblock` the other way round (POSIX).

use alloc::vec::Vec;

/// Which way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// A line becomes a record that blanks fill; what does not go into it is lost.
    ToRecords,
    /// A record becomes a line, without the blanks at its end.
    ToLines,
}

/// What comes block by block, in which neither lines nor records need end.
pub(super) struct Lines {
    way: Way,
    /// The bytes of a record.
    size: usize,
    /// Where in the line or record the next byte is.
    column: usize,
    /// Blanks that are the end of a record unless something comes behind them.
    blanks: usize,
    /// Lines that were too long.
    pub(super) truncated: u64,
}

impl Lines {
    pub(super) const fn new(way: Way, size: usize) -> Self {
        Self { way, size, column: 0, blanks: 0, truncated: 0 }
    }

    /// Converts what comes next.
    pub(super) fn convert(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        match self.way {
            Way::ToRecords => bytes.iter().for_each(|byte| self.fill_record(*byte, &mut out)),
            Way::ToLines => bytes.iter().for_each(|byte| self.cut_line(*byte, &mut out)),
        }
        out
    }

    /// Gives the end of the last one, where something of it has come.
    pub(super) fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.column > 0 {
            match self.way {
                Way::ToRecords => self.fill(&mut out),
                Way::ToLines => out.push(b'\n'),
            }
        }
        out
    }

    fn fill_record(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte == b'\n' {
            self.fill(out);
            self.column = 0;
            return;
        }
        if self.column < self.size {
            out.push(byte);
        } else if self.column == self.size {
            self.truncated += 1;
        }
        self.column += 1;
    }

    fn fill(&self, out: &mut Vec<u8>) {
        out.resize(out.len() + self.size.saturating_sub(self.column), b' ');
    }

    fn cut_line(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.column == self.size {
            (self.column, self.blanks) = (0, 0);
            out.push(b'\n');
        }
        self.column += 1;
        if byte == b' ' {
            self.blanks += 1;
            return;
        }
        out.resize(out.len() + self.blanks, b' ');
        self.blanks = 0;
        out.push(byte);
    }
}
