//! The child that reads and checks the service files, and what a container is started for, and hands them over in a memory file.

use core::ffi::CStr;

use ::services::{Configuration, packed};
use linux::fd::OwnedFd;
use linux::fs::{self, MemoryFileFlags};
use linux::process::{self, Pid};
use system::Error;
use system::services::{self, Catalog, EntryPoint, MAIN};

use super::last_good;
use crate::child;
use crate::log::Log;
use crate::shutdown::has_machine;

/// The process's name, for people and for a successor of process 1.
pub(super) const NAME: &CStr = c"services";

/// The status of one that found neither files nor an inittab, nor a command.
pub(super) const NONE: i32 = 3;

/// The status of one that found something wrong, and hands over the rest, or what was good before.
pub(super) const MENDED: i32 = 4;

/// The status of one that found something wrong, where that refuses all of it.
const REFUSED: i32 = 1;

/// What is handed over is not longer than this.
const LONGEST: u64 = 4 << 20;

/// The child, and where it writes.
pub(super) struct Loader {
    pub(super) pid: Pid,
    memory: OwnedFd,
}

impl Loader {
    /// Starts it. What is wrong refuses the whole. At the machine's start, the configuration that was last good takes its place; where
    /// there is none, what is wrong is left out, and the rest runs.
    ///
    /// # Errors
    /// Those of `memfd_create(2)` and `fork(2)`.
    pub(super) fn start(is_first: bool, log: Log) -> linux::Result<Self> {
        let memory = memory(c"configuration")?;
        let pid = process::spawn(|| {
            child::begin(NAME);
            load(&memory, is_first, log)
        })?;
        Ok(Self { pid, memory })
    }

    /// Takes what it has handed over, and the file; none if that cannot be.
    pub(super) fn take(self) -> Option<(Configuration, OwnedFd)> {
        Some((contents(&self.memory)?, self.memory))
    }
}

/// Reads what was handed over.
pub(super) fn contents(memory: &OwnedFd) -> Option<Configuration> {
    let size = fs::fstat(memory).ok()?.size();
    if size > LONGEST {
        return None;
    }
    let mut bytes = alloc::vec![0; size as usize];
    let count = fs::pread(memory, &mut bytes, 0).ok()?;
    let configuration: Configuration = packed::unpack(bytes.get(..count)?).ok()?;
    configuration.is_whole().then_some(configuration)
}

/// Makes a memory file.
///
/// # Errors
/// Those of `memfd_create(2)`.
pub(super) fn memory(name: &CStr) -> linux::Result<OwnedFd> {
    fs::memfd_create(name, MemoryFileFlags::CLOSE_ON_EXEC)
}

fn load(memory: &OwnedFd, is_first: bool, log: Log) -> i32 {
    let (place, entry) = (services::place(), entry(log));
    if place.is_none() && entry.is_none() {
        return NONE;
    }
    let read = match services::read_here(place, entry) {
        Ok(catalog) => {
            catalog.problems.iter().for_each(|problem| log.error(format_args!("{problem}")));
            Some(catalog)
        }
        Err(error) => {
            log.error(format_args!("services: {error}"));
            None
        }
    };
    let (catalog, status) = match read {
        Some(catalog) if catalog.problems.is_empty() => (Some(catalog), 0),
        read if is_first => (instead(log).or(read), MENDED),
        _ => (None, REFUSED),
    };
    let Some(Catalog { services, graph, .. }) = catalog else { return REFUSED };
    let bytes = packed::pack(&Configuration { services, nodes: graph.nodes });
    match fs::write_all(memory, &bytes) {
        Ok(()) => status,
        Err(cause) => {
            log.error(format_args!("services: hand over: {cause}"));
            REFUSED
        }
    }
}

/// Gives the command that a container was started with; a machine is told nothing of the kind.
fn entry(log: Log) -> Option<EntryPoint> {
    if has_machine() {
        return None;
    }
    let failed = |error: &Error| log.error(format_args!("{MAIN}: {error}"));
    EntryPoint::of_process().inspect_err(failed).ok().flatten()
}

/// Gives the configuration that was last good.
fn instead(log: Log) -> Option<Catalog> {
    let good = last_good::read(log)?;
    log.error(format_args!("services: refused; those that were last ready together run in their place"));
    good.problems.iter().for_each(|problem| log.error(format_args!("{problem}")));
    Some(good)
}
