//! `cargo xtask test`: everything that can be tested, each part also alone, and one line of numbers at the end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use crate::bench::Setup;
use crate::boot::Hardware;
use crate::install::{self, Need, need};
use crate::machine::Architecture;
use crate::output::say;
use crate::scenario::{self, Scenario};
use crate::{applets, budget, build, command, tidy};

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// form: formatting, clippy, documentation, the tree's own rules
    Tidy,
    /// what needs nothing but this system: unit tests, real calls, programs, tables of the commands
    Host,
    /// our network code in private namespaces, against real servers
    Netns,
    /// guests: the program that ships, scenarios, budgets
    Vm,
}

/// What the suites need beyond a Rust toolchain and a C compiler.
const NEEDS: &[(Part, &[Need<'static>])] = &[
    (Part::Tidy, &[need("git", "git")]),
    (
        Part::Host,
        &[
            need("busybox", "busybox-static"),
            need("cpio", "cpio"),
            need("ip", "iproute2"),
            need("musl-gcc", "musl-tools"),
            need("ps", "procps"),
            need("strace", "strace"),
            need("unshare", "util-linux"),
        ],
    ),
    (
        Part::Netns,
        &[
            need("dhcpd", "isc-dhcp-server"),
            need("dnsmasq", "dnsmasq-base"),
            need("ip", "iproute2"),
            need("kea-dhcp4", "kea-dhcp4-server"),
            need("udhcpc", "udhcpc"),
            need("udhcpd", "udhcpd"),
            need("unshare", "util-linux"),
        ],
    ),
    (Part::Vm, &[need("mke2fs", "e2fsprogs")]),
];

/// What came of some tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Names of those that failed, as far as they have names.
    failures: Vec<String>,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }

    const fn one(passed: bool) -> Self {
        Self { passed: passed as usize, failed: !passed as usize, skipped: 0, failures: Vec::new() }
    }

    /// Counts a test that has a name, and says what came of it.
    fn named(name: &str, passed: bool) -> Self {
        let failures = if passed { Vec::new() } else { vec![name.to_owned()] };
        Self { failures, ..Self::one(passed) }
    }
}

/// The tests so far, and each suite with its time.
#[derive(Debug, Default)]
struct Report {
    total: Count,
    suites: Vec<(String, Count, f64)>,
}

/// Runs the tests; fails when one does, or when a suite ran nothing.
pub(crate) fn run(only: Option<Part>, hardware: &Hardware) -> Result<()> {
    let wanted = |part: Part| only.is_none_or(|only| only == part);
    for (_, needs) in NEEDS.iter().filter(|(part, _)| wanted(*part)) {
        install::ensure(needs)?;
    }
    let mut report = Report::default();
    let resolver = resolver();
    if wanted(Part::Tidy) {
        forms(&mut report)?;
    }
    if wanted(Part::Host) {
        host(&mut report)?;
    }
    if wanted(Part::Netns) {
        for target in targets(Part::Netns)? {
            report.cargo(&format!("tests {target}"), &["--package", "spelunk-tests", "--test", &target])?;
        }
    }
    if wanted(Part::Vm) {
        guests(&mut report, hardware)?;
    }
    // A DHCP client that escaped its namespace would take the host's names away.
    report.suite("the host is as it was", || Ok(Count::one(resolver == self::resolver())));
    report.finish()
}

fn resolver() -> Option<Vec<u8>> {
    std::fs::read("/etc/resolv.conf").ok()
}

