//! The ordinary case: what a program is given, and what it leaves.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use linux::process::Ended;

use crate::trace::Traced;
use spelunk_tests::programs::{Kind, command, emulator_lacks, kinds, nothing_ships, target};

fn run(kind: Kind, name: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(kind, name).args(arguments).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn hello_says_so() {
    for kind in kinds() {
        assert_eq!(run(kind, "hello", &[]), (Some(0), "hello\n".to_owned()), "{kind:?}");
    }
}

#[test]
fn the_low_eight_bits_of_the_status_are_seen() {
    for kind in kinds() {
        for (given, seen) in [("0", 0), ("1", 1), ("255", 255), ("257", 1)] {
            assert_eq!(run(kind, "status", &[given]).0, Some(seen), "{kind:?}");
        }
    }
}

#[test]
fn arguments_and_environment_arrive_as_given() {
    for kind in kinds() {
        let mut command = command(kind, "words");
        command.args(["", "two words", "\u{e4}"]).env_clear().env("HOME", "/x=y").env("EMPTY", "");
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.first(), Some(&"count 4"));
        assert_eq!(lines[2..5], ["argument ", "argument two words", "argument \\xc3\\xa4"]);
        let mut variables = lines[5..7].to_vec();
        variables.sort_unstable(); // emulators hand them on in reverse
        assert_eq!(variables, ["variable EMPTY=", "variable HOME=/x=y"], "{kind:?}");
        assert_eq!(lines[7..], ["home /x=y"], "{kind:?}");
    }
}

#[test]
fn a_large_environment_is_read_to_its_end() {
    let mut command = command(Kind::Shipped, "words");
    command.env_clear().envs((0..2000).map(|at| (format!("V{at}"), "x".repeat(50))));
    let output = command.output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2002);
}

#[test]
fn constants_are_relocated_and_then_read_only() {
    for kind in kinds() {
        assert_eq!(run(kind, "relocation", &[]).0, Some(0), "{kind:?}");
        let output = command(kind, "relocation").arg("write").output().expect("it runs");
        assert_eq!(output.status.signal(), Some(11), "{kind:?}");
    }
}

#[test]
fn thread_local_variables_have_their_values() {
    for kind in kinds() {
        for name in ["tls", "tls_large"] {
            assert_eq!(run(kind, name, &[]).0, Some(0), "{name}, {kind:?}");
        }
    }
}

#[test]
fn the_heap_grows_and_says_no() {
    for kind in kinds() {
        let status = run(kind, "heap", &[]).0;
        // The program says so itself: everything but the limit was right until then.
        if status != Some(77) || !emulator_lacks("limits of address space") {
            assert_eq!(status, Some(0), "{kind:?}");
        }
    }
}

/// Gives how many system calls a program makes up to its end, which must be a good one.
fn calls(name: &str, argument: &str) -> usize {
    let mut command = command(Kind::Shipped, name);
    if target().runs_here() {
        let (calls, ended) = Traced::start(command.arg(argument)).calls();
        assert_eq!(ended, Ended::Exited(0), "{name}");
        return calls.len();
    }
    // The emulator writes a line for each, after its own number of the process.
    let output =
        Command::new(&target().emulator).arg("-strace").args(command.get_args()).arg(argument).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{name}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).count()
}

/// What 32-bit x86 needs beyond the rest before `main`: its code finds its data by relocated addresses, which then become
/// read-only, and only the kernel can set its thread pointer.
fn more_on_x86(count: usize) -> usize {
    if target().name == "x86" { count } else { 0 }
}

#[test]
fn hello_makes_two_calls() {
    if nothing_ships() {
        return;
    }
    assert_eq!(calls("hello", ""), 2 + more_on_x86(2), "write and exit_group, mprotect and set_thread_area");
}

#[test]
fn a_clock_costs_a_call_where_the_kernel_gives_no_object() {
    let (_, said) = run(Kind::Shipped, "told", &[]);
    if said.contains("object true") {
        return; // vdso.rs is about that
    }
    assert!(said.contains("object false"), "{said}");
    let (few, many) = (calls("clocks", "1"), calls("clocks", "50"));
    assert!(many >= few + 49, "{few} calls for one turn, {many} for 50");
}

/// AT_SYSINFO: where system calls are to enter the kernel; 32-bit x86 alone is told.
const ENTRY: u32 = 32;

#[test]
fn system_calls_enter_the_kernel_where_it_says() {
    let start = || Traced::start(&mut command(Kind::Shipped, "hello"));
    let is_told = target().runs_here() && start().value(ENTRY).is_some();
    assert_eq!(is_told, target().name == "x86" && target().runs_here());
    if is_told {
        let ended = |entry| {
            let traced = start();
            traced.change(ENTRY, entry);
            traced.finish().status
        };
        assert_eq!(ended(None).code(), Some(0), "every processor has a slower way");
        assert_eq!(ended(Some(0x1000)).signal(), Some(11), "nothing is there");
    }
}

/// Instructions that hello may execute with an empty environment, 30 of them its own. More than half go into the auxiliary
/// vector, five for each of the kernel's 23 entries. A nolibc program, which looks at none, needs 16, musl's 705.
const BUDGET: usize = 345;

#[test]
fn hello_costs_few_instructions_and_no_cpuid() {
    if emulator_lacks("ptrace") || nothing_ships() {
        return;
    }
    let mut command = command(Kind::Shipped, "hello");
    let (instructions, ended) = Traced::start(command.env_clear()).instructions();
    assert_eq!(ended, Ended::Exited(0));
    println!("hello: {} instructions", instructions.len());
    let budget = BUDGET + more_on_x86(305);
    assert!(instructions.len() <= budget, "{} instructions", instructions.len());
    assert!(!instructions.contains(&[0x0f, 0xa2]), "CPUID costs microseconds in a virtual machine");
}
