//! What the measuring programs share: the same work for each runtime, so that only the runtime differs.

#![no_std]
#![allow(unsafe_code, reason = "the heap is measured by its raw calls")]

pub mod heap;
pub mod threads;

/// What the work needs of whatever it runs on.
pub trait Machine {
    /// Gives the time in nanoseconds since some start.
    fn now() -> u64;
    /// Runs this in two threads at once.
    fn twice(body: impl Fn() + Sync);
}

/// Gives the picoseconds of one of `count` things that are done.
fn time<M: Machine>(count: u64, work: impl FnOnce()) -> u64 {
    let start = M::now();
    work();
    (M::now() - start) * 1000 / count
}
