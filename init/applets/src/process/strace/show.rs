//! Calls as strace shows them: arguments by their kinds, names and structures, and results.

use alloc::vec::Vec;

use formats::file::calls::{Kind, Known};
use linux::Errno;
use linux::fs::OpenFlags;
use linux::named::Named;
use linux::process::Pid;
use linux::trace::names::{FileCommand, FutexOperation, PathFlags};
use query::text::decimal;

use super::memory::Process;
use super::names::{self, Names};
use super::shapes::{self, Shape};
use super::words::{by_names, hexadecimal, named, octal, set, signed};
use super::{accounts, calls, sockets, structures};

/// A call as it is made.
pub(super) struct Made {
    pub(super) known: Option<Known<'static>>,
    pub(super) number: u64,
    pub(super) arguments: [u64; 6],
    /// How many of its arguments are looked at already.
    pub(super) seen: usize,
    /// Whether one of them is shown.
    pub(super) is_begun: bool,
    /// Whether a comma stands already before the next.
    is_parted: bool,
    /// The length that the kernel will change, as it was before.
    pub(super) before: Option<u64>,
}

impl Made {
    pub(super) fn new(number: u64, arguments: [u64; 6]) -> Self {
        let known = calls().find(|call| u64::from(call.number) == number);
        Self { known, number, arguments, seen: 0, is_begun: false, is_parted: false, before: None }
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

    /// Gives an argument; zero if there is none.
    pub(super) fn word(&self, at: usize) -> u64 {
        self.arguments.get(at).copied().unwrap_or_default()
    }

    /// Gives the process that has made it, of whose texts so many bytes are shown.
    fn process(&self, pid: Pid, limit: usize) -> Process {
        Process { pid, limit, is_wide: size_of::<usize>() == 8 || self.known_name().ends_with("64") }
    }

    fn known_name(&self) -> &'static str {
        self.known.map_or("", |known| known.name)
    }

    /// Shows arguments: before the call is made those up to the first that the kernel fills, after it the rest.
    pub(super) fn arguments(&mut self, pid: Pid, limit: usize, result: Option<i64>, out: &mut Vec<u8>) {
        let name = self.known_name();
        let process = self.process(pid, limit);
        if calls::whole(self, &process, result, out) {
            return;
        }
        let count = self.known.as_ref().map_or(6, |known| known.kinds().map_or(6, Iterator::count));
        while self.seen < count {
            let at = self.seen;
            let kinds = self.known.as_ref().and_then(Known::kinds);
            let kind = kinds.and_then(|mut kinds| kinds.nth(at)).unwrap_or(Kind::Pointer);
            let shape = shapes::of(name, at);
            if !calls::is_said(name, at, &self.arguments) {
                self.seen += 1;
                continue;
            }
            let is_first = !core::mem::replace(&mut self.is_begun, true);
            if !is_first && !core::mem::take(&mut self.is_parted) {
                out.extend_from_slice(b", ");
            }
            if result.is_none() && self.is_filled(kind, shape, &process) {
                self.is_parted = true;
                return;
            }
            self.seen += 1;
            let value = self.word(at);
            match (shape, names::of(name, at)) {
                (Some(shape), _) => shape.show(self, &process, at, result, out),
                (None, Some(names)) => Self::named(names, value, out),
                (None, None) => process.argument(kind, value, self.word(at + 1), result, out),
            }
        }
    }

    /// Says whether the kernel fills the next argument; of one with a length, notes down what that is before.
    fn is_filled(&mut self, kind: Kind, shape: Option<Shape>, process: &Process) -> bool {
        if let Some(shape) = shape {
            if let Some(place) = shape.length(self, self.seen) {
                self.before = process.number(place, 4);
            }
            return shape.is_filled(self);
        }
        match kind {
            Kind::Output | Kind::Pair | Kind::Status => true,
            Kind::Time => {
                self.known_name().starts_with("clock_get") || self.known_name().starts_with("sched_rr")
            }
            Kind::Vectors => self.known_name().contains("read") || self.known_name().contains("recv"),
            _ => false,
        }
    }

    /// Shows a number by its names, what has none in hexadecimal.
    fn named(names: Names, value: u64, out: &mut Vec<u8>) {
        let short = u64::from(value as u32);
        match names {
            Names::Of(names) => by_names(&names, short, out),
            Names::Statx => statx_flags(short, out),
            Names::Values(list) => match list.iter().find(|(this, _)| u64::from(*this) == short) {
                Some((_, name)) => out.extend_from_slice(name.as_bytes()),
                None => hexadecimal(short, out),
            },
            Names::Open => open_flags(short, out),
            Names::Socket => sockets::kind(short, out),
            Names::Command => command(short, out),
            Names::Futex => futex(short, out),
        }
    }

    /// Shows what a call gave: a number, an address, or an error with its text; and what more it says.
    pub(super) fn result(&self, pid: Pid, word: i64, out: &mut Vec<u8>) {
        let name = self.known_name();
        match (name, word) {
            (_, -4095..0) => failure(word, out),
            ("mmap" | "mmap2" | "brk" | "mremap" | "shmat", _) => hexadecimal(word.cast_unsigned(), out),
            ("umask", _) => octal(word.cast_unsigned(), out),
            ("fcntl" | "fcntl64", 1..) if FileCommand(self.word(1) as u32) == FileCommand::FLAGS => {
                hexadecimal(word.cast_unsigned(), out);
                out.extend_from_slice(b" (flags FD_CLOEXEC)");
            }
            ("fcntl" | "fcntl64", 0..) if FileCommand(self.word(1) as u32) == FileCommand::STATUS => {
                hexadecimal(word.cast_unsigned(), out);
                out.extend_from_slice(b" (flags ");
                open_flags(word.cast_unsigned(), out);
                out.push(b')');
            }
            ("poll" | "ppoll" | "ppoll_time64" | "select" | "pselect6" | "pselect6_time64", 0) => {
                out.extend_from_slice(b"0 (Timeout)");
            }
            ("select" | "pselect6" | "pselect6_time64", 1..) => {
                signed(word, out);
                out.extend_from_slice(b" (");
                let parts = if name == "select" { "usec" } else { "nsec" };
                accounts::selected(&self.process(pid, 0), &self.arguments, parts, out);
                out.push(b')');
            }
            ("poll" | "ppoll" | "ppoll_time64", 1..) => {
                signed(word, out);
                out.extend_from_slice(b" (");
                structures::polled(&self.process(pid, 0), self.word(0), self.word(1), true, out);
                out.push(b')');
            }
            _ => signed(word, out),
        }
    }
}

