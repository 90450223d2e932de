//! The machine's virtual terminals: one to ask with, and their numbers.

use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open};
use linux::{Errno, Result};

use crate::{Io, Status};

/// Gives a terminal of the console, whichever can be opened.
pub(super) fn any() -> Result<OwnedFd> {
    let mut told = Errno::NOENT;
    for path in ["/dev/tty0", "/dev/console", "/dev/tty"] {
        match open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()) {
            // Others are terminals that have no numbers.
            Ok(console) if linux::console::active(&console).is_ok() => return Ok(console),
            Ok(_) => told = Errno::NOTTY,
            Err(errno) if told == Errno::NOENT => told = errno,
            Err(_) => {}
        }
    }
    Err(told)
}

/// Reads the number of one: 1 to 63.
pub(super) fn number(io: &mut Io<'_>, word: &[u8]) -> core::result::Result<u16, Status> {
    let number = query::text::parse_decimal(word).and_then(|number| u16::try_from(number).ok());
    number
        .filter(|number| (1..=63).contains(number))
        .ok_or_else(|| io.misuse(word, "a number from 1 to 63 is expected"))
}
