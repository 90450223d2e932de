//! Who runs when, and on which processors.

use linux::Errno;
use linux::process::{Policy, Scheduling, sched_getattr, sched_priorities, sched_setattr};
use linux::thread::{self, Processors};

use crate::support::{have, only_root, skip};

fn getcpu() {
    let (processor, _node) = thread::getcpu().unwrap();
    assert!(thread::sched_getaffinity(None).unwrap().contains(processor as usize));
}

/// Sets how this process is scheduled, and gives what is told then.
fn set(scheduling: &Scheduling) -> linux::Result<Scheduling> {
    sched_setattr(None, scheduling)?;
    sched_getattr(None)
}

fn sched_set_getscheduler() {
    // With the nice value that it has: a better one is root's to give.
    let mut same = Scheduling::new(Policy::OTHER);
    same.nice = sched_getattr(None).unwrap().nice;
    let found = set(&same).unwrap();
    assert_eq!((found.policy, found.nice), (Policy::OTHER, same.nice));
}

fn sched_set_getscheduler_root() {
    only_root();
    let found = set(&Scheduling::new(Policy::IDLE)).unwrap();
    assert_eq!(found.policy, Policy::IDLE);
    assert_eq!(set(&Scheduling::new(Policy::OTHER)).unwrap().policy, Policy::OTHER);
}

fn sched_yield() {
    thread::sched_yield();
}

fn cpu_set() {
    let set = Processors::EMPTY.with(0).with(1);
    assert_eq!((set.count(), set.contains(0), set.contains(1), set.contains(2)), (2, true, true, false));
    assert_eq!(Processors::EMPTY.count(), 0);
}

/// The first processor that this process may use.
fn first() -> usize {
    let set = thread::sched_getaffinity(None).unwrap();
    (0..Processors::MOST).find(|processor| set.contains(*processor)).unwrap()
}

fn sched_getaffinity() {
    assert!(thread::sched_getaffinity(None).unwrap().count() >= 1);
}

fn sched_setaffinity() {
    let one = Processors::EMPTY.with(first());
    thread::sched_setaffinity(None, &one).unwrap();
    let found = thread::sched_getaffinity(None).unwrap();
    assert_eq!((found.count(), found.contains(first())), (1, true));
    assert_eq!(thread::sched_setaffinity(None, &Processors::EMPTY), Err(Errno::INVAL));
}

fn get_sched_priority_minmax() {
    assert_eq!(sched_priorities(Policy::FIFO), Ok((1, 99)));
    assert_eq!(sched_priorities(Policy::OTHER), Ok((0, 0)));
}

fn sched_getparam() {
    let found = sched_getattr(None).unwrap();
    if found.policy != Policy::OTHER {
        skip("the tests run with a policy of their own");
    }
    assert_eq!(found.priority, 0);
}

fn sched_setgetparam_root() {
    only_root();
    for priority in [1, 50] {
        let mut scheduling = Scheduling::new(Policy::FIFO);
        scheduling.priority = priority;
        let found = have(set(&scheduling), &[Errno::PERM], "real-time policies");
        assert_eq!((found.policy, found.priority), (Policy::FIFO, priority));
    }
    set(&Scheduling::new(Policy::OTHER)).unwrap();
}

fn sched_rr_get_interval() {
    let interval = linux::process::sched_rr_get_interval(None).unwrap();
    assert!(interval < std::time::Duration::from_secs(10), "{interval:?}");
}

tests![
    getcpu,
    sched_set_getscheduler,
    sched_set_getscheduler_root,
    sched_yield,
    cpu_set,
    sched_getaffinity,
    sched_setaffinity,
    get_sched_priority_minmax,
    sched_getparam,
    sched_setgetparam_root,
    sched_rr_get_interval,
];
