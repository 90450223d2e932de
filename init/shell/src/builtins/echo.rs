//! `echo`: POSIX leaves options and backslashes open; as BusyBox's, this one knows `-n`, `-e` and `-E`, and backslashes mean
//! something after `-e` only.

use alloc::vec::Vec;

use crate::run::{Run, Shell};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn echo(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let mut words = words.get(1..).unwrap_or_default();
    let (mut ends_line, mut escapes) = (true, false);
    while let Some((first, rest)) = words.split_first() {
        let Some(letters) = first.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else { break };
        if !letters.iter().all(|letter| matches!(letter, b'n' | b'e' | b'E')) {
            break;
        }
        for letter in letters {
            match letter {
                b'n' => ends_line = false,
                letter => escapes = *letter == b'e',
            }
        }
        words = rest;
    }
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            shell.put(b" ");
        }
        if !escapes {
            shell.put(word);
            continue;
        }
        let mut done = Vec::new();
        let goes_on = unescape(word, Zero::Prefixed, &mut done);
        shell.put(&done);
        if !goes_on {
            return Ok(0);
        }
    }
    if ends_line {
        shell.put(b"\n");
    }
    Ok(0)
}

/// How octal numbers are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zero {
    /// `\0123`, as `echo` and `%b` have it.
    Prefixed,
    /// `\123`, as the format of `printf` has it.
    Bare,
}

/// Adds a text with its escapes taken as what they stand for; false at `\c`, which ends all output.
pub(super) fn unescape(mut word: &[u8], zero: Zero, into: &mut Vec<u8>) -> bool {
    while let Some(at) = word.iter().position(|byte| *byte == b'\\') {
        let (plain, rest) = word.split_at(at);
        into.extend_from_slice(plain);
        let after = rest.get(2..).unwrap_or_default();
        word = match rest.get(1).copied() {
            Some(b'c') => return false,
            Some(b'\\') => {
                into.push(b'\\');
                after
            }
            Some(b'e') => {
                into.push(27);
                after
            }
            Some(b'0') if zero == Zero::Prefixed => {
                let (value, digits) = text::number(after, 8, 3);
                into.push(value as u8);
                after.get(digits..).unwrap_or_default()
            }
            Some(b'0'..=b'7') => {
                let digits = rest.get(1..).unwrap_or_default();
                let (value, count) = text::number(digits, 8, 3);
                into.push(value as u8);
                digits.get(count..).unwrap_or_default()
            }
            Some(b'x') if text::number(after, 16, 2).1 > 0 => {
                let (value, digits) = text::number(after, 16, 2);
                into.push(value as u8);
                after.get(digits..).unwrap_or_default()
            }
            Some(letter) => {
                match text::control(letter) {
                    Some(byte) => into.push(byte),
                    None => into.extend_from_slice(&[b'\\', letter]),
                }
                after
            }
            None => {
                into.push(b'\\');
                &[]
            }
        };
    }
    into.extend_from_slice(word);
    true
}
