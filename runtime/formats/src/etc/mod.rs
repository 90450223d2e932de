//! `/etc`: the files that people write.

pub mod fstab;
pub mod hostname;
pub mod passwd;
