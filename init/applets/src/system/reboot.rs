//! `reboot`: asks process 1 by TERM, as BusyBox does; `-f` asks the kernel.

use linux::system::PowerCommand;

use super::shutdown;
use crate::{Applet, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "reboot",
    summary: "Stop all services and start the machine anew",
    usage: "[OPTION]...",
    flags: shutdown::FLAGS,
    run: Run::Parsed(|io, parsed| shutdown::run(io, parsed, PowerCommand::Restart)),
};
