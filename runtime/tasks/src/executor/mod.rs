//! The executor: runs a future and the tasks that it spawns on this thread, until that future ends.

mod hub;
mod join;
mod storage;
mod task;
#[cfg(test)]
mod tests;

use core::fmt;
use core::marker::PhantomData;
use core::pin::{Pin, pin};
use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering;
use core::task::{Context, Poll};
use core::time::Duration;

use linux::{Errno, Result};

use crate::Reactor;
use hub::Hub;
use task::Header;

pub use join::JoinHandle;
pub use storage::{Arena, Storage};

/// So many tasks run before the reactor is asked for news again, while there are tasks that are due.
const BATCH: u32 = 64;

/// Runs a future and the tasks that it spawns, on the heap; gives the future's result, with which all tasks end.
///
/// Tasks may borrow whatever lives longer than this call, the reactor included.
///
/// ```
/// use core::time::Duration;
/// use spelunk_tasks::{Options, Reactor, run, sleep};
///
/// let reactor = Reactor::new(&Options::default())?;
/// let words = ["tick", "tack"];
/// let length = run(&reactor, async |tasks| {
///     let task = tasks.spawn(async {
///         sleep(&reactor, Duration::from_millis(1)).await;
///         words.concat().len()
///     })?;
///     Ok::<_, linux::Errno>(task.await)
/// })??;
/// assert_eq!(length, 8);
/// # Ok::<(), linux::Errno>(())
/// ```
///
/// # Errors
/// `MFILE`, `NFILE`, `NOMEM`: there is no room for the executor's own descriptor; `BUSY`: an executor runs on this reactor
/// already; or what waiting gives.
pub fn run<'env, T, F>(reactor: &'env Reactor, body: F) -> Result<T>
where
    F: for<'scope> AsyncFnOnce(&'scope Tasks<'scope, 'env>) -> T,
{
    run_in(&storage::Heap, reactor, body)
}

/// The same, with tasks in memory that the program has set aside: see [`Arena`].
///
/// # Errors
/// Those of [`run`]; `BUSY` if an executor runs there.
pub fn run_in<'env, T, F>(storage: &'static dyn Storage, reactor: &'env Reactor, body: F) -> Result<T>
where
    F: for<'scope> AsyncFnOnce(&'scope Tasks<'scope, 'env>) -> T,
{
    // In this order: what comes later is dropped first, and the tasks may use the first to their end.
    let tasks = Tasks { hub: storage.hub()?, scope: PhantomData, env: PhantomData };
    let running = Running { hub: tasks.hub, reactor, storage };
    let future = pin!(body(&tasks));
    running.run(future)
}

/// What tasks are spawned through, for as long as the executor runs.
///
/// `'scope` is the executor's life, which tasks cannot outlive, and `'env` that of what they may borrow.
pub struct Tasks<'scope, 'env: 'scope> {
    hub: NonNull<Hub>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'scope> Tasks<'scope, '_> {
    /// Begins a task: it runs whenever the others wait.
    ///
    /// # Errors
    /// `NOMEM`: there is no room for it; the future is dropped.
    pub fn spawn<F>(&'scope self, future: F) -> Result<JoinHandle<'scope, F::Output>>
    where
        F: Future + 'scope,
        F::Output: 'scope,
    {
        let task = task::make(self.hub, future).ok_or(Errno::NOMEM)?;
        // SAFETY: it is held for the handle.
        unsafe { Header::wake(task) };
        Ok(JoinHandle::new(task))
    }
}

impl fmt::Debug for Tasks<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tasks")
    }
}

/// An executor at work. Its drop ends all tasks.
struct Running<'env> {
    hub: NonNull<Hub>,
    reactor: &'env Reactor,
    storage: &'static dyn Storage,
}

impl Running<'_> {
    fn hub(&self) -> &Hub {
        // SAFETY: the executor holds it.
        unsafe { self.hub.as_ref() }
    }

    fn run<F: Future>(&self, mut future: Pin<&mut F>) -> Result<F::Output> {
        let hub = self.hub();
        hub.open()?;
        let _heard = self.reactor.hear(hub.bell())?;
        let waker = hub.main_waker();
        let mut since_turn = 0;
        loop {
            if hub.take_main() {
                self.reactor.refill();
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Ok(output);
                }
                since_turn += 1;
            }
            since_turn += self.run_due();
            if !hub.is_due() {
                self.sleep()?;
                since_turn = 0;
            } else if since_turn >= BATCH {
                self.reactor.turn(Some(Duration::ZERO), || ())?;
                since_turn = 0;
            }
        }
    }

    /// Runs the tasks that are due by now; gives how many.
    fn run_due(&self) -> u32 {
        let mut count = 0;
        let mut rest = in_order(self.hub().take_due());
        while let Some(task) = NonNull::new(rest) {
            // SAFETY: the list holds it.
            rest = unsafe { task.as_ref() }.next.load(Ordering::Relaxed);
            self.reactor.refill();
            // SAFETY: this is the executor's thread, and the list held the task.
            unsafe { Header::run(task) };
            count += 1;
        }
        count
    }

    /// Waits in the kernel, unless something has become due.
    fn sleep(&self) -> Result<()> {
        let hub = self.hub();
        hub.is_sleeping.store(true, Ordering::SeqCst);
        let limit = hub.is_due().then_some(Duration::ZERO);
        self.reactor.turn(limit, || hub.is_sleeping.store(false, Ordering::SeqCst))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // The drop of a future may spawn another.
        while let Some(task) = self.hub().newest.get() {
            // SAFETY: the list of all tasks holds it.
            unsafe { task.as_ref() }.acquire();
            // SAFETY: this is the executor's thread, the task is held, and none is being polled.
            unsafe { Header::cancel(task) };
            // SAFETY: held above.
            unsafe { Header::release(task) };
        }
        let mut rest = self.hub().close();
        while let Some(task) = NonNull::new(rest).filter(|_| rest.addr() != hub::CLOSED) {
            // SAFETY: the list of those that are due holds it.
            rest = unsafe { task.as_ref() }.next.load(Ordering::Relaxed);
            // SAFETY: the list held it.
            unsafe { Header::release(task) };
        }
        self.storage.ended();
        // SAFETY: the executor held it, and is gone.
        unsafe { Hub::release(self.hub) };
    }
}

/// Turns a chain of tasks round: the last to become due is the first in it.
fn in_order(chain: *mut Header) -> *mut Header {
    let (mut rest, mut first) = (chain, ptr::null_mut());
    while let Some(task) = NonNull::new(rest) {
        // SAFETY: the list of those that are due holds it.
        rest = unsafe { task.as_ref() }.next.swap(first, Ordering::Relaxed);
        first = task.as_ptr();
    }
    first
}

/// Lets the other tasks run first.
pub async fn yield_now() {
    let mut is_first = true;
    core::future::poll_fn(|context| {
        if !core::mem::take(&mut is_first) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
