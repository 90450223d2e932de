//! What is fuzzed: functions over bytes that panic when a reader of outside input breaks a promise.
//!
//! No reader may panic, loop or take long over any input. Where there is a writer too, what it writes of what was read
//! must read the same again.

pub mod agent;
pub mod cmdline;
pub mod cpio;
pub mod dhcp;
pub mod elf;
pub mod lease;
pub mod netlink;
