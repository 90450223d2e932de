//! What several architectures share: each picks from here what fits it.

pub mod digest;
pub mod memory;
pub mod process;
pub mod processor;
pub mod record;
pub mod signal;
#[allow(unused, reason = "not every architecture has this convention")]
pub(crate) mod syscall;
pub mod thread;
