//! Times between the kernel's form and ours.

use std::time::Duration;

use linux::time::{Timespec, alarm_left, set_alarm};

fn timespec() {
    let one = Timespec { seconds: 1, nanoseconds: 0 };
    assert_eq!(one.since_zero(), Duration::from_secs(1));
    assert_eq!(Timespec { seconds: 1, nanoseconds: 5 }.since_zero(), Duration::new(1, 5));
    assert_eq!(Timespec { seconds: -1, nanoseconds: 0 }.since_zero(), Duration::ZERO);
}

fn timeval() {
    // The kernel counts microseconds here, and what is less than one is not lost as nothing.
    set_alarm(Duration::new(1_000, 500_000_000), Duration::ZERO).unwrap();
    let left = alarm_left().unwrap();
    assert!(left <= Duration::new(1_000, 500_000_000) && left > Duration::from_secs(900));
    set_alarm(Duration::ZERO, Duration::ZERO).unwrap();
    assert_eq!(alarm_left(), Ok(Duration::ZERO));
}

tests![timespec, timeval];
