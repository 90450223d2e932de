//! The memory functions that compilers call by name, for every size and alignment.
//!
//! They are assembly because a compiler recognises such a loop in Rust and replaces it by a call of itself. SSE2 is
//! enough for them. From 65 bytes on registers of 32 bytes (AVX) are used where there are any, which is asked once,
//! at the first such call, and without CPUID: that takes microseconds in a virtual machine.

mod compare;
mod copy;
mod fill;
mod length;

use core::arch::asm;
use core::sync::atomic::AtomicU8;

/// How wide registers are used: 0 not known yet, 1 for 16 bytes, 2 for 32.
pub static WIDTH: AtomicU8 = AtomicU8::new(0);

/// Registers of 16 bytes: every processor of this architecture has them.
pub const NARROW: u8 = 1;

/// Defines `memmove` (which is also `memcpy`), `memset`, `memcmp` (also `bcmp`) and `strlen`, with the given
/// attributes; the names after `also` become second names of the two symbols.
///
/// `$detect`, an `extern "C" fn() -> u8`, gives the value for [`WIDTH`], and is asked again as long as it
/// gives 0. It must not call a memory function with more than 64 bytes.
#[macro_export]
macro_rules! define_memory_functions {
    ($(#[$attribute:meta])* detect $detect:path $(, also $copy:literal, $equal:literal)?) => {
        $crate::define_memmove!(($(#[$attribute])*) $detect, $($copy)?);
        $crate::define_memset!(($(#[$attribute])*) $detect);
        $crate::define_memcmp!(($(#[$attribute])*) $detect, $($equal)?);
        $crate::define_strlen!(($(#[$attribute])*));
    };
}

// For tests and measures, in programs that have functions of these names from elsewhere.
define_memory_functions!(detect narrow);

extern "C" fn narrow() -> u8 {
    NARROW
}

/// Gives how wide registers the kernel has enabled, for [`WIDTH`].
///
/// `signal_frame` is the value of AT_MINSIGSTKSZ, 0 if absent: what a signal needs of stack, most of which is
/// registers. Only where it has room for more than the old state (FXSAVE: 512 bytes) is there extended state, and
/// only then may a program ask which: the instruction faults otherwise.
pub fn width(signal_frame: usize) -> u8 {
    /// More than any frame with the old state takes (about 1000 bytes), less than one with wide registers (1400).
    const EXTENDED: usize = 1200;
    /// Bits of XCR0: the state of xmm and of ymm registers is kept, which the kernel enables for AVX only.
    const WIDE: u32 = 0b110;
    if signal_frame < EXTENDED {
        return NARROW;
    }
    let enabled: u32;
    // SAFETY: the kernel saves extended state, so it has enabled the instruction.
    unsafe {
        asm!(
            "xgetbv", // edx:eax := extended control register ecx
            in("ecx") 0,
            out("eax") enabled,
            out("edx") _,
            options(nomem, nostack, preserves_flags)
        );
    }
    if enabled & WIDE == WIDE { 2 } else { NARROW }
}

#[cfg(test)]
mod tests;
