//! Words and numbers of the kernel's text files: how every decoder of this folder moves on.

use crate::time::Duration;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// A position in text.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a>(Cursor<'a>);

impl<'a> Words<'a> {
    /// Starts at the first byte.
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self(Cursor::new(text))
    }

    /// Gives what has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0.rest()
    }

    /// Makes the error of this place.
    pub(crate) const fn error(&self, expected: Expected) -> Error {
        self.0.error(expected)
    }

    /// Reads what stands before a byte, and the byte.
    pub(crate) fn until(&mut self, end: u8, expected: Expected) -> Result<&'a [u8], Error> {
        let at = self.rest().iter().position(|&byte| byte == end).ok_or(self.error(expected))?;
        let before = self.0.take(at, expected)?;
        self.0.u8(expected)?;
        Ok(before)
    }

    /// Reads a line without its end; nothing at the end of the text.
    pub(crate) fn line(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = self.0.take(length, Expected::EndOfLine).ok()?;
        // The last line may have no end.
        let _ = self.0.u8(Expected::EndOfLine);
        Some(line)
    }

    /// Reads a word: skips spaces, tabs and line feeds, and stops before the next.
    pub(crate) fn word(&mut self, expected: Expected) -> Result<&'a [u8], Error> {
        let rest = self.rest();
        let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.0.take(spaces, expected)?;
        let length = self.rest().iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        if length == 0 {
            return Err(self.error(expected));
        }
        self.0.take(length, expected)
    }

    /// Reads a word that is a number.
    pub(crate) fn number<T: TryFrom<u64>>(&mut self, expected: Expected) -> Result<T, Error> {
        let before = *self;
        let number = decimal(self.word(expected)?).and_then(|number| T::try_from(number).ok());
        number.ok_or(before.error(expected))
    }

    /// Reads a word that is a number, possibly below zero.
    pub(crate) fn signed(&mut self, expected: Expected) -> Result<i64, Error> {
        let before = *self;
        let word = self.word(expected)?;
        let number = match word.strip_prefix(b"-") {
            Some(digits) => decimal(digits).and_then(|number| 0i64.checked_sub_unsigned(number)),
            None => decimal(word).and_then(|number| i64::try_from(number).ok()),
        };
        number.ok_or(before.error(expected))
    }

    /// Reads a word that is a number with two decimals, as hundredths.
    pub(crate) fn hundredths(&mut self, expected: Expected) -> Result<u64, Error> {
        let before = *self;
        let word = self.word(expected)?;
        let number = match word {
            [whole @ .., b'.', tens, ones] => decimal(whole).and_then(|whole| {
                let part = decimal(&[*tens, *ones])?;
                whole.checked_mul(100)?.checked_add(part)
            }),
            _ => None,
        };
        number.ok_or(before.error(expected))
    }

    /// Reads a word that is a number of seconds with two decimals.
    pub(crate) fn seconds(&mut self, expected: Expected) -> Result<Duration, Error> {
        let hundredths = self.hundredths(expected)?;
        Ok(Duration::new(hundredths / 100, (hundredths % 100) as u32 * 10_000_000))
    }
}

/// Reads digits; nothing for anything else or beyond 64 bits.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    let number = digits.iter().try_fold(0u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    });
    number.filter(|_| !digits.is_empty())
}

/// Holds a reader against its sample cut at every length, and with every byte damaged: nothing may panic.
#[cfg(test)]
pub(crate) fn torture(sample: &[u8], read: impl Fn(&[u8])) {
    for length in 0..=sample.len() {
        read(&sample[..length]);
    }
    let mut damaged = sample.to_vec();
    for at in 0..sample.len() {
        for byte in [0, b'\n', b' ', b'-', b'9', b')', 0xff] {
            damaged[at] = byte;
            read(&damaged);
        }
        damaged[at] = sample[at];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_say_what_and_where() {
        let mut words = Words::new(b"12 -7\t300 x 1.25 1.5\nlast");
        assert_eq!(words.number::<u32>(Expected::ProcessId), Ok(12));
        assert_eq!(words.signed(Expected::Number), Ok(-7));
        assert_eq!(words.number::<u8>(Expected::Number), Err(Error::new(Expected::Number, 5)));
        assert_eq!(words.number::<u8>(Expected::Number), Err(Error::new(Expected::Number, 9)));
        assert_eq!(words.seconds(Expected::Time), Ok(Duration::from_millis(1250)));
        assert_eq!(words.seconds(Expected::Time), Err(Error::new(Expected::Time, 16)));
        assert_eq!(words.line(), Some(&b""[..]));
        assert_eq!(words.line(), Some(&b"last"[..]));
        assert_eq!(words.line(), None);
        assert_eq!(words.word(Expected::Word), Err(Error::new(Expected::Word, 25)));
        assert_eq!(Words::new(b"-9223372036854775808").signed(Expected::Number), Ok(i64::MIN));
    }
}
