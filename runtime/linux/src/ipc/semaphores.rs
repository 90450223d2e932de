//! Semaphores of System V, in sets: semget(2), semop(2).

use super::{GetFlags, NO_WAIT, REMOVE};
use crate::Result;
use crate::fs::Mode;
use crate::time::Timespec;
use core::ptr;
use core::time::Duration;

/// GETVAL of `linux/sem.h`.
const GET: u32 = 12;
/// SETVAL of `linux/sem.h`.
const SET: u32 = 16;
/// SEM_UNDO of `linux/sem.h`.
const UNDO: u32 = 0x1000;

/// What is done with one semaphore (`struct sembuf`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Operation {
    index: u16,
    change: i16,
    flags: u16,
}

abi!(Operation = "struct sembuf" { index: "sem_num", change: "sem_op", flags: "sem_flg" });

impl Operation {
    /// Adds to a semaphore; takes from it if less than 0, and waits until there is so much; 0 waits until it is zero.
    pub const fn new(index: u16, change: i16) -> Self {
        Self { index, change, flags: 0 }
    }

    /// The same, with `AGAIN` in place of waiting.
    #[must_use]
    pub const fn without_waiting(mut self) -> Self {
        self.flags |= NO_WAIT as u16;
        self
    }

    /// The same, and the kernel undoes it when the process ends.
    #[must_use]
    pub const fn undone_at_end(mut self) -> Self {
        self.flags |= UNDO as u16;
        self
    }
}

/// Finds the set of a key, or makes one of so many semaphores; gives its number.
///
/// # Errors
/// `NOENT`, `EXIST`, `ACCES`, `INVAL`, `NOSPC`, `NOMEM`; `NOSYS` in a kernel without it. See `semget(2)`.
pub fn semget(key: i32, count: u32, flags: GetFlags, mode: Mode) -> Result<i32> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_semget, key, count, flags.bits() | mode.bits()) }.map(|number| number as i32)
}

/// Does several things at once, or waits until all can be done, at most so long (32 bits: Linux 5.1).
///
/// # Errors
/// `AGAIN` (the time is over, or it may not wait), `IDRM`, `INTR`, `RANGE`, `ACCES`, `FBIG` (no such semaphore). See
/// `semtimedop(2)`.
#[doc(alias = "semtimedop")]
pub fn semop(number: i32, operations: &[Operation], limit: Option<Duration>) -> Result<()> {
    let limit = limit.map(Timespec::from);
    let limit = limit.as_ref().map_or(ptr::null(), ptr::from_ref);
    let (start, count) = (operations.as_ptr(), operations.len());
    // SAFETY: the kernel reads the operations, and a time if one is given.
    unsafe { syscall!(__NR_semtimedop | __NR_semtimedop_time64, number, start, count, limit) }.map(drop)
}

/// Gives the value of a semaphore.
///
/// # Errors
/// `INVAL`, `ACCES`, `IDRM`. See `semctl(2)`, GETVAL.
#[doc(alias = "semctl")]
pub fn semvalue(number: i32, index: u32) -> Result<u32> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_semctl, number, index, GET, 0_usize) }.map(|value| value as u32)
}

/// Sets the value of a semaphore.
///
/// # Errors
/// Those of [`semvalue`]; `RANGE`. See `semctl(2)`, SETVAL.
pub fn semset(number: i32, index: u32, value: u32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_semctl, number, index, SET, value) }.map(drop)
}

/// Removes a set; who waits gets `IDRM`.
///
/// # Errors
/// `INVAL`, `PERM`, `IDRM`. See `semctl(2)`, IPC_RMID.
pub fn semremove(number: i32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_semctl, number, 0_u32, REMOVE, 0_usize) }.map(drop)
}
