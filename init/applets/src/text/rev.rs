//! `rev`: util-linux's.

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "rev",
    summary: "Print each line with its characters the other way round",
    usage: "[-0] [FILE]...",
    flags: flags![Flag::new(b'0', "zero", "lines end with a zero byte")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let end = if parsed.has(b'0') { 0 } else { b'\n' };
    let is_utf8 = io.is_utf8();
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        while let Some(record) = reader.record(end)? {
            let (line, has_end) = ended(record, end);
            let mut last = line.len();
            for (at, byte) in line.iter().enumerate().rev() {
                // The bytes behind the first of a character stay behind it.
                if !is_utf8 || byte & 0xc0 != 0x80 || at == 0 {
                    io.out.put(line.get(at..last).unwrap_or_default());
                    last = at;
                }
            }
            if has_end {
                io.out.put(&[end]);
            }
            if io.out.is_broken() {
                break;
            }
        }
        Ok(())
    }))
}
