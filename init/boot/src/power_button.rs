//! The power button: whoever presses it sends SIGPWR to process 1.
//!
//! The kernel sends the signal itself (O_ASYNC), and only for this one key, so that process 1 reads nothing and a keyboard
//! that has the key does not wake it with others. Where devices are looked after, the worker of devices listens to each
//! button, also one that is plugged in later.

use core::ffi::CStr;

use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{self, Directory, Mode, OpenFlags};
use linux::input::{self, Key};
use linux::process::Pid;
use linux::signal::Signal;

use crate::log::Log;

/// How a device is opened, and read on: never.
const WAITING: OpenFlags = OpenFlags::READ.union(OpenFlags::NONBLOCK);

/// Listens to every power button there is; on most machines without a screen there is none, which is no failure.
pub(crate) fn watch(log: Log) {
    let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let Ok(folder) = fs::open(c"/dev/input", flags, Mode::empty()) else { return };
    let mut buffer = [0; 1024];
    let mut devices = Directory::new(&folder, &mut buffer);
    while let Some(Ok(device)) = devices.next() {
        if !device.name.to_bytes().starts_with(b"event") {
            continue;
        }
        match listen(&folder, device.name) {
            // It stays open as long as the machine runs.
            Ok(button) => {
                button.into_raw();
            }
            Err(Errno::NODEV) => {}
            Err(cause) => {
                let name = device.name.to_str().unwrap_or_default();
                log.error(format_args!("listen to the power button at /dev/input/{name}: {cause}"));
            }
        }
    }
}

/// Gives a device that sends process 1 the signal; `NODEV` if it has no such button.
pub(crate) fn listen(folder: impl AsFd, name: &CStr) -> linux::Result<OwnedFd> {
    let device = fs::openat(folder, name, WAITING | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    if !input::has_key(&device, Key::POWER)? {
        return Err(Errno::NODEV);
    }
    input::hear_only(&device, Key::POWER)?;
    fs::set_owner(&device, Pid::INIT)?;
    fs::set_signal(&device, Signal::PWR)?;
    fs::set_status_flags(&device, WAITING | OpenFlags::ASYNC)?;
    Ok(device)
}
