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

group! {
    "system", "the machine and its kernel";
    "auxv" => auxv,
    "clock" => clock,
    "dmesg" => dmesg,
    "free" => free,
    "halt" => halt,
    "help" => help,
    "hostname" => hostname,
    "init" => init,
    "mount" => mount,
    "poweroff" => poweroff,
    "reboot" => reboot,
    "umount" => umount,
    "uname" => uname,
    "uptime" => uptime,
    "vdso" => vdso,
}
