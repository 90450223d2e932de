//! `sort` (POSIX; `-g -h -M -R -V -s -z`, `-S` and `--files0-from` are GNU's).
//!
//! What fits into memory is sorted there: lines lie in one block, each with the first bytes of its first key as a number,
//! so that most comparisons look at no text. What does not fit is written out in sorted pieces, to files without names,
//! which are then merged, as sorted files are with `-m`.

mod compare;
mod key;
mod lines;
mod merge;

use alloc::string::String;
use alloc::vec::Vec;

use linux::fd::AsFd;
use linux::random::{RandomFlags, getrandom};
use linux::system::sysinfo;

use self::compare::{Kind, Rules, Way};
use self::key::{Key, Separator};
use crate::amount;
use crate::listed::List;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "sort",
    summary: "Print all lines of all files in order",
    usage: "[OPTION]... [FILE]...\n\nKEY is FIELD[.CHAR][WAYS][,FIELD[.CHAR][WAYS]], from the first to the last; WAYS are of bdfghiMnRrV.",
    flags: flags![
        Flag::with(b'k', "key", "KEY", "compare this part of lines; several: one after the other"),
        Flag::with(b't', "field-separator", "CHAR", "what is between fields (where blanks begin)"),
        Flag::new(b'b', "ignore-leading-blanks", "blanks before a key do not count"),
        Flag::new(b'd', "dictionary-order", "only letters, digits and blanks count"),
        Flag::new(b'f', "ignore-case", "small letters count as capital ones"),
        Flag::new(b'g', "general-numeric-sort", "numbers with exponents"),
        Flag::new(b'h', "human-numeric-sort", "numbers with units: 2K, 1G"),
        Flag::new(b'i', "ignore-nonprinting", "only what prints counts"),
        Flag::new(b'M', "month-sort", "names of months: JAN, FEB"),
        Flag::new(b'n', "numeric-sort", "numbers"),
        Flag::new(b'R', "random-sort", "by chance, equal ones together"),
        Flag::new(b'r', "reverse", "the last first"),
        Flag::new(b'V', "version-sort", "numbers within text: a2 before a10"),
        Flag::new(b'u', "unique", "of equal ones only the first"),
        Flag::new(b's', "stable", "equal ones stay in their order"),
        Flag::new(b'm', "merge", "the files are sorted: merge them"),
        Flag::new(b'c', "check", "say whether the file is sorted, and where it is not"),
        Flag::new(b'C', "", "the same without words"),
        Flag::with(b'o', "output", "FILE", "write there; it may be one of those that are read"),
        Flag::with(b'S', "buffer-size", "SIZE", "how much is sorted in memory (a quarter of all)"),
        Flag::with(b'T', "temporary-directory", "FOLDER", "where the rest is (TMPDIR, /tmp)"),
        Flag::with(128, "parallel", "N", "ignored"),
        Flag::with(LIST, "files0-from", "FILE", "sort what FILE names, with zero bytes behind the names"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
    ],
    run: Run::Parsed(run),
};

const LIST: u8 = 129;

/// Gives how much is sorted in memory, unless it is said.
fn memory() -> usize {
    const UNKNOWN: u64 = 64 << 20;
    let all = sysinfo().map_or(UNKNOWN, |system| system.memory);
    usize::try_from(all / 4).unwrap_or(usize::MAX / 4)
}

/// The status for anything that goes wrong: 1 says that lines are not in order.
const TROUBLE: Status = Status(2);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let rules = match rules(parsed) {
        Ok(rules) => rules,
        Err((word, reason)) => return Ok(io.misuse(word, reason)),
    };
    let list = List::read(io, parsed, LIST).map_err(|_| TROUBLE)?;
    let operands = match &list {
        Some(list) => list.some_names(io).map_err(|_| TROUBLE)?,
        None => parsed.operands.clone(),
    };
    if parsed.has_any(b"cC") {
        return Ok(check(io, parsed, &operands, &rules));
    }
    let memory = match parsed.value(b'S').map(size) {
        None => memory(),
        Some(Some(memory)) => memory,
        Some(None) => return Ok(io.misuse(parsed.value(b'S').unwrap_or_default(), "is no size")),
    };
    let mut runs = Vec::new();
    let status = match parsed.has(b'm') {
        true => merge::open_all(io, &operands, &mut runs),
        false => lines::sort_all(io, parsed.value(b'T'), &operands, &rules, memory, &mut runs),
    };
    if status != Status::SUCCESS {
        return Ok(TROUBLE);
    }
    // After all has been read: the output may be one of the files.
    let output = match parsed.value(b'o') {
        None => None,
        Some(name) => match source::create_file(name) {
            Ok(file) => Some((name, file)),
            Err(errno) => {
                io.complain(name, &errno);
                return Ok(TROUBLE);
            }
        },
    };
    let result = match &output {
        None => merge::write(runs, &rules, &mut io.out),
        Some((_, file)) => {
            let mut out = Output::descriptor_stream(file.as_fd());
            let result = merge::write(runs, &rules, &mut out);
            out.flush();
            result.and(out.take_error().map_or(Ok(()), Err))
        }
    };
    match result {
        Ok(()) => Ok(Status::SUCCESS),
        Err(errno) => {
            io.complain(output.map_or(&b"read"[..], |(name, _)| name), &errno);
            Ok(TROUBLE)
        }
    }
}

