//! Which processes `pgrep` and `pkill` mean: by their names or command lines, and by what the kernel keeps of them.

use alloc::vec::Vec;

use linux::process::{Pid, getpgid, getpid, getsid};
use query::text::parse_decimal;
use regex::{Regex, Syntax};
use system::processes::{self, Process};
use system::users::Names;

use super::ps::terminal;
use crate::{Flag, Io, Outcome, Parsed, Status, span};

pub(super) const OLDER: u8 = 130;

/// The options that both have.
pub(super) const FLAGS: [Flag; 19] = [
    Flag::new(b'f', "full", "match the whole command line"),
    Flag::new(b'x', "exact", "match all of the name, not a part"),
    Flag::new(b'i', "ignore-case", "letters of either case are equal"),
    Flag::new(b'v', "inverse", "those that do not fit"),
    Flag::new(b'n', "newest", "only the one that started last"),
    Flag::new(b'o', "oldest", "only the one that started first"),
    Flag::new(b'c', "count", "print how many"),
    Flag::with(b'P', "parent", "LIST", "children of these processes"),
    Flag::with(b'g', "pgroup", "LIST", "in these groups; 0 is this one's"),
    Flag::with(b's', "session", "LIST", "in these sessions; 0 is this one's"),
    Flag::with(b't', "terminal", "LIST", "on these terminals"),
    Flag::with(b'u', "euid", "LIST", "acting for these users"),
    Flag::with(b'U', "uid", "LIST", "started by these users"),
    Flag::with(b'G', "group", "LIST", "of these groups of users"),
    Flag::with(b'r', "runstates", "LETTERS", "in these states (D R S T Z)"),
    Flag::with(OLDER, "older", "TIME", "that started so long ago"),
    Flag::with(b'O', "", "TIME", ""),
    Flag::with(b'F', "pidfile", "FILE", "the process whose number is in FILE"),
    Flag::new(b'A', "ignore-ancestors", "none that this one descends from"),
];

