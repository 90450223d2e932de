//! The machine as a whole: its names, memory and load, the kernel's log and modules, and switching it off.

mod hardware;
mod information;
mod kexec;
mod log;
mod module;
mod names;
mod power;
mod watchdog;

pub use hardware::{HardwareFact, probe_hardware};
pub use information::{SystemInformation, acct, sysinfo};
pub use kexec::{kexec_file_load, kexec_file_unload};
pub use log::{clear_log, log_size, read_log, set_console_level, unread_log_size};
pub use module::{ModuleFlags, delete_module, finit_module};
pub use names::{Uname, setdomainname, sethostname, uname};
pub use power::{PowerCommand, reboot, reboot_with_argument, set_ctrl_alt_del};
pub use watchdog::{keep_alive, set_watchdog_options, set_watchdog_timeout};
