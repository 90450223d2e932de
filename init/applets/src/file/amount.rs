//! Amounts of bytes as people write them.

/// Reads a number and a unit: `c` 1, `w` 2, `b` 512, `K KiB` 1024, `kB KB` 1000, and so on with `M G T P E`; nothing if it is
/// not one, or too large.
pub(super) fn parse(text: &[u8]) -> Option<u64> {
    let digits = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number = query::text::parse_decimal(number)?;
    number.checked_mul(factor(unit)?)
}

fn factor(unit: &[u8]) -> Option<u64> {
    let (letter, rest) = match unit {
        [] | [b'c'] => return Some(1),
        [b'w'] => return Some(2),
        [b'b'] => return Some(512),
        [letter, rest @ ..] => (letter.to_ascii_uppercase(), rest),
    };
    let base: u64 = match rest {
        [] | b"iB" => 1024,
        b"B" | b"D" => 1000,
        _ => return None,
    };
    let power = b"KMGTPE".iter().position(|&known| known == letter)?;
    Some(base.pow(power as u32 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        let cases = [
            ("0", 0),
            ("12", 12),
            ("2b", 1024),
            ("1K", 1024),
            ("1k", 1024),
            ("3kB", 3000),
            ("1MiB", 1 << 20),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse(text.as_bytes()), Some(bytes), "{text}");
        }
        assert_eq!(parse(b"15E"), Some(15 << 60));
        for bad in ["", "K", "1X", "1KK", "16E", "-1", "99999999999999999999"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
