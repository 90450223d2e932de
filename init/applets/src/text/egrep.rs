//! `egrep`: `grep -E` by its old name.

use super::grep::{FLAGS, USAGE, run};
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "egrep",
    summary: "Print the lines in which an extended expression matches",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Parsed(run),
};
