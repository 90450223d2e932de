//! The files, or commands, that the pieces go to.

use alloc::ffi::CString;
use alloc::vec::Vec;

use io::process::{Child, Command, Stdio};
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{self, Metadata, Mode, OpenFlags};
use linux::process::Ended;
use linux::signal::{self, Signal};
use linux::{Errno, retry};

use super::names::Names;
use crate::{Failure, Io, Status};

/// A piece that is being written.
enum Piece {
    File(Vec<u8>, OwnedFd),
    /// It goes to a command, by a pipe.
    Command(Child),
    /// On standard output.
    Shown,
    /// Nobody wants it.
    Dropped,
}

/// All pieces.
pub(super) struct Pieces<'a> {
    names: Names<'a>,
    filter: Option<&'a [u8]>,
    is_verbose: bool,
    /// Whether one that gets nothing is not made.
    elides: bool,
    /// Only this one is wanted, counted from 1.
    only: Option<u64>,
    /// Where the input is: it must not be written over.
    input: Option<((u32, u32), u64)>,
    /// How many have begun.
    count: u64,
    current: Option<Piece>,
    /// Those that take turns; none where nothing has been written yet.
    all: Vec<Option<Piece>>,
    status: Status,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(
        names: Names<'a>,
        filter: Option<&'a [u8]>,
        is_verbose: bool,
        elides: bool,
        only: Option<u64>,
    ) -> Self {
        Self {
            names,
            filter,
            is_verbose,
            elides,
            only,
            input: None,
            count: 0,
            current: None,
            all: Vec::new(),
            status: Status::SUCCESS,
        }
    }

    /// Never writes to this file.
    pub(super) fn avoid(&mut self, input: &Metadata) {
        self.input = Some((input.device(), input.inode()));
    }

    /// Gives what the commands that got pieces make of the status.
    pub(super) const fn status(&self) -> Status {
        self.status
    }

    /// Begins the next piece.
    pub(super) fn begin(&mut self, io: &mut Io<'_>) -> Result<(), Failure> {
        self.current = None;
        if self.elides && self.only.is_none() {
            return Ok(());
        }
        self.current = Some(self.open(io)?);
        Ok(())
    }

    /// Writes to the piece that was begun last.
    pub(super) fn write(&mut self, io: &mut Io<'_>, bytes: &[u8]) -> Result<(), Failure> {
        if bytes.is_empty() {
            return Ok(());
        }
        let piece = match self.current.take() {
            Some(piece) => piece,
            None => self.open(io)?,
        };
        piece.write(io, bytes)?;
        self.current = Some(piece);
        Ok(())
    }

    /// Ends it.
    pub(super) fn end(&mut self, io: &mut Io<'_>) {
        if let Some(piece) = self.current.take() {
            self.close(io, piece);
        }
    }

    /// Begins so many pieces at once.
    pub(super) fn begin_all(&mut self, io: &mut Io<'_>, count: u64) -> Result<(), Failure> {
        for _ in 0..count {
            let piece = if self.elides && self.only.is_none() { None } else { Some(self.open(io)?) };
            self.all.push(piece);
        }
        Ok(())
    }

    /// Writes to one of them.
    pub(super) fn write_to(&mut self, io: &mut Io<'_>, index: u64, bytes: &[u8]) -> Result<(), Failure> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let piece = match self.all.get_mut(index).and_then(Option::take) {
            Some(piece) => piece,
            None => self.open(io)?,
        };
        if let Some(place) = self.all.get_mut(index) {
            place.insert(piece).write(io, bytes)?;
        }
        Ok(())
    }

    /// Ends them.
    pub(super) fn end_all(&mut self, io: &mut Io<'_>) {
        for piece in core::mem::take(&mut self.all).into_iter().flatten() {
            self.close(io, piece);
        }
    }

    fn open(&mut self, io: &mut Io<'_>) -> Result<Piece, Failure> {
        self.count += 1;
        if let Some(only) = self.only {
            return Ok(if only == self.count { Piece::Shown } else { Piece::Dropped });
        }
        let Some(name) = self.names.next() else {
            return Err(io.complain(b"", &"there are no more names of this length").into());
        };
        if let Some(filter) = self.filter {
            return self.start(io, filter, &name);
        }
        if self.is_verbose {
            io.out.put(b"creating file '");
            io.out.printable(&name);
            io.out.put(b"'\n");
        }
        let file = self.create(&name).map_err(|errno| io.complain(&name, &errno))?;
        match file {
            Some(file) => Ok(Piece::File(name, file)),
            None => Err(io.complain(&name, &"would write over the input").into()),
        }
    }

    /// Makes a file, unless it is the one that is read.
    fn create(&self, name: &[u8]) -> linux::Result<Option<OwnedFd>> {
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
        let file = retry(|| fs::open(name, flags, Mode::octal(0o666)))?;
        let data = fs::fstat(&file)?;
        if self.input == Some((data.device(), data.inode())) {
            return Ok(None);
        }
        if data.size() > 0 {
            retry(|| fs::ftruncate(&file, 0))?;
        }
        Ok(Some(file))
    }

    fn start(&self, io: &mut Io<'_>, filter: &[u8], name: &[u8]) -> Result<Piece, Failure> {
        io.out.flush();
        let shell = io.variable("SHELL").unwrap_or(b"/bin/sh");
        let mut command = Command::new(shell);
        let variables = io.environment.iter().filter_map(|entry| CString::new(*entry).ok());
        command.arguments([&b"-c"[..], filter]).environment(variables).variable(b"FILE", name);
        // A command that has read enough is no reason to end, and ends itself by the signal if it has to.
        command.stdin(Stdio::Piped).default(Signal::PIPE);
        let _ = signal::ignore(Signal::PIPE);
        match command.start() {
            Ok(child) => Ok(Piece::Command(child)),
            Err(error) => Err(io.complain(&error.program, &error.errno).into()),
        }
    }

    fn close(&mut self, io: &mut Io<'_>, piece: Piece) {
        let Piece::Command(mut child) = piece else { return };
        match child.wait() {
            Ok(Ended::Exited(0)) => {}
            Ok(_) => self.status = io.complain(self.filter.unwrap_or_default(), &"failed"),
            Err(errno) => self.status = io.complain(b"wait", &errno),
        }
    }
}

impl Piece {
    fn write(&self, io: &mut Io<'_>, bytes: &[u8]) -> Result<(), Failure> {
        let (name, written) = match self {
            Self::Shown => {
                io.out.put(bytes);
                return Ok(());
            }
            Self::Dropped => return Ok(()),
            Self::File(name, file) => (name.as_slice(), fs::write_all(file, bytes)),
            Self::Command(child) => match &child.stdin {
                Some(pipe) => (&b"--filter"[..], fs::write_all(pipe.as_fd(), bytes)),
                None => return Ok(()),
            },
        };
        match (self, written) {
            // A command need not read all.
            (Self::Command(_), Err(Errno::PIPE)) | (_, Ok(())) => Ok(()),
            (_, Err(errno)) => Err(io.complain(name, &errno).into()),
        }
    }
}
