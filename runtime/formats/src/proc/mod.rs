//! Files of `/proc`; the path of a decoder is the path of its file.

pub mod cmdline;
pub mod filesystems;
pub mod loadavg;
pub mod meminfo;
pub mod modules;
pub mod net;
pub mod partitions;
pub mod pid;
pub mod stat;
pub mod swaps;
pub mod uptime;
pub(crate) mod words;
