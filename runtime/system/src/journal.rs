//! The log that process 1's worker keeps, for those who read it and go on reading.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use io::File;
use linux::Result;
use linux::fd::OwnedFd;
use linux::fs::{NotifyEvents, NotifyFlags, inotify_add_watch, inotify_init, read};
use linux::poll::{PollFd, PollFlags, poll};

use crate::ring::Ring;

/// Where its ring is found: a link to a descriptor of process 1, which only root can follow.
pub const PATH: &str = "/run/spelunk/log";

/// Where the files of all that is logged are kept, if this folder is there.
pub const FOLDER: &str = "/var/log/spelunk";

/// The longest wait for news: some kernels (from 6.14 on) do not tell of writes to every file in memory.
const PATIENCE: Duration = Duration::from_millis(500);

/// A reader of a log.
#[derive(Debug)]
pub struct Reader {
    ring: Ring,
    /// The first byte that was not read yet.
    pub at: u64,
    changes: Option<OwnedFd>,
}

impl Reader {
    /// Opens the ring under a path, to read from its oldest entry.
    ///
    /// # Errors
    /// Those of `open(2)`.
    pub fn open(path: &[u8]) -> Result<Self> {
        Ring::open(path).map(|ring| Self::new(ring, 0))
    }

    /// Reads a ring from a place on.
    pub const fn new(ring: Ring, at: u64) -> Self {
        Self { ring, at, changes: None }
    }

    /// Begins to wait for changes, which is to be done before what is there is read.
    pub fn watch(&mut self) {
        self.changes = watch(self.ring.file()).ok();
    }

    /// Gives the lines that were not read yet, and how many bytes of lines were written over before.
    ///
    /// # Errors
    /// Those of `pread(2)`; `INVAL` if it is no ring.
    pub fn read(&mut self) -> Result<(Vec<u8>, u64)> {
        let (lines, end) = self.ring.read(self.at)?;
        let lost = end.saturating_sub(self.at).saturating_sub(lines.len() as u64);
        self.at = end;
        Ok((lines, lost))
    }

    /// Waits until there may be more, or one of the other descriptors is ready; says whether that is so.
    pub fn wait(&self, other: Option<&OwnedFd>) -> bool {
        let mut entries = [entry(self.changes.as_ref()), entry(other)];
        // Interrupted or not, the ring is what tells.
        let _ = poll(&mut entries, Some(PATIENCE));
        if let Some(changes) = &self.changes {
            let _ = read(changes, &mut [0; 512]);
        }
        let [_, other] = entries;
        other.is_ready()
    }
}

fn entry(file: Option<&OwnedFd>) -> PollFd<'_> {
    file.map_or(PollFd::nothing(), |file| PollFd::new(file, PollFlags::IN))
}

fn watch(file: &File) -> Result<OwnedFd> {
    let changes = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK)?;
    let path = format!("/proc/self/fd/{}", linux::fd::AsFd::as_fd(file).as_raw());
    inotify_add_watch(&changes, path.as_str(), NotifyEvents::MODIFY)?;
    Ok(changes)
}
