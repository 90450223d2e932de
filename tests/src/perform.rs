//! Runs the cases of tables: each in a folder of its own, with an environment of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::table::{Case, Thing};

/// What came of a case's commands.
#[derive(Debug)]
pub struct Outcome {
    /// Standard output.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: Vec<u8>,
    /// The status of the last; -1 if a signal has ended it.
    pub status: i32,
}

/// Is the main function of a test program that plays tables: `run` is told which cases the words of its arguments choose, by a
/// part of their name, or its beginning behind a `^`, prints as the standard harness does, and says whether all passed.
pub fn harness(run: impl FnOnce(&dyn Fn(&str) -> bool) -> Result<bool>) -> ExitCode {
    let filter: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| filter.is_empty() || filter.iter().any(|part| fits(name, part));
    match run(&is_wanted) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn fits(name: &str, part: &str) -> bool {
    part.strip_prefix('^').map_or_else(|| name.contains(part), |beginning| name.starts_with(beginning))
}

/// Shows the beginning of output.
pub fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 1000;
    let more = if bytes.len() > MOST { " and more" } else { "" };
    format!("{:?}{more}", String::from_utf8_lossy(&bytes[..bytes.len().min(MOST)]))
}

/// Shows the beginning of what was complained, if anything.
pub fn also(err: &[u8]) -> String {
    if err.is_empty() { String::new() } else { format!("\nerrors {}", shown(err)) }
}

/// Runs a case's commands in a folder of its own; nothing if an implementation lacks one of them.
///
/// # Errors
/// What the harness itself could not do.
pub fn perform(
    case: &Case,
    path: &Path,
    command: impl Fn(&OsStr) -> Option<Command>,
) -> Result<Option<Outcome>> {
    let folder = std::env::temp_dir().join(format!("spelunk-case-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    prepare(case, &folder)?;
    let mut outcome = Outcome { out: Vec::new(), err: Vec::new(), status: 0 };
    for run in &case.runs {
        let (name, words) = run.split_first().context("no command")?;
        let Some(mut command) = command(OsStr::from_bytes(name)) else { return Ok(None) };
        command.args(words.iter().map(|word| OsStr::from_bytes(word))).current_dir(&folder).env_clear();
        if case.environment.is_empty() {
            command.env("PATH", path).env("LC_ALL", "C").env("TZ", "UTC");
        }
        for entry in &case.environment {
            let at = entry.iter().position(|&byte| byte == b'=').context("env needs NAME=VALUE")?;
            command.env(OsStr::from_bytes(&entry[..at]), OsStr::from_bytes(&entry[at + 1..]));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{command:?}"))?;
        // One that does not read its input has ended by then.
        let _ = child.stdin.take().context("input")?.write_all(&case.stdin);
        let output = child.wait_with_output()?;
        outcome.out.extend(output.stdout);
        outcome.err.extend(output.stderr);
        outcome.status = output.status.code().unwrap_or(-1);
    }
    fs::remove_dir_all(&folder)?;
    Ok(Some(outcome))
}

fn prepare(case: &Case, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for thing in &case.things {
        match thing {
            Thing::Folder(name) => fs::create_dir_all(folder.join(name))?,
            Thing::File(name, bytes) => fs::write(folder.join(name), bytes)?,
            Thing::Link(name, target) => symlink(target, folder.join(name))?,
        }
    }
    Ok(())
}
