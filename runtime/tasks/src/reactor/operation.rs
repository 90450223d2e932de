//! Operations: what a system call does, with all that it needs inside, so that either engine can carry it out.
//!
//! Where the kernel carries it out by itself (io_uring), the operation lies in the reactor from the moment when it is submitted
//! until its completion comes: a future that is dropped leaves it there.

use linux::Result;
use linux::uring::{CompletionFlags, Entry, Opcode};

/// The bytes that an operation may take.
pub(crate) const ROOM: usize = 544;

/// What is done, with all that it needs.
///
/// # Safety
/// What the entry points to lies in the operation, or belongs to it, until it is dropped.
pub(crate) unsafe trait Operation: Sized + Unpin + 'static {
    /// What it gives.
    type Output;

    /// The number of the entry.
    const OPCODE: Opcode;

    /// Makes the entry; the operation does not move any more.
    fn entry(&mut self) -> Entry;

    /// Makes the system call, without waiting where that can be said; gives what the entry would give.
    fn attempt(&mut self) -> Result<u32>;

    /// Makes the result.
    fn finish(self, result: Result<u32>, flags: CompletionFlags) -> Self::Output;
}

/// What the kernel can be told to do again and again, with a result each time. What gives many results is kept as it is until the
/// last one has come; each is made of a copy.
pub(crate) trait Repeated: Operation + Clone {
    /// An operation that Linux has since the same release, since it cannot be asked about this.
    const SINCE: Opcode;
}

/// Makes the system call until no signal interrupts it, and gives the result.
pub(super) fn call<O: Operation>(mut operation: O) -> O::Output {
    let result = linux::retry(|| operation.attempt());
    operation.finish(result, CompletionFlags::empty())
}
