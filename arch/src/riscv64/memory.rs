//! The memory functions that compilers call by name: the portable ones, which read aligned words only: others may be slow, or emulated by the firmware.

pub use crate::portable::memory::adapt;

// For tests and measures, in programs that have functions of these names from elsewhere.
crate::define_portable_memory_functions!(@ false, ());

/// Defines `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen` with the given attributes.
#[macro_export]
macro_rules! define_memory_functions {
    ($($attribute:tt)*) => {
        $crate::define_portable_memory_functions!(false, $($attribute)*);
    };
}

#[cfg(test)]
pub(crate) mod tests {
    //! There is one variant only.

    pub(crate) fn each_variant(test: fn()) {
        test();
    }
}
