//! Lengths of time as words: a number with an optional fraction and unit (s m h d), or infinity.

use core::time::Duration;

/// Reads a time; digits beyond nanoseconds are read and have no effect.
pub(crate) fn parse(word: &[u8]) -> Option<Duration> {
    if word == b"infinity" || word == b"inf" {
        return Some(Duration::MAX);
    }
    let (number, unit) = match word {
        [number @ .., b's'] => (number, 1),
        [number @ .., b'm'] => (number, 60),
        [number @ .., b'h'] => (number, 3600),
        [number @ .., b'd'] => (number, 86400),
        number => (number, 1),
    };
    let point = number.iter().position(|&byte| byte == b'.').unwrap_or(number.len());
    let (whole, fraction) = (number.get(..point)?, number.get(point + 1..).unwrap_or_default());
    if whole.is_empty() && fraction.is_empty() || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return None;
    }
    // More seconds than 64 bits hold are as good as infinity.
    let seconds = if whole.is_empty() { 0 } else { query::text::parse_decimal(whole).unwrap_or(u64::MAX) };
    let digits = fraction.iter().chain(core::iter::repeat(&b'0')).take(9);
    let nanos = digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some(Duration::new(seconds, nanos).saturating_mul(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (word, millis) in
            [("1", 1000), ("0", 0), ("1.5", 1500), (".25", 250), ("2.", 2000), ("0.1m", 6000)]
        {
            assert_eq!(parse(word.as_bytes()), Some(Duration::from_millis(millis)), "{word}");
        }
        assert_eq!(parse(b"1d"), Some(Duration::from_secs(86400)));
        assert_eq!(parse(b"0.0000000019"), Some(Duration::from_nanos(1)));
        assert_eq!(parse(b"infinity"), Some(Duration::MAX));
        assert_eq!(parse(b"99999999999999999999d"), Some(Duration::MAX));
        for wrong in ["", ".", "s", "1x", "-1", "1.5.2", "1e3", "m1"] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
