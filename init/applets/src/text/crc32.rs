//! `crc32` (as Perl's Archive::Zip has it).

use super::checksum::{self, Kind};
use crate::{Applet, JSON_FLAG, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "crc32",
    summary: "Print the check of files that gzip has",
    usage: "[--json] [FILE]...",
    flags: flags![JSON_FLAG],
    run: Run::Parsed(|io, parsed| checksum::run(io, parsed, Kind::Crc32)),
};
