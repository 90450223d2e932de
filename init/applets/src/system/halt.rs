//! `halt`: asks process 1 by USR1, as BusyBox does; `-f` asks the kernel.

use linux::system::PowerCommand;

use super::shutdown;
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "halt",
    summary: "Stop all services and halt the machine",
    usage: "[OPTION]...",
    flags: shutdown::FLAGS,
    run: Run::Parsed(|io, parsed| shutdown::run(io, parsed, PowerCommand::Halt)),
};
