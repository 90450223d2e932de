//! `printf`'s format, which is used again as long as there are words: POSIX's (XBD 5), with words of a number (`2$`) and the
//! conversions of fractions, and `%q` for words of a shell.

use alloc::vec::Vec;

use crate::character;
use crate::escape::{self, Zero, unescape};
use crate::fraction::{Form, Number};
use crate::quote::quote;

/// What a format has beside its words.
pub struct Surroundings<'s> {
    /// Whether a character is one of UTF-8, in the number of `'x`.
    pub is_utf8: bool,
    /// Whether it is a mistake, as GNU's has it, if `\x` has no digit, or if `\u` has not 4, `\U` not 8, or their number is that of
    /// half a character of UTF-16; else what stands for nothing stays as it is, as in shells.
    pub is_strict: bool,
    /// Takes what is printed.
    pub put: &'s mut dyn FnMut(&[u8]),
    /// Is told of a word that is not the number that is wanted, and why.
    pub complain: &'s mut dyn FnMut(&[u8], &str),
}

/// Prints words by a format; says whether all numbers were such. `word` gives the words by their place.
///
/// # Errors
/// A conversion or, where that is a mistake, an escape that there is not; what comes before it has been printed.
pub fn print<'w>(
    format: &[u8],
    word: &dyn Fn(usize) -> Option<&'w [u8]>,
    around: &mut Surroundings<'_>,
) -> Result<bool, Vec<u8>> {
    let mut printer = Printer {
        word,
        around,
        next: 0,
        begin: 0,
        named: None,
        out: Vec::new(),
        succeeds: true,
        is_ended: false,
    };
    loop {
        let before = printer.next;
        printer.begin = before;
        let result = printer.format(format);
        (printer.around.put)(&printer.out);
        printer.out.clear();
        result?;
        if printer.is_ended || printer.next == before || word(printer.next).is_none() {
            return Ok(printer.succeeds);
        }
    }
}

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

struct Printer<'p, 'w, 's> {
    word: &'p dyn Fn(usize) -> Option<&'w [u8]>,
    around: &'p mut Surroundings<'s>,
    next: usize,
    /// Where the words of this turn of the format begin.
    begin: usize,
    /// Which of them the conversion takes, from 0, if it says so.
    named: Option<usize>,
    out: Vec<u8>,
    succeeds: bool,
    /// Whether `\c` has ended the output.
    is_ended: bool,
}

impl<'w> Printer<'_, 'w, '_> {
    /// Takes the next word, or the one that the conversion names, if there is one.
    fn word(&mut self) -> Option<&'w [u8]> {
        let at = self.named.take().map_or(self.next, |number| self.begin + number);
        self.next = self.next.max(at + 1);
        (self.word)(at)
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
    fn format(&mut self, format: &[u8]) -> Result<(), Vec<u8>> {
        let mut rest = format;
        while !rest.is_empty() && !self.is_ended {
            let length = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
            let (plain, after) = rest.split_at(length);
            if !plain.is_empty() {
                self.unescape(plain, Zero::Bare)?;
            }
            rest = after;
            if let [b'%', b'%', after @ ..] = rest {
                self.out.push(b'%');
                rest = after;
            } else if !rest.is_empty() && !self.is_ended {
                rest = self.conversion(rest)?;
            }
        }
        Ok(())
    }

