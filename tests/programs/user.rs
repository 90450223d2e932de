//! A user's project: what `cargo new` makes, a dependency, and a build script of three lines; stable Rust and nothing else.

use std::fs;
use std::path::Path;
use std::process::Command;

use goblin::elf::Elf;
use goblin::elf::program_header::PT_INTERP;

use spelunk_tests::programs::{emulator_lacks, scratch, workspace};

const MANIFEST: &str = r#"[package]
name = "project"
version = "0.1.0"
edition = "2024"

[dependencies]
spelunk = { path = "{workspace}/runtime" }

[build-dependencies]
spelunk-build = { path = "{workspace}/runtime/build" }

[profile.dev]
panic = "abort"

[profile.release]
panic = "abort"

[workspace]
"#;

const BUILD: &str = "fn main() {\n    spelunk_build::program();\n}\n";

const MAIN: &str = r#"#![no_std]
#![no_main]

use core::cell::Cell;
use spelunk::io::{Write, stdout};
use spelunk::linux::security::Refusal;
use spelunk::rt::contract;
use spelunk::{Arguments, Environment, thread};

spelunk::program!(main);
spelunk::carry_contract!();

spelunk::thread_local! {
    static SUM: Cell<usize> = const { Cell::new(0) };
}

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    // All that follows makes only calls that were linked.
    if contract::enforce(Refusal::Kill).is_err() {
        return 2;
    }
    let count = arguments.count();
    let Ok(sum) = thread::spawn(move || {
        (0..=10 * count).for_each(|number| SUM.set(SUM.get() + number));
        SUM.get()
    }) else {
        return 1;
    };
    let mut out = stdout();
    let said = writeln!(out, "{} threads, sum {}", 2, sum.join()).and_then(|()| out.flush());
    i32::from(said.is_err())
}
"#;

/// Builds the project and gives what it says.
fn said(folder: &Path, profile: &str, options: &[&str]) -> String {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(folder)
        .args(["build", "--quiet", "--offline", "--target-dir"])
        .arg(folder.join("target"));
    // Nothing of this build's own must help.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_BOOTSTRAP", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    let status = cargo.args(options).status().expect("cargo runs");
    assert!(status.success(), "the project builds: {cargo:?}");
    let path = folder.join("target").join(profile).join("project");
    let bytes = fs::read(&path).expect("the program is there");
    let elf = Elf::parse(&bytes).expect("it is a program");
    assert!(!elf.program_headers.iter().any(|header| header.p_type == PT_INTERP), "no interpreter");
    assert!(elf.libraries.is_empty(), "no libraries");
    let output = Command::new(path).arg("x").output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_new_project_builds_and_runs() {
    if emulator_lacks("a compiler of its own") {
        return;
    }
    let folder = scratch().join("project");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = MANIFEST.replace("{workspace}", &workspace().display().to_string());
    for (name, text) in [("Cargo.toml", manifest.as_str()), ("build.rs", BUILD), ("src/main.rs", MAIN)] {
        fs::write(folder.join(name), text).expect("a file");
    }
    // The versions that are here: nothing is fetched.
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file");
    assert_eq!(said(&folder, "release", &["--release"]), "2 threads, sum 210\n");
    assert_eq!(said(&folder, "debug", &[]), "2 threads, sum 210\n");
}
