//! The values of options: numbers and times, or the word that is none.

use core::time::Duration;

use query::text::parse_decimal;

use crate::{Failure, Io, span};

/// Reads a number, if there is a word, of at most this.
pub(super) fn number(io: &mut Io<'_>, word: Option<&[u8]>, most: u64) -> Result<Option<u64>, Failure> {
    let Some(word) = word else { return Ok(None) };
    let number = parse_decimal(word).filter(|number| *number <= most);
    number.map(Some).ok_or_else(|| io.misuse(word, "not a number, or too large").into())
}

/// Reads a time, if there is a word.
pub(super) fn time(io: &mut Io<'_>, word: Option<&[u8]>) -> Result<Option<Duration>, Failure> {
    let Some(word) = word else { return Ok(None) };
    span::parse(word).map(Some).ok_or_else(|| io.misuse(word, "not a time").into())
}
