//! Numbers of processes, priorities and the like, with a sign where one may be.

use linux::process::Pid;
use query::text::parse_decimal;

/// Reads a number that may have a sign.
pub(crate) fn signed(word: &[u8]) -> Option<i32> {
    let (digits, is_negative) = match word {
        [b'-', digits @ ..] => (digits, true),
        [b'+', digits @ ..] => (digits, false),
        digits => (digits, false),
    };
    // More than any limit is as good as the limit.
    let number = i32::try_from(parse_decimal(digits)?.min(1 << 30)).ok()?;
    Some(if is_negative { -number } else { number })
}

/// Reads the number of a process.
pub(crate) fn process(word: &[u8]) -> Option<Pid> {
    Pid::new(i32::try_from(parse_decimal(word)?).ok()?)
}

/// Reads a mask of permissions, in base eight.
pub(crate) fn octal(word: &[u8]) -> Option<u32> {
    let digits = word.iter().try_fold(0_u32, |sum, digit| match digit {
        b'0'..=b'7' => Some(sum.checked_mul(8)? + u32::from(digit - b'0')),
        _ => None,
    })?;
    (!word.is_empty() && digits <= 0o777).then_some(digits)
}
