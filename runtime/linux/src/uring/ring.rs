//! The mapped rings: entries go in at the tail of one, completions come out at the head of the other.

use super::entry::Entry;
use super::pages::Pages;
use super::setup::{Features, Setup, SetupFlags, enter, setup};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::mem::{MapFlags, Protection, mmap};
use crate::{Errno, Result};
use core::cell::Cell;
use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use linux_raw_sys::io_uring as kernel;

flags! {
    /// What is said of a completion.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CompletionFlags: u32 {
        /// IORING_CQE_F_BUFFER: a buffer was taken out of the group.
        const BUFFER = kernel::IORING_CQE_F_BUFFER;
        /// IORING_CQE_F_MORE: the entry will give further ones.
        const MORE = kernel::IORING_CQE_F_MORE;
        /// IORING_CQE_F_SOCK_NONEMPTY: there is more to be received.
        const NOT_EMPTY = kernel::IORING_CQE_F_SOCK_NONEMPTY;
        /// IORING_CQE_F_NOTIF: what was sent without a copy is no more needed.
        const NOTIFICATION = kernel::IORING_CQE_F_NOTIF;
        const _ = !0;
    }
}

impl CompletionFlags {
    /// Gives the number of the buffer that was taken, if one was.
    pub fn buffer(self) -> Option<u16> {
        let number = (self.bits() >> kernel::IORING_CQE_BUFFER_SHIFT) as u16;
        self.contains(Self::BUFFER).then_some(number)
    }
}

/// What became of an entry, in the kernel's shape (`struct io_uring_cqe`).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Completion {
    /// The entry's key.
    pub key: u64,
    result: i32,
    /// What is said of it.
    pub flags: CompletionFlags,
}

abi!(Completion starts "struct io_uring_cqe" { key: "user_data", result: "res", flags: "flags" });

const _: () = assert!(size_of::<Completion>() == 16);

impl Completion {
    /// Gives what the system call would have given.
    pub fn result(&self) -> Result<u32> {
        match Errno::from_word(self.result as isize) {
            Some(errno) => Err(errno),
            None => Ok(self.result.cast_unsigned()),
        }
    }
}

/// A mapping of the ring's memory.
struct Mapping(Pages);

impl Mapping {
    fn new(ring: &OwnedFd, length: usize, offset: u32) -> Result<Self> {
        let (protection, flags) =
            (Protection::READ | Protection::WRITE, MapFlags::SHARED | MapFlags::POPULATE);
        // SAFETY: the kernel chooses the address; the words are touched as atomics, the rest as the protocol allows.
        let start = unsafe { mmap(ptr::null_mut(), length, protection, flags, ring, u64::from(offset)) }?;
        // SAFETY: it was made for this ring.
        unsafe { Pages::own(start, length) }.map(Self)
    }

    /// Gives the place of something in it.
    fn at<T>(&self, offset: u32) -> *mut T {
        // SAFETY: the kernel's offsets lie in the mapping.
        unsafe { self.0.start().as_ptr().add(offset as usize) }.cast()
    }

    fn word(&self, offset: u32) -> &AtomicU32 {
        // SAFETY: it lies in the mapping, aligned, and both sides use it as an atomic word.
        unsafe { &*self.at(offset) }
    }
}

/// A ring. It belongs to one thread.
pub struct Ring {
    descriptor: OwnedFd,
    rings: Mapping,
    entries: Mapping,
    offsets: kernel::io_sqring_offsets,
    completion_offsets: kernel::io_cqring_offsets,
    mask: u32,
    completion_mask: u32,
    features: Features,
    flags: SetupFlags,
    /// The tail, of which the kernel is told when it is asked to look.
    tail: Cell<u32>,
}

impl Ring {
    /// Makes a ring with room for so many entries.
    ///
    /// # Errors
    /// `NOSYS`, `PERM` (switched off), `INVAL` (flags that the kernel does not know), `NOMEM`, `MFILE`; `OPNOTSUPP` before
    /// Linux 5.5. See `io_uring_setup(2)`.
    #[doc(alias = "io_uring_setup")]
    pub fn new(entries: u32, wanted: &Setup) -> Result<Self> {
        let (descriptor, parameters) = setup(entries, wanted)?;
        let features = Features::from_bits_retain(parameters.features);
        if !features.contains(Features::ONE_MAPPING | Features::NO_DROP) {
            return Err(Errno::OPNOTSUPP);
        }
        let (sq, cq) = (parameters.sq_off, parameters.cq_off);
        let submissions = sq.array as usize + parameters.sq_entries as usize * size_of::<u32>();
        let completions = cq.cqes as usize + parameters.cq_entries as usize * size_of::<Completion>();
        let rings = Mapping::new(&descriptor, submissions.max(completions), kernel::IORING_OFF_SQ_RING)?;
        let length = parameters.sq_entries as usize * size_of::<Entry>();
        let entries = Mapping::new(&descriptor, length, kernel::IORING_OFF_SQES)?;
        for index in 0..parameters.sq_entries {
            // An entry's place is its number: the array between is never changed again.
            rings.word(sq.array + index * size_of::<u32>() as u32).store(index, Ordering::Relaxed);
        }
        Ok(Self {
            mask: rings.word(sq.ring_mask).load(Ordering::Relaxed),
            completion_mask: rings.word(cq.ring_mask).load(Ordering::Relaxed),
            tail: Cell::new(rings.word(sq.tail).load(Ordering::Relaxed)),
            descriptor,
            rings,
            entries,
            offsets: sq,
            completion_offsets: cq,
            features,
            flags: wanted.flags,
        })
    }

