//! `base64`: GNU's.

use bulk::Radix;

use super::base;
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "base64",
    summary: "Print a file as text of base64 (RFC 4648), or turn such text back",
    usage: base::USAGE,
    flags: base::FLAGS,
    run: Run::Parsed(|io, parsed| base::run(io, parsed, Radix::Base64)),
};
