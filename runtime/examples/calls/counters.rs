//! perf_event_open(2): counters of what a thread does, alone and in groups, and samples of it over a ring.
//!
//! Those of the processor are not in every machine; those of the kernel are.
//!
//! ```text
//! $ calls counters
//! touching 64 fresh pages: 64 page faults
//! a group: 64 page faults, time on the processor: true
//! over the ring: 64 samples, all of this thread: true
//! ```

use core::ptr;

use spelunk::io::{Result, Write};
use spelunk::linux::mem::{Advice, MapFlags, Protection, madvise, mmap_anonymous, munmap};
use spelunk::linux::perf::{Counter, CounterFlags, Event, Group, Ring, Whose};
use spelunk::linux::thread::gettid;

const PAGE: usize = 4096;
const PAGES: usize = 64;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let off = CounterFlags::OFF | CounterFlags::NOT_IN_KERNEL | CounterFlags::NOT_BELOW;
    let faults = Counter::new(Event::PAGE_FAULTS, Whose::Own, off)?;
    touch(|| faults.start(), || faults.stop())?;
    writeln!(out, "touching {PAGES} fresh pages: {} page faults", faults.read()?.count)?;

    let group = Group::new([Event::TASK_CLOCK, Event::PAGE_FAULTS], Whose::Own, off)?;
    touch(|| group.start(), || group.stop())?;
    let [time, count] = group.read()?.counts;
    writeln!(out, "a group: {count} page faults, time on the processor: {}", time > 0)?;

    let sampler = Counter::sampler(Event::PAGE_FAULTS, Whose::Own, off, 1)?;
    let mut ring = Ring::new(&sampler, PAGE, 4 * PAGE)?;
    touch(|| sampler.start(), || sampler.stop())?;
    let (mut samples, mut are_own, mut buffer) = (0, true, [0; 64]);
    while let Some(record) = ring.next(&mut buffer) {
        if let Some((_, _, thread, _)) = record.sample() {
            samples += 1;
            are_own &= thread == gettid().get().cast_unsigned();
        }
    }
    writeln!(out, "over the ring: {samples} samples, all of this thread: {are_own}")
}

/// Touches fresh pages between the two.
fn touch(on: impl FnOnce() -> Result<()>, off: impl FnOnce() -> Result<()>) -> Result<()> {
    let (protection, flags) = (Protection::READ | Protection::WRITE, MapFlags::PRIVATE);
    // SAFETY: the kernel chooses the address.
    let start = unsafe { mmap_anonymous(ptr::null_mut(), PAGES * PAGE, protection, flags) }?;
    // SAFETY: the pages are ours, and nothing is in them. Larger pages would make fewer faults.
    let _ = unsafe { madvise(start, PAGES * PAGE, Advice::NO_HUGE_PAGE) };
    on()?;
    for page in 0..PAGES {
        // SAFETY: it lies within the mapping.
        let place = unsafe { start.add(page * PAGE) };
        // SAFETY: as above.
        unsafe { place.write_volatile(1) };
    }
    off()?;
    // SAFETY: nothing uses it any more.
    unsafe { munmap(start, PAGES * PAGE) }
}
