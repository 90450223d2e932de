//! Where a file is written to.

use alloc::vec::Vec;

use formats::url::Url;
use formats::wire::http::unescape;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, SetTime, Timestamp, open, set_open_times, stat};

use super::super::web_date;
use super::{NO_CLOBBER, SPIDER, Says, Settings};
use crate::file::mkdir::make_all;
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
    /// Whether only a newer one is wanted, which gets the server's date.
    is_dated: bool,
}

/// What is there of a file.
#[derive(Clone, Copy)]
pub(super) struct Has {
    /// Its length, to go on behind.
    pub(super) offset: u64,
    /// When it was changed, in seconds, if only a newer one is wanted.
    pub(super) since: Option<i64>,
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
            if let Err(errno) = make_all(folder) {
                io.complain(folder, &errno);
                return Err(super::FILE);
            }
            path = [folder, b"/", &path].concat();
        }
        let is_dated = parsed.has(b'N') && named.is_none();
        Ok(Self {
            path,
            is_output,
            is_dated,
            replaces: named.is_some() || is_dated,
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

    /// Gives what of it is there.
    pub(super) fn has(&self) -> Has {
        let found = self.is_dated.then(|| stat(self.path.as_slice()).ok()).flatten();
        let since = found.map(|found| found.modified().seconds);
        Has { offset: self.length(), since }
    }

    /// Gives a file the date that the server has for it, where that is wanted.
    pub(super) fn set_date(&self, sink: &Sink, date: Option<&[u8]>) {
        if let (Sink::File(file), true, Some(seconds)) =
            (sink, self.is_dated, date.and_then(web_date::seconds))
        {
            // One that cannot be dated is fetched again the next time.
            let _ = set_open_times(file, SetTime::Keep, SetTime::At(Timestamp { seconds, nanoseconds: 0 }));
        }
    }

    fn length(&self) -> u64 {
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

/// Gives the name of the file that an address names, with its query; no name leads to another folder.
fn file_name(url: &Url) -> Vec<u8> {
    let name = url.file_name();
    let name = unescape(name)
        .filter(|name| !name.iter().any(|byte| matches!(byte, b'/' | 0)))
        .unwrap_or_else(|| name.to_vec());
    let mut name = if matches!(name.as_slice(), b"" | b"." | b"..") { b"index.html".to_vec() } else { name };
    if let Some(at) = url.target.iter().position(|byte| *byte == b'?') {
        let query = url.target.get(at..).unwrap_or_default();
        for byte in unescape(query).unwrap_or_else(|| query.to_vec()) {
            match byte {
                b'/' => name.extend_from_slice(b"%2F"),
                byte if byte.is_ascii_control() => {
                    name.extend_from_slice(alloc::format!("%{byte:02X}").as_bytes());
                }
                byte => name.push(byte),
            }
        }
    }
    name
}
