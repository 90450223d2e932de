//! Numbers, names and bytes as strace writes them.

use alloc::vec::Vec;

use linux::named::{Named, Names};
use query::text::{decimal, radix};

/// Shows a number in hexadecimal, as C's `%#x` does: zero without what tells the base.
pub(super) fn hexadecimal(value: u64, out: &mut Vec<u8>) {
    if value != 0 {
        out.extend_from_slice(b"0x");
    }
    radix(value, 16, out);
}

/// Shows an address.
pub(super) fn address(value: u64, out: &mut Vec<u8>) {
    match value {
        0 => out.extend_from_slice(b"NULL"),
        value => hexadecimal(value, out),
    }
}

/// Shows an address behind what it is.
pub(super) fn place(name: &str, value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    address(value, out);
}

/// Shows a number in octal, at least three digits long.
pub(super) fn octal(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(if value < 0o10 { b"00" } else { b"0" });
    radix(value, 8, out);
}

pub(super) fn signed(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    decimal(value.unsigned_abs(), out);
}

/// Gives a C `int` out of its register, of which the kernel does not look at the high half.
pub(super) fn narrow(value: u64) -> i64 {
    match value >> 32 {
        0 | 0xffff_ffff => i64::from(value as u32 as i32),
        _ => value.cast_signed(),
    }
}

/// Shows the names of a set behind so many others.
pub(super) fn set(names: &Names, set: u64, mut shown: usize, out: &mut Vec<u8>) {
    if set == 0 && shown > 0 {
        return;
    }
    names.parts(set, &mut |part| {
        bar(&mut shown, out);
        match part {
            Ok(name) => out.extend_from_slice(name.as_bytes()),
            Err(number) => hexadecimal(number, out),
        }
    });
    if shown == 0 {
        out.push(b'0');
    }
}

/// Shows a number by the names of a type.
pub(super) fn named<T: Named>(value: u64, out: &mut Vec<u8>) {
    by_names(&T::NAMES, value, out);
}

/// Shows a number by names: of a set its members, else the one that it has.
pub(super) fn by_names(names: &Names, value: u64, out: &mut Vec<u8>) {
    match names.name(value) {
        _ if names.is_set() => set(names, value, 0, out),
        Some(name) => out.extend_from_slice(name.as_bytes()),
        None => hexadecimal(value, out),
    }
}

pub(super) fn bar(parts: &mut usize, out: &mut Vec<u8>) {
    if *parts > 0 {
        out.push(b'|');
    }
    *parts += 1;
}

/// Shows bytes as a C text: what cannot be printed as an escape; `...` behind it where there is more.
pub(super) fn quoted(bytes: &[u8], has_more: bool, out: &mut Vec<u8>) {
    out.push(b'"');
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0x0b => out.extend_from_slice(b"\\v"),
            0x0c => out.extend_from_slice(b"\\f"),
            b' '..=b'~' => out.push(*byte),
            _ => {
                out.push(b'\\');
                // Before a digit all three, else it would be taken for one of them.
                if bytes.get(index + 1).is_some_and(u8::is_ascii_digit) {
                    out.extend([b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]);
                } else {
                    radix((*byte).into(), 8, out);
                }
            }
        }
    }
    out.extend_from_slice(if has_more { b"\"..." } else { b"\"" });
}

/// Shows bytes of chance, two digits each.
pub(super) fn quoted_digits(bytes: &[u8], has_more: bool, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in bytes {
        out.extend_from_slice(if *byte < 16 { b"\\x0" } else { b"\\x" });
        radix((*byte).into(), 16, out);
    }
    out.extend_from_slice(if has_more { b"\"..." } else { b"\"" });
}
