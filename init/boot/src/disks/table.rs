//! The child that mounts what `/etc/fstab` lists (`fstab(5)`), in its order: those that must be there first, then those with `nofail`.
//! Swap is given to the kernel, the root gets its options, a mount point that is missing is made. A line that fails is named in the
//! log, and the others go on.
//!
//! Nobody waits for those with `_netdev`: a process of its own mounts them when the network is up, and gives up each that takes too
//! long, for its server may be dead.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use formats::etc::fstab::{self, Entry};
use formats::time::Duration;
use io::process::Command;
use linux::Errno;
use linux::fs::{self, Mode};
use linux::mem::swapon;
use linux::process::{self, Ended};
use system::mount_options::MountOptions;
use system::mounting::{self, Request};
use system::mounts::Table;
use system::swap::Manner;
use system::{disks, file, machine};

use super::root::wait;
use crate::log::Log;
use crate::settings::Settings;
use crate::{child, up};

pub(super) const PATH: &str = "/etc/fstab";

/// How long a device may take to come, unless its line says otherwise (`x-systemd.device-timeout=`).
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a server may take, unless its line says otherwise (`x-systemd.mount-timeout=`), and the network before it.
const REMOTE_PATIENCE: Duration = Duration::from_secs(90);

/// How long those that may be missing get, for drivers to be loaded.
const SETTLING: Duration = Duration::from_secs(3);

/// The folders where checkers are.
const FOLDERS: [&[u8]; 4] = [b"/sbin/", b"/usr/sbin/", b"/bin/", b"/usr/bin/"];

/// Mounts all lines, and has those of the network mounted; gives 0.
pub(super) fn run(settings: &Settings, log: Log) -> i32 {
    let text = match file::read(PATH.as_bytes()) {
        Ok(text) => text,
        Err(error) => {
            log.error(format_args!("{error}"));
            return 1;
        }
    };
    let mut entries = Vec::new();
    for (number, entry) in fstab::parse(&text).enumerate() {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => log.error(format_args!("{PATH}: entry {}: {error}", number + 1)),
        }
    }
    entries.retain(|entry| !entry.has(b"noauto"));
    let (remote, local): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.has(b"_netdev"));
    let (last, first): (Vec<_>, Vec<_>) = local.into_iter().partition(may_be_missing);
    first.iter().chain(&last).for_each(|entry| row(entry, settings.devices, log));
    if !remote.is_empty() {
        let started = process::spawn(|| {
            child::begin(c"remote-disks");
            mount_remote(&remote, settings, log)
        });
        if let Err(cause) = started {
            log.error(format_args!("{PATH}: start a process for what has `_netdev`: {cause}"));
        }
    }
    0
}

/// Does what the lines ask for that need the network, when that is up, each in a process of its own.
fn mount_remote(entries: &[Entry<'_>], settings: &Settings, log: Log) -> i32 {
    if settings.network {
        up::wait(REMOTE_PATIENCE);
    }
    for entry in entries {
        let patience =
            timeout(&entry.options.plain(), b"x-systemd.mount-timeout=").unwrap_or(REMOTE_PATIENCE);
        let started = process::spawn(|| {
            // With what helps it, it is killed.
            let _ = process::setpgid(None, None);
            row(entry, settings.devices, log);
            0
        });
        let (source, target) = (entry.source.plain(), entry.target.plain());
        let complain = |why: fmt::Arguments<'_>| {
            let (source, target) = (String::from_utf8_lossy(&source), String::from_utf8_lossy(&target));
            log.error(format_args!("{PATH}: {source} on {target}: {why}"));
        };
        match started.and_then(|pid| child::end(pid, patience)) {
            Ok(Some(_)) => {}
            Ok(None) => complain(format_args!("given up: it takes longer than {} s", patience.as_secs())),
            Err(cause) => complain(format_args!("{cause}")),
        }
    }
    0
}

fn may_be_missing(entry: &Entry<'_>) -> bool {
    entry.has(b"nofail")
}

/// Does what a line asks for.
fn row(entry: &Entry<'_>, has_devices: bool, log: Log) {
    let (source, target) = (entry.source.plain(), entry.target.plain());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let done = match entry.kind.is(b"swap") {
        true => swap(entry, &source, has_devices),
        false => mount(entry, &source, &target, has_devices, log),
    };
    let Err(cause) = done else {
        return log.debug(format_args!("{PATH}: {} is on {}", text(&source), text(&target)));
    };
    let (source, target) = (text(&source), text(&target));
    match may_be_missing(entry) {
        true => log.info(format_args!("{PATH}: {source} on {target}: {cause}; nofail: the start goes on")),
        false => log.error(format_args!("{PATH}: {source} on {target}: {cause}")),
    }
}

