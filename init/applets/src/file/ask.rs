//! Questions to the one who sits there, and lines that say what was done.

use alloc::vec::Vec;

use linux::fd::AsFd;

use crate::source::open_file;
use crate::{Input, Io};

/// Asks, and says whether the answer was yes: a line that begins with `y` or `Y`. No byte behind that line is read.
pub(super) fn ask(io: &mut Io<'_>, question: &[&[u8]]) -> bool {
    put(io, question);
    is_yes(&line(&mut io.input))
}

/// Asks so at the terminal, for standard input has something else; without a terminal the answer is no.
pub(super) fn ask_at_terminal(io: &mut Io<'_>, question: &[&[u8]]) -> bool {
    put(io, question);
    open_file(b"/dev/tty").is_ok_and(|terminal| is_yes(&line(&mut Input::Descriptor(terminal.as_fd()))))
}

fn put(io: &mut Io<'_>, question: &[&[u8]]) {
    io.out.flush();
    io.err.put(io.name.as_bytes());
    io.err.put(b": ");
    question.iter().for_each(|part| io.err.printable(part));
    io.err.put(b"? ");
    io.err.flush();
}

fn is_yes(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'y' | b'Y'))
}

/// Reads up to the end of a line, a byte at a time.
fn line(input: &mut Input<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    let mut byte = [0];
    while let Ok(1) = linux::retry(|| input.read(&mut byte)) {
        if byte[0] == b'\n' {
            break;
        }
        line.push(byte[0]);
    }
    line
}

/// Says what was done: `parts` in a line.
pub(super) fn say(io: &mut Io<'_>, parts: &[&[u8]]) {
    parts.iter().for_each(|part| io.out.put(part));
    io.out.put(b"\n");
}
