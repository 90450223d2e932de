//! The lines of all files, one after the other; whether one is the last is known by a look ahead.

use alloc::vec::Vec;

use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{FileKind, fstat};

use crate::reader::{Buffer, ended};
use crate::source;
use crate::{Input, Io};

/// The files that are read.
pub(super) struct Files<'f> {
    names: &'f [&'f [u8]],
    /// The number of the next one.
    next: usize,
    /// The one that is read, and its name.
    open: Option<(Source, &'f [u8])>,
    end: u8,
    /// Whether each file's last line is a last one, and lines are counted in each.
    are_separate: bool,
    /// Whether they are changed: then none is standard input.
    are_edited: bool,
    /// Whether one could not be read.
    pub(super) has_failed: bool,
}

/// Where lines come from.
enum Source {
    Standard(Buffer),
    File(OwnedFd, Buffer),
}

/// What a file begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A line, of the same file as the one before.
    Line,
    /// The first line of another file.
    First,
    /// There is none any more.
    Nothing,
}

impl<'f> Files<'f> {
    pub(super) fn new(names: &'f [&'f [u8]], end: u8, are_separate: bool, are_edited: bool) -> Self {
        let are_separate = are_separate || are_edited;
        Self { names, next: 0, open: None, end, are_separate, are_edited, has_failed: false }
    }

    /// Gives the name of the file that is read.
    pub(super) fn name(&self) -> &'f [u8] {
        self.open.as_ref().map_or(b"-", |open| open.1)
    }

    /// Puts the next line into the buffer; says whether it had an end.
    pub(super) fn line(&mut self, io: &mut Io<'_>, into: &mut Vec<u8>) -> (Found, bool) {
        let mut found = Found::Line;
        loop {
            if self.open.is_none() {
                if !self.open_next(io) {
                    return (Found::Nothing, true);
                }
                found = Found::First;
            }
            let Some((source, name)) = &mut self.open else { continue };
            let name = *name;
            match source.record(io, self.end) {
                Ok(Some(record)) => {
                    let (line, has_end) = ended(record, self.end);
                    into.extend_from_slice(line);
                    return (found, has_end);
                }
                Ok(None) => {
                    self.open = None;
                    if self.are_separate {
                        // An empty file has an end, too.
                        return (Found::Nothing, true);
                    }
                }
                Err(errno) => {
                    self.fail(io, name, errno);
                    self.open = None;
                }
            }
        }
    }

    /// Says whether there is no line behind the one that was read last, in this file if files are separate.
    pub(super) fn is_last(&mut self, io: &mut Io<'_>) -> bool {
        loop {
            if let Some((source, name)) = &mut self.open {
                let name = *name;
                match source.has_more(io) {
                    Ok(true) => return false,
                    Ok(false) => {}
                    Err(errno) => self.fail(io, name, errno),
                }
            }
            if self.are_separate || !self.open_next(io) {
                return true;
            }
        }
    }

    /// Opens the next file that can be; false when there is none.
    pub(super) fn open_next(&mut self, io: &mut Io<'_>) -> bool {
        while let Some(name) = self.names.get(self.next).copied() {
            self.next += 1;
            let source = match name {
                b"-" if !self.are_edited => Ok(Source::Standard(Buffer::default())),
                name => source::open_file(name).and_then(|file| match fstat(&file)?.kind() {
                    FileKind::Directory => Err(Errno::ISDIR),
                    _ => Ok(Source::File(file, Buffer::default())),
                }),
            };
            match source {
                Ok(source) => {
                    self.open = Some((source, name));
                    return true;
                }
                Err(errno) => self.fail(io, name, errno),
            }
        }
        false
    }

    /// Leaves the file that is read.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    fn fail(&mut self, io: &mut Io<'_>, name: &[u8], errno: Errno) {
        io.complain(name, &errno);
        self.has_failed = true;
    }

    /// Leaves what was read ahead to whoever reads standard input next.
    pub(super) fn give_back(&mut self, io: &mut Io<'_>) {
        if let Some((Source::Standard(buffer), _)) = &mut self.open {
            buffer.give_back(&io.input);
        }
    }
}

impl Source {
    fn record(&mut self, io: &mut Io<'_>, end: u8) -> linux::Result<Option<&[u8]>> {
        match self {
            Self::Standard(buffer) => buffer.record(&mut io.input, end),
            Self::File(file, buffer) => buffer.record(&mut Input::Descriptor(file.as_fd()), end),
        }
    }

    fn has_more(&mut self, io: &mut Io<'_>) -> linux::Result<bool> {
        let bytes = match self {
            Self::Standard(buffer) => buffer.fill(&mut io.input),
            Self::File(file, buffer) => buffer.fill(&mut Input::Descriptor(file.as_fd())),
        };
        Ok(!bytes?.is_empty())
    }
}