/// Waits for the device of a line, if it is one.
fn device(entry: &Entry<'_>, source: &[u8], has_devices: bool) -> linux::Result<Vec<u8>> {
    let is_device = source.starts_with(b"/dev/") || disks::Tag::split(source).is_some();
    if !is_device {
        return Ok(source.to_vec());
    }
    let patience = match may_be_missing(entry) {
        false => timeout(&entry.options.plain(), b"x-systemd.device-timeout=").unwrap_or(PATIENCE),
        true => {
            let until = machine::uptime().saturating_add(SETTLING);
            while has_devices && fs::stat("/run/spelunk/devices").is_err() && machine::uptime() < until {
                linux::time::sleep(Duration::from_millis(20).into());
            }
            Duration::ZERO
        }
    };
    wait(source, Some(patience)).ok_or(Errno::NODEV)
}

/// Reads an option like `x-systemd.device-timeout=5s`.
fn timeout(options: &[u8], key: &[u8]) -> Option<Duration> {
    let value = options.split(|byte| *byte == b',').find_map(|option| option.strip_prefix(key))?;
    query::text::parse_decimal(value.strip_suffix(b"s").unwrap_or(value)).map(Duration::from_secs)
}

fn swap(entry: &Entry<'_>, source: &[u8], has_devices: bool) -> linux::Result<()> {
    let mut manner = Manner::default();
    manner.read(&entry.options.plain()).map_err(|_| Errno::INVAL)?;
    let path = device(entry, source, has_devices)?;
    swapon(path.as_slice(), manner.priority, manner.flags)
}

fn mount(entry: &Entry<'_>, source: &[u8], target: &[u8], has_devices: bool, log: Log) -> linux::Result<()> {
    let mut options = MountOptions::default();
    let plain = entry.options.plain();
    options.add(&plain);
    let kind = entry.kind.plain();
    if target == b"/" {
        // It is there: it gets its options, as being written to.
        options.add(b"remount");
        return mounting::mount(&Request { source, target, kind: None }, &mut options);
    }
    let table = Table::read().ok();
    if table.as_ref().and_then(|table| table.at(target)).is_some_and(|present| present.kind == entry.kind) {
        // The kernel's own, which many tables list too.
        return Ok(());
    }
    let path = device(entry, source, has_devices)?;
    let found = match kind.as_slice() {
        b"auto" => disks::look(&path).ok().and_then(|contents| contents.superblock),
        _ => None,
    };
    let kind = found.as_ref().map_or(kind.as_slice(), |found| found.kind.as_bytes());
    if entry.pass > 0 {
        check(&path, kind, log)?;
    }
    for (at, _) in target.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/') {
        let _ = fs::mkdir(target.get(..at).unwrap_or_default(), Mode::octal(0o755));
    }
    let _ = fs::mkdir(target, Mode::octal(0o755));
    let request = Request { source: &path, target, kind: Some(kind) };
    match mounting::helper(&request, &options, &plain, &[]) {
        Some(words) => help(&words, log),
        None => mounting::mount_any(&request, &mut options),
    }
}

/// Has a helper mount.
fn help(words: &[Vec<u8>], log: Log) -> linux::Result<()> {
    let Some((helper, words)) = words.split_first() else { return Ok(()) };
    let started = Command::new(helper).arguments(words).start();
    let ended = started.map_err(|error| error.errno).and_then(|mut child| child.wait())?;
    if ended == Ended::Exited(0) {
        return Ok(());
    }
    let helper = String::from_utf8_lossy(helper);
    log.error(format_args!("{PATH}: {helper} ended with {}", ended.shell_status()));
    Err(Errno::IO)
}

/// Has a file system checked and what is safe repaired, by `fsck.KIND`, if there is such a program.
///
/// # Errors
/// `UCLEAN` when it found what it could not repair.
pub(super) fn check(device: &[u8], kind: &[u8], log: Log) -> linux::Result<()> {
    let checker = FOLDERS.iter().map(|folder| [folder, &b"fsck."[..], kind].concat());
    let Some(checker) = checker.into_iter().find(|path| fs::stat(path.as_slice()).is_ok()) else {
        return Ok(());
    };
    let shown = core::str::from_utf8(device).unwrap_or("(not text)");
    let ended = Command::new(&checker)
        .argument(b"-a")
        .argument(device)
        .start()
        .map_err(|error| error.errno)
        .and_then(|mut child| child.wait())?;
    match ended {
        Ended::Exited(0) => Ok(()),
        Ended::Exited(status @ 1..4) => {
            log.info(format_args!("{shown} was repaired (status {status})"));
            Ok(())
        }
        _ => Err(Errno::UCLEAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_say_how_long_its_device_takes() {
        let timeout = |options| timeout(options, b"x-systemd.device-timeout=");
        assert_eq!(timeout(b"rw,x-systemd.device-timeout=5s"), Some(Duration::from_secs(5)));
        assert_eq!(timeout(b"x-systemd.device-timeout=7"), Some(Duration::from_secs(7)));
        assert_eq!((timeout(b"rw"), timeout(b"x-systemd.device-timeout=infinity")), (None, None));
    }

    #[test]
    fn a_kind_without_a_checker_needs_none() {
        assert_eq!(check(b"/dev/null", b"no-such-kind", Log::default()), Ok(()));
    }
}
