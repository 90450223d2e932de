//! The clock of the hardware that starts the machine again unless it is told in time that all is well (the kernel's
//! `Documentation/watchdog/watchdog-api.rst`).

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::devices as request;

/// `WDIOS_DISABLECARD`, `WDIOS_ENABLECARD`.
const OPTIONS: [i32; 2] = [1, 2];

/// Says that all is well.
///
/// # Errors
/// `NOTTY` (no such device), and those of the driver: those that lack it (`OPNOTSUPP`) take any byte instead.
#[doc(alias = "WDIOC_KEEPALIVE")]
pub fn keep_alive(device: impl AsFd) -> Result<()> {
    // SAFETY: the request takes no argument that drivers look at.
    unsafe { ioctl::plain(device, request::WDIOC_KEEPALIVE) }.map(drop)
}

/// Turns it on or off.
///
/// # Errors
/// `NOTTY`, and those of the driver.
#[doc(alias = "WDIOC_SETOPTIONS")]
pub fn set_watchdog_options(device: impl AsFd, is_on: bool) -> Result<()> {
    let [off, on] = OPTIONS;
    // SAFETY: the request reads one integer.
    unsafe { ioctl::set(device, request::WDIOC_SETOPTIONS, if is_on { &on } else { &off }) }.map(drop)
}

/// Sets how many seconds it waits; gives what the driver made of it.
///
/// # Errors
/// `NOTTY`, `INVAL` (not so long), and those of the driver.
#[doc(alias = "WDIOC_SETTIMEOUT")]
pub fn set_watchdog_timeout(device: impl AsFd, seconds: i32) -> Result<i32> {
    let mut value = seconds;
    // SAFETY: the request reads and writes one integer.
    unsafe { ioctl::update(device, request::WDIOC_SETTIMEOUT, &mut value) }?;
    Ok(value)
}
