//! What is fuzzed: functions over bytes that panic when a reader of outside input breaks a promise.
//!
//! No reader may panic, loop or take long over any input. Where there is a writer too, what it writes of what was read
//! must read the same again.

pub(crate) mod agent;
pub(crate) mod btf;
pub(crate) mod calls;
pub(crate) mod cmdline;
pub(crate) mod cpio;
pub(crate) mod dhcp;
pub(crate) mod disk;
pub(crate) mod dns;
pub(crate) mod elf;
pub(crate) mod expander;
pub(crate) mod http;
pub(crate) mod lease;
pub(crate) mod log;
pub(crate) mod netlink;
pub(crate) mod packets;
pub(crate) mod regex;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod tzif;
