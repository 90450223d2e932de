//! Tasks of real programs: sockets, timers, threads that wake them, and memory that the program set aside.

use spelunk_tests::programs::{command, emulator_lacks, kinds};
use spelunk_tests::skip::skipped;

/// Runs a check on each engine; one of the kernel's own that emulators lack is passed over.
fn passes(way: &str) {
    for kind in kinds() {
        for engine in ["epoll", "uring", "thread"] {
            let output = command(kind, "tasks").args([way, engine]).output().expect("it runs");
            if output.status.code() == Some(77) && engine != "epoll" {
                skipped(&format!("io_uring_setup(2) is refused: {way} with {engine}"));
                continue;
            }
            assert_eq!(output.status.code(), Some(0), "{way}, {engine}, {kind:?}: {output:?}");
        }
    }
}

#[test]
fn tasks_wait_for_time_threads_and_each_other() {
    for way in ["arena", "timers", "threads", "signals", "heard"] {
        passes(way);
    }
}

#[test]
fn sockets_carry_all_that_is_sent() {
    for way in ["streams", "datagrams", "refused", "accepting", "incoming", "passed"] {
        passes(way);
    }
}

#[test]
fn what_is_given_away_comes_back_or_is_dropped_when_the_kernel_lets_go() {
    for way in ["owned", "cancelled", "dropped", "files", "kept", "pools"] {
        passes(way);
    }
}

#[test]
fn a_sandbox_without_io_uring_is_served_by_epoll() {
    if emulator_lacks("seccomp") {
        return;
    }
    passes("withdrawn");
    for kind in kinds() {
        let output = command(kind, "tasks").args(["forbidden", "epoll"]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{kind:?}: {output:?}");
    }
}
