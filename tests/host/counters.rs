//! What the kernel counts of a thread, and samples of it.

use crate::emulator::is_missing;
use crate::skip::skipped;
use linux::Errno;
use linux::mem::{MapFlags, Protection, mmap_anonymous, munmap};
use linux::perf::{Counter, CounterFlags, Event, Group, Record, Ring, Whose};

const OFF: CounterFlags = CounterFlags::OFF.union(CounterFlags::NOT_IN_KERNEL).union(CounterFlags::NOT_BELOW);

const PAGE: usize = 4096;

/// Gives the counter, if counters are for us here.
fn have(counter: linux::Result<Counter>) -> Option<Counter> {
    match counter {
        Err(errno @ (Errno::PERM | Errno::ACCES | Errno::NOENT)) => {
            skipped(&format!("perf_event_open: {errno}"));
            None
        }
        answer if is_missing(&answer, "perf_event_open") => None,
        counter => Some(counter.unwrap()),
    }
}

/// Touches so many fresh pages.
fn touch(pages: usize) {
    let (protection, flags) = (Protection::READ | Protection::WRITE, MapFlags::PRIVATE);
    // SAFETY: the kernel chooses the address.
    let start = unsafe { mmap_anonymous(std::ptr::null_mut(), pages * PAGE, protection, flags) }.unwrap();
    for page in 0..pages {
        // SAFETY: it lies within the mapping.
        let touched = unsafe { start.add(page * PAGE) };
        // SAFETY: the mapping is ours.
        unsafe { touched.write_volatile(1) };
    }
    // SAFETY: as above.
    unsafe { munmap(start, pages * PAGE) }.unwrap();
}

#[test]
fn page_faults_are_counted_while_it_is_on() {
    let Some(faults) = have(Counter::new(Event::PAGE_FAULTS, Whose::Own, OFF)) else { return };
    touch(16);
    assert_eq!(faults.read().unwrap().count, 0);
    faults.start().unwrap();
    touch(64);
    faults.stop().unwrap();
    let reading = faults.read().unwrap();
    // Larger pages make fewer.
    assert!((1..200).contains(&reading.count), "{reading:?}");
    assert!(reading.on_ns > 0 && reading.run_ns <= reading.on_ns, "{reading:?}");
    touch(64);
    assert_eq!(faults.read().unwrap().count, reading.count);
    faults.reset().unwrap();
    assert_eq!(faults.read().unwrap().count, 0);
}

#[test]
fn a_group_shows_what_was_done_meanwhile() {
    let flags = CounterFlags::NOT_IN_KERNEL | CounterFlags::NOT_BELOW;
    let group = match Group::new([Event::TASK_CLOCK, Event::PAGE_FAULTS], Whose::Own, flags) {
        Err(errno @ (Errno::PERM | Errno::ACCES | Errno::NOENT)) => {
            return skipped(&format!("perf_event_open: {errno}"));
        }
        group if is_missing(&group, "perf_event_open") => return,
        group => group.unwrap(),
    };
    touch(64);
    let (answer, reading) = group.during(|| {
        touch(64);
        42
    });
    let reading = reading.unwrap();
    let [time, faults] = reading.counts;
    assert_eq!(answer, 42);
    // Larger pages make fewer.
    assert!(time > 0 && (1..200).contains(&faults) && reading.run_ns <= reading.on_ns, "{reading:?}");
    touch(64);
    assert_eq!(group.read().unwrap().counts, reading.counts, "it is off");
    group.reset().unwrap();
    assert_eq!(group.read().unwrap().counts, [0, 0]);
    let none = Event { kind: 1, number: 1 << 40 };
    assert!(Group::new([Event::TASK_CLOCK, none], Whose::Own, flags).is_err());
}

#[test]
fn samples_come_over_the_ring() {
    let Some(faults) = have(Counter::sampler(Event::PAGE_FAULTS, Whose::Own, OFF, 1)) else { return };
    let mut ring = match Ring::new(&faults, PAGE, PAGE * 2) {
        Err(Errno::PERM) => return skipped("no memory may be locked here"),
        ring => ring.unwrap(),
    };
    // More records than the ring has room for at once: it is read in between, past its end.
    let mut samples = 0;
    for _ in 0..8 {
        faults.start().unwrap();
        touch(64);
        faults.stop().unwrap();
        let mut buffer = [0; 64];
        while let Some(record) = ring.next(&mut buffer) {
            assert!([Record::SAMPLE, Record::LOST, 5, 6].contains(&record.kind), "{record:?}");
            if let Some((place, process, thread, time)) = record.sample() {
                assert!(place != 0 && time != 0);
                assert_eq!(process, std::process::id());
                assert_eq!(thread, linux::thread::gettid().get().cast_unsigned());
                samples += 1;
            }
        }
    }
    assert!(samples > 8, "{samples} samples");
}
