//! Who a thread is, for others and for itself, and putting it to sleep and waking it.

use core::fmt;
use core::num::NonZeroU64;
use core::ptr::NonNull;
use core::time::Duration;

use super::record::{self, Record};

/// A number that no other thread of this process has or had; the main thread's is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadId(NonZeroU64);

impl ThreadId {
    /// Gives the number.
    pub const fn get(self) -> NonZeroU64 {
        self.0
    }
}

/// A handle of a thread, which may have ended.
///
/// Its stack stays mapped until the last handle is gone: keep the [`ThreadId`] of threads that are to be remembered.
pub struct Thread {
    record: NonNull<Record>,
}

// SAFETY: what a handle does with the record may be done by any thread.
unsafe impl Send for Thread {}
// SAFETY: as above.
unsafe impl Sync for Thread {}

impl Thread {
    /// Makes one more handle.
    ///
    /// # Safety
    /// The caller is one of the record's holders.
    pub(super) unsafe fn of(record: NonNull<Record>) -> Self {
        // SAFETY: the caller holds it.
        unsafe { record.as_ref() }.hold();
        Self { record }
    }

    fn record(&self) -> &Record {
        // SAFETY: this handle is one of its holders.
        unsafe { self.record.as_ref() }
    }

    /// Gives its number.
    pub fn id(&self) -> ThreadId {
        ThreadId(NonZeroU64::new(self.record().id).unwrap_or(NonZeroU64::MIN))
    }

    /// Gives the name it was started with, at most 15 bytes of it; the main thread's is "main".
    pub fn name(&self) -> Option<&str> {
        self.record().name()?.to_str().ok()
    }

    /// Lets the thread go on if it sleeps in [`park`], or not go to sleep the next time.
    pub fn unpark(&self) {
        self.record().parker.unpark();
    }
}

impl Clone for Thread {
    fn clone(&self) -> Self {
        // SAFETY: this handle is one of its holders.
        unsafe { Self::of(self.record) }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: the handle counted, and goes. Should it be the thread's own, the thread itself still holds it.
        unsafe { record::release(self.record) }
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Thread").field("id", &self.id()).field("name", &self.name()).finish()
    }
}

/// Gives a handle of the running thread.
pub fn current() -> Thread {
    // SAFETY: a thread holds its own record.
    unsafe { Thread::of(record::own()) }
}

/// Sleeps until somebody calls [`Thread::unpark`] on this thread, or has since the last time.
pub fn park() {
    // SAFETY: a thread's record lives as long as the thread.
    unsafe { record::own().as_ref() }.parker.park();
}

/// The same, for at most this long.
pub fn park_timeout(limit: Duration) {
    // SAFETY: a thread's record lives as long as the thread.
    unsafe { record::own().as_ref() }.parker.park_timeout(limit);
}

/// The running thread, as messages about it begin: nothing for the main one, " in thread NAME" or its number for others.
pub(crate) struct Prefix;

impl fmt::Display for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if record::is_main() {
            return Ok(());
        }
        let own = record::own();
        // SAFETY: a thread's record lives as long as the thread.
        let record = unsafe { own.as_ref() };
        write!(formatter, " in thread {}", record.title())
    }
}
