//! `/proc/<pid>/auxv`: what the kernel told a program at its start, pairs of machine words up to a kind of 0
//! (`getauxval(3)`, `include/uapi/linux/auxvec.h`).

use crate::Expected;
use crate::cursor::Cursor;

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its kind (`AT_…`).
    pub kind: u64,
    /// A number, a set of bits, or an address in the program.
    pub value: u64,
}

impl Entry {
    /// Gives the kind's name without `AT_`, and what the value is.
    pub fn meaning(&self) -> Option<(&'static str, Meaning)> {
        KINDS.iter().find(|kind| kind.0 == self.kind).map(|kind| (kind.1, kind.2))
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A number, identifier or yes and no.
    Number,
    /// Bits that have a meaning each.
    Bits,
    /// A place in memory.
    Address,
    /// A place in memory where text begins that a zero byte ends.
    Text,
}

/// The place of the kernel's shared object.
pub const SYSINFO_EHDR: u64 = 33;

const KINDS: [(u64, &str, Meaning); 31] = [
    (2, "EXECFD", Meaning::Number),
    (3, "PHDR", Meaning::Address),
    (4, "PHENT", Meaning::Number),
    (5, "PHNUM", Meaning::Number),
    (6, "PAGESZ", Meaning::Number),
    (7, "BASE", Meaning::Address),
    (8, "FLAGS", Meaning::Bits),
    (9, "ENTRY", Meaning::Address),
    (11, "UID", Meaning::Number),
    (12, "EUID", Meaning::Number),
    (13, "GID", Meaning::Number),
    (14, "EGID", Meaning::Number),
    (15, "PLATFORM", Meaning::Text),
    (16, "HWCAP", Meaning::Bits),
    (17, "CLKTCK", Meaning::Number),
    (18, "FPUCW", Meaning::Bits),
    (23, "SECURE", Meaning::Number),
    (24, "BASE_PLATFORM", Meaning::Text),
    (25, "RANDOM", Meaning::Address),
    (26, "HWCAP2", Meaning::Bits),
    (27, "RSEQ_FEATURE_SIZE", Meaning::Number),
    (28, "RSEQ_ALIGN", Meaning::Number),
    (29, "HWCAP3", Meaning::Bits),
    (30, "HWCAP4", Meaning::Bits),
    (31, "EXECFN", Meaning::Text),
    (32, "SYSINFO", Meaning::Address),
    (SYSINFO_EHDR, "SYSINFO_EHDR", Meaning::Address),
    (40, "L1I_CACHESIZE", Meaning::Number),
    (42, "L1D_CACHESIZE", Meaning::Number),
    (44, "L2_CACHESIZE", Meaning::Number),
    (51, "MINSIGSTKSZ", Meaning::Number),
];

/// Reads the entries of a program of this machine's word size; an entry that is cut ends them.
pub fn parse(bytes: &[u8]) -> impl Iterator<Item = Entry> {
    const WORD: usize = size_of::<usize>();
    let mut cursor = Cursor::new(bytes);
    let mut word = move || {
        let bytes: [u8; WORD] = cursor.array(Expected::Number).ok()?;
        Some(usize::from_ne_bytes(bytes) as u64)
    };
    let entries = core::iter::from_fn(move || Some(Entry { kind: word()?, value: word()? }));
    entries.take_while(|entry| entry.kind != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    #[test]
    fn pairs_up_to_the_end() {
        let words: [usize; 8] = [33, 0x7ffd_0000, 6, 4096, 1000, 7, 0, 0];
        let bytes: Vec<u8> = words.iter().chain(&[9, 9]).flat_map(|word| word.to_ne_bytes()).collect();
        let entries: Vec<Entry> = parse(&bytes).collect();
        assert_eq!(entries.len(), 3);
        assert_eq!(entries[0].meaning(), Some(("SYSINFO_EHDR", Meaning::Address)));
        assert_eq!((entries[1].value, entries[1].meaning()), (4096, Some(("PAGESZ", Meaning::Number))));
        assert_eq!(entries[2].meaning(), None);
        torture(&bytes, |bytes| parse(bytes).for_each(|_| ()));
    }
}
