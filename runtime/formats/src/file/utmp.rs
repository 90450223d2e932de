//! The record of who is logged in (`utmp(5)`): glibc's structure, of 384 bytes on most processors and of 400 on those whose
//! 64-bit programs have no 32-bit ones beside them (aarch64, riscv64).

/// One record. Texts end at their first zero byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it is of; see the constants of this module.
    pub kind: u16,
    /// The process.
    pub pid: u32,
    /// The terminal, without `/dev/`.
    pub line: &'a [u8],
    /// The user.
    pub user: &'a [u8],
    /// Where he comes from; of a boot, the kernel's release.
    pub host: &'a [u8],
    /// Since when, in seconds since 1970.
    pub time: i64,
}

/// BOOT_TIME: when the machine was started.
pub const BOOT: u16 = 2;
/// USER_PROCESS: somebody is logged in.
pub const USER: u16 = 7;

/// Gives the records of a file; of a last one that is not whole, nothing.
pub fn parse(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let (size, is_wide) = if !bytes.len().is_multiple_of(384) && bytes.len().is_multiple_of(400) {
        (400, true)
    } else {
        (384, false)
    };
    bytes.chunks_exact(size).filter_map(move |bytes| record(bytes, is_wide))
}

fn record(bytes: &[u8], is_wide: bool) -> Option<Record<'_>> {
    let text = |bytes: &'_ [u8]| bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let field = |at: usize, length: usize| {
        let field = bytes.get(at..at + length)?;
        field.get(..text(field))
    };
    let number = |at: usize| Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
    let time = if is_wide {
        i64::from_ne_bytes(*bytes.get(344..)?.first_chunk()?)
    } else {
        // Unsigned, it goes on to 2106.
        i64::from(number(340)?)
    };
    Some(Record {
        kind: u16::from_ne_bytes(*bytes.first_chunk()?),
        pid: number(4)?,
        line: field(8, 32)?,
        user: field(44, 32)?,
        host: field(76, 256)?,
        time,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn sample(size: usize) -> Vec<u8> {
        let mut bytes = vec![0; size];
        let mut put = |at: usize, text: &[u8]| bytes[at..at + text.len()].copy_from_slice(text);
        put(0, &USER.to_ne_bytes());
        put(4, &17_u32.to_ne_bytes());
        put(8, b"pts/0");
        put(44, b"a name of thirty-two characters!");
        put(76, b"far.away");
        put(if size == 400 { 344 } else { 340 }, &1_700_000_000_u32.to_ne_bytes());
        bytes
    }

    #[test]
    fn both_sizes_are_read() {
        for size in [384, 400] {
            let bytes = sample(size).repeat(2);
            let records: Vec<Record<'_>> = parse(&bytes).collect();
            assert_eq!(records.len(), 2);
            let record = records[1];
            assert_eq!((record.kind, record.pid, record.line), (USER, 17, &b"pts/0"[..]));
            assert_eq!(record.user, b"a name of thirty-two characters!");
            assert_eq!((record.host, record.time), (&b"far.away"[..], 1_700_000_000));
        }
    }

    #[test]
    fn a_part_is_nothing() {
        let bytes = sample(384);
        for length in 0..384 {
            assert_eq!(parse(&bytes[..length]).count(), 0);
        }
        assert_eq!(parse(&[&bytes[..], b"x"].concat()).count(), 1);
    }
}
