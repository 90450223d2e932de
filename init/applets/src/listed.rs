//! `--files0-from`: files that a list names, each with a zero byte behind it, in place of operands (GNU's).

use alloc::vec::Vec;

use crate::source;
use crate::{Io, Parsed, Status};

/// Names of files.
pub(crate) struct List<'l> {
    /// Which file has them.
    file: &'l [u8],
    text: Vec<u8>,
}

impl<'l> List<'l> {
    /// Reads the list that an option names, `-` standard input's; nothing without the option.
    pub(crate) fn read(io: &mut Io<'_>, parsed: &Parsed<'l>, key: u8) -> Result<Option<Self>, Status> {
        let Some(file) = parsed.value(key) else { return Ok(None) };
        if let Some(name) = parsed.operands.first() {
            return Err(io.misuse(name, "files come from the list alone"));
        }
        let mut text = Vec::new();
        match source::with(io, file, &mut |_, _, input| input.read_all(&mut text)) {
            Ok(()) => Ok(Some(Self { file, text })),
            Err(errno) => Err(io.complain(file, &errno)),
        }
    }

    /// Gives the names, after a complaint of each that can be none; whether there were such, the status says.
    pub(crate) fn names(&self, io: &mut Io<'_>) -> (Vec<&[u8]>, Status) {
        let mut status = Status::SUCCESS;
        let mut names = Vec::new();
        for (index, name) in self.all().enumerate() {
            match name {
                b"" => status = io.complain(self.file, &format_args!("name {} is empty", index + 1)),
                b"-" if self.file == b"-" => {
                    status = io.complain(name, &"is the list itself, and cannot be in it");
                }
                name => names.push(name),
            }
        }
        (names, status)
    }

    /// Gives the names where there are any and all are such; else the status, after a complaint.
    pub(crate) fn some_names(&self, io: &mut Io<'_>) -> Result<Vec<&[u8]>, Status> {
        match self.names(io) {
            (names, Status::SUCCESS) if names.is_empty() => Err(io.complain(self.file, &"names no file")),
            (names, Status::SUCCESS) => Ok(names),
            (_, status) => Err(status),
        }
    }

    /// Counts the names, also those that can be none.
    pub(crate) fn count(&self) -> usize {
        self.all().count()
    }

    fn all(&self) -> impl Iterator<Item = &[u8]> {
        let whole = self.text.strip_suffix(b"\0").unwrap_or(&self.text);
        whole.split(|byte| *byte == 0).filter(|_| !self.text.is_empty())
    }
}
