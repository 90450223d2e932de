//! `seq`: GNU's. Numbers are decimal fractions, counted as whole numbers of their last place: no sum is ever rounded. Those in base 16
//! (`0x1f`, `0x1.8p3`) are such, too.

use alloc::vec::Vec;

use text::printf::{self, Surroundings};

use crate::{Applet, Flag, Io, NUMBER, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "seq",
    summary: "Print the numbers from FIRST (1) to LAST in steps of STEP (1)",
    usage: "[OPTION]... [FIRST [STEP]] LAST",
    flags: flags![
        Flag::with(b's', "separator", "TEXT", "what is between them (line feed)"),
        Flag::new(b'w', "equal-width", "zeros in front, so that all are as wide"),
        Flag::with(b'f', "format", "FORMAT", "how each is printed, as printf has it: %g, %.2f, %e"),
        Flag::number("a number below zero"),
    ],
    run: Run::Leading(run),
};

/// A decimal fraction: the whole number, and how many of its digits are behind the point.
#[derive(Clone, Copy)]
struct Decimal {
    value: i128,
    places: u32,
}

/// More digits than this are not counted with.
const DIGITS: usize = 36;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut numbers = [Decimal { value: 1, places: 0 }; 3];
    let [first, step, last] = &mut numbers;
    // All options come before the operands, so that those which are numbers are the first ones.
    let below = parsed.values(NUMBER).map(|word| (word, true));
    let words: Vec<_> = below.chain(parsed.operands.iter().map(|word| (*word, false))).collect();
    let places: &mut [&mut Decimal] = match words.len() {
        1 => &mut [last],
        2 => &mut [first, last],
        3 => &mut [first, step, last],
        _ => return Ok(parsed.usage(io)),
    };
    for (place, (word, is_below)) in places.iter_mut().zip(words) {
        match decimal(word) {
            Some(number) => {
                **place = Decimal { value: if is_below { -number.value } else { number.value }, ..number }
            }
            None => return Ok(io.misuse(word, "is no number, or has too many digits")),
        }
    }
    let format = parsed.value(b'f');
    if let Some(format) = format
        && !is_one_conversion(format)
    {
        return Ok(io.misuse(format, "is no format of one fraction: %a, %e, %f, %g"));
    }
    let Some(range) = Range::new(&numbers) else {
        return Ok(io.misuse(b"", "numbers too far apart"));
    };
    if range.step == 0 {
        return Ok(io.misuse(b"0", "is no step"));
    }
    range.print(io, parsed.value(b's').unwrap_or(b"\n"), parsed.has(b'w'), format);
    Ok(Status::SUCCESS)
}

/// The numbers, all with as many places.
struct Range {
    first: i128,
    step: i128,
    last: i128,
    places: u32,
    /// How many places are shown.
    shown: u32,
}

impl Range {
    fn new(numbers: &[Decimal; 3]) -> Option<Self> {
        let places = numbers.iter().map(|number| number.places).max()?;
        let scale = |number: &Decimal| number.value.checked_mul(10_i128.checked_pow(places - number.places)?);
        let [first, step, last] = numbers;
        let shown = first.places.max(step.places);
        Some(Self { first: scale(first)?, step: scale(step)?, last: scale(last)?, places, shown })
    }

    fn print(&self, io: &mut Io<'_>, between: &[u8], is_wide: bool, format: Option<&[u8]>) {
        let mut text = Vec::new();
        let width = match is_wide {
            true => self.width(self.first, &mut text).max(self.width(self.last, &mut text)),
            false => 0,
        };
        let mut number = self.first;
        let mut is_first = true;
        while if self.step > 0 { number <= self.last } else { number >= self.last } {
            if !is_first {
                io.out.put(between);
            }
            is_first = false;
            match format {
                None => self.write(number, self.shown, width, &mut text),
                Some(_) => self.write(number, self.places, 0, &mut text),
            }
            match format {
                None => io.out.put(&text),
                Some(format) => formatted(io, format, &text),
            }
            let Some(next) = number.checked_add(self.step) else { break };
            number = next;
            if io.out.is_broken() {
                return;
            }
        }
        if !is_first {
            io.out.put(b"\n");
        }
    }

    fn width(&self, number: i128, text: &mut Vec<u8>) -> usize {
        self.write(number, self.shown, 0, text);
        text.len()
    }

