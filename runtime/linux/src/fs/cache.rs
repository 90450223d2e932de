//! What the kernel keeps of files in memory: posix_fadvise(2), sync_file_range(2), cachestat(2).

use crate::Result;
use crate::fd::AsFd;
use core::mem::MaybeUninit;
use linux_raw_sys::general as kernel;

/// How a file will be read.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// POSIX_FADV_NORMAL: nothing is known.
    Normal = kernel::POSIX_FADV_NORMAL as isize,
    /// POSIX_FADV_SEQUENTIAL: from start to end.
    Sequential = kernel::POSIX_FADV_SEQUENTIAL as isize,
    /// POSIX_FADV_RANDOM: here and there.
    Random = kernel::POSIX_FADV_RANDOM as isize,
    /// POSIX_FADV_WILLNEED: soon.
    WillNeed = kernel::POSIX_FADV_WILLNEED as isize,
    /// POSIX_FADV_DONTNEED: no more; what is written already leaves the memory.
    DontNeed = kernel::POSIX_FADV_DONTNEED as isize,
    /// POSIX_FADV_NOREUSE: once (Linux 6.3 heeds it).
    Once = kernel::POSIX_FADV_NOREUSE as isize,
}

/// Says how a part of a file will be read; length 0 is up to its end. On 64-bit processors: the others have each another call
/// for it.
///
/// # Errors
/// `BADF`, `SPIPE`, `INVAL`. See `posix_fadvise(2)`.
#[cfg(target_pointer_width = "64")]
#[doc(alias = "posix_fadvise")]
#[doc(alias = "fadvise64")]
pub fn fadvise(file: impl AsFd, offset: u64, length: u64, expected: Expectation) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fadvise64, file.as_fd(), offset, length, expected as u32) }.map(drop)
}

flags! {
    /// What `sync_file_range` does, in this order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SyncFlags: u32 {
        /// SYNC_FILE_RANGE_WAIT_BEFORE: waits for what is being written.
        const WAIT_BEFORE = kernel::SYNC_FILE_RANGE_WAIT_BEFORE;
        /// SYNC_FILE_RANGE_WRITE: begins to write what has changed.
        const WRITE = kernel::SYNC_FILE_RANGE_WRITE;
        /// SYNC_FILE_RANGE_WAIT_AFTER: waits for that.
        const WAIT_AFTER = kernel::SYNC_FILE_RANGE_WAIT_AFTER;
        const _ = !0;
    }
}

/// Has a part of a file be written; length 0 is up to its end. No word about what is needed to find it after a crash, which
/// is what [`fdatasync`](super::fdatasync) is for. On 64-bit processors.
///
/// # Errors
/// `BADF`, `SPIPE`, `INVAL`, `IO`, `NOSPC`. See `sync_file_range(2)`.
#[cfg(target_pointer_width = "64")]
pub fn sync_file_range(file: impl AsFd, offset: u64, length: u64, flags: SyncFlags) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_sync_file_range, file.as_fd(), offset, length, flags.bits()) }.map(drop)
}

/// How many pages of a part of a file are in memory, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cached {
    /// All of them.
    pub pages: u64,
    /// Those that have changed.
    pub dirty: u64,
    /// Those that are being written.
    pub being_written: u64,
    /// Those that were there and are not any more.
    pub evicted: u64,
    /// Of these, those of late.
    pub recently_evicted: u64,
}

/// Says what of a part of a file is in memory; length 0 is up to its end.
///
/// # Errors
/// `BADF`, `OPNOTSUPP` (huge pages), `PERM`; `NOSYS` before Linux 6.5. See `mm/filemap.c`, cachestat.
pub fn cachestat(file: impl AsFd, offset: u64, length: u64) -> Result<Cached> {
    let range = kernel::cachestat_range { off: offset, len: length };
    let mut found = MaybeUninit::<kernel::cachestat>::uninit();
    // SAFETY: the kernel reads one structure and writes another.
    unsafe { syscall!(__NR_cachestat, file.as_fd(), &raw const range, found.as_mut_ptr(), 0_u32) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    let found = unsafe { found.assume_init() };
    Ok(Cached {
        pages: found.nr_cache,
        dirty: found.nr_dirty,
        being_written: found.nr_writeback,
        evicted: found.nr_evicted,
        recently_evicted: found.nr_recently_evicted,
    })
}
