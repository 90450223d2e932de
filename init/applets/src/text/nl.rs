//! `nl` (POSIX; `-w` and long options as GNU's).

use alloc::boxed::Box;
use alloc::vec::Vec;

use query::text::parse_decimal;
use regex::{Regex, Syntax};

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "nl",
    summary: "Number lines",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(
            b'b',
            "body-numbering",
            "STYLE",
            "which lines: a, t (not empty: the default), n, pEXPRESSION",
        ),
        Flag::with(b'h', "header-numbering", "STYLE", "which lines of headers (n)"),
        Flag::with(b'f', "footer-numbering", "STYLE", "which lines of footers (n)"),
        Flag::with(b'd', "section-delimiter", "CC", "what makes up the lines before sections (\\:)"),
        Flag::with(b'v', "starting-line-number", "N", "the first number (1)"),
        Flag::with(b'i', "line-increment", "N", "how far numbers are apart (1)"),
        Flag::with(b'l', "join-blank-lines", "N", "number one of N empty lines in a row (1)"),
        Flag::with(b'n', "number-format", "FORM", "ln: left, rn: right (the default), rz: with zeros"),
        Flag::with(b's', "number-separator", "TEXT", "what stands behind numbers (a tab)"),
        Flag::with(b'w', "number-width", "N", "how wide numbers are (6)"),
        Flag::new(b'p', "no-renumber", "go on counting on a new page"),
    ],
    run: Run::Parsed(run),
};

/// Which lines of a section have numbers.
enum Style {
    All,
    NotEmpty,
    None,
    Matching(Box<Regex>),
}

struct Numbering<'p> {
    /// Of header, body, footer.
    styles: [Style; 3],
    first: i64,
    step: i64,
    blanks: u64,
    form: &'p [u8],
    separator: &'p [u8],
    width: usize,
    goes_on: bool,
    delimiter: Vec<u8>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut styles = [Style::None, Style::NotEmpty, Style::None];
    for (style, key) in styles.iter_mut().zip(*b"hbf") {
        if let Some(word) = parsed.value(key) {
            match read_style(word, io.is_utf8()) {
                Some(found) => *style = found,
                None => return Ok(io.complain(word, &"is not a, t, n or p and an expression")),
            }
        }
    }
    let mut numbers = [1, 1, 1, 6];
    for (number, key) in numbers.iter_mut().zip(*b"vilw") {
        if let Some(word) = parsed.value(key) {
            match signed(word) {
                Some(value) if value > 0 || matches!(key, b'v' | b'i') => *number = value,
                _ => return Ok(io.complain(word, &"is no such number")),
            }
        }
    }
    let [first, step, blanks, width] = numbers;
    let form = parsed.value(b'n').unwrap_or(b"rn");
    if !matches!(form, b"ln" | b"rn" | b"rz") {
        return Ok(io.complain(form, &"is not ln, rn or rz"));
    }
    let mut delimiter = b"\\:".to_vec();
    if let Some(word) = parsed.value(b'd') {
        // A single character takes the first one's place.
        delimiter = if word.len() == 1 { [word, b":"].concat() } else { word.to_vec() };
    }
    let numbering = Numbering {
        styles,
        first,
        step,
        blanks: blanks as u64,
        form,
        separator: parsed.value(b's').unwrap_or(b"\t"),
        width: usize::try_from(width).unwrap_or(6),
        goes_on: parsed.has(b'p'),
        delimiter,
    };
    Ok(number_all(io, &parsed.operands, &numbering))
}

fn read_style(word: &[u8], utf8: bool) -> Option<Style> {
    Some(match word {
        b"a" => Style::All,
        b"t" => Style::NotEmpty,
        b"n" => Style::None,
        [b'p', expression @ ..] => {
            Style::Matching(Box::new(Regex::new(expression, Syntax::Basic, utf8).ok()?))
        }
        _ => return None,
    })
}

fn signed(word: &[u8]) -> Option<i64> {
    let (sign, digits) = word.strip_prefix(b"-").map_or((1, word), |digits| (-1, digits));
    Some(sign * i64::try_from(parse_decimal(digits)?).ok()?)
}

fn number_all(io: &mut Io<'_>, names: &[&[u8]], numbering: &Numbering<'_>) -> Status {
    let mut number = numbering.first;
    // The body is where a text begins.
    let (mut section, mut empty) = (1, 0);
    source::each(io, names, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        loop {
            io.out.pause();
            let Some(record) = reader.record(b'\n')? else { return Ok(()) };
            let line = ended(record, b'\n').0;
            let out = &mut io.out;
            if let Some(next) = begins(line, &numbering.delimiter) {
                if !numbering.goes_on {
                    number = numbering.first;
                }
                section = next;
                out.put(b"\n");
                continue;
            }
            empty = if line.is_empty() { empty + 1 } else { 0 };
            let has_number = match numbering.styles.get(section) {
                Some(Style::All) if line.is_empty() => empty % numbering.blanks == 0,
                Some(Style::All) => true,
                Some(Style::NotEmpty) => !line.is_empty(),
                Some(Style::Matching(regex)) => regex.is_match(line),
                Some(Style::None) | None => false,
            };
            if has_number {
                put(out, number, numbering);
                number = number.saturating_add(numbering.step);
                out.put(numbering.separator);
            } else {
                for _ in 0..numbering.width + numbering.separator.len() {
                    out.put(b" ");
                }
            }
            out.put(line);
            out.put(b"\n");
        }
    })
}

/// Gives the section that a line begins: 0 for a header, 1 for a body, 2 for a footer.
fn begins(line: &[u8], delimiter: &[u8]) -> Option<usize> {
    if delimiter.is_empty() {
        return None;
    }
    let times = line.chunks(delimiter.len()).take_while(|chunk| *chunk == delimiter).count();
    (line.len() == times * delimiter.len())
        .then_some(times)
        .and_then(|times| 3_usize.checked_sub(times))
        .filter(|section| *section < 3)
}

fn put(out: &mut Output<'_>, number: i64, numbering: &Numbering<'_>) {
    let mut digits = Vec::new();
    query::text::decimal(number.unsigned_abs(), &mut digits);
    let sign: &[u8] = if number < 0 { b"-" } else { b"" };
    let spare = numbering.width.saturating_sub(digits.len() + sign.len());
    let fill = |out: &mut Output<'_>, byte: &[u8]| (0..spare).for_each(|_| out.put(byte));
    match numbering.form {
        b"ln" => {
            out.put(sign);
            out.put(&digits);
            fill(out, b" ");
        }
        b"rz" => {
            out.put(sign);
            fill(out, b"0");
            out.put(&digits);
        }
        _ => {
            fill(out, b" ");
            out.put(sign);
            out.put(&digits);
        }
    }
}
