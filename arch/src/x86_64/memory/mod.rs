//! The memory functions that compilers call by name, for every size and alignment.
//!
//! They are assembly because a compiler recognises such a loop in Rust and replaces it by a call of itself. SSE2 is
//! enough for them. From 65 bytes on wider registers are used where there are any, which is asked once, at the first
//! such call, and without CPUID: that takes microseconds in a virtual machine. What a function does in both widths
//! stands once, as a macro of the assembler.

mod compare;
mod copy;
mod fill;
mod length;

use core::arch::asm;
use core::sync::atomic::{AtomicU8, Ordering};

pub use crate::portable::memory::publish_code;

/// How wide registers are used: 0 not known yet, then [`NARROW`], [`WIDE`] or [`WIDE_INTEGERS`].
#[doc(hidden)]
pub static WIDTH: AtomicU8 = AtomicU8::new(0);

/// Registers of 16 bytes (SSE2): every processor of this architecture has them.
const NARROW: u8 = 1;
/// Registers of 32 bytes (AVX), but without arithmetic of integers.
const WIDE: u8 = 2;
/// With arithmetic of integers (AVX2).
const WIDE_INTEGERS: u8 = 3;

/// Defines `memmove` (which is also `memcpy`), `memset`, `memcmp` (also `bcmp`) and `strlen`, with the given
/// attributes; the names after `also` become second names of the two symbols.
///
/// `$signal_frame`, a `fn() -> usize`, gives the value of AT_MINSIGSTKSZ, 0 if absent. It is asked once, by the first
/// function that is called for more than 64 bytes, and must itself move no more.
#[macro_export]
macro_rules! define_memory_functions {
    ($(#[$attribute:meta])* $signal_frame:path $(, also $copy:literal, $equal:literal)?) => {
        $crate::define_memmove!(($(#[$attribute])*) ask_width, $($copy)?);
        $crate::define_memset!(($(#[$attribute])*) ask_width);
        $crate::define_memcmp!(($(#[$attribute])*) ask_width, $($equal)?);
        $crate::define_strlen!(($(#[$attribute])*));

        /// Asks how wide registers are, and keeps what the functions have in theirs.
        #[unsafe(naked)]
        extern "C" fn ask_width() {
            extern "C" fn ask() {
                $crate::memory::adapt($signal_frame());
            }
            ::core::arch::naked_asm!(
                "push rax; push rcx; push rdi; push rsi; push rdx",
                "push rdx",                             // aligns the stack, as the caller's caller had
                "call {ask}",
                "pop rdx",
                "pop rdx; pop rsi; pop rdi; pop rcx; pop rax",
                "ret",
                ask = sym ask,
            )
        }
    };
}

// For tests and measures, in programs that have functions of these names from elsewhere.
define_memory_functions!(unknown_frame);

fn unknown_frame() -> usize {
    0
}

/// Chooses how wide registers are used from now on; `signal_frame` is the value of AT_MINSIGSTKSZ, 0 if absent.
pub fn adapt(signal_frame: usize) {
    WIDTH.store(width(signal_frame), Ordering::Relaxed);
}

/// Gives how wide registers the kernel has enabled.
///
/// AT_MINSIGSTKSZ is what a signal needs of stack, most of which is registers. Only where it has room for more than
/// the old state (FXSAVE: 512 bytes) is there extended state, and only then may a program ask which: the instruction
/// faults otherwise.
fn width(signal_frame: usize) -> u8 {
    /// More than any frame with the old state takes (about 1000 bytes), less than one with wide registers (1400).
    const EXTENDED: usize = 1200;
    /// Bits of XCR0: the state of xmm and of ymm registers is kept, which the kernel enables for AVX only.
    const AVX: u32 = 0b110;
    /// The same for AVX-512, which no processor has without AVX2; for AVX2 itself only CPUID could be asked.
    const AVX512: u32 = AVX | 0b1110_0000;
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
    match enabled {
        enabled if enabled & AVX512 == AVX512 => WIDE_INTEGERS,
        enabled if enabled & AVX == AVX => WIDE,
        _ => NARROW,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! What only this architecture has to test: the rest lies in `memory_tests`.

    use super::{NARROW, WIDE, WIDE_INTEGERS, WIDTH, width};
    use core::sync::atomic::Ordering;
    use std::is_x86_feature_detected as has;

    /// Runs a test with registers of each width that this processor has, and before it is known.
    pub(crate) fn each_variant(test: fn()) {
        /// One test at a time, since the width is the same for all.
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(|former| former.into_inner());
        for width in 0..=widest() {
            WIDTH.store(width, Ordering::Relaxed);
            test();
        }
    }

    fn widest() -> u8 {
        if has!("avx2") { WIDE_INTEGERS } else { NARROW + u8::from(has!("avx")) }
    }

    #[test]
    fn the_width_is_the_one_that_the_processor_says() {
        assert_eq!(width(0), NARROW, "an old kernel does not say");
        assert_eq!(width(1100), NARROW, "no extended state");
        if has!("xsave") {
            let known = if has!("avx512f") { WIDE_INTEGERS } else { widest().min(WIDE) };
            assert_eq!(width(3000), known);
        }
    }
}
