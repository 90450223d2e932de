//! `/sys/devices/system/cpu/possible` and its like: numbers and ranges, as in `0-3,8`; a range may have a step, as in `0-7:2`
//! (`Documentation/admin-guide/cputopology.rst`, `bitmap_parselist`).

use core::ops::RangeInclusive;

use crate::proc::words::decimal;

/// The longest range that makes sense.
const MOST: u64 = 1 << 16;

/// Calls `each` for the numbers of a list; false if it is none, with some of them told by then.
pub fn parse(text: &[u8], each: &mut dyn FnMut(usize)) -> bool {
    text.split(|&byte| byte == b',').all(|part| match range(part) {
        Some((range, step)) => {
            range.step_by(step).for_each(&mut *each);
            true
        }
        None => false,
    })
}

fn range(part: &[u8]) -> Option<(RangeInclusive<usize>, usize)> {
    let number = |text: &[u8]| {
        decimal(text).filter(|number| *number < MOST).and_then(|number| usize::try_from(number).ok())
    };
    let split = |text: &[u8], at: u8| text.iter().position(|&byte| byte == at);
    let (part, step) = match split(part, b':') {
        Some(at) => (part.get(..at)?, number(part.get(at + 1..)?).filter(|step| *step > 0)?),
        None => (part, 1),
    };
    let (first, last) = match split(part, b'-') {
        Some(at) => (number(part.get(..at)?)?, number(part.get(at + 1..)?)?),
        None => (number(part)?, number(part)?),
    };
    (first <= last).then_some((first..=last, step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn lists_are_read() {
        for (text, expected) in [
            ("0", Some(&[0][..])),
            ("0-2,7", Some(&[0, 1, 2, 7])),
            ("0-7:3,1", Some(&[0, 3, 6, 1])),
            ("5-5", Some(&[5])),
            ("", None),
            ("1,", None),
            ("3-1", None),
            ("1-2:0", None),
            ("-1", None),
            ("0-99999", None),
            ("x", None),
        ] {
            let mut found = Vec::new();
            let is_list = parse(text.as_bytes(), &mut |number| found.push(number));
            assert_eq!(is_list.then_some(&found[..]), expected, "{text}");
        }
    }
}
