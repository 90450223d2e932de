//! The kernel's log: syslog(2), which glibc calls klogctl.

use crate::Result;

/// Copies the last bytes of the log that fit the buffer; gives the part of it that was filled. Lines as in
/// "<6>[    0.000000] Linux version".
///
/// # Errors
/// `PERM` (dmesg_restrict), `NOSYS` (a kernel without log). See `syslog(2)`, SYSLOG_ACTION_READ_ALL.
#[doc(alias = "syslog")]
#[doc(alias = "klogctl")]
#[doc(alias = "SYSLOG_ACTION_READ_ALL")]
pub fn read_log(buffer: &mut [u8]) -> Result<&[u8]> {
    /// SYSLOG_ACTION_READ_ALL.
    const READ_ALL: u32 = 3;
    let length = i32::try_from(buffer.len()).unwrap_or(i32::MAX);
    // SAFETY: the kernel writes at most `length` bytes into the borrowed slice.
    let count = unsafe { syscall!(__NR_syslog, READ_ALL, buffer.as_mut_ptr(), length) }?;
    Ok(buffer.get(..count).unwrap_or_default())
}

/// Gives the size of the log's memory, in bytes.
///
/// # Errors
/// `PERM`, `NOSYS`. See `syslog(2)`, SYSLOG_ACTION_SIZE_BUFFER.
#[doc(alias = "SYSLOG_ACTION_SIZE_BUFFER")]
pub fn log_size() -> Result<usize> {
    /// SYSLOG_ACTION_SIZE_BUFFER.
    const SIZE_BUFFER: u32 = 10;
    number(SIZE_BUFFER, 0)
}

/// Gives how many bytes of the log nobody has read by SYSLOG_ACTION_READ.
///
/// # Errors
/// `PERM`, `NOSYS`. See `syslog(2)`, SYSLOG_ACTION_SIZE_UNREAD.
#[doc(alias = "SYSLOG_ACTION_SIZE_UNREAD")]
pub fn unread_log_size() -> Result<usize> {
    /// SYSLOG_ACTION_SIZE_UNREAD.
    const SIZE_UNREAD: u32 = 9;
    number(SIZE_UNREAD, 0)
}

/// Makes `read_log` start after what is there now.
///
/// # Errors
/// `PERM`, `NOSYS`. See `syslog(2)`, SYSLOG_ACTION_CLEAR.
#[doc(alias = "SYSLOG_ACTION_CLEAR")]
pub fn clear_log() -> Result<()> {
    /// SYSLOG_ACTION_CLEAR.
    const CLEAR: u32 = 5;
    number(CLEAR, 0).map(drop)
}

/// Shows on the console only messages of a level below this, from 1 (emergencies) to 8 (all).
///
/// # Errors
/// `PERM`, `INVAL`, `NOSYS`. See `syslog(2)`, SYSLOG_ACTION_CONSOLE_LEVEL.
#[doc(alias = "SYSLOG_ACTION_CONSOLE_LEVEL")]
pub fn set_console_level(level: u32) -> Result<()> {
    /// SYSLOG_ACTION_CONSOLE_LEVEL.
    const CONSOLE_LEVEL: u32 = 8;
    number(CONSOLE_LEVEL, level).map(drop)
}

fn number(action: u32, argument: u32) -> Result<usize> {
    // SAFETY: these actions take integers only.
    unsafe { syscall!(__NR_syslog, action, 0_usize, argument) }
}
