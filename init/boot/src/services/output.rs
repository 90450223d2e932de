//! The worker that brings what services say to the log, a line at a time, with the name of each.
//!
//! Process 1 keeps both ends of each pipe, so that nothing is lost when this worker is replaced or a service starts again.

use alloc::string::String;
use alloc::vec::Vec;

use linux::fd::OwnedFd;
use linux::fs::{self, PipeFlags};
use linux::poll::{self, PollFd, PollFlags};
use linux::retry;

use super::Unit;
use crate::log::Log;

/// Longer lines are divided.
const LONGEST: usize = 256;

/// Makes a pipe whose ends nobody has to wait at.
///
/// # Errors
/// Those of `pipe(2)`.
pub(super) fn pipe() -> linux::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = fs::pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let flags = fs::status_flags(&reader)?;
    fs::set_status_flags(&reader, flags | fs::OpenFlags::NONBLOCK)?;
    Ok((reader, writer))
}

/// Works until it is ended.
pub(super) fn run(units: &[Unit], log: Log) -> i32 {
    let sources: Vec<(&str, &OwnedFd)> =
        units.iter().filter_map(|unit| Some((unit.name.as_str(), &unit.says.as_ref()?.0))).collect();
    let mut lines: Vec<Vec<u8>> = sources.iter().map(|_| Vec::new()).collect();
    loop {
        let mut entries: Vec<PollFd<'_>> =
            sources.iter().map(|(_, pipe)| PollFd::new(*pipe, PollFlags::IN)).collect();
        if retry(|| poll::poll(&mut entries, None)).is_err() {
            return 1;
        }
        for ((entry, (name, pipe)), line) in entries.iter().zip(&sources).zip(&mut lines) {
            if entry.is_ready() {
                let mut bytes = [0; 4096];
                let count = fs::read(*pipe, &mut bytes).unwrap_or_default();
                take(name, line, bytes.get(..count).unwrap_or_default(), log);
            }
        }
    }
}

fn take(name: &str, line: &mut Vec<u8>, bytes: &[u8], log: Log) {
    for byte in bytes {
        if *byte != b'\n' {
            line.push(*byte);
        }
        if *byte == b'\n' || line.len() >= LONGEST {
            log.info(format_args!("{name}: {}", String::from_utf8_lossy(line)));
            line.clear();
        }
    }
}
