//! `/proc/<pid>/cmdline`: the arguments of a process, each ended by a zero byte; a process may overwrite them with
//! anything, and often does so with one text that has no end.

use alloc::vec::Vec;

/// Joins the arguments with spaces, as people read them.
pub fn line(bytes: &[u8]) -> Vec<u8> {
    let byte = |&byte: &u8| if byte == 0 { b' ' } else { byte };
    used(bytes).iter().map(byte).collect()
}

/// Gives the file without the zeros that end it: programs that set their title leave some behind it.
fn used(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// Splits the file into arguments; none for threads of the kernel and for the dead.
pub fn parse(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut arguments =
        Some(used(bytes)).filter(|used| !used.is_empty()).map(|used| used.split(|&byte| byte == 0));
    core::iter::from_fn(move || arguments.as_mut()?.next())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn arguments_are_split() {
        let arguments = |bytes| parse(bytes).collect::<Vec<&[u8]>>();
        assert_eq!(arguments(b"sh\0-c\0\0x y\0"), [&b"sh"[..], b"-c", b"", b"x y"]);
        assert_eq!(arguments(b"nginx: master process\0\0\0\0"), [b"nginx: master process"]);
        assert_eq!(arguments(b"no end"), [b"no end"]);
        assert_eq!(arguments(b""), [&b""[..]; 0]);
        assert_eq!(arguments(b"\0\0"), [&b""[..]; 0]);
        assert_eq!(line(b"sh\0-c\0\0x y\0"), b"sh -c  x y");
        assert_eq!(line(b"\0\0"), b"");
    }
}
