//! `du` (POSIX; the others are GNU's). A file is counted once, whatever its names and however often it is met, unless `-l` asks
//! for each name; sums are kept for the folders that the walk is in, and for no others.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use io::{Follow, Step, Visit, Walk};
use linux::fs::{FileKind, Metadata, Timestamp};
use query::Json;
use text::pattern::Matcher;

use super::path::{base, terminated};
use super::units::{self, Unit};
use crate::listed::List;
use crate::zone::Zone;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status, amount, source};

pub(crate) const APPLET: Applet = Applet {
    name: "du",
    summary: "Show how much room folders and files take",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'a', "all", "of each file, not of folders only"),
        Flag::new(b's', "summarize", "of the operands only"),
        Flag::with(b'd', "max-depth", "COUNT", "of folders so many levels down"),
        Flag::new(b'c', "total", "with the sum of all operands"),
        Flag::new(b'S', "separate-dirs", "folders without those in them"),
        units::HUMAN,
        units::SI_FLAG,
        units::KILO,
        units::MEGA,
        units::SIZE,
        Flag::new(b'b', "bytes", "sizes instead of room, in bytes"),
        Flag::new(APPARENT, "apparent-size", "sizes instead of room"),
        Flag::new(b'l', "count-links", "each name of a file is counted"),
        Flag::new(b'L', "dereference", "what links lead to"),
        Flag::new(b'H', "dereference-args", "so, for links among the operands"),
        Flag::new(b'D', "", "same as -H"),
        Flag::new(b'P', "no-dereference", "links themselves (so without -H and -L)"),
        Flag::new(b'x', "one-file-system", "leave out folders of other file systems"),
        Flag::with(EXCLUDE, "exclude", "PATTERN", "leave out names like PATTERN"),
        Flag::with(b'X', "exclude-from", "FILE", "so, for each line of FILE"),
        Flag::with(LIST, "files0-from", "FILE", "of those that FILE names, with zero bytes behind the names"),
        Flag::with(b't', "threshold", "SIZE", "only those of SIZE and more, with - and less"),
        Flag::new(INODES, "inodes", "numbers of files instead of room"),
        Flag::may(
            TIME,
            "time",
            "WORD",
            "the latest time: of contents, else of WORD: access, use, status, ..."
        ),
        Flag::with(TIME_STYLE, "time-style", "STYLE", "full-iso, long-iso (the default), iso, +FORM of date"),
        Flag::new(b'0', "null", "zero bytes instead of line feeds"),
        Flag::rows("path bytes:N files:N time:N"),
    ],
    run: Run::Parsed(run),
};

keys! { 129; APPARENT EXCLUDE INODES TIME TIME_STYLE LIST }

/// What a line counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    Room,
    Sizes,
    Files,
}

/// What something counts, and the latest of its times.
#[derive(Clone, Copy)]
struct Sum {
    amount: u64,
    time: Option<Timestamp>,
}

impl Sum {
    /// What nothing counts.
    const NONE: Self = Self { amount: 0, time: None };

    fn add(&mut self, other: Self) {
        self.amount = self.amount.saturating_add(other.amount);
        self.time = self.time.max(other.time);
    }
}

/// Which time of a file.
#[derive(Clone, Copy)]
enum Time {
    Modified,
    Accessed,
    Changed,
}

struct Counter {
    counts: Counts,
    time: Option<Time>,
    zone: Zone,
    /// As `date` has it.
    style: String,
    unit: Unit,
    deepest: usize,
    all: bool,
    separate: bool,
    every_name: bool,
    /// Whether a file that is met again may have one name only.
    meets_again: bool,
    stays: bool,
    excluded: Vec<Vec<u8>>,
    matcher: Matcher,
    /// Whether what is larger is left out, else what is smaller.
    at_most: bool,
    bound: u64,
    end: &'static [u8],
    is_json: bool,
    is_first: bool,
    /// Files that have been counted and may be met again.
    seen: BTreeSet<((u32, u32), u64)>,
    status: Status,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut counter = counter(io, parsed)?;
    let follow = match parsed.last_of(b"LHDP") {
        Some(b'L') => Follow::Always,
        Some(b'H' | b'D') => Follow::First,
        _ => Follow::Never,
    };
    let list = List::read(io, parsed, LIST)?;
    let operands = match &list {
        Some(list) => {
            let (names, status) = list.names(io);
            counter.status = status;
            names
        }
        None if parsed.operands.is_empty() => vec![&b"."[..]],
        None => parsed.operands.clone(),
    };
    counter.meets_again = follow == Follow::Always || operands.len() > 1;
    if counter.is_json {
        io.out.put(b"[");
    }
    let mut total = Sum::NONE;
    for operand in operands {
        total.add(counter.operand(io, operand, follow));
    }
    if parsed.has(b'c') {
        counter.line(io, total, b"total");
    }
    if counter.is_json {
        io.out.put(b"]\n");
    }
    Ok(counter.status)
}

