//! What travels on a wire: a protocol a file.

pub mod agent;
pub mod ethernet;
