//! Records that devices of the kernel give.

pub mod kmsg;
