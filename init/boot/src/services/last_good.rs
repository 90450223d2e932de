//! The configuration with which all services were last ready ([`LAST_GOOD`]): where the files are refused, a start goes back to it.

use ::services::graph::Graph;
use ::services::{Configuration, packed};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use linux::fd::OwnedFd;
use linux::fs::{self, Mode, OpenFlags};
use linux::{Errno, process};
use system::file::{self, Durability};
use system::mounts::is_in_memory;
use system::services::Catalog;

use super::loader;
use super::record::{self, Record, Refused};
use crate::child;
use crate::log::Log;

/// Where the configuration is kept with which all services were last ready: beside the files, for whoever can change the one can
/// change the others.
const LAST_GOOD: &str = "/etc/spelunk/last-good";

/// Has a child keep what the loader has handed over. A root in memory keeps nothing, and the files of one that cannot be written
/// do not change either.
pub(super) fn keep(configuration: &OwnedFd, log: Log) {
    if is_in_memory("/etc") {
        return;
    }
    let started = process::spawn(|| {
        child::begin(c"last-good");
        match write(configuration) {
            Ok(()) => log.debug(format_args!("services: all are ready; their configuration is kept")),
            Err(cause) => log.debug(format_args!("services: keep their configuration: {cause}")),
        }
        0
    });
    if let Err(cause) = started {
        log.debug(format_args!("services: keep their configuration: {cause}"));
    }
}

fn write(configuration: &OwnedFd) -> Result<(), String> {
    let said = |cause: Errno| format!("{cause}");
    let configuration = loader::contents(configuration).ok_or("it cannot be read")?;
    if read_file().is_ok_and(|former| former == configuration) {
        return Ok(());
    }
    let bytes = packed::pack(&configuration);
    let mut record = Record::new::<Configuration>(c"last-good", bytes.len()).map_err(said)?;
    record.write(&bytes).map_err(said)?;
    let whole = record.contents().map_err(said)?;
    file::replace(LAST_GOOD.as_bytes(), &whole, Durability::Durable).map_err(|error| format!("{error}"))
}

fn read_file() -> Result<Configuration, Refused> {
    let file = fs::open(LAST_GOOD, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty());
    let configuration: Configuration = record::read(&file.map_err(Refused::System)?)?;
    // What was kept was whole; a place beyond the list would be of no service.
    if configuration.is_whole() { Ok(configuration) } else { Err(Refused::Torn) }
}

/// Gives what is kept, as it is on this machine; none if nothing is.
pub(super) fn read(log: Log) -> Option<Catalog> {
    match read_file() {
        Ok(Configuration { services, nodes }) => {
            let mut catalog = Catalog { services, graph: Graph { nodes }, problems: Vec::new() };
            catalog.settle_here();
            Some(catalog)
        }
        Err(Refused::System(Errno::NOENT)) => None,
        Err(refused) => {
            log.error(format_args!("services: {LAST_GOOD}: {refused}"));
            None
        }
    }
}
