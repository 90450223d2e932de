//! Holds the shell against the tables of `tests/conformance/shell`, a file a clause of POSIX.1-2024, and the tables against
//! `dash` and BusyBox's `sh`, where they are installed: a case that one of them does otherwise says so (`differs`), and one
//! that says so without need is wrong, too. What a person types is in `typing`, for ours alone; `limits` has
//! scripts that are too much, `failures` system calls that fail, `real` scripts of the system, `configure`
//! what autoconf makes.
//!
//! The shell is that of the library in a program of the host, or the program that `SPELUNK_SHELL` names. Words that are
//! arguments choose cases by a part of `file: case`.

#![allow(unsafe_code, reason = "system calls between fork and execve")]

mod configure;
mod failures;
mod limits;
mod real;
mod typing;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use spelunk_tests::perform::{Outcome, also, perform, shown};
use spelunk_tests::table::{self, Case};
use spelunk_tests::tally::{Tally, each, harness};

/// Where the tools are that scripts call.
const PATH: &str = "/usr/bin:/bin";

/// Another shell.
struct Peer {
    name: &'static str,
    program: &'static str,
    words: &'static [&'static str],
}

const PEERS: [Peer; 2] = [
    Peer { name: "dash", program: "/usr/bin/dash", words: &[] },
    Peer { name: "busybox", program: "/usr/bin/busybox", words: &["sh"] },
];

fn main() -> ExitCode {
    harness(run)
}

/// Plays the tables, several cases at once, then what has the host for itself.
fn run(tally: &Tally) -> Result<()> {
    let program = std::env::var_os("SPELUNK_SHELL").unwrap_or_else(|| env!("CARGO_BIN_EXE_sh").into());
    // Under the name by which a program of many commands knows what it is to be.
    let folder = std::env::temp_dir().join(format!("spelunk-shell-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let ours = folder.join("sh");
    symlink(fs::canonicalize(&program).with_context(|| format!("{}", program.display()))?, &ours)?;
    let mut cases = Vec::new();
    for path in tables()? {
        let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let table = table::parse(&text).with_context(|| path.display().to_string())?;
        cases.extend(table.into_iter().map(|case| (format!("{file}: {}", case.name), case)));
    }
    each(cases, |(name, case)| {
        tally.case(&name, || check(&case, &ours));
        Ok(())
    })?;
    typing::run(&ours, &folder, tally);
    limits::run(&ours, &folder, tally);
    // Another program has no door for them.
    if std::env::var_os("SPELUNK_SHELL").is_none() {
        failures::run(&ours, &folder, tally);
    }
    real::run(&ours, &folder, tally);
    configure::run(&ours, &folder, tally);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Gives the tables, in order of their names.
fn tables() -> Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/shell");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn check(case: &Case, ours: &Path) -> Result<()> {
    if case.clause.is_empty() {
        bail!("the case names no clause");
    }
    let command = |program: &Path, words: &'static [&'static str]| {
        let mut command = Command::new(program);
        command.args(words);
        Some(command)
    };
    let outcome = perform(case, Path::new(PATH), |_| command(ours, &[]))?.context("ours")?;
    if let Some(fault) = fault(case, &outcome) {
        bail!("{fault}{}", also(&outcome.err));
    }
    if !case.err.is_met(&outcome.err) {
        bail!("errors {}\nexpected {}", shown(&outcome.err), case.err);
    }
    for peer in PEERS.iter().filter(|peer| Path::new(peer.program).exists()) {
        let theirs = perform(case, Path::new(PATH), |_| command(Path::new(peer.program), peer.words))?;
        let theirs = theirs.context("a peer")?;
        let is_expected = case.differs.iter().any(|(name, _)| name == peer.name);
        match (fault(case, &theirs), is_expected) {
            (Some(fault), false) => bail!("{} does otherwise: {fault}{}", peer.name, also(&theirs.err)),
            (None, true) => bail!("{} does the same, though the case says otherwise", peer.name),
            _ => {}
        }
    }
    Ok(())
}

/// Says in what an outcome is not what is expected; messages are each shell's own.
fn fault(case: &Case, outcome: &Outcome) -> Option<String> {
    if !case.out.is_met(&outcome.out) {
        return Some(format!("output {}\nexpected {}", shown(&outcome.out), case.out));
    }
    if outcome.status != case.status {
        return Some(format!("status {}, expected {}", outcome.status, case.status));
    }
    if outcome.err.is_empty() != matches!(&case.err, table::Expected::Exactly(bytes) if bytes.is_empty()) {
        return Some(format!("errors {}\nexpected {}", shown(&outcome.err), case.err));
    }
    None
}
