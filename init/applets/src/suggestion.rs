//! The nearest names to one that does not exist, as they are shown.

pub(crate) use query::nearest;

use crate::Output;

/// Prints what [`query::nearest`] gave, on a line of its own; nothing if that is nothing.
pub(crate) fn print(names: &[&str], prefix: &str, out: &mut Output<'_>) {
    for (index, name) in names.iter().enumerate() {
        out.put(if index == 0 { b"Nearest: " } else { b", " });
        out.put(prefix.as_bytes());
        out.put(name.as_bytes());
    }
    if !names.is_empty() {
        out.put(b"\n");
    }
}
