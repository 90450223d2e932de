//! Runs each test in a child, counts, and holds the tests against the table of names.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use linux::fd::OwnedFd;
use linux::fs::{PipeFlags, pipe, read_full, write_all};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{
    Ended, Fork, Pid, WaitFlags, WaitFor, exit_group, fork, set_parent_death_signal, waitid,
};
use linux::signal::Signal;

/// No test takes nearly so long.
const LIMIT: Duration = Duration::from_secs(60);

/// One test.
pub(crate) struct Test {
    /// The path of its group's module.
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
    pub(crate) run: fn(),
}

/// Lists the tests of a module.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub(crate) const TESTS: &[$crate::runner::Test] = &[
            $($crate::runner::Test { module: module_path!(), name: stringify!($name), run: $name }),*
        ];
    };
}

/// Ends a test that cannot be run here.
pub(crate) struct Skip(pub(crate) String);

/// What came of a test.
enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// Runs the tests whose names hold one of the words, or all; says how many passed.
pub(crate) fn run(groups: &[&[Test]], table: &str, words: &[String]) -> ExitCode {
    let words: Vec<_> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let mut expected = names(table);
    let [mut passed, mut failed, mut skipped] = [0; 3];
    for test in groups.iter().copied().flatten() {
        let group = test.module.rsplit("::").next().unwrap_or_default();
        let name = format!("{group}: {}", test.name);
        let is_named = expected.remove(name.as_str()).is_some_and(|reason| reason.is_none());
        if !words.is_empty() && !words.iter().any(|word| name.contains(*word)) {
            continue;
        }
        let outcome = match is_named {
            true => isolated(test.run),
            false => Outcome::Failed("names.txt does not name it as a test".to_owned()),
        };
        match outcome {
            Outcome::Passed => passed += 1,
            Outcome::Skipped(why) => {
                println!("test {name} ... ignored, {why}");
                skipped += 1;
            }
            Outcome::Failed(why) => {
                println!("test {name} ... FAILED\n{why}");
                failed += 1;
            }
        }
    }
    for (name, _) in expected.into_iter().filter(|(_, reason)| reason.is_none_or(str::is_empty)) {
        println!("test {name} ... FAILED\nthere is neither such a test nor a reason in names.txt");
        failed += 1;
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {word}. {passed} passed; {failed} failed; {skipped} ignored");
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads the table: each name, and the reason why it has no test if it has none.
fn names(table: &str) -> BTreeMap<&str, Option<&str>> {
    let lines = table.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| match line.split_once('#') {
            Some((name, reason)) => (name.trim_end(), Some(reason.trim())),
            None => (line, None),
        })
        .collect()
}

/// Runs a test in a child of this process, which has one thread.
fn isolated(test: fn()) -> Outcome {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    // SAFETY: there is one thread, so that the child may do anything.
    let Fork::Parent(pid) = (unsafe { fork() }).unwrap() else {
        drop(reader);
        // A test that hangs must not outlive who waits for it.
        let _ = set_parent_death_signal(Some(Signal::KILL));
        let (mark, why) = match observed(test) {
            Outcome::Passed => (b'p', String::new()),
            Outcome::Failed(why) => (b'f', why),
            Outcome::Skipped(why) => (b's', why),
        };
        let _ = write_all(&writer, &[&[mark], why.as_bytes()].concat());
        exit_group(0);
    };
    drop(writer);
    let said = said(&reader, pid);
    let ended = linux::retry(|| waitid(WaitFor::Process(pid), WaitFlags::EXITED)).unwrap().unwrap().ended;
    match said.split_first() {
        Some((b'p', _)) if ended == Ended::Exited(0) => Outcome::Passed,
        Some((b's', why)) if ended == Ended::Exited(0) => {
            Outcome::Skipped(String::from_utf8_lossy(why).into_owned())
        }
        Some((b'f', why)) => Outcome::Failed(String::from_utf8_lossy(why).into_owned()),
        _ => Outcome::Failed(format!("it ended so: {ended:?}")),
    }
}

/// Gives what a child says, and kills it if it says nothing.
fn said(reader: &OwnedFd, pid: Pid) -> Vec<u8> {
    let mut list = [PollFd::new(reader, PollFlags::IN)];
    if linux::retry(|| poll(&mut list, Some(LIMIT))) == Ok(0) {
        let _ = linux::process::kill(pid, Some(Signal::KILL));
        return b"fit took too long".to_vec();
    }
    let mut said = vec![0; 4096];
    let count = read_full(reader, &mut said).unwrap_or(0);
    said.truncate(count);
    said
}

/// Runs a test, and sees whether it leaves descriptors.
fn observed(test: fn()) -> Outcome {
    let before = descriptors();
    match catch_unwind(AssertUnwindSafe(test)) {
        Ok(()) => {}
        Err(payload) => {
            return match payload.downcast::<Skip>() {
                Ok(skip) => Outcome::Skipped(skip.0),
                // The panic's message is on standard error by now.
                Err(payload) => Outcome::Failed(text(&*payload)),
            };
        }
    }
    let after = descriptors();
    match before == after {
        true => Outcome::Passed,
        false => Outcome::Failed(format!("descriptors before: {before:?}; after: {after:?}")),
    }
}

fn text(payload: &dyn std::any::Any) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}

/// Gives the numbers of open descriptors and what they are; where /proc is hidden by the test itself, nothing.
fn descriptors() -> Vec<(String, String)> {
    let Ok(folder) = std::fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let mut found: Vec<_> = folder
        .flatten()
        .filter_map(|entry| {
            let target = std::fs::read_link(entry.path()).ok()?;
            Some((entry.file_name().to_string_lossy().into_owned(), target.to_string_lossy().into_owned()))
        })
        .filter(|(_, target)| !target.ends_with("/fd"))
        .collect();
    found.sort_unstable();
    found
}