    /// Prints a conversion; gives what is behind it.
    fn conversion<'f>(&mut self, format: &'f [u8]) -> Result<&'f [u8], Vec<u8>> {
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
                // Thousands of a language: that of C has none.
                b'\'' => {}
                _ => break,
            }
            at += 1;
        }
        if let Some(width) = self.size(format, &mut at) {
            spec.left |= width < 0;
            spec.width = width.unsigned_abs() as usize;
        }
        if format.get(at) == Some(&b'.') {
            at += 1;
            spec.precision = Some(0);
            if let Some(precision) = self.size(format, &mut at) {
                spec.precision = usize::try_from(precision).ok();
            }
        }
        while matches!(format.get(at), Some(b'l' | b'h' | b'j' | b'z' | b't' | b'L')) {
            at += 1;
        }
        self.named = named;
        let Some(kind) = format.get(at) else { return Err(format.to_vec()) };
        match kind {
            b's' | b'b' | b'c' | b'q' => self.text(*kind, &spec)?,
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => self.number(*kind, &spec),
            b'a' | b'e' | b'f' | b'g' | b'A' | b'E' | b'F' | b'G' => self.float(*kind, &spec),
            _ => return Err(format.get(..=at).unwrap_or(format).to_vec()),
        }
        Ok(format.get(at + 1..).unwrap_or_default())
    }

    /// Reads a width or a precision, which may be a word's.
    fn size(&mut self, format: &[u8], at: &mut usize) -> Option<i64> {
        if format.get(*at) == Some(&b'*') {
            *at += 1;
            self.name_word(format, at);
            let word = self.word().unwrap_or(b"0");
            return Some(self.integer(word, i128::from(WIDEST)) as i64);
        }
        let (value, digits) = escape::number(format.get(*at..).unwrap_or_default(), 10, 9);
        *at += digits;
        (digits > 0).then_some(i64::from(value).min(WIDEST))
    }

    /// Adds a text with its escapes taken as what they stand for.
    fn unescape(&mut self, text: &[u8], zero: Zero) -> Result<(), Vec<u8>> {
        let is_strict = self.around.is_strict;
        let is_own = |letter: u8, rest: &[u8]| match letter {
            b'u' | b'U' => true,
            letter => is_strict && letter == b'x' && !rest.first().is_some_and(u8::is_ascii_hexdigit),
        };
        let mut rest = text;
        while !rest.is_empty() && !self.is_ended {
            let (plain, escape) = escape::split(rest, &is_own);
            self.is_ended = !unescape(plain, zero, &mut self.out);
            rest = match escape {
                [_, letter @ (b'u' | b'U'), digits @ ..] if !self.is_ended => {
                    self.code_point(*letter, digits)?
                }
                [_, letter, ..] if !self.is_ended => return Err([b'\\', *letter].to_vec()),
                _ => break,
            };
        }
        Ok(())
    }

    /// Adds the character of which `\u` or `\U` gives the number, in UTF-8; gives what is behind its digits. All of them must be
    /// there where mistakes are such; a number beyond all characters stays as it is.
    fn code_point<'t>(&mut self, letter: u8, digits: &'t [u8]) -> Result<&'t [u8], Vec<u8>> {
        let most = if letter == b'u' { 4 } else { 8 };
        let (number, count) = escape::number(digits, 16, most);
        let (digits, rest) = digits.split_at(count);
        let escape = [&[b'\\', letter][..], digits].concat();
        match char::from_u32(number).filter(|_| count > 0) {
            _ if self.around.is_strict && count < most => return Err(escape),
            Some(character) => self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None if self.around.is_strict && number < 0x11_0000 => return Err(escape),
            None => self.out.extend_from_slice(&escape),
        }
        Ok(rest)
    }

    fn text(&mut self, kind: u8, spec: &Conversion) -> Result<(), Vec<u8>> {
        let word = self.word().unwrap_or_default();
        let mut text = word.to_vec();
        match kind {
            // Of an empty word the first character is what C's strings end with.
            b'c' => text.resize(1, 0),
            b'b' => {
                let start = self.out.len();
                self.unescape(word, Zero::Prefixed)?;
                text = self.out.split_off(start);
            }
            _ => {}
        }
        if kind == b'q' {
            text.clear();
            quote(word, self.around.is_utf8, &mut text);
        } else if let Some(precision) = spec.precision {
            text.truncate(precision);
        }
        self.pad(b"", &text, spec, false);
        Ok(())
    }

    fn number(&mut self, kind: u8, spec: &Conversion) {
        let is_signed = matches!(kind, b'd' | b'i');
        let word = self.word();
        let most = if is_signed { i128::from(i64::MAX) } else { i128::from(u64::MAX) };
        let value = word.map_or(0, |word| self.integer(word, most));
        // Below zero, what has no sign is printed as the bits of the number.
        let bits = if is_signed { value.unsigned_abs() as u64 } else { value as u64 };
        let mut digits = match kind {
            b'o' => alloc::format!("{bits:o}"),
            b'x' => alloc::format!("{bits:x}"),
            b'X' => alloc::format!("{bits:X}"),
            _ => alloc::format!("{bits}"),
        };
        if let Some(precision) = spec.precision {
            digits.insert_str(0, &"0".repeat(precision.saturating_sub(digits.len())));
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

    fn float(&mut self, kind: u8, spec: &Conversion) {
        let word = self.word().unwrap_or(b"0");
        let value = self.fraction(word);
        let decimal = |form| value.digits(form, spec.precision.unwrap_or(6), spec.alternate);
        let mut digits = match kind.to_ascii_lowercase() {
            b'a' => value.hexadecimal(spec.precision, spec.alternate),
            b'e' => decimal(Form::Exponential),
            b'g' => decimal(Form::General),
            _ => decimal(Form::Fixed),
        };
        if kind.is_ascii_uppercase() {
            digits.make_ascii_uppercase();
        }
        let sign: &[u8] = match value.is_negative {
            true => b"-",
            false if spec.sign => b"+",
            false if spec.blank => b" ",
            false => b"",
        };
        // Zeros come behind the base, too.
        let (base, digits) =
            digits.split_at(if kind.eq_ignore_ascii_case(&b'a') && value.has_digits() { 2 } else { 0 });
        self.pad(&[sign, base].concat(), digits, spec, value.has_digits());
    }

    /// Reads a number with a fraction; else it is a whole one.
    fn fraction(&mut self, word: &[u8]) -> Number {
        let text = word.trim_ascii_start();
        match Number::parse(text) {
            Some((value, length)) if length == text.len() => value,
            _ => Number::whole(self.integer(word, i128::from(i64::MAX)) as i64),
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

    /// Reads a number as C does, as far as the word is one; a quote stands before a character whose number is meant. One
    /// beyond the most is that.
    fn integer(&mut self, word: &[u8], most: i128) -> i128 {
        if let [b'\'' | b'"', rest @ ..] = word {
            let first = rest.get(..character::width(rest, self.around.is_utf8)).unwrap_or_default();
            return character::number(first).into();
        }
        let trimmed = word.trim_ascii_start();
        let (digits, is_negative) = match trimmed {
            [b'-', rest @ ..] => (rest, true),
            [b'+', rest @ ..] => (rest, false),
            _ => (trimmed, false),
        };
        let (digits, base) = match digits {
            [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
            [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
            _ => (digits, 10),
        };
        let mut value = 0_i128;
        let mut count = 0;
        for byte in digits {
            let Some(digit) = char::from(*byte).to_digit(base) else { break };
            value = (value * i128::from(base) + i128::from(digit)).min(1 << 65);
            count += 1;
        }
        let value = if is_negative { -value } else { value };
        let range = i128::from(i64::MIN).max(-most - 1)..=most;
        let reason = match count {
            // As everywhere: a word that is empty is no mistake.
            0 if word.is_empty() => return 0,
            0 => "a number was expected",
            _ if count < digits.len() => "not all of it is a number",
            _ if !range.contains(&value) => "is too large",
            _ => return value,
        };
        (self.around.complain)(word, reason);
        self.succeeds = false;
        value.clamp(*range.start(), *range.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what is printed, and the reasons of complaints.
    fn printed(format: &str, words: &[&str]) -> (String, Vec<String>) {
        let (mut out, mut reasons) = (Vec::new(), Vec::new());
        let mut around = Surroundings {
            is_utf8: true,
            is_strict: format.starts_with('!'),
            put: &mut |bytes| out.extend_from_slice(bytes),
            complain: &mut |word, reason| reasons.push(format!("{}: {reason}", word.escape_ascii())),
        };
        let word = |at: usize| words.get(at).map(|word| word.as_bytes());
        if let Err(conversion) = print(format.as_bytes(), &word, &mut around) {
            reasons.push(conversion.escape_ascii().to_string());
        }
        (String::from_utf8_lossy(&out).into_owned(), reasons)
    }

    #[test]
    fn a_format_is_used_again_as_long_as_there_are_words() {
        assert_eq!(printed("%s-%d\n", &["a", "1", "b"]).0, "a-1\nb-0\n");
        assert_eq!(printed("%2$s%1$s.", &["a", "b", "c", "d"]).0, "ba.dc.");
        assert_eq!(printed("none", &["a"]).0, "none");
    }

    #[test]
    fn numbers_beyond_what_they_may_be_are_the_most_and_said() {
        let text = |number: &str| vec![format!("{number}: is too large")];
        let large = "9223372036854775808";
        assert_eq!(printed("%d", &[large]), (i64::MAX.to_string(), text(large)));
        assert_eq!(printed("%u", &[large]), (large.to_owned(), vec![]));
        assert_eq!(printed("%d", &["-9223372036854775808"]), (i64::MIN.to_string(), vec![]));
        assert_eq!(printed("%x", &["-1"]).0, "ffffffffffffffff");
    }

    #[test]
    fn an_escape_without_digits_stays_or_is_a_mistake() {
        assert_eq!(printed(r"a\\x\xg\x", &[]), (r"a\x\xg\x".to_owned(), vec![]));
        let refused = vec![r"\\x".to_owned()];
        assert_eq!(printed(r"!a\x41\\x\xg", &[]), (r"!aA\x".to_owned(), refused.clone()));
        assert_eq!(printed(r"!%b.", &[r"a\x"]), ("!a".to_owned(), refused));
        assert_eq!(printed(r"!a\cb\x", &[]), ("!a".to_owned(), vec![]));
    }

    #[test]
    fn numbers_of_characters() {
        assert_eq!(printed(r"\u00e9\U0001f600 %b", &[r"\u20ac\0101"]).0, "é\u{1f600} €A");
        assert_eq!(
            printed(r"\u9|\u00e91\U41 \u \U\ud800\U110000\\u41", &[]).0,
            "\t|é1A \\u \\U\\ud800\\U110000\\u41"
        );
        assert_eq!(printed(r"!\u0041\U00110000.", &[]).0, r"!A\U00110000.");
        for (format, escape) in
            [(r"!a\u12g", r"\\u12"), (r"!a\U0001f60", r"\\U0001f60"), (r"!a\udfff.", r"\\udfff")]
        {
            assert_eq!(printed(format, &[]), ("!a".to_owned(), vec![escape.to_owned()]));
        }
        assert_eq!(printed(r"!%b.", &[r"a\c\u1"]).0, "!a");
    }

    #[test]
    fn words_of_a_shell() {
        assert_eq!(printed("%q %6q|%q", &["a b", "c", ""]).0, "'a b'      c|''");
    }

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        assert_eq!(printed("%d %d %d %d", &["0x1F", "017", "'é", "+5"]).0, "31 15 233 5");
        assert_eq!(
            printed("%d", &["12a"]),
            ("12".to_owned(), vec!["12a: not all of it is a number".to_owned()])
        );
        assert_eq!(printed("%d", &[""]), ("0".to_owned(), vec![]));
        assert_eq!(printed("%d", &["x"]), ("0".to_owned(), vec!["x: a number was expected".to_owned()]));
    }
}
