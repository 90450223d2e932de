//! `uuencode` (POSIX).

use alloc::vec::Vec;

use bulk::Radix;
use linux::fs::{FileKind, fstat, stat};

use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "uuencode",
    summary: "Turn bytes into text that uudecode makes a file of",
    usage: "[-m] [FILE] NAME",
    flags: flags![Flag::new(b'm', "base64", "as base64, not in the old form")],
    run: Run::Parsed(run),
};

/// As many bytes make a line.
const LINE: usize = 45;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (file, name) = match parsed.operands.as_slice() {
        [name] => (&b"-"[..], *name),
        [file, name] => (*file, *name),
        _ => return Ok(parsed.usage(io)),
    };
    let data =
        if file == b"-" { io.input.descriptor().map_or(Err(linux::Errno::BADF), fstat) } else { stat(file) };
    // What is no file has no permissions to tell.
    let mode = data
        .ok()
        .filter(|data| data.kind() == FileKind::Regular)
        .map_or(0o644, |data| data.permissions().bits() & 0o777);
    let is_base64 = parsed.has(b'm');
    let result = source::with(io, file, &mut |io, _, input| {
        io.out.put(if is_base64 { b"begin-base64 " } else { b"begin " });
        let _ = core::fmt::write(&mut io.out, format_args!("{mode:03o} "));
        io.out.put(name);
        io.out.put(b"\n");
        encode(input, &mut io.out, is_base64)?;
        io.out.put(if is_base64 { b"====\n" } else { b"`\nend\n" });
        Ok(())
    });
    Ok(io.report(file, result))
}

fn encode(input: &mut Input<'_>, out: &mut Output<'_>, is_base64: bool) -> linux::Result<()> {
    let mut reader = Reader::new(input);
    let mut line = Vec::new();
    loop {
        let more = reader.at_hand().len() >= LINE || reader.read()?;
        let bytes = reader.at_hand();
        let bytes = bytes.get(..LINE).unwrap_or(bytes);
        if bytes.is_empty() || out.is_broken() {
            return Ok(());
        }
        if bytes.len() < LINE && more {
            continue;
        }
        line.clear();
        if is_base64 {
            Radix::Base64.encode(bytes, &mut line);
        } else {
            line.push(digit(bytes.len() as u8));
            for three in bytes.chunks(3) {
                let byte = |at: usize| three.get(at).copied().unwrap_or_default();
                let (a, b, c) = (byte(0), byte(1), byte(2));
                line.extend([a >> 2, a << 4 | b >> 4, b << 2 | c >> 6, c].map(|bits| digit(bits & 0x3f)));
            }
        }
        line.push(b'\n');
        out.put(&line);
        let taken = bytes.len();
        reader.consume(taken);
    }
}

/// Six bits as a character that prints: no blank, which mail may lose.
fn digit(bits: u8) -> u8 {
    if bits == 0 { b'`' } else { bits + b' ' }
}
