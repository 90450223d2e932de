//! The mounts that this process sees.

use alloc::vec::Vec;

use formats::proc::pid::mountinfo::{self, Mount};
use linux::fs::{Mode, OpenFlags, statfs};

use crate::{Error, Result, file};

/// RAMFS_MAGIC and TMPFS_MAGIC of linux/magic.h.
const IN_MEMORY: [u64; 2] = [0x8584_58f6, 0x0102_1994];

const PATH: &[u8] = b"/proc/self/mountinfo";

/// The kernel's table of mounts at one moment.
pub struct Table(Vec<u8>);

impl Table {
    /// Reads the table.
    ///
    /// # Errors
    /// What the kernel says of /proc.
    pub fn read() -> Result<Self> {
        file::read(PATH).map(Self)
    }

    /// Gives the mounts, in the order in which they were made; one that makes no sense is an error in its place.
    pub fn mounts(&self) -> impl Iterator<Item = Result<Mount<'_>>> {
        mountinfo::parse(&self.0).map(|mount| mount.map_err(|error| Error::new("read", PATH, error)))
    }

    /// Gives the mount that a folder shows: the last one made there.
    pub fn at(&self, target: &[u8]) -> Option<Mount<'_>> {
        self.mounts().filter_map(Result::ok).filter(|mount| mount.target.is(target)).last()
    }
}

/// Says whether the file system of a path lies in memory.
pub fn is_in_memory(path: &str) -> bool {
    statfs(path).is_ok_and(|found| IN_MEMORY.contains(&found.kind))
}

/// Gives the path by which the kernel knows a file: absolute, through no symbolic link; the path itself where there is
/// no such file or no /proc.
pub fn resolve(path: &[u8]) -> Vec<u8> {
    let mut link = b"/proc/self/fd/".to_vec();
    let mut buffer = [0; linux::path::PATH_BYTES];
    let found =
        linux::fs::open(path, OpenFlags::PATH | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).and_then(|file| {
            query::text::decimal(file.as_raw().unsigned_abs().into(), &mut link);
            linux::fs::readlink(link.as_slice(), &mut buffer)
        });
    found.unwrap_or(path).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_usual_ones() {
        let table = Table::read().unwrap();
        assert!(table.at(b"/proc").unwrap().kind.is(b"proc"));
        assert!(table.at(b"/").is_some());
        assert!(table.at(b"/proc/").is_none());
        assert_eq!(resolve(b"/proc/self/../"), b"/proc");
        assert_eq!(resolve(b"/no/such/"), b"/no/such/");
        assert!(table.mounts().all(|mount| mount.is_ok()));
    }
}
