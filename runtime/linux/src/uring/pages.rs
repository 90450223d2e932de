//! Pages that the kernel and one process share.
//!
//! A child does not have them: one that used the parent's ring would write its own addresses where the parent writes, and take the
//! parent's completions. So it faults instead.

use core::ptr::NonNull;

use crate::mem::{Advice, madvise, munmap};
use crate::process::{Pid, getpid};
use crate::{Errno, Result};

/// A mapping of the process that has made it.
pub(super) struct Pages {
    start: NonNull<u8>,
    length: usize,
    owner: Pid,
}

impl Pages {
    /// Takes a mapping over.
    ///
    /// # Safety
    /// It is nobody else's, and whoever uses it does so for as long as this lives.
    ///
    /// # Errors
    /// `NOMEM`.
    pub(super) unsafe fn own(start: *mut u8, length: usize) -> Result<Self> {
        let this = Self { start: NonNull::new(start).ok_or(Errno::NOMEM)?, length, owner: getpid() };
        // SAFETY: that a child lacks it changes no contents.
        unsafe { madvise(start, length, Advice::DONT_FORK) }?;
        Ok(this)
    }

    /// Gives where they begin.
    pub(super) const fn start(&self) -> NonNull<u8> {
        self.start
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // A child may have something else there by now.
        if getpid() == self.owner {
            // SAFETY: it is ours, and nobody uses it any more. It cannot fail for such a range.
            let _ = unsafe { munmap(self.start.as_ptr(), self.length) };
        }
    }
}