fn counter(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Counter, Status> {
    let number =
        |io: &mut Io<'_>, text: &[u8]| amount::parse(text).ok_or_else(|| io.misuse(text, "not a number"));
    let deepest = match (parsed.has(b's'), parsed.value(b'd')) {
        (true, Some(text)) if number(io, text)? > 0 => {
            return Err(io.misuse(b"-s", "means a depth of 0, and -d says another"));
        }
        (true, _) => 0,
        (false, Some(text)) => usize::try_from(number(io, text)?).unwrap_or(usize::MAX),
        (false, None) => usize::MAX,
    };
    if parsed.has(b's') && parsed.has(b'a') {
        return Err(io.misuse(b"-s", "cannot be together with -a"));
    }
    let counts = match (parsed.has(INODES), parsed.has_any(&[b'b', APPARENT])) {
        (true, _) => Counts::Files,
        (false, true) => Counts::Sizes,
        (false, false) => Counts::Room,
    };
    let plain = if counts == Counts::Files || parsed.has_any(&[b'b', JSON]) { 1 } else { 1024 };
    let unit =
        if parsed.has(JSON) { Unit::of(1) } else { Unit::parse(io, parsed, plain, b'b', "DU_BLOCK_SIZE")? };
    let (at_most, bound) = match parsed.value(b't') {
        Some([b'-', text @ ..]) => (true, number(io, text)?),
        Some(text) => (false, number(io, text)?),
        None => (false, 0),
    };
    let time = match parsed.value(TIME) {
        None => None,
        Some(b"") => Some(Time::Modified),
        Some(b"atime" | b"access" | b"use") => Some(Time::Accessed),
        Some(b"ctime" | b"status") => Some(Time::Changed),
        Some(word) => return Err(io.misuse(word, "none of atime, access, use, ctime, status")),
    };
    let style = parsed.value(TIME_STYLE).filter(|_| time.is_some()).unwrap_or(b"long-iso");
    let style = style_form(style).ok_or_else(|| io.misuse(style, "no such form of times"))?;
    Ok(Counter {
        counts,
        time,
        zone: Zone::of(io, time.is_some()),
        style,
        unit,
        deepest,
        all: parsed.has(b'a'),
        separate: parsed.has(b'S'),
        every_name: parsed.has(b'l'),
        meets_again: false,
        stays: parsed.has(b'x'),
        excluded: excluded(io, parsed)?,
        matcher: Matcher { utf8: io.is_utf8(), folds: false },
        at_most,
        bound,
        end: if parsed.has(b'0') { b"\0" } else { b"\n" },
        is_json: parsed.has(JSON),
        is_first: true,
        seen: BTreeSet::new(),
        status: Status::SUCCESS,
    })
}

/// Gives the form of a style of times.
fn style_form(style: &[u8]) -> Option<String> {
    Some(match style.strip_prefix(b"posix-").unwrap_or(style) {
        b"full-iso" => "%Y-%m-%d %H:%M:%S.%N %z".into(),
        b"long-iso" => "%Y-%m-%d %H:%M".into(),
        b"iso" => "%Y-%m-%d".into(),
        [b'+', form @ ..] => core::str::from_utf8(form).ok()?.into(),
        _ => return None,
    })
}

/// Gives the patterns of names that are left out.
fn excluded(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Vec<Vec<u8>>, Status> {
    let mut patterns: Vec<Vec<u8>> = parsed.values(EXCLUDE).map(<[u8]>::to_vec).collect();
    for file in parsed.values(b'X') {
        let mut text = Vec::new();
        let read = source::with(io, file, &mut |_, _, input| input.read_all(&mut text));
        read.map_err(|errno| io.complain(file, &errno))?;
        patterns
            .extend(text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec));
    }
    Ok(patterns)
}

/// A folder that the walk is in.
struct Folder {
    sum: Sum,
    path: Vec<u8>,
}

impl Counter {
    /// Counts an operand and what is below; gives the sum.
    fn operand(&mut self, io: &mut Io<'_>, operand: &[u8], follow: Follow) -> Sum {
        let mut walk = Walk::of(&terminated(operand), follow);
        let mut folders: Vec<Folder> = Vec::new();
        let (mut total, mut home) = (Sum::NONE, None);
        while let Some(found) = walk.next() {
            let visit = match found {
                Ok(visit) => visit,
                Err(failure) => {
                    self.status = io.complain(&failure.path, &failure.errno);
                    continue;
                }
            };
            // Of a folder that could not be read no leaving is told.
            self.close(io, &mut folders, visit.depth, &mut total);
            if visit.step == Step::Leave {
                continue;
            }
            let Some(sum) = self.sum(io, &visit, &mut home) else {
                walk.skip();
                continue;
            };
            if visit.step == Step::Enter {
                folders.push(Folder { sum, path: visit.path.to_vec() });
                continue;
            }
            match folders.last_mut() {
                Some(folder) => folder.sum.add(sum),
                None => total = sum,
            }
            if visit.depth == 0 || self.all && visit.depth <= self.deepest {
                self.line(io, sum, visit.path);
            }
        }
        self.close(io, &mut folders, 0, &mut total);
        total
    }

    /// Prints folders that are done, down to a depth.
    fn close(&mut self, io: &mut Io<'_>, folders: &mut Vec<Folder>, depth: usize, total: &mut Sum) {
        while folders.len() > depth {
            let Some(Folder { sum, path }) = folders.pop() else { break };
            if folders.len() <= self.deepest {
                self.line(io, sum, &path);
            }
            match folders.last_mut() {
                Some(above) if !self.separate => above.sum.add(sum),
                _ => total.add(sum),
            }
        }
    }

    /// Gives what something counts; nothing if it is left out.
    fn sum(&mut self, io: &mut Io<'_>, visit: &Visit<'_>, home: &mut Option<(u32, u32)>) -> Option<Sum> {
        let name = base(visit.path);
        if self.excluded.iter().any(|pattern| {
            self.matcher.matches(pattern, name)
                || pattern.contains(&b'/') && self.matcher.matches(pattern, visit.path)
        }) {
            return None;
        }
        let file = match visit.metadata() {
            Ok(file) => file,
            Err(linux::Errno::NOENT) => return None,
            Err(errno) => {
                self.status = io.complain(visit.path, &errno);
                return None;
            }
        };
        if self.stays && *home.get_or_insert(file.device()) != file.device() || self.is_seen(&file) {
            return None;
        }
        let time = self.time.map(|time| match time {
            Time::Modified => file.modified(),
            Time::Accessed => file.accessed(),
            Time::Changed => file.changed(),
        });
        let amount = match self.counts {
            Counts::Room => file.blocks() * 512,
            Counts::Sizes => match file.kind() {
                FileKind::Regular | FileKind::Symlink | FileKind::Directory => file.size(),
                _ => 0,
            },
            Counts::Files => 1,
        };
        Some(Sum { amount, time })
    }

    /// Says whether a file was counted already, and remembers it.
    fn is_seen(&mut self, file: &Metadata) -> bool {
        let may_be_met_again = self.meets_again || file.links() > 1 && !file.is_directory();
        !self.every_name && may_be_met_again && !self.seen.insert((file.device(), file.inode()))
    }

    fn line(&mut self, io: &mut Io<'_>, sum: Sum, path: &[u8]) {
        let Sum { amount, time } = sum;
        if if self.at_most { amount > self.bound } else { amount < self.bound } {
            return;
        }
        if self.is_json {
            let mut json = Json::within(&mut io.out, !self.is_first);
            self.is_first = false;
            json.line();
            json.object();
            json.field_bytes("path", path);
            json.field_number(if self.counts == Counts::Files { "files" } else { "bytes" }, amount);
            if let Some(time) = time {
                json.key("time");
                json.signed(time.seconds);
            }
            json.end_object();
            return;
        }
        self.unit.put(amount, &mut io.out);
        io.out.put(b"\t");
        if let Some(time) = time {
            self.zone.form(&self.style, time, &mut io.out);
            io.out.put(b"\t");
        }
        io.out.put(path);
        io.out.put(self.end);
    }
}
