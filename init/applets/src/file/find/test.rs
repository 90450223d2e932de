//! The tests of an expression.

use alloc::vec::Vec;

use io::{Step, Visit};
use linux::fs::{self, FileKind, Metadata, StatxFlags, StatxMask, Timestamp};
use linux::path::PATH_BYTES;
use linux::{Errno, retry};
use system::mounts::Table;

use super::super::path::base;
use super::State;
use super::expression::{Bound, Match, Test, Than, Time};
use crate::Io;

/// What is looked at, and what is known of it by now.
pub(super) struct At<'v, 'w> {
    pub(super) visit: &'v Visit<'w>,
    /// How much of its path was named on the command line.
    pub(super) named: usize,
    data: Option<Metadata>,
}

impl<'v, 'w> At<'v, 'w> {
    pub(super) fn new(visit: &'v Visit<'w>, named: usize) -> Self {
        Self { visit, named, data: None }
    }

    /// Looks at the file, once.
    pub(super) fn metadata(&mut self) -> linux::Result<Metadata> {
        if let Some(data) = self.data {
            return Ok(data);
        }
        let data = self.visit.metadata()?;
        self.data = Some(data);
        Ok(data)
    }

    /// Gives its name without what leads there.
    pub(super) fn name(&self) -> &'v [u8] {
        if self.visit.depth == 0 { base(self.visit.path) } else { self.visit.name.to_bytes() }
    }

    /// Gives where a link leads.
    pub(super) fn target<'b>(&self, buffer: &'b mut [u8; PATH_BYTES]) -> Option<&'b [u8]> {
        fs::readlink_at(self.visit.folder, self.visit.name, buffer).ok()
    }

    /// Gives the kind of what a link leads to; of the link itself, if links are followed.
    pub(super) fn other_kind(&self) -> FileKind {
        self.other_kind_known().unwrap_or(self.visit.kind)
    }

    /// The same; none for a link that leads nowhere.
    pub(super) fn other_kind_known(&self) -> Option<FileKind> {
        if self.visit.kind != FileKind::Symlink && !self.visit.follows {
            return Some(self.visit.kind);
        }
        let flags = if self.visit.follows { StatxFlags::NO_FOLLOW } else { StatxFlags::empty() };
        self.look(flags, StatxMask::BASIC).map(|other| other.kind())
    }

    /// Gives one of its times; file systems that do not know when a file was born leave that out.
    pub(super) fn time(&self, data: &Metadata, time: Time) -> Option<Timestamp> {
        match time {
            Time::Accessed => Some(data.accessed()),
            Time::Modified => Some(data.modified()),
            Time::Changed => Some(data.changed()),
            Time::Born => {
                let follows = self.visit.follows && self.visit.kind != FileKind::Symlink;
                let flags = if follows { StatxFlags::empty() } else { StatxFlags::NO_FOLLOW };
                self.look(flags, StatxMask::BIRTH)?.born()
            }
        }
    }

    fn look(&self, flags: StatxFlags, mask: StatxMask) -> Option<Metadata> {
        retry(|| fs::statx(self.visit.folder, self.visit.name, flags, mask)).ok()
    }

    /// Says whether a folder has nothing in it.
    fn is_empty_folder(&self) -> linux::Result<bool> {
        let flags = fs::OpenFlags::READ | fs::OpenFlags::DIRECTORY | fs::OpenFlags::CLOSE_ON_EXEC;
        let folder = retry(|| fs::openat(self.visit.folder, self.visit.name, flags, fs::Mode::empty()))?;
        let mut buffer = [0; 1024];
        let mut entries = fs::Directory::new(&folder, &mut buffer);
        while let Some(entry) = entries.next() {
            if !entry?.is_dot() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Test<'_> {
    pub(super) fn holds(&self, io: &mut Io<'_>, at: &mut At<'_, '_>, state: &mut State<'_>) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            Self::Name(pattern) => pattern.holds(at.name()),
            Self::Path(pattern) => pattern.holds(at.visit.path),
            Self::Target(pattern) => {
                at.visit.kind == FileKind::Symlink
                    && at.target(&mut [0; PATH_BYTES]).is_some_and(|target| pattern.holds(target))
            }
            // The longest match at the first place is all of the path, if anything is.
            Self::Expression(regex) => regex.is_match(at.visit.path),
            Self::Kind(kinds) => kinds.contains(&at.visit.kind),
            Self::OtherKind(kinds) => kinds.contains(&at.other_kind()),
            Self::May(access) => fs::faccess(at.visit.folder, at.visit.name, *access).is_ok(),
            Self::Empty if at.visit.kind == FileKind::Directory => match at.is_empty_folder() {
                Ok(is_empty) => is_empty,
                // When it is entered, that is complained of.
                Err(_) if at.visit.step == Step::Enter => false,
                Err(errno) => fail(io, state, at.visit.path, errno),
            },
            Self::Empty if at.visit.kind != FileKind::Regular => false,
            test => match at.metadata() {
                Ok(data) => test.holds_for(at, &data, state),
                // Gone since its folder was read.
                Err(Errno::NOENT) => false,
                Err(errno) => fail(io, state, at.visit.path, errno),
            },
        }
    }

    /// Those that need a look at the file.
    fn holds_for(&self, at: &At<'_, '_>, data: &Metadata, state: &mut State<'_>) -> bool {
        match self {
            Self::Size(bound, unit) => bound.holds(data.size().div_ceil(*unit)),
            Self::Empty => data.size() == 0,
            Self::Days(time, bound, from) => {
                at.time(data, *time).is_some_and(|time| bound.holds(age(time, *from).0 / 86_400))
            }
            Self::Minutes(time, bound, from) => {
                at.time(data, *time).is_some_and(|time| in_minutes(*bound, age(time, *from)))
            }
            Self::Newer(time, than) => at.time(data, *time).is_some_and(|time| time > *than),
            Self::Permissions(how, bits) => {
                let mode = data.mode_bits() & 0o7777;
                match how {
                    Match::Exactly => mode == *bits,
                    Match::All => mode & bits == *bits,
                    Match::Any => *bits == 0 || mode & bits != 0,
                }
            }
            Self::User(bound) => bound.holds(data.user().into()),
            Self::Group(bound) => bound.holds(data.group().into()),
            Self::Nobody(true) => is_number(&state.names().user(data.user())),
            Self::Nobody(false) => is_number(&state.names().group(data.group())),
            Self::Links(bound) => bound.holds(data.links().into()),
            Self::Inode(bound) => bound.holds(data.inode()),
            Self::Same(device, inode) => (data.device(), data.inode()) == (*device, *inode),
            Self::System(kind) => system_kind(data.device(), state) == *kind,
            // The others need no look at the file.
            _ => false,
        }
    }
}

