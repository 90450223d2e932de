//! The names of the machine and its kernel: uname(2), sethostname(2).

use crate::Result;
use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use linux_raw_sys::system::new_utsname;

/// The names of the machine and its kernel, at most 64 bytes each.
#[repr(transparent)]
pub struct Uname(new_utsname);

impl Uname {
    /// Gives the system's name, "Linux".
    pub fn system(&self) -> &[u8] {
        bytes(&self.0.sysname)
    }

    /// Gives the host name.
    pub fn host(&self) -> &[u8] {
        bytes(&self.0.nodename)
    }

    /// Gives the kernel's version number, as in "6.1.0-18-amd64".
    pub fn release(&self) -> &[u8] {
        bytes(&self.0.release)
    }

    /// Gives the kernel's build.
    pub fn version(&self) -> &[u8] {
        bytes(&self.0.version)
    }

    /// Gives the processor's name, as in "x86_64".
    pub fn machine(&self) -> &[u8] {
        bytes(&self.0.machine)
    }

    /// Gives the NIS domain, "(none)" if none is set.
    pub fn domain(&self) -> &[u8] {
        bytes(&self.0.domainname)
    }
}

fn bytes(field: &[c_char; 65]) -> &[u8] {
    // SAFETY: `c_char` is a byte, signed or not, and the slice is the field's own.
    let field = unsafe { core::slice::from_raw_parts(field.as_ptr().cast::<u8>(), field.len()) };
    CStr::from_bytes_until_nul(field).map_or(field, CStr::to_bytes)
}

/// Gives the names of the machine and its kernel.
///
/// # Errors
/// None in practice. See `uname(2)`.
pub fn uname() -> Result<Uname> {
    let mut names = MaybeUninit::<new_utsname>::uninit();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_uname, names.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(Uname(unsafe { names.assume_init() }))
}

/// Sets the host name, at most 64 bytes.
///
/// # Errors
/// `PERM`, `INVAL` (too long). See `sethostname(2)`.
pub fn sethostname(name: &[u8]) -> Result<()> {
    // SAFETY: the kernel reads `len` bytes of the borrowed slice.
    unsafe { syscall!(__NR_sethostname, name.as_ptr(), name.len()) }.map(drop)
}

/// Sets the NIS domain, at most 64 bytes.
///
/// # Errors
/// `PERM`, `INVAL` (too long). See `setdomainname(2)`.
pub fn setdomainname(name: &[u8]) -> Result<()> {
    // SAFETY: the kernel reads `len` bytes of the borrowed slice.
    unsafe { syscall!(__NR_setdomainname, name.as_ptr(), name.len()) }.map(drop)
}
