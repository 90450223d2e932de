//! A descriptor that tasks can wait for.

use core::cell::Cell;
use core::fmt;
use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::uring::CompletionFlags;
use linux::{Errno, Result};

use super::operation::Operation;
use super::ready::Ready;
use super::uring::Manner;
use super::{Driver, Reactor};
use crate::timer::timeout;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Reading, and taking connections.
    In = 0,
    /// Writing, and connecting.
    Out = 1,
}

impl Way {
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Anything with a descriptor, to be waited for: netlink and packet sockets, inotify, timers, input devices and so on.
///
/// The descriptor must be nonblocking, or calls wait in the kernel and all tasks with them.
pub struct Watched<'r, F: AsFd = OwnedFd> {
    reactor: &'r Reactor,
    watch: Watch,
    /// Where the ring keeps the file at hand.
    place: Option<u32>,
    file: F,
}

/// What is known of a descriptor.
enum Watch {
    /// It is always ready.
    Ready,
    /// The number that epoll knows it by.
    Epoll(u32),
    /// The ways in which a call has found nothing, as bits, and is to wait before the next.
    Uring(Cell<u8>),
}

impl<'r, F: AsFd> Watched<'r, F> {
    /// Begins to watch a descriptor. One that is always ready, such as a file's, is allowed.
    ///
    /// # Errors
    /// `NOMEM`, `NOSPC` (a limit of the user's), `EXIST` (watched already), `BADF`.
    pub fn new(reactor: &'r Reactor, file: F) -> Result<Self> {
        let watch = match &reactor.driver {
            Driver::Epoll(epoll) => epoll.watch(file.as_fd())?.map_or(Watch::Ready, Watch::Epoll),
            Driver::Uring(_) => Watch::Uring(Cell::new(0)),
        };
        Ok(Self { reactor, watch, place: None, file })
    }

    /// Has the kernel keep the file at hand for the operations that it carries out by itself, so that it need not look it up each time;
    /// says whether it does. It does not with epoll, nor for more than 256 files of a reactor: then all goes on as before.
    #[doc(alias = "IORING_REGISTER_FILES")]
    pub fn register(&mut self) -> bool {
        if let (None, Driver::Uring(uring)) = (self.place, &self.reactor.driver) {
            self.place = uring.keep(self.file.as_fd());
        }
        self.place.is_some()
    }

    /// Gives what is watched.
    pub const fn file(&self) -> &F {
        &self.file
    }

    /// Gives who watches.
    pub const fn reactor(&self) -> &'r Reactor {
        self.reactor
    }

    /// Makes a nonblocking call, again and again, waiting before each that it is worth its while, until it gives something
    /// other than `AGAIN` and `INTR`.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn when<T>(&self, way: Way, mut call: impl FnMut(BorrowedFd<'_>) -> Result<T>) -> Result<T> {
        loop {
            self.reactor.spend().await;
            self.ready(way).await?;
            match call(self.file.as_fd()) {
                Err(Errno::AGAIN) => self.is_over(way),
                Err(Errno::INTR) => {}
                ended => return ended,
            }
        }
    }

    /// Carries out an operation on the file: by the kernel if it can, else by nonblocking calls.
    pub(crate) async fn operate<O: Operation>(&self, way: Way, operation: O) -> O::Output {
        self.operate_within(way, operation, None).await
    }

    /// Carries out an operation by nonblocking calls.
    pub(crate) async fn call<O: Operation>(&self, way: Way, mut operation: O) -> O::Output {
        let result = self.when(way, |_| operation.attempt()).await;
        operation.finish(result, CompletionFlags::empty())
    }

    /// The same as [`operate`](Self::operate), at most as long as the limit: then it fails with `TIMEDOUT`.
    pub(crate) async fn operate_within<O: Operation>(
        &self,
        way: Way,
        mut operation: O,
        limit: Option<Duration>,
    ) -> O::Output {
        if let Some(uring) = self.reactor.flies::<O>() {
            self.reactor.spend().await;
            return uring.fly(operation, Manner { limit, place: self.place }).await;
        }
        let Some(limit) = limit else { return self.call(way, operation).await };
        let calls = self.when(way, |_| operation.attempt());
        let result = timeout(self.reactor, limit, calls).await.and_then(|ended| ended);
        operation.finish(result, CompletionFlags::empty())
    }

    /// Waits until a call in this way is worth its while.
    pub(crate) async fn ready(&self, way: Way) -> Result<()> {
        match (&self.watch, &self.reactor.driver) {
            (Watch::Epoll(watch), Driver::Epoll(epoll)) => epoll.ready(*watch, way).await,
            (Watch::Uring(found_nothing), Driver::Uring(uring)) if found_nothing.get() & way.bit() != 0 => {
                uring.ready(self.file.as_fd(), way).await?;
                found_nothing.set(found_nothing.get() & !way.bit());
            }
            _ => {}
        }
        Ok(())
    }

    /// Hears that a call in this way would wait.
    pub(crate) fn is_over(&self, way: Way) {
        match (&self.watch, &self.reactor.driver) {
            (Watch::Epoll(watch), Driver::Epoll(epoll)) => epoll.is_over(*watch, way),
            (Watch::Uring(found_nothing), _) => found_nothing.set(found_nothing.get() | way.bit()),
            _ => {}
        }
    }

    /// Hears that a call of which this way was a part would wait, and looks whether that was because of it.
    pub(crate) fn may_be_over(&self, way: Way) -> Result<()> {
        match (Ready { descriptor: self.file.as_fd().as_raw(), way }).attempt() {
            Err(Errno::AGAIN) => self.is_over(way),
            Err(Errno::INTR) => {}
            looked => drop(looked?),
        }
        Ok(())
    }

    /// Hears that a read gave less than it could. Mostly that was all, so that io_uring had better wait first; epoll, which tells of
    /// changes alone, would not tell of what a read has left: it ends where urgent data or another sender's begin.
    pub(crate) fn is_short(&self) {
        if let Watch::Uring(found_nothing) = &self.watch {
            found_nothing.set(found_nothing.get() | Way::In.bit());
        }
    }
}

impl<F: AsFd> Drop for Watched<'_, F> {
    fn drop(&mut self) {
        match (&self.watch, &self.reactor.driver) {
            (Watch::Epoll(watch), Driver::Epoll(epoll)) => epoll.unwatch(*watch, self.file.as_fd()),
            // What names the descriptor must be taken before its number can be another's.
            (Watch::Uring(_), Driver::Uring(uring)) => {
                uring.flush();
                // Or the ring would keep the file open.
                if let Some(place) = self.place {
                    uring.keep_no_more(place);
                }
            }
            _ => {}
        }
    }
}

impl<F: AsFd> AsFd for Watched<'_, F> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl<F: AsFd> fmt::Debug for Watched<'_, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Watched({:?})", self.file.as_fd())
    }
}
