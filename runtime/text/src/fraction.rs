//! Numbers with fractions as C reads and prints them: those that 64 bits hold (IEEE 754 binary64), every digit exact.
//!
//! What `core` has for this brings 35 KiB of tables and code for speed; here whole numbers of any size do it.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::big::Big;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// Whether there is a minus before it; zero may have one, too.
    pub is_negative: bool,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    /// The first, times two to the power of the second.
    Finite(u64, i32),
    Infinite,
    NoNumber,
}

/// How digits are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `12.5`: so many digits behind the point.
    Fixed,
    /// `1.25e+01`: so many digits behind the point.
    Exponential,
    /// Whichever is shorter, with so many digits in all.
    General,
}

/// Bits of the mantissa, and the exponents of the least and beyond the greatest number.
const MANTISSA: u32 = 53;
const LEAST: i32 = -1074;
const GREATEST: i32 = 1024;

/// Decimal digits that can matter: more only say on which side of a middle the number is.
const DIGITS: usize = 800;

impl Number {
    /// Makes one of a whole number.
    pub fn whole(value: i64) -> Self {
        Self { is_negative: value < 0, size: nearest(&Big::new(value.unsigned_abs()), 0, false) }
    }

    /// Reads a number as far as a text is one; gives it and how many bytes it takes.
    pub fn parse(text: &[u8]) -> Option<(Self, usize)> {
        let sign = usize::from(matches!(text.first(), Some(b'-' | b'+')));
        let is_negative = text.first() == Some(&b'-');
        let rest = text.get(sign..).unwrap_or_default();
        let begins = |word: &[u8]| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        let words = [("infinity", Size::Infinite), ("inf", Size::Infinite), ("nan", Size::NoNumber)];
        let word = words.into_iter().find(|(word, _)| begins(word.as_bytes()));
        let (size, length) = match word {
            Some((word, size)) => (size, word.len()),
            None => decimal(rest)?,
        };
        Some((Self { is_negative, size }, sign + length))
    }

    /// Says whether it has digits, so that zeros may stand before them.
    pub fn has_digits(&self) -> bool {
        matches!(self.size, Size::Finite(..))
    }

