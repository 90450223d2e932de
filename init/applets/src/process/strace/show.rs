//! Calls as strace shows them: arguments by their kinds, what they point to read from the process, and results.

use alloc::vec::Vec;

use formats::file::calls::{Kind, Known, Table, packed, packed_length};
use linux::Errno;
use linux::fs::{IoSliceMut, OpenFlags};
use linux::mem::{Remote, process_vm_readv};
use linux::named::Named;
use linux::net::SocketKind;
use linux::process::Pid;
use linux::signal::Signal;
use linux::trace::MACHINE;
use query::text::{decimal, radix};

use super::names::{self, Names};

/// The calls of this processor.
static CALLS: [u8; packed_length(MACHINE)] = packed(MACHINE);

/// Gives all calls.
pub(super) fn calls() -> Table<'static> {
    Table::new(&CALLS)
}

/// A call as it is made.
pub(super) struct Made {
    pub(super) known: Option<Known<'static>>,
    pub(super) number: u64,
    pub(super) arguments: [u64; 6],
    /// How many of its arguments are shown already.
    pub(super) shown: usize,
}

/// How many addresses or buffers of a list are shown.
const MOST: usize = 32;

/// Memory is read up to the ends of pages of this size: what is not there ends the reading, and not all of it.
const PAGE: u64 = 4096;

impl Made {
    pub(super) fn new(number: u64, arguments: [u64; 6]) -> Self {
        let known = calls().find(|call| u64::from(call.number) == number);
        Self { known, number, arguments, shown: 0 }
    }

    pub(super) fn name(&self, out: &mut Vec<u8>) {
        match &self.known {
            Some(known) => out.extend_from_slice(known.name.as_bytes()),
            None => {
                out.extend_from_slice(b"syscall_");
                decimal(self.number, out);
            }
        }
    }

    /// Shows arguments: before the call is made those up to the first that the kernel fills, after it the rest.
    pub(super) fn arguments(&mut self, pid: Pid, limit: usize, result: Option<i64>, out: &mut Vec<u8>) {
        let name = self.known.map_or("", |known| known.name);
        let count = self.known.as_ref().map_or(6, |known| known.kinds().map_or(6, Iterator::count));
        while self.shown < count {
            let kinds = self.known.as_ref().and_then(Known::kinds);
            let kind = kinds.and_then(|mut kinds| kinds.nth(self.shown)).unwrap_or(Kind::Pointer);
            let is_filled = match kind {
                Kind::Output | Kind::Pair | Kind::Status => true,
                Kind::Time => name.starts_with("clock_get") || name.starts_with("sched_rr"),
                Kind::Vectors => name.contains("read") || name.contains("recv"),
                _ => false,
            };
            if is_filled && result.is_none() {
                return;
            }
            // Without CREATE or TEMPORARY a mode means nothing.
            let flags = self.arguments.get(self.shown.wrapping_sub(1)).copied().unwrap_or_default();
            let makes = OpenFlags::CREATE.union(OpenFlags::TEMPORARY.difference(OpenFlags::DIRECTORY)).bits();
            if kind == Kind::Mode && name.starts_with("open") && flags as u32 & makes == 0 {
                self.shown += 1;
                continue;
            }
            if self.shown > 0 {
                out.extend_from_slice(b", ");
            }
            let process = Process { pid, limit, is_wide: size_of::<usize>() == 8 || name.ends_with("64") };
            let word = |at: usize| self.arguments.get(at).copied().unwrap_or_default();
            let (value, next) = (word(self.shown), word(self.shown + 1));
            match names::of(name, self.shown) {
                Some(names) => named(names, value as u32, out),
                None => process.argument(kind, value, next, result, out),
            }
            self.shown += 1;
        }
    }
}

