//! The kernel's log, record by record, from /dev/kmsg.

use formats::dev::kmsg::{self, Record};
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{From, Mode, OpenFlags};

use crate::{Error, Result};

const PATH: &[u8] = b"/dev/kmsg";

/// A position in the kernel's log.
pub struct Log {
    device: OwnedFd,
    record: [u8; RECORD],
}

/// The kernel gives no longer record (`CONSOLE_EXT_LOG_MAX`), and refuses shorter buffers.
const RECORD: usize = 8192;

/// Where reading starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the oldest record there is.
    Oldest,
    /// At the first after the log was last cleared.
    Cleared,
    /// At the next one to come.
    Next,
}

impl Log {
    /// Opens the log.
    ///
    /// # Errors
    /// `PERM` (dmesg_restrict), `NOENT` (no /dev).
    pub fn open(start: Start) -> Result<Self> {
        let error = |errno: Errno| Error::new("open", PATH, errno);
        let flags = OpenFlags::READ | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
        let device = linux::fs::open(PATH, flags, Mode::empty()).map_err(error)?;
        let to = match start {
            Start::Oldest => From::Start(0),
            Start::Cleared => From::Data(0),
            Start::Next => From::End(0),
        };
        linux::fs::lseek(&device, to).map_err(error)?;
        Ok(Self { device, record: [0; RECORD] })
    }

    /// Gives the next record; nothing when all have been read. Records that were overwritten meanwhile are passed over;
    /// the sequence numbers tell.
    ///
    /// # Errors
    /// What read says; a record that makes no sense, after which reading can go on.
    pub fn read(&mut self) -> Result<Option<Record<'_>>> {
        let count = loop {
            match linux::fs::read(&self.device, &mut self.record) {
                Ok(count) => break count,
                Err(Errno::AGAIN) => return Ok(None),
                Err(Errno::PIPE | Errno::INTR) => {}
                Err(errno) => return Err(Error::new("read", PATH, errno)),
            }
        };
        let record = self.record.get(..count).unwrap_or_default();
        kmsg::parse(record).map(Some).map_err(|error| Error::new("read", PATH, error))
    }

    /// Gives the device, to wait for more with poll.
    pub fn device(&self) -> &OwnedFd {
        &self.device
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_in_order() {
        // Containers have no log, and some machines keep it from users.
        let Ok(mut log) = Log::open(Start::Oldest) else { return };
        let mut last = None;
        while let Some(record) = log.read().unwrap() {
            assert!(Some(record.sequence) > last);
            last = Some(record.sequence);
        }
        assert!(Log::open(Start::Next).unwrap().read().unwrap().is_none());
    }
}
