//! The reactor: knows which descriptors and deadlines are waited for, and waits for all of them at once.

mod epoll;
mod slab;
mod watched;

use core::cell::Cell;
use core::fmt;
use core::future::poll_fn;
use core::marker::PhantomData;
use core::task::Poll;
use core::time::Duration;

use linux::Result;
use linux::fd::BorrowedFd;

use crate::timer::Timers;
use epoll::Epoll;

pub use watched::{Watched, Way};

/// What a reactor waits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// epoll(7): in every kernel.
    Epoll,
}

/// How a reactor is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The engine; without one, the best that this kernel has and allows.
    pub engine: Option<Engine>,
}

/// Knows what is waited for, and waits. It belongs to one thread; a program may have one in each.
pub struct Reactor {
    driver: Epoll,
    timers: Timers,
    /// How many calls the task that runs may still make before others have their turn.
    budget: Cell<u32>,
    _of_one_thread: PhantomData<*const ()>,
}

/// How many calls that did not have to wait a task may make in a row.
const BUDGET: u32 = 128;

impl Reactor {
    /// Makes a reactor.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`, `NOMEM`.
    pub fn new(_options: &Options) -> Result<Self> {
        Ok(Self {
            driver: Epoll::new()?,
            timers: Timers::new(),
            budget: Cell::new(BUDGET),
            _of_one_thread: PhantomData,
        })
    }

    /// Gives the engine that it waits with.
    pub const fn engine(&self) -> Engine {
        Engine::Epoll
    }

    pub(crate) const fn timers(&self) -> &Timers {
        &self.timers
    }

    /// Begins to hear the bell of an executor.
    pub(crate) fn hear<'a>(&'a self, bell: BorrowedFd<'a>) -> Result<Hearing<'a>> {
        self.driver.hear(bell)?;
        Ok(Hearing { reactor: self, bell })
    }

    /// Waits for news at most as long as this, and wakes whom they concern; `awake` is called as soon as the wait is over.
    pub(crate) fn turn(&self, limit: Option<Duration>, awake: impl FnOnce()) -> Result<()> {
        let limit = match (limit, self.timers.until_next()) {
            (Some(limit), Some(next)) => Some(limit.min(next)),
            (limit, next) => limit.or(next),
        };
        self.driver.wait(limit, awake)?;
        self.timers.expire();
        Ok(())
    }

    /// Hears that another task runs.
    pub(crate) fn refill(&self) {
        self.budget.set(BUDGET);
    }

    /// Counts a call; lets others run if the task has made many without waiting.
    async fn spend(&self) {
        poll_fn(|context| match self.budget.get() {
            0 => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            left => {
                self.budget.set(left - 1);
                Poll::Ready(())
            }
        })
        .await;
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Reactor({:?}, {:?})", self.driver, self.timers)
    }
}

/// A bell that is heard for as long as this lives.
pub(crate) struct Hearing<'a> {
    reactor: &'a Reactor,
    bell: BorrowedFd<'a>,
}

impl Drop for Hearing<'_> {
    fn drop(&mut self) {
        self.reactor.driver.hear_no_more(self.bell);
    }
}
