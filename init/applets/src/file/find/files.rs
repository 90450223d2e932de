//! The files that `-fprint` and the like write.

use alloc::vec::Vec;

use linux::fd::OwnedFd;
use linux::fs::write_all;

use crate::source::create_file;
use crate::{Io, Status};

/// Where something is printed: to one of the files, else to standard output.
pub(super) type Place = Option<usize>;

/// The files, each with what waits to be written.
#[derive(Default)]
pub(super) struct Files(Vec<File>);

struct File {
    path: Vec<u8>,
    file: OwnedFd,
    waiting: Vec<u8>,
}

/// More than this does not wait.
const MOST: usize = 16 << 10;

impl Files {
    /// Opens a file, once for all actions that name it.
    pub(super) fn open(&mut self, path: &[u8]) -> linux::Result<Place> {
        if path == b"/dev/stdout" {
            return Ok(None);
        }
        if let Some(known) = self.0.iter().position(|file| file.path == path) {
            return Ok(Some(known));
        }
        self.0.push(File { path: path.to_vec(), file: create_file(path)?, waiting: Vec::new() });
        Ok(Some(self.0.len() - 1))
    }

    /// Prints.
    pub(super) fn put(&mut self, io: &mut Io<'_>, place: Place, text: &[u8]) -> Status {
        let Some(file) = place.and_then(|place| self.0.get_mut(place)) else {
            io.out.put(text);
            return Status::SUCCESS;
        };
        file.waiting.extend_from_slice(text);
        if file.waiting.len() < MOST { Status::SUCCESS } else { file.flush(io) }
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self, io: &mut Io<'_>) -> Status {
        self.0.iter_mut().fold(Status::SUCCESS, |status, file| status.and(file.flush(io)))
    }
}

impl File {
    fn flush(&mut self, io: &mut Io<'_>) -> Status {
        let result = write_all(&self.file, &self.waiting);
        self.waiting.clear();
        io.report(&self.path, result)
    }
}
