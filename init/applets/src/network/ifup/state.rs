//! What is up: a file of lines `LINK=NAME`, locked while it is read and changed.

use alloc::vec::Vec;

use linux::fd::OwnedFd;
use linux::fs::{Lock, Mode, OpenFlags, flock, open};
use system::file::{self, Durability};

use crate::Failure;

/// The file, and what it says.
pub(super) struct State {
    path: Vec<u8>,
    entries: Vec<(Vec<u8>, Vec<u8>)>,
    /// Held to the end; another file than the one that is replaced.
    _lock: Option<OwnedFd>,
    is_dry: bool,
}

impl State {
    /// Reads the file, which need not be there, and keeps others from changing it; one that is not changed is not locked.
    pub(super) fn open(path: &[u8], is_dry: bool) -> Result<Self, Failure> {
        let lock = if is_dry {
            None
        } else {
            let name = [path, b".lock"].concat();
            let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
            let locked = open(name.as_slice(), flags, Mode::octal(0o600))
                .and_then(|file| linux::retry(|| flock(&file, Lock::Exclusive, true)).map(|()| file));
            Some(locked.map_err(|errno| system::Error::new("lock", &name, errno))?)
        };
        let text = match file::read(path) {
            Err(error) if error.errno() == Some(linux::Errno::NOENT) => Vec::new(),
            text => text?,
        };
        let entries = text.split(|byte| *byte == b'\n').filter_map(|line| {
            let at = line.iter().position(|byte| *byte == b'=')?;
            Some((line.get(..at)?.to_vec(), line.get(at + 1..)?.to_vec()))
        });
        Ok(Self { path: path.to_vec(), entries: entries.collect(), _lock: lock, is_dry })
    }

    /// Gives links and names, in the order in which they came up.
    pub(super) fn entries(&self) -> &[(Vec<u8>, Vec<u8>)] {
        &self.entries
    }

    /// Gives the name by which a link came up.
    pub(super) fn name_of(&self, link: &[u8]) -> Option<Vec<u8>> {
        self.entries.iter().find(|(known, _)| known == link).map(|(_, name)| name.clone())
    }

    /// Notes that a link came up by a name, or went down.
    pub(super) fn set(&mut self, link: &[u8], name: Option<&[u8]>) -> Result<(), Failure> {
        self.entries.retain(|(known, _)| known != link);
        self.entries.extend(name.map(|name| (link.to_vec(), name.to_vec())));
        if self.is_dry {
            return Ok(());
        }
        let mut text = Vec::new();
        for (link, name) in &self.entries {
            text.extend_from_slice(&[link, &b"="[..], name, b"\n"].concat());
        }
        Ok(file::replace(&self.path, &text, Durability::Cache)?)
    }
}
