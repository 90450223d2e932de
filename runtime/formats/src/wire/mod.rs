//! What travels on a wire: a protocol a file.

pub mod ethernet;
