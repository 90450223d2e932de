//! Which commands a program has: a file of `qemu/images`, or a list.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::output::say;
use crate::{applets, names, workspace};

/// The folder of `qemu` with the profiles.
const PROFILES: &str = "images";

/// What a list is taken for, if it begins so.
const PROFILE: &str = "profile:";

/// The shell is a crate of its own, and no applet.
const SHELL: [&str; 2] = ["ash", "sh"];

/// What each program has: the command that tells of the others, and the name of process 1.
const ALWAYS: [&str; 2] = ["help", "init"];

/// A choice of commands, under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// What the program and its images are called by.
    name: String,
    /// The commands, sorted.
    commands: Vec<String>,
    /// Parts of process 1 that not every image has: features of `init`.
    parts: Vec<String>,
}

/// A file of `qemu/images`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    /// What it is for, a line.
    summary: String,
    /// The commands' names; `["all"]` for all there are.
    applets: Vec<String>,
    /// Parts of process 1 that not every image has.
    #[serde(default)]
    parts: Vec<String>,
}

impl Profile {
    fn load(name: &str) -> Result<Self> {
        workspace::description(PROFILES, "profile", name, |text| Ok(toml::from_str(text)?))
    }
}

/// Shows the profiles there are.
pub(crate) fn list() -> Result<()> {
    for name in workspace::described(PROFILES)? {
        say!("{PROFILE}{name:<10} {}", Profile::load(&name)?.summary);
    }
    Ok(())
}

impl Selection {
    /// All that there is.
    pub(crate) const FULL: &str = "profile:full";

    /// What the smallest boot takes: it is measured, and the scenarios are played with it.
    pub(crate) const INITRAMFS: &str = "profile:initramfs";

    fn profile(name: &str) -> Result<Self> {
        let Profile { applets, parts, .. } = Profile::load(name)?;
        let chosen = Self::of(name, applets).with_context(|| format!("profile {name}"))?;
        Ok(Self { parts, ..chosen })
    }

    fn of(name: &str, chosen: Vec<String>) -> Result<Self> {
        let mut known = applets::names()?;
        known.push("sh".to_owned());
        known.sort();
        let mut commands = match chosen.as_slice() {
            [all] if all == "all" => known.clone(),
            _ => chosen,
        };
        for command in &commands {
            if !known.contains(command) {
                bail!(names::unknown("command", command, known.iter().map(String::as_str)));
            }
        }
        commands.extend(ALWAYS.map(str::to_owned));
        commands.sort();
        commands.dedup();
        Ok(Self { name: name.to_owned(), commands, parts: Vec::new() })
    }

    /// Gives where the program lies below the folder of its architecture, whose own is the one with all commands. The file goes by
    /// the project's name, by which it knows that another command is asked for.
    pub(crate) fn program(&self) -> PathBuf {
        let folder = if self.name == "full" { "" } else { &self.name };
        Path::new(folder).join("spelunk")
    }

    /// Gives the name of the image that has nothing beside it.
    pub(crate) fn image(&self) -> &str {
        &self.name
    }

    /// Gives the names that the program goes by, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let shell = self.has_shell().then_some(SHELL);
        let mut names: Vec<_> = self.applets().chain(shell.into_iter().flatten()).collect();
        names.sort_unstable();
        names
    }

    /// Gives what cargo is told.
    pub(crate) fn cargo_words(&self) -> Vec<String> {
        // No feature can have the name `[`: that of `test` brings it.
        let feature = |name| if name == "[" { "test" } else { name };
        let mut features: Vec<_> = self.applets().map(|name| format!("applets/{}", feature(name))).collect();
        features.extend(self.has_shell().then(|| "shell".to_owned()));
        // The command comes with what it speaks to.
        features.extend(self.applets().any(|name| name == "service").then(|| "services".to_owned()));
        features.extend(self.parts.iter().cloned());
        vec!["--no-default-features".to_owned(), "--features".to_owned(), features.join(",")]
    }

    fn has_shell(&self) -> bool {
        self.commands.iter().any(|name| name == "sh")
    }

    fn applets(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(String::as_str).filter(|name| *name != "sh")
    }
}

impl FromStr for Selection {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_prefix(PROFILE) {
            Some(name) => Self::profile(name),
            None => Self::of("custom", text.split(',').map(|name| name.trim().to_owned()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_or_a_list_chooses() {
        let full: Selection = Selection::FULL.parse().unwrap();
        assert_eq!(full.program(), Path::new("spelunk"));
        assert!(full.has_shell() && full.names().contains(&"ash") && full.names().contains(&"ip"));
        let small: Selection = Selection::INITRAMFS.parse().unwrap();
        assert_eq!(small.program(), Path::new("initramfs/spelunk"));
        assert!(!small.has_shell());
        let two: Selection = "ls, sh".parse().unwrap();
        assert_eq!(two.names(), ["ash", "help", "init", "ls", "sh"]);
        assert_eq!(two.cargo_words()[2], "applets/help,applets/init,applets/ls,shell");
    }

    #[test]
    fn what_there_is_not_is_named_with_what_may_be_meant() {
        let text = |choice: &str| choice.parse::<Selection>().unwrap_err().to_string();
        assert!(text("sl").contains("no command sl; did you mean"), "{}", text("sl"));
        assert!(
            text("profile:ful").contains("no profile ful; did you mean full?"),
            "{}",
            text("profile:ful")
        );
    }
}
