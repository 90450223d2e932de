//! The memory functions that compilers call by name: the portable ones, since the processor reads words at any address (ARMv6 and later).

use linux_raw_sys::general::__ARM_NR_cacheflush;

use crate::syscall::syscall3;

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

/// Makes instructions that were written from `start` to `end` visible to execution. Gives the kernel's word: 0, or minus
/// an error number.
///
/// # Safety
/// The range is mapped.
pub unsafe fn publish_code(start: usize, end: usize) -> isize {
    // SAFETY: no instruction.
    unsafe { crate::record_call!(__ARM_NR_cacheflush) };
    // SAFETY: the call changes caches only; its flags are none.
    unsafe { syscall3(__ARM_NR_cacheflush, start, end, 0) }
}

#[cfg(test)]
pub(crate) mod tests {
    //! There is one variant only.

    pub(crate) fn each_variant(test: fn()) {
        test();
    }
}
