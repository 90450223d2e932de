//! `/proc/swaps`: where the kernel puts memory that it needs no longer (`proc_swaps(5)`).

use crate::Expected;
use crate::etc::fstab::Escaped;
use crate::proc::words::Words;

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
        for length in 0..sample.len() {
            assert!(places(&sample[..length]).count() <= 2);
        }
    }
}
