//! Numbers with a unit, as operands and options of GNU's tools have them.

use query::text::parse_decimal;

/// Reads a number with a unit: `b` is 512, `k K M G T P E` are powers of 1024, so with `iB`, and of 1000 with `B`. Nothing
/// for anything else or beyond 64 bits.
pub(crate) fn parse(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = text.split_at_checked(digits)?;
    parse_decimal(number)?.checked_mul(unit_of(unit)?)
}

/// The same, in base 16 with `0x` before it and in base 8 with `0`.
pub(crate) fn parse_any(word: &[u8]) -> Option<u64> {
    let (digits, base) = match word {
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => (digits, 8),
        _ => return parse(word),
    };
    let length = digits.iter().take_while(|byte| char::from(**byte).is_digit(base)).count();
    let (digits, unit) = digits.split_at(length);
    let value = u64::from_str_radix(core::str::from_utf8(digits).ok()?, base).ok()?;
    value.checked_mul(unit_of(unit)?)
}

/// Gives what a unit stands for; 1 for none.
pub(crate) fn unit_of(unit: &[u8]) -> Option<u64> {
    let (letter, base) = match unit {
        [] | [b'c'] => return Some(1),
        [b'b'] => return Some(512),
        [b'w'] => return Some(2),
        [letter] | [letter, b'i', b'B'] => (letter, 1024_u64),
        [letter, b'B'] => (letter, 1000),
        _ => return None,
    };
    let power = 1 + b"KMGTPE".iter().position(|known| *known == letter.to_ascii_uppercase())?;
    Some(base.pow(power as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_1024_or_with_b_of_1000() {
        let cases: [(&[u8], u64); 9] = [
            (b"7", 7),
            (b"7c", 7),
            (b"3w", 6),
            (b"2b", 1024),
            (b"2k", 2048),
            (b"2K", 2048),
            (b"1MiB", 1 << 20),
            (b"1MB", 1_000_000),
            (b"15E", 15 << 60),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Some(expected), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "k", "1x", "1kk", "-1", "+1", "16E", "18446744073709551616", "1.5k"] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
