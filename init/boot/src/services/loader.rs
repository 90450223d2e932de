//! The child that reads and checks the service files, and hands them over in a memory file.

use core::ffi::CStr;

use ::services::{Configuration, packed};
use linux::fd::OwnedFd;
use linux::fs::{self, MemoryFileFlags};
use linux::process::{self, Pid};
use system::services::{self, Catalog};

use crate::log::Log;
use crate::signals;

/// The process's name, for people and for a successor of process 1.
pub(super) const NAME: &CStr = c"services";

/// The status of one that found neither files nor an inittab.
pub(super) const NONE: i32 = 3;

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
    /// Starts it. At the machine's start what is wrong is left out, and the rest runs; later it refuses the whole.
    ///
    /// # Errors
    /// Those of `memfd_create(2)` and `fork(2)`.
    pub(super) fn start(is_first: bool, log: Log) -> linux::Result<Self> {
        let memory = memory(c"configuration")?;
        let pid = process::spawn(|| {
            signals::release();
            let _ = process::set_name(NAME);
            load(&memory, is_first, log)
        })?;
        Ok(Self { pid, memory })
    }

    /// Takes what it has handed over; none if that cannot be.
    pub(super) fn take(&self) -> Option<Configuration> {
        let size = fs::fstat(&self.memory).ok()?.size();
        if size > LONGEST {
            return None;
        }
        let mut bytes = alloc::vec![0; size as usize];
        let count = fs::pread(&self.memory, &mut bytes, 0).ok()?;
        let configuration: Configuration = packed::unpack(bytes.get(..count)?).ok()?;
        // A place beyond the list would be of no service.
        (configuration.nodes.len() == configuration.services.len()).then_some(configuration)
    }
}

/// Makes a memory file.
///
/// # Errors
/// Those of `memfd_create(2)`.
pub(super) fn memory(name: &CStr) -> linux::Result<OwnedFd> {
    fs::memfd_create(name, MemoryFileFlags::CLOSE_ON_EXEC)
}

fn load(memory: &OwnedFd, is_first: bool, log: Log) -> i32 {
    let place = [services::FOLDER, services::INITTAB].into_iter().find(|path| fs::stat(*path).is_ok());
    let Some(place) = place else { return NONE };
    let mut catalog = match services::read(place) {
        Ok(catalog) => catalog,
        Err(error) => {
            log.error(format_args!("services: {error}"));
            return REFUSED;
        }
    };
    catalog.settle_here();
    let Catalog { services, graph, problems } = catalog;
    for problem in &problems {
        log.error(format_args!("{problem}"));
    }
    if !problems.is_empty() && !is_first {
        return REFUSED;
    }
    let bytes = packed::pack(&Configuration { services, nodes: graph.nodes });
    match fs::write_all(memory, &bytes) {
        Ok(()) => 0,
        Err(cause) => {
            log.error(format_args!("services: hand over: {cause}"));
            REFUSED
        }
    }
}