/// Shows a number by its names, what has none in hexadecimal.
fn named(names: Names, value: u32, out: &mut Vec<u8>) {
    let bits = |list: &[(u32, &str)], mut value: u32, mut parts: usize, out: &mut Vec<u8>| {
        for (bit, name) in list.iter().filter(|(bit, _)| *bit != 0) {
            if value & bit == *bit {
                bar(&mut parts, out);
                out.extend_from_slice(name.as_bytes());
                value &= !bit;
            }
        }
        if value != 0 {
            bar(&mut parts, out);
            hexadecimal(value.into(), out);
        } else if parts == 0 {
            let none = list.iter().find(|(bit, _)| *bit == 0).map_or("0", |(_, name)| name);
            out.extend_from_slice(none.as_bytes());
        }
    };
    match names {
        Names::Bits(list) => bits(list, value, 0, out),
        Names::Values(list) => one(list, value, out),
        Names::Of(names) if names.is_set() => parts(&names, value.into(), 0, out),
        Names::Of(names) => match names.name(value.into()) {
            Some(name) => out.extend_from_slice(name.as_bytes()),
            None => hexadecimal(value.into(), out),
        },
        Names::Open => {
            // Two bits are a value, the rest flags.
            out.extend_from_slice(match value & 3 {
                0 => b"O_RDONLY",
                1 => b"O_WRONLY",
                _ => b"O_RDWR",
            });
            parts(&OpenFlags::NAMES, (value & !3).into(), 1, out);
        }
        Names::Socket => {
            named(Names::Of(SocketKind::NAMES), value & 0xf, out);
            parts(&OpenFlags::NAMES, (value & !0xf).into(), 1, out);
        }
    }
}

/// Shows the names of a set behind so many others.
fn parts(names: &linux::named::Names, set: u64, mut shown: usize, out: &mut Vec<u8>) {
    if set == 0 && shown > 0 {
        return;
    }
    names.parts(set, &mut |part| {
        bar(&mut shown, out);
        match part {
            Ok(name) => out.extend_from_slice(name.as_bytes()),
            Err(number) => hexadecimal(number, out),
        }
    });
    if shown == 0 {
        out.push(b'0');
    }
}

fn bar(parts: &mut usize, out: &mut Vec<u8>) {
    if *parts > 0 {
        out.push(b'|');
    }
    *parts += 1;
}

fn one(list: &[(u32, &str)], value: u32, out: &mut Vec<u8>) {
    match list.iter().find(|(this, _)| *this == value) {
        Some((_, name)) => out.extend_from_slice(name.as_bytes()),
        None => hexadecimal(value.into(), out),
    }
}

pub(super) fn hexadecimal(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"0x");
    radix(value, 16, out);
}

pub(super) fn signed(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    decimal(value.unsigned_abs(), out);
}

/// Gives a C `int` out of its register, of which the kernel does not look at the high half.
fn narrow(value: u64) -> i64 {
    match value >> 32 {
        0 | 0xffff_ffff => i64::from(value as u32 as i32),
        _ => value.cast_signed(),
    }
}

/// Where arguments point to.
struct Process {
    pid: Pid,
    /// How many bytes of a text are shown.
    limit: usize,
    /// Whether times have 64 bits.
    is_wide: bool,
}

impl Process {
    fn argument(&self, kind: Kind, value: u64, next: u64, result: Option<i64>, out: &mut Vec<u8>) {
        let is_address = !matches!(
            kind,
            Kind::Descriptor
                | Kind::Signed
                | Kind::Unsigned
                | Kind::Flags
                | Kind::Mode
                | Kind::Signal
                | Kind::Offset
        );
        if is_address && value == 0 {
            return out.extend_from_slice(b"NULL");
        }
        let failed = result.is_some_and(|result| result < 0);
        let count = match result {
            Some(result) => u64::try_from(result).unwrap_or_default().min(next),
            None => next,
        };
        let is_shown = match kind {
            Kind::Descriptor if narrow(value) == -100 => {
                out.extend_from_slice(b"AT_FDCWD");
                true
            }
            Kind::Descriptor | Kind::Signed => {
                signed(narrow(value), out);
                true
            }
            Kind::Unsigned => {
                decimal(value, out);
                true
            }
            Kind::Offset => {
                signed(value.cast_signed(), out);
                true
            }
            Kind::Mode => {
                out.push(b'0');
                radix(value & 0o7777, 8, out);
                true
            }
            Kind::Signal => {
                match Signal::new(narrow(value) as i32).and_then(|signal| Some((signal, signal.name()?))) {
                    Some((_, name)) => out.extend_from_slice(&[b"SIG", name.as_bytes()].concat()),
                    None => signed(narrow(value), out),
                }
                true
            }
            Kind::Flags if value == 0 => {
                out.push(b'0');
                true
            }
            Kind::Text => self.text(value, out),
            Kind::Input | Kind::Output if !failed => self.bytes(value, count, out),
            Kind::Time if !failed => self.time(value, out),
            Kind::Vectors if !failed => self.vectors(value, next, result, out),
            Kind::Texts => self.texts(value, out),
            Kind::Pair if !failed => self.pair(value, out),
            Kind::Status if !failed && result != Some(0) => self.status(value, out),
            Kind::Flags
            | Kind::Address
            | Kind::Pointer
            | Kind::Input
            | Kind::Output
            | Kind::Time
            | Kind::Vectors
            | Kind::Pair
            | Kind::Status => false,
        };
        if !is_shown {
            hexadecimal(value, out);
        }
    }

