//! Other programs: run, and told of in full when they fail.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Makes a command that runs at the top of the checkout.
pub(crate) fn new(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// Makes a command of the cargo that runs us, at the top of the checkout.
pub(crate) fn cargo() -> Command {
    new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command whose output goes where ours goes; fails when it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("start {}", show(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", show(command));
    }
    Ok(())
}

/// Runs a command and gives its output; a failure carries what it said.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("start {}", show(command)))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}\n{text}{said}", show(command), output.status);
    }
    Ok(text)
}

/// Gives a command as a user would type it.
pub(crate) fn show(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let plain =
            !argument.is_empty() && !argument.contains([' ', '\'', '"', '$', '\\', '\n', ';', '&', '*']);
        let _ = match plain {
            true => write!(text, " {argument}"),
            false => write!(text, " '{}'", argument.replace('\'', r"'\''")),
        };
    }
    text
}

/// Says whether a program is found where programs are.
pub(crate) fn exists(program: &str) -> bool {
    find(program).is_some()
}

/// Finds a program where programs are.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Servers live in sbin, which a user's PATH may lack.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.into_iter().map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Gives the libraries that a program of this host's processor needs, with the one that loads them; those in these folders first.
pub(crate) fn libraries(program: &Path, folders: &[&Path]) -> Result<Vec<PathBuf>> {
    let folders = std::env::join_paths(folders).context("folders of libraries")?;
    let text = output(new("ldd").arg(program).env("LD_LIBRARY_PATH", folders))?;
    if let Some(line) = text.lines().find(|line| line.contains("not found")) {
        bail!("{}: {}", program.display(), line.trim());
    }
    let words = text.split_whitespace().filter(|word| word.starts_with('/'));
    Ok(words.map(PathBuf::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_they_would_be_typed() {
        let mut command = new("qemu");
        command.args(["-append", "a b", "", "plain", "it's"]);
        assert_eq!(show(&command), r"qemu -append 'a b' '' plain 'it'\''s'");
    }

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let error = output(new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("out\nerr"), "{error}");
    }
}
