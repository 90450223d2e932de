//! Forms of `hexdump -e`: what is done with how many bytes, how often.

use alloc::format;
use alloc::vec::Vec;

use query::text::parse_decimal;

use crate::Output;
use crate::text::dump::dotted;
use crate::text::dump::field::{Field, Kind};

/// Forms that are applied to the same block, one after the other.
#[derive(Default)]
pub(super) struct Form(Vec<Vec<Unit>>);

/// A part of a form.
struct Unit {
    times: usize,
    items: Vec<Item>,
}

enum Item {
    Text(Vec<u8>),
    /// Bytes as a number or character.
    Bytes {
        size: usize,
        show: Show,
        width: usize,
        flags: Vec<u8>,
        precision: Option<usize>,
    },
    /// The place, in a base; at the end of all alone if that is said.
    Place {
        base: u64,
        is_last: bool,
        width: usize,
        flags: Vec<u8>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Number(Kind),
    Capitals,
    /// `%c`, `%_p`, `%_c`, `%_u`.
    Letter,
    Dotted,
    Escaped,
    Named,
    /// `%s`.
    Text,
}

type Parse<T> = Result<T, &'static str>;

impl Form {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives how many bytes make a block: as many as the form takes that takes most.
    pub(super) fn block(&self) -> usize {
        self.0.iter().map(|units| units.iter().map(Unit::size).sum()).max().unwrap_or(16).max(1)
    }

    /// Reads a form.
    pub(super) fn add(&mut self, text: &[u8]) -> Parse<()> {
        let mut units = Vec::new();
        let mut rest = text.trim_ascii_start();
        while !rest.is_empty() {
            let (times, behind) = number(rest)?;
            let (size, behind) = match behind {
                [b'/', behind @ ..] => number(behind)?,
                behind => (None, behind),
            };
            let Some(body) = behind.trim_ascii_start().strip_prefix(b"\"") else {
                return Err("has no text in quotation marks");
            };
            let end = closing(body).ok_or("has no end of its text")?;
            let (body, behind) = body.split_at(end);
            let items = items(body, size)?;
            units.push(Unit { times: times.unwrap_or(1), items });
            rest = behind.get(1..).unwrap_or_default().trim_ascii_start();
        }
        self.0.push(units);
        Ok(())
    }

    /// Shows a block.
    pub(super) fn show(&self, at: u64, block: &[u8], out: &mut Output<'_>) {
        for units in &self.0 {
            let mut used = 0;
            for unit in units.iter().filter(|unit| !unit.is_last()) {
                for round in 0..unit.times {
                    let is_end = unit.times > 1 && round + 1 == unit.times;
                    let mut line = Vec::new();
                    for (index, item) in unit.items.iter().enumerate() {
                        match item {
                            // The last of several has no blanks behind it.
                            Item::Text(text) if is_end && index + 1 == unit.items.len() => {
                                line.extend_from_slice(text.trim_ascii_end());
                            }
                            item => {
                                item.show(at + used as u64, block.get(used..).unwrap_or_default(), &mut line)
                            }
                        }
                        used += item.size();
                    }
                    out.put(&line);
                }
            }
        }
    }

    /// Shows what comes behind the last byte.
    pub(super) fn end(&self, at: u64, out: &mut Output<'_>) {
        for unit in self.0.iter().flatten().filter(|unit| unit.is_last()) {
            for item in &unit.items {
                match item {
                    Item::Text(text) => out.put(text),
                    Item::Place { base, width, flags, .. } => {
                        let mut digits = Vec::new();
                        query::text::radix(at, *base, &mut digits);
                        let mut line = Vec::new();
                        pad(&digits, *width, flags, &mut line);
                        out.put(&line);
                    }
                    Item::Bytes { .. } => {}
                }
            }
        }
    }
}

impl Unit {
    /// Says whether it is for the place behind the last byte.
    fn is_last(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Place { is_last: true, .. }))
    }

    fn size(&self) -> usize {
        self.times * self.items.iter().map(Item::size).sum::<usize>()
    }
}

impl Item {
    fn size(&self) -> usize {
        if let Self::Bytes { size, .. } = self { *size } else { 0 }
    }

    fn show(&self, at: u64, bytes: &[u8], line: &mut Vec<u8>) {
        match self {
            Self::Text(text) => line.extend_from_slice(text),
            Self::Place { is_last: true, .. } => {}
            Self::Place { base, width, flags, .. } => {
                let mut digits = Vec::new();
                query::text::radix(at, *base, &mut digits);
                pad(&digits, *width, flags, line);
            }
            Self::Bytes { size, show, width, flags, precision } => {
                let own = bytes.get(..*size).unwrap_or(bytes);
                match own {
                    [] => pad(b"", *width, b"", line),
                    own => pad(&show.text(own, *size, flags, *precision), *width, flags, line),
                }
            }
        }
    }
}

impl Show {
    fn text(self, bytes: &[u8], size: usize, flags: &[u8], precision: Option<usize>) -> Vec<u8> {
        let byte = bytes.first().copied().unwrap_or_default();
        let field = |kind| Field::new(kind, size).show(bytes, false).into_bytes();
        match self {
            Self::Number(Kind::Float) => field(Kind::Float),
            Self::Number(kind) => number_text(&field(kind), kind, flags, precision),
            Self::Capitals => number_text(&field(Kind::Hexadecimal), Kind::Hexadecimal, flags, precision)
                .to_ascii_uppercase(),
            Self::Letter => Vec::from([byte]),
            Self::Dotted => Vec::from([dotted(byte)]),
            Self::Escaped => field(Kind::Character),
            Self::Named => match byte {
                b' ' => Vec::from([b' ']),
                b'\n' => b"lf".to_vec(),
                128.. => format!("{byte:02x}").into_bytes(),
                _ => field(Kind::Named),
            },
            Self::Text => bytes.iter().take(precision.unwrap_or(size)).map(|byte| dotted(*byte)).collect(),
        }
    }
}

