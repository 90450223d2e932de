//! Sets of signals.

use super::Signal;
use core::mem::transmute;
use linux_raw_sys::general::kernel_sigset_t;

/// A set of signals, in the kernel's shape: bit 0 is signal 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(transparent)]
pub struct SignalSet(u64);

const _: () = assert!(size_of::<SignalSet>() == size_of::<kernel_sigset_t>());
// In a 32-bit big-endian kernel's set the word of signals 1 to 32 comes first.
const _: () = assert!(cfg!(any(target_endian = "little", target_pointer_width = "64")));

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

    /// Makes the set of a word: bit 0 is signal 1.
    pub const fn of_word(word: u64) -> Self {
        Self(word)
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

    /// Gives the set of the signals that are in one of the two, or in both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Gives the set of the signals that are in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Gives the set of the signals that are in this one, and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Gives the signals in the set, by their numbers.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=64).filter_map(Signal::new).filter(move |signal| self.contains(*signal))
    }

    /// Gives the kernel's words, for a structure that holds them.
    pub(super) const fn to_kernel(self) -> kernel_sigset_t {
        // SAFETY: both are 64 bits, and every pattern is a value.
        unsafe { transmute::<u64, kernel_sigset_t>(self.0) }
    }

    /// Takes the kernel's words out of a structure.
    pub(super) const fn from_kernel(set: kernel_sigset_t) -> Self {
        // SAFETY: both are 64 bits, and every pattern is a value.
        Self(unsafe { transmute::<kernel_sigset_t, u64>(set) })
    }

    /// Gives how many signals are in the set.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
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

    #[test]
    fn sets_are_put_together_and_taken_apart() {
        let (one, other) =
            (SignalSet::of(&[Signal::TERM, Signal::HUP]), SignalSet::of(&[Signal::TERM, Signal::USR1]));
        let listed = |set: SignalSet| set.iter().collect::<Vec<_>>();
        assert_eq!(listed(one.union(other)), [Signal::HUP, Signal::USR1, Signal::TERM]);
        assert_eq!(listed(one.intersection(other)), [Signal::TERM]);
        assert_eq!(listed(one.difference(other)), [Signal::HUP]);
        assert_eq!((listed(SignalSet::EMPTY).len(), listed(SignalSet::ALL).len()), (0, 64));
    }
}
