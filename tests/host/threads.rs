//! Where threads run, and when.

use crate::emulator::is_missing;
use linux::Errno;
use linux::process::{Policy, UsageOf, getrusage, sched_priorities, sched_rr_get_interval};
use linux::thread::{Processors, getcpu, sched_getaffinity, sched_setaffinity};
use std::time::Duration;

#[test]
fn a_thread_stays_on_the_processors_that_it_is_given() {
    let before = sched_getaffinity(None).unwrap();
    assert!(before.count() > 0);
    let one = (0..Processors::MOST).find(|processor| before.contains(*processor)).unwrap();
    let only = Processors::EMPTY.with(one);
    // The test has a thread of its own, which ends with it.
    sched_setaffinity(None, &only).unwrap();
    assert_eq!(sched_getaffinity(None), Ok(only));
    let (processor, _) = getcpu().unwrap();
    assert_eq!(processor as usize, one);
    assert_eq!(sched_setaffinity(None, &Processors::EMPTY), Err(Errno::INVAL));
}

#[test]
fn the_kernel_tells_how_long_turns_are_and_which_ranks_there_are() {
    assert_eq!(sched_priorities(Policy::OTHER), Ok((0, 0)));
    assert_eq!(sched_priorities(Policy::ROUND_ROBIN), Ok((1, 99)));
    assert_eq!(sched_priorities(Policy(77)), Err(Errno::INVAL));
    let turn = sched_rr_get_interval(None);
    if !is_missing(&turn, "sched_rr_get_interval") {
        assert!(turn.unwrap() < Duration::from_secs(10));
    }
}

#[test]
fn what_was_used_grows() {
    let before = getrusage(UsageOf::Thread).unwrap();
    let all = getrusage(UsageOf::Process).unwrap();
    assert!(all.resident_kib > 0 && all.user + all.system >= before.user);
    getrusage(UsageOf::Children).unwrap();
    let mut sum = 0_u64;
    while getrusage(UsageOf::Thread).unwrap().user + getrusage(UsageOf::Thread).unwrap().system
        <= before.user + before.system
    {
        sum = std::hint::black_box(sum + 1);
    }
}
