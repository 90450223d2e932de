//! The work by which runtimes are compared: starting threads, a lock, a queue, a count.

use core::fmt;

use crate::{Machine, time};

/// A runtime to be measured.
pub trait Runtime: Machine {
    /// A lock around a number.
    type Lock: Sync;
    /// A count of which each processor may have a part of its own.
    type Counter: Sync;

    /// Starts a thread that does nothing, and waits for its end.
    fn spawn_and_join();
    /// Makes a lock.
    fn lock() -> Self::Lock;
    /// Adds one to the number in a lock.
    fn add_one(lock: &Self::Lock);
    /// Makes a count.
    fn counter() -> Self::Counter;
    /// Adds one to a count.
    fn count(counter: &Self::Counter);
    /// Gives a count.
    fn counted(counter: &Self::Counter) -> usize;
    /// Sends so many numbers through a queue without a bound to another thread, which adds them up.
    fn pass(count: u64);
}

/// Rounds; the least of each value counts.
const ROUNDS: usize = 10;
/// Threads that are started in a round.
const THREADS: u64 = 300;
/// Locks that are taken in a round, by each thread.
const LOCKS: u64 = 200_000;
/// What is added to a count in a round, by each thread.
const COUNTS: u64 = 1_000_000;
/// Numbers that are sent in a round.
const NUMBERS: u64 = 50_000;

/// The picoseconds of each thing, in the order in which they are shown.
#[derive(Debug)]
pub struct Times([u64; 6]);

/// Measures a runtime.
pub fn measure<R: Runtime>() -> Times {
    let lock = R::lock();
    let take = || (0..LOCKS).for_each(|_| R::add_one(&lock));
    let counter = R::counter();
    let count = || (0..COUNTS).for_each(|_| R::count(&counter));
    let mut least = [u64::MAX; 6];
    for _ in 0..ROUNDS {
        let round = [
            time::<R>(THREADS, || (0..THREADS).for_each(|_| R::spawn_and_join())),
            time::<R>(LOCKS, take),
            time::<R>(2 * LOCKS, || R::twice(take)),
            time::<R>(NUMBERS, || R::pass(NUMBERS)),
            time::<R>(COUNTS, count),
            time::<R>(2 * COUNTS, || R::twice(count)),
        ];
        for (least, value) in least.iter_mut().zip(round) {
            *least = value.min(*least);
        }
    }
    assert_eq!(R::counted(&counter), 3 * COUNTS as usize * ROUNDS, "nothing is lost");
    Times(least)
}

impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|time| write!(formatter, "{time} "))
    }
}
