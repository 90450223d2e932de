//! Message queues of POSIX, which are descriptors: mq_overview(7).
//!
//! Names are the kernel's, without the slash that the C library wants before them. Limits of time are of CLOCK_REALTIME; on
//! 32-bit processors these calls need Linux 5.1.

use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use crate::fs::{Mode, OpenFlags};
use crate::path::PathArg;
use crate::signal::Signal;
use crate::time::Timespec;
use core::mem::MaybeUninit;
use core::ptr;
use linux_raw_sys::general as kernel;

/// What a queue is like (`struct mq_attr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(C)]
pub struct QueueAttributes {
    flags: isize,
    /// How many messages it holds.
    pub most: isize,
    /// How long each may be.
    pub bytes: isize,
    /// How many there are now.
    pub count: isize,
    reserved: [isize; 4],
}

abi!(QueueAttributes = "struct mq_attr" {
    flags: "mq_flags", most: "mq_maxmsg", bytes: "mq_msgsize", count: "mq_curmsgs",
});

impl QueueAttributes {
    /// A queue of so many messages of so many bytes at most.
    pub const fn new(most: isize, bytes: isize) -> Self {
        Self { flags: 0, most, bytes, count: 0, reserved: [0; 4] }
    }

    /// Says whether the descriptor gives `AGAIN` in place of waiting.
    pub const fn is_nonblock(&self) -> bool {
        self.flags as u32 & kernel::O_NONBLOCK != 0
    }
}

/// Opens a queue; with CREATE makes one, as the attributes say or as large as usual.
///
/// # Errors
/// `NOENT`, `EXIST`, `ACCES`, `INVAL` (a name with a slash, or attributes past the limits), `MFILE`, `NOSPC`; `NOSYS` in a
/// kernel without it. See `mq_open(3)`.
pub fn mq_open<P: PathArg>(
    name: P,
    flags: OpenFlags,
    mode: Mode,
    like: Option<&QueueAttributes>,
) -> Result<OwnedFd> {
    let like = like.map_or(ptr::null(), ptr::from_ref);
    name.with(&mut |name| {
        // SAFETY: the name is terminated, and the kernel reads one structure if one is given.
        unsafe { syscall!(__NR_mq_open, name.as_ptr(), flags.bits(), mode.bits(), like) }
    })
    .map(OwnedFd::made)
}

/// Takes the name of a queue away; it goes with its last descriptor.
///
/// # Errors
/// `NOENT`, `ACCES`. See `mq_unlink(3)`.
pub fn mq_unlink<P: PathArg>(name: P) -> Result<()> {
    name.with(&mut |name| {
        // SAFETY: the name is a terminated string that lives through the call.
        unsafe { syscall!(__NR_mq_unlink, name.as_ptr()) }
    })
    .map(drop)
}

/// Sends a message; of several the one with the highest priority is received first.
///
/// # Errors
/// `AGAIN`, `TIMEDOUT`, `INTR`, `MSGSIZE`, `BADF`, `INVAL` (the priority). See `mq_send(3)`.
#[doc(alias = "mq_timedsend")]
pub fn mq_send(queue: impl AsFd, bytes: &[u8], priority: u32, until: Option<Timespec>) -> Result<()> {
    let (start, length, queue) = (bytes.as_ptr(), bytes.len(), queue.as_fd());
    let until = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the kernel reads the bytes, and a time if one is given.
    unsafe { syscall!(__NR_mq_timedsend | __NR_mq_timedsend_time64, queue, start, length, priority, until) }
        .map(drop)
}

/// Receives a message; gives its length and its priority. The buffer is as long as the queue's messages may be.
///
/// # Errors
/// `AGAIN`, `TIMEDOUT`, `INTR`, `MSGSIZE` (the buffer is too short), `BADF`. See `mq_receive(3)`.
#[doc(alias = "mq_timedreceive")]
pub fn mq_receive(queue: impl AsFd, buffer: &mut [u8], until: Option<Timespec>) -> Result<(usize, u32)> {
    let (start, length, queue) = (buffer.as_mut_ptr(), buffer.len(), queue.as_fd());
    let until = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    let mut priority = 0_u32;
    let at = &raw mut priority;
    // SAFETY: the kernel writes at most so many bytes and a number, and reads a time if one is given.
    let count = unsafe {
        syscall!(__NR_mq_timedreceive | __NR_mq_timedreceive_time64, queue, start, length, at, until)
    }?;
    Ok((count, priority))
}

/// Has a signal be sent when the first message comes into the empty queue, once; none: no more.
///
/// # Errors
/// `BUSY` (another process is told), `BADF`, `INVAL`. See `mq_notify(3)`.
pub fn mq_notify(queue: impl AsFd, signal: Option<Signal>) -> Result<()> {
    // SAFETY: zero is a value of every field.
    let mut event: kernel::sigevent = unsafe { MaybeUninit::zeroed().assume_init() };
    event.sigev_notify = kernel::SIGEV_SIGNAL as i32;
    event.sigev_signo = signal.map_or(0, Signal::number);
    let event = signal.map_or(ptr::null(), |_| &raw const event);
    // SAFETY: the kernel reads one structure if one is given.
    unsafe { syscall!(__NR_mq_notify, queue.as_fd(), event) }.map(drop)
}

/// Gives what a queue is like.
///
/// # Errors
/// `BADF`. See `mq_getattr(3)`.
#[doc(alias = "mq_getsetattr")]
pub fn mq_attributes(queue: impl AsFd) -> Result<QueueAttributes> {
    let mut found = QueueAttributes::default();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_mq_getsetattr, queue.as_fd(), 0_usize, &raw mut found) }?;
    Ok(found)
}

/// Sets whether a descriptor of a queue gives `AGAIN` in place of waiting.
///
/// # Errors
/// `BADF`. See `mq_setattr(3)`.
pub fn mq_set_nonblock(queue: impl AsFd, nonblock: bool) -> Result<()> {
    let flags = if nonblock { kernel::O_NONBLOCK as isize } else { 0 };
    let new = QueueAttributes { flags, ..QueueAttributes::default() };
    // SAFETY: the kernel reads one structure.
    unsafe { syscall!(__NR_mq_getsetattr, queue.as_fd(), &raw const new, 0_usize) }.map(drop)
}
