//! Signals and the ends of children as things to wait for: signalfd(2), pidfd_open(2).

use core::fmt;

use linux::fd::OwnedFd;
use linux::process::{Ended, Pid, PidfdFlags, WaitFlags, WaitFor, pidfd_open, waitid};
use linux::signal::{
    MaskHow, Received, Signal, SignalSet, SignalfdFlags, read_signals, signalfd, sigprocmask,
};
use linux::{Errno, Result};

use crate::{Reactor, Watched, Way};

/// Signals, one after the other. While this lives, they are held back from handlers and defaults in this thread; threads that
/// were started before must hold them back, too.
pub struct Signals<'r> {
    descriptor: Watched<'r>,
    /// Those that this has begun to hold back.
    added: SignalSet,
}

impl<'r> Signals<'r> {
    /// Begins to take these signals.
    ///
    /// # Errors
    /// `MFILE`, `NFILE`, `NOMEM`.
    pub fn new(reactor: &'r Reactor, signals: SignalSet) -> Result<Self> {
        let descriptor = signalfd(signals, SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK)?;
        let descriptor = Watched::new(reactor, descriptor)?;
        let former = sigprocmask(MaskHow::Block, Some(signals))?;
        let known = (1..=64).filter_map(Signal::new).filter(|signal| former.contains(*signal));
        Ok(Self { descriptor, added: known.fold(signals, SignalSet::without) })
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn next(&self) -> Result<Received> {
        let one = |descriptor: linux::fd::BorrowedFd<'_>| {
            let mut came = [None];
            read_signals(descriptor, &mut came)?;
            came.into_iter().flatten().next().ok_or(Errno::AGAIN)
        };
        self.descriptor.when(Way::In, one).await
    }
}

impl Drop for Signals<'_> {
    fn drop(&mut self) {
        // There is no reason for which it could fail.
        let _ = sigprocmask(MaskHow::Unblock, Some(self.added));
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
