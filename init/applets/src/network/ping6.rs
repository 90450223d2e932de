//! `ping6`: [`ping`] over IPv6.

use super::ping;
use crate::{Applet, Keeps, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "ping6",
    summary: "Ask a host over IPv6 whether it is there",
    usage: "[OPTION]... HOST",
    flags: flags![..ping::FLAGS],
    run: Run::Confined(Keeps::Needed, ping::run),
};
