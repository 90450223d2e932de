//! Where `cp`, `mv`, `ln` and `install` put things: under a name, or into a folder.

use alloc::vec::Vec;

use linux::fs::{lstat, stat};

use super::path::{base, join};
use crate::{Io, Parsed, Status};

/// Sources, and where they go.
pub(super) struct Target<'a> {
    pub(super) sources: &'a [&'a [u8]],
    pub(super) place: &'a [u8],
    /// Whether they go into it, under their own names.
    pub(super) is_folder: bool,
}

impl<'a> Target<'a> {
    /// Sorts operands out; nothing if there are too few, or too many. `-t FOLDER` and `-T` mean the same to all of them.
    /// With `keeps_links` a link to a folder is none.
    pub(super) fn new(
        io: &mut Io<'_>,
        parsed: &Parsed<'a>,
        operands: &'a [&'a [u8]],
        keeps_links: bool,
    ) -> Result<Option<Self>, Status> {
        if let Some(place) = parsed.value(b't') {
            check_folder(io, place)?;
            return Ok((!operands.is_empty()).then_some(Self { sources: operands, place, is_folder: true }));
        }
        let Some((&place, sources @ [_, rest @ ..])) = operands.split_last() else { return Ok(None) };
        if parsed.has(b'T') {
            return Ok(rest.is_empty().then_some(Self { sources, place, is_folder: false }));
        }
        let found = if keeps_links { lstat(place) } else { stat(place) };
        let is_folder = found.is_ok_and(|file| file.is_directory());
        if !is_folder && !rest.is_empty() {
            check_folder(io, place)?;
        }
        Ok(Some(Self { sources, place, is_folder }))
    }

    /// Gives the name that a source gets.
    pub(super) fn name(&self, source: &[u8]) -> Vec<u8> {
        if self.is_folder { join(self.place, base(source)) } else { self.place.to_vec() }
    }
}

fn check_folder(io: &mut Io<'_>, place: &[u8]) -> Result<(), Status> {
    match stat(place) {
        Ok(file) if file.is_directory() => Ok(()),
        Ok(_) => Err(io.complain(place, &linux::Errno::NOTDIR)),
        Err(errno) => Err(io.complain(place, &errno)),
    }
}
