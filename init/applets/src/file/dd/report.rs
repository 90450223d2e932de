//! What was copied, in records and bytes, and how fast.

use alloc::vec::Vec;

use linux::time::monotonic;
use query::text::{decimal, size, zero_padded};

use super::super::units::Unit;
use super::Report;
use crate::Io;

/// Blocks of their whole size, and shorter ones.
#[derive(Default)]
pub(super) struct Records {
    pub(super) whole: u64,
    pub(super) partial: u64,
}

impl Records {
    pub(super) fn count(&mut self, length: usize, block: usize) {
        *(if length == block { &mut self.whole } else { &mut self.partial }) += 1;
    }

    fn put(&self, what: &str, out: &mut Vec<u8>) {
        decimal(self.whole, out);
        out.push(b'+');
        decimal(self.partial, out);
        out.extend_from_slice(b" records ");
        out.extend_from_slice(what.as_bytes());
        out.push(b'\n');
    }
}

/// What has been done since the start.
pub(super) struct Tally {
    pub(super) read: Records,
    pub(super) written: Records,
    pub(super) read_bytes: u64,
    pub(super) bytes: u64,
    /// Lines that were longer than the records that they became.
    pub(super) truncated: u64,
    start: core::time::Duration,
    /// How many seconds had passed when progress was told.
    told: u64,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            read: Records::default(),
            written: Records::default(),
            read_bytes: 0,
            bytes: 0,
            truncated: 0,
            start: monotonic(),
            told: 0,
        }
    }

    /// Says all that is to be said.
    pub(super) fn say(&self, io: &mut Io<'_>, report: Report) {
        if report == Report::Nothing {
            return;
        }
        let mut text = Vec::new();
        if self.told > 0 {
            text.push(b'\n');
        }
        self.read.put("in", &mut text);
        self.written.put("out", &mut text);
        if self.truncated > 0 {
            decimal(self.truncated, &mut text);
            text.extend_from_slice(if self.truncated == 1 {
                b" truncated record\n"
            } else {
                b" truncated records\n"
            });
        }
        if report != Report::Records {
            self.put_speed(&mut text);
            text.push(b'\n');
        }
        io.err.put(&text);
        io.err.flush();
    }

    /// Says how far it is, once in a second.
    pub(super) fn say_progress(&mut self, io: &mut Io<'_>) {
        let seconds = (monotonic() - self.start).as_secs();
        if seconds > self.told {
            self.told = seconds;
            let mut text = b"\r".to_vec();
            self.put_speed(&mut text);
            // What was there may have been longer.
            text.extend_from_slice(b"   ");
            io.err.put(&text);
            io.err.flush();
        }
    }

    fn put_speed(&self, out: &mut Vec<u8>) {
        let time = monotonic() - self.start;
        decimal(self.bytes, out);
        out.extend_from_slice(if self.bytes == 1 { b" byte" } else { b" bytes" });
        if self.bytes >= 1000 {
            out.extend_from_slice(b" (");
            put_amount(|text| Unit::Si.put(self.bytes, text), out);
            out.extend_from_slice(b"B");
            if self.bytes >= 1024 {
                out.extend_from_slice(b", ");
                put_amount(|text| size(self.bytes, text), out);
                out.extend_from_slice(b"iB");
            }
            out.push(b')');
        }
        out.extend_from_slice(b" copied, ");
        decimal(time.as_secs(), out);
        out.push(b'.');
        zero_padded(time.subsec_micros().into(), 6, out);
        out.extend_from_slice(b" s, ");
        let nanoseconds = time.as_nanos().max(1);
        let rate = u64::try_from(u128::from(self.bytes) * 1_000_000_000 / nanoseconds).unwrap_or(u64::MAX);
        put_amount(|text| Unit::Si.put(rate, text), out);
        out.extend_from_slice(b"B/s");
    }
}

/// Writes an amount with a blank before its unit.
fn put_amount(amount: impl Fn(&mut Vec<u8>), out: &mut Vec<u8>) {
    let mut text = Vec::new();
    amount(&mut text);
    let digits = text.iter().position(u8::is_ascii_alphabetic).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    out.extend_from_slice(number);
    out.push(b' ');
    out.extend_from_slice(unit);
}
