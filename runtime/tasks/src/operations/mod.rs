//! What both engines carry out: a file a topic.

mod file;
mod socket;

pub(crate) use file::{Open, Read, Splice, Statx, Sync, Write};
pub(crate) use socket::{Accept, Connect, Receive, Send};

use linux::fd::{BorrowedFd, OwnedFd, RawFd};

/// Names a descriptor that the caller keeps open while the operation may still be submitted.
pub(crate) const fn borrow<'a>(number: RawFd) -> BorrowedFd<'a> {
    // SAFETY: whoever waits for an operation keeps the descriptor open.
    unsafe { BorrowedFd::from_raw(number) }
}

/// Takes the descriptor that an operation has made.
fn made(number: u32) -> OwnedFd {
    // SAFETY: the kernel has made it for this operation alone.
    unsafe { OwnedFd::from_raw(number.cast_signed()) }
}

/// Cuts a length to what one operation can say.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
