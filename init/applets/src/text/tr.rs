//! `tr` (POSIX; `-t` is GNU's). Characters are bytes, as GNU's and BusyBox's are.

use alloc::vec::Vec;

use bulk::Set;
use text::character::Class;
use text::escape;

use crate::reader::Reader;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "tr",
    summary: "Copy standard input to standard output with characters replaced, squeezed or left out",
    usage: "[-cst] SET1 SET2\n-d [-c] SET1\n-s [-c] SET1\n-ds [-c] SET1 SET2",
    flags: flags![
        Flag::new(b'c', "complement", "all characters that SET1 has not"),
        Flag::new(b'C', "", "same as -c"),
        Flag::new(b'd', "delete", "leave those of SET1 out"),
        Flag::new(b's', "squeeze-repeats", "of equal ones in a row, of the last set, only the first"),
        Flag::new(b't', "truncate-set1", "SET1 is as long as SET2"),
    ],
    run: Run::Parsed(run),
};

/// What becomes of the bytes, in this order.
struct Work {
    deleted: Option<Set>,
    table: Option<[u8; 256]>,
    squeezed: Option<Set>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let work = match work(parsed) {
        Ok(Some(work)) => work,
        Ok(None) => return Ok(parsed.usage(io)),
        Err((word, reason)) => return Ok(io.misuse(word, reason)),
    };
    let mut before = None;
    let mut input = core::mem::replace(&mut io.input, crate::Input::Memory(b""));
    let mut reader = Reader::new(&mut input);
    loop {
        let bytes = match reader.fill_to_change() {
            Ok(bytes) => bytes,
            Err(errno) => return Ok(io.complain(b"read", &errno)),
        };
        if bytes.is_empty() || io.out.is_broken() {
            return Ok(Status::SUCCESS);
        }
        let taken = bytes.len();
        let mut length = taken;
        if let Some(set) = &work.deleted {
            length = set.remove_from(bytes);
        }
        let kept = bytes.get_mut(..length).unwrap_or_default();
        if let Some(table) = &work.table {
            bulk::translate(kept, table);
        }
        if let Some(set) = &work.squeezed {
            length = set.squeeze(kept, &mut before);
        }
        io.out.put(kept.get(..length).unwrap_or_default());
        reader.consume(taken);
    }
}

type Fault<'a> = (&'a [u8], &'static str);

/// Reads the sets; nothing if there are too few or too many.
fn work<'a>(parsed: &Parsed<'a>) -> Result<Option<Work>, Fault<'a>> {
    let (deletes, squeezes) = (parsed.has(b'd'), parsed.has(b's'));
    let (first, second) = match (parsed.operands.as_slice(), deletes, squeezes) {
        ([first], true, false) | ([first], false, true) => (*first, None),
        ([first, second], false, _) | ([first, second], true, true) => (*first, Some(*second)),
        _ => return Ok(None),
    };
    let reading = Reading::of(first)?;
    let (classes, cases) = (reading.classes, reading.cases.clone());
    let mut from = reading.expand(None)?;
    if parsed.has_any(b"cC") {
        let set = set(&from);
        from = (0..=255).filter(|byte| !set.has(*byte)).collect();
    }
    let replaces = !deletes && second.is_some();
    let mut to = match second {
        Some(word) => {
            let reading = Reading::of(word)?;
            if replaces && reading.classes > reading.cases.len() {
                return Err((word, "has a class that is not [:lower:] or [:upper:], and so no order"));
            }
            let is_matched = |at| !parsed.has_any(b"cC") && cases.contains(at);
            if replaces && !reading.cases.iter().all(is_matched) {
                return Err((word, "has a class where the first set has no [:lower:] or [:upper:]"));
            }
            reading.expand(replaces.then_some(from.len()))?
        }
        None => Vec::new(),
    };
    if replaces && classes > 0 && parsed.has_any(b"cC") && to.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err((second.unwrap_or_default(), "must be one character for all that are in no class"));
    }
    let squeezed = squeezes.then(|| set(if second.is_some() { &to } else { &from }));
    if deletes {
        return Ok(Some(Work { deleted: Some(set(&from)), table: None, squeezed }));
    }
    let table = match (replaces, to.last().copied()) {
        (false, _) => None,
        (true, None) if parsed.has(b't') || from.is_empty() => None,
        (true, None) => return Err((second.unwrap_or_default(), "the second set is empty")),
        (true, Some(last)) => {
            if parsed.has(b't') {
                from.truncate(to.len());
            }
            to.resize(from.len().max(to.len()), last);
            let mut table = core::array::from_fn(|byte| byte as u8);
            for (from, to) in from.iter().zip(&to) {
                table[usize::from(*from)] = *to;
            }
            Some(table)
        }
    };
    Ok(Some(Work { deleted: None, table, squeezed }))
}

fn set(bytes: &[u8]) -> Set {
    let mut set = Set::EMPTY;
    bytes.iter().for_each(|byte| set.insert(*byte));
    set
}

/// A set as it is written: its parts in order.
struct Reading<'a> {
    word: &'a [u8],
    parts: Vec<Part>,
    /// How many classes there are.
    classes: usize,
    /// Where those of letters of one case begin: each stands for the other's.
    cases: Vec<usize>,
}

