//! The processors that threads run on.

use core::num::NonZero;

use linux::Result;
use linux::thread::{Processors, sched_getaffinity, sched_setaffinity};

/// Gives the processors that the running thread may run on.
///
/// # Errors
/// `INVAL` (a machine with more than 1024 of them). See `sched_getaffinity(2)`.
pub fn affinity() -> Result<Processors> {
    sched_getaffinity(None)
}

/// Sets the processors that the running thread, and those that it starts, may run on.
///
/// # Errors
/// `INVAL` (none of them is there). See `sched_setaffinity(2)`.
pub fn set_affinity(processors: &Processors) -> Result<()> {
    sched_setaffinity(None, processors)
}

/// Gives how many threads can run at once: the processors that this one may run on. Quotas of control groups are not
/// looked at, since no file is read.
///
/// # Errors
/// Those of [`affinity`].
pub fn available_parallelism() -> Result<NonZero<usize>> {
    affinity().map(|processors| NonZero::new(processors.count()).unwrap_or(NonZero::<usize>::MIN))
}
