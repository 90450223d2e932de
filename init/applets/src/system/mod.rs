//! Commands about the machine and its kernel.

mod arch;
mod auxv;
#[cfg(feature = "files")]
mod cal;
mod clock;
#[cfg(feature = "files")]
mod date;
mod dmesg;
mod dnsdomainname;
mod free;
mod halt;
mod help;
mod hostid;
mod hostname;
mod init;
mod insmod;
pub(crate) mod logger;
mod lsmod;
mod modinfo;
mod modprobe;
pub(crate) mod mount;
mod nproc;
mod poweroff;
mod reboot;
mod rmmod;
mod shutdown;
#[cfg(feature = "expressions")]
mod sysctl;
mod umount;
mod uname;
pub(crate) mod uptime;
mod vdso;

group! {
    "system", "the machine and its kernel";
    "arch" => arch,
    "auxv" => auxv,
    "cal" => cal,
    "clock" => clock,
    "date" => date,
    "dmesg" => dmesg,
    "dnsdomainname" => dnsdomainname,
    "free" => free,
    "halt" => halt,
    "help" => help,
    "hostid" => hostid,
    "hostname" => hostname,
    "init" => init,
    "insmod" => insmod,
    "logger" => logger,
    "lsmod" => lsmod,
    "modinfo" => modinfo,
    "modprobe" => modprobe,
    "mount" => mount,
    "nproc" => nproc,
    "poweroff" => poweroff,
    "reboot" => reboot,
    "rmmod" => rmmod,
    "sysctl" => sysctl,
    "umount" => umount,
    "uname" => uname,
    "uptime" => uptime,
    "vdso" => vdso,
}
