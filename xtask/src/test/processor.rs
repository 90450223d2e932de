//! The suites that every architecture has: its program, and guests; where the host's processor is another one, also
//! start-up programs and system calls under an emulator of user programs.
//!
//! Each suite installs what it needs by itself, so that what is missing for one processor costs the others nothing.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use toolchain::{Form, Target};

use super::report::{self, Count, Outcome, Report};
use super::{Options, Part};
use super::{Wanted, unsteady};
use crate::boot::Hardware;
use crate::install::{self, need};
use crate::machine::{Architecture, Depth};
use crate::output::say;
use crate::scenario::{self, Scenario};
use crate::selection::Selection;
use crate::{build, command};

/// The variable that tells tests which architecture's programs they build and run (`tests/src/programs.rs`).
const ARCHITECTURE: &str = "SPELUNK_ARCH";

/// The variable that has tables played in part: the first case of each, and of the others one of so many (`tests/applets/main.rs`).
const SHARE: &str = "SPELUNK_SHARE";

/// The variable that tells tests which kinds of programs they build (`tests/src/programs.rs`).
const KINDS: &str = "SPELUNK_KINDS";

/// Runs the suites of an architecture that is not the host's.
pub(super) fn suites(
    report: &mut Report,
    architecture: &Architecture,
    depth: Depth,
    options: &Options,
    wanted: Wanted<'_>,
) {
    let hardware = &options.hardware;
    if wanted(Part::Host) {
        program(report, architecture, depth);
        start_up(report, architecture, depth);
        if depth >= Depth::Full {
            system_calls(report, architecture);
        }
    }
    if wanted(Part::Vm) && depth >= Depth::Short {
        scenarios(report, architecture, depth, hardware, options.asks());
    }
}

/// Gives a suite's name: the processor is named when it is not the host's.
fn name(architecture: &Architecture, suite: &str) -> String {
    match architecture.target().is_host() {
        true => suite.to_owned(),
        false => format!("{}: {suite}", architecture.name),
    }
}

/// Installs what runs the architecture's programs here.
fn emulator(target: &Target) -> Result<()> {
    match target.runs_here() {
        true => Ok(()),
        false => install::ensure(&[need(&target.emulator, Target::EMULATORS)]),
    }
}

/// Builds what ships (where a processor is only looked at, what is built faster), checks it, asks it for its commands (the image names them without having run it), and holds those
/// against their tables.
pub(super) fn program(report: &mut Report, architecture: &Architecture, depth: Depth) {
    report.suite(&name(architecture, "program"), || {
        let target = architecture.target();
        let selection: Selection = Selection::FULL.parse()?;
        let path = match depth {
            Depth::Sample => build::spelunk_in(architecture, &selection, Form::Sampled)?,
            _ => build::spelunk(architecture, &selection)?,
        };
        let mut outcome = Outcome::from(Count::one(true));
        emulator(&target)?;
        let listed = command::output(target.run(&path).arg("--list"))?;
        let mut listed: Vec<_> = listed.lines().collect();
        listed.sort_unstable();
        let declared = selection.names();
        outcome.count.add(Count::one(listed == declared));
        if listed != declared {
            say!("the program lists {listed:?}; its sources declare {declared:?}");
        }
        // The host part holds the same tables against the library; this is what ships.
        let mut tables = cargo_test(architecture, "applets");
        tables.env("SPELUNK_PROGRAM", &path);
        if depth == Depth::Sample {
            tables.env(SHARE, "8");
        }
        outcome.add(unsteady::tests(tables)?);
        let mut faults = cargo_test(architecture, "programs");
        faults.args(["--", "faults::commands"]).env("SPELUNK_PROGRAM", &path);
        outcome.add(unsteady::tests(faults)?);
        Ok(outcome)
    });
}

/// Builds what ships, and holds it against the cases that the words choose.
pub(super) fn tables(report: &mut Report, architecture: &Architecture, words: &[String]) {
    report.suite(&name(architecture, "program"), || {
        let path = build::spelunk(architecture, &Selection::FULL.parse()?)?;
        emulator(&architecture.target())?;
        let mut tables = cargo_test(architecture, "applets");
        tables.arg("--").args(words).env("SPELUNK_PROGRAM", &path);
        unsteady::tests(tables)
    });
}

/// Runs the start-up programs: where not even guests are asked for, only as they ship, since building them is what takes long.
fn start_up(report: &mut Report, architecture: &Architecture, depth: Depth) {
    report.suite(&name(architecture, "start-up programs"), || {
        build::toolchain(architecture)?;
        emulator(&architecture.target())?;
        let mut tests = cargo_test(architecture, "programs");
        match depth {
            Depth::Sample => drop(tests.env(KINDS, "sampled")),
            Depth::Programs => drop(tests.env(KINDS, "shipped")),
            Depth::Short | Depth::Full => {}
        }
        unsteady::tests(tests)
    });
}

/// Gives the command of a test of this host that runs programs of another architecture.
fn cargo_test(architecture: &Architecture, test: &str) -> Command {
    let mut cargo = report::cargo_test(["--package", "spelunk-tests", "--test", test]);
    cargo.env(ARCHITECTURE, &architecture.name);
    cargo
}

/// Runs the tests of system calls, built for the architecture.
fn system_calls(report: &mut Report, architecture: &Architecture) {
    report.suite(&name(architecture, "system calls"), || {
        let target = architecture.target();
        emulator(&target)?;
        let program = build::system_calls(architecture, "host")?;
        let mut tests = target.run(&program);
        // One at a time: qemu-user of QEMU 7.2 loses its way in a fork beside other threads.
        tests.arg("--test-threads=1");
        unsteady::tests(tests)
    });
}

/// Gives the hardware that was asked for, of one architecture where `all` may have been said.
pub(super) fn of(architecture: &Architecture, hardware: &Hardware) -> Hardware {
    Hardware { arch: Some(architecture.name.clone()), ..hardware.clone() }
}

/// Plays the scenarios on the architecture's machine; those with a kernel of their own, which takes minutes to build, if the processor
/// or everything was asked for.
pub(super) fn scenarios(
    report: &mut Report,
    architecture: &Architecture,
    depth: Depth,
    hardware: &Hardware,
    is_asked: bool,
) {
    let hardware = of(architecture, hardware);
    report.suite(&name(architecture, "scenarios"), || {
        let mut count = Count::default();
        for name in scenario::names()? {
            let scenario = Scenario::load(&name)?;
            if (depth < Depth::Full && !scenario.short) || !scenario.fits(&architecture.name) {
                continue;
            }
            if scenario.kernel.is_some() && !is_asked {
                say!(
                    "skipped: {name}: its kernel is built for `test --arch {}` and `--full`",
                    architecture.name
                );
                count.skipped += 1;
                continue;
            }
            count.add(Count::named(&name, plays(&name, &scenario, &hardware)));
        }
        Ok(Outcome::with_again(count, move |name| {
            Scenario::load(name).is_ok_and(|scenario| plays(name, &scenario, &hardware))
        }))
    });
}

/// Plays a scenario, and says what came of it.
fn plays(name: &str, scenario: &Scenario, hardware: &Hardware) -> bool {
    let started = Instant::now();
    let result = scenario::play(name, scenario, hardware, false);
    let seconds = started.elapsed().as_secs_f64();
    match &result {
        Ok(()) => say!("ok     {name} ({seconds:.1} s)"),
        Err(error) => say!("FAILED {name} ({seconds:.1} s): {error:#}"),
    }
    result.is_ok()
}
