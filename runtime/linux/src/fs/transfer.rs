//! Reading and writing: read(2), write(2), their vectored and positioned kin, sendfile(2).

use crate::Result;
use crate::fd::AsFd;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::slice;
use linux_raw_sys::general::{self as kernel, iovec};

/// Reads at most `buffer.len()` bytes; gives how many, 0 at the end.
///
/// # Errors
/// `BADF`, `AGAIN`, `INTR`, `IO`, `ISDIR`, `INVAL`. See `read(2)`.
pub fn read(file: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice.
    unsafe { syscall!(__NR_read, file.as_fd(), buffer.as_mut_ptr(), buffer.len()) }
}

/// Writes at most `bytes.len()` bytes; gives how many.
///
/// # Errors
/// `BADF`, `AGAIN`, `INTR`, `IO`, `PIPE` (with SIGPIPE, unless that is ignored), `NOSPC`, `FBIG`. See `write(2)`.
pub fn write(file: impl AsFd, bytes: &[u8]) -> Result<usize> {
    // SAFETY: the kernel reads at most `len` bytes of the borrowed slice.
    unsafe { syscall!(__NR_write, file.as_fd(), bytes.as_ptr(), bytes.len()) }
}

/// Reads at an offset in bytes, without moving the file's position; gives how many bytes.
///
/// # Errors
/// Those of [`read`], and `SPIPE`. See `pread(2)`.
#[doc(alias = "pread64")]
pub fn pread(file: impl AsFd, buffer: &mut [u8], offset: u64) -> Result<usize> {
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice.
    unsafe { wide_syscall!(__NR_pread64, file.as_fd(), buffer.as_mut_ptr(), buffer.len(), offset) }
}

/// Writes at an offset in bytes, without moving the file's position; gives how many bytes.
///
/// # Errors
/// Those of [`write()`], and `SPIPE`. See `pwrite(2)`.
#[doc(alias = "pwrite64")]
pub fn pwrite(file: impl AsFd, bytes: &[u8], offset: u64) -> Result<usize> {
    // SAFETY: the kernel reads at most `len` bytes of the borrowed slice.
    unsafe { wide_syscall!(__NR_pwrite64, file.as_fd(), bytes.as_ptr(), bytes.len(), offset) }
}

/// Reads into several buffers in turn; gives how many bytes in all.
///
/// # Errors
/// Those of [`read`]; `INVAL` for more than 1024 buffers. See `readv(2)`.
pub fn readv(file: impl AsFd, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows for writing.
    unsafe { syscall!(__NR_readv, file.as_fd(), buffers.as_mut_ptr(), buffers.len()) }
}

