//! `cargo xtask build`: the program, for a machine that has nothing but a kernel.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::machine::Architecture;
use crate::{check, command, workspace};

/// Whether the names of functions stay in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbols {
    /// As it ships.
    Stripped,
    /// For measures of who takes how much.
    Kept,
}

/// Builds the program, checks it, and puts it where images and users find it.
pub(crate) fn run(architecture: &str) -> Result<()> {
    let path = spelunk(&Architecture::load(architecture)?)?;
    let size = fs::metadata(&path).with_context(|| format!("look at {}", path.display()))?.len();
    let shown = path.strip_prefix(workspace::root()).unwrap_or(&path);
    println!("{} {size} bytes", shown.display());
    Ok(())
}

/// Builds `spelunk`, checks it, and gives its path.
pub(crate) fn spelunk(architecture: &Architecture) -> Result<PathBuf> {
    let built = binary(architecture, "spelunk-init", "spelunk", Symbols::Stripped)?;
    check::file(&built)?;
    let folder = workspace::make_folder(&workspace::target().join(&architecture.name))?;
    // Under another name first: a boot at the same time must not read half of it.
    let (staged, path) = (folder.join("spelunk.new"), folder.join("spelunk"));
    fs::copy(&built, &staged).with_context(|| format!("copy {}", built.display()))?;
    fs::rename(&staged, &path).with_context(|| format!("name {}", path.display()))?;
    Ok(path)
}

/// Builds one program of a package with our start-up code and linker settings, and gives cargo's path of it.
pub(crate) fn binary(
    architecture: &Architecture,
    package: &str,
    name: &str,
    symbols: Symbols,
) -> Result<PathBuf> {
    let folder = match symbols {
        Symbols::Stripped => workspace::target(),
        Symbols::Kept => workspace::target().join("symbols"),
    };
    let mut cargo = command::cargo();
    cargo.args(["build", "--quiet", "--release", "--package", package, "--bin", name]);
    cargo.args(["--target", &architecture.target]).arg("--target-dir").arg(&folder);
    // Flags of the user's own are for the user's own programs.
    cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags(symbols)?.join("\x1f"));
    if symbols == Symbols::Kept {
        cargo.env("CARGO_PROFILE_RELEASE_STRIP", "none");
    }
    command::run(&mut cargo)?;
    let path = folder.join(&architecture.target).join("release").join(name);
    if !path.exists() {
        bail!("cargo made no {}", path.display());
    }
    Ok(path)
}

fn flags(symbols: Symbols) -> Result<Vec<String>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    let home = home.context("neither CARGO_HOME nor HOME is set")?;
    let text = workspace::read(&workspace::root().join("runtime/rt/program.flags"))?;
    Ok(read_flags(&text, &workspace::root().display().to_string(), &home.display().to_string(), symbols))
}

fn read_flags(text: &str, workspace: &str, cargo: &str, symbols: Symbols) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let kept = lines.filter(|line| symbols == Symbols::Stripped || !line.ends_with("-znosectionheader"));
    kept.map(|line| line.replace("{workspace}", workspace).replace("{cargo}", cargo)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_line_by_line_with_places_filled_in() {
        let text = "# why\n-Ca=b\n\n-Tx={workspace}/a b\n-Clink-arg=-znosectionheader\n";
        assert_eq!(
            read_flags(text, "/w", "/c", Symbols::Stripped),
            ["-Ca=b", "-Tx=/w/a b", "-Clink-arg=-znosectionheader"]
        );
        assert_eq!(read_flags(text, "/w", "/c", Symbols::Kept), ["-Ca=b", "-Tx=/w/a b"]);
    }
}
