//! The nearest names to one that does not exist.

use alloc::vec::Vec;

/// Gives the up to three candidates that a typing error may have meant, nearest first; none when all are far off.
pub fn nearest<'a>(wanted: &[u8], candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = 1 + wanted.len() / 4;
    let mut near: Vec<(usize, &str)> = candidates
        .filter_map(|name| {
            let distance = distance(wanted, name.as_bytes());
            let begun = wanted.len() >= 2 && name.as_bytes().starts_with(wanted);
            (distance <= limit && distance < name.len() || begun).then_some((distance, name))
        })
        .collect();
    crate::sort::sort(&mut near);
    near.truncate(3);
    near.into_iter().map(|(_, name)| name).collect()
}

/// Counts the insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment); words longer than a command's name are cut.
fn distance(left: &[u8], right: &[u8]) -> usize {
    const LONGEST: usize = 31;
    let (left, right) = (&left[..left.len().min(LONGEST)], &right[..right.len().min(LONGEST)]);
    let mut before = [0; LONGEST + 1];
    let mut above: [usize; LONGEST + 1] = core::array::from_fn(|index| index);
    for (row, &a) in left.iter().enumerate() {
        let mut current = [row + 1; LONGEST + 1];
        for (column, &b) in right.iter().enumerate() {
            let replaced = above[column] + usize::from(a != b);
            let mut best = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            current[column + 1] = best;
        }
        before = above;
        above = current;
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(distance(b"", b""), 0);
        assert_eq!(distance(b"cat", b""), 3);
        assert_eq!(distance(b"", b"cat"), 3);
        assert_eq!(distance(b"mount", b"umount"), 1);
        assert_eq!(distance(b"sl", b"ls"), 1);
        assert_eq!(distance(b"reboot", b"robot"), 2);
        assert_eq!(distance(&[b'a'; 100], b"a"), 30);
    }

    #[test]
    fn names_what_was_meant() {
        let names = ["cat", "dmesg", "halt", "hostname", "ls", "mount", "ps", "umount", "uname"];
        let nearest = |wanted: &str| nearest(wanted.as_bytes(), names.into_iter());
        assert_eq!(nearest("sl"), ["ls"]);
        assert_eq!(nearest("moutn"), ["mount", "umount"]);
        assert_eq!(nearest("host"), ["halt", "hostname"]);
        assert_eq!(nearest("xyzzy"), [""; 0]);
        assert_eq!(nearest(""), [""; 0]);
    }
}
