//! Settings as they are shown.

use alloc::vec::Vec;

use linux::terminal::{Size, Termios};
use query::Json;
use query::text::{decimal, radix};

use super::Form;
use super::modes::{CHARACTERS, MODES, Sane, Word};
use crate::Io;

/// GNU's has room for so many special characters, and takes no fewer and no more.
const SAVED: usize = 32;

pub(super) fn show(io: &mut Io<'_>, form: Form, settings: &Termios, size: Option<Size>) {
    match form {
        Form::Saved => {
            io.out.put(&saved(settings));
            io.out.put(b"\n");
        }
        Form::Json => json(io, settings, size),
        Form::All | Form::Changed => {
            let width =
                io.out.columns().or_else(|| size.map(|size| size.columns.into())).filter(|width| *width > 0);
            let mut lines = Lines { width: width.unwrap_or(80), at: 0, text: Vec::new() };
            people(&mut lines, settings, size.filter(|_| form == Form::All), form == Form::All);
            io.out.put(&lines.text);
        }
    }
}

/// Writes numbers in a line.
pub(super) fn numbers(io: &mut Io<'_>, numbers: &[u32]) {
    for (index, number) in numbers.iter().enumerate() {
        io.out.put(if index > 0 { b" " } else { b"" });
        io.out.number((*number).into());
    }
    io.out.put(b"\n");
}

/// Gives the form that brings all back.
pub(super) fn saved(settings: &Termios) -> Vec<u8> {
    let words = [settings.input(), settings.output(), settings.control(), settings.local()];
    let characters =
        settings.characters().iter().map(|byte| u32::from(*byte)).chain(core::iter::repeat(0)).take(SAVED);
    let mut text = Vec::new();
    for (index, number) in words.into_iter().chain(characters).enumerate() {
        if index > 0 {
            text.push(b':');
        }
        radix(number.into(), 16, &mut text);
    }
    text
}

/// Text in lines that fit the terminal.
struct Lines {
    width: usize,
    at: usize,
    text: Vec<u8>,
}

impl Lines {
    /// Adds a part, which is not torn.
    fn add(&mut self, parts: &[&[u8]]) {
        let part = parts.concat();
        if self.at > 0 {
            let fits = self.at + 1 + part.len() < self.width;
            self.text.push(if fits { b' ' } else { b'\n' });
            self.at = if fits { self.at + 1 } else { 0 };
        }
        self.at += part.len();
        self.text.extend_from_slice(&part);
    }

    fn end(&mut self) {
        if self.at > 0 {
            self.text.push(b'\n');
            self.at = 0;
        }
    }
}

fn digits(number: u32) -> Vec<u8> {
    let mut text = Vec::new();
    decimal(number.into(), &mut text);
    text
}

fn people(lines: &mut Lines, settings: &Termios, size: Option<Size>, is_all: bool) {
    let (out, into) = settings.speeds();
    if out == into {
        lines.add(&[b"speed ", &digits(out), b" baud;"]);
    } else {
        lines.add(&[b"ispeed ", &digits(into), b" baud;"]);
        lines.add(&[b"ospeed ", &digits(out), b" baud;"]);
    }
    if let Some(size) = size {
        lines.add(&[b"rows ", &digits(size.rows.into()), b";"]);
        lines.add(&[b"columns ", &digits(size.columns.into()), b";"]);
    }
    lines.add(&[b"line = ", &digits(settings.discipline().into()), b";"]);
    lines.end();
    // min and time count only where lines are not edited.
    let edits = settings.local() & linux::terminal::bits::ICANON != 0;
    for character in CHARACTERS {
        let value = settings.characters().get(character.index).copied().unwrap_or(0);
        let is_number = matches!(character.name, "min" | "time");
        let is_shown = is_all || if is_number { !edits } else { value != character.sane };
        if is_shown {
            let text = if is_number { digits(value.into()) } else { spelled(value) };
            lines.add(&[character.name.as_bytes(), b" = ", &text, b";"]);
        }
    }
    lines.end();
    for word in Word::ALL {
        for mode in MODES.iter().filter(|mode| mode.word == word) {
            let is_on = mode.is_on(settings);
            let is_shown = match (mode.is_switch(), mode.sane) {
                (false, sane) => is_on && (is_all || sane == Sane::Left && !is_usual(mode.name)),
                (true, _) if is_all => true,
                (true, Sane::On) => !is_on,
                (true, Sane::Off) => is_on,
                (true, Sane::Left) => false,
            };
            if is_shown {
                lines.add(&[if is_on { b"" } else { b"-" }, mode.name.as_bytes()]);
            }
        }
        lines.end();
    }
}

/// Says whether one of several, of which `sane` makes none, is no news: the size of characters.
fn is_usual(name: &str) -> bool {
    name.starts_with("cs")
}

/// A special character as people write it.
fn spelled(value: u8) -> Vec<u8> {
    match value {
        0 => b"<undef>".to_vec(),
        0x80.. => [b"M-", spelled_low(value & 0x7f).as_slice()].concat(),
        low => spelled_low(low),
    }
}

fn spelled_low(value: u8) -> Vec<u8> {
    match value {
        0x7f => b"^?".to_vec(),
        0..0x20 => [b'^', value | 0x40].to_vec(),
        plain => [plain].to_vec(),
    }
}

/// One object: numbers, and an object each for the special characters and the modes.
fn json(io: &mut Io<'_>, settings: &Termios, size: Option<Size>) {
    let mut json = Json::new(&mut io.out);
    json.array();
    json.line();
    json.object();
    let (out, into) = settings.speeds();
    json.field_number("output_speed", out.into());
    json.field_number("input_speed", into.into());
    json.field_number("rows", size.map_or(0, |size| size.rows.into()));
    json.field_number("columns", size.map_or(0, |size| size.columns.into()));
    json.key("characters");
    json.object();
    for character in CHARACTERS {
        json.field_number(
            character.name,
            settings.characters().get(character.index).copied().unwrap_or(0).into(),
        );
    }
    json.end_object();
    json.key("modes");
    json.object();
    for mode in MODES {
        json.key(mode.name);
        json.boolean(mode.is_on(settings));
    }
    json.end_object();
    json.end_object();
    json.end_array();
    json.end();
}
