//! Memory that lies on disks: swapon(2), swapoff(2).

use crate::Result;
use crate::path::PathArg;

flags! {
    /// How a device or file is used.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SwapFlags: u32 {
        /// SWAP_FLAG_DISCARD: the device is told what is free (TRIM).
        const DISCARD = 0x1_0000;
        /// SWAP_FLAG_DISCARD_ONCE: only now.
        const DISCARD_ONCE = 0x2_0000;
        /// SWAP_FLAG_DISCARD_PAGES: only while it is used.
        const DISCARD_PAGES = 0x4_0000;
        const _ = !0;
    }
}

/// Gives the kernel a device or file that was made for it (`mkswap`). Those of a higher priority, up to 32767, are used first; without
/// one, each is after those before it.
///
/// # Errors
/// `INVAL` (not made for it, or the file has holes), `BUSY` (in use), `PERM`, `NOENT`, `NOSYS`. See `swapon(2)`.
pub fn swapon<P: PathArg>(path: P, priority: Option<u16>, flags: SwapFlags) -> Result<()> {
    // SWAP_FLAG_PREFER, and SWAP_FLAG_PRIO_MASK, of linux/swap.h.
    let priority = priority.map_or(0, |priority| 0x8000 | u32::from(priority.min(0x7fff)));
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_swapon, path.as_ptr(), flags.bits() | priority) }
    })
    .map(drop)
}

/// Takes a device or file back from the kernel, which reads all of it into memory first.
///
/// # Errors
/// `INVAL` (not in use), `NOMEM` (too little room for what it holds), `PERM`, `NOENT`, `NOSYS`. See `swapoff(2)`.
pub fn swapoff<P: PathArg>(path: P) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_swapoff, path.as_ptr()) }
    })
    .map(drop)
}
