//! `less`, as much of it as is used: moving, searching (with our regular expressions), several files, following what grows. There are no
//! marks, tags, editors or shells; `-o` and the like are not there. Output that is no terminal gets everything as it is.

mod command;
mod screen;

use alloc::vec::Vec;

use linux::fd::AsFd;

use super::document::{self, Document};
use super::keyboard::Keyboard;
use crate::{Applet, Flag, Input, Io, Keeps, Outcome, Parsed, Run, Status, source};
use command::After;
use screen::Screen;

pub(crate) const APPLET: Applet = Applet {
    name: "less",
    summary: "Show text page by page",
    usage: "[OPTION]... [+COMMAND] [FILE]...",
    flags: flags![
        Flag::new(b'N', "LINE-NUMBERS", "number lines"),
        Flag::new(b'S', "chop-long-lines", "cut long lines; the arrows move to the side"),
        Flag::new(b'R', "RAW-CONTROL-CHARS", "pass colours on"),
        Flag::new(b'r', "raw-control-chars", "pass everything on"),
        Flag::new(b'F', "quit-if-one-screen", "end at once if everything fits"),
        Flag::new(b'X', "no-init", "leave what was shown on the screen"),
        Flag::new(b'i', "ignore-case", "searches find letters of either case, unless one is capital"),
        Flag::new(b'I', "IGNORE-CASE", "searches find letters of either case"),
        Flag::new(b'E', "QUIT-AT-EOF", "end when the end is reached"),
        Flag::new(b'e', "quit-at-eof", "end when the end is reached a second time"),
        Flag::new(b'M', "LONG-PROMPT", "say more in the last line"),
        Flag::new(b'm', "long-prompt", "say how far it is"),
        Flag::new(b's', "squeeze-blank-lines", ""),
        Flag::with(b'p', "pattern", "PATTERN", "begin at the first line that has it"),
        Flag::with(b'x', "tabs", "N", "tab stops are so far apart (8)"),
        Flag::with(b'P', "prompt", "TEXT", ""),
        Flag::with(b'z', "window", "N", ""),
        Flag::with(b'j', "jump-target", "N", ""),
        Flag::with(b'h', "max-back-scroll", "N", ""),
        Flag::with(b'y', "max-forw-scroll", "N", ""),
        Flag::with(b'b', "buffers", "N", ""),
        Flag::new(b'f', "force", ""),
        Flag::new(b'n', "line-numbers", ""),
        Flag::new(b'q', "quiet", ""),
        Flag::new(b'Q', "QUIET", ""),
        Flag::new(b'K', "quit-on-intr", ""),
        Flag::new(b'c', "clear-screen", ""),
        Flag::new(b'd', "dumb", ""),
        Flag::new(b'g', "hilite-search", ""),
        Flag::new(b'G', "HILITE-SEARCH", ""),
        Flag::new(b'J', "status-column", ""),
        Flag::new(b'L', "no-lessopen", ""),
        Flag::new(b'~', "tilde", ""),
    ],
    run: Run::Confined(Keeps::Keyboard, run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let is_command = |word: &&&[u8]| word.starts_with(b"+");
    let commands: Vec<&[u8]> = parsed.operands.iter().filter(is_command).copied().collect();
    let files: Vec<&[u8]> = parsed.operands.iter().filter(|word| !is_command(word)).copied().collect();
    if files.is_empty() && io.input.descriptor().is_some_and(linux::terminal::is_terminal) {
        return Ok(io.misuse(b"", "a file is expected, for standard input is where you type"));
    }
    if io.out.columns().is_none() {
        return Ok(source::each(io, &files, &mut |io, _, input| copy(io, input)));
    }
    let Some(keyboard) = Keyboard::new() else {
        return Ok(source::each(io, &files, &mut |io, _, input| copy(io, input)));
    };
    let mut screen = Screen::new(io, parsed, &keyboard);
    let names = source::names(&files);
    let (mut index, mut status) = (0, Status::SUCCESS);
    while let Some(&name) = names.get(index) {
        let opened = if name == b"-" { None } else { Some(source::open_file(name)) };
        let file = match opened.transpose() {
            Ok(file) => file,
            Err(errno) => {
                screen.finish(io);
                status = io.complain(name, &errno);
                index += 1;
                continue;
            }
        };
        let input = match &file {
            Some(file) => Input::Descriptor(file.as_fd()),
            None => document::standard(io),
        };
        let mut document = Document::new(input);
        if names.len() == 1 && parsed.has(b'F') && screen.fits(&mut document) {
            screen.print(io, &mut document);
            return Ok(status);
        }
        screen.open(io, name, (index, names.len()));
        screen.begin(&mut document, if index == 0 { &commands } else { &[] }, parsed.value(b'p'));
        match command::converse(io, &mut screen, &mut document) {
            After::Quit => break,
            After::Next if index + 1 < names.len() => index += 1,
            After::Previous if index > 0 => index -= 1,
            After::Next | After::Previous => {}
        }
    }
    screen.finish(io);
    Ok(status)
}

/// Copies a stream as it is.
fn copy(io: &mut Io<'_>, input: &mut Input<'_>) -> linux::Result<()> {
    let mut buffer = alloc::vec![0; 64 << 10];
    loop {
        match linux::retry(|| input.read(&mut buffer))? {
            0 => return Ok(()),
            count => io.out.put(buffer.get(..count).unwrap_or_default()),
        }
        if io.out.is_broken() {
            return Ok(());
        }
    }
}
