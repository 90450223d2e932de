//! The raw calls on address space: mmap(2) and its kin.

use crate::call::result;
use crate::fd::AsFd;
use crate::{Errno, Result};
use core::ptr;
use linux_raw_sys::general as kernel;

flags! {
    /// What may be done with pages.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Protection: u32 {
        /// PROT_NONE: nothing at all.
        const NONE = kernel::PROT_NONE;
        /// PROT_READ.
        const READ = kernel::PROT_READ;
        /// PROT_WRITE.
        const WRITE = kernel::PROT_WRITE;
        /// PROT_EXEC.
        const EXECUTE = kernel::PROT_EXEC;
        const _ = !0;
    }
}

flags! {
    /// How pages are mapped.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MapFlags: u32 {
        /// MAP_SHARED: changes reach the file and all who map it.
        const SHARED = kernel::MAP_SHARED;
        /// MAP_PRIVATE: changes stay in this process.
        const PRIVATE = kernel::MAP_PRIVATE;
        /// MAP_DROPPABLE: may become zero under memory pressure (Linux 6.11).
        const DROPPABLE = kernel::MAP_DROPPABLE;
        /// MAP_FIXED: at this very address, replacing what is there.
        const FIXED = kernel::MAP_FIXED;
        /// MAP_ANONYMOUS: of no file; [`mmap_anonymous`] says it itself.
        const ANONYMOUS = kernel::MAP_ANONYMOUS;
        /// MAP_NORESERVE: without room set aside in swap.
        const NO_RESERVE = kernel::MAP_NORESERVE;
        /// MAP_POPULATE: with all pages there from the start.
        const POPULATE = kernel::MAP_POPULATE;
        /// MAP_NONBLOCK: with POPULATE, only what is in memory already.
        const NONBLOCK = kernel::MAP_NONBLOCK;
        /// MAP_GROWSDOWN: grows as a stack does.
        const GROWS_DOWN = kernel::MAP_GROWSDOWN;
        /// MAP_DENYWRITE: means nothing any more.
        const DENY_WRITE = kernel::MAP_DENYWRITE;
        /// MAP_LOCKED: kept in memory.
        const LOCKED = kernel::MAP_LOCKED;
        /// MAP_STACK: said of stacks.
        const STACK = kernel::MAP_STACK;
        /// MAP_HUGETLB: of huge pages.
        const HUGE_PAGES = kernel::MAP_HUGETLB;
        /// MAP_FIXED_NOREPLACE: the same, but fails with `EXIST` if something is there (Linux 4.17).
        const FIXED_NO_REPLACE = kernel::MAP_FIXED_NOREPLACE;
        const _ = !0;
    }
}

/// Maps `length` bytes of a file from an offset that is a multiple of the page size.
///
/// # Safety
/// With FIXED, nothing that is in use may lie there. Memory that others can change, or a file that can shrink, must
/// not be touched through references.
///
/// # Errors
/// `INVAL`, `NOMEM`, `ACCES`, `NODEV`, `PERM` (sealed), `EXIST`, `OVERFLOW`. See `mmap(2)`.
pub unsafe fn mmap(
    address: *mut u8,
    length: usize,
    protection: Protection,
    flags: MapFlags,
    file: impl AsFd,
    offset: u64,
) -> Result<*mut u8> {
    let (protection, flags) = (protection.bits(), flags.bits());
    if !offset.is_multiple_of(OFFSET_UNIT) {
        return Err(Errno::INVAL);
    }
    let offset = usize::try_from(offset / OFFSET_UNIT).map_err(|_| Errno::OVERFLOW)?;
    // SAFETY: the caller answers for the address.
    unsafe { syscall!(__NR_mmap | __NR_mmap2, address, length, protection, flags, file.as_fd(), offset) }
        .map(pointer)
}

/// What the kernel counts an offset in: bytes; in mmap2, units of 4096 of them whatever the size of a page.
const OFFSET_UNIT: u64 = if size_of::<usize>() == size_of::<u64>() { 1 } else { 4096 };

/// Maps `length` bytes of zeros.
///
/// # Safety
/// With FIXED, nothing that is in use may lie there.
///
/// # Errors
/// `INVAL`, `NOMEM`, `EXIST`. See `mmap(2)`.
#[doc(alias = "MAP_ANONYMOUS")]
pub unsafe fn mmap_anonymous(
    address: *mut u8,
    length: usize,
    protection: Protection,
    flags: MapFlags,
) -> Result<*mut u8> {
    let (protection, flags) = (protection.bits(), flags.bits() | kernel::MAP_ANONYMOUS);
    // SAFETY: the caller answers for the address.
    unsafe { syscall!(__NR_mmap | __NR_mmap2, address, length, protection, flags, -1_i32, 0_usize) }
        .map(pointer)
}

