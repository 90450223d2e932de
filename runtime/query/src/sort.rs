//! Sorting with one compiled copy for the whole program.
//!
//! The sorts of `core` are copied for each type that is sorted, 3 to 8 KiB a copy; commands sort a few thousand things
//! at most. Here a merge sort orders numbers, and only moving the items into that order is copied for a type.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Sorts by the order of the items themselves; equal ones keep their places.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts by a comparison; items that it calls equal keep their places.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order = merge_sort(items.len(), &|left, right| match (items.get(left), items.get(right)) {
        (Some(left), Some(right)) => compare(left, right) == Ordering::Greater,
        _ => false,
    });
    // Each place takes the item that belongs there, along the circles in which they replace each other.
    for start in 0..order.len() {
        let mut place = start;
        while let Some(from) = order.get_mut(place).map(|from| core::mem::replace(from, place))
            && from != start
        {
            items.swap(place, from);
            place = from;
        }
    }
}

/// Gives the numbers below `count` in their order, by runs of double length each turn.
fn merge_sort(count: usize, is_greater: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    let mut width = 1;
    while width < count {
        merged.clear();
        for pair in order.chunks(width * 2) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            loop {
                let from = match (left.first(), right.first()) {
                    (Some(&a), Some(&b)) if is_greater(a, b) => &mut right,
                    (Some(_), _) => &mut left,
                    (None, Some(_)) => &mut right,
                    (None, None) => break,
                };
                if let Some((first, rest)) = from.split_first() {
                    merged.push(*first);
                    *from = rest;
                }
            }
        }
        core::mem::swap(&mut order, &mut merged);
        width *= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that repeat themselves often, the same in each run.
    fn numbers(count: usize) -> Vec<u32> {
        let mut seed = 12345_u32;
        let next = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 28
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn any_number_of_items_is_sorted_as_core_sorts_them() {
        for count in 0..100 {
            let mut items: Vec<(u32, usize)> = numbers(count).into_iter().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by(&mut items, |left, right| left.0.cmp(&right.0));
            assert_eq!(items, expected, "equal items keep their places");
            sort_by(&mut items, |left, right| right.0.cmp(&left.0));
            expected.sort_by_key(|item| core::cmp::Reverse(item.0));
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn a_hundred_thousand_are_no_trouble() {
        let mut items = numbers(100_000);
        let mut expected = items.clone();
        expected.sort_unstable();
        sort(&mut items);
        assert_eq!(items, expected);
    }
}
