//! Fields of formats such as `%-10s`, as `stat` and `find` have them.

use alloc::vec::Vec;

use query::Sink;
use query::text::radix;

/// A field: what stands between `%` and its letter.
pub(super) struct Field<'a> {
    /// All of it, without the `%`.
    pub(super) text: &'a [u8],
    pub(super) is_left: bool,
    pub(super) has_zeros: bool,
    /// Whether numbers say their base: `0` before octal ones, `0x` before hexadecimal ones.
    pub(super) has_base: bool,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    /// `H` or `L` before the letter, else 0.
    pub(super) modifier: u8,
    /// 0 at the end of the format.
    pub(super) letter: u8,
}

impl<'a> Field<'a> {
    /// Reads what stands behind a `%`; gives what is behind the field, too.
    pub(super) fn parse(text: &'a [u8]) -> (Self, &'a [u8]) {
        let mut field = Self {
            text: b"",
            is_left: false,
            has_zeros: false,
            has_base: false,
            width: 0,
            precision: None,
            modifier: 0,
            letter: 0,
        };
        let mut at = 0;
        let byte = |at: usize| text.get(at).copied().unwrap_or(0);
        while b"-0+ #'".contains(&byte(at)) && byte(at) != 0 {
            field.is_left |= byte(at) == b'-';
            field.has_zeros |= byte(at) == b'0';
            field.has_base |= byte(at) == b'#';
            at += 1;
        }
        let number = |at: &mut usize| {
            let mut number = 0_usize;
            while byte(*at).is_ascii_digit() {
                // No wider than anyone could want.
                number = (number * 10 + usize::from(byte(*at) - b'0')).min(4096);
                *at += 1;
            }
            number
        };
        field.width = number(&mut at);
        if byte(at) == b'.' {
            at += 1;
            field.precision = Some(if byte(at).is_ascii_digit() { number(&mut at) } else { 9 });
        }
        if matches!(byte(at), b'H' | b'L') && matches!(byte(at + 1), b'd' | b'r' | b'D' | b'R') {
            field.modifier = byte(at);
            at += 1;
        }
        field.letter = byte(at);
        let (whole, rest) = text.split_at((at + 1).min(text.len()));
        field.text = whole;
        (field, rest)
    }
}

/// Writes a text as wide as its field asks; zeros come behind the base.
pub(super) fn pad(text: &[u8], field: &Field<'_>, out: &mut dyn Sink) {
    let missing = field.width.saturating_sub(text.len());
    let is_number = text.first().is_some_and(u8::is_ascii_digit);
    let has_zeros = field.has_zeros && !field.is_left && is_number;
    let (base, digits) = match text.strip_prefix(b"0x") {
        Some(digits) if has_zeros && field.has_base => (&b"0x"[..], digits),
        _ => (&b""[..], text),
    };
    out.put(base);
    if field.is_left {
        out.put(digits);
    }
    for _ in 0..missing {
        out.put(if has_zeros { b"0" } else { b" " });
    }
    if !field.is_left {
        out.put(digits);
    }
}

/// Writes a number in base 8 or 16, with what says so if the field asks for that; none needs it.
pub(super) fn in_base(number: u64, base: u64, field: &Field<'_>, out: &mut Vec<u8>) {
    if field.has_base && number > 0 {
        out.extend_from_slice(if base == 8 { b"0" } else { b"0x" });
    }
    radix(number, base, out);
}

/// Reads what stands behind a backslash: the byte that it stands for, and how many bytes it takes.
pub(super) fn escape(text: &[u8]) -> (u8, usize) {
    let byte = match text.first() {
        None => return (b'\\', 0),
        Some(b'a') => 7,
        Some(b'b') => 8,
        Some(b'e') => 27,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => 11,
        Some(b'0'..=b'7') => {
            let digits = text.iter().take(3).take_while(|byte| (b'0'..b'8').contains(byte));
            let (value, count) = digits
                .fold((0_u32, 0), |(value, count), byte| (value * 8 + u32::from(byte - b'0'), count + 1));
            return (value as u8, count);
        }
        Some(&other) => other,
    };
    (byte, 1)
}
