//! `printf`: the format is used again as long as there are words.

use alloc::vec::Vec;

use text::escape::{self, Zero, unescape};
use text::fraction::{Form, Number};

use crate::parse::formula;
use crate::run::{Run, Shell, Status};
use crate::syntax::Bytes;

/// What a conversion says.
#[derive(Default)]
struct Conversion {
    left: bool,
    sign: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// A width or a precision above this is a mistake.
const WIDEST: i64 = 1 << 20;

struct Printer<'w> {
    words: &'w [Bytes],
    next: usize,
    /// Where the words of this turn of the format begin.
    begin: usize,
    /// Which of them the conversion takes, from 0, if it says so.
    named: Option<usize>,
    out: Vec<u8>,
    status: Status,
    /// Whether `\c` has ended the output.
    is_ended: bool,
}

pub(super) fn printf(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let rest = match words {
        [_, mark, rest @ ..] if &**mark == b"--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let Some((format, arguments)) = rest.split_first() else {
        return Ok(shell.misuse(words, b"", "a format is missing"));
    };
    let mut printer = Printer {
        words: arguments,
        next: 0,
        begin: 0,
        named: None,
        out: Vec::new(),
        status: 0,
        is_ended: false,
    };
    loop {
        let before = printer.next;
        printer.begin = before;
        if let Err(conversion) = printer.format(shell, format) {
            let out = core::mem::take(&mut printer.out);
            shell.put(&out);
            return Ok(shell.misuse(words, &conversion, "is no conversion"));
        }
        if printer.is_ended || printer.next >= arguments.len() || printer.next == before {
            break;
        }
        let out = core::mem::take(&mut printer.out);
        shell.put(&out);
    }
    shell.put(&printer.out);
    Ok(printer.status)
}

