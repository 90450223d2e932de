//! `/etc`: the files that people write.

pub mod fstab;
pub mod hostname;
pub mod hosts;
pub mod passwd;
pub mod resolv_conf;
pub mod services;
