//! `sha256sum` (GNU's).

use super::digest::{self, FLAGS, Kind, USAGE};
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "sha256sum",
    summary: "Print or check SHA256 digests of files",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Parsed(|io, parsed| digest::run(io, parsed, Kind::SHA256)),
};
