//! The names by which compiled code calls the memory functions of [`arch::memory`].

use crate::auxv;
use linux_raw_sys::auxvec::AT_MINSIGSTKSZ;

arch::define_memory_functions!(#[unsafe(no_mangle)] signal_frame, also "memcpy", "bcmp");

/// Gives AT_MINSIGSTKSZ. It is found through the thread pointer: what start-up moves before there is one is small
/// enough (64 bytes) for nobody to ask.
fn signal_frame() -> usize {
    auxv::get(AT_MINSIGSTKSZ).unwrap_or(0)
}