    /// Says which of two is less: what is no number is less than all, and zeros of either sign are equal.
    pub fn order(&self, other: &Self) -> Ordering {
        // The highest bit of the mantissa in its place, exponents tell sizes apart.
        let size = |number: &Self| match number.size {
            Size::NoNumber => (0, 0, 0),
            Size::Finite(0, _) => (1, 0, 0),
            Size::Finite(mantissa, exponent) => {
                let zeros = mantissa.leading_zeros();
                (2, exponent - zeros as i32, mantissa << zeros)
            }
            Size::Infinite => (3, 0, 0),
        };
        let sign = |number: &Self| match (number.size, number.is_negative) {
            (Size::NoNumber, _) => -2,
            (Size::Finite(0, _), _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        let (first, second) = if self.is_negative { (other, self) } else { (self, other) };
        sign(self).cmp(&sign(other)).then_with(|| size(first).cmp(&size(second)))
    }

    /// Gives its digits in base 16, without a sign, as C's `%a` has them: as many behind the point as are asked for or needed; `keeps` a
    /// point that nothing follows.
    pub fn hexadecimal(&self, precision: Option<usize>, keeps: bool) -> Vec<u8> {
        match self.size {
            Size::Finite(mantissa, exponent) => hexadecimal(mantissa, exponent, precision, keeps),
            Size::Infinite => b"inf".to_vec(),
            Size::NoNumber => b"nan".to_vec(),
        }
    }

    /// Gives its digits, without a sign; `keeps` a point that nothing follows, and zeros at the end.
    pub fn digits(&self, form: Form, precision: usize, keeps: bool) -> Vec<u8> {
        let (mantissa, exponent) = match self.size {
            Size::Finite(mantissa, exponent) => (mantissa, exponent),
            Size::Infinite => return b"inf".to_vec(),
            Size::NoNumber => return b"nan".to_vec(),
        };
        let mut whole = Big::new(mantissa);
        let behind = exponent.min(0).unsigned_abs();
        if exponent >= 0 {
            whole.shift(exponent.unsigned_abs());
        } else {
            whole.multiply_by_five_to(behind);
        }
        let exact = Exact { digits: whole.decimal(), behind: behind as usize };
        match form {
            Form::Fixed => exact.fixed(precision, keeps),
            Form::Exponential => exact.exponential(precision, keeps).0,
            Form::General => exact.general(precision.max(1), keeps),
        }
    }
}

/// Gives the digits of a number in base 16 as C's `%a` has them, `0x1.8p+1`: one of those behind the point for each four bits of the
/// mantissa, as many as are asked for or needed.
fn hexadecimal(mantissa: u64, exponent: i32, precision: Option<usize>, keeps: bool) -> Vec<u8> {
    const FRACTION: u32 = MANTISSA - 1;
    // The highest bit stands before the point, unless the number is less than all that have one there.
    let zeros =
        (MANTISSA as i32 - (u64::BITS - mantissa.leading_zeros()) as i32).min(exponent - LEAST).max(0);
    let (mut bits, mut power) = (mantissa << zeros, exponent - zeros + FRACTION as i32);
    if mantissa == 0 {
        power = 0;
    }
    if let Some(drop) = precision.and_then(|digits| FRACTION.checked_sub(4 * u32::try_from(digits).ok()?)) {
        let half = 1_u64 << drop >> 1;
        let (kept, dropped) = (bits >> drop, bits & ((1 << drop) - 1));
        let above = dropped > half || dropped == half && half > 0 && kept & 1 == 1;
        bits = (kept + u64::from(above)) << drop;
    }
    let mut text = alloc::format!("{:013x}", bits & ((1 << FRACTION) - 1)).into_bytes();
    let needed = text.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    text.resize(precision.unwrap_or(needed), b'0');
    let point = if keeps || !text.is_empty() { "." } else { "" };
    let mut digits = alloc::format!("0x{:x}{point}", bits >> FRACTION).into_bytes();
    digits.append(&mut text);
    digits.extend_from_slice(alloc::format!("p{power:+}").as_bytes());
    digits
}

/// Reads digits, a point, an exponent.
fn decimal(text: &[u8]) -> Option<(Size, usize)> {
    let mut value = Big::default();
    let (mut scale, mut count, mut significant) = (0_i64, 0, 0);
    let (mut at, mut is_behind, mut is_inexact) = (0, false, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'.' if !is_behind => is_behind = true,
            b'0'..=b'9' => {
                count += 1;
                if significant < DIGITS {
                    significant += usize::from(significant > 0 || *byte != b'0');
                    value.scale(10, u32::from(byte - b'0'));
                    scale -= i64::from(is_behind);
                } else {
                    is_inexact |= *byte != b'0';
                    scale += i64::from(!is_behind);
                }
            }
            _ => break,
        }
        at += 1;
    }
    if count == 0 {
        return None;
    }
    if let Some((exponent, length)) = exponent(text.get(at..).unwrap_or_default()) {
        scale += exponent;
        at += length;
    }
    // Beyond these there is nothing but zero and infinity.
    let size = match scale + significant as i64 {
        _ if value.is_zero() => Size::Finite(0, 0),
        311.. => Size::Infinite,
        ..-330 => Size::Finite(0, 0),
        _ => scaled(value, scale as i32, is_inexact),
    };
    Some((size, at))
}

/// Reads `e`, a sign and digits.
fn exponent(text: &[u8]) -> Option<(i64, usize)> {
    let [b'e' | b'E', rest @ ..] = text else { return None };
    let (is_negative, sign) = match rest.first() {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    };
    let digits = rest.iter().skip(sign).take_while(|byte| byte.is_ascii_digit());
    let (count, value) = digits.fold((0, 0_i64), |(count, value), byte| {
        (count + 1, (value * 10 + i64::from(byte - b'0')).min(1 << 40))
    });
    (count > 0).then_some((if is_negative { -value } else { value }, 1 + sign + count))
}

/// Gives what is nearest to a number times a power of ten.
fn scaled(mut value: Big, scale: i32, is_inexact: bool) -> Size {
    let power = scale.unsigned_abs();
    if scale >= 0 {
        value.multiply_by_ten_to(power);
        return nearest(&value, 0, is_inexact);
    }
    // Enough bits that the quotient has more than the mantissa: ten is less than two to the fourth.
    let bits = power * 4 + 64;
    value.shift(bits);
    let is_inexact = value.divide_by_ten_to(power) | is_inexact;
    nearest(&value, -(bits as i32), is_inexact)
}

/// Gives what is nearest to a number times a power of two, the even one of two that are equally near.
fn nearest(value: &Big, exponent: i32, is_inexact: bool) -> Size {
    let surplus = (value.bits() as i32 - MANTISSA as i32).max(LEAST - exponent).max(0);
    let drop = surplus.unsigned_abs();
    let kept = (drop..value.bits()).rev().fold(0, |kept, at| kept << 1 | u64::from(value.bit(at)));
    let half = drop > 0 && value.bit(drop - 1);
    let above = half && (is_inexact || kept & 1 == 1 || (0..drop - 1).any(|at| value.bit(at)));
    let (mantissa, exponent) = (kept + u64::from(above), exponent + surplus);
    if u64::BITS as i32 - mantissa.leading_zeros() as i32 + exponent > GREATEST {
        return Size::Infinite;
    }
    Size::Finite(mantissa, exponent)
}

/// Decimal digits, and how many of them stand behind the point.
struct Exact {
    digits: Vec<u8>,
    behind: usize,
}

impl Exact {
    /// Gives the first digits, rounded, and zeros for those that there are not; one more if rounding carries over.
    fn rounded(&self, count: usize) -> Vec<u8> {
        let mut kept = self.digits.get(..count).unwrap_or(&self.digits).to_vec();
        let dropped = self.digits.get(kept.len()..).unwrap_or_default();
        kept.resize(count, b'0');
        let (first, others) = dropped.split_first().unwrap_or((&b'0', &[]));
        let is_odd = kept.last().is_some_and(|last| last & 1 == 1);
        let above = *first > b'5' || *first == b'5' && (is_odd || others.iter().any(|digit| *digit != b'0'));
        if above {
            let nines = kept.iter().rev().take_while(|digit| **digit == b'9').count();
            let at = kept.len() - nines;
            kept.iter_mut().skip(at).for_each(|digit| *digit = b'0');
            match at.checked_sub(1).and_then(|at| kept.get_mut(at)) {
                Some(digit) => *digit += 1,
                None => kept.insert(0, b'1'),
            }
        }
        kept
    }

