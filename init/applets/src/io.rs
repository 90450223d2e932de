//! The streams of a command, over descriptors of the kernel or over memory.
//!
//! Output is buffered and cannot fail where it is written: the first error is kept, later output is dropped, and the
//! frame reports the error once when the command has ended. Commands with much to say look at [`Output::is_broken`].

use alloc::vec::Vec;
use core::fmt;

use linux::Errno;
use linux::fd::{self, BorrowedFd};
use query::Rows;

use crate::{Failure, JSON, Outcome, Parsed, Status};

/// What messages begin with where no command runs yet.
pub(crate) const PROGRAM: &str = "spelunk";

/// Everything that a command has from outside besides its arguments.
pub struct Io<'a> {
    /// Standard input.
    pub input: Input<'a>,
    /// Standard output.
    pub out: Output<'a>,
    /// Standard error.
    pub err: Output<'a>,
    /// The environment: `NAME=VALUE` each.
    pub environment: &'a [&'a [u8]],
    /// What messages begin with: the name of the command that runs.
    pub(crate) name: &'a str,
    /// How two pieces of work are done; see [`Io::with_threads`].
    #[cfg(feature = "sort")]
    together: Together,
}

/// Does both of two pieces of work, at the same time where that is possible.
pub type Together = fn(&mut (dyn FnMut() + Send), &mut (dyn FnMut() + Send));

fn one_by_one(first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send)) {
    first();
    second();
}

impl<'a> Io<'a> {
    /// Joins the three streams and the environment.
    pub fn new(input: Input<'a>, out: Output<'a>, err: Output<'a>, environment: &'a [&'a [u8]]) -> Self {
        Self {
            input,
            out,
            err,
            environment,
            name: PROGRAM,
            #[cfg(feature = "sort")]
            together: one_by_one,
        }
    }

    /// Lets commands do two things at the same time: threads are the program's, and this crate has no runtime. A program none of
    /// whose commands has so much to do is not made larger.
    #[inline]
    #[must_use]
    pub fn with_threads(self, together: Together) -> Self {
        #[cfg(feature = "sort")]
        return Self { together, ..self };
        #[cfg(not(feature = "sort"))]
        {
            let _ = together;
            self
        }
    }

    /// Joins the three standard descriptors and the environment.
    pub fn standard(environment: &'a [&'a [u8]]) -> Self {
        let (out, err) = (Output::descriptor_stream(fd::STDOUT), Output::descriptor_stream(fd::STDERR));
        Self::new(Input::Descriptor(fd::STDIN), out, err, environment)
    }

    /// Gives what does two pieces of work.
    pub(crate) fn together(&self) -> Together {
        #[cfg(feature = "sort")]
        return self.together;
        #[cfg(not(feature = "sort"))]
        one_by_one
    }

