//! `reboot`: asks process 1 by TERM, as BusyBox does; `-f` asks the kernel.

use linux::system::PowerCommand;

use super::shutdown;
use crate::Applet;

pub(crate) const APPLET: Applet = Applet {
    name: "reboot",
    summary: "Stop all services and start the machine anew",
    usage: "[OPTION]...",
    flags: shutdown::FLAGS,
    run: |io, arguments| shutdown::run(io, arguments, PowerCommand::Restart),
};
