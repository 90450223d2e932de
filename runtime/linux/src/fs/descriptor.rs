//! Descriptors of open files: dup(2), fcntl(2), close_range(2).

use super::OpenFlags;
use crate::Result;
use crate::fd::{AsFd, OwnedFd, RawFd};
use crate::process::Pid;
use crate::signal::Signal;
use linux_raw_sys::general as kernel;

flags! {
    /// The flags of a descriptor itself, not of the file behind it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct DescriptorFlags: u32 {
        /// FD_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::FD_CLOEXEC;
        const _ = !0;
    }
}

/// Makes a second descriptor for the same open file, with the lowest free number, closed by execve.
///
/// # Errors
/// `BADF`, `MFILE`. See `fcntl(2)`, F_DUPFD_CLOEXEC.
#[doc(alias = "F_DUPFD_CLOEXEC")]
pub fn dup(file: impl AsFd) -> Result<OwnedFd> {
    dup_at_least(file, 0)
}

/// The same, with the lowest free number from `lowest` on.
///
/// # Errors
/// `BADF`, `MFILE`, `INVAL` (above the limit of open files). See `fcntl(2)`, F_DUPFD_CLOEXEC.
pub fn dup_at_least(file: impl AsFd, lowest: RawFd) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_DUPFD_CLOEXEC, lowest) }
        .map(OwnedFd::made)
}

/// Makes a second descriptor for the open file behind a number that a caller gave to this program, closed by execve.
///
/// Whoever owns the number keeps it; that there is one, nobody need promise.
///
/// # Errors
/// `BADF`, `MFILE`. See `fcntl(2)`, F_DUPFD_CLOEXEC.
pub fn dup_number(number: RawFd) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, number, kernel::F_DUPFD_CLOEXEC, 0) }.map(OwnedFd::made)
}

/// Puts an open file under a number, closing what is there, as is needed for standard input and output before execve.
///
/// If the number is the file's own, nothing is done but setting the flags.
///
/// # Safety
/// Nobody may own or borrow the descriptor `number`, or those who do must want it replaced.
///
/// # Errors
/// `BADF`, `BUSY`, `INTR`, `MFILE`. See `dup(2)`.
#[doc(alias = "dup3")]
#[doc(alias = "dup2")]
pub unsafe fn dup_over(file: impl AsFd, number: RawFd, flags: DescriptorFlags) -> Result<()> {
    let file = file.as_fd();
    if file.as_raw() == number {
        return set_descriptor_flags(file, flags);
    }
    let close = if flags.contains(DescriptorFlags::CLOSE_ON_EXEC) { kernel::O_CLOEXEC } else { 0 };
    // SAFETY: the caller answers for what was behind the number.
    unsafe { syscall!(__NR_dup3, file, number, close) }.map(drop)
}

/// The three descriptors that every program has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// 0: where it reads.
    Input,
    /// 1: where it writes.
    Output,
    /// 2: where it complains.
    Error,
}

/// Makes an open file this process's standard input, output or error, which stays open over execve.
///
/// Safe, since nobody owns those three: [`fd::STDIN`](crate::fd::STDIN) and its like mean whatever is there.
///
/// # Errors
/// Those of [`dup_over`].
#[doc(alias = "dup2")]
pub fn set_standard(standard: Standard, file: impl AsFd) -> Result<()> {
    let number = match standard {
        Standard::Input => 0,
        Standard::Output => 1,
        Standard::Error => 2,
    };
    // SAFETY: the three numbers are never owned.
    unsafe { dup_over(file, number, DescriptorFlags::empty()) }
}

/// Closes all descriptors from `first` to `last`; with `on_exec` marks them to be closed by execve instead.
///
/// # Safety
/// Nobody may own or borrow a descriptor in the range (marking for execve is always sound).
///
/// # Errors
/// `INVAL`, `NOSYS` (before Linux 5.9; `on_exec`: 5.11). See `close_range(2)`.
pub unsafe fn close_range(first: u32, last: u32, on_exec: bool) -> Result<()> {
    // CLOSE_RANGE_CLOEXEC of linux/close_range.h, which the bindings leave out.
    let flags = if on_exec { 1_u32 << 2 } else { 0 };
    // SAFETY: the caller answers for the range.
    unsafe { syscall!(__NR_close_range, first, last, flags) }.map(drop)
}

/// Gives the flags of a descriptor.
///
/// # Errors
/// `BADF`. See `fcntl(2)`, F_GETFD.
#[doc(alias = "F_GETFD")]
pub fn descriptor_flags(file: impl AsFd) -> Result<DescriptorFlags> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_GETFD) }
        .map(|bits| DescriptorFlags::from_bits_retain(bits as u32))
}

/// Sets the flags of a descriptor.
///
/// # Errors
/// `BADF`. See `fcntl(2)`, F_SETFD.
#[doc(alias = "F_SETFD")]
pub fn set_descriptor_flags(file: impl AsFd, flags: DescriptorFlags) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_SETFD, flags.bits()) }.map(drop)
}

/// Gives the flags of an open file: its access and what can be changed of the rest.
///
/// # Errors
/// `BADF`. See `fcntl(2)`, F_GETFL.
#[doc(alias = "F_GETFL")]
pub fn status_flags(file: impl AsFd) -> Result<OpenFlags> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_GETFL) }
        .map(|bits| OpenFlags::from_bits_retain(bits as u32))
}

/// Sets the flags of an open file that can be changed: append, async, direct, no access time, nonblock.
///
/// # Errors
/// `BADF`, `PERM`. See `fcntl(2)`, F_SETFL.
#[doc(alias = "F_SETFL")]
pub fn set_status_flags(file: impl AsFd, flags: OpenFlags) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_SETFL, flags.bits()) }.map(drop)
}

/// Sets the process that is told when an open file with ASYNC has something.
///
/// # Errors
/// `BADF`, `SRCH`. See `fcntl(2)`, F_SETOWN.
#[doc(alias = "F_SETOWN")]
pub fn set_owner(file: impl AsFd, process: Pid) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_SETOWN, process.get()) }.map(drop)
}

/// Sets the signal by which it is told, in place of SIGIO.
///
/// # Errors
/// `BADF`. See `fcntl(2)`, F_SETSIG.
#[doc(alias = "F_SETSIG")]
pub fn set_signal(file: impl AsFd, signal: Signal) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fcntl | __NR_fcntl64, file.as_fd(), kernel::F_SETSIG, signal.number()) }.map(drop)
}
