//! The suites that only the host's own processor has: form, unit tests, the targets of the tests crate, budgets.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Part;
use super::report::{Count, Report};
use crate::bench::Setup;
use crate::boot::Hardware;
use crate::calls::abi;
use crate::install::{self, need};
use crate::output::say;
use crate::{budget, command, man, tidy};

pub(super) fn forms(report: &mut Report) {
    report.step("formatting", command::cargo().args(["fmt", "--all", "--check"]));
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    report.step("clippy", command::cargo().args(clippy));
    let doc = ["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"];
    report.step("documentation", command::cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"));
    report.suite("tidy", || {
        let (passed, failed) = tidy::count()?;
        Ok(Count { passed, failed, ..Count::default() })
    });
}

pub(super) fn units(report: &mut Report) {
    // The program, the start-up programs and the face own symbols of start-up; they are linked by their own suites.
    let others = ["--exclude", "spelunk", "--exclude", "spelunk-init", "--exclude", "spelunk-programs"];
    report.cargo("unit tests", ["--workspace", "--lib"].into_iter().chain(others));
    report.cargo("examples in documentation", ["--workspace", "--doc"].into_iter().chain(others));
    report.cargo("unit tests of xtask", ["--package", "xtask"]);
}

/// Holds the kernel's structures and constants against its headers.
pub(super) fn structures(report: &mut Report) {
    report.suite("structures and constants", || {
        let outcome = abi::compare()?;
        outcome.differences.iter().for_each(|difference| say!("{difference}"));
        say!("{}", outcome.running);
        Ok(Count {
            passed: outcome.same,
            failed: outcome.differences.len(),
            skipped: outcome.younger,
            ..Count::default()
        })
    });
}

/// Runs the test programs of all packages that belong to a part.
pub(super) fn targets(report: &mut Report, part: Part) -> Result<()> {
    for (package, target) in of_part(part)? {
        report.cargo(&format!("tests {target}"), ["--package", &package, "--test", &target]);
    }
    Ok(())
}

/// Lists packages and test programs of theirs that belong to a part: `netns...` and `vm...` by name, others to
/// the host.
fn of_part(part: Part) -> Result<Vec<(String, String)>> {
    let metadata =
        command::output(command::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("read cargo's metadata")?;
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let targets = package["targets"].as_array().into_iter().flatten();
        let tests = targets.filter(|target| target["kind"][0] == "test" && target["test"] == true);
        let tests = tests.filter_map(|target| target["name"].as_str()).filter(|test| part_of(test) == part);
        found.extend(tests.map(|test| (name.to_owned(), test.to_owned())));
    }
    Ok(found)
}

fn part_of(target: &str) -> Part {
    match target {
        name if name.starts_with("netns") => Part::Netns,
        name if name.starts_with("vm") => Part::Vm,
        _ => Part::Host,
    }
}

/// Writes the manual pages, and has another formatter look for mistakes in them.
pub(super) fn pages(report: &mut Report) {
    report.suite("manual pages", || {
        install::ensure(&[need("mandoc", "mandoc")])?;
        let pages = man::write(None)?;
        command::run(command::new("mandoc").args(["-T", "lint", "-W", "error"]).args(&pages))?;
        Ok(Count { passed: pages.len(), ..Count::default() })
    });
}

pub(super) fn budget(report: &mut Report, hardware: &Hardware) {
    report.suite("budget", || {
        let setup = Setup { hardware: hardware.clone(), rounds: 3, peers: false };
        let mut count = Count::default();
        for (passed, line) in budget::check(&setup)? {
            say!("{} {line}", if passed { "ok    " } else { "FAILED" });
            count.add(Count::named(&line, passed));
        }
        Ok(count)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_belong_to_a_part_by_name() {
        assert_eq!(part_of("netns_dhcp"), Part::Netns);
        assert_eq!(part_of("vm"), Part::Vm);
        assert_eq!(part_of("programs"), Part::Host);
    }
}