    /// Gives the value of a variable of the environment.
    pub fn variable(&self, name: &str) -> Option<&'a [u8]> {
        self.environment.iter().find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
    }

    /// Says whether characters are UTF-8's, by what the environment says of the locale.
    pub fn is_utf8(&self) -> bool {
        let mut set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| self.variable(name));
        let locale = set.find(|value| !value.is_empty()).unwrap_or_default();
        let encoding = locale.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
        encoding.eq_ignore_ascii_case(b"UTF-8") || encoding.eq_ignore_ascii_case(b"utf8")
    }

    /// Says `command: object: reason` on standard error (`command: reason` where there is no object), after what was
    /// written to standard output so far; gives [`Status::FAILURE`].
    pub fn complain(&mut self, object: &[u8], reason: &dyn fmt::Display) -> Status {
        self.out.flush();
        self.err.put(self.name.as_bytes());
        self.err.put(b": ");
        if !object.is_empty() {
            self.err.printable(object);
            self.err.put(b": ");
        }
        let _ = fmt::write(&mut self.err, format_args!("{reason}\n"));
        self.err.flush();
        Status::FAILURE
    }

    /// Says what is wrong with a word of the command line; gives the status that the command has for this.
    #[inline(never)]
    pub fn misuse(&mut self, word: &[u8], reason: &str) -> Status {
        self.misuse_with(word, &reason)
    }

    /// The same, for a reason that is more than a text.
    pub fn misuse_with(&mut self, word: &[u8], reason: &dyn fmt::Display) -> Status {
        self.complain(word, reason);
        Status::misuse(self.name)
    }

    /// Gives the status of a call of the kernel, after saying what it refused.
    #[inline(never)]
    pub fn report(&mut self, object: &[u8], result: linux::Result<()>) -> Status {
        match result {
            Ok(()) => Status::SUCCESS,
            Err(errno) => self.complain(object, &errno),
        }
    }

    /// Gives the status that an outcome comes to, after saying what has not been said.
    pub(crate) fn settle(&mut self, outcome: Outcome) -> Status {
        match outcome {
            Ok(status) | Err(Failure::Said(status)) => status,
            Err(Failure::System(error)) => self.complain(b"", &error),
        }
    }

    /// Shows rows: as JSON if that was asked for, else as a table: whole, for a terminal shows long lines too.
    pub fn show(&mut self, rows: &Rows<'_>, parsed: &Parsed<'_>) {
        if parsed.has(JSON) {
            rows.json(&mut self.out);
        } else {
            rows.table(None, &mut self.out);
        }
    }

    /// Writes what is buffered, and says so when any of the output was lost for another reason than that nobody reads it.
    pub(crate) fn finish(&mut self, status: Status) -> Status {
        self.out.flush();
        let status = match self.out.take_error() {
            // Who read it wants no more, and knows.
            Some(Errno::PIPE) => status.and(Status::FAILURE),
            Some(error) => {
                self.complain(b"write", &error);
                // Where 1 is an answer, this is another one.
                let lost = Status::misuse(self.name);
                if status.0 <= Status::FAILURE.0 { lost } else { status }
            }
            None => status,
        };
        self.err.flush();
        status
    }
}

/// A stream to read.
pub enum Input<'a> {
    /// A descriptor of the kernel.
    Descriptor(BorrowedFd<'a>),
    /// Bytes at hand.
    Memory(&'a [u8]),
}

impl<'a> Input<'a> {
    /// Reads up to the buffer's size; 0 is the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> linux::Result<usize> {
        match self {
            Self::Descriptor(descriptor) => linux::fs::read(*descriptor, buffer),
            Self::Memory(bytes) => {
                let (head, rest) = bytes.split_at(bytes.len().min(buffer.len()));
                buffer[..head.len()].copy_from_slice(head);
                *bytes = rest;
                Ok(head.len())
            }
        }
    }

    /// Reads to the end, behind what the buffer has.
    pub fn read_all(&mut self, into: &mut Vec<u8>) -> linux::Result<()> {
        self.read_some(into, usize::MAX).map(|_| ())
    }

    /// Reads behind what the buffer has until it has that much; false where the end comes before.
    pub fn read_some(&mut self, into: &mut Vec<u8>, most: usize) -> linux::Result<bool> {
        loop {
            let length = into.len();
            if length >= most {
                return Ok(true);
            }
            into.resize((2 * length).max(64 << 10).min(most), 0);
            let room = into.get_mut(length..).unwrap_or_default();
            let result = linux::retry(|| self.read(room));
            into.truncate(length + result.unwrap_or(0));
            if result? == 0 {
                return Ok(false);
            }
        }
    }

    /// Gives the descriptor, if the stream has one.
    pub fn descriptor(&self) -> Option<BorrowedFd<'a>> {
        match self {
            Self::Descriptor(descriptor) => Some(*descriptor),
            Self::Memory(_) => None,
        }
    }
}

/// A buffered stream to write.
pub struct Output<'a> {
    sink: Sink<'a>,
    buffer: Vec<u8>,
    error: Option<Errno>,
    /// Whether it is a terminal, as far as that is known.
    is_terminal: Option<bool>,
}

