//! `wc` (POSIX; `-L`, `--total` and `--files0-from` are GNU's). Of `-c` alone no file is read.

use alloc::string::String;
use alloc::vec::Vec;

use linux::fs::{FileKind, From, fstat, lseek};
use query::{Rows, Value};

use super::column;
use crate::listed::List;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Input, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "wc",
    summary: "Count the lines, words and bytes of each file, and of all",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'l', "lines", "count lines"),
        Flag::new(b'w', "words", "count words"),
        Flag::new(b'm', "chars", "count characters"),
        Flag::new(b'c', "bytes", "count bytes"),
        Flag::new(b'L', "max-line-length", "the columns of the longest line"),
        Flag::with(TOTAL, "total", "WHEN", "the sum: auto, always, only, never"),
        Flag::with(
            LIST,
            "files0-from",
            "FILE",
            "count the files whose names FILE has, with zero bytes behind them",
        ),
        Flag::rows("file lines:N words:N characters:N bytes:N longest:N"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; TOTAL LIST }

/// What is counted, in the order in which it is shown: key, name of the column.
const COLUMNS: [(u8, &str); 5] =
    [(b'l', "lines"), (b'w', "words"), (b'm', "characters"), (b'c', "bytes"), (b'L', "longest")];

/// The counts, in that order.
type Counts = [u64; COLUMNS.len()];

/// What is to be counted.
struct Wanted {
    shown: [bool; COLUMNS.len()],
    /// Whether characters are UTF-8's.
    is_utf8: bool,
}

/// When the sum is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Total {
    Auto,
    Always,
    Only,
    Never,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut shown = COLUMNS.map(|(key, _)| parsed.has(key));
    if shown == [false; COLUMNS.len()] {
        shown = [true, true, false, true, false];
    }
    let wanted = Wanted { shown, is_utf8: io.is_utf8() };
    let total = match parsed.value(TOTAL) {
        None | Some(b"auto") => Total::Auto,
        Some(b"always") => Total::Always,
        Some(b"only") => Total::Only,
        Some(b"never") => Total::Never,
        Some(value) => return Ok(io.misuse(value, "is none of auto, always, only, never")),
    };
    let list = List::read(io, parsed, LIST)?;
    let mut operands = parsed.operands.as_slice();
    let mut many = operands.len() > 1;
    let mut listed = Status::SUCCESS;
    let names: Vec<&[u8]>;
    if let Some(list) = &list {
        (names, listed) = list.names(io);
        if names.is_empty() {
            return Ok(listed);
        }
        operands = &names;
        many = list.count() > 1;
    }
    let mut table = Table { lines: Vec::new(), sum: [0; COLUMNS.len()], width: 1 };
    let is_unnamed = operands.is_empty();
    table.width = width(io, operands, &wanted);
    let status = source::each(io, operands, &mut |io, name, input| {
        let mut counts = [0; COLUMNS.len()];
        let result = count(input, &wanted, &mut counts);
        table.add(counts);
        if parsed.has(JSON) {
            table.lines.push((name.to_vec(), counts));
        } else if total != Total::Only {
            table.print(io, &counts, &wanted, if is_unnamed { b"" } else { name });
        }
        result
    });
    if parsed.has(JSON) {
        table.json(io, &wanted);
        return Ok(listed.and(status));
    }
    if total == Total::Always || total == Total::Only || total == Total::Auto && many {
        let sum = table.sum;
        if total == Total::Only {
            table.width = 1;
        }
        table.print(io, &sum, &wanted, if total == Total::Only { b"" } else { b"total" });
    }
    Ok(listed.and(status))
}

/// What has been counted.
struct Table {
    /// Name and counts, kept for rows.
    lines: Vec<(Vec<u8>, Counts)>,
    sum: Counts,
    width: usize,
}

impl Table {
    /// Adds a file to the sum; of the longest line it has the longest.
    fn add(&mut self, counts: Counts) {
        for (at, (sum, count)) in self.sum.iter_mut().zip(counts).enumerate() {
            *sum = if at == 4 { count.max(*sum) } else { *sum + count };
        }
    }

    fn print(&self, io: &mut Io<'_>, counts: &Counts, wanted: &Wanted, name: &[u8]) {
        let shown = counts.iter().zip(wanted.shown).filter(|(_, shown)| *shown);
        for (index, (count, _)) in shown.enumerate() {
            if index > 0 {
                io.out.put(b" ");
            }
            column::put(*count, 10, self.width, &mut io.out);
        }
        if !name.is_empty() {
            io.out.put(b" ");
            io.out.put(name);
        }
        io.out.put(b"\n");
    }

