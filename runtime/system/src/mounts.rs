//! The mounts that this process sees.

use alloc::vec::Vec;

use formats::proc::pid::mountinfo::{self, Mount};

use crate::{Error, Result, file};

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
        self.mounts().filter_map(Result::ok).filter(|mount| *mount.target == *target).last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_usual_ones() {
        let table = Table::read().unwrap();
        assert_eq!(*table.at(b"/proc").unwrap().kind, *b"proc");
        assert!(table.at(b"/").is_some());
        assert!(table.at(b"/proc/").is_none());
        assert!(table.mounts().all(|mount| mount.is_ok()));
    }
}
