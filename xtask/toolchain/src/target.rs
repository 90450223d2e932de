//! What a program is built for: the part of `qemu/machines/<architecture>.toml` that concerns programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::native::Native;

/// A processor, and what programs for it need on this side.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub struct Target {
    /// The architecture's name in our tree.
    #[serde(skip)]
    pub name: String,
    /// Rust's name of the target.
    #[serde(rename = "target")]
    pub triple: String,
    /// The program that runs its programs on another processor: QEMU's user mode.
    pub emulator: String,
    /// The other architecture whose kernels may run its programs as they are.
    pub native: Option<Native>,
    /// What tests that use Rust's std are linked with.
    pub c_library: CLibrary,
}

/// A C library for an architecture, and a compiler that links with it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CLibrary {
    /// The compiler's program.
    pub compiler: String,
    /// Debian's package of the compiler.
    pub compiler_package: String,
    /// A file of the library, by which it is known to be there.
    pub file: String,
    /// Debian's package of the library.
    pub package: String,
}

impl Target {
    /// Debian's package of the emulators.
    pub const EMULATORS: &str = "qemu-user-static";

    /// Reads an architecture's file; `root` is the checkout.
    pub fn load(root: &Path, name: &str) -> Result<Self> {
        let path = root.join("qemu/machines").join(format!("{name}.toml"));
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let target: Self = toml::from_str(&text).with_context(|| format!("read {}", path.display()))?;
        Ok(Self { name: name.to_owned(), ..target })
    }

    /// Says whether this host's processor is of the architecture.
    pub fn is_host(&self) -> bool {
        self.name == std::env::consts::ARCH
    }

    /// Says whether this host runs its programs without an emulator.
    pub fn runs_here(&self) -> bool {
        self.is_host() || self.native.as_ref().is_some_and(Native::works)
    }

    /// Gives the folder where cargo builds for it, below one for all. Cargo lets one build at a time into a folder, so that each other
    /// processor has its own; this host's is where its tests and tools are built, too.
    pub fn folder(&self, all: &Path) -> PathBuf {
        if self.is_host() { all.to_owned() } else { all.join(&self.name).join("cargo") }
    }

    /// Gives the command that runs a program here: itself where that is possible, else under the emulator.
    pub fn run(&self, program: &Path) -> Command {
        match self.runs_here() {
            true => Command::new(program),
            false => {
                let mut command = Command::new(self.emulator_path());
                command.arg(program);
                command
            }
        }
    }

    /// Gives the emulator's path, so that a command whose PATH is another one finds it; its name if it is not there.
    pub fn emulator_path(&self) -> PathBuf {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut found = std::env::split_paths(&path).map(|folder| folder.join(&self.emulator));
        found.find(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(&self.emulator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_processors_have_folders_of_their_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = |name| Target::load(&root, name).unwrap().folder(Path::new("/t"));
        let own = std::env::consts::ARCH;
        assert_eq!(folder(own), Path::new("/t"));
        let other = if own == "arm" { "riscv64" } else { "arm" };
        assert_eq!(folder(other), Path::new("/t").join(other).join("cargo"));
    }

    #[test]
    fn programs_run_as_they_are_on_their_own_processor_only() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let own = Target::load(&root, std::env::consts::ARCH).unwrap();
        assert_eq!(own.run(Path::new("/p")).get_program(), "/p");
        let other = if own.name == "aarch64" { "riscv64" } else { "aarch64" };
        let command = Target::load(&root, other).unwrap().run(Path::new("/p"));
        assert!(Path::new(command.get_program()).ends_with(format!("qemu-{other}-static")));
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["/p"]);
    }
}
