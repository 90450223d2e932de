//! Builds the test programs with the flags that ship, once for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use toolchain::{Form, Target, Toolchain};

use crate::skip::skipped;

/// How the programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As they ship: optimised, position-independent.
    Shipped,
    /// Not optimised: start-up must not count on inlining.
    Unoptimised,
    /// At a fixed address.
    Fixed,
    /// With names and frame pointers: the one that crashes, alone.
    Traced,
    /// With the flight recorder: the two that show it, alone.
    Recorded,
}

/// Gives the kinds that all programs come in: for who has many processors to look at and little time, `SPELUNK_KINDS` says
/// `shipped`, for that one alone, or `sampled`, for one that is built faster instead of it.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let all = [Kind::Shipped, Kind::Unoptimised, Kind::Fixed];
    let count = if asked_for("shipped") || is_sampled() { 1 } else { all.len() };
    all.into_iter().take(count)
}

/// Says whether programs are built faster than what ships; if so, a test of that alone says that it is skipped.
pub fn nothing_ships() -> bool {
    if is_sampled() {
        skipped("what is built for a sample does not ship");
    }
    is_sampled()
}

fn is_sampled() -> bool {
    asked_for("sampled")
}

fn asked_for(kinds: &str) -> bool {
    std::env::var_os("SPELUNK_KINDS").is_some_and(|asked| asked == kinds)
}

/// Gives the path of a program, building all of them first if nobody has.
///
/// # Panics
/// They do not build.
pub fn program(kind: Kind, name: &str) -> PathBuf {
    static SHIPPED: OnceLock<PathBuf> = OnceLock::new();
    static UNOPTIMISED: OnceLock<PathBuf> = OnceLock::new();
    static FIXED: OnceLock<PathBuf> = OnceLock::new();
    static TRACED: OnceLock<PathBuf> = OnceLock::new();
    static RECORDED: OnceLock<PathBuf> = OnceLock::new();
    let cell = match kind {
        Kind::Shipped => &SHIPPED,
        Kind::Unoptimised => &UNOPTIMISED,
        Kind::Fixed => &FIXED,
        Kind::Traced => &TRACED,
        Kind::Recorded => &RECORDED,
    };
    cell.get_or_init(|| build(kind)).join(name)
}

/// Gives the command that runs a program, under an emulator where its processor is not the host's.
///
/// # Panics
/// It does not build.
pub fn command(kind: Kind, name: &str) -> Command {
    target().run(&program(kind, name))
}

fn build(kind: Kind) -> PathBuf {
    let target = target();
    let toolchain = Toolchain::find(target).expect("a compiler");
    let form = match kind {
        Kind::Shipped | Kind::Recorded | Kind::Traced if is_sampled() => Form::Sampled,
        Kind::Shipped | Kind::Recorded => Form::Shipped,
        Kind::Unoptimised => Form::Unoptimised,
        Kind::Fixed => Form::Fixed,
        Kind::Traced => Form::Traced,
    };
    let folder = match form {
        // Where `cargo xtask build` builds too: what both link is built once.
        Form::Shipped => target_folder(),
        Form::Sampled => target_folder().join("sampled"),
        _ => scratch().join(format!("{kind:?}").to_lowercase()),
    };
    let folder = target.folder(&folder);
    let mut cargo = toolchain.build(target, form, workspace(), &folder).expect("the flags can be read");
    cargo.args(["--package", "spelunk-programs"]);
    match kind {
        Kind::Shipped => cargo.args(["--package", "spelunk-examples"]),
        Kind::Traced => cargo.args(["--bin", "crash"]),
        Kind::Recorded => cargo.args(["--package", "spelunk-examples", "--bin", "flight_recorder"]).args([
            "--bin",
            "recorded",
            "--features",
            "spelunk-programs/recorder,spelunk-examples/recorder",
        ]),
        Kind::Unoptimised | Kind::Fixed => &mut cargo,
    };
    let profile = match kind {
        Kind::Unoptimised => "debug",
        _ => {
            cargo.arg("--release");
            "release"
        }
    };
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "the programs build: {cargo:?}");
    folder.join(&target.triple).join(profile)
}

/// Gives what the programs are built for: the architecture that `SPELUNK_ARCH` names, else the host's.
///
/// # Panics
/// There is no such architecture.
pub fn target() -> &'static Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let name = std::env::var("SPELUNK_ARCH").unwrap_or_else(|_| std::env::consts::ARCH.to_owned());
        Target::load(workspace(), &name).expect("an architecture")
    })
}

/// Says whether the programs under test run under an emulator; if so, that this test is skipped for want of a thing that
/// emulators lack.
pub fn emulator_lacks(thing: &str) -> bool {
    let is_emulated = !target().runs_here();
    if is_emulated {
        skipped(&format!("{} lacks {thing}", target().emulator));
    }
    is_emulated
}

/// Gives the folder for what tests make, in cargo's target folder.
///
/// # Panics
/// The test was not built by cargo.
pub fn scratch() -> PathBuf {
    target_folder().join("tmp")
}

/// Gives cargo's target folder, of which every test lies in a subfolder's subfolder.
fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    test.ancestors().nth(3).expect("cargo has built it").to_owned()
}

/// Gives the folder of the checkout.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
}
