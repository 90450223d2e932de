//! `hexdump` (BSD's and util-linux's).

mod form;

use alloc::vec::Vec;

use super::dump::field::{Field, Kind};
use super::dump::{self, Part, Repeats, Shown, dotted};
use crate::amount;
use crate::source;
use crate::{Applet, Flag, Flags, Io, Keeps, Outcome, Output, Parsed, Run, Status};
use form::Form;

pub(crate) const APPLET: Applet = Applet {
    name: "hexdump",
    summary: "Show bytes in base 16 or other forms",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Confined(Keeps::Reading, run),
};

pub(super) const USAGE: &str = "[OPTION]... [FILE]...";

pub(super) const FLAGS: Flags = flags![
    Flag::new(b'C', "canonical", "bytes in base 16, and as text beside them"),
    Flag::new(b'b', "one-byte-octal", "bytes in base 8"),
    Flag::new(b'c', "one-byte-char", "characters and escapes"),
    Flag::new(b'd', "two-bytes-decimal", "pairs of bytes in base 10"),
    Flag::new(b'o', "two-bytes-octal", "pairs of bytes in base 8"),
    Flag::new(b'x', "two-bytes-hex", "pairs of bytes in base 16"),
    Flag::with(b'e', "format", "FORM", "a form: '16/1 \"%02x \" \"\\n\"'"),
    Flag::with(b'f', "format-file", "FILE", "forms from FILE, one a line"),
    Flag::with(b'n', "length", "N", "show no more than N bytes"),
    Flag::with(b's', "skip", "N", "leave the first N bytes out"),
    Flag::new(b'v', "no-squeezing", "lines that are the same too, not * for them"),
];

/// What is shown of a block.
enum Look {
    Canonical,
    /// Fields of a kind, so many columns each.
    Fields(Field, usize),
    /// What the user has said.
    Form(Form),
    /// Pairs of bytes in base 16, the look without an option.
    Plain,
}

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut looks = Vec::new();
    let mut forms = Form::default();
    for (key, value) in &parsed.options {
        let fields = |kind, size| Look::Fields(Field::new(kind, size), if size == 1 { 4 } else { 8 });
        looks.push(match key {
            b'C' => Look::Canonical,
            b'b' => fields(Kind::Octal, 1),
            b'c' => fields(Kind::Character, 1),
            b'd' => fields(Kind::Unsigned, 2),
            b'o' => fields(Kind::Octal, 2),
            b'x' => fields(Kind::Hexadecimal, 2),
            b'e' => {
                if let Err(fault) = forms.add(value) {
                    return Ok(io.complain(value, &fault));
                }
                continue;
            }
            b'f' => {
                let mut text = Vec::new();
                let result = source::with(io, value, &mut |_, _, input| input.read_all(&mut text));
                if result.is_err() {
                    return Ok(io.report(value, result));
                }
                for line in text.split(|byte| *byte == b'\n').filter(|line| !matches!(line, [] | [b'#', ..]))
                {
                    if let Err(fault) = forms.add(line) {
                        return Ok(io.complain(line, &fault));
                    }
                }
                continue;
            }
            _ => continue,
        });
    }
    if parsed.applet.name() == "hd" && !parsed.has_any(b"ef") && looks.is_empty() {
        looks.push(Look::Canonical);
    }
    let width = if forms.is_empty() { 16 } else { forms.block() };
    if !forms.is_empty() {
        looks.push(Look::Form(forms));
    }
    if looks.is_empty() {
        looks.push(Look::Plain);
    }
    let mut numbers = [0, u64::MAX];
    for (number, key) in numbers.iter_mut().zip(*b"sn") {
        if let Some(word) = parsed.value(key) {
            match amount::parse_any(word) {
                Some(value) => *number = value,
                None => return Ok(io.complain(word, &"is no number of bytes")),
            }
        }
    }
    let [skip, most] = numbers;
    Ok(show(io, &parsed.operands, Part { skip, most, width }, &looks, parsed.has(b'v')))
}

fn show(io: &mut Io<'_>, names: &[&[u8]], part: Part, looks: &[Look], shows_all: bool) -> Status {
    let mut repeats = Repeats::default();
    let mut any = false;
    let (status, end) = dump::blocks(io, names, part, &mut |io, at, block| {
        any = true;
        let shown = if shows_all { Shown::All } else { repeats.next(block, part.width) };
        match shown {
            Shown::All => looks.iter().for_each(|look| line(&mut io.out, at, block, look)),
            Shown::Star => io.out.put(b"*\n"),
            Shown::Nothing => {}
        }
    });
    match (end, looks.last()) {
        (Some(end), Some(Look::Form(form))) if any => form.end(end, &mut io.out),
        (Some(end), Some(Look::Canonical)) if any => place(&mut io.out, end, 8, b"\n"),
        (Some(end), Some(_)) if any => place(&mut io.out, end, 7, b"\n"),
        _ => {}
    }
    status
}

fn place(out: &mut Output<'_>, at: u64, width: usize, behind: &[u8]) {
    let _ = core::fmt::write(out, format_args!("{at:0width$x}"));
    out.put(behind);
}

fn line(out: &mut Output<'_>, at: u64, block: &[u8], look: &Look) {
    match look {
        Look::Form(form) => form.show(at, block, out),
        Look::Canonical => canonical(out, at, block),
        Look::Plain => {
            place(out, at, 7, b"");
            fields(out, block, Field::new(Kind::Hexadecimal, 2), 5);
        }
        Look::Fields(field, columns) => {
            place(out, at, 7, b"");
            fields(out, block, *field, *columns);
        }
    }
}

fn fields(out: &mut Output<'_>, block: &[u8], field: Field, columns: usize) {
    for index in 0..16 / field.size {
        let bytes = block.get(index * field.size..).unwrap_or_default();
        let mut text = Vec::new();
        if !bytes.is_empty() {
            let number = field.show(bytes.get(..field.size).unwrap_or(bytes), false);
            if field.kind == Kind::Unsigned {
                text.resize(field.width().saturating_sub(number.len()), b'0');
            }
            text.extend_from_slice(number.as_bytes());
        }
        for _ in text.len()..columns {
            out.put(b" ");
        }
        out.put(&text);
    }
    out.put(b"\n");
}

fn canonical(out: &mut Output<'_>, at: u64, block: &[u8]) {
    place(out, at, 8, b" ");
    for index in 0..16 {
        out.put(if index % 8 == 0 { b" " } else { b"" });
        match block.get(index) {
            Some(byte) => {
                let _ = core::fmt::write(out, format_args!("{byte:02x} "));
            }
            None => out.put(b"   "),
        }
    }
    out.put(b" |");
    block.iter().for_each(|byte| out.put(&[dotted(*byte)]));
    out.put(b"|\n");
}