    /// Writes a number with so many places and zeros up to a width.
    fn write(&self, number: i128, shown: u32, width: usize, text: &mut Vec<u8>) {
        text.clear();
        if number < 0 {
            text.push(b'-');
        }
        let sign = text.len();
        let mut digits = number.unsigned_abs();
        // What is not shown is zero: the places of the last number alone.
        digits /= 10_u128.pow(self.places.saturating_sub(shown));
        let mut count = 0;
        while digits > 0 || count <= shown {
            if count == shown && shown > 0 {
                text.push(b'.');
            }
            text.push(b'0' + (digits % 10) as u8);
            digits /= 10;
            count += 1;
        }
        while text.len() < width {
            text.push(b'0');
        }
        if let Some(digits) = text.get_mut(sign..) {
            digits.reverse();
        }
    }
}

/// Prints a number by a format.
fn formatted(io: &mut Io<'_>, format: &[u8], text: &[u8]) {
    let mut around = Surroundings {
        is_utf8: false,
        is_strict: false,
        put: &mut |bytes| io.out.put(bytes),
        complain: &mut |_, _| (),
    };
    let _ = printf::print(format, &|at| (at == 0).then_some(text), &mut around);
}

/// Says whether a format has one conversion, of a fraction.
fn is_one_conversion(format: &[u8]) -> bool {
    let mut count = 0;
    let mut rest = format;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let [b'%', after @ ..] = rest {
            rest = after;
            continue;
        }
        let length = rest.iter().take_while(|byte| b"0123456789.+-# '".contains(byte)).count();
        rest = rest.get(length..).unwrap_or_default();
        if !matches!(rest.first(), Some(b'a' | b'e' | b'f' | b'g' | b'A' | b'E' | b'F' | b'G')) {
            return false;
        }
        count += 1;
    }
    count == 1
}

/// Reads a number, with a point and an exponent where it has them.
fn decimal(word: &[u8]) -> Option<Decimal> {
    let (digits, is_negative) = match word.trim_ascii_start() {
        [b'-', rest @ ..] => (rest, true),
        [b'+', rest @ ..] => (rest, false),
        text => (text, false),
    };
    let number = match digits {
        [b'0', b'x' | b'X', digits @ ..] => hexadecimal(digits)?,
        digits => plain(digits)?,
    };
    Some(Decimal { value: if is_negative { -number.value } else { number.value }, ..number })
}

/// Parts a number from its exponent, which is below `limit` either way.
fn exponent(text: &[u8], letters: [u8; 2], limit: i32) -> Option<(&[u8], i32)> {
    let Some(at) = text.iter().position(|byte| letters.contains(byte)) else { return Some((text, 0)) };
    let exponent = core::str::from_utf8(text.get(at + 1..)?).ok()?.parse::<i32>().ok()?;
    Some((text.get(..at)?, exponent)).filter(|_| exponent.abs() < limit)
}

/// Reads digits with a point among them: what they are without it, how many they are, and how many of them stand behind it.
fn digits(text: &[u8], base: u32) -> Option<(i128, usize, i32)> {
    let point = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
    let (mut value, mut count) = (0_i128, 0);
    for (_, byte) in text.iter().enumerate().filter(|(at, _)| *at != point) {
        value = value.checked_mul(base.into())?.checked_add(char::from(*byte).to_digit(base)?.into())?;
        count += 1;
    }
    (count > 0).then_some((value, count, text.len().saturating_sub(point + 1) as i32))
}

/// Reads digits, a point among them, and behind `e` a power of ten.
fn plain(text: &[u8]) -> Option<Decimal> {
    let (mantissa, exponent) = exponent(text, *b"eE", 40)?;
    let (value, _, behind) = digits(mantissa, 10).filter(|(_, count, _)| *count <= DIGITS)?;
    let behind = behind - exponent;
    let places = u32::try_from(behind).unwrap_or(0);
    let value = value.checked_mul(10_i128.checked_pow(u32::try_from(-behind).unwrap_or(0))?)?;
    Some(Decimal { value, places })
}

/// Reads what stands behind `0x`: digits, a point among them, and behind `p` a power of two.
fn hexadecimal(text: &[u8]) -> Option<Decimal> {
    let (mantissa, exponent) = exponent(text, *b"pP", 128)?;
    let (mut value, _, behind) = digits(mantissa, 16)?;
    let mut exponent = exponent - 4 * behind;
    while exponent < 0 && value % 2 == 0 {
        value /= 2;
        exponent += 1;
    }
    // A half is five tenths.
    let places = exponent.min(0).unsigned_abs();
    let factor = if exponent < 0 {
        5_i128.checked_pow(places)?
    } else {
        2_i128.checked_pow(exponent.unsigned_abs())?
    };
    Some(Decimal { value: value.checked_mul(factor)?, places })
}
