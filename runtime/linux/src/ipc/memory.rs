//! Memory of System V that several processes map: shmget(2), shmop(2).

use super::{GetFlags, PRIVATE, REMOVE};
use crate::Result;
use crate::fs::Mode;
use core::ptr;

flags! {
    /// How memory is mapped.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AttachFlags: u32 {
        /// SHM_RDONLY: for reading only.
        const READ_ONLY = 0o10000;
        const _ = !0;
    }
}

/// Finds the memory of a key, or makes it; gives its number.
///
/// # Errors
/// `NOENT`, `EXIST`, `ACCES`, `INVAL` (the size), `NOSPC`, `NOMEM`; `NOSYS` in a kernel without it. See `shmget(2)`.
pub fn shmget(key: i32, size: usize, flags: GetFlags, mode: Mode) -> Result<i32> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_shmget, key, size, flags.bits() | mode.bits()) }.map(|number| number as i32)
}

/// Makes memory that only its number leads to.
///
/// # Errors
/// Those of [`shmget`].
#[doc(alias = "IPC_PRIVATE")]
pub fn shmget_private(size: usize, mode: Mode) -> Result<i32> {
    shmget(PRIVATE, size, GetFlags::CREATE, mode)
}

/// Maps the memory where the kernel finds room; gives the address. Others may write to it at any time: it is no place for
/// references.
///
/// # Errors
/// `INVAL`, `ACCES`, `NOMEM`, `IDRM`. See `shmat(2)`.
pub fn shmat(number: i32, flags: AttachFlags) -> Result<*mut u8> {
    // SAFETY: a new mapping is in nobody's way.
    unsafe { syscall!(__NR_shmat, number, 0_usize, flags.bits()) }.map(ptr::with_exposed_provenance_mut)
}

/// Takes such a mapping away.
///
/// # Safety
/// Nothing may use it any more.
///
/// # Errors
/// `INVAL` (no such mapping begins there). See `shmdt(2)`.
pub unsafe fn shmdt(address: *mut u8) -> Result<()> {
    // SAFETY: the caller answers for the mapping.
    unsafe { syscall!(__NR_shmdt, address) }.map(drop)
}

/// Has the memory go with its last mapping.
///
/// # Errors
/// `INVAL`, `PERM`, `IDRM`. See `shmctl(2)`, IPC_RMID.
#[doc(alias = "shmctl")]
pub fn shmremove(number: i32) -> Result<()> {
    // SAFETY: integers only; no structure is asked for.
    unsafe { syscall!(__NR_shmctl, number, REMOVE, 0_usize) }.map(drop)
}