/// Shows how a file is opened.
pub(super) fn open_flags(value: u64, out: &mut Vec<u8>) {
    // Two bits are a value, the rest flags.
    out.extend_from_slice(match value & 3 {
        0 => b"O_RDONLY",
        1 => b"O_WRONLY",
        _ => b"O_RDWR",
    });
    set(&OpenFlags::NAMES, value & !3, 1, out);
}

/// Shows what fcntl(2) does.
fn command(value: u64, out: &mut Vec<u8>) {
    match calls::WIDE_LOCKS.iter().find(|(number, _)| u64::from(*number) == value) {
        Some((_, name)) => out.extend_from_slice(name.as_bytes()),
        None => named::<FileCommand>(value, out),
    }
}

/// Shows how statx(2) looks (AT_STATX_SYNC_TYPE).
fn statx_flags(value: u64, out: &mut Vec<u8>) {
    const SYNC: u64 = 0x6000;
    out.extend_from_slice(match value & SYNC {
        0 => b"AT_STATX_SYNC_AS_STAT",
        0x2000 => b"AT_STATX_FORCE_SYNC",
        0x4000 => b"AT_STATX_DONT_SYNC",
        _ => b"AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC",
    });
    set(&PathFlags::NAMES, value & !SYNC, 1, out);
}

/// Shows what is done with a futex: FUTEX_PRIVATE_FLAG is a part of the name, FUTEX_CLOCK_REALTIME stands behind.
fn futex(value: u64, out: &mut Vec<u8>) {
    named::<FutexOperation>(value & !0x180, out);
    out.extend_from_slice(if value & 0x80 != 0 { b"_PRIVATE" } else { b"" });
    out.extend_from_slice(if value & 0x100 != 0 { b"|FUTEX_CLOCK_REALTIME" } else { b"" });
}

fn failure(word: i64, out: &mut Vec<u8>) {
    /// The kernel's own (linux/errno.h): the call is made again, or gives EINTR.
    const AGAIN: [(i64, &str); 4] = [
        (-512, "ERESTARTSYS (To be restarted if SA_RESTART is set)"),
        (-513, "ERESTARTNOINTR (To be restarted)"),
        (-514, "ERESTARTNOHAND (To be restarted if no handler)"),
        (-516, "ERESTART_RESTARTBLOCK (Interrupted by signal)"),
    ];
    if let Some((_, text)) = AGAIN.iter().find(|(number, _)| *number == word) {
        out.extend_from_slice(b"? ");
        return out.extend_from_slice(text.as_bytes());
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::strace::sample::shown;
    use crate::process::strace::words::quoted;

    fn names_of(call: &str, at: usize, value: u64) -> String {
        shown(|out| Made::named(names::of(call, at).unwrap(), value, out))
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(shown(|out| quoted(b"a\"\\\n\0\x1b7\xff", false, out)), r#""a\"\\\n\0\0337\377""#);
        assert_eq!(shown(|out| quoted(b"ab", true, out)), "\"ab\"...");
    }

    #[test]
    fn flags_have_names() {
        let flags = OpenFlags::CREATE | OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC;
        assert_eq!(names_of("openat", 2, flags.bits().into()), "O_WRONLY|O_CREAT|O_CLOEXEC");
        assert_eq!(names_of("mprotect", 2, 0), "PROT_NONE");
        assert_eq!(names_of("mprotect", 2, 3 | 1 << 20), "PROT_READ|PROT_WRITE|0x100000");
        assert_eq!(names_of("clock_gettime64", 0, 1), "CLOCK_MONOTONIC");
        assert_eq!(names_of("futex", 1, 0x189), "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME");
        assert_eq!(names_of("statx", 2, 0x900), "AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW|AT_NO_AUTOMOUNT");
        assert_eq!(names_of("statx", 3, 0x24e), "STATX_MODE|STATX_NLINK|STATX_UID|STATX_MTIME|STATX_SIZE");
        assert!(names::of("openat", 0).is_none());
    }

    #[test]
    fn results_are_numbers_addresses_and_errors() {
        let result = |call: &str, word| {
            let number = calls().find(|known| known.name == call).unwrap().number.into();
            let pid = Pid::new(1).unwrap();
            shown(|out| Made::new(number, [0; 6]).result(pid, word, out))
        };
        assert_eq!(result("read", 7), "7");
        assert_eq!(result("brk", 4096), "0x1000");
        assert_eq!(result("brk", -12), "-1 ENOMEM (Out of memory)");
        assert_eq!(result("umask", 0o22), "022");
        assert_eq!(result("read", -512), "? ERESTARTSYS (To be restarted if SA_RESTART is set)");
    }

    #[test]
    fn each_row_of_names_is_of_a_call() {
        for call in ["openat", "read", "exit_group", "mprotect"] {
            assert!(calls().any(|known| known.name == call), "{call}");
        }
    }
}
