//! `echo`: POSIX leaves options and backslashes open; this one does as BusyBox and GNU do: `-n`, `-e` and `-E` count,
//! alone or together, as long as a word holds nothing else, and backslashes mean something after `-e` only.
//! `dash` differs (no `-e`, backslashes always count), so scripts that must run everywhere use `printf`.

use crate::{Applet, Arguments, Flag, Io, Output, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "echo",
    summary: "Print the words, and end the line",
    usage: "[-neE] [WORD]...",
    flags: &[
        Flag::new(b'n', "", "do not end the line"),
        Flag::new(
            b'e',
            "",
            "backslash sequences: \\a \\b \\c (stop) \\e \\f \\n \\r \\t \\v \\\\ \\0NNN \\xNN",
        ),
        Flag::new(b'E', "", "no backslash sequences (the default)"),
    ],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let mut words = arguments.words;
    let (mut ends_line, mut escapes) = (true, false);
    while let Some(([b'-', letters @ ..], rest)) = words.split_first().map(|(word, rest)| (*word, rest)) {
        if letters.is_empty() || !letters.iter().all(|letter| b"neE".contains(letter)) {
            break;
        }
        for letter in letters {
            match letter {
                b'n' => ends_line = false,
                letter => escapes = *letter == b'e',
            }
        }
        words = rest;
    }
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            io.out.put(b" ");
        }
        if !escapes {
            io.out.put(word);
        } else if !print_escaped(word, &mut io.out) {
            return Status::SUCCESS;
        }
    }
    if ends_line {
        io.out.put(b"\n");
    }
    Status::SUCCESS
}

/// Prints a word with its backslash sequences; false at `\c`, which ends all output.
fn print_escaped(mut word: &[u8], out: &mut Output<'_>) -> bool {
    while let Some(at) = word.iter().position(|&byte| byte == b'\\') {
        let (plain, rest) = word.split_at(at);
        out.put(plain);
        let (byte, length) = match rest.get(1).copied() {
            Some(b'a') => (7, 2),
            Some(b'b') => (8, 2),
            Some(b'c') => return false,
            Some(b'e') => (27, 2),
            Some(b'f') => (12, 2),
            Some(b'n') => (b'\n', 2),
            Some(b'r') => (b'\r', 2),
            Some(b't') => (b'\t', 2),
            Some(b'v') => (11, 2),
            Some(b'\\') => (b'\\', 2),
            Some(b'0') => digits(rest, 2, 3, 8).unwrap_or((0, 2)),
            Some(b'x') => digits(rest, 2, 2, 16).unwrap_or((b'\\', 1)),
            _ => (b'\\', 1),
        };
        out.put(&[byte]);
        word = rest.get(length..).unwrap_or_default();
    }
    out.put(word);
    true
}

/// Reads up to so many digits; gives the byte and where they end.
fn digits(text: &[u8], from: usize, most: usize, radix: u32) -> Option<(u8, usize)> {
    let digits = text.get(from..)?.iter().map_while(|byte| char::from(*byte).to_digit(radix)).take(most);
    let (count, value) = digits.fold((0, 0u32), |(count, value), digit| (count + 1, value * radix + digit));
    (count > 0).then_some((value as u8, from + count))
}
