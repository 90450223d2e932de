//! `od` (POSIX; `-w`, `-S`, `--endian` and long options are GNU's).

use alloc::vec::Vec;

use super::dump::field::{Field, Kind};
use super::dump::{self, Part, Repeats, Shown, dotted};
use crate::amount;
use crate::{Applet, Flag, Io, Keeps, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "od",
    summary: "Show bytes as numbers or characters",
    usage: "[OPTION]... [FILE]... [[+]SKIP[.][b]]",
    flags: flags![
        Flag::with(b'A', "address-radix", "BASE", "places in base d (10), o (8), x (16), or n: none"),
        Flag::with(
            b't',
            "format",
            "TYPES",
            "a c, or d f o u x with bytes of one (1 2 4 8 C S I L F D); z: text",
        ),
        Flag::with(b'j', "skip-bytes", "N", "leave the first N bytes out"),
        Flag::with(b'N', "read-bytes", "N", "show no more than N bytes"),
        Flag::may(b'w', "width", "N", "so many bytes a line (16; without N 32)"),
        Flag::new(b'v', "output-duplicates", "lines that are the same too, not * for them"),
        Flag::with(b'S', "strings", "N", "only texts of N characters with a zero byte behind them"),
        Flag::with(ENDIAN, "endian", "ORDER", "which byte of a number is first: big or little"),
        Flag::new(b'a', "", "as -t a: names of characters"),
        Flag::new(b'b', "", "as -t o1"),
        Flag::new(b'c', "", "as -t c: characters and escapes"),
        Flag::new(b'd', "", "as -t u2"),
        Flag::new(b'e', "", "as -t fD"),
        Flag::new(b'f', "", "as -t fF"),
        Flag::new(b'h', "", ""),
        Flag::new(b'i', "", "as -t dI"),
        Flag::new(b'l', "", "as -t dL"),
        Flag::new(b'o', "", "as -t o2"),
        Flag::new(b's', "", "as -t d2"),
        Flag::new(b'x', "", "as -t x2"),
        Flag::new(b'B', "", ""),
        Flag::new(b'D', "", "as -t u4"),
        Flag::new(b'F', "", ""),
        Flag::new(b'H', "", ""),
        Flag::new(b'I', "", ""),
        Flag::new(b'L', "", ""),
        Flag::new(b'O', "", "as -t o4"),
        Flag::new(b'X', "", "as -t x4"),
        Flag::new(TRADITIONAL, "traditional", ""),
    ],
    run: Run::Confined(Keeps::Reading, run),
};

keys! { 128; ENDIAN TRADITIONAL }

/// What the old options stand for.
const OLD: &[(u8, &[u8])] = &[
    (b'a', b"a"),
    (b'b', b"o1"),
    (b'c', b"c"),
    (b'd', b"u2"),
    (b'e', b"fD"),
    (b'f', b"fF"),
    (b'h', b"x2"),
    (b'i', b"dI"),
    (b'l', b"dL"),
    (b'o', b"o2"),
    (b's', b"d2"),
    (b'x', b"x2"),
    (b'B', b"o2"),
    (b'D', b"u4"),
    (b'F', b"fD"),
    (b'H', b"x4"),
    (b'I', b"dL"),
    (b'L', b"dL"),
    (b'O', b"o4"),
    (b'X', b"x4"),
];

