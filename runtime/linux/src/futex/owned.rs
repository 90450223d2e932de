//! Words that say which thread holds them: locks whose holder gets the urgency of who waits (FUTEX_LOCK_PI), and locks that the
//! kernel opens when their holder dies (set_robust_list(2)).
//!
//! A free word is 0, and a taken one the number of the holder's thread ([`OWNER`]): both are written by compare-and-exchange, without
//! the kernel, as long as nobody waits. The kernel adds [`WAITERS`], and [`DIED`].

use super::Sharing;
use crate::Result;
use crate::time::Timespec;
#[cfg(target_pointer_width = "32")]
use crate::time::narrow::Narrow;
use core::marker::PhantomPinned;
use core::mem::offset_of;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering, compiler_fence};
use linux_raw_sys::general as kernel;

/// The bits of the holder's thread.
#[doc(alias = "FUTEX_TID_MASK")]
pub const OWNER: u32 = kernel::FUTEX_TID_MASK;
/// Somebody waits: who opens the lock must have the kernel do it.
#[doc(alias = "FUTEX_WAITERS")]
pub const WAITERS: u32 = kernel::FUTEX_WAITERS;
/// The last holder died: what the lock protects may be half done.
#[doc(alias = "FUTEX_OWNER_DIED")]
pub const DIED: u32 = kernel::FUTEX_OWNER_DIED;

/// Takes a word that another thread holds, which meanwhile is as urgent as this one.
///
/// # Errors
/// `DEADLK` (this thread holds it), `SRCH` (no such thread), `INVAL`, `AGAIN`, `PERM`, `NOSYS` (a kernel without it). See `futex(2)`,
/// FUTEX_LOCK_PI.
#[doc(alias = "FUTEX_LOCK_PI")]
pub fn lock_pi(word: &AtomicU32, sharing: Sharing) -> Result<()> {
    owned(word, sharing.with(kernel::FUTEX_LOCK_PI))
}

/// The same, until CLOCK_MONOTONIC shows a time.
///
/// # Errors
/// Those of [`lock_pi`]; `TIMEDOUT`, `NOSYS` (before Linux 5.14).
#[doc(alias = "FUTEX_LOCK_PI2")]
pub fn lock_pi_until(word: &AtomicU32, sharing: Sharing, until: Timespec) -> Result<()> {
    let (word, operation) = (word.as_ptr(), sharing.with(kernel::FUTEX_LOCK_PI2));
    timed!(
        // SAFETY: the kernel changes the word, and reads a time.
        unsafe { syscall!(__NR_futex | __NR_futex_time64, word, operation, 0_u32, &raw const until) },
        {
            let until = Narrow::span(until);
            // SAFETY: as above.
            unsafe { syscall!(__NR_futex, word, operation, 0_u32, &raw const until) }
        }
    )
    .map(drop)
}

/// Takes it if it is free after all, as when its holder has died.
///
/// # Errors
/// Those of [`lock_pi`]; `AGAIN` (another thread has it).
#[doc(alias = "FUTEX_TRYLOCK_PI")]
pub fn try_lock_pi(word: &AtomicU32, sharing: Sharing) -> Result<()> {
    owned(word, sharing.with(kernel::FUTEX_TRYLOCK_PI))
}

/// Gives it to the most urgent of those who wait.
///
/// # Errors
/// `PERM` (this thread does not hold it), `INVAL`, `NOSYS`. See `futex(2)`, FUTEX_UNLOCK_PI.
#[doc(alias = "FUTEX_UNLOCK_PI")]
pub fn unlock_pi(word: &AtomicU32, sharing: Sharing) -> Result<()> {
    owned(word, sharing.with(kernel::FUTEX_UNLOCK_PI))
}

fn owned(word: &AtomicU32, operation: u32) -> Result<()> {
    let (word, no_end) = (word.as_ptr(), ptr::null::<Timespec>());
    timed!(
        // SAFETY: the kernel changes the word.
        unsafe { syscall!(__NR_futex | __NR_futex_time64, word, operation, 0_u32, no_end) },
        // SAFETY: as above.
        unsafe { syscall!(__NR_futex, word, operation, 0_u32, no_end) }
    )
    .map(drop)
}

