//! Kernels and sandboxes in which one system call is missing, refused or fatal: whatever a program does then, it says what
//! failed or goes on without, and never crashes.
//!
//! The calls are those that the program makes where nothing is missing, so that no list of them is kept by hand.

use std::collections::BTreeSet;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use linux::Errno;
use linux::process::{Namespaces, unshare};
use linux::security::Refusal;
use linux::signal::Signal;
use linux::time::set_alarm;

use crate::trace::Traced;
use spelunk_tests::programs::{Kind, emulator_lacks, program};
use spelunk_tests::sandbox::refuse;
use spelunk_tests::skip::skipped;

/// What is run, with words that have it end by itself: programs of these tests, which say by their status alone what failed,
/// and examples.
const PROGRAMS: [(&str, &[&str]); 20] = [
    ("hello", &[]),
    ("tls", &[]),
    ("tls_large", &[]),
    ("relocation", &[]),
    ("clocks", &[]),
    ("told", &[]),
    ("words", &["one", "two"]),
    ("heap", &[]),
    ("contract", &["list"]),
    ("contract", &["keep"]),
    ("threads", &["results"]),
    ("threads", &["variables"]),
    ("threads", &["names"]),
    ("threads", &["scopes"]),
    ("threads", &["processors"]),
    ("threads", &["parking"]),
    ("cat", &["/proc/self/status", "/etc/hosts"]),
    ("wc", &["/etc/hosts"]),
    ("number", &[]),
    ("clock_comparison", &[]),
];

/// Commands of the program that ships, each with words that have it look around, say little and end.
const COMMANDS: [&[&str]; 24] = [
    &["auxv"],
    &["cat", "/etc/hosts", "/proc/self/status"],
    &["clock"],
    &["dmesg", "-l", "emerg"],
    &["echo", "word"],
    &["env"],
    &["env", "-i", "A=b"],
    &["free"],
    &["help"],
    &["hostname"],
    &["ip", "address"],
    &["ip", "-json", "link"],
    &["ip", "neigh"],
    &["ip", "-6", "route"],
    &["ip", "route", "get", "127.0.0.1"],
    &["kill", "-0", "1"],
    &["ls", "-lR", "/etc/default"],
    &["ls", "--json", "/"],
    &["mount"],
    &["ps", "-ef"],
    &["ps", "--json"],
    &["uname", "-a"],
    &["uptime"],
    &["vdso"],
];

/// What becomes of the call.
const REFUSALS: [Refusal; 3] = [Refusal::Error(Errno::NOSYS), Refusal::Error(Errno::PERM), Refusal::Kill];

/// Runs a program for which one call is refused, for half a minute at most, and where nothing that it does reaches this machine: a
/// program that takes itself for process 1 mounts, configures and kills.
fn run(command: &mut Command, number: u32, refusal: Refusal) -> Output {
    let failed = |_| std::io::ErrorKind::Other.into();
    let own = Namespaces::USER | Namespaces::MOUNT;
    let prepare = move || {
        set_alarm(Duration::from_secs(30), Duration::ZERO).map_err(failed)?;
        unshare(own).map_err(failed)?;
        refuse(number, refusal).map_err(failed)
    };
    // SAFETY: system calls only, which are safe between fork and execve.
    let command = unsafe { command.pre_exec(prepare) };
    command.stdin(Stdio::null()).output().expect("the program starts")
}

/// Says whether programs can be run so; if not, that this test is skipped.
fn may_run() -> bool {
    // SAFETY: a system call only, which is safe between fork and execve.
    let first = unsafe {
        Command::new("true")
            .pre_exec(|| unshare(Namespaces::USER).map_err(|_| std::io::ErrorKind::Other.into()))
            .status()
    };
    let may = first.is_ok();
    if !may {
        skipped("no user namespaces here");
    }
    may && !emulator_lacks("seccomp")
}

/// One way of going without a call.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// The call's number, on the program's processor.
    number: u32,
    refusal: Refusal,
    /// The program ends by this call, and can only stop short without it.
    is_end: bool,
}

/// Says what is wrong with how a program took it, if anything is. A panic, which tells and aborts, is well: an allocation failed
/// whose caller cannot act.
fn complaint(output: &Output, case: Case) -> Option<&'static str> {
    match (output.status.code(), output.status.signal().and_then(Signal::new)) {
        (Some(_), _) => None,
        (None, Some(Signal::SYS)) if case.refusal == Refusal::Kill => None,
        (None, Some(Signal::ILL | Signal::TRAP)) if case.is_end => None,
        (None, Some(Signal::ABRT)) if output.stderr.starts_with(b"panic at ") => None,
        (None, Some(Signal::ALRM)) => Some("hangs"),
        (None, _) => Some("crashes"),
    }
}

/// Gives the numbers of the calls that a program makes where none is missing, in their order. The last is the one it ends by.
///
/// They are told rather than named: the numbers are those of the program's processor, which need not be this test's.
fn calls(path: &Path, words: &[&str]) -> Vec<u32> {
    let (made, _) = Traced::start(Command::new(path).args(words)).calls();
    made.into_iter().map(|number| number as u32).collect()
}

/// Runs a program without each of the calls that it makes; gives how many runs there were, and what went wrong.
fn without_each_call(
    path: &Path,
    words: &[&str],
    complaint: impl Fn(&Output, Case) -> Option<&'static str>,
) -> (usize, Vec<String>) {
    let made = calls(path, words);
    let end = made.last().copied();
    let numbers: BTreeSet<_> = made.into_iter().collect();
    let cases = numbers
        .into_iter()
        .flat_map(|number| REFUSALS.map(|refusal| Case { number, refusal, is_end: Some(number) == end }));
    let cases: Vec<_> = cases.collect();
    let wrong = cases.iter().filter_map(|&case| {
        let output = run(Command::new(path).args(words), case.number, case.refusal);
        let complaint = complaint(&output, case)?;

        Some(format!("{} {words:?} {complaint} with {case:?}: {output:?}", path.display()))
    });
    let wrong = wrong.collect();
    (cases.len(), wrong)
}

#[test]
fn any_call_may_be_absent_refused_or_fatal() {
    if !may_run() {
        return;
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, words) in PROGRAMS {
        let path = program(Kind::Shipped, name);
        let (cases, faults) = without_each_call(&path, words, complaint);
        count += cases;
        wrong.extend(faults);
    }
    assert!(count > 100, "{count} cases");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// As of any program; and a command that fails says why, where it can still write: with the call that is given last.
fn complaint_of_command(output: &Output, case: Case, write: u32) -> Option<&'static str> {
    let is_mute = case.number == write || case.is_end || case.refusal == Refusal::Kill;
    let is_silent = !output.status.success() && output.stderr.is_empty() && !is_mute;
    complaint(output, case).or(is_silent.then_some("fails without a word"))
}

#[test]
fn commands_tell_what_was_refused() {
    if !may_run() {
        return;
    }
    let Some(path) = std::env::var_os("SPELUNK_PROGRAM") else {
        skipped("SPELUNK_PROGRAM does not name the program that ships");
        return;
    };
    let path = Path::new(&path);
    let said = calls(path, &["echo", "word"]);
    let [.., write, _end] = said[..] else { panic!("echo says nothing: {said:?}") };
    let mut wrong = Vec::new();
    for words in COMMANDS {
        let (cases, faults) =
            without_each_call(path, words, |output, case| complaint_of_command(output, case, write));
        assert!(cases > 0, "{words:?}");
        wrong.extend(faults);
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
