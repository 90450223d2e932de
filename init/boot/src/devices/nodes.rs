//! The nodes of devices: whose they are, where they are, what is known of them, and what is run for them.

use alloc::vec::Vec;

use formats::file::device_record::Record;
use formats::time::Duration;
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{self, Mode, OpenFlags};
use linux::process::Ended;
use system::devices::{self, Device, Rules, Treatment};

use crate::command::{self, Commands, Streams};
use crate::log::Log;
use crate::{child, power_button};

/// How long a command of the rules may take: the devices behind it wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// What nodes are treated by.
pub(super) struct Nodes<'a> {
    rules: Rules,
    /// The power buttons that are listened to.
    buttons: Vec<OwnedFd>,
    commands: &'a dyn Commands,
    log: Log,
}

impl<'a> Nodes<'a> {
    pub(super) fn new(commands: &'a dyn Commands, log: Log) -> Self {
        let rules =
            Rules::read(&mut |error| log.error(format_args!("devices: a line of /etc/mdev.conf: {error}")));
        Self { rules, buttons: Vec::new(), commands, log }
    }

    /// Does what is due for a device that came, changed or goes, or that was there at the start; gives what is known of it.
    pub(super) fn look_after(&mut self, device: &Device, was_there: bool) -> Option<Record> {
        match device.get("ACTION") {
            Some(b"remove") => self.remove(device),
            Some(b"add") => {
                // A worker before this one has treated it, and whoever got it since (a login) keeps it.
                let is_new = !(was_there && devices::is_known(device));
                let treatment = if is_new { self.rules.treat(device) } else { Treatment::default() };
                self.place(device, &treatment);
                let record = self.remember(device);
                self.run_all(device, &treatment);
                self.listen(device);
                record
            }
            // A medium was changed, a table of partitions read anew, an interface got another name.
            Some(b"change" | b"move") => self.remember(device),
            _ => None,
        }
    }

    fn remove(&self, device: &Device) -> Option<Record> {
        let treatment = self.rules.treat(device);
        self.run_all(device, &treatment);
        let record = devices::forget(device);
        if let (Some(node), Some((path, _))) = (device.node(), &treatment.moved) {
            // The kernel takes its own name away.
            let _ = fs::unlink(below_dev(path).as_slice());
            let _ = fs::unlink(below_dev(node).as_slice());
        }
        record
    }

    fn remember(&self, device: &Device) -> Option<Record> {
        devices::remember(device).unwrap_or_else(|error| {
            self.log.error(format_args!("devices: {error}"));
            None
        })
    }

    /// Gives the node to its owner, and puts it in its place.
    fn place(&self, device: &Device, treatment: &Treatment) {
        let Some(node) = device.node() else { return };
        let path = below_dev(node);
        let done = (|| {
            if treatment.hidden {
                return fs::unlink(path.as_slice());
            }
            if let Some((owner, group, permissions)) = treatment.access {
                fs::chown(path.as_slice(), Some(owner), Some(group))?;
                fs::chmod(path.as_slice(), Mode::octal(permissions))?;
            }
            let Some((to, is_linked)) = &treatment.moved else { return Ok(()) };
            let to = below_dev(to);
            make_folders(&to);
            fs::rename(path.as_slice(), to.as_slice())?;
            if *is_linked { fs::symlink(to.as_slice(), path.as_slice()) } else { Ok(()) }
        })();
        match done {
            // It is gone again, or the kernel makes no nodes.
            Ok(()) | Err(Errno::NOENT) => {}
            Err(cause) => {
                let name = core::str::from_utf8(node).unwrap_or_default();
                self.log.error(format_args!("devices: /dev/{name}: {cause}"));
            }
        }
    }

    fn run_all(&self, device: &Device, treatment: &Treatment) {
        for command in &treatment.commands {
            run(self.commands, &line(device, command), self.log);
        }
    }

    /// Has a power button wake process 1.
    fn listen(&mut self, device: &Device) {
        let is_input = device.subsystem() == b"input" && device.name().starts_with(b"event");
        let Some(node) = device.node().filter(|_| is_input) else { return };
        let flags = OpenFlags::PATH | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
        let Ok(folder) = fs::open(c"/dev", flags, Mode::empty()) else { return };
        let Ok(name) = alloc::ffi::CString::new(node) else { return };
        match power_button::listen(&folder, &name) {
            Ok(button) => self.buttons.push(button),
            // No such button, or no node any more.
            Err(Errno::NODEV | Errno::NOENT) => {}
            Err(cause) => self.log.error(format_args!("devices: listen to a power button: {cause}")),
        }
    }
}

fn below_dev(name: &[u8]) -> Vec<u8> {
    [b"/dev/", name].concat()
}

pub(super) fn make_folders(path: &[u8]) {
    for (at, _) in path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/') {
        let _ = fs::mkdir(path.get(..at).unwrap_or_default(), Mode::octal(0o755));
    }
}

/// Makes the line of a command: before it, what it wants to know of the device stands in its environment.
fn line(device: &Device, command: &[u8]) -> Vec<u8> {
    let mut line = b"export MDEV=".to_vec();
    let name = device.node().unwrap_or(device.name());
    quote(name.rsplit(|byte| *byte == b'/').next().unwrap_or_default(), &mut line);
    for (key, value) in device.fields() {
        if key.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            line.push(b' ');
            line.extend_from_slice(key);
            line.push(b'=');
            quote(value, &mut line);
        }
    }
    line.extend_from_slice(b"; cd /dev; ");
    line.extend_from_slice(command);
    line
}

fn quote(value: &[u8], into: &mut Vec<u8>) {
    into.push(b'\'');
    for &byte in value {
        match byte {
            b'\'' => into.extend_from_slice(b"'\\''"),
            byte => into.push(byte),
        }
    }
    into.push(b'\'');
}

/// Runs a line to its end, or until it has taken too long.
pub(super) fn run(commands: &dyn Commands, line: &[u8], log: Log) {
    let started = command::start(commands, line, Streams::default());
    let ended = started.and_then(|pid| child::end(pid, PATIENCE));
    match ended.map(|ended| ended.map(Ended::shell_status)) {
        Ok(Some(0)) => {}
        Ok(Some(status)) => log.error(format_args!("devices: a command ended with {status}")),
        Ok(None) => {
            log.error(format_args!("devices: a command took longer than {} s; killed", PATIENCE.as_secs()));
        }
        Err(cause) => log.error(format_args!("devices: run a command: {cause}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_quotes() {
        let mut text = Vec::new();
        quote(b"a'; reboot; '", &mut text);
        assert_eq!(text, b"'a'\\''; reboot; '\\'''");
    }
}
