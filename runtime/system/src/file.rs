//! Whole files of any size: those of /proc say nothing of theirs beforehand.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{Mode, OpenFlags};
use linux::path::PathArg;

use crate::{Error, Result};

/// Reads a file to its end.
///
/// # Errors
/// What open and read say, with the path.
pub fn read(path: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match read_into(path, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(errno) => Err(Error::new("read", path, errno)),
    }
}

/// Reads a file to its end into a buffer that keeps its memory from one file to the next.
///
/// # Errors
/// What open and read say.
pub fn read_into(path: impl PathArg, bytes: &mut Vec<u8>) -> linux::Result<()> {
    /// Most files of /proc fit at once; the kernel makes some of them anew at each read, so bigger is better.
    const STEP: usize = 4096;
    bytes.clear();
    let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
    let file = linux::retry(|| linux::fs::open(&path, flags, Mode::empty()))?;
    let mut length = 0;
    loop {
        if bytes.len() - length < STEP / 2 {
            bytes.resize((bytes.len() * 2).max(STEP), 0);
        }
        let room = bytes.get_mut(length..).unwrap_or_default();
        match linux::retry(|| linux::fs::read(&file, room))? {
            0 => break,
            count => length += count,
        }
    }
    bytes.truncate(length);
    Ok(())
}

/// Whether a file must be on the disk when the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A loss of power in the next half minute may bring the file of before back.
    Cache,
    /// It must be there after a loss of power: file and folder are written out, in this order.
    Durable,
}

/// Writes a file in place of the one before, so that a reader finds all of the one or all of the other.
///
/// The new one is made beside it and renamed over it; a symbolic link stays one, and the file behind it is replaced. Where that cannot be, because the file itself is a mount point
/// (containers have resolv.conf so), it is written in place. A folder that is missing, as `/etc` is in an image of one
/// file, is made.
///
/// # Errors
/// What open, write, fsync and rename say, with the path.
pub fn replace(path: &[u8], bytes: &[u8], durability: Durability) -> Result<()> {
    let failed = |errno| Error::new("write", path, errno);
    let path: &[u8] = &real(path);
    let draft = [path, b".new"].concat();
    match write(&draft, bytes, durability) {
        Err(Errno::NOENT) => {
            // That it cannot be made shows when the file is written.
            let _ = linux::fs::mkdir(folder(path), Mode::octal(0o755));
            write(&draft, bytes, durability)
        }
        other => other,
    }
    .map_err(failed)?;
    match linux::fs::rename(draft.as_slice(), path) {
        Err(Errno::BUSY) => {
            let written = write(path, bytes, durability);
            let _ = linux::fs::unlink(draft.as_slice());
            written.map_err(failed)
        }
        Ok(()) if durability == Durability::Durable => settle(path).map_err(failed),
        other => other.map_err(failed),
    }
}

/// Gives the path of the file itself.
#[cfg(feature = "services")]
fn real(path: &[u8]) -> Cow<'_, [u8]> {
    Cow::Owned(behind(b"", path))
}

/// The smallest program has no links in place of its files.
#[cfg(not(feature = "services"))]
const fn real(path: &[u8]) -> Cow<'_, [u8]> {
    Cow::Borrowed(path)
}

/// Gives the path of what is behind a symbolic link, whether it is there or not: links are followed as from a root that is given.
pub fn behind(root: &[u8], path: &[u8]) -> Vec<u8> {
    /// As many as the kernel follows (`path_resolution(7)`).
    const MOST_LINKS: usize = 40;
    let mut path = [root, path].concat();
    for _ in 0..MOST_LINKS {
        let mut room = [0; linux::path::PATH_BYTES];
        path = match linux::fs::readlink(path.as_slice(), &mut room) {
            Ok(target) if target.starts_with(b"/") => [root, target].concat(),
            Ok(target) => {
                let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                path.truncate(name);
                [path.as_slice(), target].concat()
            }
            Err(_) => break,
        };
    }
    path
}

/// Has the folder written out, whose the new name is: without this a loss of power may bring back what was there before, or nothing.
#[cfg(feature = "services")]
fn settle(path: &[u8]) -> linux::Result<()> {
    let folder = [folder(path), b"/"].concat();
    linux::fs::fsync(&linux::fs::open(folder.as_slice(), OpenFlags::CLOSE_ON_EXEC, Mode::empty())?)
}

/// The smallest program keeps what must last on a disk that is mounted so that it does this by itself.
#[cfg(not(feature = "services"))]
#[allow(clippy::unnecessary_wraps, reason = "a program with more parts has more to keep")]
const fn settle(_path: &[u8]) -> linux::Result<()> {
    Ok(())
}

fn folder(path: &[u8]) -> &[u8] {
    path.rsplitn(2, |byte| *byte == b'/').nth(1).unwrap_or_default()
}

fn write(path: &[u8], bytes: &[u8], durability: Durability) -> linux::Result<()> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::CLOSE_ON_EXEC;
    let file = linux::fs::open(path, flags, Mode::octal(0o644))?;
    linux::fs::write_all(&file, bytes)?;
    match durability {
        Durability::Durable => linux::fs::fsync(&file),
        Durability::Cache => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_any_size_come_whole() {
        let folder = std::env::temp_dir();
        for size in [0, 1, 2047, 2048, 4096, 4097, 100_000] {
            let path = folder.join(std::format!("spelunk-read-{}-{size}", std::process::id()));
            let bytes: Vec<u8> = (0..size).map(|index| index as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let found = read(path.as_os_str().as_encoded_bytes());
            std::fs::remove_file(&path).unwrap();
            assert_eq!(found, Ok(bytes));
        }
        assert!(!read(b"/proc/self/maps").unwrap().is_empty());
        assert_eq!(
            std::format!("{}", read(b"/nothing").unwrap_err()),
            "read /nothing: no such file or directory"
        );
    }

    #[test]
    fn a_replaced_file_holds_the_new_bytes_and_leaves_no_draft() {
        let folder = std::env::temp_dir().join(std::format!("spelunk-replace-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("file");
        for (bytes, durability) in [(b"first".as_slice(), Durability::Cache), (b"2", Durability::Durable)] {
            replace(path.as_os_str().as_encoded_bytes(), bytes, durability).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        let missing = folder.join("missing/file");
        replace(missing.as_os_str().as_encoded_bytes(), b"3", Durability::Cache).unwrap();
        assert_eq!(std::fs::read(&missing).unwrap(), b"3");
        let link = folder.join("link");
        std::os::unix::fs::symlink("missing/other", &link).unwrap();
        let name = link.as_os_str().as_encoded_bytes();
        assert_eq!(behind(b"", name), folder.join("missing/other").as_os_str().as_encoded_bytes());
        assert_eq!(behind(folder.as_os_str().as_encoded_bytes(), b"/link"), behind(b"", name));
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(replace(missing.as_os_str().as_encoded_bytes(), b"", Durability::Cache).is_err());
    }
}