    /// Gives what the kernel's rings can do.
    pub const fn features(&self) -> Features {
        self.features
    }

    /// Adds an entry, of which the kernel hears with the next [`submit`](Self::submit); false if there is no room.
    ///
    /// # Safety
    /// What the entry points to is valid, and nobody else's, until its last completion has come.
    pub unsafe fn push(&self, entry: &Entry) -> bool {
        let (head, tail) = (self.rings.word(self.offsets.head).load(Ordering::Acquire), self.tail.get());
        if tail.wrapping_sub(head) > self.mask {
            return false;
        }
        let place = self.entries.at::<Entry>((tail & self.mask) * size_of::<Entry>() as u32);
        // SAFETY: it lies in the mapping, and the kernel does not look at it before it hears of the new tail.
        unsafe { place.write(*entry) };
        self.tail.set(tail.wrapping_add(1));
        true
    }

    /// Gives how many entries there is room for.
    pub fn room(&self) -> u32 {
        let head = self.rings.word(self.offsets.head).load(Ordering::Acquire);
        (self.mask + 1).wrapping_sub(self.tail.get().wrapping_sub(head))
    }

    /// Says whether entries were added that the kernel has not taken.
    pub fn is_pending(&self) -> bool {
        self.tail.get() != self.rings.word(self.offsets.head).load(Ordering::Acquire)
    }

    /// Tells the kernel of all entries.
    ///
    /// # Errors
    /// `AGAIN`, `NOMEM`, `INTR`, `BUSY` (take completions first). See `io_uring_enter(2)`.
    #[doc(alias = "io_uring_enter")]
    pub fn submit(&self) -> Result<()> {
        self.go(0, 0, None)
    }

    /// The same, and has completions made that wait for this thread, if there are any.
    ///
    /// # Errors
    /// Those of [`submit`](Self::submit).
    pub fn submit_and_look(&self) -> Result<()> {
        let flags = self.rings.word(self.offsets.flags).load(Ordering::Relaxed);
        if self.is_pending() || flags & (kernel::IORING_SQ_TASKRUN | kernel::IORING_SQ_CQ_OVERFLOW) != 0 {
            return self.go(0, kernel::IORING_ENTER_GETEVENTS, None);
        }
        Ok(())
    }

    /// The same, and waits for a completion, at most as long as the limit, whose end is no error.
    ///
    /// # Errors
    /// Those of [`submit`](Self::submit).
    pub fn submit_and_wait(&self, limit: Option<Duration>) -> Result<()> {
        match self.go(1, kernel::IORING_ENTER_GETEVENTS, limit) {
            Err(Errno::TIME) => Ok(()),
            ended => ended,
        }
    }

    fn go(&self, wait: u32, flags: u32, limit: Option<Duration>) -> Result<()> {
        let tail = self.tail.get();
        self.rings.word(self.offsets.tail).store(tail, Ordering::Release);
        if self.flags.contains(SetupFlags::SUBMIT_THREAD) {
            return self.go_by_thread(wait, flags, limit);
        }
        let head = self.rings.word(self.offsets.head).load(Ordering::Acquire);
        // What is not taken is told again with the next call.
        enter(&self.descriptor, tail.wrapping_sub(head), wait, flags, limit).map(drop)
    }

    /// The thread sees the tail by itself, unless it sleeps.
    fn go_by_thread(&self, wait: u32, flags: u32, limit: Option<Duration>) -> Result<()> {
        // Either we see that it sleeps, or it sees the tail before it does.
        core::sync::atomic::fence(Ordering::SeqCst);
        let state = self.rings.word(self.offsets.flags).load(Ordering::Relaxed);
        let sleeps = state & kernel::IORING_SQ_NEED_WAKEUP != 0;
        let flags = if sleeps { flags | kernel::IORING_ENTER_SQ_WAKEUP } else { flags };
        if flags == 0 {
            return Ok(());
        }
        enter(&self.descriptor, 0, wait, flags, limit).map(drop)
    }

    /// Waits until the submitting thread has taken entries, so that there is room again; without one, submits.
    ///
    /// # Errors
    /// Those of [`submit`](Self::submit).
    pub fn make_room(&self) -> Result<()> {
        self.submit()?;
        if self.flags.contains(SetupFlags::SUBMIT_THREAD) && self.room() == 0 {
            enter(&self.descriptor, 0, 0, kernel::IORING_ENTER_SQ_WAIT, None)?;
        }
        Ok(())
    }

    /// Says whether a completion is there.
    pub fn has_completion(&self) -> bool {
        let head = self.rings.word(self.completion_offsets.head).load(Ordering::Relaxed);
        head != self.rings.word(self.completion_offsets.tail).load(Ordering::Acquire)
    }

    /// Takes the next completion out.
    pub fn complete(&self) -> Option<Completion> {
        if !self.has_completion() {
            return None;
        }
        let head = self.rings.word(self.completion_offsets.head);
        let index = head.load(Ordering::Relaxed);
        let place = (index & self.completion_mask) * size_of::<Completion>() as u32;
        // SAFETY: it lies in the mapping, and the kernel has written it before it moved the tail.
        let completion = unsafe { self.rings.at::<Completion>(self.completion_offsets.cqes + place).read() };
        head.store(index.wrapping_add(1), Ordering::Release);
        Some(completion)
    }
}

impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Ring({:?}, {} entries)", self.descriptor, self.mask + 1)
    }
}
