//! Settings as words: what they change.

use linux::fd::BorrowedFd;
use linux::terminal::{Termios, set_size, size};
use query::text::parse_decimal;

use super::modes::{ALIASES, CHARACTERS, MODES, Sane, TOGETHER};
use super::show;
use crate::{Io, Status, amount};

/// How deep words may stand for words: a table that goes in circles would else never end.
const DEPTH: usize = 3;

/// Changes settings as words say, and shows what they ask for; gives whether settings are to be set.
pub(super) fn apply(
    io: &mut Io<'_>,
    terminal: BorrowedFd<'_>,
    words: &[&[u8]],
    settings: &mut Termios,
) -> Result<bool, Status> {
    let mut changes = false;
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            b"size" => {
                let size = size(terminal).map_err(|errno| io.complain(b"size", &errno))?;
                show::numbers(io, &[size.rows.into(), size.columns.into()]);
            }
            b"speed" => show::numbers(io, &[settings.speeds().0]),
            // We always wait until what was written has gone out.
            b"drain" | b"-drain" => {}
            b"rows" | b"cols" | b"columns" => {
                let text = words.next().ok_or_else(|| io.misuse(word, "a number is expected"))?;
                let number = parse_decimal(text).and_then(|number| u16::try_from(number).ok());
                let number = number.ok_or_else(|| io.misuse(text, "is no number that fits"))?;
                let done = size(terminal).and_then(|mut now| {
                    *(if word == b"rows" { &mut now.rows } else { &mut now.columns }) = number;
                    set_size(terminal, now)
                });
                done.map_err(|errno| io.complain(word, &errno))?;
            }
            word => {
                let mut next = || words.next();
                if !one(word, &mut next, settings, DEPTH) {
                    return Err(io.misuse(word, "not a setting, or without a value that it needs"));
                }
                changes = true;
            }
        }
    }
    Ok(changes)
}

/// Applies one word, which may take the next; false if it is none.
fn one<'w>(
    word: &'w [u8],
    next: &mut dyn FnMut() -> Option<&'w [u8]>,
    settings: &mut Termios,
    depth: usize,
) -> bool {
    let Ok(text) = core::str::from_utf8(word) else { return false };
    let text = ALIASES.iter().find(|alias| alias.0 == text).map_or(text, |alias| alias.1);
    let (name, on) = match text.strip_prefix('-') {
        Some(name) => (ALIASES.iter().find(|alias| alias.0 == name).map_or(name, |alias| alias.1), false),
        None => (text, true),
    };
    if let Some(mode) = MODES.iter().find(|mode| mode.name == name && (on || mode.is_switch())) {
        mode.set(settings, on);
        return true;
    }
    if let Some((_, together)) =
        TOGETHER.iter().find(|row| row.0 == text || !on && row.0.strip_prefix('-') == Some(name))
    {
        let mut words = together.split(' ').map(str::as_bytes);
        while let Some(word) = words.next() {
            if depth == 0 || !one(word, &mut || words.next(), settings, depth - 1) {
                return false;
            }
        }
        return true;
    }
    if let Some(character) = CHARACTERS.iter().find(|character| character.name == text) {
        let value = next().and_then(|value| special(value, matches!(text, "min" | "time")));
        return value.map(|value| settings.set_character(character.index, value)).is_some();
    }
    match text {
        "sane" => sane(settings),
        "line" | "ispeed" | "ospeed" => {
            let Some(number) = next().and_then(parse_decimal).and_then(|number| u32::try_from(number).ok())
            else {
                return false;
            };
            let (out, into) = settings.speeds();
            match text {
                "line" => settings.set_discipline(number as u8),
                "ispeed" => return settings.set_speeds(out, if number == 0 { out } else { number }),
                _ => return settings.set_speeds(number, into),
            }
        }
        digits => match parse_decimal(digits.as_bytes()).and_then(|speed| u32::try_from(speed).ok()) {
            Some(speed) => return settings.set_speeds(speed, speed),
            None => return restore(digits, settings),
        },
    }
    true
}

/// Gives a special character: itself, `^X`, or a number; none is `^-` or `undef`.
fn special(value: &[u8], is_number: bool) -> Option<u8> {
    if is_number {
        return amount::parse_any(value).and_then(|number| u8::try_from(number).ok());
    }
    match value {
        b"^-" | b"undef" | b"" => Some(0),
        b"^?" => Some(0x7f),
        [b'^', letter] => Some(letter & 0x1f),
        [letter] => Some(*letter),
        number => amount::parse_any(number).and_then(|number| u8::try_from(number).ok()),
    }
}

fn sane(settings: &mut Termios) {
    for mode in MODES {
        match mode.sane {
            Sane::On => mode.set(settings, true),
            Sane::Off => mode.set(settings, false),
            Sane::Left => {}
        }
    }
    for character in CHARACTERS {
        settings.set_character(character.index, character.sane);
    }
}

/// Brings back what `-g` has shown; nothing changes, and false, if this is nothing of the kind.
fn restore(text: &str, settings: &mut Termios) -> bool {
    let mut restored = *settings;
    let mut fields = text.split(':').map(|field| u32::from_str_radix(field, 16));
    for word in [
        Termios::set_input as fn(&mut Termios, u32),
        Termios::set_output,
        Termios::set_control,
        Termios::set_local,
    ] {
        let Some(Ok(bits)) = fields.next() else { return false };
        word(&mut restored, bits);
    }
    let count = restored.characters().len();
    let mut index = 0;
    for field in fields {
        let Some(value) = field.ok().and_then(|value| u8::try_from(value).ok()) else { return false };
        restored.set_character(index, value);
        index += 1;
    }
    if index < count {
        return false;
    }
    *settings = restored;
    true
}
