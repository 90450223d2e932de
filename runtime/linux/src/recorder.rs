//! Notes of the last system calls: who wants them gives each thread a [`Ring`], and says how the running thread's is found.
//!
//! A call is noted down before it is made, so that one from which nobody comes back is there too.

use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use arch::start::ticks;

use crate::door::{self, Call};

/// How many calls a ring holds.
pub const LENGTH: usize = 32;

/// The result of a call that has not come back; the kernel gives no such word.
const NONE: isize = isize::MIN;

/// A call, and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// The call, as it was made.
    pub call: Call,
    /// What the kernel gave: a result, or minus an error number; none if the call has not come back.
    pub result: Option<isize>,
    /// The processor's counter ([`ticks`]) when it was made, and when it came back.
    pub ticks: [u64; 2],
}

/// The last calls of a thread, which it alone writes; others may read them, and then see a call half written at worst.
#[derive(Debug)]
pub struct Ring {
    /// How many calls there were.
    count: AtomicUsize,
    notes: [Note; LENGTH],
}

/// A call in a ring.
#[derive(Debug)]
struct Note {
    /// How many calls there were before it.
    before: AtomicUsize,
    number: AtomicU32,
    count: AtomicU32,
    arguments: [AtomicUsize; 6],
    result: AtomicIsize,
    ticks: [AtomicU64; 2],
}

/// The shape of a function that gives the running thread's ring, if it has one. It makes no system call.
pub type Finder = fn() -> Option<&'static Ring>;

/// Who finds the ring; null: nobody, and nothing is noted.
static FINDER: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Has calls noted in the rings that this finds from now on; with none, no more. They go through the recorder's door then, and no
/// other.
pub fn record(finder: Option<Finder>) {
    FINDER.store(finder.map_or(ptr::null_mut(), |finder| finder as *mut ()), Ordering::Release);
    // SAFETY: it has every call made, and gives what the kernel gave.
    unsafe { door::open(finder.map(|_| noted as door::Door)) };
}

/// Has the kernel make a call, and notes it.
///
/// # Safety
/// The call is sound with its arguments.
unsafe fn noted(call: Call) -> isize {
    let finder = FINDER.load(Ordering::Acquire);
    // SAFETY: only functions of this type are stored, and null is none.
    let finder = unsafe { transmute::<*mut (), Option<Finder>>(finder) };
    let begun = finder.and_then(|finder| finder()).map(|ring| (ring, ring.begin(&call)));
    // SAFETY: the caller's.
    let word = unsafe { call.make() };
    if let Some((ring, before)) = begun {
        ring.end(before, word);
    }
    word
}

impl Ring {
    /// Makes one without a call.
    pub const fn new() -> Self {
        Self { count: AtomicUsize::new(0), notes: [const { Note::new() }; LENGTH] }
    }

    /// Notes a call that is about to be made; gives how many there were before it. A handler that interrupts this notes its own
    /// behind it.
    fn begin(&self, call: &Call) -> usize {
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        if let Some(note) = self.notes.get(before % LENGTH) {
            note.result.store(NONE, Ordering::Relaxed);
            note.before.store(before, Ordering::Relaxed);
            note.number.store(call.number, Ordering::Relaxed);
            note.count.store(call.count as u32, Ordering::Relaxed);
            for (to, from) in note.arguments.iter().zip(call.arguments) {
                to.store(from, Ordering::Relaxed);
            }
            note.ticks[0].store(ticks(), Ordering::Relaxed);
        }
        before
    }

    /// Notes what became of a call, unless handlers have made so many meanwhile that its note is another's.
    fn end(&self, before: usize, word: isize) {
        let note = self.notes.get(before % LENGTH);
        if let Some(note) = note.filter(|note| note.before.load(Ordering::Relaxed) == before) {
            note.ticks[1].store(ticks(), Ordering::Relaxed);
            note.result.store(word, Ordering::Release);
        }
    }

    /// Gives the last calls, the oldest first.
    pub fn calls(&self) -> impl Iterator<Item = Made> {
        let count = self.count.load(Ordering::Acquire);
        let kept = count.saturating_sub(LENGTH)..count;
        kept.filter_map(|at| self.notes.get(at % LENGTH)).map(Note::made)
    }
}

impl Default for Ring {
    fn default() -> Self {
        Self::new()
    }
}

impl Note {
    const fn new() -> Self {
        Self {
            before: AtomicUsize::new(0),
            number: AtomicU32::new(0),
            count: AtomicU32::new(0),
            arguments: [const { AtomicUsize::new(0) }; 6],
            result: AtomicIsize::new(NONE),
            ticks: [const { AtomicU64::new(0) }; 2],
        }
    }

    fn made(&self) -> Made {
        let result = self.result.load(Ordering::Acquire);
        let call = Call {
            number: self.number.load(Ordering::Relaxed),
            arguments: self.arguments.each_ref().map(|argument| argument.load(Ordering::Relaxed)),
            count: self.count.load(Ordering::Relaxed) as usize,
        };
        let ticks = self.ticks.each_ref().map(|ticks| ticks.load(Ordering::Relaxed));
        Made { call, result: (result != NONE).then_some(result), ticks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_calls_are_kept_in_their_order() {
        let ring = Ring::new();
        assert_eq!(ring.calls().count(), 0);
        for number in 0..LENGTH as u32 + 3 {
            let arguments = [number as usize, 7, 0, 0, 0, 0];
            let before = ring.begin(&Call { number, arguments, count: 2 });
            if number != 9 {
                ring.end(before, -2);
            }
        }
        // The first call comes back when its note is another's.
        ring.end(0, 7);
        let calls: Vec<_> = ring.calls().collect();
        let numbers = (calls[0].call.number, calls[LENGTH - 1].call.number);
        assert_eq!((calls.len(), numbers), (LENGTH, (3, LENGTH as u32 + 2)));
        assert_eq!((calls[6].result, calls[7].result), (None, Some(-2)));
        assert_eq!((calls[1].call.arguments, calls[1].call.count), ([4, 7, 0, 0, 0, 0], 2));
        assert!(calls.iter().all(|call| call.result != Some(7)));
        assert!(calls.windows(2).all(|two| two[0].ticks[0] <= two[1].ticks[0]));
    }
}
