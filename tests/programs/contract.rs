//! The system calls that a program carries with it: found in its file, and made the only ones.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

use formats::file::calls::{Calls, least};
use linux::signal::Signal;

use crate::trace::Traced;
use spelunk_tests::programs::{Kind, command, emulator_lacks, kinds, nothing_ships, program};

fn run(kind: Kind, word: &str) -> Output {
    command(kind, "contract").arg(word).output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The calls that the program's file tells of, as number and name.
fn carried(kind: Kind) -> BTreeSet<(u32, String)> {
    let file = fs::read(program(kind, "contract")).expect("it was built");
    let calls = Calls::of_program(&file).expect("an ELF file").expect("it carries its calls");
    calls.map(|call| call.expect("a record")).map(|call| (call.number, call.name.to_owned())).collect()
}

#[test]
fn the_file_tells_what_the_program_tells() {
    for kind in kinds() {
        let output = run(kind, "list");
        let told = said(&output);
        let told = told.lines().filter_map(|line| line.split_once(' '));
        let told: BTreeSet<_> =
            told.map(|(number, name)| (number.parse().expect("a number"), name.to_owned())).collect();
        assert_eq!(told, carried(kind), "{kind:?}: {output:?}");
    }
}

#[test]
fn what_ships_carries_what_it_calls_and_no_more() {
    if nothing_ships() {
        return;
    }
    let carried = carried(Kind::Shipped);
    let has = |wanted: &str| carried.iter().any(|(_, name)| name == wanted);
    for wanted in ["write", "exit_group", "prctl", "seccomp", "getpid", "mprotect"] {
        assert!(has(wanted), "{wanted} in {carried:?}");
    }
    for absent in ["socket", "getppid", "read", "mount", "execve"] {
        assert!(!has(absent), "{absent} in {carried:?}");
    }
    assert_eq!(least(carried.iter().map(|(_, name)| name.as_str())).to_string(), "3.17", "for seccomp");
}

#[test]
fn a_program_that_does_not_ask_carries_nothing() {
    for kind in kinds() {
        let file = fs::read(program(kind, "hello")).expect("it was built");
        assert!(Calls::of_program(&file).expect("an ELF file").is_none(), "{kind:?}");
        assert!(!file.windows(5).any(|bytes| bytes == b"__NR_"), "{kind:?}");
    }
}

#[test]
fn a_program_bound_to_its_calls_does_all_that_it_does() {
    if emulator_lacks("seccomp") {
        return;
    }
    for kind in kinds() {
        let output = run(kind, "keep");
        assert_eq!(
            (output.status.code(), said(&output).as_str()),
            (Some(0), "kept\n"),
            "{kind:?}: {output:?}"
        );
    }
}

#[test]
fn a_call_that_was_not_linked_is_refused_then_fatal() {
    if emulator_lacks("seccomp") || nothing_ships() {
        return;
    }
    // What is not optimised also carries the calls of functions that nobody calls.
    for kind in [Kind::Shipped, Kind::Fixed] {
        let output = run(kind, "break");
        assert_eq!(said(&output), "refused\n", "{kind:?}: {output:?}");
        assert_eq!(output.status.signal(), Some(Signal::SYS.number()), "{kind:?}");
    }
}

#[test]
fn no_program_makes_a_call_that_it_does_not_carry() {
    if emulator_lacks("ptrace") {
        return;
    }
    for kind in kinds() {
        let carried = carried(kind);
        let (made, _) = Traced::start(Command::new(program(kind, "contract")).arg("keep")).calls();
        assert!(made.len() > 4, "{made:?}");
        for number in made {
            assert!(carried.iter().any(|(known, _)| u64::from(*known) == number), "{number}, {kind:?}");
        }
    }
}
