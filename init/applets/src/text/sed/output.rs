//! Where lines go: standard output, the file that is edited, and those that a script writes.

use alloc::vec::Vec;

use ::io::Write;
use ::io::replace::Draft;
use linux::Errno;
use linux::fd::{AsFd, OwnedFd};

use crate::source;
use crate::{Io, Output, Status};

/// As much is held back of a file that is edited.
const BUFFER: usize = 64 << 10;

/// What is written to.
pub(super) struct Outputs {
    /// Standard output, or what the file that is edited becomes; then standard error; then the files of the script.
    sinks: Vec<Sink>,
    /// The sinks of the script's files, by their numbers.
    files: Vec<usize>,
    /// Whether lines are written at once.
    at_once: bool,
}

/// The sink of what is printed.
pub(super) const MAIN: usize = 0;

struct Sink {
    to: To,
    /// Whether the last line has no end yet.
    lacks_end: bool,
}

enum To {
    Output,
    Error,
    File { file: OwnedFd, name: Vec<u8>, error: Option<Errno> },
    Draft { draft: Draft, buffer: Vec<u8>, error: Option<Errno> },
}

impl Outputs {
    /// Opens the files of a script.
    pub(super) fn open(names: &[Vec<u8>], at_once: bool) -> Result<Self, (Vec<u8>, Errno)> {
        let mut sinks =
            Vec::from([To::Output, To::Output, To::Error].map(|to| Sink { to, lacks_end: false }));
        let mut files = Vec::new();
        for name in names {
            files.push(match name.as_slice() {
                b"/dev/stdout" => 1,
                b"/dev/stderr" => 2,
                name => {
                    let file = source::create_file(name).map_err(|errno| (name.to_vec(), errno))?;
                    let to = To::File { file, name: name.to_vec(), error: None };
                    sinks.push(Sink { to, lacks_end: false });
                    sinks.len() - 1
                }
            });
        }
        Ok(Self { sinks, files, at_once })
    }

    /// Gives the sink of a script's file.
    pub(super) fn file(&self, number: usize) -> usize {
        // Where nothing is edited, there is one standard output.
        match self.files.get(number).copied() {
            Some(1) if !self.is_editing() => MAIN,
            found => found.unwrap_or(MAIN),
        }
    }

    fn is_editing(&self) -> bool {
        matches!(self.sinks.first(), Some(Sink { to: To::Draft { .. }, .. }))
    }

    /// Has what is printed go into a file's draft, or to standard output; gives the draft that it went to before, or why not all
    /// is in it.
    pub(super) fn edit(&mut self, draft: Option<Draft>) -> Option<Result<Draft, Errno>> {
        let to = match draft {
            Some(draft) => To::Draft { draft, buffer: Vec::new(), error: None },
            None => To::Output,
        };
        let main = self.sinks.first_mut()?;
        main.lacks_end = false;
        match core::mem::replace(&mut main.to, to) {
            To::Draft { mut draft, buffer, error } => {
                let written = draft.file().write_all(&buffer);
                Some(error.map_or(written, Err).map(|()| draft))
            }
            _ => None,
        }
    }

    /// Writes a line and its end, or without one where it has none; the end that the line before lacked comes first.
    pub(super) fn line(&mut self, io: &mut Io<'_>, sink: usize, line: &[u8], end: u8, has_end: bool) {
        self.end_line(io, sink, end);
        self.bytes(io, sink, line);
        if has_end {
            self.bytes(io, sink, &[end]);
        } else if let Some(sink) = self.sinks.get_mut(sink) {
            sink.lacks_end = true;
        }
        if self.at_once {
            io.out.flush();
        }
    }

    /// Writes the end that the last line lacks.
    pub(super) fn end_line(&mut self, io: &mut Io<'_>, sink: usize, end: u8) {
        let lacks_end = self.sinks.get_mut(sink).is_some_and(|sink| core::mem::take(&mut sink.lacks_end));
        if lacks_end {
            self.bytes(io, sink, &[end]);
        }
    }

    /// Writes bytes as they are.
    pub(super) fn bytes(&mut self, io: &mut Io<'_>, sink: usize, bytes: &[u8]) {
        let Some(sink) = self.sinks.get_mut(sink) else { return };
        match &mut sink.to {
            To::Output => io.out.put(bytes),
            To::Error => io.err.put(bytes),
            // At once: the script may read it.
            To::File { file, error, .. } => {
                let mut out = Output::descriptor_stream(file.as_fd());
                out.put(bytes);
                out.flush();
                *error = error.or(out.take_error());
            }
            To::Draft { draft, buffer, error } => {
                buffer.extend_from_slice(bytes);
                if buffer.len() >= BUFFER {
                    *error = error.or(draft.file().write_all(buffer).err());
                    buffer.clear();
                }
            }
        }
    }

    /// Says which files of the script could not be written.
    pub(super) fn finish(&self, io: &mut Io<'_>) -> Status {
        let mut status = Status::SUCCESS;
        for sink in &self.sinks {
            if let To::File { name, error: Some(errno), .. } = &sink.to {
                io.complain(name, errno);
                status = super::FAILED;
            }
        }
        status
    }
}
