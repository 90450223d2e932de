//! `/proc/partitions`: the disks and partitions that the kernel knows (`proc_partitions(5)`).

use crate::Expected;
use crate::proc::words::Words;

/// Gives the names of the devices below /dev, in the kernel's order.
pub fn names(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').skip(1).filter_map(|row| {
        let mut words = Words::new(row);
        for _ in 0..3 {
            words.word(Expected::Number).ok()?;
        }
        words.word(Expected::Source).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_fourth_word_of_each_row_is_the_name() {
        let sample = b"major minor  #blocks  name\n\n 254        0  268435456 vda\n 259        1       1024 nvme0n1p1\n";
        assert_eq!(names(sample).collect::<Vec<_>>(), [&b"vda"[..], b"nvme0n1p1"]);
        for length in 0..sample.len() {
            assert!(names(&sample[..length]).count() <= 2);
        }
    }
}