/// How a dump is written.
struct Manner {
    fields: Vec<Field>,
    width: usize,
    /// The base of places, and their digits.
    places: Option<(u64, usize)>,
    is_big: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut fields = Vec::new();
    for (key, value) in &parsed.options {
        let old = OLD.iter().find(|(letter, _)| letter == key).map(|(_, types)| *types);
        let Some(types) = old.or_else(|| (*key == b't').then_some(*value)) else { continue };
        match parse(types) {
            Some(found) => fields.extend(found),
            None => return Ok(io.complain(types, &"is no list of types: a, c, d2, f8, o1, u4, x2z")),
        }
    }
    if fields.is_empty() {
        fields.push(Field::new(Kind::Octal, 2));
    }
    let places = match parsed.value(b'A') {
        None | Some(b"o") => Some((8, 7)),
        Some(b"d") => Some((10, 7)),
        Some(b"x") => Some((16, 6)),
        Some(b"n") => None,
        Some(word) => return Ok(io.complain(word, &"is not d, o, x or n")),
    };
    let is_big = match parsed.value(ENDIAN) {
        None | Some(b"little") => false,
        Some(b"big") => true,
        Some(word) => return Ok(io.complain(word, &"is not big or little")),
    };
    let mut numbers = [0, u64::MAX, 3];
    for (number, key) in numbers.iter_mut().zip(*b"jNS") {
        if let Some(word) = parsed.value(key) {
            match amount::parse_any(word) {
                Some(value) => *number = value,
                None => return Ok(io.complain(word, &"is no number of bytes")),
            }
        }
    }
    let [mut skip, most, least] = numbers;
    let mut operands = parsed.operands.as_slice();
    if let Some((offset, rest)) = offset(parsed, operands) {
        (skip, operands) = (offset, rest);
    }
    if parsed.has(b'S') {
        let part = Part { skip, most, width: 4096 };
        return Ok(strings(io, operands, part, least, places));
    }
    let common = fields.iter().map(|field| field.size).max().unwrap_or(1);
    let width = match parsed.value(b'w') {
        None => 16_usize.next_multiple_of(common),
        Some(b"") => 32,
        Some(word) => match amount::parse_any(word).and_then(|width| usize::try_from(width).ok()) {
            Some(width) if width > 0 && width.is_multiple_of(common) => width,
            Some(_) => {
                // As GNU's, no failure.
                let _ = io
                    .complain(word, &"is no number of bytes that whole numbers make; a line has one of them");
                common
            }
            None => return Ok(io.complain(word, &"is no number of bytes")),
        },
    };
    let manner = Manner { fields, width, places, is_big };
    Ok(dump(io, operands, Part { skip, most, width }, &manner, parsed.has(b'v')))
}

