//! rseq(2): a counter for each processor, added to without atomics. A sequence that is interrupted begins anew: the kernel sees to it.
//! A libc that registers for itself would leave a program no place for this; there is none here.
//!
//! ```text
//! $ calls processors
//! 4 threads added 40000 in all
//! the processor that the kernel names is the one of getcpu(2): true
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::thread::{Processors, getcpu, sched_getaffinity, sched_setaffinity};
use spelunk::rt::processor::{self, Counter};
use spelunk::thread;

static COUNTER: Counter = Counter::new();

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    thread::scope(|scope| {
        for _ in 0..4 {
            let _ = scope.spawn(|| (0..10_000).for_each(|_| COUNTER.add(1)));
        }
    });
    writeln!(out, "4 threads added {} in all", COUNTER.sum())?;
    // On one processor alone, so that both name the same.
    let former = sched_getaffinity(None)?;
    let (here, _) = getcpu()?;
    sched_setaffinity(None, &Processors::EMPTY.with(here as usize))?;
    let is_same = processor::current().is_none_or(|current| current == here);
    sched_setaffinity(None, &former)?;
    writeln!(out, "the processor that the kernel names is the one of getcpu(2): {is_same}")
}
