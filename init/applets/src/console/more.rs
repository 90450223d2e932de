//! `more` (POSIX's; util-linux's ways): a page, and a question below it. What was shown stays and rolls away. Lines that go on in the
//! next row count as they look. Output that is no terminal gets everything as it is.

use alloc::vec::Vec;

use linux::fd::AsFd;

use super::document::{self, Document, Manner, rows};
use super::keyboard::{Key, Keyboard};
use crate::{Applet, Flag, Input, Io, Keeps, NUMBER, Outcome, Parsed, Run, Status, source};

pub(crate) const APPLET: Applet = Applet {
    name: "more",
    summary: "Show text page by page, and go",
    usage: "[OPTION]... [+LINE] [FILE]...",
    flags: flags![
        Flag::with(b'n', "lines", "N", "so many lines a page"),
        Flag::number("the same"),
        Flag::new(b's', "squeeze", "of several empty lines show one"),
        Flag::new(b'c', "print-over", "clear the screen before each page"),
        Flag::new(b'p', "clean-print", "the same"),
        Flag::new(b'e', "exit-on-eof", "end at the end, as it does anyway"),
        Flag::new(b'd', "silent", "say which keys there are"),
        Flag::new(b'f', "logical", ""),
        Flag::new(b'l', "no-pause", ""),
        Flag::new(b'u', "plain", ""),
        Flag::new(b'i', "", ""),
    ],
    run: Run::Confined(Keeps::Keyboard, run),
};

/// Why a file is left.
enum After {
    Quit,
    Next,
}

/// How pages are shown.
struct Pager<'k> {
    keyboard: &'k Keyboard,
    lines: Option<usize>,
    squeezes: bool,
    clears: bool,
    helps: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut first = 0;
    let mut files = Vec::new();
    for word in &parsed.operands {
        match word.strip_prefix(b"+").and_then(query::text::parse_decimal) {
            Some(line) => first = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1),
            None => files.push(*word),
        }
    }
    if files.is_empty() && io.input.descriptor().is_some_and(linux::terminal::is_terminal) {
        return Ok(io.misuse(b"", "a file is expected, for standard input is where you type"));
    }
    let keyboard = if io.out.columns().is_some() { Keyboard::new() } else { None };
    let Some(keyboard) = keyboard else {
        return Ok(source::each(io, &files, &mut |io, _, input| copy(io, input, first, parsed.has(b's'))));
    };
    let lines = parsed.value(b'n').or(parsed.value(NUMBER)).and_then(query::text::parse_decimal);
    let pager = Pager {
        keyboard: &keyboard,
        lines: lines.and_then(|lines| usize::try_from(lines).ok()).filter(|lines| *lines > 0),
        squeezes: parsed.has(b's'),
        clears: parsed.has_any(b"cp"),
        helps: parsed.has(b'd'),
    };
    let names = source::names(&files);
    let mut status = Status::SUCCESS;
    for (index, &name) in names.iter().enumerate() {
        let file = match (name != b"-").then(|| source::open_file(name)).transpose() {
            Ok(file) => file,
            Err(errno) => {
                status = io.complain(name, &errno);
                continue;
            }
        };
        let input = match &file {
            Some(file) => Input::Descriptor(file.as_fd()),
            None => document::standard(io),
        };
        if names.len() > 1 {
            io.out.put(b"::::::::::::::\n");
            io.out.printable(name);
            io.out.put(b"\n::::::::::::::\n");
        }
        let mut document = Document::new(input);
        if matches!(pager.show(io, &mut document, first, index + 1 == names.len()), After::Quit) {
            break;
        }
    }
    Ok(status)
}

/// Copies a stream from a line on.
fn copy(io: &mut Io<'_>, input: &mut Input<'_>, first: usize, squeezes: bool) -> linux::Result<()> {
    let mut reader = crate::reader::Reader::new(input);
    let (mut index, mut was_empty) = (0, false);
    while let Some(line) = reader.record(b'\n')? {
        let is_empty = line == b"\n";
        if index >= first && !(squeezes && is_empty && was_empty) {
            io.out.put(line);
        }
        (index, was_empty) = (index + 1, is_empty);
        if io.out.is_broken() {
            break;
        }
    }
    Ok(())
}

