//! The names by which compiled code calls the memory functions of [`arch::memory`].

arch::define_memory_functions!(#[unsafe(no_mangle)] also "memcpy", "bcmp");
