//! `/proc/swaps`: where the kernel puts memory that it needs no longer (`proc_swaps(5)`).

use crate::Expected;
use crate::etc::fstab::Escaped;
use crate::proc::words::Words;

/// A device or file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Where it is.
    pub place: Escaped<'a>,
    /// `partition` or `file`.
    pub kind: &'a [u8],
    /// How many kB it has room for, how many are used, and its priority: digits, the last with a sign.
    pub numbers: [&'a [u8]; 3],
}

/// Gives what is used, in the kernel's order.
pub fn rows(text: &[u8]) -> impl Iterator<Item = Row<'_>> {
    text.split(|byte| *byte == b'\n').skip(1).filter_map(|row| {
        let mut words = Words::new(row);
        let mut word = || words.word(Expected::Source).ok();
        Some(Row { place: Escaped(word()?), kind: word()?, numbers: [word()?, word()?, word()?] })
    })
}

/// Gives the devices and files, in the kernel's order.
pub fn places(text: &[u8]) -> impl Iterator<Item = Escaped<'_>> {
    let rows = text.split(|byte| *byte == b'\n').skip(1);
    rows.filter_map(|row| Words::new(row).word(Expected::Source).ok()).map(Escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_first_word_of_each_row_is_the_place() {
        let sample = b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n\
            /dev/vdb                                partition\t65532\t\t0\t\t-2\n\
            /a\\040swap                              file\t\t1020\t\t12\t\t-3\n";
        let found: Vec<_> = places(sample).map(|place| place.plain()).collect();
        assert_eq!(found, [&b"/dev/vdb"[..], b"/a swap"]);
        let rows: Vec<_> = rows(sample).map(|row| (row.kind, row.numbers[2])).collect();
        assert_eq!(rows, [(&b"partition"[..], &b"-2"[..]), (b"file", b"-3")]);
        for length in 0..sample.len() {
            assert!(places(&sample[..length]).count() <= 2);
        }
    }
}
