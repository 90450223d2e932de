//! Virtual terminals of the machine's screen and keyboard: `ioctl_console(2)`.

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::terminal as request;

/// Shows a virtual terminal, and waits until it is seen.
///
/// # Errors
/// `NXIO` (no such one), `NOTTY`, `PERM`, `INTR`.
#[doc(alias = "VT_ACTIVATE")]
#[doc(alias = "VT_WAITACTIVE")]
pub fn activate(console: impl AsFd, number: u16) -> Result<()> {
    for request in [request::VT_ACTIVATE, request::VT_WAITACTIVE] {
        // SAFETY: both take a number.
        unsafe { ioctl::with_number(&console, request, number.into()) }?;
    }
    Ok(())
}

/// Frees the memory of a virtual terminal; 0: of all that nobody uses.
///
/// # Errors
/// `BUSY`, `NXIO`, `NOTTY`, `PERM`.
#[doc(alias = "VT_DISALLOCATE")]
pub fn deallocate(console: impl AsFd, number: u16) -> Result<()> {
    // SAFETY: it takes a number.
    unsafe { ioctl::with_number(console, request::VT_DISALLOCATE, number.into()) }.map(drop)
}

/// Gives the number of a virtual terminal that nobody has open; -1 if there is none.
///
/// # Errors
/// `NOTTY`.
#[doc(alias = "VT_OPENQRY")]
pub fn first_free(console: impl AsFd) -> Result<i32> {
    // SAFETY: it fills one `int`.
    unsafe { ioctl::get(console, request::VT_OPENQRY) }
}

/// Gives the number of the virtual terminal that is shown.
///
/// # Errors
/// `NOTTY`.
#[doc(alias = "VT_GETSTATE")]
pub fn active(console: impl AsFd) -> Result<u16> {
    // SAFETY: it fills three numbers of 16 bits.
    unsafe { ioctl::get(console, request::VT_GETSTATE) }.map(|[active, _, _]| active)
}

/// Has what is written to /dev/console go to this terminal.
///
/// # Errors
/// `BUSY` (it goes to another one), `PERM`, `NOTTY`.
#[doc(alias = "TIOCCONS")]
pub fn take_messages(terminal: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing.
    unsafe { ioctl::plain(terminal, request::TIOCCONS) }.map(drop)
}

/// What a key means in a table: `struct kbentry`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct KeyEntry {
    /// The table: without and with shift, and so on.
    pub table: u8,
    /// The key.
    pub key: u8,
    /// What it means.
    pub value: u16,
}

abi!(KeyEntry = "struct kbentry" { table: "kb_table", key: "kb_index", value: "kb_value" });

/// Gives what a key means in a table (without and with shift, and so on).
///
/// # Errors
/// `INVAL`, `NOTTY`.
#[doc(alias = "KDGKBENT")]
pub fn key_meaning(console: impl AsFd, table: u8, key: u8) -> Result<u16> {
    let mut entry = KeyEntry { table, key, value: 0 };
    // SAFETY: it reads and writes one such structure.
    unsafe { ioctl::update(console, request::KDGKBENT, &mut entry) }?;
    Ok(entry.value)
}

/// Sets it.
///
/// # Errors
/// `INVAL`, `PERM`, `NOTTY`.
#[doc(alias = "KDSKBENT")]
pub fn set_key_meaning(console: impl AsFd, table: u8, key: u8, value: u16) -> Result<()> {
    let entry = KeyEntry { table, key, value };
    // SAFETY: it reads one such structure.
    unsafe { ioctl::set(console, request::KDSKBENT, &entry) }.map(drop)
}
