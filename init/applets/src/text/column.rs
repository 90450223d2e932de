//! Numbers that stand one below the other: at the right of their column.

use alloc::vec::Vec;

use crate::Output;

/// Prints a number in a base with blanks before it, up to a width.
pub(super) fn put(value: u64, base: u64, width: usize, out: &mut Output<'_>) {
    let mut digits = Vec::new();
    query::text::radix(value, base, &mut digits);
    for _ in digits.len()..width {
        out.put(b" ");
    }
    out.put(&digits);
}

/// Gives how many digits a number has in base ten.
pub(super) fn width(value: u64) -> usize {
    value.checked_ilog10().map_or(1, |digits| digits as usize + 1)
}
