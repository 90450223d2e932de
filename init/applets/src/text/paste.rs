//! `paste` (POSIX; `-z` is GNU's).

use alloc::vec::Vec;

use linux::fd::{AsFd, OwnedFd};
use text::escape;

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "paste",
    summary: "Join lines of files side by side",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b'd', "delimiters", "LIST", "what is between them, one character after the other (tab)"),
        Flag::new(b's', "serial", "all lines of a file on one line"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let list = parsed.value(b'd').unwrap_or(b"\t");
    let Some(delimiters) = delimiters(list) else {
        return Ok(io.misuse(list, "ends with a backslash"));
    };
    let end = if parsed.has(b'z') { 0 } else { b'\n' };
    match parsed.has(b's') {
        true => Ok(serial(io, &parsed.operands, &delimiters, end)),
        false => Ok(parallel(io, &parsed.operands, &delimiters, end)),
    }
}

/// Reads the list; an empty one, and each `\0` of it, is nothing at all between two lines.
fn delimiters(list: &[u8]) -> Option<Vec<Option<u8>>> {
    let mut delimiters = Vec::new();
    let mut bytes = list.iter();
    while let Some(byte) = bytes.next() {
        delimiters.push(match byte {
            b'\\' => match bytes.next()? {
                b'0' => None,
                letter => Some(escape::control(*letter).unwrap_or(*letter)),
            },
            byte => Some(*byte),
        });
    }
    if delimiters.is_empty() {
        delimiters.push(None);
    }
    Some(delimiters)
}

fn serial(io: &mut Io<'_>, operands: &[&[u8]], delimiters: &[Option<u8>], end: u8) -> Status {
    source::each(io, operands, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        let mut between = delimiters.iter().cycle();
        let mut is_first = true;
        while let Some(record) = reader.record(end)? {
            if !is_first && let Some(Some(delimiter)) = between.next() {
                io.out.put(&[*delimiter]);
            }
            is_first = false;
            io.out.put(ended(record, end).0);
        }
        io.out.put(&[end]);
        Ok(())
    })
}

/// One of the files side by side.
struct Column<'c, 'a> {
    name: &'c [u8],
    /// Its own; without one it has a line of standard input in turn with others of its kind.
    reader: Option<Reader<'c, 'a>>,
    line: Vec<u8>,
    is_over: bool,
}

fn parallel(io: &mut Io<'_>, operands: &[&[u8]], delimiters: &[Option<u8>], end: u8) -> Status {
    let names = source::names(operands);
    let mut files: Vec<Option<OwnedFd>> = Vec::with_capacity(names.len());
    for &name in names {
        files.push(match name {
            b"-" => None,
            name => match source::open_file(name) {
                Ok(file) => Some(file),
                Err(errno) => return io.complain(name, &errno),
            },
        });
    }
    let mut inputs: Vec<_> =
        files.iter().map(|file| file.as_ref().map(|file| Input::Descriptor(file.as_fd()))).collect();
    let readers = inputs.iter_mut().map(|input| input.as_mut().map(Reader::new));
    let mut columns: Vec<_> = readers
        .zip(names)
        .map(|(reader, name)| Column { name, reader, line: Vec::new(), is_over: false })
        .collect();
    let mut input = core::mem::replace(&mut io.input, Input::Memory(b""));
    let mut shared = Reader::new(&mut input);
    let mut status = Status::SUCCESS;
    loop {
        for column in columns.iter_mut().filter(|column| !column.is_over) {
            column.line.clear();
            match column.reader.as_mut().unwrap_or(&mut shared).record(end) {
                Ok(Some(record)) => column.line.extend_from_slice(ended(record, end).0),
                Ok(None) => column.is_over = true,
                Err(errno) => {
                    column.is_over = true;
                    status = io.complain(column.name, &errno);
                }
            }
        }
        if columns.iter().all(|column| column.is_over) || io.out.is_broken() {
            return status;
        }
        let mut between = delimiters.iter().cycle();
        for (index, column) in columns.iter().enumerate() {
            if index > 0
                && let Some(Some(delimiter)) = between.next()
            {
                io.out.put(&[*delimiter]);
            }
            io.out.put(&column.line);
        }
        io.out.put(&[end]);
    }
}