/// Takes pages away.
///
/// # Safety
/// Nothing may use the range any more.
///
/// # Errors
/// `INVAL`, `NOMEM`. See `munmap(2)`.
pub unsafe fn munmap(address: *mut u8, length: usize) -> Result<()> {
    // SAFETY: the caller answers for the range.
    unsafe { syscall!(__NR_munmap, address, length) }.map(drop)
}

/// Changes what may be done with pages.
///
/// # Safety
/// Whatever uses the range must get by with the new protection.
///
/// # Errors
/// `INVAL`, `NOMEM`, `ACCES`. See `mprotect(2)`.
pub unsafe fn mprotect(address: *mut u8, length: usize, protection: Protection) -> Result<()> {
    // SAFETY: the caller answers for the range.
    unsafe { syscall!(__NR_mprotect, address, length, protection.bits()) }.map(drop)
}

/// Makes instructions that were written there visible to execution, in all threads of this process: what a program that
/// writes code calls before it runs it.
///
/// # Safety
/// The range is mapped.
///
/// # Errors
/// `INVAL`, `FAULT` (arm). See `cacheflush(2)`, `riscv_flush_icache` of `Documentation/arch/riscv`.
#[doc(alias = "cacheflush")]
#[doc(alias = "riscv_flush_icache")]
pub unsafe fn publish_code(address: *const u8, length: usize) -> Result<()> {
    let start = address.expose_provenance();
    // SAFETY: the caller answers for the range.
    result(unsafe { arch::memory::publish_code(start, start.wrapping_add(length)) }).map(drop)
}

flags! {
    /// How a mapping may move.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RemapFlags: u32 {
        /// MREMAP_MAYMOVE: to another address.
        const MAY_MOVE = kernel::MREMAP_MAYMOVE;
        const _ = !0;
    }
}

/// Makes a mapping longer or shorter; gives its address, which may be new.
///
/// # Safety
/// Nothing may use what is cut off, nor the former address if the mapping may move.
///
/// # Errors
/// `NOMEM`, `INVAL`, `FAULT`, `AGAIN`. See `mremap(2)`.
pub unsafe fn mremap(
    address: *mut u8,
    length: usize,
    new_length: usize,
    flags: RemapFlags,
) -> Result<*mut u8> {
    // SAFETY: the caller answers for the range.
    unsafe { syscall!(__NR_mremap, address, length, new_length, flags.bits()) }.map(pointer)
}

/// What is to be expected of pages; open, since there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice(pub u32);

values! {
    Advice: u32 {
        /// MADV_NORMAL: nothing in particular.
        const NORMAL = kernel::MADV_NORMAL;
        /// MADV_DONTNEED: gives them back; private ones are zero afterwards.
        const DONT_NEED = kernel::MADV_DONTNEED;
        /// MADV_FREE: may be given back (Linux 4.5).
        const FREE = kernel::MADV_FREE;
        /// MADV_WILLNEED: reads ahead.
        const WILL_NEED = kernel::MADV_WILLNEED;
        /// MADV_SEQUENTIAL: read once, from start to end.
        const SEQUENTIAL = kernel::MADV_SEQUENTIAL;
        /// MADV_DONTFORK: not there in a child.
        const DONT_FORK = kernel::MADV_DONTFORK;
        /// MADV_WIPEONFORK: zero in a child.
        const WIPE_ON_FORK = kernel::MADV_WIPEONFORK;
        /// MADV_HUGEPAGE: huge pages are welcome.
        const HUGE_PAGE = kernel::MADV_HUGEPAGE;
        /// MADV_NOHUGEPAGE: pages of the usual size alone.
        const NO_HUGE_PAGE = kernel::MADV_NOHUGEPAGE;
        /// MADV_GUARD_INSTALL: drops the contents, and has each touch be a fault, without a mapping of its own (Linux 6.13). An emulator
        /// may say yes and do nothing.
        const GUARD = kernel::MADV_GUARD_INSTALL;
        /// MADV_GUARD_REMOVE: ends that; the pages are zero then.
        const NO_GUARD = kernel::MADV_GUARD_REMOVE;
    }
}

/// Tells the kernel what to expect of pages.
///
/// # Safety
/// Advice that changes the contents (DONT_NEED, FREE, GUARD) needs a range whose contents nobody relies on.
///
/// # Errors
/// `INVAL`, `NOMEM`, `AGAIN`, `BADF`. See `madvise(2)`.
pub unsafe fn madvise(address: *mut u8, length: usize, advice: Advice) -> Result<()> {
    // SAFETY: the caller answers for the range.
    unsafe { syscall!(__NR_madvise, address, length, advice.0) }.map(drop)
}

/// The kernel has made the address, so its provenance is the one that was exposed to it.
#[inline(always)]
fn pointer(address: usize) -> *mut u8 {
    ptr::with_exposed_provenance_mut(address)
}
