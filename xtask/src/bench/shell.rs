//! The measure `shell`: the scripts of `tests/bench/shell`, a row each and peer, in the program as it ships with the feature
//! `shell`; time on the processor, which a busy host shifts least, or the number that a script prints of its own memory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Row, Setup, median, peer};
use crate::install::{ensure, need};
use crate::machine::Architecture;
use crate::selection::Selection;
use crate::{build, command, workspace};

/// Other shells: name, words, and the package that brings the first.
const PEERS: [(&str, &str, &str); 2] =
    [("dash", "/usr/bin/dash", "dash"), ("BusyBox ash", "/usr/bin/busybox sh", "busybox-static")];

/// Runs of each shell within a round, of which the least counts.
const RUNS: &str = "3";

/// Files of the folder `files`, and lines of `lines.txt`, which scripts read.
const FILES: usize = 10_000;
const LINES: usize = 10_000;

/// Lines of the script that `configure` runs, as long as those of autoconf are.
const CONFIGURE: usize = 5_000;

/// Measures all shells in turn.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let folder = workspace::make_folder(&workspace::target().join("bench/shell"))?;
    let ours = ours(&folder)?;
    let mut shells = vec![("ours", ours.display().to_string())];
    if setup.peers {
        for (name, words, package) in PEERS {
            ensure(&[need(words.split(' ').next().unwrap_or(words), package)])?;
            shells.push((name, words.to_owned()));
        }
    }
    prepare(&folder)?;
    let program = peer::host_program("shells")?;
    let mut rows = Vec::new();
    for script in scripts(&folder)? {
        rows.extend(measure(&program, &folder, &script, &shells, setup.rounds)?);
    }
    Ok(rows)
}

/// Builds our program, and gives it the name by which it is a shell.
fn ours(folder: &Path) -> Result<PathBuf> {
    let built = build::spelunk(&Architecture::load(std::env::consts::ARCH)?, &Selection::FULL.parse()?)?;
    let link = folder.join("sh");
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link).with_context(|| format!("remove {}", link.display()))?;
    }
    symlink(built, &link).with_context(|| format!("make {}", link.display()))?;
    Ok(link)
}

/// Makes what the scripts read.
fn prepare(folder: &Path) -> Result<()> {
    let files = workspace::make_folder(&folder.join("files"))?;
    let write = |path: PathBuf, text: &str| {
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))
    };
    for number in 0..FILES {
        let path = files.join(format!("name-{number}.txt"));
        if !path.exists() {
            write(path, "")?;
        }
    }
    let lines: String =
        (0..LINES).map(|number| format!("name{number} value-{number} and more of it\n")).collect();
    write(folder.join("lines.txt"), &lines)?;
    write(folder.join("configure.sh"), &configure())
}

/// Writes a script of the forms that autoconf writes, each of which its own asks for again and again.
fn configure() -> String {
    let mut text = String::from(include_str!("../../../tests/bench/shell/configure.head"));
    let round = include_str!("../../../tests/bench/shell/configure.round");
    let head = text.lines().count();
    for number in 0..(CONFIGURE - head) / round.lines().count() {
        text += &round.replace("NAME", &format!("thing{number}"));
    }
    text
}

/// Gives the scripts, in order of their names.
fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let own = workspace::root().join("tests/bench/shell");
    let entries = fs::read_dir(&own).with_context(|| format!("read {}", own.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sh"));
    paths.push(folder.join("configure.sh"));
    paths.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
    Ok(paths)
}

/// Gives the rows of a script.
fn measure(
    program: &Path,
    folder: &Path,
    script: &Path,
    shells: &[(&str, String)],
    rounds: usize,
) -> Result<Vec<Row>> {
    let name = script.file_stem().unwrap_or_default().to_string_lossy();
    let (column, unit) = if name.ends_with("-memory") { (1, "kB") } else { (0, "ms") };
    let mut all = vec![Vec::new(); shells.len()];
    for _ in 0..rounds {
        let mut command = command::new(program);
        command.current_dir(folder).arg(RUNS).arg(script).args(shells.iter().map(|(_, words)| words));
        let text = command::output(&mut command)?;
        for (values, line) in all.iter_mut().zip(text.lines()) {
            let value = line.split_whitespace().nth(column).and_then(|word| word.parse().ok());
            values.push(value.with_context(|| format!("read {line:?}"))?);
        }
    }
    let [ours, theirs @ ..] = all.as_slice() else { return Ok(Vec::new()) };
    let row = Row::new(&*name, median(ours), unit);
    if theirs.is_empty() {
        return Ok(vec![row]);
    }
    let peers = shells.iter().skip(1).zip(theirs);
    Ok(peers.map(|((peer, _), values)| row.clone().against(*peer, median(values))).collect())
}
