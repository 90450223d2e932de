//! Waiting for more: each file is looked at when inotify(7) tells of a change, and at least once in an interval, since not
//! every file system tells.
//!
//! A file that is followed by name is opened anew when another one has its name; one that is followed as it is stays the
//! same file whatever it is called. What has become shorter is read from its start. It ends when no file is left, when
//! nobody reads the output, and with a process that was named.

use alloc::vec::Vec;
use core::time::Duration;

use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{
    self, FileKind, From, NotifyEvents, NotifyFlags, fstat, inotify_add_watch, inotify_init, lseek,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{Pid, kill};
use query::text::parse_decimal;

use super::super::head::Titles;
use super::{FOLLOW, PID, Part, RETRY, rest};
use crate::reader::Reader;
use crate::source;
use crate::span;
use crate::{Input, Io, Parsed, Status};

/// How files are followed.
pub(super) struct Wish {
    by_name: bool,
    retries: bool,
    interval: Duration,
    process: Option<Pid>,
}

impl Wish {
    /// Reads what was asked for; nothing if nothing is to be followed. An error is a word that makes no sense.
    pub(super) fn new<'a>(parsed: &Parsed<'a>, follows: bool) -> Result<Option<Self>, &'a [u8]> {
        let by_name = match parsed.value(FOLLOW) {
            Some(b"name") => true,
            None | Some(b"" | b"descriptor") => parsed.has(b'F'),
            Some(word) => return Err(word),
        };
        let interval = match parsed.value(b's') {
            None => Duration::from_secs(1),
            Some(word) => span::parse(word).ok_or(word)?,
        };
        let process = match parsed.value(PID) {
            None => None,
            Some(word) => {
                let number = parse_decimal(word).and_then(|number| i32::try_from(number).ok());
                Some(number.and_then(Pid::new).ok_or(word)?)
            }
        };
        let retries = parsed.has(RETRY) || parsed.has(b'F');
        let is_asked = follows || parsed.has_any(&[b'f', b'F', FOLLOW]);
        Ok(is_asked.then_some(Self { by_name, retries, interval, process }))
    }
}

/// A file that is followed.
struct Followed<'n> {
    name: &'n [u8],
    file: Option<OwnedFd>,
    /// Whether its name could be opened when it was last tried.
    is_there: bool,
}

/// Prints the last part of each file, and what comes behind it.
pub(super) fn run(io: &mut Io<'_>, operands: &[&[u8]], part: Part, mut titles: Titles, wish: Wish) -> Status {
    let names = source::names(operands);
    let mut status = Status::SUCCESS;
    let watcher = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK).ok();
    let mut files = Vec::with_capacity(names.len());
    for &name in names {
        let mut followed = Followed { name, file: None, is_there: true };
        match followed.open(io) {
            Ok(()) => {
                titles.print(name, &mut io.out);
                if let Err(errno) = followed.begin(io, part) {
                    status = io.complain(name, &errno);
                    followed.file = None;
                }
            }
            Err(errno) => {
                followed.is_there = false;
                status = io.complain(name, &errno);
            }
        }
        followed.watch(watcher.as_ref());
        files.push(followed);
    }
    let mut shown = files.len().checked_sub(1);
    loop {
        let is_over = wish.process.is_some_and(|process| kill(process, None) == Err(Errno::SRCH));
        for (index, followed) in files.iter_mut().enumerate() {
            followed.look(io, &wish, watcher.as_ref());
            let title = (shown != Some(index)).then_some(&mut titles);
            match followed.go_on(io, title) {
                Ok(true) => shown = Some(index),
                Ok(false) => {}
                Err(errno) => {
                    status = io.complain(followed.name, &errno);
                    followed.file = None;
                }
            }
        }
        io.out.flush();
        if is_over || io.out.is_broken() {
            return status;
        }
        if !wish.retries && files.iter().all(|followed| !followed.can_grow()) {
            return status;
        }
        if !wait(io, watcher.as_ref(), wish.interval) {
            return status;
        }
    }
}

