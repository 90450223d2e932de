//! The console, for what services say: a line that cannot be written at once, because someone has stopped the terminal, is not
//! written there. The log has it.

use alloc::vec::Vec;

use linux::fd::{OwnedFd, STDERR};
use linux::fs::{self, FileKind, Mode, OpenFlags};

use crate::log::{Level, Log};

/// The console; none where those who look at it want less.
pub(super) struct Console(Option<OwnedFd>);

impl Console {
    /// Opens it by the descriptor that process 1 has: opened anew, only this worker does not wait for it. A file, in which a container's
    /// may end, nobody waits for; opened anew, it would be written from its beginning.
    pub(super) fn open(log: Log) -> Self {
        let flags = OpenFlags::WRITE | OpenFlags::NONBLOCK | OpenFlags::NO_CONTROLLING_TERMINAL;
        let open = || match fs::fstat(STDERR).ok()?.kind() {
            FileKind::Regular => fs::dup(STDERR).ok(),
            _ => fs::open(c"/proc/self/fd/2", flags | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).ok(),
        };
        Self(log.shows(Level::Info).then(open).flatten())
    }

    /// Writes a line with the name of who said it.
    pub(super) fn put(&self, name: &[u8], line: &[u8]) {
        let Some(file) = &self.0 else { return };
        let mut text = Vec::with_capacity(name.len() + line.len() + 3);
        text.extend_from_slice(name);
        text.extend_from_slice(b": ");
        query::text::printable(line, &mut text);
        text.push(b'\n');
        // One that is cut is cut: there is nobody to wait.
        let _ = fs::write(file, &text);
    }
}
