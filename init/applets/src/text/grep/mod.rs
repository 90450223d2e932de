//! `grep`, `egrep` and `fgrep` (POSIX; of GNU's all but `-P`, `-D` and what BusyBox lacks of colours).

mod choice;
mod files;
mod print;
mod search;

use alloc::vec::Vec;

use query::text::parse_decimal;
use regex::{Odd, Options, Regex, Syntax, Whole};

use crate::source;
use crate::{Applet, Flag, Flags, Input, Io, NUMBER, Outcome, Parsed, Run, Status};
use print::{Names, Shown};
use search::{Binary, Wanted};

pub(crate) const APPLET: Applet = Applet {
    name: "grep",
    summary: "Print the lines in which an expression matches",
    usage: USAGE,
    flags: FLAGS,
    run: Run::Parsed(run),
};

pub(super) const USAGE: &str =
    "[OPTION]... EXPRESSION [FILE]...\n[OPTION]... -e EXPRESSION... [-f FILE]... [FILE]...";

pub(super) const FLAGS: Flags = flags![
    Flag::new(b'E', "extended-regexp", "extended expressions: + ? | ( ) { }"),
    Flag::new(b'F', "fixed-strings", "texts in which each character stands for itself"),
    Flag::new(b'G', "basic-regexp", "basic expressions: \\+ \\? \\| \\( \\) \\{ \\}"),
    Flag::with(b'e', "regexp", "EXPRESSION", "an expression; any of several may match"),
    Flag::with(b'f', "file", "FILE", "expressions from FILE, one a line"),
    Flag::new(b'i', "ignore-case", "letters of either case are the same"),
    Flag::new(b'y', "", ""),
    Flag::new(NO_IGNORE_CASE, "no-ignore-case", "they are not (the default)"),
    Flag::new(b'v', "invert-match", "the lines in which none matches"),
    Flag::new(b'w', "word-regexp", "only matches that are whole words"),
    Flag::new(b'x', "line-regexp", "only matches that are whole lines"),
    Flag::new(b'c', "count", "how many lines, instead of these"),
    Flag::new(b'l', "files-with-matches", "the names of files with such lines"),
    Flag::new(b'L', "files-without-match", "the names of files without"),
    Flag::new(b'q', "quiet", "nothing but a status: 0 found, 1 not found, 2 trouble"),
    Flag::new(SILENT, "silent", ""),
    Flag::new(b's', "no-messages", "no complaints about files that cannot be read"),
    Flag::with(b'm', "max-count", "N", "no more than N lines of each file"),
    Flag::new(b'n', "line-number", "numbers of lines before them"),
    Flag::new(b'b', "byte-offset", "where they begin, in bytes"),
    Flag::new(b'H', "with-filename", "names of files before lines (for several: the default)"),
    Flag::new(b'h', "no-filename", "no names"),
    Flag::with(LABEL, "label", "NAME", "what standard input is called"),
    Flag::new(b'Z', "null", "a zero byte behind names"),
    Flag::new(b'T', "initial-tab", "lines begin at a tab stop"),
    Flag::new(b'o', "only-matching", "only what matches, each on a line"),
    Flag::with(b'A', "after-context", "N", "N lines behind each too"),
    Flag::with(b'B', "before-context", "N", "N lines before each too"),
    Flag::with(b'C', "context", "N", "N lines before and behind"),
    Flag::number("as -C NUMBER"),
    Flag::with(SEPARATOR, "group-separator", "TEXT", "what stands between groups of lines (--)"),
    Flag::new(NO_SEPARATOR, "no-group-separator", "nothing does"),
    Flag::may(COLOR, "color", "WHEN", "matches in colour: always, never, or auto (on a terminal)"),
    Flag::may(COLOR, "colour", "WHEN", ""),
    Flag::new(b'r', "recursive", "files in folders, all the way down"),
    Flag::new(b'R', "dereference-recursive", "the same, and follow symbolic links"),
    Flag::with(b'd', "directories", "ACTION", "folders: read, skip or recurse"),
    Flag::with(b'D', "devices", "ACTION", "devices, FIFOs and sockets: read or skip"),
    Flag::with(
        INCLUDE,
        "include",
        "PATTERN",
        "only files with such names, unless a later --exclude has them"
    ),
    Flag::with(EXCLUDE, "exclude", "PATTERN", "no files with such names, unless a later --include has them"),
    Flag::with(EXCLUDE_FROM, "exclude-from", "FILE", "so, for each line of FILE"),
    Flag::with(EXCLUDE_DIR, "exclude-dir", "PATTERN", "no folders with such names"),
    Flag::new(b'a', "text", "files with zero bytes are texts too"),
    Flag::new(b'I', "", "they have no lines"),
    Flag::with(BINARY, "binary-files", "TYPE", "what they are: binary, text or without-match"),
    Flag::new(b'U', "binary", ""),
    Flag::new(LINE_BUFFERED, "line-buffered", "write each line at once"),
    Flag::new(b'z', "null-data", "lines end with a zero byte"),
];

keys! {
    128;
    NO_IGNORE_CASE SILENT LABEL COLOR INCLUDE EXCLUDE EXCLUDE_DIR BINARY LINE_BUFFERED SEPARATOR
    NO_SEPARATOR EXCLUDE_FROM
}

