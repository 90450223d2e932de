//! `hd`: `hexdump -C` by another name.

use super::hexdump::{FLAGS, USAGE, run};
use crate::{Applet, Keeps, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "hd",
    summary: "Show bytes in base 16 and as text",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Confined(Keeps::Reading, run),
};
