//! `split` (POSIX; `-C -d -e -n -t -u -x --additional-suffix --filter --verbose` and the forms of `-n` are GNU's). Chunks differ by
//! a byte at most, as with GNU's since 9.2. What is not a regular file is read into memory before it is cut into chunks.

mod chunks;
mod names;
mod pieces;

use linux::Errno;
use query::text::parse_decimal;

use self::chunks::Chunks;
use self::names::Names;
use self::pieces::Pieces;
use super::window::Unit;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Failure, Flag, Io, NUMBER, Outcome, Parsed, Run, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "split",
    summary: "Cut a file into pieces of 1000 lines: PREFIXaa (xaa), PREFIXab, ...",
    usage: "[OPTION]... [FILE [PREFIX]]",
    flags: flags![
        Flag::with(b'a', "suffix-length", "N", "names end in N letters (2, more where needed)"),
        Flag::with(b'b', "bytes", "SIZE", "pieces of so many bytes"),
        Flag::with(b'C', "line-bytes", "SIZE", "whole lines, so many bytes of them at most"),
        Flag::with(b'l', "lines", "N", "pieces of so many lines"),
        Flag::number("as -l NUMBER"),
        Flag::with(
            b'n',
            "number",
            "CHUNKS",
            "N pieces: N, l/N (lines), r/N (in turn); K/N, l/K/N: print one",
        ),
        Flag::new(b'd', "", "names end in digits"),
        Flag::may(DIGITS, "numeric-suffixes", "FROM", "so, from FROM on"),
        Flag::new(b'x', "", "names end in hexadecimal digits"),
        Flag::may(HEXADECIMAL, "hex-suffixes", "FROM", "so, from FROM on"),
        Flag::with(MORE, "additional-suffix", "TEXT", "put TEXT behind all names"),
        Flag::new(b'e', "elide-empty-files", "with -n: no empty files"),
        Flag::with(b't', "separator", "CHARACTER", "lines end with it, or with \\0"),
        Flag::with(FILTER, "filter", "COMMAND", "pieces go to COMMAND, which has the name as $FILE"),
        Flag::new(b'u', "unbuffered", "write what -n r/N gets at once"),
        Flag::new(VERBOSE, "verbose", "say which files are made"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; DIGITS HEXADECIMAL MORE FILTER VERBOSE }

/// Where the pieces end.
#[derive(Clone, Copy)]
enum Cut {
    After(Unit, u64),
    /// Behind the last line that fits into so many bytes.
    Lines(usize),
    Chunks(Chunks),
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (name, prefix) = match parsed.operands.as_slice() {
        [] => (&b"-"[..], &b"x"[..]),
        [name] => (*name, &b"x"[..]),
        [name, prefix] => (*name, *prefix),
        [_, _, more, ..] => return Ok(io.misuse(more, "is one operand too many")),
    };
    let delimiter = match parsed.value(b't') {
        None => b'\n',
        Some(b"\\0") => 0,
        Some([one]) => *one,
        Some(word) => return Ok(io.misuse(word, "is not one character")),
    };
    let cut = cut(parsed, delimiter).map_err(|word| io.misuse(word, "is no such number"))?;
    let chunks = if let Cut::Chunks(chunks) = cut { Some(chunks) } else { None };
    let names = Names::new(parsed, prefix, chunks.map(|chunks| chunks.count));
    let names = names.map_err(|word| io.misuse(word, "is no such suffix, or too short"))?;
    let only = chunks.and_then(|chunks| chunks.only);
    let elides = chunks.is_some() && parsed.has(b'e');
    let mut pieces = Pieces::new(names, parsed.value(FILTER), parsed.has(VERBOSE), elides, only);
    let mut outcome = Ok(());
    let read = source::with(io, name, &mut |io, _, input| {
        if let Some(file) = input.descriptor() {
            pieces.avoid(&linux::fs::fstat(file)?);
        }
        outcome = match cut {
            Cut::Chunks(chunks) => chunks.write(io, &mut pieces, name, input, delimiter),
            Cut::After(unit, count) => after(io, &mut pieces, name, &mut Reader::new(input), (unit, count)),
            Cut::Lines(most) => lines(io, &mut pieces, name, &mut Reader::new(input), (most, delimiter)),
        };
        Ok(())
    });
    let status = io.report(name, read);
    outcome?;
    Ok(status.and(pieces.status()))
}

/// Reads which cut is asked for; the error is the word that makes no sense.
fn cut<'a>(parsed: &Parsed<'a>, delimiter: u8) -> Result<Cut, &'a [u8]> {
    let mut chosen = Cut::After(Unit::Lines(delimiter), 1000);
    for &(key, word) in &parsed.options {
        let size = || amount::parse_any(word).filter(|size| *size > 0).ok_or(word);
        chosen = match key {
            b'b' => Cut::After(Unit::Bytes, size()?),
            b'C' => Cut::Lines(usize::try_from(size()?).map_err(|_| word)?),
            b'l' => Cut::After(Unit::Lines(delimiter), size()?),
            b'n' => Cut::Chunks(Chunks::parse(word).ok_or(word)?),
            NUMBER => {
                let count = parse_decimal(word).filter(|count| *count > 0).ok_or(word)?;
                Cut::After(Unit::Lines(delimiter), count)
            }
            _ => continue,
        };
    }
    Ok(chosen)
}

/// Says that the input cannot be read.
fn unread(io: &mut Io<'_>, name: &[u8], errno: Errno) -> Failure {
    io.complain(name, &errno).into()
}

/// Cuts behind so many bytes or lines.
fn after(
    io: &mut Io<'_>,
    pieces: &mut Pieces<'_>,
    name: &[u8],
    reader: &mut Reader<'_, '_>,
    (unit, count): (Unit, u64),
) -> Result<(), Failure> {
    while !reader.fill().map_err(|errno| unread(io, name, errno))?.is_empty() {
        pieces.begin(io)?;
        let mut wanted = count;
        while wanted > 0 {
            let bytes = reader.fill().map_err(|errno| unread(io, name, errno))?;
            if bytes.is_empty() {
                break;
            }
            let there = unit.count(bytes);
            let length = if there < wanted { bytes.len() } else { unit.length(bytes, wanted) };
            pieces.write(io, bytes.get(..length).unwrap_or_default())?;
            wanted -= there.min(wanted);
            reader.consume(length);
        }
        pieces.end(io);
    }
    Ok(())
}

/// Cuts behind the last line that fits; one that fits into no piece is cut itself.
fn lines(
    io: &mut Io<'_>,
    pieces: &mut Pieces<'_>,
    name: &[u8],
    reader: &mut Reader<'_, '_>,
    (most, delimiter): (usize, u8),
) -> Result<(), Failure> {
    let mut room = 0;
    loop {
        let bytes = reader.at_hand();
        let fitting = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        let length = match memchr::memrchr(delimiter, fitting) {
            Some(at) => at + 1,
            None if bytes.len() > room && room == most => room,
            None if bytes.len() > room => {
                pieces.end(io);
                pieces.begin(io)?;
                room = most;
                continue;
            }
            None => {
                if reader.read().map_err(|errno| unread(io, name, errno))? {
                    continue;
                }
                let rest = reader.at_hand();
                if rest.len() > room {
                    continue;
                }
                pieces.write(io, rest)?;
                pieces.end(io);
                return Ok(());
            }
        };
        pieces.write(io, fitting.get(..length).unwrap_or_default())?;
        reader.consume(length);
        room -= length;
    }
}
