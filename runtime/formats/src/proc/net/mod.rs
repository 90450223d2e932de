//! `/proc/net/`: what a network namespace tells of itself.

pub mod inet;
pub mod unix;
