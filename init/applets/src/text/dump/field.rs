//! Bytes as numbers and characters, each kind in fields of its own width.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// As what bytes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Names of ASCII's characters, the highest bit left out.
    Named,
    /// Characters, and escapes for what does not print.
    Character,
    Signed,
    Unsigned,
    Octal,
    Hexadecimal,
    Float,
}

/// A kind, and how many bytes make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) kind: Kind,
    pub(crate) size: usize,
    /// Whether the bytes stand behind the line as text.
    pub(crate) with_text: bool,
}

impl Field {
    pub(crate) const fn new(kind: Kind, size: usize) -> Self {
        Self { kind, size, with_text: false }
    }

    /// Gives how wide the longest is.
    pub(crate) fn width(self) -> usize {
        let bits = self.size * 8;
        match self.kind {
            Kind::Named | Kind::Character => 3,
            Kind::Hexadecimal => self.size * 2,
            Kind::Octal => bits.div_ceil(3),
            Kind::Unsigned => {
                u64::MAX.checked_shr(64 - bits as u32).map_or(1, |most| most.ilog10() as usize + 1)
            }
            Kind::Signed => (u64::MAX >> (65 - bits as u32)).ilog10() as usize + 2,
            Kind::Float if self.size == 4 => 15,
            Kind::Float => 24,
        }
    }

    /// Shows the bytes of one, with zeros before numbers to base 8 and 16; bytes that there are not count as zero.
    pub(crate) fn show(self, bytes: &[u8], is_big: bool) -> String {
        let mut padded = [0; 8];
        for (slot, byte) in padded.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        if is_big && let Some(own) = padded.get_mut(..self.size) {
            own.reverse();
        }
        let value = u64::from_le_bytes(padded);
        let width = self.width();
        match self.kind {
            Kind::Named => named(value as u8),
            Kind::Character => character(value as u8),
            Kind::Hexadecimal => format!("{value:0width$x}"),
            Kind::Octal => format!("{value:0width$o}"),
            Kind::Unsigned => format!("{value}"),
            Kind::Signed => {
                let unused = 64 - 8 * self.size as u32;
                format!("{}", ((value << unused) as i64) >> unused)
            }
            Kind::Float if self.size == 4 => {
                let number = f32::from_bits(value as u32);
                float(&format!("{number:e}"), number.is_sign_negative(), 6)
            }
            Kind::Float => {
                let number = f64::from_bits(value);
                float(&format!("{number:e}"), number.is_sign_negative(), 15)
            }
        }
    }
}

fn named(byte: u8) -> String {
    const NAMES: &[u8] = b"nulsohstxetxeotenqackbel bs ht nl vt ff cr so sidledc1dc2dc3dc4naksynetbcan emsubesc fs gs rs us sp";
    let byte = byte & 0x7f;
    let name = match byte {
        127 => Some(&b"del"[..]),
        byte => NAMES.get(usize::from(byte) * 3..usize::from(byte) * 3 + 3),
    };
    match name.and_then(|name| core::str::from_utf8(name).ok()) {
        Some(name) => String::from(name.trim_start()),
        None => String::from(char::from(byte)),
    }
}

fn character(byte: u8) -> String {
    let letter = match byte {
        0 => '0',
        7 => 'a',
        8 => 'b',
        b'\t' => 't',
        b'\n' => 'n',
        11 => 'v',
        12 => 'f',
        b'\r' => 'r',
        b' '..=b'~' => return String::from(char::from(byte)),
        byte => return format!("{byte:03o}"),
    };
    format!("\\{letter}")
}

/// Writes the shortest digits of a number as C's `%g` does: with an exponent where it is very large or small.
fn float(shortest: &str, is_negative: bool, least: i32) -> String {
    let sign = if is_negative { "-" } else { "" };
    let shortest = shortest.trim_start_matches('-');
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return format!("{sign}{}", shortest.to_ascii_lowercase());
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).collect();
    let digits = String::from_utf8(digits).unwrap_or_default();
    let most = least.max(digits.len() as i32);
    if exponent < -4 || exponent >= most {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let mark = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}e{mark}{:02}", exponent.unsigned_abs());
    }
    let whole = exponent + 1;
    if whole <= 0 {
        let zeros = "0".repeat(whole.unsigned_abs() as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = whole as usize;
    match digits.split_at_checked(whole) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, rest)) => format!("{sign}{whole}.{rest}"),
        None => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_widths() {
        let widths = |kind| [1, 2, 4, 8].map(|size| Field::new(kind, size).width());
        assert_eq!(widths(Kind::Octal), [3, 6, 11, 22]);
        assert_eq!(widths(Kind::Unsigned), [3, 5, 10, 20]);
        assert_eq!(widths(Kind::Signed), [4, 6, 11, 20]);
        assert_eq!(widths(Kind::Hexadecimal), [2, 4, 8, 16]);
    }

    #[test]
    fn bytes_are_shown() {
        let show = |kind, bytes: &[u8]| Field::new(kind, bytes.len()).show(bytes, false);
        assert_eq!(show(Kind::Signed, &[0xff, 0xff]), "-1");
        assert_eq!(show(Kind::Unsigned, &[1, 2]), "513");
        assert_eq!(show(Kind::Octal, b"\n"), "012");
        assert_eq!(Field::new(Kind::Hexadecimal, 4).show(&[1, 2, 3, 4], true), "01020304");
        assert_eq!(
            ["\0", "\n", " ", "\x7f", "a"].map(|text| show(Kind::Named, text.as_bytes())),
            ["nul", "nl", "sp", "del", "a"]
        );
        assert_eq!(
            ["\0", "\n", " ", "\x7f"].map(|text| show(Kind::Character, text.as_bytes())),
            ["\\0", "\\n", " ", "177"]
        );
        for (value, shown) in
            [(1.0_f64, "1"), (0.1, "0.1"), (1e20, "1e+20"), (-123456.75, "-123456.75"), (1e-5, "1e-05")]
        {
            assert_eq!(show(Kind::Float, &value.to_le_bytes()), shown);
        }
        assert_eq!(show(Kind::Float, &1e6_f32.to_le_bytes()), "1e+06");
        assert_eq!(show(Kind::Float, &f64::INFINITY.to_le_bytes()), "inf");
    }
}
