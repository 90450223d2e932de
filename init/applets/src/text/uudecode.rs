//! `uudecode` (POSIX).

use alloc::vec::Vec;

use bulk::{Decoder, Radix};
use linux::fd::AsFd;
use linux::fs::{Mode, OpenFlags, fchmod, open};

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "uudecode",
    summary: "Make files of what uuencode has written",
    usage: "[-o OUTFILE] [FILE]...",
    flags: flags![Flag::with(
        b'o',
        "output-file",
        "OUTFILE",
        "write to OUTFILE, not to the name in the text; - for output",
    )],
    run: Run::Parsed(run),
};

/// A file in a text.
struct Found {
    name: Vec<u8>,
    mode: u32,
    bytes: Vec<u8>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut status = Status::SUCCESS;
    for name in source::names(&parsed.operands) {
        let mut found = Err("has no begin");
        let result = source::with(io, name, &mut |_, _, input| {
            let mut reader = Reader::new(input);
            let mut lines = Vec::new();
            while let Some(record) = reader.record(b'\n')? {
                let line = ended(record, b'\n').0;
                lines.push(line.strip_suffix(b"\r").unwrap_or(line).to_vec());
            }
            found = decode(&lines);
            Ok(())
        });
        status = status.and(match (result, found) {
            (Err(errno), _) => io.report(name, Err(errno)),
            (Ok(()), Err(reason)) => io.complain(name, &reason),
            (Ok(()), Ok(found)) => write(io, parsed.value(b'o').unwrap_or(&found.name), &found),
        });
    }
    Ok(status)
}

fn write(io: &mut Io<'_>, name: &[u8], found: &Found) -> Status {
    if matches!(name, b"-" | b"/dev/stdout") {
        io.out.put(&found.bytes);
        return Status::SUCCESS;
    }
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::CLOSE_ON_EXEC;
    let result = open(name, flags, Mode::octal(0o666)).and_then(|file| {
        let mut out = Output::descriptor_stream(file.as_fd());
        out.put(&found.bytes);
        out.flush();
        out.take_error().map_or(Ok(()), Err)?;
        // A device has its own.
        let _ = fchmod(&file, Mode::octal(found.mode));
        Ok(())
    });
    io.report(name, result)
}

type Decoded = Result<Found, &'static str>;

fn decode(lines: &[Vec<u8>]) -> Decoded {
    let mut rest = lines.iter();
    let (is_base64, mode, name) = rest.find_map(|line| head(line)).ok_or("has no begin")?;
    let mut found = Found { name, mode, bytes: Vec::new() };
    let mut decoder = Decoder::new(Radix::Base64, false);
    for line in rest {
        match (is_base64, line.as_slice()) {
            (true, b"====") => {
                decoder.finish(&mut found.bytes).map_err(|_| "has a line that is no base64")?;
                return Ok(found);
            }
            (true, line) => {
                decoder.decode(line, &mut found.bytes).map_err(|_| "has a line that is no base64")?
            }
            (false, b"end") => return Ok(found),
            (false, line) => add(line, &mut found.bytes).ok_or("has a line that uuencode does not write")?,
        }
    }
    Err("has no end")
}

/// Reads the first line of a file: whether it is in base64, its permissions and its name.
fn head(line: &[u8]) -> Option<(bool, u32, Vec<u8>)> {
    let (is_base64, rest) = match line.strip_prefix(b"begin-base64 ") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix(b"begin ")?),
    };
    let blank = rest.iter().position(|byte| *byte == b' ')?;
    let (mode, name) = rest.split_at(blank);
    let mode = u32::from_str_radix(core::str::from_utf8(mode).ok()?, 8).ok()? & 0o777;
    Some((is_base64, mode, name.get(1..).filter(|name| !name.is_empty())?.to_vec()))
}

/// Adds the bytes of a line in the old form.
fn add(line: &[u8], into: &mut Vec<u8>) -> Option<()> {
    let bits = |byte: u8| matches!(byte, b' '..=b'`').then(|| (byte - b' ') & 0x3f);
    let Some((first, digits)) = line.split_first() else { return Some(()) };
    let length = usize::from(bits(*first)?);
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        // Blanks at the end may have been lost.
        let part = |at: usize| four.get(at).map_or(Some(0), |byte| bits(*byte));
        let (a, b, c, d) = (part(0)?, part(1)?, part(2)?, part(3)?);
        bytes.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    bytes.resize(bytes.len().max(length), 0);
    into.extend_from_slice(bytes.get(..length)?);
    Some(())
}