    /// Reads memory of the process up to where there is none.
    fn read(&self, address: u64, count: usize) -> Vec<u8> {
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

    fn word(&self, address: u64, size: usize) -> Option<u64> {
        let bytes = self.read(address, size);
        match size {
            4 => Some(u32::from_ne_bytes(bytes.try_into().ok()?).into()),
            _ => Some(u64::from_ne_bytes(bytes.try_into().ok()?)),
        }
    }

    fn text(&self, address: u64, out: &mut Vec<u8>) -> bool {
        let bytes = self.read(address, 4096);
        if bytes.is_empty() {
            return false;
        }
        let end = bytes.iter().position(|byte| *byte == 0);
        // Paths are shown whole, as strace does.
        quoted(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default(), end.is_none(), out);
        true
    }

    fn bytes(&self, address: u64, count: u64, out: &mut Vec<u8>) -> bool {
        let shown = usize::try_from(count).unwrap_or(usize::MAX).min(self.limit);
        let bytes = self.read(address, shown);
        if bytes.len() < shown {
            return false;
        }
        quoted(&bytes, count > shown as u64, out);
        true
    }

    fn time(&self, address: u64, out: &mut Vec<u8>) -> bool {
        let size = if self.is_wide { 8 } else { 4 };
        let at = |index: u64| self.word(address + index * size as u64, size);
        let (Some(seconds), Some(nanoseconds)) = (at(0), at(1)) else { return false };
        out.extend_from_slice(b"{tv_sec=");
        signed(seconds.cast_signed(), out);
        out.extend_from_slice(b", tv_nsec=");
        signed(nanoseconds.cast_signed(), out);
        out.push(b'}');
        true
    }

    fn vectors(&self, address: u64, count: u64, result: Option<i64>, out: &mut Vec<u8>) -> bool {
        const WORD: u64 = size_of::<usize>() as u64;
        let mut left = result.map(|result| u64::try_from(result).unwrap_or_default());
        out.push(b'[');
        for index in 0..count.min(MOST as u64) {
            let at = address + index * 2 * WORD;
            let words = (self.word(at, WORD as usize), self.word(at + WORD, WORD as usize));
            let (Some(base), Some(length)) = words else { break };
            out.extend_from_slice(if index == 0 { b"{iov_base=" } else { b", {iov_base=" });
            let filled = left.map_or(length, |left| left.min(length));
            left = left.map(|left| left - filled);
            if !self.bytes(base, filled, out) {
                hexadecimal(base, out);
            }
            out.extend_from_slice(b", iov_len=");
            decimal(length, out);
            out.push(b'}');
        }
        out.push(b']');
        true
    }

    /// Gives the addresses of a list that a null ends.
    fn list(&self, address: u64) -> impl Iterator<Item = u64> {
        const WORD: u64 = size_of::<usize>() as u64;
        let words = (0..4096).map(move |index| self.word(address + index * WORD, WORD as usize));
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
            if !self.text(text, out) {
                hexadecimal(text, out);
            }
        }
        out.push(b']');
        true
    }

    fn pair(&self, address: u64, out: &mut Vec<u8>) -> bool {
        let (Some(one), Some(two)) = (self.word(address, 4), self.word(address + 4, 4)) else { return false };
        out.push(b'[');
        signed(narrow(one), out);
        out.extend_from_slice(b", ");
        signed(narrow(two), out);
        out.push(b']');
        true
    }

