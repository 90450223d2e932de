//! `xargs` (POSIX; `-0 -a -d -i -l -o -P -r` and the long options are GNU's). A command that PATH does not find, but this
//! program has, is run from it; `echo`, which has no side effects, is run from it without a process.

mod runner;
mod words;

use self::runner::Runner;
use self::words::{Words, Wrong};
use super::printing::escape;
use crate::source::with;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "xargs",
    summary: "Run a command with words from standard input",
    usage: "[OPTION]... [COMMAND [WORD]...]    (echo without one)",
    flags: flags![
        Flag::new(b'0', "null", "words end with zero bytes; nothing else is special"),
        Flag::with(b'd', "delimiter", "BYTE", "words end with BYTE; nothing else is special"),
        Flag::with(b'a', "arg-file", "FILE", "words are in FILE"),
        Flag::with(b'E', "", "WORD", "nothing from WORD on"),
        Flag::may(b'e', "eof", "WORD", "so, if there is one"),
        Flag::with(b'I', "", "TEXT", "a line at a time, in place of TEXT in the command"),
        Flag::may(b'i', "replace", "TEXT", "so; {} without TEXT"),
        Flag::with(b'L', "", "COUNT", "so many lines at a time"),
        Flag::may(b'l', "max-lines", "COUNT", "so; one without COUNT"),
        Flag::with(b'n', "max-args", "COUNT", "so many words at a time"),
        Flag::with(b's', "max-chars", "COUNT", "so many bytes in a command at most"),
        Flag::with(b'P', "max-procs", "COUNT", "so many commands at once; 0: as many as there are"),
        Flag::new(b'r', "no-run-if-empty", "nothing at all if there is no word"),
        Flag::new(b'o', "open-tty", "commands read from the terminal"),
        Flag::new(b'p', "interactive", "ask before each"),
        Flag::new(b't', "verbose", "print each command before it runs"),
        Flag::new(b'x', "exit", "end when a command would get too long"),
    ],
    run: Run::Leading(run),
};

/// As many bytes are in one command at most, unless asked for otherwise: what GNU's has, well below what the kernel takes.
const BYTES: usize = 128 << 10;

/// What was asked for.
struct Settings<'a> {
    command: &'a [&'a [u8]],
    /// What ends a word, where nothing else is special.
    delimiter: Option<u8>,
    /// What ends everything.
    end: Option<&'a [u8]>,
    /// What stands for the line in the command.
    place: Option<&'a [u8]>,
    lines: usize,
    words: usize,
    bytes: usize,
    /// As many run at once; without a limit for 0.
    processes: usize,
    /// Whether a command that gets too long ends everything.
    is_exact: bool,
    asks: bool,
    is_verbose: bool,
    reads_terminal: bool,
    has_no_input: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let echo: &[&[u8]] = &[b"echo"];
    let settings = settings(io, parsed, if parsed.operands.is_empty() { echo } else { &parsed.operands })?;
    let mut runner = Runner::new(&settings);
    let file = parsed.value(b'a').unwrap_or(b"-");
    let read = with(io, file, &mut |io, _, input| feed(io, input, &mut Words::new(&settings), &mut runner));
    if let Err(errno) = read {
        runner.fail(io, file, &errno);
    } else if !parsed.has(b'r') && settings.place.is_none() {
        runner.run_at_least_once(io);
    }
    Ok(runner.end(io))
}

/// Gives all words to the runner.
fn feed(
    io: &mut Io<'_>,
    input: &mut Input<'_>,
    words: &mut Words<'_>,
    runner: &mut Runner<'_, '_>,
) -> linux::Result<()> {
    while !runner.stops {
        match words.next(input) {
            Ok(Some(word)) => runner.add(io, word),
            Ok(None) => {
                runner.run(io);
                break;
            }
            Err(Wrong::Read(errno)) => return Err(errno),
            Err(Wrong::Quote) => runner.fail(io, b"", &"a quote has no end in its line (-0 takes any byte)"),
        }
    }
    Ok(())
}

fn settings<'a>(
    io: &mut Io<'_>,
    parsed: &Parsed<'a>,
    command: &'a [&'a [u8]],
) -> Result<Settings<'a>, Status> {
    let count = |io: &mut Io<'_>, key: u8, least: u64| {
        parsed.values(key).try_fold(usize::MAX, |_, text| match text {
            b"" => Ok(1),
            text => match query::text::parse_decimal(text).filter(|&number| number >= least) {
                Some(number) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
                None => Err(misuse(io, text, "not a number that makes sense here")),
            },
        })
    };
    let delimiter = match (parsed.last_of(b"0d"), parsed.value(b'd')) {
        (Some(b'0'), _) => Some(0),
        (Some(_), Some([byte])) => Some(*byte),
        (Some(_), Some([b'\\', b'x', digits @ ..])) => match hexadecimal(digits) {
            Some(byte) => Some(byte),
            None => return Err(misuse(io, digits, "not one byte")),
        },
        (Some(_), Some([b'\\', rest @ ..])) if escape(rest).1 == rest.len() => Some(escape(rest).0),
        (Some(_), text) => return Err(misuse(io, text.unwrap_or_default(), "not one byte")),
        (None, _) => None,
    };
    let words = count(io, b'n', 1)?;
    for key in *b"Ll" {
        count(io, key, 1)?;
    }
    // Of those that exclude each other the last one counts; one word at a time is what a line is, too.
    let exclusive: &[u8] = if words == 1 && parsed.has_any(b"Ii") { b"IiLl" } else { b"IiLln" };
    let by = parsed.last_of(exclusive);
    let place = match by {
        Some(key @ (b'I' | b'i')) => {
            parsed.value(key).map(|text| if text.is_empty() { &b"{}"[..] } else { text })
        }
        _ => None,
    };
    let lines = match by {
        Some(key @ (b'L' | b'l')) => count(io, key, 1)?,
        _ => usize::MAX,
    };
    let end = parsed.last_of(b"Ee").and_then(|key| parsed.value(key)).filter(|word| !word.is_empty());
    Ok(Settings {
        command,
        delimiter,
        end: end.filter(|_| delimiter.is_none()),
        place,
        lines,
        words: if place.is_some() {
            1
        } else if by == Some(b'n') {
            words
        } else {
            usize::MAX
        },
        bytes: count(io, b's', 1)?.min(BYTES),
        processes: if parsed.has(b'P') { count(io, b'P', 0)? } else { 1 },
        is_exact: parsed.has(b'x') && by.is_some() || place.is_some() || lines != usize::MAX,
        asks: parsed.has(b'p'),
        is_verbose: parsed.has_any(b"tp"),
        reads_terminal: parsed.has(b'o'),
        has_no_input: !parsed.has(b'a'),
    })
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

/// Says what makes no sense. The status that others have for it means here that a command failed.
fn misuse(io: &mut Io<'_>, word: &[u8], reason: &str) -> Status {
    io.complain(word, &reason)
}
