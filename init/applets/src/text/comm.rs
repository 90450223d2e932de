//! `comm` (POSIX; the long options are GNU's).

use alloc::vec::Vec;
use core::cmp::Ordering;

use linux::fd::OwnedFd;

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "comm",
    summary: "Print in three columns the lines of sorted FILE1 alone, of FILE2 alone, and of both",
    usage: "[OPTION]... FILE1 FILE2",
    flags: flags![
        Flag::new(b'1', "", "no lines of FILE1 alone"),
        Flag::new(b'2', "", "no lines of FILE2 alone"),
        Flag::new(b'3', "", "no lines of both"),
        Flag::new(CHECK, "check-order", "fail when lines are not sorted, also where each has its equal"),
        Flag::new(NO_CHECK, "nocheck-order", "take lines as they come"),
        Flag::with(DELIMITER, "output-delimiter", "TEXT", "what stands for an empty column (tab)"),
        Flag::new(TOTAL, "total", "how many lines each column has, at the end"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; CHECK NO_CHECK DELIMITER TOTAL }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [first, second] = parsed.operands.as_slice() else {
        return Ok(parsed.usage(io));
    };
    let mut files: [Option<OwnedFd>; 2] = [None, None];
    for (file, name) in files.iter_mut().zip([first, second]) {
        if *name == b"-" {
            continue;
        }
        match source::open_file(name) {
            Ok(opened) => *file = Some(opened),
            Err(errno) => return Ok(io.complain(name, &errno)),
        }
    }
    let mut standard = core::mem::replace(&mut io.input, Input::Memory(b""));
    let [mut left, mut right] = [Input::Memory(b""), Input::Memory(b"")];
    for (input, file) in [&mut left, &mut right].into_iter().zip(&files) {
        *input = match file {
            Some(file) => Input::Descriptor(linux::fd::AsFd::as_fd(file)),
            None => core::mem::replace(&mut standard, Input::Memory(b"")),
        };
    }
    let end = if parsed.has(b'z') { 0 } else { b'\n' };
    let mut sides = [Side::new(first, &mut left, end), Side::new(second, &mut right, end)];
    Ok(compare(io, parsed, &mut sides))
}

/// What is said of each file whose lines come out of order, in GNU's words.
const UNSORTED: [&str; 2] = ["file 1 is not in sorted order", "file 2 is not in sorted order"];

/// One of the files.
struct Side<'s, 'a> {
    name: &'s [u8],
    reader: Reader<'s, 'a>,
    line: Option<Vec<u8>>,
    end: u8,
    /// Whether the line comes out of order.
    is_astray: bool,
    /// Whether it was said that it is not sorted.
    is_told: bool,
}

impl<'s, 'a> Side<'s, 'a> {
    fn new(name: &'s [u8], input: &'s mut Input<'a>, end: u8) -> Self {
        Self {
            name,
            reader: Reader::new(input),
            line: Some(Vec::new()),
            end,
            is_astray: false,
            is_told: false,
        }
    }

    /// Goes on to the next line; says whether it comes in order. At the end that is said of the last one once more: by then it
    /// may count.
    fn advance(&mut self) -> linux::Result<bool> {
        let next = self.reader.record(self.end)?.map(|record| ended(record, self.end).0);
        let Some(line) = &mut self.line else { return Ok(true) };
        let Some(next) = next else {
            self.line = None;
            return Ok(!self.is_astray);
        };
        self.is_astray = next < line.as_slice();
        line.clear();
        line.extend_from_slice(next);
        Ok(!self.is_astray)
    }
}

fn compare(io: &mut Io<'_>, parsed: &Parsed<'_>, sides: &mut [Side<'_, '_>; 2]) -> Status {
    let delimiter = parsed.value(DELIMITER).unwrap_or(b"\t");
    let checks = parsed.last_of(&[CHECK, NO_CHECK]);
    let mut status = Status::SUCCESS;
    let mut counts = [0_u64; 3];
    let mut moves = [true, true];
    loop {
        for (side, (moves, said)) in sides.iter_mut().zip(moves.into_iter().zip(UNSORTED)) {
            match if moves { side.advance() } else { Ok(true) } {
                Ok(true) => {}
                // Without a word about order it is of no consequence as long as each line has its equal.
                Ok(false) if checks.is_none() && counts[..2] != [0, 0] && !side.is_told => {
                    status = io.complain(b"", &said);
                    side.is_told = true;
                }
                Ok(false) if checks == Some(CHECK) => return io.complain(b"", &said),
                Ok(false) => {}
                Err(errno) => return io.complain(side.name, &errno),
            }
        }
        let [first, second] = &*sides;
        let (column, line) = match (&first.line, &second.line) {
            (None, None) => break,
            (Some(line), None) => (0, line),
            (None, Some(line)) => (1, line),
            (Some(line), Some(other)) => match line.cmp(other) {
                Ordering::Less => (0, line),
                Ordering::Greater => (1, other),
                Ordering::Equal => (2, line),
            },
        };
        counts[column] += 1;
        moves = [column != 1, column != 0];
        if !parsed.has(b"123"[column]) {
            for _ in b"123"[..column].iter().filter(|key| !parsed.has(**key)) {
                io.out.put(delimiter);
            }
            io.out.put(line);
            io.out.put(&[first.end]);
        }
        if io.out.is_broken() {
            break;
        }
    }
    if status != Status::SUCCESS {
        io.complain(b"", &"input is not in sorted order");
    }
    if parsed.has(TOTAL) {
        for count in counts {
            io.out.number(count);
            io.out.put(delimiter);
        }
        io.out.put(b"total");
        io.out.put(&[sides[0].end]);
    }
    status
}
