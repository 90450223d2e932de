//! Tasks of real programs: sockets, timers, threads that wake them, and memory that the program set aside.

use spelunk_tests::programs::{command, kinds};

fn passes(way: &str) {
    for kind in kinds() {
        let output = command(kind, "tasks").arg(way).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{way}, {kind:?}: {output:?}");
    }
}

#[test]
fn tasks_wait_for_time_threads_and_each_other() {
    for way in ["arena", "timers", "threads"] {
        passes(way);
    }
}

#[test]
fn sockets_carry_all_that_is_sent() {
    for way in ["streams", "datagrams", "refused"] {
        passes(way);
    }
}
