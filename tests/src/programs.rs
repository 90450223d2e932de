//! Builds the test programs with the flags that ship, once for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// How the programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As they ship: optimised, position-independent.
    Shipped,
    /// Not optimised: start-up must not count on inlining.
    Unoptimised,
    /// At a fixed address.
    Fixed,
}

/// All kinds.
pub const KINDS: [Kind; 3] = [Kind::Shipped, Kind::Unoptimised, Kind::Fixed];

/// Gives the path of a program, building all of them first if nobody has.
///
/// # Panics
/// They do not build.
pub fn program(kind: Kind, name: &str) -> PathBuf {
    static SHIPPED: OnceLock<PathBuf> = OnceLock::new();
    static UNOPTIMISED: OnceLock<PathBuf> = OnceLock::new();
    static FIXED: OnceLock<PathBuf> = OnceLock::new();
    let cell = match kind {
        Kind::Shipped => &SHIPPED,
        Kind::Unoptimised => &UNOPTIMISED,
        Kind::Fixed => &FIXED,
    };
    cell.get_or_init(|| build(kind)).join(name)
}

fn build(kind: Kind) -> PathBuf {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let folder = scratch().join(format!("{kind:?}").to_lowercase());
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", "spelunk-programs", "--target", &target, "--target-dir"]);
    cargo.arg(&folder).current_dir(workspace());
    cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags(kind).join("\x1f"));
    let profile = match kind {
        Kind::Unoptimised => "debug",
        _ => {
            cargo.arg("--release");
            "release"
        }
    };
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "the programs build: {cargo:?}");
    folder.join(target).join(profile)
}

/// Gives the folder for what tests make, in cargo's target folder, of which every test lies in a subfolder's
/// subfolder.
///
/// # Panics
/// The test was not built by cargo.
pub fn scratch() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    test.ancestors().nth(3).expect("cargo has built it").join("tmp")
}

/// The folder of the checkout.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
}

/// Reads the flags that ship, and changes what this kind differs in.
fn flags(kind: Kind) -> Vec<String> {
    let workspace = workspace().display().to_string();
    let home = std::env::var("CARGO_HOME").unwrap_or_else(|_| "/none".to_owned());
    let text = std::fs::read_to_string(format!("{workspace}/runtime/rt/program.flags")).expect("flags");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let filled = lines.map(|line| line.replace("{workspace}", &workspace).replace("{cargo}", &home));
    filled
        .map(|flag| match kind {
            Kind::Fixed => flag.replace("relocation-model=pie", "relocation-model=static"),
            _ => flag,
        })
        .collect()
}
