//! Waiting for a handful of descriptors: poll(2), through ppoll.

use crate::Result;
use crate::fd::{AsFd, BorrowedFd};
use crate::signal::SignalSet;
use crate::time::Timespec;
#[cfg(target_pointer_width = "32")]
use crate::time::narrow::Narrow;
use core::fmt;
use core::marker::PhantomData;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::general as kernel;

flags! {
    /// What is wanted of a descriptor, or has come.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PollFlags: u16 {
        /// POLLIN: reading does not wait.
        const IN = kernel::POLLIN as u16;
        /// POLLPRI: something out of order.
        const PRIORITY = kernel::POLLPRI as u16;
        /// POLLOUT: writing does not wait.
        const OUT = kernel::POLLOUT as u16;
        /// POLLERR: an error; comes unasked.
        const ERROR = kernel::POLLERR as u16;
        /// POLLHUP: the other end is closed; comes unasked.
        const HANG_UP = kernel::POLLHUP as u16;
        /// POLLNVAL: not an open descriptor; comes unasked.
        const INVALID = kernel::POLLNVAL as u16;
        /// POLLRDHUP: the other end writes no more.
        const READ_HANG_UP = kernel::POLLRDHUP as u16;
        const _ = !0;
    }
}

/// A descriptor, what is wanted of it, and what has come.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct PollFd<'fd>(kernel::pollfd, PhantomData<BorrowedFd<'fd>>);

impl<'fd> PollFd<'fd> {
    /// Borrows a descriptor to wait for.
    #[inline]
    pub fn new(descriptor: &'fd (impl AsFd + ?Sized), wanted: PollFlags) -> Self {
        Self::borrowed(descriptor.as_fd(), wanted)
    }

    /// Takes a borrowed descriptor to wait for.
    #[inline]
    pub const fn borrowed(descriptor: BorrowedFd<'fd>, wanted: PollFlags) -> Self {
        let events = wanted.bits().cast_signed();
        Self(kernel::pollfd { fd: descriptor.as_raw(), events, revents: 0 }, PhantomData)
    }

    /// Makes an entry that nothing ever comes for, to keep a place in a list.
    #[inline]
    pub const fn nothing() -> Self {
        Self(kernel::pollfd { fd: -1, events: 0, revents: 0 }, PhantomData)
    }

    /// Gives the descriptor, if there is one.
    pub const fn descriptor(&self) -> Option<BorrowedFd<'fd>> {
        if self.0.fd < 0 {
            return None;
        }
        // SAFETY: it was borrowed for so long.
        Some(unsafe { BorrowedFd::from_raw(self.0.fd) })
    }

    /// Gives what is wanted.
    pub const fn wanted(&self) -> PollFlags {
        PollFlags::from_bits_retain(self.0.events.cast_unsigned())
    }

    /// Gives what has come.
    #[inline]
    pub const fn came(&self) -> PollFlags {
        PollFlags::from_bits_retain(self.0.revents.cast_unsigned())
    }

    /// Says whether anything has come.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.0.revents != 0
    }
}

impl fmt::Debug for PollFd<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PollFd({}, {:?})", self.0.fd, self.came())
    }
}

/// Waits until something comes for one of the descriptors, or the time is over; gives for how many something has come.
/// Without a limit it waits for ever; with a limit of zero, not at all.
///
/// # Errors
/// `INTR`, `NOMEM`, `INVAL` (more than may be open). See `poll(2)`.
pub fn poll(descriptors: &mut [PollFd<'_>], limit: Option<Duration>) -> Result<usize> {
    ppoll(descriptors, limit, None)
}

/// The same, with another set of signals held back while it waits.
///
/// # Errors
/// Those of [`poll`].
pub fn ppoll(
    descriptors: &mut [PollFd<'_>],
    limit: Option<Duration>,
    mask: Option<SignalSet>,
) -> Result<usize> {
    let mut limit = limit.map(Timespec::from);
    let end = limit.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
    let mask = mask.as_ref().map_or(ptr::null(), ptr::from_ref);
    let (list, count, size) = (descriptors.as_mut_ptr(), descriptors.len(), size_of::<SignalSet>());
    timed!(
        // SAFETY: each element is a kernel `pollfd`; the kernel writes the rest of the time over the limit.
        unsafe { syscall!(__NR_ppoll | __NR_ppoll_time64, list, count, end, mask, size) },
        {
            let mut limit = limit.map(Narrow::span);
            let end = limit.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
            // SAFETY: as above.
            unsafe { syscall!(__NR_ppoll, list, count, end, mask, size) }
        }
    )
}
