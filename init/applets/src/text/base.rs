//! What `base64` and `base32` share.

use alloc::vec::Vec;

use bulk::{Decoder, Radix};
use query::text::parse_decimal;

use crate::reader::Reader;
use crate::source;
use crate::{Flag, Flags, Input, Io, Outcome, Output, Parsed};

pub(super) const USAGE: &str = "[OPTION]... [FILE]";

pub(super) const FLAGS: Flags = flags![
    Flag::new(b'd', "decode", "turn text back into bytes"),
    Flag::new(b'i', "ignore-garbage", "leave characters out that stand for nothing"),
    Flag::with(b'w', "wrap", "COLUMNS", "how long lines are (76); 0 for a single one without an end"),
];

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, radix: Radix) -> Outcome {
    let name = match parsed.operands.as_slice() {
        [] => &b"-"[..],
        [name] => *name,
        [_, more, ..] => return Ok(io.misuse(more, "one file is enough")),
    };
    let width = match parsed.value(b'w') {
        None => 76,
        Some(word) => match parse_decimal(word).and_then(|width| usize::try_from(width).ok()) {
            Some(width) => width,
            None => return Ok(io.misuse(word, "is no number of columns")),
        },
    };
    let mut is_malformed = false;
    let result = source::with(io, name, &mut |io, _, input| {
        if parsed.has(b'd') {
            is_malformed = !decode(input, Decoder::new(radix, parsed.has(b'i')), &mut io.out)?;
            return Ok(());
        }
        encode(input, radix, width, &mut io.out)
    });
    if is_malformed {
        return Ok(io.complain(name, &"is not of this encoding"));
    }
    Ok(io.report(name, result))
}

fn encode(input: &mut Input<'_>, radix: Radix, width: usize, out: &mut Output<'_>) -> linux::Result<()> {
    let mut reader = Reader::new(input);
    let mut text = Vec::new();
    let mut column = 0;
    let mut more = true;
    while more && !out.is_broken() {
        // Groups must not be torn apart.
        more = reader.read()?;
        let bytes = reader.at_hand();
        let whole = if more { bytes.len() - bytes.len() % radix.group().0 } else { bytes.len() };
        text.clear();
        radix.encode(bytes.get(..whole).unwrap_or_default(), &mut text);
        reader.consume(whole);
        if width == 0 {
            out.put(&text);
            continue;
        }
        let mut rest = text.as_slice();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(width - column));
            out.put(line);
            column += line.len();
            rest = after;
            if column == width {
                out.put(b"\n");
                column = 0;
            }
        }
    }
    if column > 0 {
        out.put(b"\n");
    }
    Ok(())
}

/// Says whether all was of the encoding.
fn decode(input: &mut Input<'_>, mut decoder: Decoder, out: &mut Output<'_>) -> linux::Result<bool> {
    let mut reader = Reader::new(input);
    let mut bytes = Vec::new();
    loop {
        let text = reader.fill()?;
        let length = text.len();
        bytes.clear();
        let result = match length {
            0 => decoder.finish(&mut bytes),
            _ => decoder.decode(text, &mut bytes),
        };
        out.put(&bytes);
        reader.consume(length);
        if length == 0 || result.is_err() || out.is_broken() {
            return Ok(result.is_ok());
        }
    }
}