/// The status for anything but found and not found.
const TROUBLE: Status = Status(2);

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut operands = parsed.operands.as_slice();
    let mut patterns = Vec::new();
    for (key, value) in &parsed.options {
        match key {
            b'e' => lines(value, &mut patterns),
            b'f' => {
                let mut text = Vec::new();
                let result =
                    source::with(io, value, &mut |_, _, input: &mut Input<'_>| input.read_all(&mut text));
                if result.is_err() {
                    io.report(value, result);
                    return Ok(TROUBLE);
                }
                if !text.is_empty() {
                    lines(text.strip_suffix(b"\n").unwrap_or(&text), &mut patterns);
                }
            }
            _ => {}
        }
    }
    if !parsed.has_any(b"ef") {
        let Some((first, rest)) = operands.split_first() else { return Ok(parsed.usage(io)) };
        lines(first, &mut patterns);
        operands = rest;
    }
    let (Some(wanted), Some(shown)) = (wanted(io, parsed, &patterns), shown(io, parsed)) else {
        return Ok(TROUBLE);
    };
    if wanted.most == 0 && !parsed.has(b'L') {
        // As GNU's: of no lines none is looked for, and no file is opened.
        return Ok(Status::FAILURE);
    }
    let status = files::run(io, parsed, operands, &mut search::Search::new(&wanted, shown));
    Ok(status)
}

/// Splits a list of expressions into these.
fn lines(list: &[u8], into: &mut Vec<Vec<u8>>) {
    into.extend(list.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
}

/// Gives which lines are wanted; nothing after a complaint.
fn wanted(io: &mut Io<'_>, parsed: &Parsed<'_>, patterns: &[Vec<u8>]) -> Option<Wanted> {
    let usual = match parsed.applet.name() {
        "egrep" => b'E',
        "fgrep" => b'F',
        _ => b'G',
    };
    let syntax = match parsed.last_of(b"EFG").unwrap_or(usual) {
        b'E' => Syntax::Extended,
        b'F' => Syntax::Fixed,
        _ => Syntax::Basic,
    };
    let end = if parsed.has(b'z') { 0 } else { b'\n' };
    let options = Options {
        odd: Odd::Taken,
        ignores_case: matches!(parsed.last_of(&[b'i', b'y', NO_IGNORE_CASE]), Some(b'i' | b'y')),
        whole: match (parsed.has(b'x'), parsed.has(b'w')) {
            (true, _) => Whole::Text,
            (_, true) => Whole::Word,
            _ => Whole::Any,
        },
        delimiter: Some(end),
        ..Options::new(syntax, io.is_utf8())
    };
    let list: Vec<&[u8]> = patterns.iter().map(Vec::as_slice).collect();
    // Of no expressions none matches.
    let regex = match (!list.is_empty()).then(|| Regex::any(&list, options)).transpose() {
        Ok(regex) => regex,
        Err(error) => {
            io.complain(&patterns.join(&b'\n'), &error);
            return None;
        }
    };
    let most = match parsed.value(b'm') {
        None => u64::MAX,
        Some(word) => number(io, word)?,
    };
    let binary = match (parsed.last_of(&[b'a', b'I', BINARY]), parsed.value(BINARY)) {
        (Some(b'a'), _) | (Some(BINARY), Some(b"text")) => Binary::Text,
        (Some(b'I'), _) | (Some(BINARY), Some(b"without-match")) => Binary::NoMatch,
        (None, _) | (Some(BINARY), Some(b"binary")) => Binary::Said,
        (_, word) => {
            io.misuse(word.unwrap_or_default(), "is not binary, text or without-match");
            return None;
        }
    };
    Some(Wanted { regex, is_inverted: parsed.has(b'v'), end, most, binary })
}

/// Gives what is shown of them; nothing after a complaint.
fn shown(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Option<Shown> {
    let mut context = [None; 3];
    for (lines, keys) in context.iter_mut().zip([&b"B"[..], b"A", &[b'C', NUMBER]]) {
        let option = parsed.options.iter().rev().find(|(key, _)| keys.contains(key));
        if let Some((_, word)) = option {
            *lines = Some(number(io, word)?);
        }
    }
    let has_context = context.iter().any(Option::is_some);
    let [before, after, both] = context;
    let colors = match parsed.value(COLOR) {
        None | Some(b"never" | b"no" | b"none") => false,
        Some(b"always" | b"yes" | b"force") => true,
        Some(b"" | b"auto" | b"tty" | b"if-tty") => io.out.columns().is_some(),
        Some(word) => {
            io.misuse(word, "is not always, never or auto");
            return None;
        }
    };
    let separator = match parsed.last_of(&[SEPARATOR, NO_SEPARATOR]) {
        Some(NO_SEPARATOR) => None,
        _ => Some(parsed.value(SEPARATOR).unwrap_or(b"--").to_vec()),
    };
    Some(Shown {
        names: match parsed.last_of(b"Hh") {
            Some(b'H') => Names::Always,
            Some(_) => Names::Never,
            None => Names::Open,
        },
        numbers: parsed.has(b'n'),
        offsets: parsed.has(b'b'),
        zero_behind_names: parsed.has(b'Z'),
        tab: parsed.has(b'T'),
        only_matches: parsed.has(b'o'),
        colors,
        has_context,
        before: before.or(both).unwrap_or(0),
        after: after.or(both).unwrap_or(0),
        separator,
        at_once: parsed.has(LINE_BUFFERED),
    })
}

/// Reads a number of lines; nothing after a complaint.
fn number(io: &mut Io<'_>, word: &[u8]) -> Option<u64> {
    let number = parse_decimal(word);
    if number.is_none() {
        io.misuse(word, "is no number of lines");
    }
    number
}