impl<'w> Printer<'w> {
    /// Takes the next word, or the one that the conversion names, if there is one.
    fn word(&mut self) -> Option<&'w Bytes> {
        let at = self.named.take().map_or(self.next, |number| self.begin + number);
        self.next = self.next.max(at + 1);
        self.words.get(at)
    }

    /// Takes the number of a word, `2$`, if one comes.
    fn name_word(&mut self, format: &[u8], at: &mut usize) {
        let (number, digits) = escape::number(format.get(*at..).unwrap_or_default(), 10, 9);
        if number > 0 && format.get(*at + digits) == Some(&b'$') {
            *at += digits + 1;
            self.named = Some(number as usize - 1);
        }
    }

    /// Prints the format once; gives back a conversion that is none.
    fn format(&mut self, shell: &mut Shell<'_>, format: &[u8]) -> Result<(), Vec<u8>> {
        let mut rest = format;
        while !rest.is_empty() && !self.is_ended {
            let length = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
            let (plain, after) = rest.split_at(length);
            if !plain.is_empty() {
                self.is_ended = !unescape(plain, Zero::Bare, &mut self.out);
            }
            rest = after;
            if let [b'%', b'%', after @ ..] = rest {
                self.out.push(b'%');
                rest = after;
            } else if !rest.is_empty() && !self.is_ended {
                rest = self.conversion(shell, rest)?;
            }
        }
        Ok(())
    }

    /// Prints a conversion; gives what is behind it.
    fn conversion<'f>(&mut self, shell: &mut Shell<'_>, format: &'f [u8]) -> Result<&'f [u8], Vec<u8>> {
        let mut spec = Conversion::default();
        let mut at = 1;
        self.name_word(format, &mut at);
        let named = self.named.take();
        while let Some(flag) = format.get(at) {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.sign = true,
                b' ' => spec.blank = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zero = true,
                _ => break,
            }
            at += 1;
        }
        if let Some(width) = self.size(shell, format, &mut at) {
            spec.left |= width < 0;
            spec.width = width.unsigned_abs() as usize;
        }
        if format.get(at) == Some(&b'.') {
            at += 1;
            spec.precision = Some(0);
            if let Some(precision) = self.size(shell, format, &mut at) {
                spec.precision = usize::try_from(precision).ok();
            }
        }
        while matches!(format.get(at), Some(b'l' | b'h' | b'j' | b'z' | b't' | b'L' | b'q')) {
            at += 1;
        }
        self.named = named;
        let Some(kind) = format.get(at) else { return Err(format.to_vec()) };
        match kind {
            b's' | b'b' | b'c' => self.text(*kind, &spec),
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => self.number(shell, *kind, &spec),
            b'e' | b'f' | b'g' | b'E' | b'F' | b'G' => self.float(shell, *kind, &spec),
            _ => return Err(format.get(..=at).unwrap_or(format).to_vec()),
        }
        Ok(format.get(at + 1..).unwrap_or_default())
    }

    /// Reads a width or a precision, which may be a word's.
    fn size(&mut self, shell: &mut Shell<'_>, format: &[u8], at: &mut usize) -> Option<i64> {
        if format.get(*at) == Some(&b'*') {
            *at += 1;
            self.name_word(format, at);
            let word = self.word().cloned().unwrap_or_default();
            return Some(self.integer(shell, &word).clamp(-WIDEST, WIDEST));
        }
        let (value, digits) = escape::number(format.get(*at..).unwrap_or_default(), 10, 9);
        *at += digits;
        (digits > 0).then_some(i64::from(value).min(WIDEST))
    }

    fn text(&mut self, kind: u8, spec: &Conversion) {
        let word = self.word().cloned().unwrap_or_default();
        let mut text = word.to_vec();
        match kind {
            b'c' => text.truncate(1),
            b'b' => {
                text.clear();
                self.is_ended = !unescape(&word, Zero::Prefixed, &mut text);
            }
            _ => {}
        }
        if let Some(precision) = spec.precision {
            text.truncate(precision);
        }
        self.pad(b"", &text, spec, false);
    }

    fn number(&mut self, shell: &mut Shell<'_>, kind: u8, spec: &Conversion) {
        let word = self.word().cloned();
        let value = word.map_or(0, |word| self.integer(shell, &word));
        let bits = value.cast_unsigned();
        let mut digits = match kind {
            b'd' | b'i' => alloc::format!("{}", value.unsigned_abs()),
            b'u' => alloc::format!("{bits}"),
            b'o' => alloc::format!("{bits:o}"),
            b'x' => alloc::format!("{bits:x}"),
            _ => alloc::format!("{bits:X}"),
        };
        if let Some(precision) = spec.precision {
            while digits.len() < precision {
                digits.insert(0, '0');
            }
            if precision == 0 && bits == 0 {
                digits.clear();
            }
        }
        let prefix: &[u8] = match kind {
            b'd' | b'i' if value < 0 => b"-",
            b'd' | b'i' if spec.sign => b"+",
            b'd' | b'i' if spec.blank => b" ",
            b'o' if spec.alternate && !digits.starts_with('0') => b"0",
            b'x' if spec.alternate && bits != 0 => b"0x",
            b'X' if spec.alternate && bits != 0 => b"0X",
            _ => b"",
        };
        self.pad(prefix, digits.as_bytes(), spec, spec.precision.is_none());
    }

    fn float(&mut self, shell: &mut Shell<'_>, kind: u8, spec: &Conversion) {
        let word = self.word().cloned().unwrap_or_default();
        let value = self.fraction(shell, &word);
        let form = match kind.to_ascii_lowercase() {
            b'e' => Form::Exponential,
            b'g' => Form::General,
            _ => Form::Fixed,
        };
        let mut digits = value.digits(form, spec.precision.unwrap_or(6), spec.alternate);
        if kind.is_ascii_uppercase() {
            digits.make_ascii_uppercase();
        }
        let sign: &[u8] = match value.is_negative {
            true => b"-",
            false if spec.sign => b"+",
            false if spec.blank => b" ",
            false => b"",
        };
        self.pad(sign, &digits, spec, value.has_digits());
    }

    /// Reads a number with a fraction; else it is a whole one.
    fn fraction(&mut self, shell: &mut Shell<'_>, word: &[u8]) -> Number {
        let text = word.trim_ascii_start();
        match Number::parse(text) {
            Some((value, length)) if length == text.len() => value,
            _ => Number::whole(self.integer(shell, word)),
        }
    }

    /// Adds a text, as wide as it is to be; zeros come behind the prefix.
    fn pad(&mut self, prefix: &[u8], text: &[u8], spec: &Conversion, may_be_zeros: bool) {
        let missing = spec.width.saturating_sub(prefix.len() + text.len());
        let zeros = spec.zero && may_be_zeros && !spec.left;
        let fill = |out: &mut Vec<u8>, byte| out.resize(out.len() + missing, byte);
        if !spec.left && !zeros {
            fill(&mut self.out, b' ');
        }
        self.out.extend_from_slice(prefix);
        if zeros {
            fill(&mut self.out, b'0');
        }
        self.out.extend_from_slice(text);
        if spec.left {
            fill(&mut self.out, b' ');
        }
    }

    /// Reads a number as C does; a quote stands before a character whose number is meant.
    fn integer(&mut self, shell: &mut Shell<'_>, word: &[u8]) -> i64 {
        if let [b'\'' | b'"', rest @ ..] = word {
            let matcher = shell.matcher();
            let first = rest.get(..matcher.width(rest)).unwrap_or_default();
            let decoded = str::from_utf8(first).ok().and_then(|text| text.chars().next());
            return decoded.map_or_else(
                || rest.first().map_or(0, |byte| i64::from(*byte)),
                |letter| i64::from(u32::from(letter)),
            );
        }
        let trimmed = word.trim_ascii_start();
        let (digits, negative) = match trimmed {
            [b'-', rest @ ..] => (rest, true),
            [b'+', rest @ ..] => (rest, false),
            _ => (trimmed, false),
        };
        // As far as it is a number, as peers do.
        let base = if matches!(digits, [b'0', b'x' | b'X', ..]) { 2 } else { 0 };
        let is_digit = |byte: &&u8| if base == 2 { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
        let count = base + digits.iter().skip(base).take_while(is_digit).count();
        let value = digits.get(..count).and_then(formula::constant);
        if value.is_none() || count != digits.len() {
            let reason = if value.is_none() { "a number was expected" } else { "not all of it is a number" };
            shell.complain(&[b"printf: ", word].concat(), &reason);
            self.status = 1;
        }
        let value = value.unwrap_or(0);
        if negative { value.wrapping_neg() } else { value }
    }
}
