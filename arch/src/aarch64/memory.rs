//! The memory functions that compilers call by name: the portable ones, since the processor reads words at any address.

use core::arch::asm;

pub use crate::portable::memory::adapt;

// For tests and measures, in programs that have functions of these names from elsewhere.
crate::define_portable_memory_functions!(@ true, ());

/// Defines `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen` with the given attributes.
#[macro_export]
macro_rules! define_memory_functions {
    ($($attribute:tt)*) => {
        $crate::define_portable_memory_functions!(true, $($attribute)*);
    };
}

/// Makes instructions that were written from `start` to `end` visible to execution. Gives 0: programs may do it
/// themselves, as Linux sets the processor up.
///
/// # Safety
/// The range is mapped.
pub unsafe fn publish_code(start: usize, end: usize) -> isize {
    let kinds: usize;
    // SAFETY: reads a register that programs may read, or that the kernel reads for them.
    unsafe {
        asm!(
            "mrs {}, ctr_el0", // cache type: the shortest lines there are, as powers of two words
            out(reg) kinds,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    let (code_line, data_line) = (4_usize << (kinds & 15), 4_usize << (kinds >> 16 & 15));
    for line in (start & !(data_line - 1)..end).step_by(data_line) {
        // SAFETY: the range is mapped, as the caller says; nothing changes but caches.
        unsafe {
            asm!(
                "dc cvau, {}", // written data goes to where both caches meet
                in(reg) line,
                options(nostack, preserves_flags)
            );
        }
    }
    // SAFETY: nothing changes.
    unsafe {
        asm!(
            "dsb ish", // wait until all processors see that
            options(nostack, preserves_flags)
        );
    }
    for line in (start & !(code_line - 1)..end).step_by(code_line) {
        // SAFETY: as above.
        unsafe {
            asm!(
                "ic ivau, {}", // instructions are read anew from there
                in(reg) line,
                options(nostack, preserves_flags)
            );
        }
    }
    // SAFETY: nothing changes.
    unsafe {
        asm!(
            "dsb ish", // wait until all processors see that
            "isb",     // and forget instructions that were read ahead
            options(nostack, preserves_flags)
        );
    }
    0
}

#[cfg(test)]
pub(crate) mod tests {
    //! There is one variant only.

    pub(crate) fn each_variant(test: fn()) {
        test();
    }
}
