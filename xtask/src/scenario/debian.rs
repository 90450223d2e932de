//! Debian's kernel, with modules, and an initramfs as Debian makes it: initramfs-tools' own scripts, with our program where BusyBox would be. Their packages are unpacked
//! into the cache, not installed: what follows them around (udev) would change the machine that runs the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::file::Borrowed;
use crate::install::{self, need};
use crate::machine::Architecture;
use crate::{command, workspace};

/// What is unpacked.
const PACKAGES: &[&str] = &["initramfs-tools-core", "klibc-utils", "kmod", "libklibc", "libkmod2", "logsave"];

/// Makes an initramfs whose BusyBox is this program, in a folder.
pub(super) fn initramfs(architecture: &Architecture, program: &Path, folder: &Path) -> Result<PathBuf> {
    if !architecture.target().is_host() {
        bail!(
            "Debian's initramfs has programs of this host's processor: {} cannot run them",
            architecture.name
        );
    }
    install::ensure(&[need("cpio", "cpio"), need("unshare", "util-linux")])?;
    let packages = install::unpacked("initramfs-tools", PACKAGES)?;
    let script = folder.join("mkinitramfs.sh");
    workspace::write(&script, include_str!("mkinitramfs.sh"))?;
    let initramfs = folder.join("initramfs-tools.gz");
    let mut make = command::new("unshare");
    make.args(["--user", "--map-root-user", "--mount", "sh"]).arg(script);
    command::output(make.arg(packages).arg(program).arg(folder).arg(&initramfs))?;
    Ok(initramfs)
}

/// Gives a program of Debian's, with the libraries that it needs, by their paths in an image.
pub(super) fn program(architecture: &Architecture, wanted: &Borrowed) -> Result<BTreeMap<String, PathBuf>> {
    if !architecture.target().is_host() {
        bail!("Debian's programs are fetched for this host's processor, not for {}", architecture.name);
    }
    let packages: Vec<_> = wanted.packages.iter().map(String::as_str).collect();
    let name = Path::new(&wanted.path).file_name().context("a program's name")?.to_string_lossy();
    let files = install::unpacked(&name, &packages)?;
    let program = files.join(&wanted.path);
    let folders: BTreeSet<_> = paths(&files)?
        .iter()
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".so.")))
        .filter_map(|path| path.parent().map(Path::to_owned))
        .collect();
    let folders: Vec<_> = folders.iter().map(PathBuf::as_path).collect();
    let mut found = BTreeMap::from([(format!("bin/{name}"), program.clone())]);
    for library in command::libraries(&program, &folders)? {
        let inside = library.strip_prefix(&files).or_else(|_| library.strip_prefix("/"))?;
        found.insert(inside.to_string_lossy().into_owned(), library);
    }
    Ok(found)
}

/// A kernel of Debian's.
pub(super) struct Kernel {
    /// What is booted.
    pub image: PathBuf,
    /// Its modules, by their paths in an image.
    pub files: BTreeMap<String, PathBuf>,
}

/// Gives the newest kernel for guests that Debian has, with these modules and the tables that our own `depmod` makes of them; the copies
/// lie in a folder.
pub(super) fn kernel(
    architecture: &Architecture,
    program: &Path,
    wanted: &[String],
    folder: &Path,
) -> Result<Kernel> {
    if !architecture.target().is_host() {
        bail!("Debian's kernel is fetched for this host's processor, not for {}", architecture.name);
    }
    let processor = command::output(Command::new("dpkg").arg("--print-architecture"))?;
    let package = install::newest(&format!("linux-image-cloud-{}", processor.trim()))?;
    let release = package.trim_start_matches("linux-image-");
    let files = install::unpacked(&package, &[&package])?;
    let modules = Path::new("lib/modules").join(release);
    let (from, to) = (files.join(&modules), folder.join("modules"));
    let copy = |path: &Path| -> Result<()> {
        let copied = to.join(&modules).join(path);
        workspace::make_folder(copied.parent().context("a folder for modules")?)?;
        fs::copy(from.join(path), &copied).with_context(|| format!("copy {}", from.join(path).display()))?;
        Ok(())
    };
    for list in ["modules.builtin", "modules.builtin.modinfo", "modules.order"] {
        copy(Path::new(list))?;
    }
    for path in paths(&from.join("kernel"))? {
        let below = path.strip_prefix(from.join("kernel"))?;
        if wanted.iter().any(|wanted| below.starts_with(wanted)) {
            copy(&Path::new("kernel").join(below))?;
        }
    }
    command::output(Command::new(program).args(["depmod", "-b"]).arg(&to).arg(release))?;
    let name = |path: PathBuf| Ok((path.strip_prefix(&to)?.to_string_lossy().into_owned(), path));
    let files_of_image = paths(&to)?.into_iter().map(name).collect::<Result<_>>()?;
    Ok(Kernel { image: files.join("boot").join(format!("vmlinuz-{release}")), files: files_of_image })
}

/// Gives all files below a folder.
fn paths(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let path = entry.with_context(|| format!("list {}", folder.display()))?.path();
        match path.is_dir() {
            true => found.extend(paths(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}
