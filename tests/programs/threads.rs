//! Threads: their results, what each has of its own, what they leave, and what they do when there is no room for them.

use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use spelunk_tests::programs::{Kind, command, emulator_lacks, kinds, target};

fn run(kind: Kind, way: &str, count: usize) -> Output {
    command(kind, "threads").args([way, &count.to_string()]).output().expect("it runs")
}

fn passes(way: &str, count: usize) {
    for kind in kinds() {
        let output = run(kind, way, count);
        assert_eq!(output.status.code(), Some(0), "{way}, {kind:?}: {output:?}");
    }
}

/// Gives fewer under an emulator, which takes a hundred times as long.
fn many(count: usize) -> usize {
    if target().runs_here() { count } else { count / 50 }
}

#[test]
fn results_names_and_values_of_their_own() {
    for way in ["results", "variables", "names", "locals", "scopes", "processors"] {
        passes(way, 0);
    }
}

#[test]
fn one_wakes_the_other() {
    passes("parking", 0);
}

#[test]
fn a_stack_of_the_callers_takes_no_other_memory() {
    passes("borrowed", 0);
}

#[test]
fn joined_threads_leave_nothing() {
    let output = run(Kind::Shipped, "joined", many(100_000));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    passes("joined", many(2000));
}

#[test]
fn detached_threads_leave_nothing() {
    let output = run(Kind::Shipped, "detached", many(10_000));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    passes("detached", many(1000));
}

/// Seconds of the soak: three in the suite, as many as `SPELUNK_SOAK` says by hand.
#[test]
fn threads_signals_processes_and_the_heap_go_together() {
    if emulator_lacks("memory shared by vfork") {
        return;
    }
    let seconds = std::env::var("SPELUNK_SOAK").unwrap_or_else(|_| "3".to_owned());
    let output = command(Kind::Shipped, "soak").arg(seconds).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn signals_come_while_threads_do() {
    passes("signals", many(500));
}

#[test]
fn what_each_processor_has_of_its_own_is_not_torn() {
    passes("sequences", 0);
    passes("shelves", many(100_000));
    for kind in kinds() {
        let output = run(kind, "counters", many(200_000));
        assert_eq!(output.status.code(), Some(0), "{kind:?}: {output:?}");
        let kept = match output.stdout.as_slice() {
            b"kept\n" => true,
            b"refused\n" => false,
            other => panic!("{other:?}"),
        };
        // Every kernel since 4.18 that is configured as usual has it; the emulators do without, and the common part is what was tested.
        assert!(kept || emulator_lacks("rseq"), "{kind:?}: the kernel does not keep the area");
    }
}

#[test]
fn of_stacks_only_what_is_of_use_is_kept() {
    let output = run(Kind::Shipped, "large", 0);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output = run(Kind::Shipped, "handlers", 20);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn no_room_for_a_thread_is_an_error() {
    for kind in kinds() {
        let output = run(kind, "refused", 0);
        if output.status.code() != Some(77) || !emulator_lacks("limits of address space") {
            assert_eq!(output.status.code(), Some(0), "{kind:?}: {output:?}");
        }
    }
}

#[test]
fn a_stack_ends_at_its_guard() {
    for kind in kinds() {
        let output = run(kind, "overflow", 0);
        assert_eq!(output.status.signal(), Some(11), "{kind:?}: {output:?}");
    }
}

#[test]
fn a_panic_names_the_thread_and_ends_the_process() {
    for (count, begin) in
        [(0, "panic in thread 2 at tests/programs/src/bin/threads.rs:"), (5, "panic in thread worker at ")]
    {
        for kind in kinds() {
            let output = run(kind, "panic", count);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let own: Vec<_> = said.lines().filter(|line| !line.starts_with("qemu: ")).collect();
            assert_eq!(output.status.signal(), Some(6), "{kind:?}: {said}");
            assert!(
                own.len() == 1 && own[0].starts_with(begin) && own[0].ends_with(": on purpose"),
                "{said}"
            );
        }
    }
}