enum Sink<'a> {
    Descriptor(BorrowedFd<'a>),
    Memory(&'a mut Vec<u8>),
}

/// Output is held back up to this size.
const BUFFER: usize = 16 << 10;

impl<'a> Output<'a> {
    /// Writes to a descriptor.
    pub fn descriptor_stream(descriptor: BorrowedFd<'a>) -> Self {
        Self { sink: Sink::Descriptor(descriptor), buffer: Vec::new(), error: None, is_terminal: None }
    }

    /// Appends to memory.
    pub fn memory(bytes: &'a mut Vec<u8>) -> Self {
        Self { sink: Sink::Memory(bytes), buffer: Vec::new(), error: None, is_terminal: Some(false) }
    }

    /// Writes bytes as they are.
    pub fn put(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush();
        }
        if bytes.len() >= BUFFER {
            self.send(bytes);
        } else if self.error.is_none() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Writes a name that anyone may have chosen: control characters and bytes that are not UTF-8 become `\xNN`, so
    /// that no name can command a terminal.
    pub fn printable(&mut self, bytes: &[u8]) {
        query::text::printable(bytes, self);
    }

    /// Writes a decimal number.
    pub fn number(&mut self, value: u64) {
        query::text::decimal(value, self);
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) {
        if !self.buffer.is_empty() {
            let mut buffer = core::mem::take(&mut self.buffer);
            self.send(&buffer);
            buffer.clear();
            self.buffer = buffer;
        }
    }

    /// Writes what is buffered where someone may be waiting for it: to a terminal. Called before what may take long.
    pub fn pause(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        let is_terminal = match self.is_terminal {
            Some(known) => known,
            None => self.columns().is_some(),
        };
        self.is_terminal = Some(is_terminal);
        if is_terminal {
            self.flush();
        }
    }

    /// Says whether an error has ended this stream, so that more work for it is in vain.
    pub fn is_broken(&self) -> bool {
        self.error.is_some()
    }

    /// Ends the stream with an error that the command met when it wrote to the descriptor itself.
    pub fn break_with(&mut self, error: Errno) {
        self.error.get_or_insert(error);
    }

    /// Says whether it goes to a descriptor, and so out of this process.
    pub(crate) fn has_descriptor(&self) -> bool {
        matches!(self.sink, Sink::Descriptor(_))
    }

    /// Writes what is buffered and gives the descriptor, if the stream has one, for calls that move bytes in the kernel.
    pub fn descriptor(&mut self) -> Option<BorrowedFd<'a>> {
        self.flush();
        match self.sink {
            Sink::Descriptor(descriptor) => Some(descriptor),
            Sink::Memory(_) => None,
        }
    }

    /// Gives how many columns the terminal has, if the stream is one.
    pub fn columns(&self) -> Option<usize> {
        let Sink::Descriptor(descriptor) = self.sink else { return None };
        let size = linux::terminal::size(descriptor).ok()?;
        Some(if size.columns == 0 { 80 } else { size.columns.into() })
    }

    /// Gives the error that has ended this stream, if one has, and opens it anew.
    pub(crate) fn take_error(&mut self) -> Option<Errno> {
        self.error.take()
    }

    fn send(&mut self, mut bytes: &[u8]) {
        let descriptor = match &mut self.sink {
            Sink::Memory(memory) => return memory.extend_from_slice(bytes),
            Sink::Descriptor(descriptor) => *descriptor,
        };
        while !bytes.is_empty() && self.error.is_none() {
            match linux::fs::write(descriptor, bytes) {
                // A write that takes nothing would be tried for ever.
                Ok(0) => self.error = Some(Errno::IO),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(error) => self.error = Some(error),
            }
        }
    }
}

impl query::Sink for Output<'_> {
    fn put(&mut self, bytes: &[u8]) {
        Output::put(self, bytes);
    }
}

impl fmt::Write for Output<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}
