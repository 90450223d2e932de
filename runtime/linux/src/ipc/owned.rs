//! Objects that go with the value that has them: what System V leaves behind when a program ends badly, these remove.
//!
//! Made without a key, they are for this process and the children that it makes later, which use the value that they have a copy of. Only
//! the one that has made an object removes it. What has a key, and is to stay, is for the functions of this module.

use super::{
    AttachFlags, MessageQueueFlags, Operation, PRIVATE, QueueAttributes, mq_attributes, mq_notify, mq_open,
    mq_receive, mq_send, mq_unlink, msgget, msgrcv, msgremove, msgsnd, semget, semop, semremove, semset,
    semvalue, shmat, shmdt, shmget_private, shmremove,
};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::fs::{Mode, OpenFlags};
use crate::path::PathArg;
use crate::process::{Pid, getpid};
use crate::signal::Signal;
use crate::time::Timespec;
use crate::{Errno, Result};
use core::ptr::NonNull;
use core::slice;
use core::sync::atomic::AtomicU32;
use core::time::Duration;

/// Only this user.
const OWN: Mode = Mode::octal(0o600);

/// Memory that this process shares with children that it makes later; it goes with the last of them.
#[derive(Debug)]
pub struct SharedMemory {
    start: NonNull<AtomicU32>,
    words: usize,
}

// SAFETY: what is there is atomic.
unsafe impl Send for SharedMemory {}
// SAFETY: as above.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// Makes memory of so many words of 32 bits, all zero.
    ///
    /// # Errors
    /// Those of [`shmget`](super::shmget) and [`shmat`]; `INVAL` for none.
    pub fn new(words: usize) -> Result<Self> {
        let size = words.checked_mul(size_of::<u32>()).ok_or(Errno::INVAL)?;
        let number = shmget_private(size, OWN)?;
        let start = shmat(number, AttachFlags::empty());
        // From here on only mappings hold it.
        shmremove(number)?;
        Ok(Self { start: NonNull::new(start?.cast()).ok_or(Errno::NOMEM)?, words })
    }

    /// Gives the words, which others may change at any time.
    pub const fn words(&self) -> &[AtomicU32] {
        // SAFETY: the mapping is that long, begins at a page and lives as long as the value; what is there is atomic.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.words) }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: nothing of it is lent out.
        let _ = unsafe { shmdt(self.start.as_ptr().cast()) };
    }
}

/// Who has made an object: children have copies of its value, and must not remove it. One with the same number in a namespace of
/// processes of its own is not told apart: it has to forget its copies.
#[derive(Debug)]
struct Maker(Pid);

impl Maker {
    fn is_here(&self) -> bool {
        self.0 == getpid()
    }
}

/// A set of semaphores.
#[derive(Debug)]
pub struct Semaphores {
    number: i32,
    maker: Maker,
}

impl Semaphores {
    /// Makes a set with a semaphore for each value.
    ///
    /// # Errors
    /// Those of [`semget`] and [`semset`].
    pub fn new(values: &[u32]) -> Result<Self> {
        let count = u32::try_from(values.len()).map_err(|_| Errno::INVAL)?;
        let number = semget(PRIVATE, count, super::GetFlags::CREATE, OWN)?;
        let set = Self { number, maker: Maker(getpid()) };
        for (index, value) in (0..).zip(values) {
            semset(number, index, *value)?;
        }
        Ok(set)
    }

    /// Takes one of a semaphore, and waits until there is one, at most so long; the kernel gives it back if the process ends.
    ///
    /// # Errors
    /// `AGAIN` (the time is over), `INTR`, `FBIG` (no such semaphore), `IDRM`.
    pub fn take(&self, index: u16, limit: Option<Duration>) -> Result<()> {
        self.operate(&[Operation::new(index, -1).undone_at_end()], limit)
    }

    /// Gives one back that was taken.
    ///
    /// # Errors
    /// `RANGE` (it has too many), `FBIG`, `IDRM`.
    pub fn give(&self, index: u16) -> Result<()> {
        self.operate(&[Operation::new(index, 1).undone_at_end()], None)
    }

    /// Does several things at once, or waits until all can be done.
    ///
    /// # Errors
    /// Those of [`semop`].
    pub fn operate(&self, operations: &[Operation], limit: Option<Duration>) -> Result<()> {
        semop(self.number, operations, limit)
    }

    /// Gives the value of a semaphore.
    ///
    /// # Errors
    /// `INVAL`: no such semaphore.
    pub fn value(&self, index: u32) -> Result<u32> {
        semvalue(self.number, index)
    }
}

