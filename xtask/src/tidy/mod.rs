//! `cargo xtask tidy`: rules of the tree that no compiler holds.
//!
//! A rule is a function from what it reads to a list of faults, so that its test can show it a tree that breaks it.
//! What clippy holds already (functions of at most 80 lines, unwraps, a reason at each unsafe block that it sees) is
//! in the workspace's lints; the rules here see macros and files, too.

mod calls;
mod layers;
mod places;
mod sources;

use std::process::Command;

use anyhow::{Result, bail};

use crate::calls::{abi, codegen, coverage};
use crate::machine::Architecture;
use crate::output::say;
use crate::scenario::{self, Scenario};
use crate::{applets, budget, command, workspace};

/// A rule: its name in messages, and what finds the faults.
type Rule = (&'static str, fn() -> Result<Vec<String>>);

const RULES: &[Rule] = &[
    ("top level", top_level),
    ("layers", layers::check),
    ("sources", sources::check),
    ("applets", applet_rows),
    ("features", features),
    ("architectures", architectures),
    ("calls", calls::check),
    ("table of calls", codegen::check),
    ("coverage of calls", coverage::check),
    ("structures and constants", abi::check),
    ("data", data_files),
];

/// Checks all rules, prints what breaks them, and gives the numbers of rules that hold and that do not.
pub(crate) fn count() -> Result<(usize, usize)> {
    let (mut held, mut broken) = (0, 0);
    for (name, rule) in RULES {
        let faults = rule()?;
        for fault in &faults {
            say!("tidy: {name}: {fault}");
        }
        *if faults.is_empty() { &mut held } else { &mut broken } += 1;
    }
    Ok((held, broken))
}

/// Runs `tidy`.
pub(crate) fn run() -> Result<()> {
    let (held, broken) = count()?;
    if broken > 0 {
        bail!("tidy: {broken} of {} rules are broken", held + broken);
    }
    say!("tidy: {held} rules hold");
    Ok(())
}

fn top_level() -> Result<Vec<String>> {
    // What git knows: a user's own notes beside it are nobody's business.
    let listed = command::output(command::new("git").args(["ls-files", "-z"]))?;
    Ok(places::top_level(listed.split('\0').filter(|path| !path.is_empty())))
}

fn applet_rows() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for applet in applets::all()? {
        let group = workspace::root().join("init/applets/src").join(&applet.group).join("mod.rs");
        let table = if group.exists() { workspace::read(&group)? } else { String::new() };
        let test = workspace::root().join("tests/applets").join(format!("{}.test", applet.name));
        faults.extend(places::applet(&applet, &table, test.exists()));
    }
    Ok(faults)
}

fn features() -> Result<Vec<String>> {
    Ok(places::features(&workspace::read(&workspace::root().join("init/applets/Cargo.toml"))?))
}

fn architectures() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for name in Architecture::names()? {
        let sources = workspace::sources(&workspace::root().join("arch/src").join(&name))?;
        let owed = sources.iter().filter(|path| !places::is_extra(path));
        let texts = owed.map(|path| workspace::read(path)).collect::<Result<Vec<_>>>()?;
        faults.extend(places::architecture(&name, &texts));
    }
    Ok(faults)
}

fn data_files() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for name in scenario::names()? {
        faults.extend(Scenario::load(&name).err().map(|error| format!("{error:#}")));
    }
    for name in Architecture::names()? {
        faults.extend(Architecture::load(&name).err().map(|error| format!("{error:#}")));
    }
    faults.extend(budget::load().err().map(|error| format!("{error:#}")));
    faults.extend(shell_script(".ci/run"));
    Ok(faults)
}

fn shell_script(path: &str) -> Option<String> {
    command::output(Command::new("bash").arg("-n").arg(workspace::root().join(path)))
        .err()
        .map(|error| format!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_script_is_found() {
        assert!(shell_script("no/such/script").is_some());
    }
}
