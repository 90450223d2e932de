//! `crc32` (as Perl's Archive::Zip has it).

use super::checksum::{self, Kind};
use crate::{Applet, Flag, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "crc32",
    summary: "Print the check of files that gzip has",
    usage: "[--json] [FILE]...",
    flags: flags![Flag::rows("file checksum:n bytes:n")],
    run: Run::Parsed(|io, parsed| checksum::run(io, parsed, Kind::Crc32)),
};
