//! futex(2): a lock whose word is in memory, and which asks the kernel only when it must wait.
//!
//! The kernel compares the word once, when the wait begins; the loop around it is the caller's.
//!
//! ```text
//! $ calls futex
//! 4 threads counted to 40000
//! a word of another value: resource temporarily unavailable
//! nobody woke it: timed out
//! ```

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use spelunk::io::{Result, Write};
use spelunk::linux::futex::{Sharing, wait, wake};
use spelunk::linux::time::{Clock, Timespec, clock_gettime};
use spelunk::thread;

const THREADS: usize = 4;
const TIMES: usize = 10_000;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
/// Taken, and somebody may wait.
const WAITED_FOR: u32 = 2;

struct Counter {
    lock: AtomicU32,
    count: UnsafeCell<usize>,
}

// SAFETY: the count is touched by who has the lock alone.
unsafe impl Sync for Counter {}

static COUNTER: Counter = Counter { lock: AtomicU32::new(FREE), count: UnsafeCell::new(0) };

impl Counter {
    fn add(&self) {
        if self.lock.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_err() {
            while self.lock.swap(WAITED_FOR, Ordering::Acquire) != FREE {
                // A signal, or a value that is another by now: it is looked at again in any case.
                let _ = wait(&self.lock, WAITED_FOR, Sharing::Private, None);
            }
        }
        // SAFETY: this thread has the lock.
        unsafe { *self.count.get() += 1 };
        if self.lock.swap(FREE, Ordering::Release) == WAITED_FOR {
            let _ = wake(&raw const self.lock, 1, Sharing::Private);
        }
    }
}

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let _ = scope.spawn(|| (0..TIMES).for_each(|_| COUNTER.add()));
        }
    });
    // SAFETY: the threads have ended.
    let count = unsafe { *COUNTER.count.get() };
    writeln!(out, "{THREADS} threads counted to {count}")?;
    let word = AtomicU32::new(7);
    if let Err(errno) = wait(&word, 8, Sharing::Private, None) {
        writeln!(out, "a word of another value: {errno}")?;
    }
    // The end is a point in time, not a span.
    let until = clock_gettime(Clock::MONOTONIC)?.since_zero() + Duration::from_millis(5);
    if let Err(errno) = wait(&word, 7, Sharing::Private, Some(Timespec::from(until))) {
        writeln!(out, "nobody woke it: {errno}")?;
    }
    Ok(())
}
