//! Notes of the last system calls: who wants them gives each thread a [`Ring`], and says how the running thread's is found.
//!
//! A call is noted down before it is made, so that one from which nobody comes back is there too.

use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use arch::start::ticks;
use arch::syscall::syscall6;

/// How many calls a ring holds.
pub const LENGTH: usize = 32;

/// The result of a call that has not come back; the kernel gives no such word.
const NONE: isize = isize::MIN;

/// One call, as it was made.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Its number.
    pub number: u32,
    /// Its arguments, of which [`count`](Self::count) are its own.
    pub arguments: [usize; 6],
    /// How many arguments it has.
    pub count: usize,
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

/// Has calls noted in the rings that this finds from now on; with none, no more.
pub fn record(finder: Option<Finder>) {
    FINDER.store(finder.map_or(ptr::null_mut(), |finder| finder as *mut ()), Ordering::Release);
}

/// Makes a call, and notes it.
///
/// # Safety
/// As of [`syscall6`], with as many arguments as the call has.
pub(crate) unsafe fn perform<const N: usize>(number: u32, own: [usize; N]) -> isize {
    let mut arguments = [0; 6];
    for (argument, own) in arguments.iter_mut().zip(own) {
        *argument = own;
    }
    let [a, b, c, d, e, f] = arguments;
    let finder = FINDER.load(Ordering::Acquire);
    // SAFETY: only functions of this type are stored, and null is none.
    let finder = unsafe { transmute::<*mut (), Option<Finder>>(finder) };
    let note = finder.and_then(|finder| finder()).and_then(|ring| ring.begin(number, &arguments, N));
    // SAFETY: the caller's; the kernel does not look at more arguments than the call has.
    let word = unsafe { syscall6(number, a, b, c, d, e, f) };
    if let Some(note) = note {
        note.ticks[1].store(ticks(), Ordering::Relaxed);
        note.result.store(word, Ordering::Release);
    }
    word
}

impl Ring {
    /// Makes one without a call.
    pub const fn new() -> Self {
        Self { count: AtomicUsize::new(0), notes: [const { Note::new() }; LENGTH] }
    }

    /// Notes a call that is about to be made. A handler that interrupts this notes its own behind it.
    fn begin(&self, number: u32, arguments: &[usize; 6], count: usize) -> Option<&Note> {
        let note = self.notes.get(self.count.fetch_add(1, Ordering::Relaxed) % LENGTH)?;
        note.result.store(NONE, Ordering::Relaxed);
        note.number.store(number, Ordering::Relaxed);
        note.count.store(count as u32, Ordering::Relaxed);
        for (to, from) in note.arguments.iter().zip(arguments) {
            to.store(*from, Ordering::Relaxed);
        }
        note.ticks[0].store(ticks(), Ordering::Relaxed);
        Some(note)
    }

    /// Gives the last calls, the oldest first.
    pub fn calls(&self) -> impl Iterator<Item = Call> {
        let count = self.count.load(Ordering::Acquire);
        let kept = count.saturating_sub(LENGTH)..count;
        kept.filter_map(|at| self.notes.get(at % LENGTH)).map(Note::call)
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
            number: AtomicU32::new(0),
            count: AtomicU32::new(0),
            arguments: [const { AtomicUsize::new(0) }; 6],
            result: AtomicIsize::new(NONE),
            ticks: [const { AtomicU64::new(0) }; 2],
        }
    }

    fn call(&self) -> Call {
        let result = self.result.load(Ordering::Acquire);
        Call {
            number: self.number.load(Ordering::Relaxed),
            arguments: self.arguments.each_ref().map(|argument| argument.load(Ordering::Relaxed)),
            count: self.count.load(Ordering::Relaxed) as usize,
            result: (result != NONE).then_some(result),
            ticks: self.ticks.each_ref().map(|ticks| ticks.load(Ordering::Relaxed)),
        }
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
            let note = ring.begin(number, &[number as usize, 7, 0, 0, 0, 0], 2).unwrap();
            if number != 9 {
                note.result.store(-2, Ordering::Relaxed);
            }
        }
        let calls: Vec<_> = ring.calls().collect();
        assert_eq!((calls.len(), calls[0].number, calls[LENGTH - 1].number), (LENGTH, 3, LENGTH as u32 + 2));
        assert_eq!((calls[6].result, calls[7].result), (None, Some(-2)));
        assert_eq!((calls[1].arguments[0], calls[1].arguments[1], calls[1].count), (4, 7, 2));
        assert!(calls.windows(2).all(|two| two[0].ticks[0] <= two[1].ticks[0]));
    }
}
