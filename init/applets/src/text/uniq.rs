//! `uniq` (POSIX; `-D`, `--group`, `-i`, `-w` and `-z` are GNU's; `-N` and `+N` are the older forms of `-f N` and `-s N`).

use alloc::vec::Vec;

use linux::fd::AsFd;
use query::text::parse_decimal;

use super::column;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Input, Io, NUMBER, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "uniq",
    summary: "Print one of equal lines in a row",
    usage: "[OPTION]... [INPUT [OUTPUT]]",
    flags: flags![
        Flag::new(b'c', "count", "how many they are before each line"),
        Flag::new(b'd', "repeated", "only lines that come several times"),
        Flag::may(b'D', "all-repeated", "WHERE", "all of the lines that come several times"),
        Flag::may(
            GROUP,
            "group",
            "WHERE",
            "all lines; WHERE empty lines part them: separate, prepend, append, both"
        ),
        Flag::new(b'u', "unique", "only lines that come once"),
        Flag::new(b'i', "ignore-case", "letters of either case are equal"),
        Flag::with(b'f', "skip-fields", "N", "the first N fields do not count"),
        Flag::with(b's', "skip-chars", "N", "the first N characters behind these do not count"),
        Flag::with(b'w', "check-chars", "N", "no more than N characters count"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
        Flag::number("same as -f NUMBER; +NUMBER is -s NUMBER"),
    ],
    run: Run::Parsed(run),
};

const GROUP: u8 = 128;

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
    /// Whether all lines are.
    group: bool,
    /// Where empty lines stand.
    gaps: Gaps,
    end: u8,
}

/// Where empty lines part those that are equal from others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gaps {
    None,
    Between,
    Before,
    Behind,
    /// Before the first, between, and behind the last.
    Around,
}

impl Gaps {
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"none" => Self::None,
            b"separate" => Self::Between,
            b"prepend" => Self::Before,
            b"append" => Self::Behind,
            b"both" => Self::Around,
            _ => return None,
        })
    }

    /// Reads the value of an option that may have one; of `-D` some make no sense.
    fn chosen<'p>(parsed: &Parsed<'p>) -> Result<Self, &'p [u8]> {
        let (name, usual, known) = match (parsed.value(GROUP), parsed.value(b'D')) {
            (Some(name), _) => {
                (name, Self::Between, &[Self::Between, Self::Before, Self::Behind, Self::Around][..])
            }
            (None, Some(name)) => (name, Self::None, &[Self::None, Self::Between, Self::Before][..]),
            (None, None) => return Ok(Self::None),
        };
        let named = if name.is_empty() { Some(usual) } else { Self::named(name) };
        named.filter(|gaps| known.contains(gaps)).ok_or(name)
    }
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (key, operands) = key(io, parsed)?;
    let shown = Shown {
        count: parsed.has(b'c'),
        once: !parsed.has_any(b"dD"),
        several: !parsed.has(b'u'),
        all: parsed.has(b'D'),
        group: parsed.has(GROUP),
        gaps: match Gaps::chosen(parsed) {
            Ok(gaps) => gaps,
            Err(word) => return Ok(io.misuse(word, "is no place of empty lines here")),
        },
        end: if parsed.has(b'z') { 0 } else { b'\n' },
    };
    if shown.all && shown.count {
        return Ok(io.misuse(b"-c", "makes no sense with -D"));
    }
    if shown.group && parsed.has_any(b"cdDu") {
        return Ok(io.misuse(b"--group", "makes no sense with -c, -d, -D or -u"));
    }
    let (input, output) = match operands.as_slice() {
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

/// Reads what counts of a line; gives the operands that say nothing of that.
fn key<'p>(io: &mut Io<'_>, parsed: &Parsed<'p>) -> Result<(Key, Vec<&'p [u8]>), Status> {
    let (characters, operands): (Vec<&[u8]>, Vec<&[u8]>) = parsed
        .operands
        .iter()
        .copied()
        .partition(|word| word.strip_prefix(b"+").is_some_and(|digits| parse_decimal(digits).is_some()));
    let characters = characters.last().and_then(|word| word.strip_prefix(b"+"));
    let words = [
        parsed.last_of(&[b'f', NUMBER]).and_then(|key| parsed.value(key)),
        parsed.value(b's').or(characters),
        parsed.value(b'w'),
    ];
    let mut numbers = [0, 0, usize::MAX];
    for (number, word) in numbers.iter_mut().zip(words) {
        if let Some(word) = word {
            let value = parse_decimal(word).ok_or_else(|| io.misuse(word, "is no number"))?;
            *number = usize::try_from(value).unwrap_or(usize::MAX);
        }
    }
    let [fields, characters, most] = numbers;
    Ok((Key { fields, characters, most, ignores_case: parsed.has(b'i') }, operands))
}

fn print(input: &mut Input<'_>, out: &mut Output<'_>, key: &Key, shown: &Shown) -> linux::Result<()> {
    let mut reader = Reader::new(input);
    let mut before: Vec<u8> = Vec::new();
    let mut count = 0;
    let mut groups = 0_u64;
    while let Some(record) = reader.record(shown.end)? {
        let line = ended(record, shown.end).0;
        if count > 0 && key.is_same(&before, line) {
            if shown.all && count == 1 {
                shown.begin(groups, out);
                groups += 1;
                shown.print(&before, 1, out);
            }
            if shown.all || shown.group {
                shown.print(line, 1, out);
            }
            count += 1;
            continue;
        }
        shown.end(&before, count, out);
        if shown.group {
            shown.begin(groups, out);
            groups += 1;
            shown.print(line, 1, out);
        }
        before.clear();
        before.extend_from_slice(line);
        count = 1;
        if out.is_broken() {
            break;
        }
    }
    shown.end(&before, count, out);
    if groups > 0 && matches!(shown.gaps, Gaps::Behind | Gaps::Around) {
        out.put(&[shown.end]);
    }
    Ok(())
}

impl Shown {
    /// Prints what stands before some equal lines, behind so many others.
    fn begin(&self, groups: u64, out: &mut Output<'_>) {
        let is_parted = match self.gaps {
            Gaps::None => false,
            Gaps::Before | Gaps::Around => true,
            Gaps::Between | Gaps::Behind => groups > 0,
        };
        if is_parted {
            out.put(&[self.end]);
        }
    }

    /// Prints a line whose row has ended, if such are printed.
    fn end(&self, line: &[u8], count: u64, out: &mut Output<'_>) {
        let wanted = match count {
            0 => false,
            _ if self.group => false,
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
