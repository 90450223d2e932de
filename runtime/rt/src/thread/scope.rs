//! Threads that borrow: a scope waits for all that were started in it.

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, Ordering};

use linux::Result;
use linux::futex::{self, Sharing};

use super::handle::Thread;
use super::spawn::{Builder, Joiner};
use crate::sync::sleep;

/// How many threads of a scope have not ended.
#[derive(Debug)]
pub(super) struct Running(AtomicU32);

impl Running {
    /// Counts a thread off, and wakes the scope after the last one.
    ///
    /// # Safety
    /// The scope is still there; after the call it may be gone.
    pub(super) unsafe fn end(this: NonNull<Self>) {
        // SAFETY: the caller's promise.
        let word = unsafe { &this.as_ref().0 };
        let place = word.as_ptr().cast_const().cast();
        if word.fetch_sub(1, Ordering::Release) == 1 {
            // By its address alone: the scope may have looked already, and gone.
            let _ = futex::wake(place, 1, Sharing::Private);
        }
    }

    fn wait(&self) {
        loop {
            match self.0.load(Ordering::Acquire) {
                0 => return,
                count => drop(sleep(&self.0, count, Sharing::Private, None)),
            }
        }
    }
}

/// A stretch of code whose threads end within it: see [`scope`].
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    running: Running,
    // Neither lifetime may be made longer or shorter.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// Runs a function that may start threads which borrow from around it; waits for all of them.
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope { running: Running(AtomicU32::new(0)), scope: PhantomData, env: PhantomData };
    let result = body(&scope);
    scope.running.wait();
    result
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread that may borrow what lives longer than the scope.
    ///
    /// # Errors
    /// Those of [`Builder::spawn`].
    pub fn spawn<F, T>(&'scope self, body: F) -> Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        Builder::new().spawn_scoped(self, body)
    }
}

impl Builder<'_> {
    /// Starts a thread in a scope.
    ///
    /// # Errors
    /// Those of [`spawn`](Self::spawn).
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: &'scope Scope<'scope, '_>,
        body: F,
    ) -> Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        scope.running.0.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the scope waits for it, and what both borrow lives longer than the scope.
        let started = unsafe { self.start(body, Some(NonNull::from_ref(&scope.running))) };
        if started.is_err() {
            // This thread is the one that waits, or one that it waits for: nobody has to be woken.
            scope.running.0.fetch_sub(1, Ordering::Relaxed);
        }
        started.map(|joiner| ScopedJoinHandle { joiner, scope: PhantomData })
    }
}

/// The right to wait for a thread of a scope and have its result.
pub struct ScopedJoinHandle<'scope, T> {
    joiner: Joiner<T>,
    scope: PhantomData<&'scope ()>,
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended, and gives its result.
    pub fn join(self) -> T {
        self.joiner.join()
    }

    /// Gives a handle of the thread.
    pub fn thread(&self) -> Thread {
        self.joiner.thread()
    }

    /// Says whether the thread's function has returned.
    pub fn is_finished(&self) -> bool {
        self.joiner.is_finished()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ScopedJoinHandle").field(&self.thread()).finish()
    }
}
