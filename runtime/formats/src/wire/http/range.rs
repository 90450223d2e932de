//! Parts of a body: `Range` and `Content-Range` (RFC 9110 section 14).

use crate::proc::words::decimal;

/// What is asked for of something with a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All: nothing else was asked for that can be given at once.
    Whole,
    /// From the first of these bytes to the second, both included.
    Bytes(u64, u64),
    /// What was asked for lies behind the end.
    Outside,
}

/// Reads what `Range: bytes=0-499`, `bytes=500-` or `bytes=-500` asks for of so many bytes. Several ranges, and what is none, ask for
/// all.
pub fn part(value: &[u8], length: u64) -> Part {
    let read = || {
        let text = value.strip_prefix(b"bytes=")?.trim_ascii();
        let hyphen = text.iter().position(|byte| *byte == b'-')?;
        let (first, last) = (text.get(..hyphen)?, text.get(hyphen + 1..)?);
        if first.is_empty() {
            let count = decimal(last)?;
            return Some((length.saturating_sub(count), length.wrapping_sub(1), count > 0));
        }
        let first = decimal(first)?;
        let last = if last.is_empty() { u64::MAX } else { decimal(last)? };
        (first <= last).then(|| (first, last.min(length.wrapping_sub(1)), true))
    };
    match read() {
        None => Part::Whole,
        Some((first, last, is_some)) if is_some && first < length => Part::Bytes(first, last),
        Some(_) => Part::Outside,
    }
}

/// Reads `bytes 500-999/1234`: the first byte, the last, and the length of the whole, where that is known.
pub fn content_range(value: &[u8]) -> Option<(u64, u64, Option<u64>)> {
    let text = value.strip_prefix(b"bytes ")?.trim_ascii();
    let slash = text.iter().position(|byte| *byte == b'/')?;
    let (range, length) = (text.get(..slash)?, text.get(slash + 1..)?);
    let hyphen = range.iter().position(|byte| *byte == b'-')?;
    let (first, last) = (decimal(range.get(..hyphen)?)?, decimal(range.get(hyphen + 1..)?)?);
    let length = if length == b"*" { None } else { Some(decimal(length)?) };
    (first <= last).then_some((first, last, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_ten_bytes() {
        for (value, expected) in [
            ("bytes=0-4", Part::Bytes(0, 4)),
            ("bytes=5-", Part::Bytes(5, 9)),
            ("bytes=-3", Part::Bytes(7, 9)),
            ("bytes=-30", Part::Bytes(0, 9)),
            ("bytes=9-99", Part::Bytes(9, 9)),
            ("bytes=10-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=4-3", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=a-b", Part::Whole),
        ] {
            assert_eq!(part(value.as_bytes(), 10), expected, "{value}");
        }
        assert_eq!((part(b"bytes=0-", 0), part(b"bytes=-5", 0)), (Part::Outside, Part::Outside));
    }

    #[test]
    fn parts_that_came() {
        assert_eq!(content_range(b"bytes 5-9/10"), Some((5, 9, Some(10))));
        assert_eq!(content_range(b"bytes 5-9/*"), Some((5, 9, None)));
        for value in ["bytes */10", "bytes 9-5/10", "5-9/10", "bytes 5-9"] {
            assert_eq!(content_range(value.as_bytes()), None, "{value}");
        }
    }
}