/// Says whether a name is a number, as it is where there is none.
fn is_number(name: &[u8]) -> bool {
    name.iter().all(u8::is_ascii_digit)
}

/// Gives how old a file is, in seconds and nanoseconds; what lies in the future has no age.
fn age(time: Timestamp, from: Timestamp) -> (u64, u32) {
    let (mut seconds, mut nanoseconds) = (from.seconds.saturating_sub(time.seconds), from.nanoseconds);
    if nanoseconds < time.nanoseconds {
        seconds -= 1;
        nanoseconds += 1_000_000_000;
    }
    u64::try_from(seconds).map_or((0, 0), |seconds| (seconds, nanoseconds - time.nanoseconds))
}

/// Unlike days, minutes are compared to the moment; the one that has begun counts.
fn in_minutes(bound: Bound, (seconds, nanoseconds): (u64, u32)) -> bool {
    let minutes = seconds / 60;
    let is_whole = seconds % 60 == 0 && nanoseconds == 0;
    match bound.than {
        Than::Less => minutes < bound.number,
        Than::Equal => minutes + u64::from(!is_whole) == bound.number,
        Than::More => minutes + u64::from(!is_whole) > bound.number,
    }
}

/// Gives the kind of the file system that a device holds, by the mount that was made last.
pub(super) fn system_kind(device: (u32, u32), state: &mut State<'_>) -> Vec<u8> {
    if state.mounts.is_none() {
        state.mounts = Table::read().ok();
    }
    let mounts = state.mounts.iter().flat_map(Table::mounts).filter_map(Result::ok);
    mounts
        .filter(|mount| mount.device == device)
        .last()
        .map_or_else(|| b"unknown".to_vec(), |mount| mount.kind.plain())
}

/// Says that something failed.
pub(super) fn fail(io: &mut Io<'_>, state: &mut State<'_>, path: &[u8], errno: Errno) -> bool {
    state.status = io.complain(path, &errno);
    false
}
