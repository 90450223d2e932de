//! Time: sleeping, limits for other futures, and what comes again and again; all on the monotonic clock.

mod heap;

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use heap::{Heap, Node};
use linux::time;
use linux::{Errno, Result};

use crate::Reactor;
use crate::combine::{Either, select};

/// The deadlines that a reactor looks after.
#[derive(Debug)]
pub(crate) struct Timers(Heap);

impl Timers {
    pub(crate) const fn new() -> Self {
        Self(Heap::new())
    }

    /// Gives how long it is to the next deadline; none if there is none.
    pub(crate) fn until_next(&self) -> Option<Duration> {
        self.0.first().map(|first| Duration::from_nanos(first.saturating_sub(now())))
    }

    /// Wakes all whose time has come.
    pub(crate) fn expire(&self) {
        if self.0.first().is_none() {
            return;
        }
        let now = now();
        while let Some(waker) = self.0.expire(now) {
            waker.into_iter().for_each(core::task::Waker::wake);
        }
    }
}

/// Reads the monotonic clock, in nanoseconds.
fn now() -> u64 {
    nanoseconds(time::monotonic())
}

/// Counts in nanoseconds; what is later than 584 years is never.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Waits for a time, at least.
pub fn sleep(reactor: &Reactor, time: Duration) -> Sleep<'_> {
    Sleep::until(reactor, now().saturating_add(nanoseconds(time)))
}

/// The future of [`sleep`].
#[must_use = "futures do nothing unless they are awaited"]
pub struct Sleep<'r> {
    reactor: &'r Reactor,
    node: Node,
}

impl<'r> Sleep<'r> {
    const fn until(reactor: &'r Reactor, deadline: u64) -> Self {
        Self { reactor, node: Node::new(deadline) }
    }
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { reactor, node } = self.into_ref().get_ref();
        let is_new = !node.is_linked();
        // Whoever is in the heap is told when its time has come: no look at the clock is needed.
        if is_new && now() >= node.deadline.get() {
            return Poll::Ready(());
        }
        let known = node.waker.take().filter(|waker| waker.will_wake(context.waker()));
        node.waker.set(known.or_else(|| Some(context.waker().clone())));
        if is_new {
            reactor.timers().0.insert(node);
        }
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if self.node.is_linked() {
            self.reactor.timers().0.remove(&self.node);
        }
    }
}

impl fmt::Debug for Sleep<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sleep(until {} ns)", self.node.deadline.get())
    }
}

/// Runs a future for a time at most, and drops it then.
///
/// # Errors
/// `TIMEDOUT` if it has not ended by then.
pub async fn timeout<F: Future>(reactor: &Reactor, limit: Duration, future: F) -> Result<F::Output> {
    match select(future, sleep(reactor, limit)).await {
        Either::First(output) => Ok(output),
        Either::Second(()) => Err(Errno::TIMEDOUT),
    }
}

/// Makes something to wait for again and again, each time this much later than the last time was due; for the first time at
/// once.
pub fn interval(reactor: &Reactor, period: Duration) -> Interval<'_> {
    Interval { reactor, period: nanoseconds(period).max(1), next: now() }
}

/// What comes again and again; see [`interval`].
#[derive(Debug)]
pub struct Interval<'r> {
    reactor: &'r Reactor,
    period: u64,
    next: u64,
}

impl Interval<'_> {
    /// Waits for the next time; gives how many were missed before it, because nobody waited: they do not come later.
    pub async fn tick(&mut self) -> u64 {
        Sleep::until(self.reactor, self.next).await;
        let missed = now().saturating_sub(self.next) / self.period;
        self.next = self.next.saturating_add(self.period.saturating_mul(missed + 1));
        missed
    }
}
