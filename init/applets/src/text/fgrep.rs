//! `fgrep`: `grep -F` by its old name.

use super::grep::{FLAGS, USAGE, run};
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "fgrep",
    summary: "Print the lines in which a text is",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Parsed(run),
};
