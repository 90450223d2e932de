//! How programs of ours are built for a processor, and run on a host that has another.
//!
//! A target of rustup is used when it is installed. Else Debian's second compiler builds the core library from its
//! sources as well; the linker is LLVM's in either case, and nothing of C takes part. This crate installs nothing and
//! prints nothing: it says what is missing.

mod flags;
mod native;
mod target;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

pub use flags::Form;
pub use native::Native;
pub use target::{CLibrary, Target};

/// Debian's compiler, and the sources of its libraries.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust";

/// What the second way takes: a file, and Debian's package that brings it.
pub const DEBIAN: [(&str, &str); 2] =
    [(DEBIAN_RUSTC, "rustc-web"), ("/usr/lib/rustlib/src/rust/library/core/Cargo.toml", "rust-web-src")];

/// A compiler that can build for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The one in use has the target's core library.
    Installed,
    /// Debian's, which builds the core library first.
    Debian {
        /// The linker of the toolchain in use.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Finds a compiler; fails when there is neither, and says what to install.
    pub fn find(target: &Target) -> Result<Self> {
        if is_installed(target) {
            return Ok(Self::Installed);
        }
        let missing = DEBIAN.iter().filter(|(file, _)| !Path::new(file).exists());
        let missing: Vec<_> = missing.map(|(_, package)| *package).collect();
        if !missing.is_empty() {
            bail!(
                "nothing here builds for {triple}; run one of\n\n    rustup target add {triple}\n    sudo apt-get install {}\n",
                missing.join(" "),
                triple = target.triple
            );
        }
        if let Some(version) = old() {
            bail!(
                "Debian's rustc {version} is older than {LEAST}; run\n\n    sudo apt-get update\n    sudo apt-get install {}\n",
                DEBIAN.map(|(_, package)| package).join(" ")
            );
        }
        Ok(Self::Debian { linker: linker()? })
    }

    /// Gives the command that builds for the target with the flags of our programs, into a folder. What to build, and in
    /// which profile, is for the caller to add.
    ///
    /// `root` is the checkout.
    pub fn build(&self, target: &Target, form: Form, root: &Path, folder: &Path) -> Result<Command> {
        let mut cargo = Command::new(cargo());
        cargo.current_dir(root).args(["build", "--quiet", "--target", &target.triple]);
        cargo.arg("--target-dir").arg(folder);
        let mut flags = flags::read(root, &target.name, form)?;
        if let Self::Debian { linker } = self {
            cargo.arg("-Zbuild-std=core,alloc,compiler_builtins");
            cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            flags.retain(|flag| !flag.starts_with("-Clinker="));
            flags.push(format!("-Clinker={}", linker.display()));
            flags.push(format!("--remap-path-prefix={DEBIAN_SOURCES}=rust"));
        }
        // Flags of the user's own are for the user's own programs.
        cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        if matches!(form, Form::Named | Form::Traced | Form::Sampled) {
            cargo.env("CARGO_PROFILE_RELEASE_STRIP", "none");
        }
        if form == Form::Sampled {
            cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off");
            cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
            // Sums that do not fit are what differs where a word has 32 bits.
            cargo.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
        }
        Ok(cargo)
    }

    /// Gives the command that builds tests, which stand on Rust's std and a C library, for the target: static, so that an
    /// emulator needs no libraries. Which tests is for the caller to add.
    ///
    /// The folder must not be one of [`Self::build`]: they build the core library in other ways.
    pub fn tests(&self, target: &Target, root: &Path, folder: &Path) -> Command {
        let mut cargo = Command::new(cargo());
        cargo.current_dir(root).args(["test", "--quiet", "--no-run", "--target", &target.triple]);
        cargo.arg("--target-dir").arg(folder);
        if let Self::Debian { .. } = self {
            cargo.arg("-Zbuild-std=std,test").env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            // The harness unwinds, and there must not be two core libraries.
            cargo.env("CARGO_PROFILE_DEV_PANIC", "unwind");
        }
        let linker = format!("-Clinker={}", target.c_library.compiler);
        let flags = ["-Ctarget-feature=+crt-static", "-Cstrip=symbols", &linker];
        cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        // Half the time, for the numbers of lines in a panic's trace, which no emulator shows.
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_TEST_DEBUG", "0");
        cargo
    }
}

/// The version of Rust that our code needs.
const LEAST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Gives the version of Debian's compiler if it is too old: lists of packages that were not renewed for long have such a one.
fn old() -> Option<String> {
    let output = Command::new(DEBIAN_RUSTC).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split(' ').nth(1)?;
    is_older(version, LEAST).then(|| version.to_owned())
}

fn is_older(version: &str, least: &str) -> bool {
    let parts = |text: &str| text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    parts(version) < parts(least)
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Asks the compiler in use about a folder of its.
fn ask(arguments: &[&str]) -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().into())
}

fn is_installed(target: &Target) -> bool {
    let folder = ask(&["--print", "target-libdir", "--target", &target.triple]);
    let files = folder.and_then(|folder| folder.read_dir().ok());
    files.is_some_and(|files| {
        files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

/// Finds LLVM's linker: the one of the toolchain in use, else Debian's.
fn linker() -> Result<PathBuf> {
    let host = format!("lib/rustlib/{}-unknown-linux-gnu/bin/rust-lld", std::env::consts::ARCH);
    let own = ask(&["--print", "sysroot"]).map(|folder| folder.join(host));
    let found = own.into_iter().chain([PathBuf::from("/usr/bin/ld.lld")]).find(|path| path.exists());
    found.context("no rust-lld in the toolchain in use: install it with rustup, or Debian's package lld")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_target_is_installed_and_an_unknown_one_is_not() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let own = Target::load(&root, std::env::consts::ARCH).unwrap();
        assert!(is_installed(&own));
        assert!(!is_installed(&Target { triple: "abacus-unknown-none".into(), ..own }));
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_older("1.85.0", "1.91") && is_older("1.9.9", "1.10"));
        assert!(!is_older("1.91.0", "1.91") && !is_older("1.100.0", "1.91") && !is_older("2.0", "1.91"));
    }
}
