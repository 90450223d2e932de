//! A line that grows while a file comes, where standard error is a terminal.

use alloc::vec::Vec;
use core::time::Duration;

use linux::time::monotonic;
use query::text::{cut, decimal, printable, size, width, zero_padded};

use crate::Io;

/// How often it is drawn at most.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Progress {
    name: Vec<u8>,
    /// How much was there at the beginning.
    offset: u64,
    total: Option<u64>,
    begun: Duration,
    drawn: Duration,
    /// How wide the terminal is; none if nothing is drawn.
    columns: Option<usize>,
}

impl Progress {
    pub(super) fn new(io: &Io<'_>, name: &[u8], offset: u64, total: Option<u64>, shows: bool) -> Self {
        let mut text = Vec::new();
        printable(name.rsplit(|byte| *byte == b'/').next().unwrap_or_default(), &mut text);
        let columns = if shows { io.err.columns() } else { None };
        let begun = monotonic();
        Self { name: text, offset, total, begun, drawn: Duration::ZERO, columns }
    }

    /// Draws it as BusyBox does: name, per cent, bar, size, time that is left.
    pub(super) fn draw(&mut self, io: &mut Io<'_>, done: u64, is_end: bool) {
        /// What the parts beside the bar take.
        const BESIDE: usize = 46;
        let Some(columns) = self.columns else { return };
        let now = monotonic();
        if !is_end && now.saturating_sub(self.drawn) < PAUSE {
            return;
        }
        self.drawn = now;
        let mut line = b"\r".to_vec();
        let name = cut(&self.name, 20);
        line.extend_from_slice(name);
        line.resize(line.len() + 21 - width(name), b' ');
        let room = columns.saturating_sub(BESIDE);
        if let Some(total) = self.total {
            let share = |of: u64| {
                (u128::from(done) * u128::from(of) / u128::from(total.max(1))).min(of.into()) as usize
            };
            let percent = if total == 0 { 100 } else { share(100) };
            padded(&mut line, 3, &|text| decimal(percent as u64, text));
            line.extend_from_slice(b"% |");
            let stars = if total == 0 { room } else { share(room as u64) };
            line.resize(line.len() + stars, b'*');
            line.resize(line.len() + room.saturating_sub(stars), b' ');
            line.push(b'|');
        }
        padded(&mut line, 6, &|text| size(done, text));
        let spent = now.saturating_sub(self.begun).as_secs();
        let came = done.saturating_sub(self.offset);
        let left = self.total.map(|total| total.saturating_sub(done)).filter(|_| !is_end && came > 0);
        let seconds = left.map(|left| (u128::from(left) * u128::from(spent) / u128::from(came)) as u64);
        let seconds = seconds.unwrap_or(if is_end && self.total.is_some() { 0 } else { spent });
        line.extend_from_slice(b"  ");
        decimal(seconds / 3600, &mut line);
        for part in [seconds / 60 % 60, seconds % 60] {
            line.push(b':');
            zero_padded(part, 2, &mut line);
        }
        line.extend_from_slice(if self.total.is_some() { b" ETA" } else { b"" });
        line.extend_from_slice(if is_end { b"\n" } else { b"" });
        io.err.put(&line);
        io.err.flush();
    }
}

fn padded(line: &mut Vec<u8>, width: usize, write: &dyn Fn(&mut Vec<u8>)) {
    let mut text = Vec::new();
    write(&mut text);
    line.resize(line.len() + width.saturating_sub(text.len()), b' ');
    line.append(&mut text);
}
