//! The ordinary case: what a program is given, and what it leaves.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use linux::process::Ended;

use crate::trace::Traced;
use spelunk_tests::programs::{KINDS, Kind, program};

fn run(kind: Kind, name: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program(kind, name)).args(arguments).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn hello_says_so() {
    for kind in KINDS {
        assert_eq!(run(kind, "hello", &[]), (Some(0), "hello\n".to_owned()), "{kind:?}");
    }
}

#[test]
fn the_low_eight_bits_of_the_status_are_seen() {
    for kind in KINDS {
        for (given, seen) in [("0", 0), ("1", 1), ("255", 255), ("257", 1)] {
            assert_eq!(run(kind, "status", &[given]).0, Some(seen), "{kind:?}");
        }
    }
}

#[test]
fn arguments_and_environment_arrive_as_given() {
    for kind in KINDS {
        let mut command = Command::new(program(kind, "words"));
        command.args(["", "two words", "\u{e4}"]).env_clear().env("HOME", "/x=y").env("EMPTY", "");
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.first(), Some(&"count 4"));
        assert_eq!(lines[2..5], ["argument ", "argument two words", "argument \\xc3\\xa4"]);
        assert_eq!(lines[5..], ["variable EMPTY=", "variable HOME=/x=y", "home /x=y"], "{kind:?}");
    }
}

#[test]
fn a_large_environment_is_read_to_its_end() {
    let mut command = Command::new(program(Kind::Shipped, "words"));
    command.env_clear().envs((0..2000).map(|at| (format!("V{at}"), "x".repeat(50))));
    let output = command.output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2002);
}

#[test]
fn constants_are_relocated_and_then_read_only() {
    for kind in KINDS {
        assert_eq!(run(kind, "relocation", &[]).0, Some(0), "{kind:?}");
        let output = Command::new(program(kind, "relocation")).arg("write").output().expect("it runs");
        assert_eq!(output.status.signal(), Some(11), "{kind:?}");
    }
}

#[test]
fn thread_local_variables_have_their_values() {
    for kind in KINDS {
        for name in ["tls", "tls_large"] {
            assert_eq!(run(kind, name, &[]).0, Some(0), "{name}, {kind:?}");
        }
    }
}

#[test]
fn the_heap_grows_and_says_no() {
    for kind in KINDS {
        assert_eq!(run(kind, "heap", &[]).0, Some(0), "{kind:?}");
    }
}

#[test]
fn hello_makes_two_calls() {
    let (calls, ended) = Traced::start(&mut Command::new(program(Kind::Shipped, "hello"))).calls();
    assert_eq!((calls.len(), ended), (2, Ended::Exited(0)), "write and exit_group, not {calls:?}");
}

/// Instructions that hello may execute with an empty environment: a nolibc program needs 16, musl's 705.
const BUDGET: usize = 600;

#[test]
fn hello_costs_few_instructions_and_no_cpuid() {
    let mut command = Command::new(program(Kind::Shipped, "hello"));
    let (instructions, ended) = Traced::start(command.env_clear()).instructions();
    assert_eq!(ended, Ended::Exited(0));
    println!("hello: {} instructions", instructions.len());
    assert!(instructions.len() <= BUDGET, "{} instructions", instructions.len());
    assert!(!instructions.contains(&[0x0f, 0xa2]), "CPUID costs microseconds in a virtual machine");
}
