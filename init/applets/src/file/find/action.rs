//! What is done with what was found: removed, or given to commands.

use alloc::vec::Vec;

use io::Step;
use linux::fs::{self, FileKind};
use linux::retry;

use super::super::ask::ask;
use super::super::child::{Surroundings, run};
use super::super::path::{join, parent};
use super::expression::Command;
use super::files::Files;
use super::test::{At, fail};
use super::{State, filled};
use crate::{Io, Status};

/// As many bytes of names are given to one command at most; the kernel takes 128 KiB at least, environment and all.
const MOST: usize = 96 << 10;

/// Names that are gathered for commands that end with `+`.
#[derive(Default)]
pub(super) struct Batches<'a>(Vec<Batch<'a>>);

struct Batch<'a> {
    command: &'a Command<'a>,
    names: Vec<Vec<u8>>,
    bytes: usize,
    folder: Option<Vec<u8>>,
}

impl<'a> Batches<'a> {
    /// Adds a name; runs the command first if no more fit, or those there are in another folder.
    fn add(
        &mut self,
        io: &mut Io<'_>,
        command: &'a Command<'a>,
        name: Vec<u8>,
        folder: Option<Vec<u8>>,
        files: &mut Files,
    ) -> Status {
        let at =
            self.0.iter().position(|batch| core::ptr::eq(batch.command, command)).unwrap_or(self.0.len());
        if at == self.0.len() {
            self.0.push(Batch { command, names: Vec::new(), bytes: 0, folder: None });
        }
        let Some(batch) = self.0.get_mut(at) else { return Status::FAILURE };
        let mut status = Status::SUCCESS;
        if batch.bytes + name.len() > MOST || batch.folder != folder {
            status = batch.run(io, files);
        }
        batch.folder = folder;
        // With the pointer that stands for it.
        batch.bytes += name.len() + 9;
        batch.names.push(name);
        status
    }

    /// Runs what is left.
    pub(super) fn finish(&mut self, io: &mut Io<'_>, files: &mut Files) -> Status {
        self.0.iter_mut().fold(Status::SUCCESS, |status, batch| status.and(batch.run(io, files)))
    }
}

impl Batch<'_> {
    fn run(&mut self, io: &mut Io<'_>, files: &mut Files) -> Status {
        let names = core::mem::take(&mut self.names);
        self.bytes = 0;
        if names.is_empty() {
            return Status::SUCCESS;
        }
        let words: Vec<&[u8]> =
            self.command.words.iter().copied().chain(names.iter().map(Vec::as_slice)).collect();
        let around = Surroundings { folder: self.folder.as_deref(), ..Surroundings::default() };
        let flushed = files.flush(io);
        flushed.and(Status::from(run(io, &words, around) == 0))
    }
}

/// Runs a command with what was found; true if it went well, always with `+`.
pub(super) fn execute<'a>(
    io: &mut Io<'_>,
    command: &'a Command<'a>,
    at: &At<'_, '_>,
    state: &mut State<'a>,
) -> bool {
    let path = at.visit.path;
    let folder = command.there.then(|| parent(path).to_vec());
    let name = match command.there {
        // The root is named by its path alone.
        true if at.name().starts_with(b"/") => at.name().to_vec(),
        true => join(b".", at.name()),
        false => path.to_vec(),
    };
    if command.gathers {
        let added = state.batches.add(io, command, name, folder, &mut state.files);
        state.status = state.status.and(added);
        return true;
    }
    let words = filled(&command.words, &name);
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    if command.asks {
        let mut question: Vec<&[u8]> = alloc::vec![b"run"];
        words.iter().for_each(|word| question.extend([&b" "[..], word]));
        if !ask(io, &question) {
            return false;
        }
    }
    let flushed = state.files.flush(io);
    state.status = state.status.and(flushed);
    let around =
        Surroundings { folder: folder.as_deref(), has_no_input: command.asks, ..Surroundings::default() };
    run(io, &words, around) == 0
}

/// Removes what was found, by the descriptor of its folder.
pub(super) fn delete(io: &mut Io<'_>, at: &At<'_, '_>, state: &mut State<'_>) -> bool {
    let visit = at.visit;
    // Where we are has no name that could be removed.
    if visit.name.to_bytes() == b"." {
        return true;
    }
    let is_folder = visit.step != Step::Entry && visit.kind == FileKind::Directory;
    let removed = retry(|| match is_folder {
        true => fs::rmdir_at(visit.folder, visit.name),
        false => fs::unlink_at(visit.folder, visit.name),
    });
    match removed {
        Ok(()) => true,
        Err(errno) => fail(io, state, visit.path, errno),
    }
}
