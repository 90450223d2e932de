//! `/proc/<pid>/stat`: a process in one line of numbers (`fs/proc/array.c`, `do_task_stat`; `proc_pid_stat(5)`).

use crate::proc::words::Words;
use crate::{Error, Expected};

/// What the scheduler knows about a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat<'a> {
    /// The process.
    pub pid: u32,
    /// The name of its program, cut at 15 bytes; the process may have chosen it, with any bytes.
    pub name: &'a [u8],
    /// The state's letter: R running, S sleeping, D waiting for a device, Z dead but not waited for, T stopped,
    /// t traced, I idle thread of the kernel, X dead.
    pub state: u8,
    /// The parent; 0 for those that the kernel made.
    pub parent: u32,
    /// The process group.
    pub group: u32,
    /// The session.
    pub session: u32,
    /// The controlling terminal, as `encode` of [`Terminal`]; 0 for none.
    pub terminal: Terminal,
    /// The foreground process group of the terminal; -1 for none.
    pub foreground: i64,
    /// Time spent in user mode, in ticks.
    pub user_ticks: u64,
    /// Time spent in the kernel, in ticks.
    pub system_ticks: u64,
    /// The scheduler's priority.
    pub priority: i64,
    /// The nice value, -20 to 19.
    pub nice: i64,
    /// How many threads it has.
    pub threads: u32,
    /// When it started, in ticks since boot.
    pub start_ticks: u64,
    /// Its address space, in bytes.
    pub virtual_bytes: u64,
    /// Its resident memory, in pages; inexact, as the kernel's counters are.
    pub resident_pages: u64,
}

/// A device number in the kernel's 32-bit form (`new_encode_dev`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal(pub u32);

impl Terminal {
    /// Gives the major number.
    pub const fn major(self) -> u32 {
        self.0 >> 8 & 0xfff
    }

    /// Gives the minor number.
    pub const fn minor(self) -> u32 {
        self.0 & 0xff | self.0 >> 12 & 0xfff00
    }
}

/// Ticks in a second, as all architectures of Linux show them to programs (`USER_HZ`).
pub const TICKS_PER_SECOND: u64 = 100;

/// Reads the line. The name ends at the last parenthesis, since it may itself hold any number of them.
pub fn parse(text: &[u8]) -> Result<Stat<'_>, Error> {
    let mut words = Words::new(text);
    let pid = words.number(Expected::ProcessId)?;
    words.until(b'(', Expected::NameInParentheses)?;
    let close = words
        .rest()
        .iter()
        .rposition(|&byte| byte == b')')
        .ok_or(words.error(Expected::NameInParentheses))?;
    let (name, _) = words.rest().split_at_checked(close).ok_or(words.error(Expected::NameInParentheses))?;
    // As many closing parentheses as the name holds, and its own.
    for _ in name.iter().filter(|&&byte| byte == b')').chain([&b')']) {
        words.until(b')', Expected::NameInParentheses)?;
    }
    let state = *words.word(Expected::State)?.first().ok_or(words.error(Expected::State))?;
    // From ppid to rss.
    let mut fields = [0; 21];
    for field in &mut fields {
        *field = words.signed(Expected::Number)?;
    }
    let [parent, group, session, terminal, foreground, _, _, _, _, _, user, system, _, _, counts @ ..] =
        fields;
    let [priority, nice, threads, _, start, size, pages] = counts;
    // No kernel prints any of these below zero; if one did, nothing would be known.
    let number = |field: i64| u32::try_from(field).unwrap_or(0);
    let count = |field: i64| u64::try_from(field).unwrap_or(0);
    Ok(Stat {
        pid,
        name,
        state,
        parent: number(parent),
        group: number(group),
        session: number(session),
        // The kernel prints the number as signed.
        terminal: Terminal(terminal as u32),
        foreground,
        user_ticks: count(user),
        system_ticks: count(system),
        priority,
        nice,
        threads: number(threads),
        start_ticks: count(start),
        virtual_bytes: count(size),
        resident_pages: count(pages),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = include_bytes!("../../../../../tests/samples/proc/6.18-x86_64/pid/stat");

    #[test]
    fn a_captured_line() {
        let stat = parse(SAMPLE).unwrap();
        assert_eq!(stat.name, b"a) (b)\n c");
        assert_eq!(stat.state, b'S');
        assert_eq!((stat.pid, stat.threads), (15042, 1));
        assert_eq!((stat.nice, stat.priority), (5, 25));
        assert_eq!(stat.terminal, Terminal(0));
        assert!(stat.virtual_bytes > stat.resident_pages * 4096 && stat.resident_pages > 0);
    }

    #[test]
    fn device_numbers_are_taken_apart() {
        // /dev/pts/300 is 136+1:44, /dev/ttyS1 is 4:65; a minor of 20 bits is split around the major.
        let device = Terminal((0x12345 & 0xff) | 136 << 8 | (0x12345 & 0xfff00) << 12);
        assert_eq!((device.major(), device.minor()), (136, 0x12345));
        assert_eq!((Terminal(1089).major(), Terminal(1089).minor()), (4, 65));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse(b"1 (init S").unwrap_err().expected(), Expected::NameInParentheses);
        assert_eq!(parse(b"1 (init) S x").unwrap_err(), Error::new(Expected::Number, 10));
        torture(SAMPLE, |text| {
            let _ = parse(text);
        });
    }
}
