//! The work by which runtimes are compared: starting threads, a lock, a queue.

use core::fmt;

use crate::{Machine, time};

/// A runtime to be measured.
pub trait Runtime: Machine {
    /// A lock around a number.
    type Lock: Sync;

    /// Starts a thread that does nothing, and waits for its end.
    fn spawn_and_join();
    /// Makes a lock.
    fn lock() -> Self::Lock;
    /// Adds one to the number in a lock.
    fn add_one(lock: &Self::Lock);
    /// Sends so many numbers through a queue without a bound to another thread, which adds them up.
    fn pass(count: u64);
}

/// Rounds; the least of each value counts.
const ROUNDS: usize = 10;
/// Threads that are started in a round.
const THREADS: u64 = 300;
/// Locks that are taken in a round, by each thread.
const LOCKS: u64 = 200_000;
/// Numbers that are sent in a round.
const NUMBERS: u64 = 50_000;

/// The picoseconds of each thing, in the order in which they are shown.
#[derive(Debug)]
pub struct Times([u64; 4]);

/// Measures a runtime.
pub fn measure<R: Runtime>() -> Times {
    let lock = R::lock();
    let take = || (0..LOCKS).for_each(|_| R::add_one(&lock));
    let mut least = [u64::MAX; 4];
    for _ in 0..ROUNDS {
        let round = [
            time::<R>(THREADS, || (0..THREADS).for_each(|_| R::spawn_and_join())),
            time::<R>(LOCKS, take),
            time::<R>(2 * LOCKS, || R::twice(take)),
            time::<R>(NUMBERS, || R::pass(NUMBERS)),
        ];
        for (least, value) in least.iter_mut().zip(round) {
            *least = value.min(*least);
        }
    }
    Times(least)
}

impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|time| write!(formatter, "{time} "))
    }
}
