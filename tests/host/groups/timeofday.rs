//! The time of day; nobody but root sets it, and the test does not.

use linux::Errno;
use linux::time::{Clock, Timespec, clock_gettime, clock_settime};

fn gettimeofday() {
    let now = clock_gettime(Clock::REALTIME).unwrap();
    assert_eq!(now.since_zero().as_secs(), now.seconds.cast_unsigned());
    assert!((0..1_000_000_000).contains(&now.nanoseconds));
}

fn settimeofday_fail() {
    // Refused whoever asks: there is no such time, and that clock is nobody's to set.
    let wrong = Timespec { seconds: 0, nanoseconds: -1 };
    assert_eq!(clock_settime(Clock::REALTIME, wrong), Err(Errno::INVAL));
    assert_eq!(clock_settime(Clock::MONOTONIC, Timespec { seconds: 1, nanoseconds: 0 }), Err(Errno::INVAL));
}

tests![gettimeofday, settimeofday_fail];
