//! `cargo xtask build`: the program, for a machine that has nothing but a kernel.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use toolchain::{Form, Toolchain};

use crate::install::{self, need};
use crate::machine::Architecture;
use crate::output::{note, say};
use crate::selection::Selection;
use crate::{check, command, workspace};

/// Builds the program for an architecture or for `all`, checks it, and puts it where images and users find it.
pub(crate) fn run(architectures: &str, selection: &Selection) -> Result<()> {
    let mut failed = Vec::new();
    for architecture in Architecture::chosen(architectures)? {
        match spelunk(&architecture, selection) {
            Ok(path) => {
                let size = fs::metadata(&path).with_context(|| format!("look at {}", path.display()))?.len();
                let shown = path.strip_prefix(workspace::root()).unwrap_or(&path);
                say!("{} {size} bytes", shown.display());
            }
            Err(error) => {
                note!("xtask: {}: {error:#}", architecture.name);
                failed.push(architecture.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("no program for {}", failed.join(", "));
    }
    Ok(())
}

/// Builds `spelunk` with these commands, checks it, and gives its path.
pub(crate) fn spelunk(architecture: &Architecture, selection: &Selection) -> Result<PathBuf> {
    let built = spelunk_in(architecture, selection, Form::Shipped)?;
    check::file(&built)?;
    let path = workspace::target().join(&architecture.name).join(selection.program());
    workspace::make_folder(path.parent().context("a folder for the program")?)?;
    // Under another name first: a boot at the same time must not read half of it.
    let staged = path.with_extension("new");
    fs::copy(&built, &staged).with_context(|| format!("copy {}", built.display()))?;
    fs::rename(&staged, &path).with_context(|| format!("name {}", path.display()))?;
    Ok(path)
}

/// Builds `spelunk` in a form, and gives cargo's path of it.
pub(crate) fn spelunk_in(architecture: &Architecture, selection: &Selection, form: Form) -> Result<PathBuf> {
    build(architecture, "spelunk-init", "spelunk", form, &selection.cargo_words())
}

/// Builds one program of a package with our start-up code and linker settings, and gives cargo's path of it.
pub(crate) fn binary(architecture: &Architecture, package: &str, name: &str, form: Form) -> Result<PathBuf> {
    build(architecture, package, name, form, &[])
}

fn build(
    architecture: &Architecture,
    package: &str,
    name: &str,
    form: Form,
    words: &[String],
) -> Result<PathBuf> {
    let folder = match form {
        Form::Named | Form::Traced => workspace::target().join("symbols"),
        Form::Sampled => workspace::target().join("sampled"),
        Form::Shipped | Form::Fixed | Form::Unoptimised => workspace::target(),
    };
    let target = architecture.target();
    let folder = target.folder(&folder);
    let mut cargo = toolchain(architecture)?.build(&target, form, workspace::root(), &folder)?;
    command::run(cargo.args(["--release", "--package", package, "--bin", name]).args(words))?;
    let path = folder.join(&target.triple).join("release").join(name);
    if !path.exists() {
        bail!("cargo made no {}", path.display());
    }
    Ok(path)
}

/// Builds tests of system calls, `host` or `groups`, which stand on a C library of the architecture, and gives their program's path.
pub(crate) fn system_calls(architecture: &Architecture, test: &str) -> Result<PathBuf> {
    let target = architecture.target();
    let library = &target.c_library;
    install::ensure(&[
        need(&library.compiler, &library.compiler_package),
        need(&library.file, &library.package),
    ])?;
    let folder = workspace::target().join("std");
    let mut cargo = toolchain(architecture)?.tests(&target, workspace::root(), &folder);
    cargo.args(["--package", "spelunk-host", "--test", test]);
    // What fails is shown as cargo shows it; asked again, it tells what there is.
    command::run(&mut cargo)?;
    let messages = command::output(cargo.args(["--message-format", "json"]))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut tests = messages.filter(|message| message["profile"]["test"] == true);
    let program = tests.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    program.context("cargo made no tests of system calls")
}

/// Finds a compiler for an architecture; installs Debian's when there is none.
pub(crate) fn toolchain(architecture: &Architecture) -> Result<Toolchain> {
    let target = architecture.target();
    if let Ok(found) = Toolchain::find(&target) {
        return Ok(found);
    }
    install::ensure(&toolchain::DEBIAN.map(|(file, package)| need(file, package)))
        .with_context(|| format!("or use rustup: rustup target add {}", target.triple))?;
    Toolchain::find(&target).or_else(|_| {
        // All is there, but too old.
        install::renew(&toolchain::DEBIAN.map(|(_, package)| package))?;
        Toolchain::find(&target)
    })
}
