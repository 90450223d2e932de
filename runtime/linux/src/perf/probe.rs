//! Events by name: tracepoints, as tracefs lists them, and functions of the kernel, by the kernel's own unit for them (kprobe), whose
//! number /sys tells. No name has to be written to tracefs for those, and nothing stays when the counter goes.

use super::{Counter, CounterFlags, Event, Whose, format};
use crate::fd::{AsFd, CWD, OwnedFd};
use crate::fs::{Mode, OpenFlags, openat, read_full};
use crate::path::PathArg;
use crate::{Errno, Result};
use core::ffi::CStr;

/// Where tracefs is mounted: by itself, or by debugfs.
const PLACES: [&CStr; 2] = [c"/sys/kernel/tracing/events", c"/sys/kernel/debug/tracing/events"];

/// Where in a function of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// So many bytes behind its beginning, where an instruction begins.
    At(u64),
    /// Where it returns.
    Return,
}

/// Finds a tracepoint by its group and its name: `syscalls`, `sys_enter_getcwd`.
///
/// # Errors
/// `NOENT` (there is no such tracepoint, or tracefs is not mounted where it usually is), `ACCES`; `INVAL` if its file holds no number.
/// See `Documentation/trace/events.rst`.
pub fn find_tracepoint(group: &str, name: &str) -> Result<Event> {
    let find = |place: &CStr| {
        let events = folder(CWD, place)?;
        number(folder(folder(events, group)?, name)?, c"id")
    };
    let [usual, old] = PLACES;
    find(usual).or_else(|first| find(old).map_err(|_| first)).map(Event::tracepoint)
}

impl Counter {
    /// Makes one that counts how often a function of the kernel comes to a place, by its name in /proc/kallsyms; a program of
    /// [`PROBE`](crate::bpf::ProgramKind::PROBE) can be [attached](Self::attach).
    ///
    /// # Errors
    /// `NOENT` (there is no such function, or the kernel has no such counters: before Linux 4.17, or without KPROBE_EVENTS), `INVAL` (not
    /// at this place, or in a function that cannot be probed), `ACCES` or `PERM` (needs CAP_PERFMON), `NOSYS`. See `perf_event_open(2)`.
    #[doc(alias = "kprobe")]
    pub fn of_function(function: &CStr, place: Probe, whose: Whose, flags: CounterFlags) -> Result<Self> {
        /// The bit that asks for the return: `format/retprobe` of the unit has said so since there is one.
        const RETURN: u64 = 1;
        let unit = folder(CWD, c"/sys/bus/event_source/devices/kprobe")?;
        let kind = u32::try_from(number(unit, c"type")?).map_err(|_| Errno::INVAL)?;
        let (number, offset) = match place {
            Probe::At(offset) => (0, offset),
            Probe::Return => (RETURN, 0),
        };
        let more = [function.as_ptr().expose_provenance() as u64, offset];
        let read = format::TIME_ON | format::TIME_RUN;
        // SAFETY: this unit takes the address of a name, and an offset.
        unsafe { Self::open_at(Event { kind, number }, more, whose, flags, (read, 0), None) }
    }
}

fn folder(from: impl AsFd, path: impl PathArg) -> Result<OwnedFd> {
    openat(from, path, OpenFlags::PATH | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
}

/// Reads a file that holds one number.
fn number(folder: impl AsFd, name: &CStr) -> Result<u64> {
    let file = openat(folder, name, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    let mut bytes = [0; 24];
    let count = read_full(&file, &mut bytes)?;
    let text = core::str::from_utf8(bytes.get(..count).unwrap_or_default());
    text.ok().and_then(|text| text.trim().parse().ok()).ok_or(Errno::INVAL)
}