    fn status(&self, address: u64, out: &mut Vec<u8>) -> bool {
        let Some(status) = self.word(address, 4) else { return false };
        let (low, high) = (status & 0x7f, status >> 8 & 0xff);
        out.push(b'[');
        if low == 0 {
            out.extend_from_slice(b"{WIFEXITED(s) && WEXITSTATUS(s) == ");
            decimal(high, out);
        } else {
            let (text, signal) = if low == 0x7f {
                ("{WIFSTOPPED(s) && WSTOPSIG(s) == ", high)
            } else {
                ("{WIFSIGNALED(s) && WTERMSIG(s) == ", low)
            };
            out.extend_from_slice(text.as_bytes());
            self.argument(Kind::Signal, signal, 0, None, out);
        }
        out.extend_from_slice(b"}]");
        true
    }
}

/// Shows bytes as a C text: what cannot be printed as an escape; `...` behind it where there is more.
pub(super) fn quoted(bytes: &[u8], has_more: bool, out: &mut Vec<u8>) {
    out.push(b'"');
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0x0b => out.extend_from_slice(b"\\v"),
            0x0c => out.extend_from_slice(b"\\f"),
            b' '..=b'~' => out.push(*byte),
            _ => {
                out.push(b'\\');
                // Before a digit all three, else it would be taken for one of them.
                if bytes.get(index + 1).is_some_and(u8::is_ascii_digit) {
                    out.extend([b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]);
                } else {
                    radix((*byte).into(), 8, out);
                }
            }
        }
    }
    out.extend_from_slice(if has_more { b"\"..." } else { b"\"" });
}

/// Shows what a call gave: a number, an address, or an error with its text.
pub(super) fn result(name: &str, word: i64, out: &mut Vec<u8>) {
    match word {
        // The kernel's own: the call is made again, or gives EINTR.
        -516..=-512 => out.extend_from_slice(b"? ERESTART"),
        -4095..0 => {
            out.extend_from_slice(b"-1 ");
            let errno = Errno::from_word(word as isize);
            out.extend_from_slice(errno.and_then(Errno::name).unwrap_or("E?").as_bytes());
            let text = errno.and_then(Errno::text).unwrap_or("unknown error");
            out.extend_from_slice(b" (");
            let (first, rest) = text.split_at(text.len().min(1));
            out.extend_from_slice(first.to_ascii_uppercase().as_bytes());
            out.extend_from_slice(rest.as_bytes());
            out.push(b')');
        }
        _ if matches!(name, "mmap" | "mmap2" | "brk" | "mremap" | "shmat") => {
            hexadecimal(word.cast_unsigned(), out)
        }
        _ => signed(word, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(show: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        show(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(shown(|out| quoted(b"a\"\\\n\0\x1b7\xff", false, out)), r#""a\"\\\n\0\0337\377""#);
        assert_eq!(shown(|out| quoted(b"ab", true, out)), "\"ab\"...");
    }

    #[test]
    fn flags_have_names() {
        let open = names::of("openat", 2).unwrap();
        let flags = OpenFlags::CREATE | OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC;
        assert_eq!(shown(|out| named(open, flags.bits(), out)), "O_WRONLY|O_CREAT|O_CLOEXEC");
        let protection = names::of("mprotect", 2).unwrap();
        assert_eq!(shown(|out| named(protection, 0, out)), "PROT_NONE");
        assert_eq!(shown(|out| named(protection, 3 | 1 << 20, out)), "PROT_READ|PROT_WRITE|0x100000");
        assert_eq!(shown(|out| named(names::of("clock_gettime64", 0).unwrap(), 1, out)), "CLOCK_MONOTONIC");
        assert!(names::of("openat", 0).is_none());
    }

    #[test]
    fn results_are_numbers_addresses_and_errors() {
        assert_eq!(shown(|out| result("read", 7, out)), "7");
        assert_eq!(shown(|out| result("mmap", 4096, out)), "0x1000");
        assert_eq!(shown(|out| result("mmap", -12, out)), "-1 ENOMEM (Out of memory)");
        assert_eq!(shown(|out| result("read", -512, out)), "? ERESTART");
    }

    #[test]
    fn each_row_of_names_is_of_a_call() {
        for call in ["openat", "read", "exit_group", "mprotect"] {
            assert!(calls().any(|known| known.name == call), "{call}");
        }
    }
}
