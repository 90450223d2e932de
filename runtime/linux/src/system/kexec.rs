//! Another kernel in the place of this one: kexec_file_load(2).

use core::ffi::CStr;

use crate::Result;
use crate::fd::{AsFd, BorrowedFd};

/// Puts a kernel in place, which [`reboot`](super::reboot) starts by [`PowerCommand::Kexec`](super::PowerCommand::Kexec), with its
/// first file system and its command line. It takes the place of one that was put there before.
///
/// # Errors
/// `PERM` (needs CAP_SYS_BOOT; a locked-down kernel wants a signature), `NOEXEC` (no kernel that this one knows), `INVAL` (a command
/// line that is too long), `BUSY`, `NOMEM`, `ADDRNOTAVAIL`; `NOSYS`: this kernel cannot, as on processors of 32 bits. See
/// `kexec_file_load(2)`.
pub fn kexec_file_load(
    kernel: impl AsFd,
    initramfs: Option<BorrowedFd<'_>>,
    command_line: &CStr,
) -> Result<()> {
    load(Some(kernel.as_fd()), initramfs, command_line)
}

/// Takes away the kernel that was put in place, if one was.
///
/// # Errors
/// `PERM`, `BUSY`, `NOSYS`. See `kexec_file_load(2)`, KEXEC_FILE_UNLOAD.
#[doc(alias = "KEXEC_FILE_UNLOAD")]
pub fn kexec_file_unload() -> Result<()> {
    load(None, None, c"")
}

#[cfg(target_pointer_width = "64")]
fn load(
    kernel: Option<BorrowedFd<'_>>,
    initramfs: Option<BorrowedFd<'_>>,
    command_line: &CStr,
) -> Result<()> {
    /// KEXEC_FILE_UNLOAD.
    const UNLOAD: u32 = 1;
    /// KEXEC_FILE_NO_INITRAMFS.
    const NO_INITRAMFS: u32 = 4;
    let number = |file: Option<BorrowedFd<'_>>| file.map_or(-1, BorrowedFd::as_raw);
    let unload = if kernel.is_none() { UNLOAD } else { 0 };
    let flags = if initramfs.is_none() { unload | NO_INITRAMFS } else { unload };
    let length = command_line.to_bytes_with_nul().len();
    // SAFETY: two integers, a terminated string with its length, and an integer.
    unsafe {
        syscall!(
            __NR_kexec_file_load,
            number(kernel),
            number(initramfs),
            length,
            command_line.as_ptr(),
            flags
        )
    }
    .map(drop)
}

/// No processor of 32 bits has the call.
#[cfg(target_pointer_width = "32")]
fn load(_: Option<BorrowedFd<'_>>, _: Option<BorrowedFd<'_>>, _: &CStr) -> Result<()> {
    Err(crate::Errno::NOSYS)
}
