//! Programs to be measured against, and those that measure: built for this host.

use std::path::PathBuf;

use anyhow::Result;

use crate::{command, workspace};

/// Builds a program of the package `spelunk-bench` that runs on the host.
pub(super) fn host_program(name: &str) -> Result<PathBuf> {
    let folder = workspace::target().join("bench");
    let mut cargo = command::cargo();
    cargo.args(["build", "--quiet", "--release", "--package", "spelunk-bench", "--bin", name]);
    command::run(cargo.arg("--target-dir").arg(&folder))?;
    Ok(folder.join("release").join(name))
}

/// Compiles a source of `tests/bench/peers` under a name.
pub(super) fn compile(compiler: &str, options: &[&str], source: &str, name: &str) -> Result<PathBuf> {
    let folder = workspace::make_folder(&workspace::target().join("bench").join("peers"))?;
    let path = folder.join(name);
    let source = workspace::root().join("tests/bench/peers").join(source);
    command::run(command::new(compiler).args(options).arg("-o").arg(&path).arg(source))?;
    Ok(path)
}