/// A lock that can be on a thread's list. Where it stands in memory is part of what it is.
#[derive(Debug)]
#[repr(C)]
pub struct RobustLink {
    /// The address of the next one on the list; that of the head behind the last.
    next: AtomicUsize,
    /// The word.
    pub word: AtomicU32,
    pinned: PhantomPinned,
}

abi!(RobustLink starts "struct robust_list" { next: "next" });

impl RobustLink {
    /// Makes one that is free, and on no list.
    pub const fn new() -> Self {
        Self { next: AtomicUsize::new(0), word: AtomicU32::new(0), pinned: PhantomPinned }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).expose_provenance()
    }
}

impl Default for RobustLink {
    fn default() -> Self {
        Self::new()
    }
}

/// The locks that a thread holds: when it ends without opening them, the kernel adds [`DIED`] to each word that still names the thread,
/// and wakes one who waits. The kernel's `struct robust_list_head`.
#[derive(Debug)]
#[repr(C)]
pub struct RobustList {
    first: AtomicUsize,
    distance: isize,
    pending: AtomicUsize,
    pinned: PhantomPinned,
}

abi!(RobustList = "struct robust_list_head" {
    first: "list.next", distance: "futex_offset", pending: "list_op_pending",
});

const _: () = assert!(size_of::<RobustList>() == size_of::<kernel::robust_list_head>());

impl RobustList {
    /// Makes an empty one that the kernel knows nothing of.
    pub const fn new() -> Self {
        let distance = offset_of!(RobustLink, word) as isize;
        let [first, pending] = [const { AtomicUsize::new(0) }; 2];
        Self { first, distance, pending, pinned: PhantomPinned }
    }

    /// Has the kernel look at this list, and no other, when the running thread ends.
    ///
    /// # Safety
    /// The list stays as long as the thread lives, and only that thread uses it.
    ///
    /// # Errors
    /// `NOSYS` (a kernel without it). See `set_robust_list(2)`.
    #[doc(alias = "set_robust_list")]
    pub unsafe fn enter(self: Pin<&Self>) -> Result<()> {
        let head = ptr::from_ref(self.get_ref());
        self.first.store(head.expose_provenance(), Ordering::Relaxed);
        // SAFETY: the caller has the list stay.
        unsafe { syscall!(__NR_set_robust_list, head, size_of::<Self>()) }.map(drop)
    }

    /// Says which lock is about to be taken or opened, so that an end between the word and the list is seen too; none afterwards. What
    /// is said stays true until the next call.
    ///
    /// # Safety
    /// The lock stays where it is until the next call or the end of the thread.
    pub unsafe fn set_pending(&self, link: Option<Pin<&RobustLink>>) {
        self.pending.store(link.map_or(0, |link| link.address()), Ordering::Relaxed);
        // The kernel looks from this very thread.
        compiler_fence(Ordering::SeqCst);
    }

    /// Adds a lock that this thread has taken.
    ///
    /// # Safety
    /// This thread has entered the list; the lock is on none, and stays until it is taken off or the thread has ended.
    pub unsafe fn put(&self, link: Pin<&RobustLink>) {
        link.next.store(self.first.load(Ordering::Relaxed), Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
        self.first.store(link.address(), Ordering::Relaxed);
    }

    /// Takes a lock off that this thread is about to open.
    ///
    /// # Safety
    /// It is on the list.
    pub unsafe fn take(&self, link: Pin<&RobustLink>) {
        let mut place = &self.first;
        while place.load(Ordering::Relaxed) != link.address() {
            let next = ptr::with_exposed_provenance::<RobustLink>(place.load(Ordering::Relaxed));
            // SAFETY: the lock is on the list, so the walk does not come to its end, and what is on it is there.
            place = &unsafe { &*next }.next;
        }
        place.store(link.next.load(Ordering::Relaxed), Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
    }
}

impl Default for RobustList {
    fn default() -> Self {
        Self::new()
    }
}