/// Reads the place at which POSIX's old form begins, the last operand: in base 8, with `.` in base 10, times 512 with `b`.
fn offset<'n, 'w>(parsed: &Parsed<'_>, operands: &'n [&'w [u8]]) -> Option<(u64, &'n [&'w [u8]])> {
    let (last, rest) = operands.split_last()?;
    let digits = match last {
        [b'+', digits @ ..] => digits,
        digits if rest.len() == 1 && digits.first().is_some_and(u8::is_ascii_digit) => digits,
        _ => return None,
    };
    if parsed.has_any(b"AjNt") || rest.len() > 1 {
        return None;
    }
    let (digits, times) = digits.strip_suffix(b"b").map_or((digits, 1), |digits| (digits, 512));
    let (digits, base) = digits.strip_suffix(b".").map_or((digits, 8), |digits| (digits, 10));
    let value = u64::from_str_radix(core::str::from_utf8(digits).ok()?, base).ok()?;
    Some((value.checked_mul(times)?, rest))
}

/// Reads a list of types.
fn parse(types: &[u8]) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut rest = types;
    while let [letter, behind @ ..] = rest {
        rest = behind;
        let kind = match letter {
            b'a' => Kind::Named,
            b'c' => Kind::Character,
            b'd' => Kind::Signed,
            b'f' => Kind::Float,
            b'o' => Kind::Octal,
            b'u' => Kind::Unsigned,
            b'x' => Kind::Hexadecimal,
            _ => return None,
        };
        let mut size = match kind {
            Kind::Named | Kind::Character => 1,
            Kind::Float => 8,
            _ => 4,
        };
        if !matches!(kind, Kind::Named | Kind::Character)
            && let [letter, behind @ ..] = rest
        {
            let named = match (letter, kind) {
                (b'1' | b'2' | b'4' | b'8', _) => Some(usize::from(letter - b'0')),
                (b'F', Kind::Float) => Some(4),
                (b'D', Kind::Float) => Some(8),
                (b'C', _) => Some(1),
                (b'S', _) => Some(2),
                (b'I', _) => Some(4),
                (b'L', _) => Some(size_of::<usize>()),
                _ => None,
            };
            if let Some(named) = named {
                size = named;
                rest = behind;
            }
        }
        if kind == Kind::Float && size < 4 {
            return None;
        }
        let with_text = rest.first() == Some(&b'z');
        rest = rest.get(usize::from(with_text)..).unwrap_or_default();
        fields.push(Field { kind, size, with_text });
    }
    (!fields.is_empty()).then_some(fields)
}

fn dump(io: &mut Io<'_>, names: &[&[u8]], part: Part, manner: &Manner, shows_all: bool) -> Status {
    let mut repeats = Repeats::default();
    let (status, end) = dump::blocks(io, names, part, &mut |io, at, block| {
        let shown = if shows_all { Shown::All } else { repeats.next(block, part.width) };
        match shown {
            Shown::All => line(&mut io.out, at, block, manner),
            Shown::Star => io.out.put(b"*\n"),
            Shown::Nothing => {}
        }
    });
    match end {
        Some(end) => {
            place(&mut io.out, end, manner.places);
            if manner.places.is_some() {
                io.out.put(b"\n");
            }
            status
        }
        None => status.and(io.complain(b"", &"cannot leave out more bytes than there are")),
    }
}

fn place(out: &mut Output<'_>, at: u64, places: Option<(u64, usize)>) {
    if let Some((base, width)) = places {
        let mut digits = Vec::new();
        query::text::radix(at, base, &mut digits);
        digits.splice(0..0, core::iter::repeat_n(b'0', width.saturating_sub(digits.len())));
        out.put(&digits);
    }
}

/// Writes a block in each kind, so that what stands for the same bytes stands in the same columns.
fn line(out: &mut Output<'_>, at: u64, block: &[u8], manner: &Manner) {
    let columns = manner.fields.iter().map(|field| (field.width() + 1) * (manner.width / field.size)).max();
    let columns = columns.unwrap_or_default();
    for (index, field) in manner.fields.iter().enumerate() {
        match index {
            0 => place(out, at, manner.places),
            _ => {
                let width = manner.places.map_or(0, |(_, width)| width);
                out.put(&b"          "[..width]);
            }
        }
        let count = manner.width / field.size;
        let spare = columns - (field.width() + 1) * count;
        let mut left = count;
        for bytes in block.chunks(field.size) {
            let text = field.show(bytes, manner.is_big);
            // What is left over in columns is spread over the fields.
            let pad = spare * left / count - spare * (left - 1) / count;
            left -= 1;
            for _ in 0..pad + 1 + field.width().saturating_sub(text.len()) {
                out.put(b" ");
            }
            out.put(text.as_bytes());
        }
        if field.with_text {
            let missing = (field.width() + 1) * left + spare * left / count;
            for _ in 0..missing {
                out.put(b" ");
            }
            out.put(b"  >");
            block.iter().for_each(|byte| out.put(&[dotted(*byte)]));
            out.put(b"<");
        }
        out.put(b"\n");
    }
}

/// Shows texts that a zero byte ends.
fn strings(io: &mut Io<'_>, names: &[&[u8]], part: Part, least: u64, places: Option<(u64, usize)>) -> Status {
    let mut text: Vec<u8> = Vec::new();
    let (status, _) = dump::blocks(io, names, part, &mut |io, at, block| {
        for (offset, byte) in (0..).zip(block) {
            match byte {
                0 if text.len() as u64 >= least => {
                    place(&mut io.out, at + offset - text.len() as u64, places);
                    if places.is_some() {
                        io.out.put(b" ");
                    }
                    io.out.put(&text);
                    io.out.put(b"\n");
                    text.clear();
                }
                b' '..=b'~' => text.push(*byte),
                _ => text.clear(),
            }
        }
    });
    status
}
