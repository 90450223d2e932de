//! Random bytes: getrandom(2).

use crate::Result;
use linux_raw_sys::general as kernel;

bitflags::bitflags! {
    /// Where the bytes come from.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RandomFlags: u32 {
        /// GRND_NONBLOCK: gives `AGAIN` where it would wait for the pool to be ready.
        const NONBLOCK = kernel::GRND_NONBLOCK;
        /// GRND_RANDOM: as /dev/random.
        const RANDOM = kernel::GRND_RANDOM;
        /// GRND_INSECURE: does not wait for the pool, and so may be guessed early in a boot.
        const INSECURE = kernel::GRND_INSECURE;
        const _ = !0;
    }
}

/// Fills the buffer from its start; gives how many bytes, all of them up to 256.
///
/// # Errors
/// `AGAIN`, `INTR`; `INVAL` for INSECURE before Linux 5.6; `NOSYS` before 3.17. See `getrandom(2)`.
pub fn getrandom(buffer: &mut [u8], flags: RandomFlags) -> Result<usize> {
    // SAFETY: the kernel writes at most `len` bytes into the borrowed slice.
    unsafe { syscall!(__NR_getrandom, buffer.as_mut_ptr(), buffer.len(), flags.bits()) }
}