/// Gives the processes that are meant, in the order of their numbers.
pub(super) fn find(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Vec<Process>, crate::Failure> {
    let pattern = match parsed.operands.as_slice() {
        [] => None,
        [pattern] => Some(*pattern),
        [_, extra, ..] => return Err(io.misuse(extra, "one pattern is expected").into()),
    };
    let criteria: &[u8] = b"PgstuUGrFO";
    if pattern.is_none() && !parsed.has_any(criteria) && !parsed.has(OLDER) {
        return Err(parsed.usage(io).into());
    }
    let ignores_case = parsed.has(b'i');
    let regex = match pattern {
        None => None,
        Some(pattern) => {
            let regex = Regex::new(&folded(pattern, ignores_case), Syntax::Extended, false);
            Some(regex.map_err(|error| io.misuse_with(pattern, &error))?)
        }
    };
    let names = Names::read();
    let tests = tests(parsed, &names).map_err(|word| io.misuse(word, "not what is expected here"))?;
    let own = getpid().get().unsigned_abs();
    let all = processes::all()?;
    let ancestors = if parsed.has(b'A') { ancestors(&all, own) } else { Vec::from([own]) };
    let mut found: Vec<Process> = Vec::new();
    for process in all.into_iter().filter(|process| !ancestors.contains(&process.pid)) {
        let is_met = tests.iter().all(|test| test.is_met(&process))
            && regex.as_ref().is_none_or(|regex| matches(regex, &process, parsed, ignores_case));
        if is_met != parsed.has(b'v') {
            found.push(process);
        }
    }
    if let Some(which) = parsed.last_of(b"no") {
        // Of those that started in one tick, numbers tell.
        let key = |process: &Process| (process.started, process.pid);
        let chosen =
            if which == b'n' { found.into_iter().max_by_key(key) } else { found.into_iter().min_by_key(key) };
        found = chosen.into_iter().collect();
    }
    Ok(found)
}

fn matches(regex: &Regex, process: &Process, parsed: &Parsed<'_>, ignores_case: bool) -> bool {
    let text =
        if parsed.has(b'f') && !process.arguments.is_empty() { &process.arguments } else { &process.name };
    let text = if ignores_case { &text.to_ascii_lowercase() } else { text };
    if parsed.has(b'x') {
        regex.find(text, 0).is_some_and(|found| found == (0..text.len()))
    } else {
        regex.is_match(text)
    }
}

/// Gives a pattern for text in small letters, if case is ignored. What a backslash makes of a letter stays.
fn folded(pattern: &[u8], ignores_case: bool) -> Vec<u8> {
    let mut before = 0;
    let fold = |byte: &u8| {
        let folded = if ignores_case && before != b'\\' { byte.to_ascii_lowercase() } else { *byte };
        before = if before == b'\\' { 0 } else { *byte };
        folded
    };
    pattern.iter().map(fold).collect()
}

/// Gives this process and those above it.
fn ancestors(all: &[Process], own: u32) -> Vec<u32> {
    let mut line = Vec::from([own]);
    while let Some(process) = all.iter().find(|process| line.last() == Some(&process.pid))
        && process.parent != 0
        && !line.contains(&process.parent)
    {
        line.push(process.parent);
    }
    line
}

/// One condition.
enum Test<'a> {
    /// A number of it is among these: the option says which.
    Number(u8, Vec<u32>),
    Terminal(&'a [u8]),
    State(&'a [u8]),
    /// It started before this time since boot.
    Before(formats::time::Duration),
}

impl Test<'_> {
    fn is_met(&self, process: &Process) -> bool {
        match self {
            Self::Number(key, list) => list.contains(&match key {
                b'P' => process.parent,
                b'g' => process.group,
                b's' => process.session,
                b'u' => process.user,
                b'U' => process.real_user,
                b'G' => process.user_group,
                _ => process.pid,
            }),
            Self::Terminal(list) => {
                let name = terminal(process);
                list.split(|byte| *byte == b',').any(|word| {
                    let word = if word == b"-" { b"?" } else { word.strip_prefix(b"/dev/").unwrap_or(word) };
                    word == name || name.strip_prefix(b"tty") == Some(word)
                })
            }
            Self::State(letters) => letters.contains(&process.state),
            Self::Before(time) => process.started <= *time,
        }
    }
}

/// Reads the conditions; the error is a word that makes no sense.
fn tests<'a>(parsed: &Parsed<'a>, names: &Names) -> Result<Vec<Test<'a>>, &'a [u8]> {
    let mut tests = Vec::new();
    for &(key, word) in &parsed.options {
        tests.push(match key {
            b'P' | b'g' | b's' | b'u' | b'U' | b'G' => Test::Number(key, numbers(key, word, names)?),
            b'F' => {
                let text = system::file::read(word).map_err(|_| word)?;
                let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let number = parse_decimal(line.trim_ascii()).and_then(|number| u32::try_from(number).ok());
                Test::Number(key, Vec::from([number.ok_or(word)?]))
            }
            b't' => Test::Terminal(word),
            b'r' => Test::State(word),
            b'O' | OLDER => {
                let age = span::parse(word).ok_or(word)?;
                Test::Before(system::machine::uptime().saturating_sub(age.into()))
            }
            _ => continue,
        });
    }
    Ok(tests)
}

fn numbers<'a>(key: u8, list: &'a [u8], names: &Names) -> Result<Vec<u32>, &'a [u8]> {
    let own = |group: linux::Result<Option<Pid>>| {
        group.ok().flatten().map_or(0, |group| group.get().unsigned_abs())
    };
    let mut numbers = Vec::new();
    for word in list.split(|byte| b", ".contains(byte)).filter(|word| !word.is_empty()) {
        let number = parse_decimal(word).and_then(|number| u32::try_from(number).ok());
        let number = match key {
            b'u' | b'U' => names.find_user(word),
            b'G' => names.find_group(word),
            b'g' if number == Some(0) => Some(own(getpgid(None))),
            b's' if number == Some(0) => Some(own(getsid(None))),
            _ => number,
        };
        numbers.push(number.ok_or(word)?);
    }
    Ok(numbers)
}

/// Prints how many were found, with the status that says whether any was.
pub(super) fn count(io: &mut Io<'_>, found: usize) -> Outcome {
    io.out.number(found as u64);
    io.out.put(b"\n");
    Ok(Status::from(found > 0))
}

/// Takes the signal out of words such as `-9`, `-HUP`: the first word that is a dash and a signal.
pub(super) fn take_signal<'a>(words: &mut Vec<&'a [u8]>) -> Option<&'a [u8]> {
    let is_signal =
        |word: &&[u8]| word.strip_prefix(b"-").is_some_and(|name| super::signals::parse(name).is_some());
    let end = words.iter().position(|word| *word == b"--").unwrap_or(words.len());
    let at = words.iter().take(end).position(is_signal)?;
    words.remove(at).strip_prefix(b"-")
}
