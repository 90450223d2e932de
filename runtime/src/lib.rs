//! Linux without a libc: the face that users depend on.

#![no_std]

pub use {arch, formats, linux, protocols, query, rt, system};
