//! Waiting for descriptors by a bit each: pselect6(2). It knows those below 1024 alone: `poll` has no such limit, and
//! is to be preferred.

use crate::fd::AsFd;
use crate::time::Timespec;
use crate::{Errno, Result};
use core::ptr;
use core::time::Duration;

/// A set of descriptors below [`Self::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Selection([usize; Self::MOST / usize::BITS as usize]);

abi!(Selection = "__kernel_fd_set" { 0: "fds_bits" });

impl Selection {
    /// __FD_SETSIZE: how many a set can tell apart.
    pub const MOST: usize = 1024;

    /// No descriptor.
    pub const EMPTY: Self = Self([0; _]);

    /// Adds a descriptor.
    ///
    /// # Errors
    /// `INVAL` if its number is too high for a set: nothing is written past it.
    pub fn add(&mut self, descriptor: impl AsFd) -> Result<()> {
        let (word, bit) = place(descriptor);
        *self.0.get_mut(word).ok_or(Errno::INVAL)? |= bit;
        Ok(())
    }

    /// Says whether a descriptor is in the set.
    pub fn contains(&self, descriptor: impl AsFd) -> bool {
        let (word, bit) = place(descriptor);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn place(descriptor: impl AsFd) -> (usize, usize) {
    let number = descriptor.as_fd().as_raw() as usize;
    (number / usize::BITS as usize, 1 << (number % usize::BITS as usize))
}

/// Waits until one of these can be read, or written; leaves in the sets those that can, and gives how many and what is left of the
/// limit. Without a limit it waits for ever. On 32-bit processors it needs Linux 5.1.
///
/// # Errors
/// `INTR`, `BADF`. See `select(2)`.
#[doc(alias = "select")]
#[doc(alias = "pselect6")]
pub fn pselect(
    readable: &mut Selection,
    writable: &mut Selection,
    limit: Option<Duration>,
) -> Result<(usize, Option<Duration>)> {
    let mut left = limit.map(Timespec::from);
    let time = left.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
    let (readable, writable) = (ptr::from_mut(readable), ptr::from_mut(writable));
    // SAFETY: the kernel reads and writes the sets and the time; there is no third set, and no mask of signals.
    let count = unsafe {
        syscall!(
            __NR_pselect6 | __NR_pselect6_time64,
            Selection::MOST,
            readable,
            writable,
            0_usize,
            time,
            0_usize
        )
    }?;
    Ok((count, left.map(Timespec::since_zero)))
}
