//! Clocks and sleeping by them.

use linux::time::{Clock, Timespec, clock_getres, monotonic};

const MILLISECOND: i64 = 1_000_000;

fn clock_gettime() {
    let step = clock_getres(Clock::REALTIME).unwrap();
    assert!(step.seconds == 0 && step.nanoseconds > 0);
    let now = linux::time::clock_gettime(Clock::REALTIME).unwrap();
    assert_eq!(linux::time::ask_kernel(Clock::REALTIME).map(|asked| asked.seconds >= now.seconds), Ok(true));
    let standard = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!(standard.as_secs().abs_diff(now.seconds.cast_unsigned()) <= 1);
}

fn clock_nanosleep() {
    let before = linux::time::clock_gettime(Clock::MONOTONIC).unwrap();
    let sum = before.nanoseconds + MILLISECOND;
    let until = Timespec { seconds: before.seconds + sum / 1_000_000_000, nanoseconds: sum % 1_000_000_000 };
    assert_eq!(linux::time::clock_nanosleep(Clock::MONOTONIC, until), Ok(()));
    assert!(monotonic() >= until.since_zero());
}

fn clock_nanosleep_abs() {
    let past = Timespec { seconds: 1, nanoseconds: 0 };
    assert_eq!(linux::time::clock_nanosleep(Clock::REALTIME, past), Ok(()));
}

tests![clock_gettime, clock_nanosleep, clock_nanosleep_abs];