/// Reads a size, in kibibytes where no unit is given.
fn size(word: &[u8]) -> Option<usize> {
    if let Some(percent) = word.strip_suffix(b"%") {
        // Of what the machine has.
        let memory = sysinfo().ok()?;
        let size = memory.memory / 100 * query::text::parse_decimal(percent)?.min(100);
        return usize::try_from(size).ok().map(|size| size.max(1 << 16));
    }
    let has_unit = word.last().is_some_and(|last| !last.is_ascii_digit());
    let size = amount::parse(word)?.checked_mul(if has_unit { 1 } else { 1024 })?;
    // A line must fit, and so must many.
    usize::try_from(size).ok().map(|size| size.max(1 << 16))
}

type Fault<'a> = (&'a [u8], &'static str);

fn rules<'a>(parsed: &Parsed<'a>) -> Result<Rules, Fault<'a>> {
    let mut separators = parsed.values(b't');
    if let Some(first) = separators.next()
        && let Some(other) = separators.find(|word| *word != first)
    {
        return Err((other, "another separator than before"));
    }
    let separator = match parsed.value(b't') {
        None => Separator::Blanks,
        Some([byte]) => Separator::Byte(*byte),
        Some(b"\\0") => Separator::Byte(0),
        Some(word) => return Err((word, "a separator is a single byte")),
    };
    let mut way = Way::default();
    for (key, _) in &parsed.options {
        way.add(*key);
    }
    let mut keys = Vec::new();
    for word in parsed.values(b'k') {
        keys.push(Key::parse(word, way).ok_or((word, "is no key"))?);
    }
    if keys.is_empty() {
        keys.push(Key::whole(way));
    }
    if keys.iter().any(|key| !key.way.makes_sense()) {
        return Err((
            b"",
            "only one of the ways g, h, M, n, R and V can be taken, and d and i only with text",
        ));
    }
    let seed = match keys.iter().any(|key| key.way.kind == Kind::Random) {
        true => chance(),
        false => 0,
    };
    Ok(Rules {
        is_plain: matches!(keys.as_slice(), [key] if key.is_whole() && key.way.is_plain()),
        keys,
        separator,
        seed,
        reverses: way.reverses,
        unique: parsed.has(b'u'),
        stable: parsed.has_any(b"su"),
        end: if parsed.has(b'z') { 0 } else { b'\n' },
    })
}

/// Gives a number that nobody knows.
fn chance() -> u64 {
    let mut bytes = [0; 8];
    // Without random bytes, an order is as good as another.
    let _ = getrandom(&mut bytes, RandomFlags::NONBLOCK);
    u64::from_ne_bytes(bytes)
}

/// Says whether a file is in order.
fn check(io: &mut Io<'_>, parsed: &Parsed<'_>, operands: &[&[u8]], rules: &Rules) -> Status {
    let name = match operands {
        [] => &b"-"[..],
        [name] => *name,
        [_, more, ..] => return io.misuse(more, "only one file can be checked"),
    };
    let mut disorder = None;
    let result = source::with(io, name, &mut |_, _, input| {
        let mut reader = Reader::new(input);
        let mut before: Vec<u8> = Vec::new();
        let mut number = 0_u64;
        while let Some(record) = reader.record(rules.end)? {
            let line = ended(record, rules.end).0;
            number += 1;
            if number > 1 && !rules.may_follow(&before, line) {
                disorder = Some((number, line.to_vec()));
                break;
            }
            before.clear();
            before.extend_from_slice(line);
        }
        Ok(())
    });
    if let Err(errno) = result {
        io.complain(name, &errno);
        return TROUBLE;
    }
    let Some((number, line)) = disorder else { return Status::SUCCESS };
    if !parsed.has(b'C') {
        let line = String::from_utf8_lossy(&line).into_owned();
        io.complain(name, &format_args!("line {number} is out of order: {line}"));
    }
    Status::FAILURE
}