impl<'n> Followed<'n> {
    /// Opens the file by its name; standard input is taken as it is.
    fn open(&mut self, io: &Io<'_>) -> linux::Result<()> {
        let file = match (self.name, io.input.descriptor()) {
            (b"-", None) => return Err(Errno::BADF),
            (b"-", Some(input)) => fs::dup(input),
            (name, _) => source::open_file(name),
        };
        self.file = Some(file?);
        Ok(())
    }

    fn watch(&self, watcher: Option<&OwnedFd>) {
        let changes = NotifyEvents::MODIFY
            | NotifyEvents::ATTRIBUTES
            | NotifyEvents::DELETE_SELF
            | NotifyEvents::MOVE_SELF;
        if let Some(watcher) = watcher
            && self.file.is_some()
        {
            // Where it cannot be watched, the interval is what counts.
            let _ = inotify_add_watch(watcher, self.name, changes);
        }
    }

    /// Says whether anything may still come from it: what comes through a pipe has come.
    fn can_grow(&self) -> bool {
        let kind = self.file.as_ref().and_then(|file| fstat(file).ok()).map(|metadata| metadata.kind());
        kind.is_some_and(|kind| kind != FileKind::Fifo || self.name != b"-")
    }

    /// Looks whether its name stands for another file now, if names count.
    fn look(&mut self, io: &mut Io<'_>, wish: &Wish, watcher: Option<&OwnedFd>) {
        if self.name == b"-" || !(wish.by_name || wish.retries && self.file.is_none()) {
            return;
        }
        let identity = |metadata: fs::Metadata| (metadata.device(), metadata.inode());
        let own = self.file.as_ref().and_then(|file| fstat(file).ok()).map(identity);
        match fs::stat(self.name).map(identity) {
            Ok(named) if own == Some(named) => self.is_there = true,
            Ok(_) => {
                let said = if self.is_there { "is another file now" } else { "has appeared" };
                if self.open(io).is_ok() {
                    self.is_there = true;
                    io.complain(self.name, &said);
                    self.watch(watcher);
                }
            }
            Err(errno) if self.is_there => {
                self.is_there = false;
                io.complain(self.name, &errno);
                if !wish.retries {
                    self.file = None;
                }
            }
            Err(_) => {}
        }
    }

    /// Prints the last part.
    fn begin(&self, io: &mut Io<'_>, part: Part) -> linux::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        part.print(&mut Input::Descriptor(file.as_fd()), &mut io.out)
    }

    /// Prints what has come, under a title if there is something; says whether there was.
    fn go_on(&mut self, io: &mut Io<'_>, title: Option<&mut Titles>) -> linux::Result<bool> {
        let Some(file) = &self.file else { return Ok(false) };
        let metadata = fstat(file)?;
        if metadata.kind() == FileKind::Regular && metadata.size() < lseek(file, From::Current(0))? {
            io.complain(self.name, &"has become shorter");
            lseek(file, From::Start(0))?;
        }
        let mut input = Input::Descriptor(file.as_fd());
        let mut reader = Reader::new(&mut input);
        if reader.fill()?.is_empty() {
            return Ok(false);
        }
        if let Some(title) = title {
            title.print(self.name, &mut io.out);
        }
        rest(&mut reader, &mut io.out)?;
        Ok(true)
    }
}

/// Waits for a change, at most for the interval; false when nobody reads the output.
fn wait(io: &mut Io<'_>, watcher: Option<&OwnedFd>, interval: Duration) -> bool {
    let mut waiting = Vec::with_capacity(2);
    let reader = io.out.descriptor();
    if let Some(out) = &reader {
        waiting.push(PollFd::new(out, PollFlags::empty()));
    }
    if let Some(watcher) = watcher {
        waiting.push(PollFd::new(watcher, PollFlags::IN));
    }
    let _ = poll(&mut waiting, Some(interval));
    let is_closed =
        waiting.first().is_some_and(|out| reader.is_some() && out.came().contains(PollFlags::ERROR));
    if let Some(watcher) = watcher {
        // What has changed is seen by looking.
        let mut events = [0; 4096];
        while fs::read(watcher, &mut events).is_ok_and(|count| count > 0) {}
    }
    !is_closed
}
