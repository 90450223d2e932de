//! Descriptors by number, as a shell's scripts speak of them: dup3(2), close(2).

use super::{DescriptorFlags, dup_over};
use crate::Result;
use crate::fd::{BorrowedFd, OwnedFd, RawFd};

/// The right to use and replace any descriptor of this process by its number.
#[derive(Debug)]
pub struct Numbers(());

impl Numbers {
    /// Takes the right.
    ///
    /// # Safety
    /// Whoever else in this process owns or borrows descriptors must put up with what is done to them: as in a process that
    /// is a shell, which owns only numbers that it keeps out of its scripts' way, or none while it runs a script's command.
    pub const unsafe fn claim() -> Self {
        Self(())
    }

    /// Borrows what is behind a number; if that is nothing, calls give `BADF`.
    pub fn get(&self, number: RawFd) -> BorrowedFd<'_> {
        // SAFETY: who made this value answers for it.
        unsafe { BorrowedFd::from_raw(number) }
    }

    /// Puts what is behind a number under another one, too, which stays open over execve.
    ///
    /// # Errors
    /// `BADF`, `BUSY`, `INTR`. See `dup(2)`.
    pub fn put(&self, from: RawFd, to: RawFd) -> Result<()> {
        // SAFETY: as above.
        unsafe { dup_over(self.get(from), to, DescriptorFlags::empty()) }
    }

    /// Closes a number.
    ///
    /// # Errors
    /// `BADF`; data written earlier was lost: `IO`, `NOSPC`, `DQUOT`. See `close(2)`.
    pub fn close(&self, number: RawFd) -> Result<()> {
        // SAFETY: as above.
        let owned = unsafe { OwnedFd::from_raw(number) };
        owned.close()
    }
}
