//! `-printf` and `-ls`.

use alloc::string::String;
use alloc::vec::Vec;

use linux::fs::{FileKind, Metadata, Timestamp, device_number};
use linux::path::PATH_BYTES;
use query::text::decimal;
use time::{Moment, SystemTime};

use super::super::mode::letters;
use super::super::printing::{Field, escape, in_base, pad};
use super::super::stat::kind_letter;
use super::State;
use super::expression::Time;
use super::files::Place;
use super::test::{At, system_kind};
use crate::Io;

/// Prints in a form of the user's own.
pub(super) fn format(
    io: &mut Io<'_>,
    format: &[u8],
    place: Place,
    at: &mut At<'_, '_>,
    state: &mut State<'_>,
) {
    let (mut text, mut rest) = (Vec::new(), format);
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\\' if rest.first() == Some(&b'c') => break,
            b'\\' => {
                let (byte, count) = escape(rest);
                rest = rest.get(count..).unwrap_or_default();
                text.push(byte);
            }
            b'%' => {
                let (mut field, mut after) = Field::parse(rest);
                // What are two letters to `stat` is one here.
                if field.modifier != 0 {
                    field.letter = field.modifier;
                    after = rest.get(field.text.len() - 1..).unwrap_or_default();
                }
                rest = directive(&field, after, at, state, &mut text);
            }
            byte => text.push(byte),
        }
    }
    state.status = state.status.and(state.files.put(io, place, &text));
}

/// Writes what a directive stands for; gives what is behind it.
fn directive<'f>(
    field: &Field<'_>,
    rest: &'f [u8],
    at: &mut At<'_, '_>,
    state: &mut State<'_>,
    out: &mut Vec<u8>,
) -> &'f [u8] {
    let mut text = Vec::new();
    let time_of = match field.letter {
        b'A' => Some(Time::Accessed),
        b'B' => Some(Time::Born),
        b'C' => Some(Time::Changed),
        b'T' => Some(Time::Modified),
        _ => None,
    };
    let mut after = rest;
    // The times have a second letter.
    if let (Some(of), Some((&letter, behind))) = (time_of, rest.split_first()) {
        after = behind;
        let time = at.metadata().ok().and_then(|data| at.time(&data, of));
        if let Some(time) = time {
            moment(time, &time_pattern(letter), state, &mut text);
        }
    } else if !of_place(field.letter, at, &mut text) && !of_file(field, at, state, &mut text) {
        text = [b"%", field.text].concat();
    }
    // Numbers have no part that could be left out.
    if let Some(most) = field.precision.filter(|_| !b"sbkUGniDdm".contains(&field.letter)) {
        text.truncate(most);
    }
    pad(&text, field, out);
    after
}

/// Gives what is known without a look at the file; false if there is none of this letter.
fn of_place(letter: u8, at: &At<'_, '_>, out: &mut Vec<u8>) -> bool {
    let path = at.visit.path;
    let (named, below) = path.split_at(at.named.min(path.len()));
    match letter {
        b'%' => out.push(b'%'),
        b'p' => out.extend_from_slice(path),
        b'f' => out.extend_from_slice(at.name()),
        b'd' => decimal(at.visit.depth as u64, out),
        b'h' => {
            let slash = path.iter().rposition(|&byte| byte == b'/');
            out.extend_from_slice(slash.map_or(b".", |slash| path.get(..slash).unwrap_or_default()));
        }
        b'H' => out.extend_from_slice(named),
        b'P' => out.extend_from_slice(below.strip_prefix(b"/").unwrap_or(below)),
        b'y' => out.push(letter_of(at.visit.kind)),
        // A link that leads nowhere.
        b'Y' => out.push(at.other_kind_known().map_or(b'N', letter_of)),
        b'l' if at.visit.kind == FileKind::Symlink => {
            out.extend_from_slice(at.target(&mut [0; PATH_BYTES]).unwrap_or_default());
        }
        b'l' => {}
        _ => return false,
    }
    true
}

fn letter_of(kind: FileKind) -> u8 {
    if kind == FileKind::Regular { b'f' } else { kind_letter(kind) }
}

