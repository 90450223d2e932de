//! `md5sum` (GNU's).

use super::digest::{self, FLAGS, Kind, USAGE};
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "md5sum",
    summary: "Print or check MD5 digests of files",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Parsed(|io, parsed| digest::run(io, parsed, Kind::MD5)),
};
