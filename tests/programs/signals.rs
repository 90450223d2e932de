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
