//! `strings` (POSIX; `-f`, `-o` and `-w` are GNU's).

use alloc::vec::Vec;

use bulk::Set;
use query::text::parse_decimal;

use super::column;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Input, Io, Keeps, NUMBER, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "strings",
    summary: "Print what of files is text: rows of characters that print",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b'n', "bytes", "N", "rows of at least N characters (4)"),
        Flag::with(b't', "radix", "BASE", "where each begins: in base d, o or x"),
        Flag::new(b'o', "", "as -t o"),
        Flag::new(b'f', "print-file-name", "the name of the file before each"),
        Flag::new(b'w', "include-all-whitespace", "line feeds and the like belong to a row"),
        Flag::new(b'a', "all", "ignored: all of a file is looked at"),
        Flag::number("as -n NUMBER"),
    ],
    run: Run::Confined(Keeps::Reading, run),
};

struct Search {
    least: usize,
    base: Option<u64>,
    names: bool,
    /// What belongs to a row.
    prints: Set,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut least = 4;
    for (_, word) in parsed.options.iter().filter(|(key, _)| [b'n', NUMBER].contains(key)) {
        match parse_decimal(word).and_then(|number| usize::try_from(number).ok()).filter(|least| *least > 0) {
            Some(number) => least = number,
            None => return Ok(io.misuse(word, "is no number of characters")),
        }
    }
    let base = match (parsed.last_of(b"to"), parsed.value(b't')) {
        (None, _) => None,
        (Some(b'o'), _) | (_, Some(b"o")) => Some(8),
        (_, Some(b"d")) => Some(10),
        (_, Some(b"x")) => Some(16),
        (_, word) => return Ok(io.misuse(word.unwrap_or_default(), "is none of d, o and x")),
    };
    let mut prints = Set::EMPTY;
    let spaces: &[u8] = if parsed.has(b'w') { b"\t\n\r\x0b\x0c" } else { b"\t" };
    (b' '..=b'~').chain(spaces.iter().copied()).for_each(|byte| prints.insert(byte));
    let search = Search { least, base, names: parsed.has(b'f'), prints };
    Ok(source::each(io, &parsed.operands, &mut |io, name, input| search.print(name, input, &mut io.out)))
}

impl Search {
    fn print(&self, name: &[u8], input: &mut Input<'_>, out: &mut Output<'_>) -> linux::Result<()> {
        let name = if name == b"-" { b"{standard input}" } else { name };
        let mut reader = Reader::new(input);
        // The row so far, while it is too short.
        let mut row: Vec<u8> = Vec::new();
        let mut is_shown = false;
        let mut at = 0_u64;
        while !out.is_broken() {
            let bytes = reader.fill()?;
            let length = bytes.len();
            let mut rest = bytes;
            while !rest.is_empty() {
                let (fresh, after) = rest.split_at(self.prints.run(rest));
                if !is_shown && row.len() + fresh.len() >= self.least {
                    let before = length - rest.len();
                    self.begin(name, at + before as u64 - row.len() as u64, out);
                    out.put(&row);
                    is_shown = true;
                }
                match is_shown {
                    true => out.put(fresh),
                    false => row.extend_from_slice(fresh),
                }
                rest = after.get(self.prints.gap(after)..).unwrap_or_default();
                if !after.is_empty() {
                    if is_shown {
                        out.put(b"\n");
                    }
                    is_shown = false;
                    row.clear();
                }
            }
            if length == 0 {
                if is_shown {
                    out.put(b"\n");
                }
                break;
            }
            at += length as u64;
            reader.consume(length);
        }
        Ok(())
    }

    /// Prints what stands before a row.
    fn begin(&self, name: &[u8], start: u64, out: &mut Output<'_>) {
        if self.names {
            out.put(name);
            out.put(b": ");
        }
        if let Some(base) = self.base {
            column::put(start, base, 7, out);
            out.put(b" ");
        }
    }
}
