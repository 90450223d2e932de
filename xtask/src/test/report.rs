//! What came of the tests: suites with their numbers, read from cargo's test programs, and the summary at the end.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::unsteady;
use crate::command;
use crate::output::{self, note, say};

/// What came of some tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
    /// Names of those that failed, as far as they have names.
    pub(super) failures: Vec<String>,
    /// Names of those that passed at their second run only.
    pub(super) unsteady: Vec<String>,
}

impl Count {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
        self.unsteady.extend(other.unsteady);
    }

    pub(super) fn one(passed: bool) -> Self {
        Self { passed: passed as usize, failed: !passed as usize, ..Self::default() }
    }

    /// Counts a test that has a name, and says what came of it.
    pub(super) fn named(name: &str, passed: bool) -> Self {
        let failures = if passed { Vec::new() } else { vec![name.to_owned()] };
        Self { failures, ..Self::one(passed) }
    }
}

/// What came of a suite, and how those of its tests that failed are run once more.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) count: Count,
    pub(super) again: Vec<Again>,
}

/// Runs tests that failed once more, each by its name, and says whether it passes.
pub(super) struct Again {
    pub(super) names: Vec<String>,
    pub(super) passes: Box<dyn FnMut(&str) -> bool + Send>,
}

impl From<Count> for Outcome {
    fn from(count: Count) -> Self {
        Self { count, again: Vec::new() }
    }
}

impl Outcome {
    pub(super) fn add(&mut self, other: Self) {
        self.count.add(other.count);
        self.again.extend(other.again);
    }

    /// Keeps how tests that failed are run once more.
    pub(super) fn with_again(count: Count, passes: impl FnMut(&str) -> bool + Send + 'static) -> Self {
        let again = vec![Again { names: count.failures.clone(), passes: Box::new(passes) }];
        Self { count, again }
    }
}

/// The suites so far.
#[derive(Default)]
pub(super) struct Report {
    suites: Vec<Suite>,
    /// When it began, if others run beside it.
    beside_since: Option<Instant>,
}

/// A suite that has been run.
struct Suite {
    name: String,
    outcome: Outcome,
    seconds: f64,
}

impl Report {
    /// Starts a report of suites beside which others run: each is printed in one piece.
    pub(super) fn beside() -> Self {
        Self { beside_since: Some(Instant::now()), ..Self::default() }
    }

    /// Adds the suites of another report behind its own.
    pub(super) fn append(&mut self, other: Self) {
        self.suites.extend(other.suites);
    }

    /// Runs a command as one test.
    pub(super) fn step(&mut self, name: &str, command: &mut Command) {
        self.suite(name, || command::run(command).map(|()| Count::one(true)));
    }

    /// Runs `cargo test` with these arguments, and counts its tests.
    pub(super) fn cargo<'a>(&mut self, name: &str, arguments: impl IntoIterator<Item = &'a str>) {
        self.suite(name, || unsteady::tests(cargo_test(arguments)));
    }

    /// Runs a suite; an error, or that it ran nothing, is a failure.
    pub(super) fn suite<O: Into<Outcome>>(&mut self, name: &str, suite: impl FnOnce() -> Result<O>) {
        let started = Instant::now();
        let outcome = match self.beside_since {
            Some(since) => {
                let seconds = since.elapsed().as_secs();
                note!("xtask: {:02}:{:02} {name} ...", seconds / 60, seconds % 60);
                output::in_one_piece(|| outcome(name, suite))
            }
            None => outcome(name, suite),
        };
        self.suites.push(Suite { name: name.to_owned(), outcome, seconds: started.elapsed().as_secs_f64() });
    }

    /// Has what failed run once more, now that nothing runs beside it, and prints the summary; fails when a test has failed.
    pub(super) fn finish(self) -> Result<()> {
        let settle = |suite: Suite| (suite.name, unsteady::settle(suite.outcome), suite.seconds);
        let suites: Vec<_> = self.suites.into_iter().map(settle).collect();
        let mut total = Count::default();
        say!("\n== summary");
        for (name, count, seconds) in suites {
            let Count { passed, failed, skipped, failures, unsteady } = &count;
            let mark = if *failed == 0 { "ok    " } else { "FAILED" };
            say!("{mark} {name}: {passed} passed, {failed} failed, {skipped} skipped in {seconds:.1} s");
            failures.iter().for_each(|failure| say!("       failed: {failure}"));
            unsteady
                .iter()
                .for_each(|name| say!("       unsteady: {name}: failed beside others, passed alone"));
            total.add(count);
        }
        let Count { passed, failed, skipped, .. } = total;
        say!("{passed} passed, {failed} failed, {skipped} skipped");
        if failed > 0 || passed == 0 {
            bail!("the tests failed");
        }
        Ok(())
    }
}

/// Runs a suite, and says what keeps it from having run.
fn outcome<O: Into<Outcome>>(name: &str, suite: impl FnOnce() -> Result<O>) -> Outcome {
    say!("\n== {name}");
    match suite().map(Into::into) {
        Ok(outcome) if outcome.count.passed + outcome.count.failed == 0 => {
            say!("{name}: ran nothing");
            Count::one(false).into()
        }
        Ok(outcome) => outcome,
        Err(error) => {
            say!("{name}: {error:#}");
            Count::one(false).into()
        }
    }
}