impl Pager<'_> {
    fn show(&self, io: &mut Io<'_>, document: &mut Document<'_>, first: usize, is_last: bool) -> After {
        let keys = Some(self.keyboard.terminal());
        let mut line = first;
        let (columns, mut left) = self.size();
        let manner =
            Manner { columns, is_utf8: io.is_utf8(), cut: None, has_colours: true, is_raw: false, tab: 8 };
        self.clear(io);
        while let Some(text) = document.line(line, keys) {
            let drawn = rows(text, &manner, &[]);
            let is_empty = text.is_empty();
            if left < drawn.len() && left < self.size().1 {
                match self.ask(io, document, line) {
                    None => return After::Quit,
                    Some(Answer::Next) => return After::Next,
                    Some(Answer::Rows(rows)) => left = rows,
                    Some(Answer::Back) => {
                        line = line.saturating_sub(2 * self.size().1);
                        left = self.size().1;
                        continue;
                    }
                }
            }
            for row in &drawn {
                io.out.put(row);
                io.out.put(b"\n");
            }
            left = left.saturating_sub(drawn.len());
            line += 1;
            while self.squeezes && is_empty && document.line(line, keys) == Some(b"") {
                line += 1;
            }
        }
        if !is_last && self.ask(io, document, line).is_none() {
            return After::Quit;
        }
        After::Next
    }

    /// Gives the columns, and the rows of a page.
    fn size(&self) -> (usize, usize) {
        let size = linux::terminal::size(self.keyboard.terminal()).ok();
        let (columns, rows) = size.map_or((0, 0), |size| (size.columns, size.rows));
        let rows = usize::from(if rows == 0 { 24 } else { rows.max(2) }) - 1;
        (if columns == 0 { 80 } else { columns.into() }, self.lines.unwrap_or(rows))
    }

    fn clear(&self, io: &mut Io<'_>) {
        if self.clears {
            io.out.put(b"\x1b[H\x1b[J");
        }
    }

    /// Asks what is to be shown next; nothing if nothing is.
    fn ask(&self, io: &mut Io<'_>, document: &Document<'_>, line: usize) -> Option<Answer> {
        let mut number = 0;
        loop {
            io.out.put(b"\r\x1b[K\x1b[7m--More--(");
            io.out.number(document.percent(line));
            io.out.put(if self.helps {
                b"%)[Press space to continue, 'q' to quit.]\x1b[m"
            } else {
                b"%)\x1b[m"
            });
            io.out.flush();
            let key = self.keyboard.key();
            io.out.put(b"\r\x1b[K");
            let page = if number > 0 { number } else { self.size().1 };
            let answer = match key? {
                Key::Byte(digit @ b'0'..=b'9') => {
                    number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
                    continue;
                }
                Key::Byte(b'q' | b'Q' | 3) => return None,
                Key::Byte(b' ' | b'f' | b'z' | 6) | Key::PageDown => {
                    self.clear(io);
                    Answer::Rows(page)
                }
                Key::Byte(b'\n' | b'\r' | b'j') | Key::Down => Answer::Rows(number.max(1)),
                Key::Byte(b'd' | 4) => Answer::Rows(if number > 0 { number } else { 11 }),
                Key::Byte(b'b' | 2) | Key::PageUp => Answer::Back,
                Key::Byte(b':') => match self.keyboard.key()? {
                    Key::Byte(b'n') => Answer::Next,
                    Key::Byte(b'q') => return None,
                    _ => continue,
                },
                Key::Byte(b'=') => {
                    io.out.number(line as u64);
                    io.out.put(b"\n");
                    continue;
                }
                _ => {
                    number = 0;
                    continue;
                }
            };
            return Some(answer);
        }
    }
}

/// What is to be shown next.
enum Answer {
    Rows(usize),
    Back,
    Next,
}
