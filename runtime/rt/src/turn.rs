//! One thread reports a panic or a fault at a time: the first one's report is whole, whoever fails meanwhile.
//!
//! A turn ends with the process, or when somebody who handled the signal before has mended what was reported. Whoever waits for
//! more than [`PATIENCE`] looks reports all the same: the other one may be stuck.

#[cfg(any(feature = "backtrace", feature = "recorder"))]
use core::sync::atomic::AtomicU32;
use core::sync::atomic::{AtomicI32, Ordering};
use core::time::Duration;

use linux::{thread, time};

/// The number of the thread that reports, less than 0 once the process ends by it; 0 if none does.
static REPORTING: AtomicI32 = AtomicI32::new(0);

/// How many turns there have been.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
static TURNS: AtomicU32 = AtomicU32::new(0);

/// How often a thread looks whether it is its turn.
const PATIENCE: u32 = 500;
/// How long it waits in between.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits for this thread's turn, in which it reports, or the process ends by it; gives what there was before: 0, its number, or
/// minus that.
fn wait(own: i32, what: i32) -> i32 {
    for _ in 0..PATIENCE {
        match REPORTING.compare_exchange(0, what, Ordering::AcqRel, Ordering::Acquire) {
            Err(other) if other.abs() != own => time::sleep(PAUSE),
            Err(own) => return own,
            Ok(_) => break,
        }
    }
    REPORTING.store(what, Ordering::Release);
    count();
    0
}

/// Waits for this thread's turn; says whether it had not begun before.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
pub(crate) fn take() -> bool {
    let own = thread::gettid().get();
    wait(own, own) == 0
}

/// Waits for this thread's turn, in which the process ends by it; says whether it did so already.
pub(crate) fn end() -> bool {
    let own = thread::gettid().get();
    let before = wait(own, -own);
    REPORTING.store(-own, Ordering::Release);
    before < 0
}

/// A turn begins.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
fn count() {
    TURNS.fetch_add(1, Ordering::Relaxed);
}

/// Nobody counts turns where nothing is done once in each.
#[cfg(not(any(feature = "backtrace", feature = "recorder")))]
const fn count() {}

/// The process goes on after all: it is the next one's turn.
pub(crate) fn pass() {
    REPORTING.store(0, Ordering::Release);
}

/// The process goes on unless somebody has said that it ends.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
pub(crate) fn pass_unless_it_ends() {
    let own = thread::gettid().get();
    let _ = REPORTING.compare_exchange(own, 0, Ordering::AcqRel, Ordering::Relaxed);
}

/// Something that is done once in each turn.
#[cfg(any(feature = "backtrace", feature = "recorder"))]
pub(crate) struct Once(AtomicU32);

#[cfg(any(feature = "backtrace", feature = "recorder"))]
impl Once {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Says whether it is to be done now.
    pub(crate) fn begin(&self) -> bool {
        let turn = TURNS.load(Ordering::Relaxed);
        self.0.swap(turn, Ordering::AcqRel) != turn
    }
}
