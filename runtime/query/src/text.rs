//! Values as text for people: numbers, sizes, and names that anyone may have chosen.

use crate::Sink;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Writes a number in base ten.
pub fn decimal(value: u64, out: &mut dyn Sink) {
    radix(value, 10, out);
}

/// Writes a number in base 2 to 16, in lower case.
pub fn radix(mut value: u64, base: u64, out: &mut dyn Sink) {
    let mut digits = [0; 64];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = DIGITS[(value % base) as usize & 15];
        value /= base;
        if value == 0 {
            break;
        }
    }
    out.put(&digits[at..]);
}

/// Writes a number in base ten, with zeros up to a width.
pub fn zero_padded(value: u64, width: usize, out: &mut dyn Sink) {
    let mut bound = 10;
    for _ in 1..width {
        if value < bound {
            out.put(b"0");
        }
        bound = bound.saturating_mul(10);
    }
    decimal(value, out);
}

/// Writes a number of bytes with at most four characters and a unit of 1024 (`512`, `1.5K`, `23M`), rounded up as
/// `ls -h` and `df -h` do.
pub fn size(bytes: u64, out: &mut dyn Sink) {
    in_units(bytes, 1024, b"KMGTPE", out);
}

/// Writes a number of bytes with a unit of 1000: `512`, `1.5k`, `23M`, rounded up as `ls --si` does.
pub fn size_by_1000(bytes: u64, out: &mut dyn Sink) {
    in_units(bytes, 1000, b"kMGTPE", out);
}

fn in_units(bytes: u64, base: u64, letters: &[u8; 6], out: &mut dyn Sink) {
    if bytes < base {
        return decimal(bytes, out);
    }
    let (mut unit, mut power) = (0, base);
    while unit < 5 && bytes.div_ceil(power) >= base {
        unit += 1;
        power *= base;
    }
    let tenths = bytes / power * 10 + (bytes % power * 10).div_ceil(power);
    if tenths < 100 {
        decimal(tenths / 10, out);
        out.put(b".");
        decimal(tenths % 10, out);
    } else {
        decimal(bytes.div_ceil(power), out);
    }
    out.put(&letters[unit..=unit]);
}

/// Reads a number with an optional unit of 1024 (`50M`, `4k`, `1GiB`); nothing for anything else or beyond 64 bits.
pub fn parse_size(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = bytes.split_at_checked(digits)?;
    let shift = match unit.split_first() {
        None | Some((b'B', b"")) => 0,
        Some((letter, b"" | b"B" | b"iB")) => {
            10 * (1 + b"KMGTPE".iter().position(|unit| *unit == letter.to_ascii_uppercase())?)
        }
        _ => return None,
    };
    parse_decimal(number)?.checked_mul(1 << shift)
}

/// Reads a number in base ten; nothing for anything else or beyond 64 bits.
pub fn parse_decimal(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().try_fold(0u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    });
    digits.filter(|_| !bytes.is_empty())
}

/// Writes a length of time in seconds as `[days-]hh:mm:ss`.
pub fn span(seconds: u64, out: &mut dyn Sink) {
    if seconds >= 86400 {
        decimal(seconds / 86400, out);
        out.put(b"-");
    }
    zero_padded(seconds / 3600 % 24, 2, out);
    out.put(b":");
    zero_padded(seconds / 60 % 60, 2, out);
    out.put(b":");
    zero_padded(seconds % 60, 2, out);
}

/// Counts the columns of a terminal that printable text takes, one for a character.
pub fn width(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// Gives the beginning of printable text that fits into a number of columns.
pub fn cut(bytes: &[u8], columns: usize) -> &[u8] {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte & 0xc0 != 0x80);
    let end = starts.map(|(at, _)| at).nth(columns).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or(bytes)
}

/// Writes a name that anyone may have chosen: control characters, also those above 127, and bytes that are not UTF-8
/// become `\xNN`, so that no name can command a terminal.
pub fn printable(bytes: &[u8], out: &mut dyn Sink) {
    for chunk in bytes.utf8_chunks() {
        let mut plain = 0;
        let valid = chunk.valid();
        for (at, character) in valid.char_indices() {
            if character.is_control() {
                out.put(&valid.as_bytes()[plain..at]);
                plain = at + character.len_utf8();
                escape(&valid.as_bytes()[at..plain], out);
            }
        }
        out.put(&valid.as_bytes()[plain..]);
        escape(chunk.invalid(), out);
    }
}

fn escape(bytes: &[u8], out: &mut dyn Sink) {
    for &byte in bytes {
        out.put(&[b'\\', b'x', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn shown(write: impl Fn(&mut dyn Sink)) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn numbers() {
        assert_eq!(shown(|out| decimal(0, out)), "0");
        assert_eq!(shown(|out| decimal(u64::MAX, out)), "18446744073709551615");
        assert_eq!(shown(|out| radix(0o755, 8, out)), "755");
        assert_eq!(shown(|out| radix(u64::MAX, 2, out)), "1".repeat(64));
        assert_eq!(shown(|out| zero_padded(7, 2, out)), "07");
        assert_eq!(shown(|out| zero_padded(0, 6, out)), "000000");
        assert_eq!(shown(|out| zero_padded(1234, 3, out)), "1234");
        assert_eq!(shown(|out| zero_padded(u64::MAX, 30, out)).trim_start_matches('0'), u64::MAX.to_string());
    }

    #[test]
    fn numbers_are_read_whole() {
        assert_eq!(parse_decimal(b"18446744073709551615"), Some(u64::MAX));
        for wrong in ["", "18446744073709551616", "-1", "1x", " 1"] {
            assert_eq!(parse_decimal(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse_size(b"50M"), Some(50 << 20));
        assert_eq!(parse_size(b"4k"), Some(4096));
        assert_eq!(parse_size(b"15EiB"), Some(15 << 60));
        assert_eq!(parse_size(b"0"), Some(0));
        for wrong in ["", "K", "16E", "1KK", "1Z", "1 K"] {
            assert_eq!(parse_size(wrong.as_bytes()), None, "{wrong}");
        }
    }

    /// The figures are those of GNU `ls -h`.
    #[test]
    fn sizes_round_up() {
        for (bytes, expected) in [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.0K"),
            (1025, "1.1K"),
            (10 * 1024 - 1, "10K"),
            (10 * 1024, "10K"),
            (10 * 1024 + 1, "11K"),
            (1023 * 1024, "1023K"),
            (1023 * 1024 + 1, "1.0M"),
            (1 << 20, "1.0M"),
            ((1 << 20) + 1, "1.1M"),
            (u64::MAX, "16E"),
        ] {
            assert_eq!(shown(|out| size(bytes, out)), expected, "{bytes}");
        }
    }

    #[test]
    fn no_name_commands_a_terminal() {
        assert_eq!(shown(|out| printable("plain ünïcode".as_bytes(), out)), "plain ünïcode");
        assert_eq!(shown(|out| printable(b"\x1b[31m\n", out)), "\\x1b[31m\\x0a");
        assert_eq!(shown(|out| printable("a\u{9b}b".as_bytes(), out)), "a\\xc2\\x9bb");
        assert_eq!(shown(|out| printable(b"f\xffo\\", out)), "f\\xffo\\");
        assert_eq!(shown(|out| printable(b"\xe2\x82", out)), "\\xe2\\x82");
    }
}
