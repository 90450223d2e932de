//! `sha512sum` (GNU's).

use super::digest::{self, FLAGS, Kind, USAGE};
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "sha512sum",
    summary: "Print or check SHA512 digests of files",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Parsed(|io, parsed| digest::run(io, parsed, Kind::SHA512)),
};
