//! Runs the cases of tables: each in a folder of its own, with an environment of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

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
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(format!("spelunk-case-{process}-{count}"));
    let _ = fs::remove_dir_all(&folder);
    prepare(case, &folder)?;
    let mut outcome = Outcome { out: Vec::new(), err: Vec::new(), status: 0 };
    for run in &case.runs {
        let (name, words) = run.split_first().context("no command")?;
        let Some(mut command) = command(OsStr::from_bytes(name)) else {
            fs::remove_dir_all(&folder)?;
            return Ok(None);
        };
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
