//! The signals of the user, held back to be waited for beside other descriptors.

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::signal::{self, MaskHow, Received, Signal, SignalSet, SignalfdFlags};

/// Signals that wait until they are taken; given back to the process at the end.
pub(super) struct Signals {
    descriptor: OwnedFd,
    before: SignalSet,
}

impl Signals {
    /// Holds these signals back.
    pub(super) fn hold(signals: SignalSet) -> linux::Result<Self> {
        let before = signal::sigprocmask(MaskHow::Block, Some(signals))?;
        let flags = SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK;
        Ok(Self { descriptor: signal::signalfd(signals, flags)?, before })
    }

    /// Takes the next one that has come.
    pub(super) fn take(&self) -> Option<Signal> {
        let mut received: [Option<Received>; 1] = [None];
        signal::read_signals(&self.descriptor, &mut received).ok()?;
        let [received] = received;
        Some(received?.signal)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let _ = signal::sigprocmask(MaskHow::Set, Some(self.before));
    }
}