/// Gives digits with as many zeros before them as a precision asks for, and the mark of their base if that is wanted.
fn number_text(shown: &[u8], kind: Kind, flags: &[u8], precision: Option<usize>) -> Vec<u8> {
    let zeros = shown.iter().take_while(|byte| **byte == b'0').count().min(shown.len().saturating_sub(1));
    let digits = shown.get(zeros..).unwrap_or_default();
    let mut text = match kind {
        Kind::Hexadecimal if flags.contains(&b'#') => b"0x".to_vec(),
        Kind::Octal if flags.contains(&b'#') => b"0".to_vec(),
        _ => Vec::new(),
    };
    text.resize(text.len() + precision.unwrap_or(0).saturating_sub(digits.len()), b'0');
    text.extend_from_slice(digits);
    text
}

/// Fills a text up to a width.
fn pad(text: &[u8], width: usize, flags: &[u8], line: &mut Vec<u8>) {
    let fill = core::iter::repeat_n(
        if flags.contains(&b'0') { b'0' } else { b' ' },
        width.saturating_sub(text.len()),
    );
    if flags.contains(&b'-') {
        line.extend_from_slice(text);
        line.extend(fill.map(|_| b' '));
    } else {
        line.extend(fill);
        line.extend_from_slice(text);
    }
}

fn number(text: &[u8]) -> Parse<(Option<usize>, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let value =
        parse_decimal(digits).and_then(|value| usize::try_from(value).ok()).filter(|value| *value < 1 << 20);
    Ok((Some(value.ok_or("has a number that is too large")?), rest.trim_ascii_start()))
}

/// Finds the quotation mark that ends a text.
fn closing(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Reads the text of a unit, each of whose conversions takes so many bytes, if that is said.
fn items(body: &[u8], size: Option<usize>) -> Parse<Vec<Item>> {
    let mut items = Vec::new();
    let mut text = Vec::new();
    let mut rest = body;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (first, behind) {
            (b'\\', [letter, behind @ ..]) => {
                text.push(match letter {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    b'0' => 0,
                    letter => *letter,
                });
                rest = behind;
            }
            (b'%', [b'%', behind @ ..]) => {
                text.push(b'%');
                rest = behind;
            }
            (b'%', _) => {
                if !text.is_empty() {
                    items.push(Item::Text(core::mem::take(&mut text)));
                }
                let (item, behind) = conversion(behind, size)?;
                items.push(item);
                rest = behind;
            }
            (byte, _) => text.push(*byte),
        }
    }
    if !text.is_empty() {
        items.push(Item::Text(text));
    }
    Ok(items)
}

fn conversion(text: &[u8], size: Option<usize>) -> Parse<(Item, &[u8])> {
    let length = text.iter().take_while(|byte| b"#-+ 0".contains(byte)).count();
    let (flags, rest) = text.split_at(length);
    let (width, rest) = number(rest)?;
    let (precision, rest) = match rest {
        [b'.', rest @ ..] => number(rest)?,
        rest => (None, rest),
    };
    let (flags, width) = (flags.to_vec(), width.unwrap_or(0));
    if let [b'_', mark @ (b'a' | b'A'), base, rest @ ..] = rest {
        let base = match base {
            b'd' => 10,
            b'o' => 8,
            b'x' => 16,
            _ => return Err("has a place in no base: d, o or x"),
        };
        return Ok((Item::Place { base, is_last: *mark == b'A', width, flags }, rest));
    }
    let (show, usual, rest) = match rest {
        [b'_', b'p', rest @ ..] => (Show::Dotted, 1, rest),
        [b'_', b'c', rest @ ..] => (Show::Escaped, 1, rest),
        [b'_', b'u', rest @ ..] => (Show::Named, 1, rest),
        [b'c', rest @ ..] => (Show::Letter, 1, rest),
        [b's', rest @ ..] if size.or(precision).is_some() => (Show::Text, precision.unwrap_or(1), rest),
        [b's', ..] => return Err("has %s without a number of bytes"),
        [b'd' | b'i', rest @ ..] => (Show::Number(Kind::Signed), 4, rest),
        [b'u', rest @ ..] => (Show::Number(Kind::Unsigned), 4, rest),
        [b'o', rest @ ..] => (Show::Number(Kind::Octal), 4, rest),
        [b'x', rest @ ..] => (Show::Number(Kind::Hexadecimal), 4, rest),
        [b'X', rest @ ..] => (Show::Capitals, 4, rest),
        [b'e' | b'E' | b'f' | b'g' | b'G', rest @ ..] => (Show::Number(Kind::Float), 8, rest),
        _ => return Err("has a conversion that there is not"),
    };
    let size = size.unwrap_or(usual);
    let fits = match show {
        Show::Number(Kind::Float) => matches!(size, 4 | 8),
        Show::Number(_) | Show::Capitals => matches!(size, 1 | 2 | 4 | 8),
        Show::Text => size > 0,
        _ => size == 1,
    };
    if !fits {
        return Err("takes a number of bytes that its conversion does not");
    }
    Ok((Item::Bytes { size, show, width, flags, precision }, rest))
}
