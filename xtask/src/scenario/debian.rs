//! An initramfs as Debian makes it: initramfs-tools' own scripts, with our program where BusyBox would be. Their packages are unpacked
//! into the cache, not installed: what follows them around (udev) would change the machine that runs the tests.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

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