fn forms(report: &mut Report) -> Result<()> {
    report.step("formatting", command::cargo().args(["fmt", "--all", "--check"]));
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    report.step("clippy", command::cargo().args(clippy));
    let doc = ["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"];
    report.step("documentation", command::cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"));
    report.suite("tidy", || {
        let (passed, failed) = tidy::count()?;
        Ok(Count { passed, failed, ..Count::default() })
    });
    Ok(())
}

fn host(report: &mut Report) -> Result<()> {
    // The program, the start-up programs and the face own symbols of start-up; they are linked by their own suites.
    let units = [
        "--workspace",
        "--lib",
        "--exclude",
        "spelunk",
        "--exclude",
        "spelunk-init",
        "--exclude",
        "spelunk-programs",
    ];
    report.cargo("unit tests", &units)?;
    report.cargo("unit tests of xtask", &["--package", "xtask"])?;
    for target in targets(Part::Host)? {
        report.cargo(&format!("tests {target}"), &["--package", "spelunk-tests", "--test", &target])?;
    }
    Ok(())
}

fn guests(report: &mut Report, hardware: &Hardware) -> Result<()> {
    report.suite("program", || program(hardware));
    for target in targets(Part::Vm)? {
        report.cargo(&format!("tests {target}"), &["--package", "spelunk-tests", "--test", &target])?;
    }
    report.suite("scenarios", || scenarios(hardware));
    report.suite("budget", || {
        let setup = Setup { hardware: hardware.clone(), rounds: 3, peers: false };
        let mut count = Count::default();
        for (passed, line) in budget::check(&setup)? {
            say!("{} {line}", if passed { "ok    " } else { "FAILED" });
            count.add(Count::named(&line, passed));
        }
        Ok(count)
    });
    Ok(())
}

/// Builds what ships, checks it, asks it for its commands (the image names them without having run it), and holds those
/// against their tables.
fn program(hardware: &Hardware) -> Result<Count> {
    let architecture = Architecture::load(&hardware.arch)?;
    let path = build::spelunk(&architecture)?;
    let mut count = Count::one(true);
    if architecture.name == std::env::consts::ARCH {
        let listed = command::output(Command::new(&path).arg("--list"))?;
        let mut listed: Vec<_> = listed.lines().collect();
        listed.sort_unstable();
        let declared = applets::names()?;
        count.add(Count::one(listed == declared));
        if listed != declared {
            say!("the program lists {listed:?}; its sources declare {declared:?}");
        }
        // The host part holds the same tables against the library; this is what ships.
        let mut tables = command::cargo();
        tables.args(["test", "--quiet", "--package", "spelunk-tests", "--test", "applets"]);
        count.add(tests(tables.env("SPELUNK_PROGRAM", &path).env("CARGO_TERM_COLOR", "never"))?);
    }
    Ok(count)
}

fn scenarios(hardware: &Hardware) -> Result<Count> {
    let mut count = Count::default();
    for name in scenario::names()? {
        let started = Instant::now();
        let result = Scenario::load(&name).and_then(|found| scenario::play(&name, &found, hardware, false));
        let seconds = started.elapsed().as_secs_f64();
        match &result {
            Ok(()) => say!("ok     {name} ({seconds:.1} s)"),
            Err(error) => say!("FAILED {name} ({seconds:.1} s): {error:#}"),
        }
        count.add(Count::named(&name, result.is_ok()));
    }
    Ok(count)
}

/// Lists the targets of the tests crate that belong to a part: `netns...` and `vm...` by their names, others to the host.
fn targets(part: Part) -> Result<Vec<String>> {
    let metadata =
        command::output(command::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("read cargo's metadata")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let targets = packages.filter(|package| package["name"] == "spelunk-tests");
    let targets = targets.flat_map(|package| package["targets"].as_array().into_iter().flatten());
    let tests =
        targets.filter(|target| target["kind"][0] == "test").filter_map(|target| target["name"].as_str());
    Ok(tests.filter(|name| part_of(name) == part).map(str::to_owned).collect())
}

fn part_of(target: &str) -> Part {
    match target {
        name if name.starts_with("netns") => Part::Netns,
        name if name.starts_with("vm") => Part::Vm,
        _ => Part::Host,
    }
}

impl Report {
    /// Runs a command as one test.
    fn step(&mut self, name: &str, command: &mut Command) {
        self.suite(name, || command::run(command).map(|()| Count::one(true)));
    }

    /// Runs `cargo test` with these arguments, and counts its tests.
    fn cargo(&mut self, name: &str, arguments: &[&str]) -> Result<()> {
        let mut command = command::cargo();
        command.args(["test", "--quiet", "--no-fail-fast"]).args(arguments);
        // Tests print that they were skipped past the harness's capture; colours would hide the word.
        command.env("CARGO_TERM_COLOR", "never");
        self.suite(name, || tests(&mut command));
        Ok(())
    }

    /// Runs a suite; an error, or that it ran nothing, is a failure.
    fn suite(&mut self, name: &str, suite: impl FnOnce() -> Result<Count>) {
        say!("\n== {name}");
        let started = Instant::now();
        let count = match suite() {
            Ok(count) if count == Count::default() => {
                say!("{name}: ran nothing");
                Count::one(false)
            }
            Ok(count) => count,
            Err(error) => {
                say!("{name}: {error:#}");
                Count::one(false)
            }
        };
        self.total.add(count.clone());
        self.suites.push((name.to_owned(), count, started.elapsed().as_secs_f64()));
    }

    fn finish(self) -> Result<()> {
        say!("\n== summary");
        for (name, Count { passed, failed, skipped, failures }, seconds) in &self.suites {
            let mark = if *failed == 0 { "ok    " } else { "FAILED" };
            say!("{mark} {name}: {passed} passed, {failed} failed, {skipped} skipped in {seconds:.1} s");
            failures.iter().for_each(|failure| say!("       failed: {failure}"));
        }
        let Count { passed, failed, skipped, .. } = self.total;
        say!("{passed} passed, {failed} failed, {skipped} skipped");
        if failed > 0 || passed == 0 {
            bail!("the tests failed");
        }
        Ok(())
    }
}

/// Runs cargo's test programs, shows what they print, and adds up their results and the names of failures.
fn tests(command: &mut Command) -> Result<Count> {
    let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().context("start cargo")?;
    let output = child.stdout.take().context("read from cargo")?;
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("read from cargo")?;
        let line = String::from_utf8_lossy(&line);
        say!("{line}");
        count.add(counted(&line));
        count.failures.extend(failure(&line).map(str::to_owned));
    }
    let status = child.wait().context("wait for cargo")?;
    // A test that skipped itself has been counted as passed by the harness.
    count.passed = count.passed.saturating_sub(count.skipped);
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

/// Reads the harness's closing line, and the lines of tests that say that they were skipped.
fn counted(line: &str) -> Count {
    if line.starts_with("skipped:") {
        return Count { skipped: 1, ..Count::default() };
    }
    let Some(numbers) = line.strip_prefix("test result: ") else { return Count::default() };
    let number = |what: &str| {
        let words: Vec<_> = numbers.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        let at = words.iter().position(|word| *word == what)?;
        words.get(at.checked_sub(1)?)?.parse::<usize>().ok()
    };
    let of = |what: &str| number(what).unwrap_or(0);
    // A test that is ignored was not run: its reason stands in the source.
    Count { passed: of("passed"), failed: of("failed"), skipped: of("ignored"), failures: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        let line = "test result: FAILED. 8 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s";
        assert_eq!(counted(line), Count { passed: 8, failed: 2, skipped: 1, failures: Vec::new() });
        assert_eq!(counted("skipped: kea: not installed"), Count { skipped: 1, ..Count::default() });
        assert_eq!(counted("8 passed"), Count::default());
    }

    #[test]
    fn results_of_test_programs_are_added_up() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "echo 'skipped: a: b'; echo 'test c ... FAILED'; echo 'test result: FAILED. 3 passed; 1 failed; 0 ignored;'",
        ]);
        let expected = Count { passed: 2, failed: 1, skipped: 1, failures: vec!["c".to_owned()] };
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
        assert!(report(|| bail!("broken")).is_err());
        assert!(Report::default().finish().is_err());
    }

    #[test]
    fn targets_belong_to_a_part_by_name() {
        assert_eq!(part_of("netns_dhcp"), Part::Netns);
        assert_eq!(part_of("vm"), Part::Vm);
        assert_eq!(part_of("programs"), Part::Host);
    }
}
