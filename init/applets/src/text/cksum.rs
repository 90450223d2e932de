//! `cksum` (POSIX).

use super::checksum::{self, Kind};
use crate::{Applet, Flag, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "cksum",
    summary: "Print POSIX's check and the length of files",
    usage: "[--json] [FILE]...",
    flags: flags![Flag::rows("file checksum:n bytes:n")],
    run: Run::Parsed(|io, parsed| checksum::run(io, parsed, Kind::Cksum)),
};