    fn fixed(&self, precision: usize, keeps: bool) -> Vec<u8> {
        // As many digits as come before the point, and those behind it; what is less than the first of these leaves none.
        let wanted = self.digits.len() + precision;
        let mut digits = match wanted.checked_sub(self.behind) {
            Some(count) => self.rounded(count),
            None => Vec::new(),
        };
        let missing = (precision + 1).saturating_sub(digits.len());
        digits.splice(0..0, core::iter::repeat_n(b'0', missing));
        let point = digits.len() - precision;
        if precision > 0 || keeps {
            digits.insert(point, b'.');
        }
        digits
    }

    /// Gives the digits and the exponent.
    fn exponential(&self, precision: usize, keeps: bool) -> (Vec<u8>, i64) {
        let mut exponent = match self.digits.len() {
            0 => 0,
            count => count as i64 - self.behind as i64 - 1,
        };
        let mut digits = self.rounded(precision + 1);
        if digits.len() > precision + 1 {
            digits.pop();
            exponent += 1;
        }
        if precision > 0 || keeps {
            digits.insert(1, b'.');
        }
        let size = exponent.unsigned_abs();
        digits.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        if size >= 100 {
            digits.push(b'0' + (size / 100) as u8);
        }
        digits.extend([b'0' + (size / 10 % 10) as u8, b'0' + (size % 10) as u8]);
        (digits, exponent)
    }

    fn general(&self, precision: usize, keeps: bool) -> Vec<u8> {
        let (long, exponent) = self.exponential(precision - 1, keeps);
        let is_fixed = (-4..precision as i64).contains(&exponent);
        let mut text =
            if is_fixed { self.fixed((precision as i64 - 1 - exponent) as usize, keeps) } else { long };
        if keeps {
            return text;
        }
        let end = text.iter().position(|byte| *byte == b'e').unwrap_or(text.len());
        let tail = text.split_off(end);
        if text.contains(&b'.') {
            let zeros = text.iter().rev().take_while(|digit| **digit == b'0').count();
            text.truncate(text.len() - zeros);
            if text.last() == Some(&b'.') {
                text.pop();
            }
        }
        text.extend(tail);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, form: Form, precision: usize, keeps: bool) -> String {
        let (number, length) = Number::parse(text.as_bytes()).unwrap();
        assert_eq!(length, text.len(), "{text}");
        String::from_utf8(number.digits(form, precision, keeps)).unwrap()
    }