/// Gives the command `cargo test` with these arguments.
pub(super) fn cargo_test<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = command::cargo();
    command.args(["test", "--quiet", "--no-fail-fast"]).args(arguments);
    // Colours would hide the words that are counted.
    command.env("CARGO_TERM_COLOR", "never");
    command
}

/// Runs test programs, shows what they print, and adds up their results and the names of failures.
pub(super) fn tests(command: &mut Command) -> Result<Count> {
    // Tests say past the harness's capture, on standard error, that they are skipped.
    let (output, writer) = std::io::pipe().context("make a pipe")?;
    let errors = writer.try_clone().context("share a pipe")?;
    let child = command.stdout(writer).stderr(errors).stdin(Stdio::null()).spawn();
    let mut child = child.with_context(|| format!("start {}", command::show(command)))?;
    // Closes our copies of the pipe's other end, which would keep the loop below waiting.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut count = Count::default();
    // A test may say so of several of its parts.
    let mut skipped = BTreeSet::new();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("read what the tests say")?;
        let line = String::from_utf8_lossy(&line);
        say!("{line}");
        skipped.extend(skip(&line).map(str::to_owned));
        count.failures.extend(failure(&line).map(str::to_owned));
        if let Some(mut result) = result(&line) {
            // A test that skipped itself has been counted as passed by the harness.
            result.passed = result.passed.saturating_sub(skipped.len());
            result.skipped += skipped.len();
            count.add(result);
            skipped.clear();
        }
    }
    let status = child.wait().context("wait for the tests")?;
    if !status.success() && count.failed == 0 {
        bail!("{} failed: {status}", command::show(command));
    }
    Ok(count)
}

/// Reads the name of a test that failed: the standard harness heads what such a test printed with it, ours ends its line.
fn failure(line: &str) -> Option<&str> {
    let headed = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"));
    headed.or_else(|| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}

/// Reads the name of a test that says that it was skipped: `skipped: NAME: WHY`, or `test NAME ... skipped: WHY`.
fn skip(line: &str) -> Option<&str> {
    if let Some((head, _)) = line.split_once(" ... skipped:") {
        return head.rsplit_once("test ").map(|(_, name)| name);
    }
    // The harness writes a letter for each test, or its name, and no end of the line before the test's; the test may have
    // written its own first word before that.
    let line = line.trim_start_matches(['.', 'F', 'i']);
    line.strip_prefix("skipped: ")?.split_once(": ").map(|(name, _)| name.trim_start_matches('.'))
}

/// Reads the harness's closing line.
fn result(line: &str) -> Option<Count> {
    let numbers = line.strip_prefix("test result: ")?;
    let number = |what: &str| {
        let words: Vec<_> = numbers.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        let at = words.iter().position(|word| *word == what)?;
        words.get(at.checked_sub(1)?)?.parse::<usize>().ok()
    };
    let of = |what: &str| number(what).unwrap_or(0);
    // A test that is ignored was not run: its reason stands in the source.
    Some(Count { passed: of("passed"), failed: of("failed"), skipped: of("ignored"), ..Count::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        let line = "test result: FAILED. 8 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s";
        assert_eq!(result(line), Some(Count { passed: 8, failed: 2, skipped: 1, ..Count::default() }));
        assert_eq!(result("8 passed"), None);
        assert_eq!(skip("skipped: kea::renews: not installed"), Some("kea::renews"));
        assert_eq!(skip("..i.skipped: .kea: not installed"), Some("kea"));
        assert_eq!(skip("test uptime: in words ... skipped: no clock"), Some("uptime: in words"));
        assert_eq!(skip("nothing was skipped: all is well"), None);
    }

    #[test]
    fn results_of_test_programs_are_added_up() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "echo 'skipped: a: b' >&2; echo 'skipped: a: c' >&2; echo 'test c ... FAILED'; \
             echo 'test result: FAILED. 3 passed; 1 failed; 0 ignored;'; \
             echo 'skipped: a: b' >&2; echo 'test result: ok. 1 passed; 0 failed; 0 ignored;'",
        ]);
        let expected =
            Count { passed: 2, failed: 1, skipped: 2, failures: vec!["c".to_owned()], ..Count::default() };
        assert_eq!(tests(&mut command).unwrap(), expected);
        let mut broken = Command::new("sh");
        assert!(tests(broken.args(["-c", "echo error: could not compile; exit 101"])).is_err());
    }

    #[test]
    fn failures_are_named() {
        assert_eq!(failure("---- dhcp::renews stdout ----"), Some("dhcp::renews"));
        assert_eq!(failure("test uptime: in words ... FAILED"), Some("uptime: in words"));
        assert_eq!(failure("test uptime: in words ... ok"), None);
    }

    #[test]
    fn suites_that_fail_or_run_nothing_fail_the_report() {
        let report = |suite: fn() -> Result<Count>| {
            let mut report = Report::default();
            report.suite("unit", suite);
            report.finish()
        };
        assert!(report(|| Ok(Count::one(true))).is_ok());
        assert!(report(|| Ok(Count::default())).is_err());
        assert!(report(|| Ok(Count { skipped: 1, ..Count::default() })).is_err());
        assert!(report(|| bail!("broken")).is_err());
        assert!(Report::default().finish().is_err());
    }
}
