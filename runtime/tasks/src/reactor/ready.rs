//! Whether a call is worth its while: asked of the kernel, which is waited for or not.

use core::time::Duration;

use linux::fd::RawFd;
use linux::poll::{Interest, PollFd, PollFlags, poll};
use linux::uring::{CompletionFlags, Entry, Opcode};
use linux::{Errno, Result};

use super::operation::Operation;
use super::watched::Way;
use crate::operations::borrow;

/// Waits until a call is worth its while.
pub(super) struct Ready {
    pub(super) descriptor: RawFd,
    pub(super) way: Way,
}

// SAFETY: the entry points to nothing.
unsafe impl Operation for Ready {
    type Output = Result<()>;

    const OPCODE: Opcode = Opcode::POLL_ADD;

    fn entry(&mut self) -> Entry {
        let interest = match self.way {
            Way::In => Interest::IN | Interest::READ_HANG_UP,
            Way::Out => Interest::OUT,
        };
        Entry::poll_add(self.descriptor, interest)
    }

    fn attempt(&mut self) -> Result<u32> {
        let wanted = match self.way {
            Way::In => PollFlags::IN,
            Way::Out => PollFlags::OUT,
        };
        match poll(&mut [PollFd::new(&borrow(self.descriptor), wanted)], Some(Duration::ZERO))? {
            0 => Err(Errno::AGAIN),
            _ => Ok(0),
        }
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<()> {
        result.map(drop)
    }
}
