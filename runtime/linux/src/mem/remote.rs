//! The memory of another process: process_vm_readv(2), process_madvise(2), process_mrelease(2).

use super::Advice;
use crate::Result;
use crate::fd::AsFd;
use crate::fs::{IoSlice, IoSliceMut};
use crate::process::Pid;

/// A part of another process's memory (`struct iovec`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Remote {
    /// Where it begins there.
    pub address: usize,
    /// How many bytes it is.
    pub length: usize,
}

abi!(Remote = "struct iovec" { address: "iov_base", length: "iov_len" });

/// Copies memory of another process into buffers; gives how many bytes, fewer where its memory ends.
///
/// # Errors
/// `PERM` (needs the right to trace it), `SRCH`, `FAULT` (not even the first part is there), `INVAL`. See
/// `process_vm_readv(2)`.
pub fn process_vm_readv(process: Pid, into: &mut [IoSliceMut<'_>], from: &[Remote]) -> Result<usize> {
    let (own, own_count, its, its_count) = (into.as_mut_ptr(), into.len(), from.as_ptr(), from.len());
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows for writing; the others are addresses elsewhere.
    unsafe { syscall!(__NR_process_vm_readv, process.get(), own, own_count, its, its_count, 0_usize) }
}

/// Copies bytes into the memory of another process; gives how many.
///
/// # Safety
/// If it is this process's own memory, nothing may rely on what is there.
///
/// # Errors
/// Those of [`process_vm_readv`]. See `process_vm_writev(2)`.
pub unsafe fn process_vm_writev(process: Pid, from: &[IoSlice<'_>], into: &[Remote]) -> Result<usize> {
    let (own, own_count, its, its_count) = (from.as_ptr(), from.len(), into.as_ptr(), into.len());
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows; the caller answers for the rest.
    unsafe { syscall!(__NR_process_vm_writev, process.get(), own, own_count, its, its_count, 0_usize) }
}

/// Tells the kernel what to expect of pages of a process, by its pidfd; gives for how many bytes it was told. The advice is
/// one that leaves the contents (WILL_NEED, COLD, PAGE_OUT).
///
/// # Safety
/// Advice that changes contents needs ranges whose contents nobody relies on.
///
/// # Errors
/// `PERM`, `INVAL` (the advice), `SRCH`, `BADF`, `NOMEM`; `NOSYS` before Linux 5.10. See `process_madvise(2)`.
pub unsafe fn process_madvise(process: impl AsFd, ranges: &[Remote], advice: Advice) -> Result<usize> {
    let (start, count) = (ranges.as_ptr(), ranges.len());
    // SAFETY: the kernel reads the ranges; the caller answers for what becomes of them.
    unsafe { syscall!(__NR_process_madvise, process.as_fd(), start, count, advice.0, 0_u32) }
}

/// Takes the memory of a process that is being killed away at once, by its pidfd.
///
/// # Errors
/// `INVAL` (it is not being killed), `AGAIN`, `SRCH`, `BADF`; `NOSYS` before Linux 5.15. See `process_mrelease(2)`.
pub fn process_mrelease(process: impl AsFd) -> Result<()> {
    // SAFETY: a process that ends uses its memory no more.
    unsafe { syscall!(__NR_process_mrelease, process.as_fd(), 0_u32) }.map(drop)
}
