//! `traceroute6`: [`traceroute`] over IPv6.

use super::traceroute;
use crate::{Applet, Keeps, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "traceroute6",
    summary: "Show the routers on the way to a host over IPv6",
    usage: "[OPTION]... HOST [BYTES]",
    flags: flags![..traceroute::FLAGS],
    run: Run::Confined(Keeps::Needed, traceroute::run),
};
