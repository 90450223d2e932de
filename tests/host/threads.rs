//! Where threads run, and when.

use linux::Errno;
use linux::thread::{Processors, getcpu, sched_getaffinity, sched_setaffinity};

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
