//! Copies of files and trees, for `cp`, `mv` and `install`.
//!
//! Both sides go down by descriptors: what is copied is read from the folder that the walk has opened, and written into one
//! that we have opened below the target without following a link. So nobody can lead a copy elsewhere by renaming.

mod data;
mod keep;
mod mirror;

use alloc::vec::Vec;
use core::fmt;

use io::{Follow, Step, Visit, Walk};
use linux::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use linux::fs::{self, FileKind, Metadata, Mode, OpenFlags, RenameFlags, StatxFlags, StatxMask};
use linux::path::PATH_BYTES;
use linux::{Errno, Result, retry};

pub(super) use data::{Bytes, When};
pub(super) use keep::Keep;
use keep::KeptMode;
use mirror::Mirror;

use super::ask::{ask, say};
use super::backup::Backup;
use super::path::{join, terminated};
use super::random::unused;
use crate::{Io, Status};

/// What becomes of something that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Old {
    /// A file gets the new contents.
    Overwrite,
    /// So, and one that cannot be opened is removed.
    Force,
    /// It is removed first.
    Remove,
    /// It is exchanged when the copy is whole.
    Replace,
    /// It stays.
    Keep,
}

/// Copies, with what was asked for.
pub(super) struct Copier {
    pub(super) is_recursive: bool,
    pub(super) follow: Follow,
    pub(super) keep: Keep,
    pub(super) bytes: Bytes,
    pub(super) old: Old,
    pub(super) asks: bool,
    /// Only what is newer than what is there.
    pub(super) only_newer: bool,
    /// Hard (`l`) or symbolic links (`s`) instead of copies.
    pub(super) links: Option<u8>,
    pub(super) stays: bool,
    pub(super) only_attributes: bool,
    pub(super) is_verbose: bool,
    pub(super) backup: Option<Backup>,
    /// The mode of copies, if it is neither the source's nor what the mask leaves of it.
    pub(super) mode: Option<Mode>,
    /// Files with several names: device and number, and where their copy is.
    pub(super) seen: Vec<(Identity, Copied)>,
}

type Identity = ((u32, u32), u64);

/// Where a copy is, and which file that was.
pub(super) struct Copied {
    path: Vec<u8>,
    identity: Identity,
}

/// A place for a copy.
struct Place<'a> {
    folder: BorrowedFd<'a>,
    name: &'a [u8],
    /// Its path, for messages.
    path: &'a [u8],
    /// Whether a link there stands for what it leads to.
    follows: bool,
    /// Whether the folder was made just now, so that nothing is there.
    is_new: bool,
}

impl Copier {
    /// Copies one operand to a path; complains itself.
    pub(super) fn operand(&mut self, io: &mut Io<'_>, source: &[u8], target: &[u8]) -> Status {
        let mut walk = Walk::of(&terminated(source), self.follow);
        let mut mirror = Mirror::default();
        let mut status = Status::SUCCESS;
        while let Some(found) = walk.next() {
            let visit = match found {
                Ok(visit) => visit,
                Err(failure) => {
                    status = io.complain(&failure.path, &failure.errno);
                    continue;
                }
            };
            let path = [target, visit.path.get(source.len()..).unwrap_or_default()].concat();
            let done = self.visit(io, &visit, &path, &mut mirror);
            let is_folder = visit.step == Step::Enter;
            match done {
                Ok(true) => {}
                Ok(false) if is_folder => walk.skip(),
                Ok(false) => {}
                Err(Problem(path, reason)) => {
                    status = io.complain(&path, &reason);
                    if is_folder {
                        walk.skip();
                    }
                }
            }
        }
        status
    }

    /// Copies what is visited; false leaves a folder out.
    fn visit(
        &mut self,
        io: &mut Io<'_>,
        visit: &Visit<'_>,
        path: &[u8],
        mirror: &mut Mirror,
    ) -> core::result::Result<bool, Problem> {
        let wrong = |errno| Problem::of(path, errno);
        // Of a folder that could be opened but not read, the walk tells no leaving.
        while mirror.depth() > visit.depth {
            let (folder, source, made) = mirror.pop().map_err(wrong)?;
            let made = made.then(|| self.mode_of(&source));
            self.keep.put(None, folder.as_fd(), &source, made).map_err(wrong)?;
        }
        match visit.step {
            Step::Leave => Ok(true),
            Step::Enter => self.enter(io, visit, path, mirror),
            Step::Entry => {
                let (folder, is_new) = mirror.folder().map_err(wrong)?;
                let name = if visit.depth == 0 { path } else { visit.name.to_bytes() };
                let follows = visit.depth == 0;
                self.entry(io, visit, &Place { folder, name, path, follows, is_new }).map(|()| true)
            }
        }
    }

