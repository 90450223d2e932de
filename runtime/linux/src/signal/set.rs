//! Sets of signals.

use super::Signal;

/// A set of signals, in the kernel's shape: bit 0 is signal 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(transparent)]
pub struct SignalSet(u64);

const _: () = assert!(size_of::<SignalSet>() == size_of::<linux_raw_sys::general::kernel_sigset_t>());

/// The size that the kernel wants to be told with each set.
pub(crate) const SET_BYTES: usize = size_of::<SignalSet>();

impl SignalSet {
    /// No signal.
    pub const EMPTY: Self = Self(0);
    /// All signals.
    pub const ALL: Self = Self(!0);

    /// Makes a set of these signals.
    pub const fn of(signals: &[Signal]) -> Self {
        let mut set = Self::EMPTY;
        let mut rest = signals;
        while let [signal, after @ ..] = rest {
            set = set.with(*signal);
            rest = after;
        }
        set
    }

    /// Gives the set with a signal added.
    #[must_use]
    pub const fn with(self, signal: Signal) -> Self {
        Self(self.0 | 1 << (signal.number() - 1))
    }

    /// Gives the set with a signal taken out.
    #[must_use]
    pub const fn without(self, signal: Signal) -> Self {
        Self(self.0 & !(1 << (signal.number() - 1)))
    }

    /// Says whether a signal is in the set.
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 >> (signal.number() - 1) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_0_is_signal_1() {
        assert_eq!(SignalSet::of(&[Signal::HUP, Signal::TERM]), SignalSet(1 | 1 << 14));
        let last = Signal::new(64).unwrap();
        assert!(SignalSet::EMPTY.with(last).contains(last));
        assert!(!SignalSet::ALL.without(last).contains(last));
        assert!(SignalSet::ALL.without(last).contains(Signal::HUP));
    }
}
