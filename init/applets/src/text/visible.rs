//! Bytes that do not print, as text: `^X` for control characters, `M-` before those above 127.

use crate::Output;

/// Prints a byte so.
#[inline]
pub(super) fn put(byte: u8, out: &mut Output<'_>) {
    if byte >= 128 {
        out.put(b"M-");
    }
    match byte & 0x7f {
        low @ 0..32 => out.put(&[b'^', low + b'@']),
        127 => out.put(b"^?"),
        low => out.put(&[low]),
    }
}
