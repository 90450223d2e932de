//! The end of a program that panics.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use spelunk_tests::programs::{Kind, command, emulator_lacks, kinds, program, target};
use spelunk_tests::skip::skipped;

const ABORTED: Option<i32> = Some(6);

/// Gives what a program said on standard error, without the remark of an emulator about its end.
fn last_words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.split_inclusive('\n').filter(|line| !line.starts_with("qemu: ")).collect()
}

#[test]
fn a_panic_says_where_and_why_then_aborts() {
    for kind in kinds() {
        for (way, place, message) in [
            ("message", "tests/programs/src/bin/panics.rs:", "1 and two\n"),
            (
                "index",
                "tests/programs/src/bin/panics.rs:",
                "index out of bounds: the len is 3 but the index is 3\n",
            ),
            ("memory", "memory allocation of ", " bytes failed\n"),
            ("nested", "", "panic while a panic was reported\n"),
        ] {
            let output = command(kind, "panics").arg(way).env_clear().output().expect("it runs");
            let said = last_words(&output);
            assert_eq!(output.status.signal(), ABORTED, "{way}, {kind:?}: {said}");
            assert!(said.starts_with("panic") && said.contains(place) && said.ends_with(message), "{said}");
            assert_eq!(said.lines().count(), 1, "one line: {said}");
        }
    }
}

#[test]
fn mistakes_with_the_heap_name_the_block() {
    let output = command(Kind::Shipped, "guarded").output().expect("it runs");
    assert_eq!((output.status.code(), last_words(&output)), (Some(0), String::new()));
    for (way, message) in [
        ("after", "was used after it was given back: 8 bytes into it"),
        ("twice", "was given back twice"),
        ("behind", "was used beyond its end: 4 bytes behind it"),
        ("near", "was written to behind its end"),
        ("before", "was written to in front of its start"),
        ("layout", "was given back as one of 24 bytes, aligned to 8"),
        ("elsewhere", "is no block"),
    ] {
        let output = command(Kind::Shipped, "guarded").arg(way).output().expect("it runs");
        let said = last_words(&output);
        let names = said.starts_with("heap: block 2 (20 bytes at 0x") || way == "elsewhere";
        assert!(names && said.trim_end().ends_with(message), "{way}: {said}");
        assert_eq!(output.status.signal(), ABORTED, "{way}: {said}");
    }
    let output = command(Kind::Shipped, "guarded").arg("crash").output().expect("it runs");
    let said = last_words(&output);
    assert!(said.starts_with("SIGSEGV at 0x") && said.contains("   0: "), "who called whom: {said}");
    assert!(said.contains("heap: block 2 (20 bytes at 0x") && said.contains(" 8 bytes into it\n"), "{said}");
    assert_eq!(output.status.signal(), ABORTED, "{said}");
}

#[test]
fn a_heap_of_more_blocks_than_mappings_works_or_names_the_limit() {
    if emulator_lacks("memory for so many blocks") {
        return;
    }
    let output = command(Kind::Shipped, "guarded").arg("many").output().expect("it runs");
    let said = last_words(&output);
    let lives = output.status.code() == Some(0) && said.is_empty();
    let names = said.starts_with("heap: ") && said.contains("vm.max_map_count allows ");
    assert!(lives || names && output.status.signal() == ABORTED, "{output:?}");
}

#[test]
fn the_request_for_memory_that_was_numbered_is_refused() {
    for (number, granted) in [("0", "+++++"), ("1", "-++++"), ("4", "+++-+"), ("7", "+++++")] {
        let output = command(Kind::Shipped, "refused").arg(number).output().expect("it runs");
        assert_eq!((output.status.code(), &*output.stdout), (Some(0), format!("{granted}\n").as_bytes()));
        let says = last_words(&output).starts_with(&format!("heap: request {number}, of "));
        assert_eq!(says, granted.contains('-'), "{output:?}");
    }
    // Who cannot act on it panics.
    let output = command(Kind::Shipped, "refused").arg("6").output().expect("it runs");
    let said = last_words(&output);
    assert!(said.starts_with("heap: request 6, of 40 bytes, is refused\npanic"), "{said}");
    assert_eq!((output.status.signal(), &*output.stdout), (ABORTED, &b"+++++\n"[..]), "{said}");
}

#[test]
fn a_long_message_is_cut_at_one_record_of_the_log() {
    let output = command(Kind::Shipped, "panics").arg("long").output().expect("it runs");
    let said = last_words(&output);
    assert_eq!(said.len(), 976);
    assert!(said.ends_with(" \n"));
}

#[test]
fn process_1_stays_after_a_panic() {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--pid", "--fork", "--kill-child"]);
    let panics = target().run(&program(Kind::Shipped, "panics"));
    command.arg(panics.get_program()).args(panics.get_args()).arg("message").stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return skipped(&format!("unshare(1) does not run here: {error}")),
    };
    let mut line = String::new();
    BufReader::new(child.stderr.take().expect("caught")).read_line(&mut line).expect("a line comes");
    if !line.starts_with("panic at ") {
        let _ = child.kill();
        let _ = child.wait();
        return skipped(&format!("no process namespaces here: {line}"));
    }
    std::thread::sleep(Duration::from_millis(100));
    let ended = child.try_wait().expect("it can be asked");
    child.kill().expect("it is still there");
    child.wait().expect("it ends");
    assert_eq!(ended, None, "process 1 ended after its panic");
}
