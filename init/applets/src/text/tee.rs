//! `tee` (POSIX; `-p` and `--output-error` are GNU's). What is read is written at once: somebody may wait for it.

use alloc::vec::Vec;

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open, write_all};
use linux::signal::{self, Signal};

use crate::reader::Reader;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "tee",
    summary: "Copy standard input to standard output and into each file",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'a', "append", "write behind what the files have"),
        Flag::new(b'i', "ignore-interrupts", "go on at ctrl-C"),
        Flag::new(b'p', "", "go on when a pipe has no reader any more"),
        Flag::may(
            ERRORS,
            "output-error",
            "WORD",
            "go on after errors: warn, warn-nopipe (-p); end: exit, exit-nopipe"
        ),
    ],
    run: Run::Parsed(run),
};

const ERRORS: u8 = 128;

/// What is done about an output that cannot be written.
#[derive(Clone, Copy)]
struct Manner {
    /// Whether a pipe without a reader ends nothing by itself.
    goes_on: bool,
    /// Whether nothing is said of such a pipe.
    passes_pipes: bool,
    /// Whether any other error, and one of a pipe if that is said, ends all.
    ends: bool,
}

impl Manner {
    fn new<'a>(parsed: &Parsed<'a>) -> Result<Self, &'a [u8]> {
        let word = match parsed.last_of(&[b'p', ERRORS]) {
            None => return Ok(Self { goes_on: false, passes_pipes: false, ends: false }),
            Some(b'p') => &b"warn-nopipe"[..],
            Some(_) => parsed.value(ERRORS).unwrap_or_default(),
        };
        let (passes_pipes, ends) = match word {
            b"" | b"warn-nopipe" => (true, false),
            b"warn" => (false, false),
            b"exit-nopipe" => (true, true),
            b"exit" => (false, true),
            word => return Err(word),
        };
        Ok(Self { goes_on: true, passes_pipes, ends })
    }
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let manner = Manner::new(parsed)
        .map_err(|word| io.misuse(word, "none of warn, warn-nopipe, exit, exit-nopipe"))?;
    let goes_on = manner.goes_on;
    for (is_ignored, signal) in [(parsed.has(b'i'), Signal::INT), (goes_on, Signal::PIPE)] {
        if is_ignored && let Err(errno) = signal::ignore(signal) {
            io.complain(b"signal", &errno);
        }
    }
    let mut status = Status::SUCCESS;
    let how = if parsed.has(b'a') { OpenFlags::APPEND } else { OpenFlags::TRUNCATE };
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC | how;
    let mut files: Vec<(&[u8], OwnedFd)> = Vec::new();
    for &name in &parsed.operands {
        match open(name, flags, Mode::octal(0o666)) {
            Ok(file) => files.push((name, file)),
            Err(errno) => {
                status = io.complain(name, &errno);
                if manner.ends {
                    return Ok(status);
                }
            }
        }
    }
    let mut input = core::mem::replace(&mut io.input, Input::Memory(b""));
    let mut reader = Reader::new(&mut input);
    // Whether nobody reads the output any more, which with -p is no error.
    let mut is_closed = false;
    loop {
        let bytes = match reader.fill() {
            Ok(bytes) => bytes,
            Err(errno) => return Ok(io.complain(b"read", &errno)),
        };
        if bytes.is_empty() || files.is_empty() && (is_closed || io.out.is_broken()) {
            return Ok(status);
        }
        if !is_closed {
            io.out.put(bytes);
            io.out.flush();
        }
        if goes_on && let Some(errno) = io.out.take_error() {
            is_closed = true;
            if !(manner.passes_pipes && errno == Errno::PIPE) {
                status = io.complain(b"write", &errno);
            }
        }
        files.retain(|(name, file)| match write_all(file, bytes) {
            Ok(()) => true,
            Err(Errno::PIPE) if manner.passes_pipes => false,
            Err(errno) => {
                status = io.complain(name, &errno);
                false
            }
        });
        if manner.ends && status != Status::SUCCESS {
            return Ok(status);
        }
        let length = bytes.len();
        reader.consume(length);
    }
}
