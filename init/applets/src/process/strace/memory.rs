//! The memory of a process that is followed, and arguments by their kinds alone: numbers, texts, buffers.

use alloc::vec::Vec;

use formats::file::calls::Kind;
use linux::fs::IoSliceMut;
use linux::mem::{Remote, process_vm_readv};
use linux::process::Pid;
use query::text::decimal;

use super::signals;
use super::words::{address, hexadecimal, narrow, octal, quoted, signed};

/// How many addresses or buffers of a list are shown.
const MOST: usize = 32;

/// Memory is read up to the ends of pages of this size: what is not there ends the reading, and not all of it.
const PAGE: u64 = 4096;

/// The bytes of an address.
pub(super) const WORD: usize = size_of::<usize>();

/// Where arguments point to.
pub(super) struct Process {
    pub(super) pid: Pid,
    /// How many bytes of a text are shown.
    pub(super) limit: usize,
    /// Whether times have 64 bits.
    pub(super) is_wide: bool,
}

/// The fields of a structure, one after the other, each where C puts it.
pub(super) struct Fields {
    bytes: Vec<u8>,
    at: usize,
}

impl Fields {
    /// Begins at a field that lies elsewhere.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// Reads a number of 2, 4 or 8 bytes; zero behind the end.
    pub(super) fn number(&mut self, size: usize) -> u64 {
        let alignment = if size == 8 { align_of::<u64>() } else { size };
        self.at = self.at.next_multiple_of(alignment);
        self.packed(size)
    }

    /// Reads a number that begins anywhere.
    pub(super) fn packed(&mut self, size: usize) -> u64 {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += size;
        let mut number = [0; 8];
        for (to, from) in number.iter_mut().zip(rest.iter().take(size)) {
            *to = *from;
        }
        u64::from_le_bytes(number)
    }

    pub(super) fn int(&mut self) -> i64 {
        i64::from(self.number(4) as u32 as i32)
    }

    /// Reads an address, or a number as wide.
    pub(super) fn word(&mut self) -> u64 {
        self.number(WORD)
    }

    /// Reads bytes.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += count;
        rest.get(..count).unwrap_or(rest)
    }
}

impl Process {
    /// Reads memory of the process up to where there is none.
    pub(super) fn read(&self, address: u64, count: usize) -> Vec<u8> {
        let mut bytes = alloc::vec![0; count];
        let mut parts = Vec::new();
        let (mut at, mut left) = (address, count as u64);
        while left > 0 {
            let length = (PAGE - at % PAGE).min(left);
            parts.push(Remote { address: at as usize, length: length as usize });
            (at, left) = (at.wrapping_add(length), left - length);
        }
        let read = process_vm_readv(self.pid, &mut [IoSliceMut::new(&mut bytes)], &parts);
        bytes.truncate(read.unwrap_or_default());
        bytes
    }

    /// Reads a structure; none if not all of it is there.
    pub(super) fn fields(&self, address: u64, count: usize) -> Option<Fields> {
        let bytes = self.read(address, count);
        (address != 0 && bytes.len() == count).then_some(Fields { bytes, at: 0 })
    }

    pub(super) fn number(&self, address: u64, size: usize) -> Option<u64> {
        self.fields(address, size).map(|mut fields| fields.packed(size))
    }

    /// Shows an argument by its kind.
    pub(super) fn argument(&self, kind: Kind, value: u64, next: u64, result: Option<i64>, out: &mut Vec<u8>) {
        let failed = result.is_some_and(|result| result < 0);
        let count = match result {
            Some(result) => u64::try_from(result).unwrap_or_default().min(next),
            None => next,
        };
        match kind {
            Kind::Descriptor if narrow(value) == -100 => return out.extend_from_slice(b"AT_FDCWD"),
            Kind::Descriptor | Kind::Signed => return signed(narrow(value), out),
            Kind::Unsigned => return decimal(value, out),
            Kind::Offset => return signed(value.cast_signed(), out),
            Kind::Mode => return octal(value & 0o7777, out),
            Kind::Signal => return signals::name(narrow(value), out),
            Kind::Flags => return hexadecimal(value, out),
            _ if value == 0 => return address(0, out),
            _ => {}
        }
        let is_shown = match kind {
            Kind::Text => self.text(value, usize::MAX, out),
            Kind::Texts => self.texts(value, out),
            _ if failed => false,
            Kind::Input | Kind::Output => self.bytes(value, count, quoted, out),
            Kind::Time => self.time(value, out),
            Kind::Vectors => self.vectors(value, next, result, out),
            Kind::Pair => self.pair(value, out),
            Kind::Status if result != Some(0) => self.status(value, out),
            _ => false,
        };
        if !is_shown {
            address(value, out);
        }
    }

