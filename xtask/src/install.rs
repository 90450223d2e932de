//! Debian packages that a command needs: found, else installed (as root), else told of in one command to run.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use crate::output::note;
use crate::{command, workspace};

/// What is needed, and the package that brings it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need<'a> {
    /// A program's name, or a file's absolute path.
    pub file: &'a str,
    /// Debian's name of the package.
    pub package: &'a str,
}

/// Makes a need; short, since lists of them are tables.
pub(crate) const fn need<'a>(file: &'a str, package: &'a str) -> Need<'a> {
    Need { file, package }
}

impl Need<'_> {
    fn is_met(&self) -> bool {
        match self.file.starts_with('/') {
            true => Path::new(self.file).exists(),
            false => command::exists(self.file),
        }
    }
}

/// Held while packages are looked for and installed: suites that run side by side may need the same.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Installs the packages of those needs that are not met.
pub(crate) fn ensure(needs: &[Need<'_>]) -> Result<()> {
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut packages: Vec<_> = needs.iter().filter(|need| !need.is_met()).map(|need| need.package).collect();
    packages.sort_unstable();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !command::exists("apt-get") {
        bail!(
            "missing, under Debian's names: {list}\nInstall them with this system's package manager and try again."
        );
    }
    if !is_root() {
        bail!(
            "some packages are missing; install them with this command and try again:\n\n    sudo apt-get install {list}\n"
        );
    }
    // One by one: a resolver's conflict about one package must not lose the others.
    packages.iter().try_for_each(|package| install(package))?;
    match needs.iter().find(|need| !need.is_met()) {
        Some(need) => bail!("package {} is installed, yet {} is not there", need.package, need.file),
        None => Ok(()),
    }
}

/// Installs the newest that there is of packages, whatever is there already: the lists of packages are read anew.
pub(crate) fn renew(packages: &[&str]) -> Result<()> {
    if !is_root() {
        let list = packages.join(" ");
        bail!(
            "some packages are too old; try again after\n\n    sudo apt-get update\n    sudo apt-get install {list}\n"
        );
    }
    command::output(&mut apt(&["update"])).context("refresh the lists of packages")?;
    packages.iter().try_for_each(|package| install(package))
}

/// Gives a folder with the files of packages that are not to be installed, fetched when they are not in the cache.
pub(crate) fn unpacked(topic: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = workspace::cache("packages")?.join(topic);
    if folder.exists() {
        return Ok(folder);
    }
    if !command::exists("apt-get") {
        bail!("missing: Debian's packages {}, and apt-get, which fetches them", packages.join(" "));
    }
    note!("fetching {}", packages.join(" "));
    // Next to it, so that what is there under its name is whole.
    let partial = folder.with_extension(std::process::id().to_string());
    let fetched = workspace::make_folder(&partial.join("packages"))?;
    let fetch = || {
        let mut apt = apt(&["download"]);
        command::output(apt.args(packages).current_dir(&fetched))
    };
    if fetch().is_err() {
        command::output(&mut apt(&["update"])).context("refresh the lists of packages")?;
        fetch()?;
    }
    let files = partial.join("files");
    for package in workspace::files(&fetched, "deb")? {
        command::output(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&files))?;
    }
    std::fs::rename(&files, &folder).with_context(|| format!("make {}", folder.display()))?;
    std::fs::remove_dir_all(&partial).with_context(|| format!("remove {}", partial.display()))?;
    Ok(folder)
}

/// Gives the package that a name without a version stands for now: the first that it depends on.
pub(crate) fn newest(package: &str) -> Result<String> {
    let ask = || command::output(Command::new("apt-cache").args(["depends", package]));
    let first = |text: String| {
        text.lines().find_map(|line| line.trim().strip_prefix("Depends: ")).map(|name| name.trim().to_owned())
    };
    if let Some(found) = ask().ok().and_then(first) {
        return Ok(found);
    }
    command::output(&mut apt(&["update"])).context("refresh the lists of packages")?;
    ask().map(first)?.with_context(|| format!("package {package} stands for no other"))
}

/// Says whether this process may install packages.
pub(crate) fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|metadata| metadata.uid() == 0)
}

fn install(package: &str) -> Result<()> {
    note!("installing {package}");
    if command::output(&mut apt(&["install", "--yes", "--no-install-recommends", package])).is_ok() {
        return Ok(());
    }
    // The lists of packages may be missing or old.
    command::output(&mut apt(&["update"])).context("refresh the lists of packages")?;
    command::output(&mut apt(&["install", "--yes", "--no-install-recommends", package]))
        .map(|_| ())
        .with_context(|| format!("install {package}"))
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(["--option", "DPkg::Lock::Timeout=300"]).args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_met_by_programs_and_files() {
        assert!(need("sh", "dash").is_met());
        assert!(need("/proc/self/exe", "none").is_met());
        assert!(!need("no-such-program-anywhere", "none").is_met());
        assert!(!need("/no/such/file", "none").is_met());
    }
}
