//! What a service is kept from: writing, other mounts, networks and processes, calls, privileges. Each is a step of its new process,
//! and the message of one that fails says which: a service is never started with less than its file asks for.

use alloc::ffi::CString;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use ::services::{Confined, DISK_CLASSES, Service};
use io::process::{CloneFlags, Command};
use linux::process::confine::{
    Allow, Disks, Filter, HaveCapabilities, KeepCapabilities, Obey, OwnLoopback, OwnMounts, OwnProcesses,
    Processors, ReadOnly, Temporary, Writable,
};
use linux::security::landlock::{FileAccess, Handled};
use linux::security::{Need, Refusal, Rules, ranges_filter};
use linux::{Errno, fs, thread};

/// Where the class of what is asked of disks begins, above the level.
const CLASS_SHIFT: u32 = 13;

/// The level of the classes that have some, the one in the middle.
const LEVEL: u32 = 4;

/// The folders for temporary files.
const TEMPORARY: [&str; 2] = ["/tmp", "/var/tmp"];

/// What stays as it is where all is read-only: devices are guarded by their modes, processes by whose they are.
const KERNELS: [&str; 2] = ["/dev", "/proc"];

/// Gives the namespaces that its process has of its own. The error is a reason why it cannot have them.
pub(super) fn namespaces(confined: &Confined) -> Result<CloneFlags, String> {
    let mut kinds = CloneFlags::empty();
    for kind in &confined.namespaces {
        let (file, flags) = match kind.as_str() {
            "ipc" => ("ipc", CloneFlags::NEW_IPC),
            "net" => ("net", CloneFlags::NEW_NETWORK),
            "pid" => ("pid", CloneFlags::NEW_PID | CloneFlags::NEW_MOUNT),
            "uts" => ("uts", CloneFlags::NEW_UTS),
            _ => ("mnt", CloneFlags::NEW_MOUNT),
        };
        if fs::stat(format!("/proc/self/ns/{file}").as_str()).is_err_and(|cause| cause == Errno::NOENT) {
            return Err(format!("the kernel has no namespaces of the kind {kind}"));
        }
        kinds |= flags;
    }
    if confined.private_tmp || confined.read_only {
        kinds |= CloneFlags::NEW_MOUNT;
    }
    Ok(kinds)
}

/// Adds what comes before its files are opened and its folder is entered. The error is a reason why it cannot be.
pub(super) fn places(command: &mut Command, service: &Service) -> Result<(), String> {
    let confined = &service.confined;
    let kinds = namespaces(confined)?;
    if !kinds.is_empty() {
        command.namespaces(kinds);
    }
    if kinds.contains(CloneFlags::NEW_NETWORK) {
        command.confine(OwnLoopback);
    }
    if kinds.contains(CloneFlags::NEW_MOUNT) {
        command.confine(OwnMounts);
    }
    if kinds.contains(CloneFlags::NEW_PID) {
        command.confine(OwnProcesses);
    }
    if confined.read_only {
        command.confine(ReadOnly(c"/"));
        let writable = confined.writable.iter().map(String::as_str);
        for path in KERNELS.into_iter().chain(writable) {
            command.confine(Writable(there(path)?));
        }
    }
    if confined.private_tmp {
        for path in TEMPORARY.into_iter().filter_map(|path| there(path).ok()) {
            command.confine(Temporary(path));
        }
    }
    Ok(())
}

/// Adds what needs root's rights, when its files are open.
pub(super) fn rights(command: &mut Command, service: &Service) -> Result<(), String> {
    let confined = &service.confined;
    if let Some(class) = DISK_CLASSES.iter().position(|class| *class == confined.disk_class) {
        let level = if matches!(class, 1 | 2) { LEVEL } else { 0 };
        command.confine(Disks((class as u32) << CLASS_SHIFT | level));
    }
    if !confined.processors.is_empty() {
        let numbers = confined.processors.iter().filter_map(|number| number.parse().ok());
        command.confine(Processors(numbers.fold(thread::Processors::EMPTY, thread::Processors::with)));
    }
    // A filter and rules are for those who cannot get rights by executing a program.
    if service.no_new_privileges || confined.has_files() || !confined.call_bounds.is_empty() {
        command.no_new_privileges();
    }
    if confined.has_files() {
        files(command, confined)?;
    }
    if let Some(kept) = confined.capabilities {
        command.confine(KeepCapabilities(kept));
    }
    Ok(())
}

/// Adds what comes last, when it has its user.
pub(super) fn calls(command: &mut Command, confined: &Confined) {
    if let Some(kept) = confined.capabilities {
        command.confine(HaveCapabilities(kept));
    }
    if !confined.call_bounds.is_empty() {
        let bounds = confined.call_bounds.iter().copied();
        let filter: Vec<_> = ranges_filter(bounds, Refusal::Error(Errno::PERM)).collect();
        command.confine(Filter(filter, confined.calls_are_optional()));
    }
}

/// Adds the rules for files.
fn files(command: &mut Command, confined: &Confined) -> Result<(), String> {
    let need = Need::Version(u32::from(!confined.files_are_optional()));
    let handled = Handled { files: Handled::EVERYTHING.files, ..Handled::NOTHING };
    let rules = Rules::new(handled, need).map_err(|cause| match cause {
        Errno::NOSYS | Errno::OPNOTSUPP => format!("the kernel has no rules for files (landlock): {cause}"),
        _ => format!("make rules for files (landlock): {cause}"),
    })?;
    let rules = Rc::new(rules);
    for (paths, access) in
        [(&confined.files_read, FileAccess::READ), (&confined.files_written, handled.files)]
    {
        for path in paths {
            command.confine(Allow(Rc::clone(&rules), there(path)?, access));
        }
    }
    command.confine(Obey(rules));
    Ok(())
}

/// Gives a path for the kernel, if it is there: the message of a step could not name it.
fn there(path: &str) -> Result<CString, String> {
    fs::stat(path).map_err(|cause| format!("{path}: {cause}"))?;
    CString::new(path).map_err(|_| format!("{path}: {}", Errno::INVAL))
}
