//! `poweroff`: asks process 1 by USR2, as BusyBox does; `-f` asks the kernel.

use linux::system::PowerCommand;

use super::shutdown;
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "poweroff",
    summary: "Stop all services and switch the machine off",
    usage: "[OPTION]...",
    flags: shutdown::FLAGS,
    run: Run::Parsed(|io, parsed| shutdown::run(io, parsed, PowerCommand::PowerOff)),
};
