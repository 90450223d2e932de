//! `/proc/net/unix`: the sockets of this machine's own family, a line each (`proc_net_unix(5)`).

use super::inet::hexadecimal;
use crate::proc::words::Words;
use crate::{Error, Expected};

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket<'a> {
    /// How many use it.
    pub references: u32,
    /// Whether it takes connections (`__SO_ACCEPTCON`).
    pub listens: bool,
    /// The number of its kind (`SOCK_STREAM` is 1).
    pub kind: u32,
    /// The number of its state (`SS_CONNECTED` is 3).
    pub state: u32,
    /// Number of its inode.
    pub inode: u64,
    /// Its name, which may be any bytes; `@` before one that is outside the tree of files; empty if it has none.
    pub path: &'a [u8],
}

/// `__SO_ACCEPTCON` of linux/net.h.
const LISTENS: u32 = 1 << 16;

/// Gives the sockets; a line that makes no sense, such as the title, is passed over.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Socket<'_>> {
    text.split(|byte| *byte == b'\n').filter_map(|line| socket(line).ok())
}

fn socket(line: &[u8]) -> Result<Socket<'_>, Error> {
    let mut words = Words::new(line);
    words.until(b':', Expected::Number)?;
    let mut next = || {
        let word = words.word(Expected::Number)?;
        hexadecimal(word).ok_or(words.error(Expected::Number))
    };
    let (references, _, flags, kind, state) = (next()?, next()?, next()?, next()?, next()?);
    let inode = words.number(Expected::Number)?;
    let path = words.rest().strip_prefix(b" ").unwrap_or_default();
    Ok(Socket { references, listens: flags & LISTENS != 0, kind, state, inode, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    #[test]
    fn lines_are_read() {
        let sample = b"Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000047562dfa: 00000003 00000000 00000000 0001 03 46150\n\
            00000000c6317c5e: 00000002 00000000 00010000 0005 01 57858 /run/a b\n\
            0: 00000002 00000000 00000000 0002 01 9 @x\xff\n";
        let found: Vec<Socket<'_>> = parse(sample).collect();
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].references, found[0].kind, found[0].state, found[0].inode), (3, 1, 3, 46150));
        assert!(found[0].path.is_empty() && !found[0].listens);
        assert_eq!((found[1].path, found[1].listens), (&b"/run/a b"[..], true));
        assert_eq!(found[2].path, b"@x\xff");
        torture(sample, |text| {
            let _ = parse(text).count();
        });
    }
}
