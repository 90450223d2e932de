//! The harness of everything that is larger than a unit test.

pub mod malformed;
pub mod netns;
pub mod perform;
pub mod programs;
pub mod sandbox;
pub mod skip;
pub mod table;
pub mod tally;
pub mod threads;