    fn enter(
        &mut self,
        io: &mut Io<'_>,
        visit: &Visit<'_>,
        path: &[u8],
        mirror: &mut Mirror,
    ) -> core::result::Result<bool, Problem> {
        let wrong = |errno| Problem::of(path, errno);
        if !self.is_recursive {
            return Err(Problem::text(visit.path, "is a folder, left out without -r"));
        }
        if visit.opened.is_none() {
            return Err(Problem::of(visit.path, Errno::ACCES));
        }
        let source = visit.metadata().map_err(|errno| Problem::of(visit.path, errno))?;
        if mirror.is_root(source.identity()) {
            return Err(Problem::text(visit.path, "cannot be copied into itself"));
        }
        if self.stays && mirror.is_elsewhere(source.device()) {
            return Ok(false);
        }
        let (folder, _) = mirror.folder().map_err(wrong)?;
        let name = if visit.depth == 0 { path } else { visit.name.to_bytes() };
        // Until all is in it, only we go in.
        let mode = Mode::octal(source.permissions().bits() & 0o700 | 0o700);
        let made = match fs::mkdir_at(folder, name, mode) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(errno) => return Err(wrong(errno)),
        };
        let nofollow = if visit.depth == 0 { OpenFlags::empty() } else { OpenFlags::NO_FOLLOW };
        let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC | nofollow;
        let opened = retry(|| fs::openat(folder, name, flags, Mode::empty())).map_err(wrong)?;
        if self.is_verbose && made {
            say(io, &[b"'", visit.path, b"' -> '", path, b"'"]);
        }
        if let Some(from) = visit.opened.filter(|_| self.keep.has_attributes()) {
            // The rest when all is in it: a mode may forbid to write.
            let only = Keep { attributes: self.keep.attributes, ..Keep::default() };
            only.put(Some(from), opened.as_fd(), &source, None).map_err(wrong)?;
        }
        mirror.push(opened, source, made).map_err(wrong)?;
        Ok(true)
    }

    /// Gives the mode of a copy whose source's is not kept.
    fn mode_of(&self, source: &Metadata) -> Mode {
        self.mode.unwrap_or(Mode::octal(self.unmasked(source).bits() & !super::mode::mask()))
    }

    /// Gives the mode with which a copy is made.
    fn unmasked(&self, source: &Metadata) -> Mode {
        Mode::octal(match (self.keep.mode, source.is_directory()) {
            (KeptMode::Forgotten, true) => 0o777,
            (KeptMode::Forgotten, false) => 0o666,
            _ => source.permissions().bits() & 0o777,
        })
    }

    /// Copies anything but a folder.
    fn entry(
        &mut self,
        io: &mut Io<'_>,
        visit: &Visit<'_>,
        place: &Place<'_>,
    ) -> core::result::Result<(), Problem> {
        let wrong = |errno| Problem::of(place.path, errno);
        let source = visit.metadata().map_err(|errno| Problem::of(visit.path, errno))?;
        if source.kind() == FileKind::Symlink && visit.follows {
            return Err(Problem::of(visit.path, Errno::NOENT));
        }
        let is_plain =
            source.kind() == FileKind::Regular || !self.is_recursive && source.kind() != FileKind::Symlink;
        let old = if place.is_new { None } else { place.look(place.follows && is_plain) };
        if let Some(old) = &old
            && !self.gives_way(io, visit, &source, old, place)?
        {
            return Ok(());
        }
        let is_linked = self.keep.links && source.links() > 1;
        if is_linked && self.link_to_copy(&source, place).map_err(wrong)? {
        } else if let Some(kind) = self.links {
            self.link(kind, visit, place, old.is_some()).map_err(wrong)?;
        } else if is_plain {
            self.file(visit, &source, place, old.is_some())?;
        } else {
            if old.is_some() {
                let _ = retry(|| fs::unlink_at(place.folder, place.name));
            }
            self.special(visit, &source, place).map_err(wrong)?;
        }
        if is_linked {
            self.remember(&source, place);
        }
        if self.is_verbose {
            say(io, &[b"'", visit.path, b"' -> '", place.path, b"'"]);
        }
        Ok(())
    }

    /// Says whether something that is there gives way, after keeping it if that was asked for.
    fn gives_way(
        &self,
        io: &mut Io<'_>,
        visit: &Visit<'_>,
        source: &Metadata,
        old: &Metadata,
        place: &Place<'_>,
    ) -> core::result::Result<bool, Problem> {
        if self.old == Old::Keep || self.only_newer && old.modified() >= source.modified() {
            return Ok(false);
        }
        if old.is_directory() {
            return Err(Problem::of(place.path, Errno::ISDIR));
        }
        // A link that goes away is not what it leads to.
        let goes = self.old == Old::Remove || self.old == Old::Replace || self.backup.is_some();
        let is_link = || goes && place.look(false).is_some_and(|file| file.identity() != source.identity());
        if source.identity() == old.identity() && self.links.is_none() && !is_link() {
            let names = [visit.path, b" and ", place.path].concat();
            return Err(Problem::text(&names, "are the same file"));
        }
        if self.asks && !ask(io, &[b"overwrite '", place.path, b"'"]) {
            return Ok(false);
        }
        if let Some(backup) = &self.backup {
            backup.keep(place.path, visit.path).map_err(|errno| Problem::of(place.path, errno))?;
        } else if self.old == Old::Remove {
            retry(|| fs::unlink_at(place.folder, place.name))
                .map_err(|errno| Problem::of(place.path, errno))?;
        }
        Ok(true)
    }

    /// Copies contents.
    fn file(
        &mut self,
        visit: &Visit<'_>,
        source: &Metadata,
        place: &Place<'_>,
        is_there: bool,
    ) -> core::result::Result<(), Problem> {
        let wrong = |errno| Problem::of(place.path, errno);
        let nofollow = if visit.follows { OpenFlags::empty() } else { OpenFlags::NO_FOLLOW };
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC | nofollow;
        let from = retry(|| fs::openat(visit.folder, visit.name, flags, Mode::empty()))
            .map_err(|errno| Problem::of(visit.path, errno))?;
        // Before it has its owner, nobody else may read what the owner alone could.
        let mode = match self.keep.owner || self.mode.is_some() {
            true => Mode::octal(source.permissions().bits() & 0o700 | 0o600),
            false => self.unmasked(source),
        };
        if self.old == Old::Replace {
            let mut opened = None;
            let before = join(super::path::parent(place.path), b".tmp");
            let ((), name) = unused((&before, 8, b""), &mut |name| {
                opened = Some(create(CWD, name, mode)?);
                Ok(())
            })
            .map_err(wrong)?;
            let done = opened.ok_or(Errno::BADF).and_then(|to| {
                self.fill(from.as_fd(), to.as_fd(), source, self.mode)?;
                fs::rename_at(CWD, name.as_slice(), place.folder, place.name, RenameFlags::empty())
            });
            if done.is_err() {
                let _ = fs::unlink(name.as_slice());
            }
            return done.map_err(wrong);
        }
        let (to, is_new) = self.open(place, mode, is_there).map_err(wrong)?;
        let made = (is_new && self.keep.owner).then(|| self.mode_of(source));
        let done = self.fill(from.as_fd(), to.as_fd(), source, made);
        if done.is_err() && is_new {
            // Half a file is worse than none.
            let _ = fs::unlink_at(place.folder, place.name);
        }
        done.map_err(wrong)
    }

    fn fill(
        &mut self,
        from: BorrowedFd<'_>,
        to: BorrowedFd<'_>,
        source: &Metadata,
        mode: Option<Mode>,
    ) -> Result<()> {
        if !self.only_attributes {
            self.bytes.copy(from, to, source)?;
        }
        self.keep.put(Some(from), to, source, mode)
    }

    /// Opens a file to write to; says whether it is new.
    fn open(&self, place: &Place<'_>, mode: Mode, is_there: bool) -> Result<(OwnedFd, bool)> {
        if !is_there || self.backup.is_some() || self.old == Old::Remove {
            match create(place.folder, place.name, mode) {
                Err(Errno::EXIST) if is_there || place.is_new || place.follows => {}
                created => return created.map(|file| (file, true)),
            }
        }
        let truncate = if self.only_attributes { OpenFlags::empty() } else { OpenFlags::TRUNCATE };
        let nofollow = if place.follows { OpenFlags::empty() } else { OpenFlags::NO_FOLLOW };
        let flags = OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC | truncate | nofollow;
        match retry(|| fs::openat(place.folder, place.name, flags, Mode::empty())) {
            // Below an operand a link is not written through.
            Err(errno) if self.old == Old::Force || errno == Errno::LOOP && !place.follows => {
                retry(|| fs::unlink_at(place.folder, place.name))?;
                create(place.folder, place.name, mode).map(|file| (file, true))
            }
            opened => opened.map(|file| (file, false)),
        }
    }

    /// Makes what is neither file nor folder.
    fn special(&self, visit: &Visit<'_>, source: &Metadata, place: &Place<'_>) -> Result<()> {
        if source.kind() == FileKind::Symlink {
            let mut buffer = [0; PATH_BYTES];
            let target = fs::readlink_at(visit.folder, visit.name, &mut buffer)?;
            fs::symlink_at(target, place.folder, place.name)?;
        } else {
            fs::mknod_at(
                place.folder,
                place.name,
                source.kind(),
                self.unmasked(source),
                source.special_device(),
            )?;
        }
        self.keep.put_at(place.folder, place.name, source)
    }

    /// Makes a link in place of a copy.
    fn link(&self, kind: u8, visit: &Visit<'_>, place: &Place<'_>, is_there: bool) -> Result<()> {
        if is_there && self.old == Old::Force {
            retry(|| fs::unlink_at(place.folder, place.name))?;
        }
        match kind {
            b'l' => fs::link_at(visit.folder, visit.name, place.folder, place.name, visit.follows),
            _ => fs::symlink_at(visit.path, place.folder, place.name),
        }
    }

    /// Links to the copy of a file that was copied already under another name; false if there is none, or no longer.
    fn link_to_copy(&self, source: &Metadata, place: &Place<'_>) -> Result<bool> {
        let Ok(at) = self.seen.binary_search_by(|seen| seen.0.cmp(&source.identity())) else {
            return Ok(false);
        };
        let Some((_, copied)) = self.seen.get(at) else { return Ok(false) };
        if fs::link_at(CWD, copied.path.as_slice(), place.folder, place.name, false) == Err(Errno::EXIST) {
            retry(|| fs::unlink_at(place.folder, place.name))?;
            fs::link_at(CWD, copied.path.as_slice(), place.folder, place.name, false)?;
        }
        // Someone may have exchanged what the path leads to.
        if place.look(false).is_some_and(|file| file.identity() == copied.identity) {
            return Ok(true);
        }
        let _ = fs::unlink_at(place.folder, place.name);
        Ok(false)
    }

    fn remember(&mut self, source: &Metadata, place: &Place<'_>) {
        let source = source.identity();
        if let Err(at) = self.seen.binary_search_by(|seen| seen.0.cmp(&source))
            && let Some(copy) = place.look(false)
        {
            self.seen.insert(at, (source, Copied { path: place.path.to_vec(), identity: copy.identity() }));
        }
    }
}

impl Place<'_> {
    /// Looks at what is there.
    fn look(&self, follows: bool) -> Option<Metadata> {
        let flags = if follows { StatxFlags::empty() } else { StatxFlags::NO_FOLLOW };
        fs::statx(self.folder, self.name, flags, StatxMask::BASIC).ok()
    }
}

/// With what something went wrong, and what.
struct Problem(Vec<u8>, Reason);

enum Reason {
    Refused(Errno),
    Text(&'static str),
}

impl Problem {
    fn of(path: &[u8], errno: Errno) -> Self {
        Self(path.to_vec(), Reason::Refused(errno))
    }

    fn text(path: &[u8], text: &'static str) -> Self {
        Self(path.to_vec(), Reason::Text(text))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(errno) => errno.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

fn create(folder: impl AsFd, name: &[u8], mode: Mode) -> Result<OwnedFd> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
    retry(|| fs::openat(&folder, name, flags, mode))
}
