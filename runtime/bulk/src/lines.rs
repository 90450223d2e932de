//! Lines that are sorted.

use core::cmp::Ordering;

/// A line of a text: where it lies, and a number by which most lines are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Of two lines whose numbers differ, the one with the smaller number comes first.
    pub prefix: u64,
    /// Where it begins.
    pub start: usize,
    /// How many bytes it has.
    pub length: usize,
}

/// Sorts lines; those with the same number as `compare` says, and equal ones stay in their order.
pub fn sort(lines: &mut [Line], compare: &dyn Fn(&Line, &Line) -> Ordering) {
    lines.sort_by(|first, second| first.prefix.cmp(&second.prefix).then_with(|| compare(first, second)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_before_what_compares() {
        let line = |prefix, start| Line { prefix, start, length: 0 };
        let mut lines = [line(2, 0), line(1, 5), line(2, 1), line(1, 4)];
        sort(&mut lines, &|first, second| second.start.cmp(&first.start));
        assert_eq!(lines, [line(1, 5), line(1, 4), line(2, 1), line(2, 0)]);
    }
}
