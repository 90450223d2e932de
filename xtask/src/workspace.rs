//! Where things are: the checkout, what cargo builds, what is kept between runs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::names;

/// Gives the top of the checkout.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// Gives the folder that cargo builds into.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => env::current_dir().unwrap_or_default().join(folder),
        None => root().join("target"),
    }
}

/// Gives a folder of what is kept between runs and between checkouts, made if it is missing.
pub(crate) fn cache(topic: &str) -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(path) => path,
        None => {
            Path::new(&env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache")
        }
    };
    make_folder(&base.join("spelunk").join(topic))
}

/// Gives a folder for files that tests make.
#[cfg(test)]
pub(crate) fn scratch(topic: &str) -> Result<PathBuf> {
    make_folder(&target().join("xtask").join(topic))
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<PathBuf> {
    fs::create_dir_all(path).with_context(|| format!("make {}", path.display()))?;
    Ok(path.to_owned())
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

/// Writes a file.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("write {}", path.display()))
}

/// Lists the files of a folder that have this ending, sorted by name.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let path = entry.with_context(|| format!("list {}", folder.display()))?.path();
        if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Gives the names of what a folder of `qemu` describes, a file each; sorted.
pub(crate) fn described(folder: &str) -> Result<Vec<String>> {
    let files = files(&root().join("qemu").join(folder), "toml")?;
    Ok(files.iter().map(|path| stem(path).to_owned()).collect())
}

/// Reads the file of a folder of `qemu` that describes a thing; for a name that there is not, says which there are.
pub(crate) fn description<T>(
    folder: &str,
    what: &str,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T>,
) -> Result<T> {
    let path = root().join("qemu").join(folder).join(format!("{name}.toml"));
    if !path.exists() {
        bail!(names::unknown(what, name, described(folder)?.iter().map(String::as_str)));
    }
    parse(&read(&path)?).with_context(|| format!("read {}", path.display()))
}

/// Lists the Rust sources below a folder, sorted by path.
pub(crate) fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("list {}", folder.display()))? {
            let path = entry.with_context(|| format!("list {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Gives a file's name without its ending.
pub(crate) fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}
