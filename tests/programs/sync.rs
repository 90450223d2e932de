//! Locks, signs and queues between threads of real programs; their words in every order are tested beside them.

use spelunk_tests::programs::{command, kinds, target};

fn passes(way: &str, count: usize) {
    for kind in kinds() {
        // An emulator takes a hundred times as long.
        let count = if target().runs_here() { count } else { count / 20 };
        let output = command(kind, "sync").args([way, &count.to_string()]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{way}, {kind:?}: {output:?}");
    }
}

#[test]
fn locks_let_in_whom_they_should() {
    for (way, count) in [("mutex", 20_000), ("rwlock", 8000), ("semaphore", 4000), ("heap", 4000)] {
        passes(way, count);
    }
}

#[test]
fn signs_arrive() {
    for (way, count) in [("condvar", 1000), ("once", 200), ("barrier", 500), ("parker", 2000)] {
        passes(way, count);
    }
}

#[test]
fn queues_lose_nothing() {
    for (way, count) in [("many", 2000), ("bounded", 0), ("ends", 0), ("limits", 0)] {
        passes(way, count);
    }
}
