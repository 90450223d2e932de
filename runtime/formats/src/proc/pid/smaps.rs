//! `/proc/<pid>/maps` and `smaps`: the parts of a process's address space (`proc_pid_smaps(5)`).

use crate::Expected;
use crate::proc::words::{Words, decimal};

/// A part of an address space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// Its first byte, and the one behind its last.
    pub from: u64,
    /// See above.
    pub to: u64,
    /// `r`, `w`, `x` or dashes, and `p` (its own) or `s` (shared).
    pub mode: &'a [u8],
    /// The path of the file, or a name in brackets, or nothing.
    pub name: &'a [u8],
    /// The device that holds the file.
    pub device: &'a [u8],
    /// The file's number there; 0 for none.
    pub inode: u64,
    /// How much of it is in memory, in bytes; 0 in `maps`, as the rest.
    pub resident_bytes: u64,
    /// So, each page shared out among those that have it.
    pub share_bytes: u64,
    /// How much of that has been changed, by this process or others.
    pub dirty_bytes: u64,
    /// How much is in swap.
    pub swapped_bytes: u64,
}

/// Gives the parts, in their order; what makes no sense is passed over.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Mapping<'_>> {
    let mut lines = Words::new(text);
    let mut next: Option<Mapping<'_>> = None;
    core::iter::from_fn(move || {
        loop {
            let Some(line) = lines.line() else { return next.take() };
            if let Some(mapping) = head(line) {
                if let Some(whole) = next.replace(mapping) {
                    return Some(whole);
                }
            } else if let Some(mapping) = &mut next {
                field(line, mapping);
            }
        }
    })
}

fn head(line: &[u8]) -> Option<Mapping<'_>> {
    let mut words = Words::new(line);
    let mut range = words.word(Expected::Number).ok()?.splitn(2, |byte| *byte == b'-');
    let (from, to) = (hexadecimal(range.next()?)?, hexadecimal(range.next()?)?);
    let mode = words.word(Expected::Key).ok()?;
    words.word(Expected::Number).ok()?;
    let device = words.word(Expected::Number).ok()?;
    let inode = words.number(Expected::Number).ok()?;
    Some(Mapping { from, to, mode, name: words.rest().trim_ascii(), device, inode, ..Mapping::default() })
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

fn field(line: &[u8], mapping: &mut Mapping<'_>) {
    let mut words = Words::new(line);
    let Ok(key) = words.until(b':', Expected::Key) else { return };
    let place = match key {
        b"Rss" => &mut mapping.resident_bytes,
        b"Pss" => &mut mapping.share_bytes,
        b"Private_Dirty" | b"Shared_Dirty" => &mut mapping.dirty_bytes,
        b"Swap" => &mut mapping.swapped_bytes,
        _ => return,
    };
    let kilobytes = words.word(Expected::Kilobytes).ok().and_then(decimal).unwrap_or(0);
    *place = place.saturating_add(kilobytes.saturating_mul(1024));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    const SAMPLE: &[u8] = b"\
55d0c0a00000-55d0c0a28000 r--p 00000000 fe:00 247003                     /usr/bin/a name
Size:                160 kB
Rss:                 156 kB
Pss:                  31 kB
Shared_Dirty:          4 kB
Private_Dirty:         8 kB
Swap:                  12 kB
VmFlags: rd mr mw me
7ffd0000-7ffd2000 rw-s 00000000 00:00 0
nonsense
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";

    #[test]
    fn parts_and_what_is_in_memory_of_them() {
        let parts: Vec<Mapping<'_>> = parse(SAMPLE).collect();
        assert_eq!(parts.len(), 3);
        let first = &parts[0];
        assert_eq!(
            (first.to - first.from, first.mode, first.name),
            (160 << 10, &b"r--p"[..], &b"/usr/bin/a name"[..])
        );
        assert_eq!((first.device, first.inode), (&b"fe:00"[..], 247_003));
        let sizes = [first.resident_bytes, first.share_bytes, first.dirty_bytes, first.swapped_bytes];
        assert_eq!(sizes, [156 << 10, 31 << 10, 12 << 10, 12 << 10]);
        assert_eq!((parts[1].name, parts[1].mode), (&b""[..], &b"rw-s"[..]));
        assert_eq!((parts[2].from, parts[2].name), (0xffff_ffff_ff60_0000, &b"[vsyscall]"[..]));
        torture(SAMPLE, |text| {
            let _ = parse(text).count();
        });
    }
}
