//! `cat`: POSIX has `-u` only (accepted, since output never waits for more input here); the others are GNU's.
//!
//! Without options no byte is looked at: the kernel moves them, between files by `copy_file_range`, with a pipe at either
//! end by `splice`, and only where neither can a buffer goes back and forth.

use alloc::vec::Vec;

use linux::Errno;
use linux::fd::BorrowedFd;
use linux::fs::{FileKind, copy_file_range, fstat, splice};

use super::{column, visible};
use crate::options::more;
use crate::source;
use crate::{Applet, Flag, HAS_MORE, Input, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "cat",
    summary: "Print files one after the other; standard input for - or without FILE",
    usage: "[OPTION]... [FILE]...",
    flags: flags![..MORE, Flag::new(b'u', "", "ignored"),],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b'A', "show-all", "same as -vET"),
    Flag::new(b'b', "number-nonblank", "number the lines that are not empty"),
    Flag::new(b'e', "", "same as -vE"),
    Flag::new(b'E', "show-ends", "show the end of each line as $"),
    Flag::new(b'n', "number", "number all lines"),
    Flag::new(b's', "squeeze-blank", "print one of several empty lines in a row"),
    Flag::new(b't', "", "same as -vT"),
    Flag::new(b'T', "show-tabs", "show tabs as ^I"),
    Flag::new(b'v', "show-nonprinting", "show control characters as ^X, those above 127 as M-X"),
]);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut view = View::new(parsed);
    let mut buffer = Vec::new();
    let mut is_own = Status::SUCCESS;
    let status = source::each(io, &parsed.operands, &mut |io, name, input| {
        if view.is_none()
            && let (Some(from), Some(to)) = (input.descriptor(), io.out.descriptor())
        {
            // Each byte read would be written behind the last, for ever.
            if is_same_file(from, to) {
                is_own = io.complain(name, &"input file is output file");
                return Ok(());
            }
            move_in_kernel(from, to);
        }
        copy(input, &mut io.out, view.as_mut().filter(|_| HAS_MORE), &mut buffer)
    });
    if let Some(view) = &mut view {
        view.print_return(b"\r", &mut io.out);
    }
    Ok(status.and(is_own))
}

const BUFFER: usize = 128 << 10;

fn copy(
    input: &mut Input<'_>,
    out: &mut Output<'_>,
    mut view: Option<&mut View>,
    buffer: &mut Vec<u8>,
) -> linux::Result<()> {
    // Also after the kernel has moved what it could: files of /proc claim to be empty.
    buffer.resize(BUFFER, 0);
    while !out.is_broken() {
        let count = linux::retry(|| input.read(buffer))?;
        if count == 0 {
            break;
        }
        let bytes = buffer.get(..count).unwrap_or_default();
        match &mut view {
            Some(view) => view.print(bytes, out),
            None => out.put(bytes),
        }
        // Someone may sit at the other end.
        out.flush();
    }
    Ok(())
}

fn is_same_file(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> bool {
    let (Ok(from), Ok(to)) = (fstat(from), fstat(to)) else { return false };
    from.kind() == FileKind::Regular
        && from.size() > 0
        && (from.device(), from.inode()) == (to.device(), to.inode())
}

/// Moves bytes without reading them for as long as the kernel does it; errors are left to reading and writing to repeat.
fn move_in_kernel(from: BorrowedFd<'_>, to: BorrowedFd<'_>) {
    const MOST: usize = 1 << 30;
    let again = |result: linux::Result<usize>| matches!(result, Ok(1..) | Err(Errno::INTR));
    while again(copy_file_range(from, to, MOST)) {}
    while again(splice(from, to, MOST)) {}
}

/// How bytes are shown, and where in the text we are; both go on from one file to the next.
struct View {
    numbers: Numbers,
    squeezes: bool,
    ends: bool,
    tabs: bool,
    nonprinting: bool,
    line: u64,
    at_start: bool,
    /// Whether a carriage return was read: before the end of a line it is shown, so that the end is seen.
    is_return: bool,
    /// How many empty lines have come in a row.
    empty: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    None,
    All,
    NotEmpty,
}

impl View {
    /// Gives nothing if bytes are shown as they are.
    fn new(parsed: &Parsed<'_>) -> Option<Self> {
        let any = |keys| parsed.has_any(keys);
        let numbers = match (parsed.has(b'b'), parsed.has(b'n')) {
            (true, _) => Numbers::NotEmpty,
            (false, true) => Numbers::All,
            (false, false) => Numbers::None,
        };
        (HAS_MORE && any(b"AbeEnstTv")).then(|| Self {
            numbers,
            squeezes: any(b"s"),
            ends: any(b"AeE"),
            tabs: any(b"AtT"),
            nonprinting: any(b"Aetv"),
            line: 0,
            at_start: true,
            is_return: false,
            empty: 0,
        })
    }

    fn print(&mut self, bytes: &[u8], out: &mut Output<'_>) {
        for &byte in bytes {
            if self.at_start {
                self.empty = if byte == b'\n' { self.empty + 1 } else { 0 };
                if self.squeezes && self.empty > 1 {
                    self.empty = 2;
                    continue;
                }
                if self.numbers == Numbers::All || self.numbers == Numbers::NotEmpty && byte != b'\n' {
                    self.print_number(out);
                }
            }
            self.at_start = byte == b'\n';
            self.print_return(if byte == b'\n' { b"^M" } else { b"\r" }, out);
            match byte {
                b'\r' if self.ends && !self.nonprinting => self.is_return = true,
                byte => self.print_byte(byte, out),
            }
        }
    }

    /// Shows a carriage return that was read.
    fn print_return(&mut self, shown: &[u8], out: &mut Output<'_>) {
        if core::mem::take(&mut self.is_return) {
            out.put(shown);
        }
    }

    fn print_number(&mut self, out: &mut Output<'_>) {
        self.line += 1;
        column::put(self.line, 10, 6, out);
        out.put(b"\t");
    }

    fn print_byte(&self, byte: u8, out: &mut Output<'_>) {
        match byte {
            b'\n' if self.ends => out.put(b"$\n"),
            b'\n' => out.put(b"\n"),
            b'\t' if self.tabs => out.put(b"^I"),
            b'\t' => out.put(b"\t"),
            _ if !self.nonprinting => out.put(&[byte]),
            _ => visible::put(byte, out),
        }
    }
}