/// Gives what a look at the file tells, nothing of one that cannot be looked at; false if there is none of this letter.
fn of_file(field: &Field<'_>, at: &mut At<'_, '_>, state: &mut State<'_>, out: &mut Vec<u8>) -> bool {
    const LETTERS: &[u8] = b"sbkmMugUGniDFact";
    let Ok(data) = at.metadata() else { return LETTERS.contains(&field.letter) };
    match field.letter {
        b's' => decimal(data.size(), out),
        b'b' => decimal(data.blocks(), out),
        b'k' => decimal(data.blocks().div_ceil(2), out),
        b'm' => in_base(data.permissions().bits().into(), 8, field, out),
        b'M' => {
            out.push(kind_letter(data.kind()));
            out.extend_from_slice(&letters(data.mode_bits()));
        }
        b'u' => out.extend_from_slice(&state.names().user(data.user())),
        b'g' => out.extend_from_slice(&state.names().group(data.group())),
        b'U' => decimal(data.user().into(), out),
        b'G' => decimal(data.group().into(), out),
        b'n' => decimal(data.links().into(), out),
        b'i' => decimal(data.inode(), out),
        b'D' => decimal(device_number(data.device().0, data.device().1).into(), out),
        b'F' => out.extend_from_slice(&system_kind(data.device(), state)),
        b'a' => moment(data.accessed(), &time_pattern(b'c'), state, out),
        b'c' => moment(data.changed(), &time_pattern(b'c'), state, out),
        b't' => moment(data.modified(), &time_pattern(b'c'), state, out),
        _ => return false,
    }
    true
}

/// Gives the pattern for a letter behind `%A`, `%C` or `%T`: those of `strftime`, with fractions of seconds of ten digits.
fn time_pattern(letter: u8) -> String {
    let pattern = match letter {
        b'@' => "%s.%N0",
        b'+' => "%Y-%m-%d+%H:%M:%S.%N0",
        b'c' => "%a %b %e %H:%M:%S.%N0 %Y",
        b'r' => "%I:%M:%S.%N0 %p",
        b'S' => "%S.%N0",
        b'T' | b'X' => "%H:%M:%S.%N0",
        letter => return ['%', letter.into()].into_iter().collect(),
    };
    pattern.into()
}

fn moment(time: Timestamp, pattern: &str, state: &State<'_>, out: &mut Vec<u8>) {
    let time = SystemTime::new(time.seconds, time.nanoseconds);
    time::format::format(pattern, &Moment::of(time, &state.zone), out);
}

/// Prints as `ls -dils` does.
pub(super) fn list(io: &mut Io<'_>, place: Place, at: &mut At<'_, '_>, state: &mut State<'_>) {
    /// Half a year; of what is older, and of what is yet to come, the year is shown.
    const RECENT: i64 = 15_778_476;
    let data = match at.metadata() {
        Ok(data) => data,
        Err(errno) => {
            super::test::fail(io, state, at.visit.path, errno);
            return;
        }
    };
    let age = state.now.seconds - data.modified().seconds;
    let mut form = b"%9i %6k %M %3n %-8u %-8g ".to_vec();
    size(&data, &mut form);
    form.extend_from_slice(if (0..RECENT).contains(&age) {
        b" %Tb %Te %TH:%TM %p"
    } else {
        b" %Tb %Te  %TY %p"
    });
    form.extend_from_slice(if at.visit.kind == FileKind::Symlink { b" -> %l\n" } else { b"\n" });
    format(io, &form, place, at, state);
}

/// Gives the form of a size; of devices their numbers.
fn size(data: &Metadata, form: &mut Vec<u8>) {
    if !matches!(data.kind(), FileKind::BlockDevice | FileKind::CharacterDevice) {
        return form.extend_from_slice(b"%8s");
    }
    let (major, minor) = data.special_device();
    let mut numbers = Vec::new();
    decimal(major.into(), &mut numbers);
    numbers.extend_from_slice(b", ");
    decimal(minor.into(), &mut numbers);
    form.resize(form.len() + 8_usize.saturating_sub(numbers.len()), b' ');
    form.extend_from_slice(&numbers);
}