/// Writes several slices in turn; gives how many bytes in all.
///
/// # Errors
/// Those of [`write()`]; `INVAL` for more than 1024 slices. See `writev(2)`.
pub fn writev(file: impl AsFd, slices: &[IoSlice<'_>]) -> Result<usize> {
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows.
    unsafe { syscall!(__NR_writev, file.as_fd(), slices.as_ptr(), slices.len()) }
}

/// Reads into several buffers in turn, from an offset in bytes, without moving the file's position.
///
/// # Errors
/// Those of [`readv`], and `SPIPE`. See `preadv(2)`.
pub fn preadv(file: impl AsFd, buffers: &mut [IoSliceMut<'_>], offset: u64) -> Result<usize> {
    let (low, high) = position(offset);
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows for writing.
    unsafe { syscall!(__NR_preadv, file.as_fd(), buffers.as_mut_ptr(), buffers.len(), low, high) }
}

/// Writes several slices in turn, at an offset in bytes, without moving the file's position.
///
/// # Errors
/// Those of [`writev`], and `SPIPE`. See `pwritev(2)`.
pub fn pwritev(file: impl AsFd, slices: &[IoSlice<'_>], offset: u64) -> Result<usize> {
    let (low, high) = position(offset);
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows.
    unsafe { syscall!(__NR_pwritev, file.as_fd(), slices.as_ptr(), slices.len(), low, high) }
}

/// These two calls take the low word of a position first on every processor; where a word is the whole, the kernel shifts
/// the second one out (`fs/read_write.c`, pos_from_hilo).
const fn position(offset: u64) -> (usize, usize) {
    (offset as usize, (offset >> 32) as usize)
}

/// Copies at most `count` bytes from one file's position to another's within the kernel; gives how many, 0 at the end.
///
/// # Errors
/// `INVAL` where the source cannot be mapped (a pipe, a terminal), `AGAIN`, `INTR`, `IO`, `PIPE`. See `sendfile(2)`.
pub fn sendfile(to: impl AsFd, from: impl AsFd, count: usize) -> Result<usize> {
    // SAFETY: no offset pointer is given, so no memory is touched.
    unsafe { syscall!(__NR_sendfile | __NR_sendfile64, to.as_fd(), from.as_fd(), 0_usize, count) }
}

/// Copies at most `count` bytes from one file's position to another's, without reading them where the file system can;
/// gives how many, 0 at the end.
///
/// # Errors
/// `XDEV`, `INVAL`, `OPNOTSUPP`, `NOSYS` where this is not possible; `BADF` (to a file that appends), `TXTBSY`, `ISDIR`,
/// `NOSPC`, `IO`. Files of /proc and the like give 0 at once. See `copy_file_range(2)`.
pub fn copy_file_range(from: impl AsFd, to: impl AsFd, count: usize) -> Result<usize> {
    // SAFETY: no offset pointers are given, so no memory is touched.
    unsafe { syscall!(__NR_copy_file_range, from.as_fd(), 0_usize, to.as_fd(), 0_usize, count, 0_u32) }
}

/// Moves at most `count` bytes between a pipe and another descriptor, or between two pipes, without copying them; gives
/// how many, 0 at the end.
///
/// # Errors
/// `INVAL` (no pipe among the two, or a file that appends), `AGAIN`, `INTR`, `PIPE`, `NOMEM`. See `splice(2)`.
pub fn splice(from: impl AsFd, to: impl AsFd, count: usize) -> Result<usize> {
    // SAFETY: no offset pointers are given, so no memory is touched.
    unsafe { syscall!(__NR_splice, from.as_fd(), 0_usize, to.as_fd(), 0_usize, count, 0_u32) }
}

/// Gives at most `count` bytes of a pipe to another pipe as well, without copying them, and leaves them in the first; gives how many,
/// 0 at the end.
///
/// # Errors
/// `INVAL` (not two different pipes), `AGAIN`, `INTR`, `NOMEM`. See `tee(2)`.
pub fn tee(from: impl AsFd, to: impl AsFd, count: usize) -> Result<usize> {
    // SAFETY: descriptors and numbers only.
    unsafe { syscall!(__NR_tee, from.as_fd(), to.as_fd(), count, 0_u32) }
}

/// Has the kernel read a part of a file into its cache, and waits for the beginning of that only.
///
/// # Errors
/// `BADF` (not open for reading), `INVAL` (not a file that is cached). See `readahead(2)`.
pub fn readahead(file: impl AsFd, offset: u64, count: usize) -> Result<()> {
    // SAFETY: integers only.
    unsafe { wide_syscall!(__NR_readahead, file.as_fd(), offset, count) }.map(drop)
}

flags! {
    /// How one transfer differs from others of the same descriptor.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TransferFlags: u32 {
        /// RWF_HIPRI: asks the device again and again.
        const POLL = kernel::RWF_HIPRI;
        /// RWF_DSYNC: written to the device, as by fdatasync.
        const DATA_SYNC = kernel::RWF_DSYNC;
        /// RWF_SYNC: written to the device, as by fsync.
        const SYNC = kernel::RWF_SYNC;
        /// RWF_NOWAIT: `AGAIN` in place of waiting for a device.
        const NO_WAIT = kernel::RWF_NOWAIT;
        /// RWF_APPEND: at the end.
        const APPEND = kernel::RWF_APPEND;
        const _ = !0;
    }
}

/// Where no offset is given, the file's position counts, and moves.
fn position_or_own(offset: Option<u64>) -> (usize, usize) {
    position(offset.unwrap_or(u64::MAX))
}

/// Reads into several buffers in turn, from an offset in bytes or the file's position.
///
/// # Errors
/// Those of [`preadv`]; `OPNOTSUPP` (a flag); `NOSYS` before Linux 4.6. See `preadv2(2)`.
pub fn preadv2(
    file: impl AsFd,
    buffers: &mut [IoSliceMut<'_>],
    offset: Option<u64>,
    flags: TransferFlags,
) -> Result<usize> {
    let (low, high) = position_or_own(offset);
    let (start, count, flags) = (buffers.as_mut_ptr(), buffers.len(), flags.bits());
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows for writing.
    unsafe { syscall!(__NR_preadv2, file.as_fd(), start, count, low, high, flags) }
}

/// Writes several slices in turn, at an offset in bytes or the file's position.
///
/// # Errors
/// Those of [`pwritev`]; `OPNOTSUPP` (a flag); `NOSYS` before Linux 4.6. See `pwritev2(2)`.
pub fn pwritev2(
    file: impl AsFd,
    slices: &[IoSlice<'_>],
    offset: Option<u64>,
    flags: TransferFlags,
) -> Result<usize> {
    let (low, high) = position_or_own(offset);
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows.
    unsafe { syscall!(__NR_pwritev2, file.as_fd(), slices.as_ptr(), slices.len(), low, high, flags.bits()) }
}

/// Puts pages of memory into a pipe without copying them; gives how many bytes. Who reads the pipe sees what is in the slices
/// by then: they are not to change before that.
///
/// # Errors
/// `BADF` (not a pipe), `AGAIN`, `INVAL`, `NOMEM`, `PIPE`. See `vmsplice(2)`.
pub fn vmsplice(to: impl AsFd, slices: &[IoSlice<'_>]) -> Result<usize> {
    // SAFETY: each element is a kernel `iovec` over a slice that it borrows; the kernel reads them.
    unsafe { syscall!(__NR_vmsplice, to.as_fd(), slices.as_ptr(), slices.len(), 0_u32) }
}

/// A slice to be written from, in the kernel's shape.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct IoSlice<'a>(iovec, PhantomData<&'a [u8]>);

/// A slice to be read into, in the kernel's shape.
#[repr(transparent)]
pub struct IoSliceMut<'a>(iovec, PhantomData<&'a mut [u8]>);

impl<'a> IoSlice<'a> {
    /// Borrows the bytes.
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        let iov_len = bytes.len() as linux_raw_sys::general::__kernel_size_t;
        Self(iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len }, PhantomData)
    }
}

impl<'a> IoSliceMut<'a> {
    /// Borrows the bytes.
    #[inline]
    pub const fn new(bytes: &'a mut [u8]) -> Self {
        let iov_len = bytes.len() as linux_raw_sys::general::__kernel_size_t;
        Self(iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len }, PhantomData)
    }
}

impl Deref for IoSlice<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: made of a slice that is borrowed for as long.
        unsafe { slice::from_raw_parts(self.0.iov_base.cast(), self.0.iov_len as usize) }
    }
}

impl Deref for IoSliceMut<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: made of a slice that is borrowed for as long.
        unsafe { slice::from_raw_parts(self.0.iov_base.cast(), self.0.iov_len as usize) }
    }
}

impl DerefMut for IoSliceMut<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: made of a slice that is borrowed for writing for as long.
        unsafe { slice::from_raw_parts_mut(self.0.iov_base.cast(), self.0.iov_len as usize) }
    }
}

impl fmt::Debug for IoSlice<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IoSlice({} bytes)", self.0.iov_len)
    }
}

impl fmt::Debug for IoSliceMut<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IoSliceMut({} bytes)", self.0.iov_len)
    }
}
