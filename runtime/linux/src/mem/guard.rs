//! Groups of pages whose leave a thread changes without a call: pkeys(7). And which pages are there: mincore(2).

use super::Protection;
use crate::Result;
use linux_raw_sys::general as kernel;

/// What a thread may not do with the pages of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nothing is refused.
    Nothing,
    /// PKEY_DISABLE_WRITE.
    Writing,
    /// PKEY_DISABLE_ACCESS: reading and writing.
    Access,
}

/// Makes a group of pages; gives its number.
///
/// # Errors
/// `NOSPC` (none is left, or the processor has none), `INVAL`; `NOSYS` before Linux 4.9. See `pkey_alloc(2)`.
pub fn pkey_alloc(refused: Refused) -> Result<u32> {
    let rights = match refused {
        Refused::Nothing => 0,
        Refused::Writing => kernel::PKEY_DISABLE_WRITE,
        Refused::Access => kernel::PKEY_DISABLE_ACCESS,
    };
    // SAFETY: integers only.
    unsafe { syscall!(__NR_pkey_alloc, 0_u32, rights) }.map(|group| group as u32)
}

/// Gives a group back; pages that are still in it stay so.
///
/// # Errors
/// `INVAL`. See `pkey_free(2)`.
pub fn pkey_free(group: u32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_pkey_free, group) }.map(drop)
}

/// Puts pages into a group, and changes what may be done with them.
///
/// # Safety
/// Whatever uses the range must get by with the new protection and the group's.
///
/// # Errors
/// `INVAL` (no such group), `NOMEM`, `ACCES`. See `pkey_mprotect(2)`.
pub unsafe fn pkey_mprotect(
    address: *mut u8,
    length: usize,
    protection: Protection,
    group: u32,
) -> Result<()> {
    // SAFETY: the caller answers for the range.
    unsafe { syscall!(__NR_pkey_mprotect, address, length, protection.bits(), group) }.map(drop)
}

/// Writes for each page of a range a byte whose lowest bit says whether it is in memory; the address is a page's.
///
/// # Errors
/// `NOMEM` (nothing is mapped there), `INVAL` (no page's address, or the buffer is too short). See `mincore(2)`.
pub fn mincore(address: *const u8, length: usize, pages: &mut [u8]) -> Result<()> {
    if pages.len() < length.div_ceil(arch::abi::PAGE_SIZE) {
        return Err(crate::Errno::INVAL);
    }
    // SAFETY: the kernel writes a byte a page, for which there is room.
    unsafe { syscall!(__NR_mincore, address, length, pages.as_mut_ptr()) }.map(drop)
}
