//! What several architectures share: each picks from here what fits it.

pub mod memory;
pub mod thread;
