//! A descriptor that tasks can wait for.

use core::fmt;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::{Errno, Result};

use super::Reactor;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Reading, and taking connections.
    In = 0,
    /// Writing, and connecting.
    Out = 1,
}

/// Anything with a descriptor, to be waited for: netlink and packet sockets, inotify, timers, input devices and so on.
///
/// The descriptor must be nonblocking, or calls wait in the kernel and all tasks with them.
pub struct Watched<'r, F: AsFd = OwnedFd> {
    reactor: &'r Reactor,
    watch: Option<u32>,
    file: F,
}

impl<'r, F: AsFd> Watched<'r, F> {
    /// Begins to watch a descriptor. One that is always ready, such as a file's, is allowed.
    ///
    /// # Errors
    /// `NOMEM`, `NOSPC` (a limit of the user's), `EXIST` (watched already), `BADF`.
    pub fn new(reactor: &'r Reactor, file: F) -> Result<Self> {
        let watch = reactor.driver.watch(file.as_fd())?;
        Ok(Self { reactor, watch, file })
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
            if let Some(watch) = self.watch {
                self.reactor.driver.ready(watch, way).await;
            }
            match call(self.file.as_fd()) {
                Err(Errno::AGAIN) => self.is_over(way),
                Err(Errno::INTR) => {}
                ended => return ended,
            }
        }
    }

    /// Hears that a call in this way would wait.
    pub(crate) fn is_over(&self, way: Way) {
        if let Some(watch) = self.watch {
            self.reactor.driver.is_over(watch, way);
        }
    }

    /// Hears that a read gave less than it could: all that there was. The next one need not ask the kernel to know that.
    pub(crate) fn is_drained(&self) {
        if let Some(watch) = self.watch {
            self.reactor.driver.is_drained(watch);
        }
    }
}

impl<F: AsFd> Drop for Watched<'_, F> {
    fn drop(&mut self) {
        if let Some(watch) = self.watch {
            self.reactor.driver.unwatch(watch, self.file.as_fd());
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
