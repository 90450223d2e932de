//! The memory functions that compilers call by name: the portable ones, since the processor reads words at any address.

pub use crate::portable::memory::{adapt, publish_code};

// For tests and measures, in programs that have functions of these names from elsewhere.
crate::define_portable_memory_functions!(@ true, ());

/// Defines `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen` with the given attributes.
#[macro_export]
macro_rules! define_memory_functions {
    ($($attribute:tt)*) => {
        $crate::define_portable_memory_functions!(true, $($attribute)*);
    };
}

#[cfg(test)]
pub(crate) mod tests {
    //! There is one variant only.

    pub(crate) fn each_variant(test: fn()) {
        test();
    }
}
