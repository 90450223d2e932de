//! Where a file is written to.

use alloc::vec::Vec;

use formats::url::Url;
use formats::wire::http::unescape;
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open, stat};

use super::{NO_CLOBBER, SPIDER, Says, Settings};
use crate::{Io, Parsed, Status, sandbox};

/// What a file is to be.
pub(super) struct Target {
    path: Vec<u8>,
    /// Whether it is standard output.
    is_output: bool,
    /// Whether what is there may be written over.
    replaces: bool,
    goes_on: bool,
    keeps: bool,
    is_looked_at: bool,
}

/// What is written to.
pub(super) enum Sink {
    /// Standard output.
    Output,
    /// A file.
    File(OwnedFd),
}

impl Target {
    pub(super) fn new(io: &mut Io<'_>, parsed: &Parsed<'_>, url: &Url) -> Result<Self, Status> {
        let named = parsed.value(b'O');
        let is_output = named == Some(b"-");
        let mut path = match named {
            Some(name) => name.to_vec(),
            None => file_name(url),
        };
        if let Some(folder) = parsed.value(b'P').filter(|_| named.is_none()) {
            match linux::fs::mkdir(folder, Mode::octal(0o777)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => {
                    io.complain(folder, &errno);
                    return Err(super::FILE);
                }
            }
            path = [folder, b"/", &path].concat();
        }
        Ok(Self {
            path,
            is_output,
            replaces: named.is_some(),
            goes_on: parsed.has(b'c'),
            keeps: parsed.has(NO_CLOBBER) || parsed.values(b'n').any(|kind| kind == b"c"),
            is_looked_at: parsed.has(SPIDER),
        })
    }

    pub(super) fn name(&self) -> &[u8] {
        if self.is_output { b"standard output" } else { &self.path }
    }

    /// Opens the folder that is written to.
    pub(super) fn folder(&self) -> Option<OwnedFd> {
        let writes = !self.is_output && !self.is_looked_at;
        writes.then(|| sandbox::folder_of(&self.path).ok()).flatten()
    }

    /// Says whether it is to be fetched: not if it is there and is to be left.
    pub(super) fn is_wanted(&self, io: &mut Io<'_>, settings: &Settings<'_>) -> bool {
        let is_left = self.keeps && stat(self.path.as_slice()).is_ok();
        if is_left {
            settings.say(io, Says::All, &[&self.path, b" is there already"]);
        }
        !is_left
    }

    /// Gives how much of it is there, to go on behind.
    pub(super) fn length(&self) -> u64 {
        let goes_on = self.goes_on && !self.is_output && !self.is_looked_at;
        let found = goes_on.then(|| stat(self.path.as_slice()).ok()).flatten();
        found.map_or(0, |found| found.size())
    }

    pub(super) fn open(&self, appends: bool) -> linux::Result<Sink> {
        if self.is_output {
            return Ok(Sink::Output);
        }
        let how = match (appends, self.replaces || self.goes_on) {
            (true, _) => OpenFlags::APPEND,
            (false, true) => OpenFlags::TRUNCATE,
            (false, false) => OpenFlags::EXCLUSIVE,
        };
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC | how;
        open(self.path.as_slice(), flags, Mode::octal(0o666)).map(Sink::File)
    }

    /// Gives what is said before, as BusyBox does.
    pub(super) fn announced(&self) -> [&[u8]; 3] {
        if self.is_output { [b"writing to stdout", b"", b""] } else { [b"saving to '", &self.path, b"'"] }
    }

    /// Gives what is said behind.
    pub(super) fn done(&self) -> [&[u8]; 3] {
        if self.is_output { [b"written to stdout", b"", b""] } else { [b"'", &self.path, b"' saved"] }
    }
}

/// Gives the name of the file that an address names; no name leads to another folder.
fn file_name(url: &Url) -> Vec<u8> {
    let name = url.file_name();
    let name = unescape(name)
        .filter(|name| !name.iter().any(|byte| matches!(byte, b'/' | 0)))
        .unwrap_or_else(|| name.to_vec());
    if matches!(name.as_slice(), b"" | b"." | b"..") { b"index.html".to_vec() } else { name }
}
