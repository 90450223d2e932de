//! Sleeping for a time.

use std::time::Duration;

use linux::time::monotonic;

fn nanosleep() {
    let before = monotonic();
    linux::time::sleep(Duration::from_millis(1));
    assert!(monotonic() - before >= Duration::from_millis(1));
}

fn sleep() {
    linux::time::sleep(Duration::ZERO);
}

tests![nanosleep, sleep];