enum Part {
    Bytes(Vec<u8>),
    /// A byte as often as the other set has bytes left, `[x*]`.
    Fill(u8),
}

impl<'a> Reading<'a> {
    fn of(word: &'a [u8]) -> Result<Self, Fault<'a>> {
        let mut reading = Self { word, parts: Vec::new(), classes: 0, cases: Vec::new() };
        let mut rest = word;
        while !rest.is_empty() {
            rest = match reading.bracket(rest)? {
                Some(rest) => rest,
                None => reading.character_or_range(rest)?,
            };
        }
        Ok(reading)
    }

    /// Reads `[:class:]`, `[=c=]`, `[c*]` or `[c*n]`; nothing if it is none of these, and so a bracket like any character.
    fn bracket(&mut self, text: &'a [u8]) -> Result<Option<&'a [u8]>, Fault<'a>> {
        let find = |end: &[u8]| text.windows(2).skip(2).position(|pair| pair == end).map(|at| at + 2);
        match text {
            [b'[', b':', ..] => {
                let Some(end) = find(b":]") else { return Ok(None) };
                let name = text.get(2..end).unwrap_or_default();
                let Some(class) = Class::named(name) else {
                    return Err((text.get(..end + 2).unwrap_or(text), "is no class of characters"));
                };
                self.classes += 1;
                if matches!(name, b"lower" | b"upper") {
                    self.cases.push(self.known());
                }
                self.parts.push(Part::Bytes((0..128).filter(|byte| class.has(u32::from(*byte))).collect()));
                Ok(text.get(end + 2..))
            }
            [b'[', b'=', ..] => {
                let Some(end) = find(b"=]") else { return Ok(None) };
                let (byte, rest) = character(text.get(2..).unwrap_or_default());
                if rest.get(..2) != Some(b"=]") {
                    return Err((text.get(..end + 2).unwrap_or(text), "is no single character"));
                }
                self.parts.push(Part::Bytes(alloc::vec![byte]));
                Ok(rest.get(2..))
            }
            [b'[', _, _, ..] => self.repeated(text),
            _ => Ok(None),
        }
    }

    /// Reads `[c*]` or `[c*n]`, where a number that begins with 0 is octal.
    fn repeated(&mut self, text: &'a [u8]) -> Result<Option<&'a [u8]>, Fault<'a>> {
        let (byte, rest) = character(text.get(1..).unwrap_or_default());
        let Some(count) = rest.strip_prefix(b"*") else { return Ok(None) };
        let Some(end) = count.iter().position(|byte| *byte == b']') else { return Ok(None) };
        let (digits, rest) = count.split_at(end);
        let base = if digits.starts_with(b"0") { 8 } else { 10 };
        let (value, read) = escape::number(digits, base, 9);
        if read != digits.len() {
            let whole = text.get(..text.len() - rest.len() + 1).unwrap_or(text);
            return Err((whole, "is no number of times"));
        }
        self.parts.push(match value {
            0 => Part::Fill(byte),
            // More than there are bytes are as good as all.
            value => Part::Bytes(alloc::vec![byte; value.min(512) as usize]),
        });
        Ok(rest.get(1..))
    }

    fn character_or_range(&mut self, text: &'a [u8]) -> Result<&'a [u8], Fault<'a>> {
        let (first, rest) = character(text);
        let (last, rest) = match rest {
            [b'-', after @ ..] if !after.is_empty() => character(after),
            _ => (first, rest),
        };
        if first > last {
            let range = text.get(..text.len() - rest.len()).unwrap_or(text);
            return Err((range, "is a range whose end comes before its start"));
        }
        self.parts.push(Part::Bytes((first..=last).collect()));
        Ok(rest)
    }

    /// Gives how many bytes the parts have, without one that fills.
    fn known(&self) -> usize {
        let known = self.parts.iter().map(|part| match part {
            Part::Bytes(bytes) => bytes.len(),
            Part::Fill(_) => 0,
        });
        known.sum()
    }

    /// Gives the bytes in order; a part that fills takes what is missing to a length, which only the second set has.
    fn expand(self, length: Option<usize>) -> Result<Vec<u8>, Fault<'a>> {
        let missing = length.unwrap_or(0).saturating_sub(self.known());
        let mut all = Vec::new();
        for part in self.parts {
            match (part, length) {
                (Part::Bytes(bytes), _) => all.extend_from_slice(&bytes),
                (Part::Fill(byte), Some(_)) => all.resize(all.len() + missing, byte),
                (Part::Fill(_), None) => return Err((self.word, "[c*] is for the second set alone")),
            }
        }
        Ok(all)
    }
}

/// Reads a character, which may be a backslash sequence.
fn character(text: &[u8]) -> (u8, &[u8]) {
    match text {
        [b'\\', digits @ ..] if matches!(digits.first(), Some(b'0'..=b'7')) => {
            let (value, count) = escape::number(digits, 8, 3);
            // Of `\400` only two digits are a byte.
            let (value, count) = if value > 255 { (value >> 3, count - 1) } else { (value, count) };
            (value as u8, digits.get(count..).unwrap_or_default())
        }
        [b'\\', letter, rest @ ..] => {
            (escape::control(*letter).filter(|_| *letter != b'e').unwrap_or(*letter), rest)
        }
        [byte, rest @ ..] => (*byte, rest),
        [] => (0, text),
    }
}
