//! Tests that fail beside others on a busy host and pass alone: run once more, and named in the summary whatever comes of it.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::Result;

use super::report::{self, Again, Count, Outcome};
use crate::output::say;

/// How many failures of a suite may be chance; more are the suite's fault, and stand.
const MOST: usize = 3;

/// Runs test programs; those tests that fail can be run once more, each alone.
pub(super) fn tests(mut command: Command) -> Result<Outcome> {
    let count = report::tests(&mut command)?;
    Ok(Outcome::with_again(count, move |name| {
        let again = report::tests(&mut alone(&command, name));
        again.is_ok_and(|again| again.failed == 0 && again.passed > 0)
    }))
}

/// Has failures that have names run again: those that pass are unsteady.
pub(super) fn settle(Outcome { mut count, again }: Outcome) -> Count {
    let named: usize = again.iter().map(|again| again.names.len()).sum();
    if count.failed > MOST || named != count.failed {
        return count;
    }
    for Again { names, mut passes } in again {
        for name in names {
            say!("\n== once more: {name}");
            if passes(&name) {
                count.failed -= 1;
                count.passed += 1;
                count.failures.retain(|failure| *failure != name);
                count.unsteady.push(name);
            }
        }
    }
    count
}

/// Gives the command that runs one of the tests: what was behind `--` chose others.
fn alone(command: &Command, name: &str) -> Command {
    let mut alone = Command::new(command.get_program());
    let arguments: Vec<_> = command.get_args().take_while(|argument| *argument != OsStr::new("--")).collect();
    let is_cargo = arguments.first().is_some_and(|argument| *argument == OsStr::new("test"));
    alone.args(arguments).args(is_cargo.then_some("--")).args(["--exact", name]);
    for (variable, value) in command.get_envs() {
        match value {
            Some(value) => alone.env(variable, value),
            None => alone.env_remove(variable),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        alone.current_dir(folder);
    }
    alone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(names: &[&str]) -> Count {
        let failures = names.iter().map(|name| (*name).to_owned()).collect();
        Count { passed: 5, failed: names.len(), failures, ..Count::default() }
    }

    fn settled(count: &Count, passes: impl FnMut(&str) -> bool + Send + 'static) -> Count {
        settle(Outcome::with_again(count.clone(), passes))
    }

    #[test]
    fn a_test_that_fails_twice_has_failed() {
        let count = settled(&failed(&["a", "b"]), |name| name == "a");
        assert_eq!((count.passed, count.failed), (6, 1));
        assert_eq!((count.failures, count.unsteady), (vec!["b".to_owned()], vec!["a".to_owned()]));
    }

    #[test]
    fn many_failures_or_nameless_ones_are_no_chance() {
        let many = failed(&["a", "b", "c", "d"]);
        assert_eq!(settled(&many, |_| true), many);
        let nameless = Count { failed: 2, ..failed(&["a"]) };
        assert_eq!(settled(&nameless, |_| true), nameless);
    }

    #[test]
    fn one_test_is_run_as_the_suite_was() {
        let mut suite = Command::new("cargo");
        suite.args(["test", "--test", "programs", "--", "faults"]).env("KIND", "b").env_remove("LOST");
        let alone = alone(&suite, "faults::c");
        assert_eq!(
            alone.get_args().collect::<Vec<_>>(),
            ["test", "--test", "programs", "--", "--exact", "faults::c"]
        );
        assert_eq!(alone.get_envs().count(), 2);
        let mut program = Command::new("emulator");
        let alone = super::alone(program.args(["calls", "--test-threads=1"]), "files::open");
        let words: Vec<_> = alone.get_args().collect();
        assert_eq!(words, ["calls", "--test-threads=1", "--exact", "files::open"]);
    }

    #[test]
    fn a_suite_with_a_race_passes_and_says_so() {
        let mut command = Command::new("sh");
        // The first run fails; one test alone passes, since it has more words.
        let script = "case $# in 0) echo 'test c ... FAILED'; echo 'test result: FAILED. 3 passed; 1 failed;';; \
                      *) echo 'test result: ok. 1 passed; 0 failed;';; esac";
        command.args(["-c", script, "sh"]);
        let count = settle(tests(command).unwrap());
        assert_eq!((count.passed, count.failed, count.unsteady), (4, 0, vec!["c".to_owned()]));
    }
}
