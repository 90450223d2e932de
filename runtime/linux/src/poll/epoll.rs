//! Waiting for many descriptors: epoll(7).

use crate::fd::{AsFd, OwnedFd};
use crate::signal::SignalSet;
use crate::time::Timespec;
use crate::{Errno, Result};
use core::fmt;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::general as kernel;

flags! {
    /// What the waiting list is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct EpollFlags: u32 {
        /// EPOLL_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::EPOLL_CLOEXEC;
        const _ = !0;
    }
}

flags! {
    /// What is wanted of a descriptor, or has come.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Interest: u32 {
        /// EPOLLIN: reading does not wait.
        const IN = kernel::EPOLLIN;
        /// EPOLLOUT: writing does not wait.
        const OUT = kernel::EPOLLOUT;
        /// EPOLLPRI: something out of order.
        const PRIORITY = kernel::EPOLLPRI;
        /// EPOLLERR: an error; comes unasked.
        const ERROR = kernel::EPOLLERR;
        /// EPOLLHUP: the other end is closed; comes unasked.
        const HANG_UP = kernel::EPOLLHUP;
        /// EPOLLRDHUP: the other end writes no more.
        const READ_HANG_UP = kernel::EPOLLRDHUP;
        /// EPOLLET: tells of changes, not of states.
        const EDGE = kernel::EPOLLET;
        /// EPOLLONESHOT: tells once.
        const ONCE = kernel::EPOLLONESHOT;
        /// EPOLLEXCLUSIVE: wakes one of several waiters.
        const EXCLUSIVE = kernel::EPOLLEXCLUSIVE;
        const _ = !0;
    }
}

/// What has come, for the descriptor that was added with this key.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct EpollEvent(kernel::epoll_event);

impl EpollEvent {
    /// An empty place for an answer.
    pub const EMPTY: Self = Self(kernel::epoll_event { events: 0, data: 0 });

    /// Gives what has come.
    pub const fn came(&self) -> Interest {
        Interest::from_bits_retain(self.0.events)
    }

    /// Gives the key.
    pub const fn key(&self) -> u64 {
        self.0.data
    }
}

impl fmt::Debug for EpollEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EpollEvent({}, {:?})", self.key(), self.came())
    }
}

/// Makes an empty waiting list.
///
/// # Errors
/// `MFILE`, `NFILE`, `NOMEM`. See `epoll_create(2)`.
#[doc(alias = "epoll_create1")]
pub fn epoll_create(flags: EpollFlags) -> Result<OwnedFd> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_epoll_create1, flags.bits()) }.map(OwnedFd::made)
}

/// Adds a descriptor under a key. It stays for as long as the open file behind it does.
///
/// # Errors
/// `EXIST`, `PERM` (a file that is always ready), `LOOP`, `NOSPC`, `NOMEM`, `BADF`. See `epoll_ctl(2)`.
#[doc(alias = "EPOLL_CTL_ADD")]
pub fn epoll_add(list: impl AsFd, descriptor: impl AsFd, interest: Interest, key: u64) -> Result<()> {
    control(list, kernel::EPOLL_CTL_ADD, descriptor, interest, key)
}

/// Changes what is wanted of a descriptor, and its key.
///
/// # Errors
/// `NOENT` (not there), `BADF`, `INVAL`. See `epoll_ctl(2)`.
#[doc(alias = "EPOLL_CTL_MOD")]
pub fn epoll_modify(list: impl AsFd, descriptor: impl AsFd, interest: Interest, key: u64) -> Result<()> {
    control(list, kernel::EPOLL_CTL_MOD, descriptor, interest, key)
}

/// Takes a descriptor out.
///
/// # Errors
/// `NOENT` (not there), `BADF`. See `epoll_ctl(2)`.
#[doc(alias = "EPOLL_CTL_DEL")]
pub fn epoll_delete(list: impl AsFd, descriptor: impl AsFd) -> Result<()> {
    control(list, kernel::EPOLL_CTL_DEL, descriptor, Interest::empty(), 0)
}

fn control(
    list: impl AsFd,
    operation: u32,
    descriptor: impl AsFd,
    interest: Interest,
    key: u64,
) -> Result<()> {
    let event = kernel::epoll_event { events: interest.bits(), data: key };
    // SAFETY: the kernel reads one event.
    unsafe { syscall!(__NR_epoll_ctl, list.as_fd(), operation, descriptor.as_fd(), &raw const event) }
        .map(drop)
}

/// Waits until something comes, or the time is over; gives the part of the buffer that was filled.
/// Without a limit it waits for ever; with a limit of zero, not at all. A limit is rounded up to milliseconds.
///
/// # Errors
/// `INTR`, `INVAL` (no room), `BADF`. See `epoll_wait(2)`.
#[doc(alias = "epoll_pwait")]
pub fn epoll_wait(
    list: impl AsFd,
    events: &mut [EpollEvent],
    limit: Option<Duration>,
) -> Result<&[EpollEvent]> {
    let limit_ms = limit.map_or(-1, |limit| {
        let milliseconds = limit.as_nanos().div_ceil(1_000_000);
        i32::try_from(milliseconds).unwrap_or(i32::MAX)
    });
    let room = i32::try_from(events.len()).unwrap_or(i32::MAX);
    let no_mask = ptr::null::<SignalSet>();
    let buffer = events.as_mut_ptr();
    // SAFETY: the kernel writes at most `room` events into the borrowed slice.
    let count = unsafe {
        syscall!(__NR_epoll_pwait, list.as_fd(), buffer, room, limit_ms, no_mask, size_of::<SignalSet>())
    }?;
    Ok(events.get(..count).unwrap_or_default())
}

/// The same, to the nanosecond where the kernel can (Linux 5.11), else to the millisecond.
///
/// # Errors
/// Those of [`epoll_wait`].
#[doc(alias = "epoll_pwait2")]
pub fn epoll_wait_exact(
    list: impl AsFd,
    events: &mut [EpollEvent],
    limit: Option<Duration>,
) -> Result<&[EpollEvent]> {
    // Most waits have no limit, or one that both calls keep: they go by the call that is in every kernel.
    let Some(exact) = limit.filter(|limit| limit.subsec_nanos() % 1_000_000 != 0) else {
        return epoll_wait(list, events, limit);
    };
    let time = Timespec::from(exact);
    let room = i32::try_from(events.len()).unwrap_or(i32::MAX);
    let no_mask = ptr::null::<SignalSet>();
    let (list, buffer, size) = (list.as_fd(), events.as_mut_ptr(), size_of::<SignalSet>());
    // SAFETY: the kernel reads one time, and writes at most `room` events into the borrowed slice.
    match unsafe { syscall!(__NR_epoll_pwait2, list, buffer, room, &raw const time, no_mask, size) } {
        Err(Errno::NOSYS | Errno::PERM) => epoll_wait(list, events, limit),
        count => Ok(events.get(..count?).unwrap_or_default()),
    }
}
