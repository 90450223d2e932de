//! The handle of a task: waits for its result, and ends it when nobody waits any more.

use core::fmt;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};

use super::task::{Header, Phase};

/// Waits for a task: awaiting it gives the task's result. Dropping it ends the task, whose future is dropped at once; a task
/// that is to go on unattended is [detached](Self::detach).
#[must_use = "dropping the handle ends the task: detach it, or keep the handle"]
pub struct JoinHandle<'scope, T> {
    task: NonNull<Header>,
    _result: PhantomData<(T, &'scope ())>,
}

impl<T> JoinHandle<'_, T> {
    /// Takes a task that is held for this handle, whose result is a `T`.
    pub(super) const fn new(task: NonNull<Header>) -> Self {
        Self { task, _result: PhantomData }
    }

    /// Lets the task go on by itself, to its end or the executor's; its result is dropped.
    pub fn detach(self) {
        let this = ManuallyDrop::new(self);
        let header = this.header();
        header.is_awaited.set(false);
        if header.phase.get() == Phase::Ended {
            // SAFETY: handles stay in the executor's thread, and this one holds the task.
            unsafe { Header::cancel(this.task) };
        }
        // SAFETY: the handle held it, and is gone.
        unsafe { Header::release(this.task) };
    }

    /// Says whether the task has ended.
    pub fn is_finished(&self) -> bool {
        self.header().phase.get() == Phase::Ended
    }

    fn header(&self) -> &Header {
        // SAFETY: the handle holds it.
        unsafe { self.task.as_ref() }
    }
}

impl<T> Future for JoinHandle<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if !self.is_finished() {
            // A task that waits for itself waits for ever, as does one that asks a second time.
            self.header().joiner.set(Some(context.waker().clone()));
            return Poll::Pending;
        }
        let mut result = MaybeUninit::<T>::uninit();
        // SAFETY: handles stay in the executor's thread; the task has ended, and its result is of this type.
        unsafe { Header::take(self.task, result.as_mut_ptr().cast()) };
        // SAFETY: the task has written it.
        Poll::Ready(unsafe { result.assume_init() })
    }
}

impl<T> Drop for JoinHandle<'_, T> {
    fn drop(&mut self) {
        // SAFETY: handles stay in the executor's thread, and this one holds the task.
        unsafe { Header::cancel(self.task) };
        // SAFETY: the handle held it, and is gone.
        unsafe { Header::release(self.task) };
    }
}

impl<T> fmt::Debug for JoinHandle<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "JoinHandle({:?})", self.header().phase.get())
    }
}