    fn json(&self, io: &mut Io<'_>, wanted: &Wanted) {
        let mut names = String::from("file");
        for ((_, name), _) in COLUMNS.iter().zip(wanted.shown).filter(|(_, shown)| *shown) {
            names.push(' ');
            names.push_str(name);
        }
        let mut rows = Rows::named(&names);
        for (name, counts) in &self.lines {
            let shown = counts.iter().zip(wanted.shown).filter(|(_, shown)| *shown);
            let counts = shown.map(|(count, _)| Value::Number(*count));
            rows.push(core::iter::once(Value::text(name)).chain(counts).collect::<Vec<_>>());
        }
        rows.json(&mut io.out);
    }
}

/// Gives how wide numbers are: as the sum of all sizes, at least 7 where a size says nothing; 1 for a single number.
fn width(io: &Io<'_>, operands: &[&[u8]], wanted: &Wanted) -> usize {
    let numbers = wanted.shown.iter().filter(|shown| **shown).count();
    if numbers == 1 && operands.len() <= 1 {
        return 1;
    }
    let mut sum = 0;
    let mut least = 1;
    for name in source::names(operands) {
        let metadata = match (*name, io.input.descriptor()) {
            (b"-", None) => None,
            (b"-", Some(descriptor)) => fstat(descriptor).ok(),
            (name, _) => match linux::fs::stat(name) {
                Ok(metadata) => Some(metadata),
                Err(_) => continue,
            },
        };
        match metadata.filter(|metadata| metadata.kind() == FileKind::Regular) {
            Some(metadata) => sum += metadata.size(),
            None => least = 7,
        }
    }
    column::width(sum).max(least)
}

fn count(input: &mut Input<'_>, wanted: &Wanted, counts: &mut Counts) -> linux::Result<()> {
    let [lines, words, characters, _, longest] = wanted.shown;
    let needs_characters = characters && wanted.is_utf8;
    if !(lines || words || needs_characters || longest)
        && let Some(size) = rest_of_file(input)
    {
        (counts[2], counts[3]) = (size, size);
        return Ok(());
    }
    let mut seen = bulk::Words::new(wanted.is_utf8);
    let mut columns = Columns::default();
    let mut reader = Reader::new(input);
    loop {
        let piece = reader.fill()?;
        if piece.is_empty() {
            break;
        }
        counts[0] += if lines { bulk::lines(piece, b'\n') as u64 } else { 0 };
        if words {
            seen.add(piece);
        }
        if needs_characters {
            counts[2] += bulk::starts(piece) as u64;
        }
        if longest {
            columns.add(piece, wanted.is_utf8);
        }
        counts[3] += piece.len() as u64;
        let length = piece.len();
        reader.consume(length);
    }
    counts[1] = seen.count;
    if !needs_characters {
        counts[2] = counts[3];
    }
    counts[4] = columns.longest.max(columns.now);
    Ok(())
}

/// Gives how much of a file is still to be read, without reading it, and goes to its end.
fn rest_of_file(input: &Input<'_>) -> Option<u64> {
    let file = input.descriptor()?;
    let metadata = fstat(file).ok().filter(|metadata| metadata.kind() == FileKind::Regular)?;
    // Files of /proc say 0.
    let size = Some(metadata.size()).filter(|size| *size > 0)?;
    let at = lseek(file, From::Current(0)).ok()?;
    lseek(file, From::End(0)).ok()?;
    Some(size.saturating_sub(at))
}

/// The columns that lines take on a terminal.
#[derive(Default)]
struct Columns {
    now: u64,
    longest: u64,
}

impl Columns {
    fn add(&mut self, bytes: &[u8], is_utf8: bool) {
        for byte in bytes {
            match byte {
                b'\n' | b'\r' | 0x0c => {
                    self.longest = self.longest.max(self.now);
                    self.now = 0;
                }
                b'\t' => self.now += 8 - self.now % 8,
                b' '..=b'~' => self.now += 1,
                // As many as characters begin: what is wide or has no width is not known here.
                0xc0.. if is_utf8 => self.now += 1,
                _ => {}
            }
        }
    }
}