    /// Shows a text up to its end, or so many bytes of it; paths are shown whole, as strace does.
    pub(super) fn text(&self, address: u64, most: usize, out: &mut Vec<u8>) -> bool {
        let bytes = self.read(address, 4096);
        if bytes.is_empty() {
            return false;
        }
        let end = bytes.iter().position(|byte| *byte == 0);
        let text = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        quoted(text.get(..most).unwrap_or(text), end.is_none() || text.len() > most, out);
        true
    }

    pub(super) fn bytes(
        &self,
        address: u64,
        count: u64,
        show: fn(&[u8], bool, &mut Vec<u8>),
        out: &mut Vec<u8>,
    ) -> bool {
        let shown = usize::try_from(count).unwrap_or(usize::MAX).min(self.limit);
        let bytes = self.read(address, shown);
        if bytes.len() < shown {
            return false;
        }
        show(&bytes, count > shown as u64, out);
        true
    }

    /// Shows seconds and nanoseconds.
    pub(super) fn time(&self, address: u64, out: &mut Vec<u8>) -> bool {
        self.times(address, "nsec", out)
    }

    /// Shows seconds and their parts, which are called so.
    pub(super) fn times(&self, address: u64, parts: &str, out: &mut Vec<u8>) -> bool {
        let size = if self.is_wide { 8 } else { 4 };
        let Some(mut fields) = self.fields(address, 2 * size) else { return false };
        let mut next = || match size {
            8 => fields.number(8).cast_signed(),
            _ => fields.int(),
        };
        let text = alloc::format!("{{tv_sec={}, tv_{parts}={}}}", next(), next());
        out.extend_from_slice(text.as_bytes());
        true
    }

    pub(super) fn vectors(&self, address: u64, count: u64, result: Option<i64>, out: &mut Vec<u8>) -> bool {
        let mut left = result.map(|result| u64::try_from(result).unwrap_or_default());
        out.push(b'[');
        for index in 0..count.min(MOST as u64) {
            let Some(mut fields) = self.fields(address + index * 2 * WORD as u64, 2 * WORD) else { break };
            let (base, length) = (fields.word(), fields.word());
            out.extend_from_slice(if index == 0 { b"{iov_base=" } else { b", {iov_base=" });
            let filled = left.map_or(length, |left| left.min(length));
            left = left.map(|left| left - filled);
            if !self.bytes(base, filled, quoted, out) {
                super::words::address(base, out);
            }
            out.extend_from_slice(b", iov_len=");
            decimal(length, out);
            out.push(b'}');
        }
        if count > MOST as u64 {
            out.extend_from_slice(b", ...");
        }
        out.push(b']');
        true
    }

    /// Gives the addresses of a list that a null ends.
    pub(super) fn list(&self, address: u64) -> impl Iterator<Item = u64> {
        let words = (0..4096).map(move |index| self.number(address + index * WORD as u64, WORD));
        words.map_while(|word| word.filter(|word| *word != 0))
    }

    fn texts(&self, address: u64, out: &mut Vec<u8>) -> bool {
        out.push(b'[');
        for (index, text) in self.list(address).enumerate() {
            if index > 0 {
                out.extend_from_slice(b", ");
            }
            if index == MOST {
                out.extend_from_slice(b"...");
                break;
            }
            if !self.text(text, self.limit, out) {
                hexadecimal(text, out);
            }
        }
        out.push(b']');
        true
    }

    fn pair(&self, address: u64, out: &mut Vec<u8>) -> bool {
        let Some(mut fields) = self.fields(address, 8) else { return false };
        out.extend_from_slice(alloc::format!("[{}, {}]", fields.int(), fields.int()).as_bytes());
        true
    }

    fn status(&self, address: u64, out: &mut Vec<u8>) -> bool {
        let Some(status) = self.number(address, 4) else { return false };
        let (low, high) = (status & 0x7f, status >> 8 & 0xff);
        out.extend_from_slice(b"[{");
        match (low, status) {
            (_, 0xffff) => out.extend_from_slice(b"WIFCONTINUED(s)"),
            (0, _) => {
                out.extend_from_slice(b"WIFEXITED(s) && WEXITSTATUS(s) == ");
                decimal(high, out);
            }
            (0x7f, _) => {
                out.extend_from_slice(b"WIFSTOPPED(s) && WSTOPSIG(s) == ");
                signals::name((high & 0x7f).cast_signed(), out);
                out.extend_from_slice(if high & 0x80 != 0 { b" | 0x80" } else { b"" });
            }
            _ => {
                out.extend_from_slice(b"WIFSIGNALED(s) && WTERMSIG(s) == ");
                signals::name(low.cast_signed(), out);
                out.extend_from_slice(if status & 0x80 != 0 { b" && WCOREDUMP(s)" } else { b"" });
            }
        }
        out.extend_from_slice(b"}]");
        true
    }
}
