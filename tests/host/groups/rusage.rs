//! What a process has used.

use std::hint::black_box;
use std::time::Duration;

use linux::process::{UsageOf, getrusage};

fn rusage() {
    let used = || getrusage(UsageOf::Process).unwrap();
    let before = used();
    assert!(before.resident_kib > 0);
    // Until the kernel has seen some of it.
    while used().user + used().system <= before.user + before.system {
        black_box((0..100_000_u64).fold(0, |sum, number| black_box(sum ^ number)));
    }
    assert!(used().user + used().system > Duration::ZERO);
}

tests![rusage];
