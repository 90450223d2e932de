//! Signals that are only noted when they come, to be asked for when it suits: handlers for those who want no handler.

use core::sync::atomic::{AtomicU32, Ordering};

use super::{ActionFlags, Interrupt, Interruption, Signal, SignalSet, catch};
use crate::Result;

/// The signals that have come, one bit each; two words, since not every processor has 64-bit atomics.
static NOTED: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

struct Note;

impl Interrupt for Note {
    fn handle(interruption: &mut Interruption<'_>) {
        let bit = interruption.signal.number() - 1;
        let [low, high] = &NOTED;
        let word = if bit < 32 { low } else { high };
        word.fetch_or(1 << (bit % 32), Ordering::AcqRel);
    }
}

/// Has a signal noted from now on; calls that it interrupts give `INTR`.
///
/// # Errors
/// `INVAL` (SIGKILL, SIGSTOP). See `sigaction(2)`.
pub fn note(signal: Signal) -> Result<()> {
    // SAFETY: the handler only writes to an atomic, and leaves the registers as they are.
    unsafe { catch::<Note>(signal, ActionFlags::empty(), SignalSet::EMPTY) }.map(drop)
}

/// Says whether a signal has been noted since the last [`take_noted`].
#[inline]
pub fn has_noted() -> bool {
    NOTED.iter().any(|word| word.load(Ordering::Relaxed) != 0)
}

/// Gives the signals that were noted, and forgets them.
pub fn take_noted() -> SignalSet {
    let mut set = SignalSet::EMPTY;
    for (index, word) in NOTED.iter().enumerate() {
        let bits = word.swap(0, Ordering::AcqRel);
        let numbers = (0..32).filter(|bit| bits >> bit & 1 == 1).map(|bit| bit + 1 + 32 * index as i32);
        set = numbers.filter_map(Signal::new).fold(set, SignalSet::with);
    }
    set
}
