//! `sum` (GNU's: BSD's and System V's checks).

use super::checksum::{self, Kind};
use crate::{Applet, Flag, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "sum",
    summary: "Print an old check and the blocks of files",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'r', "", "BSD's, and blocks of 1 KiB (the default)"),
        Flag::new(b's', "sysv", "System V's, and blocks of 512 bytes"),
        Flag::rows("file checksum:n bytes:n"),
    ],
    run: Run::Parsed(|io, parsed| {
        let is_old = parsed.last_of(b"rs") == Some(b's');
        checksum::run(io, parsed, if is_old { Kind::SystemV } else { Kind::Bsd })
    }),
};
