//! `fold` (POSIX).

use query::text::parse_decimal;

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, NUMBER, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "fold",
    summary: "Print lines broken to a width",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'b', "bytes", "count bytes, not columns"),
        Flag::new(b's', "spaces", "break behind the last blank"),
        Flag::with(b'w', "width", "COLUMNS", "the width (80)"),
        Flag::number("as -w NUMBER"),
    ],
    run: Run::Parsed(run),
};

/// How columns are counted, and where lines are broken.
struct Rules {
    bytes: bool,
    spaces: bool,
    is_utf8: bool,
    width: usize,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut rules =
        Rules { bytes: parsed.has(b'b'), spaces: parsed.has(b's'), is_utf8: io.is_utf8(), width: 80 };
    for (_, word) in parsed.options.iter().filter(|(key, _)| [b'w', NUMBER].contains(key)) {
        match parse_decimal(word).and_then(|width| usize::try_from(width).ok()) {
            Some(width) if width > 0 => rules.width = width,
            _ => return Ok(io.misuse(word, "is no width")),
        }
    }
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        while let Some(record) = reader.record(b'\n')? {
            let (line, has_end) = ended(record, b'\n');
            rules.print(line, &mut io.out);
            if has_end {
                io.out.put(b"\n");
            }
            if io.out.is_broken() {
                break;
            }
        }
        Ok(())
    }))
}

impl Rules {
    fn print(&self, mut line: &[u8], out: &mut Output<'_>) {
        loop {
            let fits = self.fits(line);
            let (head, rest) = line.split_at(fits);
            if rest.is_empty() {
                return out.put(head);
            }
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
            let spaced = head.iter().rposition(blank).filter(|_| self.spaces).map_or(head.len(), |at| at + 1);
            out.put(head.get(..spaced).unwrap_or_default());
            out.put(b"\n");
            line = line.get(spaced..).unwrap_or_default();
        }
    }

    /// Gives how much of a line fits into the width; one character does in any case.
    fn fits(&self, line: &[u8]) -> usize {
        let head = line.get(..line.len().min(self.width.saturating_add(1))).unwrap_or_default();
        if self.bytes || !self.is_utf8 && memchr::memchr3(b'\t', b'\r', 0x08, head).is_none() {
            return head.len().min(self.width);
        }
        let mut column = 0_usize;
        for (at, byte) in line.iter().enumerate() {
            let is_inside = self.is_utf8 && byte & 0xc0 == 0x80;
            let next = match byte {
                _ if is_inside => column,
                0x08 => column.saturating_sub(1),
                b'\r' => 0,
                b'\t' => column + 8 - column % 8,
                _ => column + 1,
            };
            if next > self.width && at > 0 {
                return at;
            }
            column = next;
        }
        line.len()
    }
}
