//! Handlers that change the code which they interrupt.

use std::os::unix::process::ExitStatusExt;

use spelunk_tests::programs::{Kind, command, kinds};

#[test]
fn handlers_change_the_interrupted_code() {
    let cases = [
        ("map", "3 faults, sum 123\n"),
        ("skip", "2 skipped\n"),
        ("leave", "elsewhere\n"),
        ("stack", "own stack true, fault near the old one true\n"),
    ];
    for kind in kinds() {
        for (argument, expected) in cases {
            let output = command(kind, "handlers").arg(argument).output().expect("it runs");
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!((output.status.code(), &*said), (Some(0), expected), "{argument}, {kind:?}");
        }
    }
}

#[test]
fn a_crash_shows_who_called_whom() {
    const SEGV: i32 = 11;
    const ABRT: i32 = 6;
    let cases: [(&str, &str, &[&str], i32); 3] = [
        ("fault", "SIGSEGV at 0x10", &["read", "inner", "outer", "main"], SEGV),
        ("jump", "SIGSEGV at 0x18", &["inner", "outer", "main"], SEGV),
        ("panic", "panic at ", &["pick", "inner", "outer", "main"], ABRT),
    ];
    for (way, first, names, signal) in cases {
        let output = command(Kind::Traced, "crash").arg(way).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.signal(), Some(signal), "{way}: {said}");
        assert!(said.starts_with(first), "{way}: {said}");
        let mut lines = said.lines();
        for name in names {
            let named = format!(" crash::{name}");
            assert!(
                lines.any(|line| line.ends_with(&named)),
                "{way}: no {name}, or in another order: {said}"
            );
        }
        // Without names it shows addresses, and without frame pointers at least one.
        let output = command(Kind::Shipped, "crash").arg(way).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.signal(), Some(signal), "{way}: {said}");
        assert!(said.starts_with(first) && said.contains("   0: 0x"), "{way}: {said}");
    }
}

#[test]
fn the_first_fault_s_report_is_whole_whoever_faults_meanwhile() {
    for _ in 0..5 {
        let output = command(Kind::Recorded, "recorded").arg("both").output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.signal(), Some(11), "{said}");
        assert_eq!(said.matches("SIGSEGV at 0x10").count(), 1, "{said}");
        let (main, worker) =
            said.split_once("last calls of thread worker, the newest last:\n").expect("both threads");
        assert_eq!(main.matches(" us ago: ").count(), 32, "{said}");
        assert!(worker.contains(") = ENOENT, ") && worker.ends_with('\n'), "{said}");
    }
}

#[test]
fn the_last_calls_of_each_thread_are_shown() {
    for (way, first, end) in
        [("quit", "last calls", Ok(0)), ("panic", "panic at ", Err(6)), ("fault", "SIGSEGV at 0x10", Err(11))]
    {
        let output = command(Kind::Recorded, "recorded").arg(way).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let ended = output.status.code().ok_or(output.status.signal().unwrap_or_default());
        assert!(said.starts_with(first) && ended == end, "{way}: {ended:?}: {said}");
        // Thirty-two of the main thread, of which some are known; then those of the other one, which still waits.
        let (main, worker) =
            said.split_once("last calls of thread worker, the newest last:\n").expect("both");
        let main: Vec<_> =
            main.lines().skip_while(|line| !line.starts_with("last calls of thread main")).collect();
        assert_eq!(main.len(), 33, "{way}: {said}");
        let shows = |lines: &[&str], what: &str| lines.iter().any(|line| line.contains(what));
        assert!(shows(&main, " us ago: getppid() = ") && shows(&main, ") = EBADF, "), "{way}: {said}");
        // An emulator tells of a signal that ends the program.
        let worker: Vec<_> = worker.lines().filter(|line| !line.starts_with("qemu: ")).collect();
        assert!(
            shows(&worker, " us ago: openat(-100, 0x") && shows(&worker, ") = ENOENT, "),
            "{way}: {said}"
        );
        assert!(
            worker
                .last()
                .is_some_and(|line| line.contains(" us ago: futex") && line.ends_with(" has not come back"))
        );
        let in_order = |lines: &[&str]| {
            let ago =
                lines.iter().filter_map(|line| line.split_once(" us ago")?.0.trim().parse::<u64>().ok());
            let ago: Vec<_> = ago.collect();
            ago.len() >= 3 && ago.is_sorted_by(|one, next| one >= next)
        };
        assert!(in_order(&main) && in_order(&worker), "{way}: {said}");
    }
}
