//! Commands about the machine and its kernel.

mod auxv;
mod clock;
mod dmesg;
mod free;
mod halt;
mod help;
mod hostname;
mod init;
mod mount;
mod poweroff;
mod reboot;
mod shutdown;
mod umount;
mod uname;
mod uptime;
mod vdso;

use crate::Group;

/// The table of this folder; sorted by name.
pub(crate) const GROUP: Group = Group {
    name: "system",
    summary: "the machine and its kernel",
    applets: &[
        &auxv::APPLET,
        &clock::APPLET,
        &dmesg::APPLET,
        &free::APPLET,
        &halt::APPLET,
        &help::APPLET,
        &hostname::APPLET,
        &init::APPLET,
        &mount::APPLET,
        &poweroff::APPLET,
        &reboot::APPLET,
        &umount::APPLET,
        &uname::APPLET,
        &uptime::APPLET,
        &vdso::APPLET,
    ],
};
