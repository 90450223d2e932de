//! `shuf` (GNU's).

use alloc::vec::Vec;

use linux::fd::AsFd;
use query::text::parse_decimal;

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "shuf",
    summary: "Print lines in an order of chance",
    usage: "[OPTION]... [FILE]\n-e [OPTION]... [WORD]...\n-i LOW-HIGH [OPTION]...",
    flags: flags![
        Flag::new(b'e', "echo", "the words of the command line"),
        Flag::with(b'i', "input-range", "LOW-HIGH", "the numbers from LOW to HIGH"),
        Flag::with(b'n', "head-count", "N", "no more than N of them"),
        Flag::with(b'o', "output", "FILE", "write to FILE"),
        Flag::new(b'r', "repeat", "each may come again; with -n that many, else for ever"),
        Flag::with(SOURCE, "random-source", "FILE", "chance from the bytes of FILE"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
    ],
    run: Run::Parsed(run),
};

const SOURCE: u8 = 128;

/// What is put in order.
enum Lines {
    Texts(Vec<Vec<u8>>),
    /// Numbers from the first to the last: only those that are printed are written down.
    Range(u64, u64),
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let end = if parsed.has(b'z') { 0 } else { b'\n' };
    let lines = match (parsed.value(b'i'), parsed.has(b'e'), parsed.operands.as_slice()) {
        (Some(_), true, _) => return Ok(io.complain(b"-i", &"is not for words")),
        (Some(word), _, []) => match range(word) {
            Some((low, high)) => Lines::Range(low, high),
            None => return Ok(io.complain(word, &"is no range of numbers")),
        },
        (_, true, words) => Lines::Texts(words.iter().map(|word| word.to_vec()).collect()),
        (None, false, names) if names.len() <= 1 => {
            let mut lines = Vec::new();
            let name = source::names(names).first().copied().unwrap_or(b"-");
            let result = source::with(io, name, &mut |_, _, input| {
                let mut reader = Reader::new(input);
                while let Some(record) = reader.record(end)? {
                    lines.push(ended(record, end).0.to_vec());
                }
                Ok(())
            });
            if result.is_err() {
                return Ok(io.report(name, result));
            }
            Lines::Texts(lines)
        }
        (.., words) => {
            return Ok(io.complain(words.last().copied().unwrap_or_default(), &"is one operand too many"));
        }
    };
    let most = match parsed.value(b'n') {
        None => u64::MAX,
        Some(word) => match parse_decimal(word) {
            Some(most) => most,
            None => return Ok(io.complain(word, &"is no number of lines")),
        },
    };
    let mut chance = match Chance::new(parsed.value(SOURCE)) {
        Ok(chance) => chance,
        Err(errno) => return Ok(io.report(parsed.value(SOURCE).unwrap_or_default(), Err(errno))),
    };
    let Some(name) = parsed.value(b'o') else {
        return Ok(print(&mut io.out, lines, most, parsed.has(b'r'), end, &mut chance)
            .unwrap_or_else(|reason| io.complain(b"", &reason)));
    };
    let file = match source::create_file(name) {
        Ok(file) => file,
        Err(errno) => return Ok(io.report(name, Err(errno))),
    };
    let mut out = Output::descriptor_stream(file.as_fd());
    let status = print(&mut out, lines, most, parsed.has(b'r'), end, &mut chance);
    out.flush();
    let written = out.take_error().map_or(Ok(()), Err);
    let status = status.unwrap_or_else(|reason| io.complain(b"", &reason));
    Ok(status.and(io.report(name, written)))
}

fn range(word: &[u8]) -> Option<(u64, u64)> {
    let dash = word.iter().position(|byte| *byte == b'-')?;
    let (low, high) = (parse_decimal(word.get(..dash)?)?, parse_decimal(word.get(dash + 1..)?)?);
    (low <= high || low == high + 1).then_some((low, high))
}

type Printed = Result<Status, &'static str>;

fn print(
    out: &mut Output<'_>,
    lines: Lines,
    most: u64,
    repeats: bool,
    end: u8,
    chance: &mut Chance,
) -> Printed {
    let count = match &lines {
        Lines::Texts(lines) => lines.len() as u64,
        Lines::Range(low, high) => high.wrapping_sub(*low).wrapping_add(1),
    };
    if repeats && count == 0 && most > 0 {
        return Err("there is no line to repeat");
    }
    let wanted = if repeats { most } else { most.min(count) };
    // Where lines have moved: number by place; what is not there is at its own.
    let mut moved = alloc::collections::BTreeMap::new();
    for at in 0..wanted {
        let chosen = if repeats {
            chance.below(count)?
        } else {
            let other = at + chance.below(count - at)?;
            let chosen = moved.get(&other).copied().unwrap_or(other);
            let own = moved.get(&at).copied().unwrap_or(at);
            moved.insert(other, own);
            moved.remove(&at);
            chosen
        };
        match &lines {
            Lines::Texts(lines) => {
                out.put(usize::try_from(chosen).ok().and_then(|at| lines.get(at)).map_or(b"", Vec::as_slice))
            }
            Lines::Range(low, _) => out.number(low + chosen),
        }
        out.put(&[end]);
        if out.is_broken() {
            break;
        }
    }
    Ok(Status::SUCCESS)
}

/// Numbers by chance, of the kernel or from a file.
struct Chance {
    file: Option<linux::fd::OwnedFd>,
    bytes: Vec<u8>,
}

impl Chance {
    fn new(name: Option<&[u8]>) -> linux::Result<Self> {
        Ok(Self { file: name.map(source::open_file).transpose()?, bytes: Vec::new() })
    }

    fn next(&mut self) -> Result<u64, &'static str> {
        if self.bytes.len() < 8 {
            let mut fresh = [0; 4096];
            let count = match &self.file {
                Some(file) => linux::fs::read(file, &mut fresh),
                None => linux::random::getrandom(&mut fresh, linux::random::RandomFlags::empty()),
            };
            self.bytes = fresh.get(..count.unwrap_or(0)).unwrap_or_default().to_vec();
        }
        let at = self.bytes.len().checked_sub(8).ok_or("the source of chance has come to its end")?;
        let eight = self.bytes.split_off(at);
        Ok(eight.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// Gives a number below another, each as likely.
    fn below(&mut self, limit: u64) -> Result<u64, &'static str> {
        let unfair = (u64::MAX % limit.max(1) + 1) % limit.max(1);
        loop {
            let value = self.next()?;
            if value <= u64::MAX - unfair {
                return Ok(value % limit.max(1));
            }
        }
    }
}
