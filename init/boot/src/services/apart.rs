//! Services whose files lie where nobody may answer: on a disk that has failed, on a server that is gone.
//!
//! Process 1 waits for no file system but its root and those that lie in memory. Elsewhere it is a copy of process 1 that looks for the
//! service's paths, enters its folder and executes its program, and that waits in its stead. If the copy does not become the program,
//! it says so by a byte, and ends.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use ::services::Service;
use ::services::machine::Event;
use io::process::Command;
use linux::fd::OwnedFd;
use linux::fs::{self, PipeFlags};
use linux::process::{self, Pid};
use system::mounts::Table;

use super::{confine, process as starts};
use crate::child;
use crate::log::Log;

/// The copy's name, for people.
const NAME: &CStr = c"starting";

/// The status of a copy that did not become the program, as a shell's.
const STATUS: i32 = 127;

/// What a copy says: its conditions are not met, or it could not be started.
const SKIPPED: u8 = b's';
const FAILED: u8 = b'f';

/// File systems that lie in memory.
const IN_MEMORY: [&[u8]; 7] = [b"tmpfs", b"ramfs", b"rootfs", b"devtmpfs", b"proc", b"sysfs", b"cgroup2"];

/// Says whether a file that its start needs lies on a file system that may not answer. By its path: links are not followed.
pub(super) fn is_needed(service: &Service) -> bool {
    let Ok(table) = Table::read() else { return false };
    let others = table
        .mounts()
        .flatten()
        .filter(|mount| !mount.target.is(b"/") && !IN_MEMORY.iter().any(|kind| mount.kind.is(kind)));
    let places: Vec<Vec<u8>> = others.map(|mount| mount.target.plain()).collect();
    !places.is_empty()
        && paths(service).any(|path| places.iter().any(|place| is_below(path.as_bytes(), place)))
}

/// Gives the paths that its start needs: of its program, its folder, its conditions, and those that it is confined to.
fn paths(service: &Service) -> impl Iterator<Item = &str> {
    let program = service.command.first().map_or("", |first| first.strip_prefix('-').unwrap_or(first));
    let set = service.environment.iter().find_map(|variable| variable.strip_prefix("PATH="));
    let programs = if program.contains('/') { program } else { set.unwrap_or(starts::PATH) };
    let confined = &service.confined;
    let conditions = service.condition_paths.iter().map(|path| path.strip_prefix('!').unwrap_or(path));
    let lists = [&confined.writable, &confined.files_read, &confined.files_written];
    programs
        .split(':')
        .chain([service.directory.as_str()])
        .chain(conditions)
        .chain(lists.into_iter().flatten().map(String::as_str))
}

fn is_below(path: &[u8], place: &[u8]) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// Makes the copy, which puts the program's process together and becomes it; gives its number, and where it says that it did not.
pub(super) fn start(
    service: &Service,
    log: Log,
    prepared: impl FnOnce() -> Result<Command, String>,
) -> Result<(Pid, OwnedFd), String> {
    let failed = |doing| move |cause| format!("{doing}: {cause}");
    let (reader, writer) =
        fs::pipe(PipeFlags::CLOSE_ON_EXEC | PipeFlags::NONBLOCK).map_err(failed("make a pipe"))?;
    let namespaces = confine::namespaces(&service.confined)?;
    let copy = || {
        child::begin(NAME);
        let word = if starts::has_paths(service) {
            let why = match prepared() {
                Ok(command) => format!("{}", command.replace()),
                Err(why) => why,
            };
            log.error(format_args!("{}: {why}", service.name));
            FAILED
        } else {
            SKIPPED
        };
        // Without it, this is an end like any other.
        let _ = fs::write(&writer, &[word]);
        STATUS
    };
    let pid = process::spawn_in(namespaces, copy).map_err(failed("make a process"))?;
    Ok((pid, reader))
}

/// Gives what a copy has said that has ended; none if it became the program.
pub(super) fn told(reader: &OwnedFd) -> Option<Event> {
    let mut word = [0];
    match (fs::read(reader, &mut word), word) {
        (Ok(1), [SKIPPED]) => Some(Event::Skipped),
        (Ok(1), [FAILED]) => Some(Event::NotSpawned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(change: impl FnOnce(&mut Service)) -> Service {
        let mut service = Service::new("a");
        service.command = ["/bin/true".into()].into();
        change(&mut service);
        service
    }

    #[test]
    fn what_a_start_needs_is_named() {
        let all: Vec<String> = paths(&service(|service| {
            service.command = ["-sh".into()].into();
            service.environment = ["PATH=/one:/two".into()].into();
            service.directory = "/three".into();
            service.condition_paths = ["!/four".into(), "/five".into()].into();
            service.confined.writable = ["/six".into()].into();
        }))
        .map(String::from)
        .collect();
        assert_eq!(all, ["/one", "/two", "/three", "/four", "/five", "/six"]);
        let all: Vec<String> = paths(&service(|_| {})).map(String::from).collect();
        assert_eq!(all, ["/bin/true", ""]);
    }

    #[test]
    fn a_folder_is_not_below_one_whose_name_it_goes_on_with() {
        assert!(is_below(b"/mnt", b"/mnt") && is_below(b"/mnt/a", b"/mnt"));
        assert!(!is_below(b"/mnt2", b"/mnt") && !is_below(b"/", b"/mnt") && !is_below(b"", b"/mnt"));
    }

    #[test]
    fn files_in_memory_and_on_the_root_are_waited_for() {
        let table = Table::read().expect("mounts");
        let is_memory =
            table.at(b"/dev").is_some_and(|mount| IN_MEMORY.iter().any(|kind| mount.kind.is(kind)));
        assert!(is_memory, "the folder of devices lies in memory");
        assert!(!is_needed(&service(|service| service.directory = "/dev/shm".into())));
    }
}
