//! The disks of a guest, made anew for each run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::file::{Content, Disk};
use crate::install::{self, need};
use crate::{command, workspace};

/// Makes a disk; `tree` gives the archive of the image's files.
pub(super) fn make(disk: &Disk, path: &Path, tree: &dyn Fn() -> Result<Vec<u8>>) -> Result<PathBuf> {
    let file = File::create(path).with_context(|| format!("make {}", path.display()))?;
    file.set_len(disk.size_mib << 20).with_context(|| format!("size {}", path.display()))?;
    if disk.content == Content::Nothing {
        return Ok(path.to_owned());
    }
    if disk.content == Content::Swap {
        install::ensure(&[need("mkswap", "util-linux")])?;
        command::output(Command::new("mkswap").arg(path))?;
        return Ok(path.to_owned());
    }
    install::ensure(&[need("mke2fs", "e2fsprogs")])?;
    let mut format = Command::new("mke2fs");
    format.args(["-q", "-F", "-t", disk.kind.as_deref().unwrap_or("ext2")]);
    if let Some(label) = &disk.label {
        format.args(["-L", label]);
    }
    if disk.content == Content::Image {
        format.arg("-d").arg(unpack(&tree()?, &path.with_extension("files"))?);
    }
    command::output(format.arg(path))?;
    Ok(path.to_owned())
}

/// Mends a disk whose machine has lost its power, as a start does.
pub(super) fn check(disk: &Disk, path: &Path) -> Result<()> {
    if matches!(disk.content, Content::Nothing | Content::Swap) {
        return Ok(());
    }
    install::ensure(&[need("e2fsck", "e2fsprogs")])?;
    let output = Command::new("e2fsck").args(["-f", "-y"]).arg(path).output().context("start e2fsck")?;
    // 1: it was mended.
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "e2fsck {}: {}\n{}",
        path.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout)
    );
    Ok(())
}

/// Unpacks an archive but for its devices, which only root can make: the kernel brings them.
fn unpack(archive: &[u8], folder: &Path) -> Result<PathBuf> {
    install::ensure(&[need("cpio", "cpio")])?;
    workspace::make_folder(folder)?;
    let file = folder.with_extension("cpio");
    workspace::write(&file, archive)?;
    let mut cpio = Command::new("cpio");
    cpio.args(["--extract", "--quiet", "--make-directories", "--no-absolute-filenames"]);
    cpio.args(["--nonmatching", "dev/*"]).current_dir(folder);
    // Not by --file, with which patterns make it ask the terminal for the next volume.
    cpio.stdin(File::open(&file).with_context(|| format!("open {}", file.display()))?);
    command::run(&mut cpio)?;
    fs::remove_file(&file).with_context(|| format!("remove {}", file.display()))?;
    Ok(folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str, content: Content) -> Vec<u8> {
        let path = workspace::scratch("unit").unwrap().join(name);
        let tree = || {
            let mut writer = formats::file::cpio::Writer::new();
            writer.directory("etc", 0o755)?;
            writer.file("etc/motd", 0o644, b"a text that is found again")?;
            Ok(writer.finish()?)
        };
        fs::read(make(&Disk { size_mib: 1, content, label: None, kind: None }, &path, &tree).unwrap())
            .unwrap()
    }

    #[test]
    fn disks_have_their_size_and_file_system() {
        let bytes = made("disk", Content::Ext2);
        assert_eq!(bytes.len(), 1 << 20);
        // The superblock's magic number.
        assert_eq!(bytes[1024 + 56..1024 + 58], [0x53, 0xef]);
    }

    #[test]
    fn a_disk_may_have_the_image_in_it() {
        let bytes = made("root", Content::Image);
        assert!(bytes.windows(26).any(|part| part == b"a text that is found again"));
    }
}
