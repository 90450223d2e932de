//! `uniq` (POSIX; `-D`, `--group`, `-i`, `-w` and `-z` are GNU's).

use alloc::vec::Vec;

use linux::fd::AsFd;
use query::text::parse_decimal;

use super::column;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "uniq",
    summary: "Print one of equal lines in a row",
    usage: "[OPTION]... [INPUT [OUTPUT]]",
    flags: flags![
        Flag::new(b'c', "count", "how many they are before each line"),
        Flag::new(b'd', "repeated", "only lines that come several times"),
        Flag::new(b'D', "", "all of the lines that come several times"),
        Flag::new(b'u', "unique", "only lines that come once"),
        Flag::new(b'i', "ignore-case", "letters of either case are equal"),
        Flag::with(b'f', "skip-fields", "N", "the first N fields do not count"),
        Flag::with(b's', "skip-chars", "N", "the first N characters behind these do not count"),
        Flag::with(b'w', "check-chars", "N", "no more than N characters count"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
    ],
    run: Run::Parsed(run),
};

/// What counts of a line.
struct Key {
    fields: usize,
    characters: usize,
    most: usize,
    ignores_case: bool,
}

/// What is printed of equal lines.
struct Shown {
    count: bool,
    once: bool,
    several: bool,
    /// Whether all of several are.
    all: bool,
    end: u8,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut numbers = [0, 0, usize::MAX];
    for (number, key) in numbers.iter_mut().zip(*b"fsw") {
        if let Some(word) = parsed.value(key) {
            match parse_decimal(word) {
                Some(value) => *number = usize::try_from(value).unwrap_or(usize::MAX),
                None => return Ok(io.misuse(word, "is no number")),
            }
        }
    }
    let [fields, characters, most] = numbers;
    let key = Key { fields, characters, most, ignores_case: parsed.has(b'i') };
    let shown = Shown {
        count: parsed.has(b'c'),
        once: !parsed.has_any(b"dD"),
        several: !parsed.has(b'u'),
        all: parsed.has(b'D'),
        end: if parsed.has(b'z') { 0 } else { b'\n' },
    };
    if shown.all && shown.count {
        return Ok(io.misuse(b"-c", "makes no sense with -D"));
    }
    let (input, output) = match parsed.operands.as_slice() {
        [] => (&b"-"[..], None),
        [input] => (*input, None),
        [input, output] => (*input, Some(*output).filter(|name| *name != b"-")),
        _ => return Ok(parsed.usage(io)),
    };
    let mut file = None;
    let result = source::with(io, input, &mut |io, _, input| match output {
        None => print(input, &mut io.out, &key, &shown),
        Some(name) => match source::create_file(name) {
            Ok(created) => {
                let mut out = Output::descriptor_stream(created.as_fd());
                let result = print(input, &mut out, &key, &shown);
                out.flush();
                file = Some(out.take_error().map_or(Ok(()), Err));
                result
            }
            Err(errno) => {
                file = Some(Err(errno));
                Ok(())
            }
        },
    });
    let status = io.report(input, result);
    Ok(status.and(io.report(output.unwrap_or_default(), file.unwrap_or(Ok(())))))
}

fn print(input: &mut Input<'_>, out: &mut Output<'_>, key: &Key, shown: &Shown) -> linux::Result<()> {
    let mut reader = Reader::new(input);
    let mut before: Vec<u8> = Vec::new();
    let mut count = 0;
    while let Some(record) = reader.record(shown.end)? {
        let line = ended(record, shown.end).0;
        if count > 0 && key.is_same(&before, line) {
            if shown.all {
                if count == 1 {
                    shown.print(&before, 1, out);
                }
                shown.print(line, 1, out);
            }
            count += 1;
            continue;
        }
        shown.end(&before, count, out);
        before.clear();
        before.extend_from_slice(line);
        count = 1;
        if out.is_broken() {
            break;
        }
    }
    shown.end(&before, count, out);
    Ok(())
}

impl Shown {
    /// Prints a line whose row has ended, if such are printed.
    fn end(&self, line: &[u8], count: u64, out: &mut Output<'_>) {
        let wanted = match count {
            0 => false,
            1 => self.once,
            _ => self.several && !self.all,
        };
        if wanted {
            self.print(line, count, out);
        }
    }

    fn print(&self, line: &[u8], count: u64, out: &mut Output<'_>) {
        if self.count {
            column::put(count, 10, 7, out);
            out.put(b" ");
        }
        out.put(line);
        out.put(&[self.end]);
    }
}

impl Key {
    fn is_same(&self, first: &[u8], second: &[u8]) -> bool {
        let (first, second) = (self.of(first), self.of(second));
        match self.ignores_case {
            true => first.eq_ignore_ascii_case(second),
            false => first == second,
        }
    }

    /// Gives what counts of a line: a field is blanks, and what is no blank behind them.
    fn of<'l>(&self, mut line: &'l [u8]) -> &'l [u8] {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        for _ in 0..self.fields {
            let start = line.iter().position(|byte| !is_blank(byte)).unwrap_or(line.len());
            let (_, field) = line.split_at(start);
            let length = field.iter().position(is_blank).unwrap_or(field.len());
            line = field.split_at(length).1;
            if line.is_empty() {
                break;
            }
        }
        let rest = line.get(self.characters..).unwrap_or_default();
        rest.get(..self.most).unwrap_or(rest)
    }
}
