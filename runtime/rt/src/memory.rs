//! The names by which compiled code calls the memory functions of [`arch::memory`].

use crate::auxv;
use linux_raw_sys::auxvec::AT_MINSIGSTKSZ;

arch::define_memory_functions!(#[unsafe(no_mangle)] detect detect, also "memcpy", "bcmp");

/// Says how wide the registers are that the kernel has enabled, once there is a thread pointer, through which the
/// auxiliary vector is found: what start-up moves before that is small enough (64 bytes) for nobody to ask.
extern "C" fn detect() -> u8 {
    arch::memory::width(auxv::get(AT_MINSIGSTKSZ).unwrap_or(0))
}
