//! Rows with named columns: select, filter, sort, and how they are shown; this crate never collects.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;