    #[test]
    fn numbers_are_those_that_core_reads_and_prints() {
        let texts = [
            "0",
            "1",
            ".5",
            "1.",
            "0.1",
            "2.5",
            "3.5",
            "0.5",
            "1.5",
            "9.5",
            "99.95",
            "123456789.987654321",
            "1e22",
            "1e23",
            "5e-324",
            "2.4e-324",
            "2.5e-324",
            "4.9e-324",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "9007199254740993",
            "9007199254740992.5",
            "9007199254740993.0000000001",
            "0.000001",
            "6.02214076e+23",
            "1e-5",
            "8.5e15",
            "1e310",
            "1e-400",
            "0e999999999999999999999",
            "179769313486231570000000000000000000000000000000000000000000000000",
            "000000000000000000000000.0001",
        ];
        for text in texts {
            let value: f64 = text.parse().unwrap();
            if value.is_infinite() {
                assert_eq!(printed(text, Form::Fixed, 0, false), "inf");
                continue;
            }
            for precision in [0, 1, 2, 6, 17, 30, 400, 1100] {
                assert_eq!(
                    printed(text, Form::Fixed, precision, false),
                    format!("{value:.precision$}"),
                    "{text}"
                );
                let ours =
                    printed(text, Form::Exponential, precision, false).replace("e+", "e").replace("e0", "e");
                let theirs = format!("{value:.precision$e}");
                assert_eq!(ours.replace("e-0", "e-").replace("e0", "e"), theirs.replace("e0", "e"), "{text}");
            }
        }
    }

    #[test]
    fn numbers_at_random_are_those_of_core() {
        let mut seed = 7_u64;
        for _ in 0..2000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(seed ^ seed >> 33);
            if !value.is_finite() {
                continue;
            }
            let text = format!("{:e}", value.abs());
            assert_eq!(printed(&text, Form::Fixed, 3, false), format!("{:.3}", value.abs()), "{text}");
            assert_eq!(printed(&text, Form::Fixed, 1080, false), format!("{:.1080}", value.abs()), "{text}");
        }
    }

    #[test]
    fn the_general_form_is_as_c_has_it() {
        for (text, precision, expected) in [
            ("0", 6, "0"),
            ("100000", 6, "100000"),
            ("1000000", 6, "1e+06"),
            ("999999.5", 6, "1e+06"),
            ("0.0001", 6, "0.0001"),
            ("0.00001", 6, "1e-05"),
            ("1.50", 6, "1.5"),
            ("123.456", 2, "1.2e+02"),
            ("123.456", 0, "1e+02"),
            ("1e-300", 3, "1e-300"),
        ] {
            assert_eq!(printed(text, Form::General, precision, false), expected);
        }
        assert_eq!(printed("1.5", Form::General, 4, true), "1.500");
        assert_eq!(printed("2", Form::Fixed, 0, true), "2.");
    }

    #[test]
    fn base_16_is_as_c_has_it() {
        for (text, precision, expected) in [
            ("1", None, "0x1p+0"),
            ("3.14", None, "0x1.91eb851eb851fp+1"),
            ("3.14", Some(2), "0x1.92p+1"),
            ("1e-320", None, "0x0.00000000007e8p-1022"),
            ("0", None, "0x0p+0"),
            ("0", Some(3), "0x0.000p+0"),
            ("1.5", Some(0), "0x2p+0"),
            ("2.5", Some(0), "0x1p+1"),
            ("1.97", Some(1), "0x2.0p+0"),
            ("0.5", Some(15), "0x1.000000000000000p-1"),
            ("inf", Some(2), "inf"),
        ] {
            let (number, _) = Number::parse(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(number.hexadecimal(precision, false)).unwrap(), expected, "{text}");
        }
        assert_eq!(Number::whole(1).hexadecimal(None, true), b"0x1.p+0");
    }

    #[test]
    fn what_is_no_number_ends_one() {
        let read = |text: &str| Number::parse(text.as_bytes()).map(|(_, length)| length);
        assert_eq!(read("1.5x"), Some(3));
        assert_eq!(read("-2e+x"), Some(2));
        assert_eq!(read("1e5e"), Some(3));
        assert_eq!(read("infinite"), Some(3));
        assert_eq!(read("-Infinity"), Some(9));
        assert_eq!(read("."), None);
        assert_eq!(read("-"), None);
        assert_eq!(read("e5"), None);
        let (long, length) = Number::parse("3".repeat(5000).as_bytes()).unwrap();
        assert_eq!((long.digits(Form::Fixed, 0, false), length), (b"inf".to_vec(), 5000));
    }

    #[test]
    fn whole_numbers_are_rounded_to_the_mantissa() {
        assert_eq!(Number::whole(i64::MIN).digits(Form::Fixed, 1, false), b"9223372036854775808.0");
        assert_eq!(Number::whole(9_007_199_254_740_993).digits(Form::Fixed, 0, false), b"9007199254740992");
        assert!(Number::whole(-1).is_negative && Number::whole(0).has_digits());
    }
}
