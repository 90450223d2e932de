//! `halt`: asks process 1 by USR1, as BusyBox does; `-f` asks the kernel.

use linux::system::PowerCommand;

use super::shutdown;
use crate::Applet;

pub(crate) const APPLET: Applet = Applet {
    name: "halt",
    summary: "Stop all services and halt the machine",
    usage: "[OPTION]...",
    flags: shutdown::FLAGS,
    run: |io, arguments| shutdown::run(io, arguments, PowerCommand::Halt),
};
