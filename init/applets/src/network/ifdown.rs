//! `ifdown`: [`ifup`] the other way.

use super::ifup;
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "ifdown",
    summary: "Take links down as /etc/network/interfaces says",
    usage: ifup::USAGE,
    flags: flags![..ifup::FLAGS],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    ifup::run(io, parsed, false)
}
