//! Signals and the ends of children as things to wait for: signalfd(2), pidfd_open(2).

use core::fmt;

use linux::fd::OwnedFd;
use linux::process::{Ended, Pid, PidfdFlags, WaitFlags, WaitFor, pidfd_open, waitid};
use linux::signal::{Received, SignalSet, SignalfdFlags, read_signals, signalfd};
use linux::{Errno, Result};

use crate::combine::{Either, select};
use crate::{Reactor, Watched, Way};

/// Signals, one after the other. While this lives, they are held back from handlers and defaults in this thread; threads that
/// were started before must hold them back, too.
///
/// Several tasks of a reactor may take the same signals: each hears all of them, whenever it asks, as long as one that is not real-time
/// comes not again before. Two waits of the same `Signals` share what comes.
pub struct Signals<'r> {
    /// Let go before the others, so that nothing more is read for it.
    hearer: Hearer<'r>,
    descriptor: Watched<'r>,
}

/// A place among those who hear.
struct Hearer<'r> {
    reactor: &'r Reactor,
    number: u32,
}

impl Drop for Hearer<'_> {
    fn drop(&mut self) {
        self.reactor.hearers().remove(self.number);
    }
}

impl<'r> Signals<'r> {
    /// Begins to take these signals.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`, `NOMEM`.
    pub fn new(reactor: &'r Reactor, signals: SignalSet) -> Result<Self> {
        let descriptor = signalfd(signals, SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK)?;
        let descriptor = Watched::new(reactor, descriptor)?;
        let hearer = Hearer { reactor, number: reactor.hearers().add(signals)? };
        Ok(Self { hearer, descriptor })
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// Those of `read`; `NOMEM` if another task takes the signal too, and there is no memory to tell it.
    pub async fn next(&self) -> Result<Received> {
        let Hearer { reactor, number } = self.hearer;
        let hearers = reactor.hearers();
        let read = |descriptor: linux::fd::BorrowedFd<'_>| {
            let mut came = [None];
            read_signals(descriptor, &mut came)?;
            let received = came.into_iter().flatten().next().ok_or(Errno::AGAIN)?;
            hearers.tell(number, received).map(|()| received)
        };
        // What others have read came before what is there to read.
        match select(hearers.heard(number), self.descriptor.when(Way::In, read)).await {
            Either::First(received) => Ok(received),
            Either::Second(received) => received,
        }
    }
}

impl fmt::Debug for Signals<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signals({:?})", self.descriptor)
    }
}

/// A child of this process, whose end can be waited for.
#[derive(Debug)]
pub struct Child<'r>(Watched<'r>);

impl<'r> Child<'r> {
    /// Takes a child by its number, which must not have been waited for.
    ///
    /// # Errors
    /// `SRCH`, `MFILE`; `NOSYS` before Linux 5.3.
    pub fn new(reactor: &'r Reactor, pid: Pid) -> Result<Self> {
        Self::from_descriptor(reactor, pidfd_open(pid, PidfdFlags::empty())?)
    }

    /// Takes a child by its descriptor.
    ///
    /// # Errors
    /// Those of [`Watched::new`].
    pub fn from_descriptor(reactor: &'r Reactor, descriptor: OwnedFd) -> Result<Self> {
        Watched::new(reactor, descriptor).map(Self)
    }

    /// Waits for its end, and takes it out of the kernel's list of children.
    ///
    /// # Errors
    /// `CHILD`: it is not a child of this process, or was waited for before.
    pub async fn ended(&self) -> Result<Ended> {
        let flags = WaitFlags::EXITED | WaitFlags::NO_HANG;
        let one = |descriptor: linux::fd::BorrowedFd<'_>| {
            Ok(waitid(WaitFor::Descriptor(descriptor), flags)?.ok_or(Errno::AGAIN)?.ended)
        };
        self.0.when(Way::In, one).await
    }
}
