//! Commands about the machine and its kernel.

mod arch;
mod auxv;
#[cfg(feature = "files")]
mod bus;
#[cfg(feature = "files")]
mod cal;
mod clock;
#[cfg(feature = "crond")]
mod crond;
#[cfg(feature = "crontab")]
mod crontab;
#[cfg(feature = "files")]
mod date;
#[cfg(feature = "files")]
mod depmod;
mod dmesg;
mod dnsdomainname;
mod free;
mod halt;
mod help;
mod hostid;
mod hostname;
#[cfg(feature = "files")]
mod hwclock;
mod init;
mod insmod;
#[cfg(feature = "kexec")]
mod kexec;
#[cfg(feature = "klogd")]
mod klogd;
#[cfg(feature = "log")]
mod log;
pub(crate) mod logger;
#[cfg(feature = "logread")]
mod logread;
mod lsmod;
#[cfg(feature = "files")]
mod lspci;
#[cfg(feature = "files")]
mod lsusb;
mod modinfo;
mod modprobe;
pub(crate) mod mount;
mod nproc;
mod poweroff;
mod reboot;
mod rmmod;
#[cfg(feature = "service")]
mod service;
mod shutdown;
#[cfg(feature = "expressions")]
mod sysctl;
#[cfg(feature = "syslogd")]
mod syslogd;
mod umount;
mod uname;
pub(crate) mod uptime;
mod vdso;
#[cfg(feature = "watchdog")]
mod watchdog;

group! {
    "system", "the machine and its kernel";
    "arch" => arch,
    "auxv" => auxv,
    "cal" => cal,
    "clock" => clock,
    "crond" => crond,
    "crontab" => crontab,
    "date" => date,
    "depmod" => depmod,
    "dmesg" => dmesg,
    "dnsdomainname" => dnsdomainname,
    "free" => free,
    "halt" => halt,
    "help" => help,
    "hostid" => hostid,
    "hostname" => hostname,
    "hwclock" => hwclock,
    "init" => init,
    "insmod" => insmod,
    "kexec" => kexec,
    "klogd" => klogd,
    "log" => log,
    "logger" => logger,
    "logread" => logread,
    "lsmod" => lsmod,
    "lspci" => lspci,
    "lsusb" => lsusb,
    "modinfo" => modinfo,
    "modprobe" => modprobe,
    "mount" => mount,
    "nproc" => nproc,
    "poweroff" => poweroff,
    "reboot" => reboot,
    "rmmod" => rmmod,
    "service" => service,
    "sysctl" => sysctl,
    "syslogd" => syslogd,
    "umount" => umount,
    "uname" => uname,
    "uptime" => uptime,
    "vdso" => vdso,
    "watchdog" => watchdog,
}
