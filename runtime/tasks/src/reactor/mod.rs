//! The reactor: knows which descriptors and deadlines are waited for, and waits for all of them at once.

mod epoll;
mod flight;
mod flying;
mod group;
mod hearers;
mod operation;
mod places;
mod queue;
mod ready;
mod slab;
mod uring;
mod watched;

use core::cell::Cell;
use core::fmt;
use core::future::poll_fn;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::Poll;
use core::time::Duration;

use linux::fd::BorrowedFd;
use linux::net::SocketFlags;
use linux::{Errno, Result};

use crate::timer::Timers;
use epoll::Epoll;
use uring::{Manner, Uring};

pub(crate) use flying::Series;
pub(crate) use group::Group;
pub(crate) use hearers::Hearers;
pub(crate) use operation::{Operation, Repeated};
pub use watched::{Watched, Way};

/// What a reactor waits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// epoll(7): in every kernel.
    Epoll,
    /// io_uring(7): in kernels from 5.11 on that allow it.
    #[doc(alias = "io_uring")]
    Uring,
}

/// How a reactor is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The engine; without one, the best that this kernel has and allows.
    pub engine: Option<Engine>,
    /// With io_uring: a thread of the kernel submits operations, without a call, and sleeps after so long without any.
    #[doc(alias = "SQPOLL")]
    pub submit_thread: Option<Duration>,
}

#[expect(clippy::large_enum_variant, reason = "there is one in a thread, which does not move")]
enum Driver {
    Epoll(Epoll),
    Uring(Uring),
}

/// Knows what is waited for, and waits. It belongs to one thread; a program may have one in each.
pub struct Reactor {
    /// Tells it from all others that there were.
    number: u64,
    driver: Driver,
    timers: Timers,
    hearers: Hearers,
    /// Whether an executor runs on it.
    is_heard: Cell<bool>,
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
    /// `MFILE`, `NFILE`, `NOMEM`; where io_uring is asked for, `NOSYS`, `PERM` and `OPNOTSUPP` if it cannot be had.
    pub fn new(options: &Options) -> Result<Self> {
        let uring = || Uring::new(options.submit_thread).map(Driver::Uring);
        let epoll = || Epoll::new().map(Driver::Epoll);
        let driver = match options.engine {
            Some(Engine::Epoll) => epoll(),
            Some(Engine::Uring) => uring(),
            None => uring().or_else(|_| epoll()),
        }?;
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (is_heard, budget) = (Cell::new(false), Cell::new(BUDGET));
        let (timers, hearers) = (Timers::new(), Hearers::new());
        Ok(Self { number, driver, timers, hearers, is_heard, budget, _of_one_thread: PhantomData })
    }

    /// Gives the engine that it waits with.
    pub const fn engine(&self) -> Engine {
        match self.driver {
            Driver::Epoll(_) => Engine::Epoll,
            Driver::Uring(_) => Engine::Uring,
        }
    }

    /// Gives what new sockets are: those of epoll must not wait in calls, those of io_uring must not give up.
    pub(crate) const fn socket_flags(&self) -> SocketFlags {
        match self.driver {
            Driver::Epoll(_) => SocketFlags::CLOSE_ON_EXEC.union(SocketFlags::NONBLOCK),
            Driver::Uring(_) => SocketFlags::CLOSE_ON_EXEC,
        }
    }

    /// Carries out an operation that is not one of a watched descriptor: by the kernel if it can, else by the system call,
    /// which may wait.
    pub(crate) async fn operate<O: Operation>(&self, operation: O) -> O::Output {
        self.spend().await;
        match self.flies::<O>() {
            Some(uring) => uring.fly(operation, Manner::default()).await,
            None => operation::call(operation),
        }
    }

    /// Gives the number that no other reactor of the program has.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Makes buffers among which the kernel chooses; none if it does not.
    pub(crate) fn buffers(&self, count: u16, size: u32) -> Option<Group> {
        match &self.driver {
            Driver::Uring(uring) => uring.buffers(count, size),
            Driver::Epoll(_) => None,
        }
    }

    /// Has the kernel carry out an operation again and again, if it can.
    pub(crate) fn repeat<O: Repeated>(&self, operation: O) -> Option<Series<'_, O>> {
        let uring = self.flies::<O>().filter(|uring| uring.has(O::SINCE))?;
        Some(Series::new(self, uring, operation))
    }

    /// Gives the engine that carries out whole operations, if it knows this one.
    fn flies<O: Operation>(&self) -> Option<&Uring> {
        match &self.driver {
            Driver::Uring(uring) if uring.has(O::OPCODE) => Some(uring),
            Driver::Epoll(_) | Driver::Uring(_) => None,
        }
    }

    pub(crate) const fn hearers(&self) -> &Hearers {
        &self.hearers
    }

    pub(crate) const fn timers(&self) -> &Timers {
        &self.timers
    }

    /// Begins to hear the bell of an executor; gives `BUSY` if another one runs.
    pub(crate) fn hear<'a>(&'a self, bell: BorrowedFd<'a>) -> Result<Hearing<'a>> {
        if self.is_heard.get() {
            return Err(Errno::BUSY);
        }
        match &self.driver {
            Driver::Epoll(epoll) => epoll.hear(bell)?,
            Driver::Uring(uring) => uring.hear(bell)?,
        }
        self.is_heard.set(true);
        Ok(Hearing { reactor: self, bell })
    }

    /// Waits for news at most as long as this, and wakes whom they concern; `awake` is called as soon as the wait is over.
    pub(crate) fn turn(&self, limit: Option<Duration>, awake: impl FnOnce()) -> Result<()> {
        let limit = match (limit, self.timers.until_next()) {
            (Some(limit), Some(next)) => Some(limit.min(next)),
            (limit, next) => limit.or(next),
        };
        match &self.driver {
            Driver::Epoll(epoll) => epoll.wait(limit, awake)?,
            Driver::Uring(uring) => uring.wait(limit, awake)?,
        }
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
        match &self.driver {
            Driver::Epoll(epoll) => write!(formatter, "Reactor({epoll:?}, {:?})", self.timers),
            Driver::Uring(uring) => write!(formatter, "Reactor({uring:?}, {:?})", self.timers),
        }
    }
}

/// A bell that is heard for as long as this lives.
pub(crate) struct Hearing<'a> {
    reactor: &'a Reactor,
    bell: BorrowedFd<'a>,
}

impl Drop for Hearing<'_> {
    fn drop(&mut self) {
        self.reactor.is_heard.set(false);
        match &self.reactor.driver {
            Driver::Epoll(epoll) => epoll.hear_no_more(self.bell),
            Driver::Uring(uring) => uring.hear_no_more(),
        }
    }
}