impl Drop for Semaphores {
    fn drop(&mut self) {
        if self.maker.is_here() {
            let _ = semremove(self.number);
        }
    }
}

/// A queue of System V, whose messages have a kind each.
#[derive(Debug)]
pub struct MessageQueue {
    number: i32,
    maker: Maker,
}

impl MessageQueue {
    /// Makes one.
    ///
    /// # Errors
    /// Those of [`msgget`].
    pub fn new() -> Result<Self> {
        let number = msgget(PRIVATE, super::GetFlags::CREATE, OWN)?;
        Ok(Self { number, maker: Maker(getpid()) })
    }

    /// Sends a message of a kind, a positive number.
    ///
    /// # Errors
    /// Those of [`msgsnd`].
    pub fn send(&self, kind: isize, bytes: &[u8], flags: MessageQueueFlags) -> Result<()> {
        msgsnd(self.number, kind, bytes, flags)
    }

    /// Receives the first message of a kind (0: of any; less than 0: of the least kind up to that); gives its kind and its bytes.
    ///
    /// # Errors
    /// Those of [`msgrcv`].
    pub fn receive<'buffer>(
        &self,
        kind: isize,
        buffer: &'buffer mut [u8],
        flags: MessageQueueFlags,
    ) -> Result<(isize, &'buffer [u8])> {
        let (kind, length) = msgrcv(self.number, kind, buffer, flags)?;
        Ok((kind, buffer.get(..length).unwrap_or_default()))
    }
}

impl Drop for MessageQueue {
    fn drop(&mut self) {
        if self.maker.is_here() {
            let _ = msgremove(self.number);
        }
    }
}

/// A queue of POSIX, whose messages have a priority each. Its name goes with the value that has made it, the queue with its last
/// descriptor.
#[derive(Debug)]
pub struct Queue<N: PathArg> {
    file: OwnedFd,
    name: N,
    /// None if it was there.
    maker: Option<Maker>,
}

impl<N: PathArg> Queue<N> {
    /// Makes one of a name, without the slash that the C library wants before it.
    ///
    /// # Errors
    /// `EXIST`, and those of [`mq_open`].
    pub fn new(name: N, mode: Mode, like: Option<&QueueAttributes>) -> Result<Self> {
        let flags =
            OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
        let file = mq_open(&name, flags, mode, like)?;
        Ok(Self { file, name, maker: Some(Maker(getpid())) })
    }

    /// Opens one that another has made.
    ///
    /// # Errors
    /// `NOENT`, `ACCES`, and those of [`mq_open`].
    pub fn open(name: N) -> Result<Self> {
        let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC;
        let file = mq_open(&name, flags, Mode::empty(), None)?;
        Ok(Self { file, name, maker: None })
    }

    /// Sends a message; of several the one with the highest priority is received first. Waits for room, at most until this time of
    /// CLOCK_REALTIME.
    ///
    /// # Errors
    /// Those of [`mq_send`].
    pub fn send(&self, bytes: &[u8], priority: u32, until: Option<Timespec>) -> Result<()> {
        mq_send(self, bytes, priority, until)
    }

    /// Receives a message; gives its bytes and its priority. Waits for one, at most until this time of CLOCK_REALTIME.
    ///
    /// # Errors
    /// Those of [`mq_receive`].
    pub fn receive<'buffer>(
        &self,
        buffer: &'buffer mut [u8],
        until: Option<Timespec>,
    ) -> Result<(&'buffer [u8], u32)> {
        let (length, priority) = mq_receive(self, buffer, until)?;
        Ok((buffer.get(..length).unwrap_or_default(), priority))
    }

    /// Has a signal be sent when the first message comes into the empty queue, once; none: no more. A descriptor that poll(2) looks at is
    /// the other way.
    ///
    /// # Errors
    /// Those of [`mq_notify`].
    pub fn notify(&self, signal: Option<Signal>) -> Result<()> {
        mq_notify(self, signal)
    }

    /// Says what it is like.
    ///
    /// # Errors
    /// None in practice.
    pub fn attributes(&self) -> Result<QueueAttributes> {
        mq_attributes(self)
    }
}

impl<N: PathArg> AsFd for Queue<N> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl<N: PathArg> Drop for Queue<N> {
    fn drop(&mut self) {
        if self.maker.as_ref().is_some_and(Maker::is_here) {
            let _ = mq_unlink(&self.name);
        }
    }
}
