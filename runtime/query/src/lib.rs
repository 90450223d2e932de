//! Rows with named columns: select, filter, sort, and how they are shown; this crate never collects.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod condition;
mod date;
mod json;
mod nearest;
mod rows;
pub mod sort;
pub mod text;
mod value;

use alloc::vec::Vec;

pub use condition::Condition;
pub use date::{Date, days_of_month, is_leap};
pub use json::Json;
pub use nearest::nearest;
pub use rows::{Column, Rows};
pub use value::Value;

/// Where shown bytes go; errors are the sink's to keep.
pub trait Sink {
    /// Takes bytes as they are.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}
