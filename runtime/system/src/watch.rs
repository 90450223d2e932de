//! A folder and all below it, watched for changes.
//!
//! inotify(7) watches one folder at a time. This watches each folder that there is, and each that comes: made, or moved into the tree.
//! Between a folder's coming and its watch others may have put something into it; so a new folder is looked through once it is
//! watched, what is in it is told as made, and what the kernel tells of the same names meanwhile is not told again.
//!
//! A move is two changes of the kernel's, joined by a number (cookie). One whose second half does not come has left the tree, and
//! one whose second half comes alone has come into it. When the kernel drops changes because nobody took them, that is told, and the
//! folders are looked through for those that have no watch; what else has changed must be found by looking.
//!
//! A caller polls the descriptor, and calls [`Tree::next_event`] until there is nothing more.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{
    Change, Directory, FileKind, Mode, NotifyEvents, NotifyFlags, OpenFlags, inotify_add_watch, inotify_init,
    inotify_read, inotify_rm_watch, lstat, open,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::time::monotonic;

use crate::{Error, Result};

/// What each folder is watched for.
const WATCHED: NotifyEvents = NotifyEvents::CREATE
    .union(NotifyEvents::DELETE)
    .union(NotifyEvents::MOVED_FROM)
    .union(NotifyEvents::MOVED_TO)
    .union(NotifyEvents::CLOSE_WRITE)
    .union(NotifyEvents::ATTRIBUTES)
    .union(NotifyEvents::DELETE_SELF)
    .union(NotifyEvents::ONLY_DIRECTORY);

/// How long the second half of a move may be behind the first (inotify(7): a few milliseconds).
const HALVES: Duration = Duration::from_millis(5);

/// A change in the tree. Paths begin with that of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A file or folder is there: made, linked, or moved here from outside.
    Made {
        /// Its path.
        path: Vec<u8>,
        /// Whether it is a folder.
        is_folder: bool,
    },
    /// A file was closed by one who could write to it.
    Written(Vec<u8>),
    /// Owner, mode, times or number of links.
    Attributes(Vec<u8>),
    /// A file or folder is gone: removed, or moved out of the tree.
    Gone {
        /// Its path.
        path: Vec<u8>,
        /// Whether it was a folder.
        is_folder: bool,
    },
    /// A file or folder has another name, or is in another folder of the tree.
    Moved {
        /// Its path before.
        from: Vec<u8>,
        /// Its path now.
        to: Vec<u8>,
        /// Whether it is a folder: all below it has moved with it.
        is_folder: bool,
    },
    /// The kernel has dropped changes: what is known of the tree is to be looked at anew.
    Lost,
    /// The folder of the tree itself is gone; nothing more comes.
    Ended,
}

/// The first half of a move.
#[derive(Debug)]
struct Half {
    cookie: u32,
    path: Vec<u8>,
    is_folder: bool,
    /// When its second half does not come any more.
    until: Duration,
}

/// A watched tree.
#[derive(Debug)]
pub struct Tree {
    watcher: OwnedFd,
    root: Vec<u8>,
    /// The folders by the numbers of their watches.
    folders: BTreeMap<i32, Vec<u8>>,
    /// What is told next.
    told: VecDeque<Result<Event>>,
    halves: Vec<Half>,
    /// What a look through a new folder has told, until the kernel has nothing more to tell.
    seen: BTreeSet<Vec<u8>>,
    buffer: Vec<u8>,
}

impl Tree {
    /// Watches a folder and all below it; symbolic links in it are not followed.
    ///
    /// # Errors
    /// What inotify_init, inotify_add_watch (`NOSPC`: the user's limit of watches) and reading folders give, with the path.
    pub fn new(path: &[u8]) -> Result<Self> {
        let made = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK);
        let mut tree = Self {
            watcher: made.map_err(|errno| Error::new("watch", path, errno))?,
            root: path.to_vec(),
            folders: BTreeMap::new(),
            told: VecDeque::new(),
            halves: Vec::new(),
            seen: BTreeSet::new(),
            buffer: alloc::vec![0; 16 << 10],
        };
        tree.add(path.to_vec(), false);
        // There is nothing else yet.
        tree.told.pop_front().map_or(Ok(()), |told| told.map(drop))?;
        Ok(tree)
    }

    /// Gives how many folders are watched.
    pub fn folder_count(&self) -> usize {
        self.folders.len()
    }

    /// Gives the next change; none if there is none now. Waits at most some milliseconds, for the second half of a move.
    ///
    /// # Errors
    /// What reading, and watching a new folder, give. What follows can be taken all the same.
    pub fn next_event(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.told.pop_front() {
                return event.map(Some);
            }
            let mut buffer = core::mem::take(&mut self.buffer);
            let taken = self.take(&mut buffer);
            self.buffer = buffer;
            if !taken? && self.told.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Takes what the kernel tells; says whether there may be more.
    fn take(&mut self, buffer: &mut [u8]) -> Result<bool> {
        let changes = match inotify_read(&self.watcher, buffer) {
            Err(Errno::INTR) => return Ok(true),
            Err(Errno::AGAIN) => return Ok(self.settle()),
            changes => changes.map_err(|errno| Error::new("watch", &self.root, errno))?,
        };
        for change in changes {
            self.change(&change);
        }
        Ok(true)
    }

    fn tell(&mut self, event: Event) {
        self.told.push_back(Ok(event));
    }

    /// The kernel has nothing more: moves whose second half does not come now have left the tree.
    fn settle(&mut self) -> bool {
        self.seen.clear();
        let Some(first) = self.halves.iter().map(|half| half.until).min() else { return false };
        let left = first.saturating_sub(monotonic());
        let mut list = [PollFd::new(&self.watcher, PollFlags::IN)];
        if !left.is_zero() && linux::retry(|| poll(&mut list, Some(left))) == Ok(1) {
            return true;
        }
        self.give_up();
        true
    }

    /// Tells of the moves whose second half should have come: they have left the tree.
    fn give_up(&mut self) {
        let now = monotonic();
        let halves = core::mem::take(&mut self.halves);
        let (late, rest): (Vec<_>, _) = halves.into_iter().partition(|half| half.until <= now);
        self.halves = rest;
        for half in late {
            if half.is_folder {
                self.forget(&half.path);
            }
            self.tell(Event::Gone { path: half.path, is_folder: half.is_folder });
        }
    }

    fn change(&mut self, change: &Change<'_>) {
        let has = |event| change.events.contains(event);
        if has(NotifyEvents::OVERFLOW) {
            self.halves.clear();
            self.folders.clear();
            self.tell(Event::Lost);
            return self.add(self.root.clone(), false);
        }
        let Some(folder) = self.folders.get(&change.watch) else { return };
        if has(NotifyEvents::ENDED) {
            if *folder == self.root {
                self.tell(Event::Ended);
            }
            self.folders.remove(&change.watch);
            return;
        }
        if change.name.is_empty() {
            // Of other folders the one that they are in tells.
            if has(NotifyEvents::ATTRIBUTES) && *folder == self.root {
                self.tell(Event::Attributes(self.root.clone()));
            }
            return;
        }
        let (path, is_folder) = (joined(folder, change.name), has(NotifyEvents::OF_DIRECTORY));
        let was_seen = self.seen.remove(&path);
        match change.events.difference(NotifyEvents::OF_DIRECTORY) {
            NotifyEvents::CREATE if !was_seen => self.came(path, is_folder),
            NotifyEvents::MOVED_TO => self.moved(path, is_folder, change.cookie, was_seen),
            NotifyEvents::MOVED_FROM => {
                let until = monotonic() + HALVES;
                self.halves.push(Half { cookie: change.cookie, path, is_folder, until });
            }
            NotifyEvents::DELETE => self.tell(Event::Gone { path, is_folder }),
            NotifyEvents::CLOSE_WRITE => self.tell(Event::Written(path)),
            NotifyEvents::ATTRIBUTES => self.tell(Event::Attributes(path)),
            _ => {}
        }
    }

    fn came(&mut self, path: Vec<u8>, is_folder: bool) {
        self.tell(Event::Made { path: path.clone(), is_folder });
        if is_folder {
            self.add(path, true);
        }
    }

    /// The second half of a move.
    fn moved(&mut self, to: Vec<u8>, is_folder: bool, cookie: u32, was_seen: bool) {
        let first =
            self.halves.iter().position(|half| half.cookie == cookie).map(|at| self.halves.remove(at));
        match first {
            None if was_seen => {}
            None => self.came(to, is_folder),
            // A look through a new folder was there first, and has watched what is in it.
            Some(half) if was_seen => self.tell(Event::Gone { path: half.path, is_folder }),
            Some(half) => {
                if is_folder {
                    self.rename(&half.path, &to);
                }
                self.tell(Event::Moved { from: half.path, to, is_folder });
            }
        }
    }

    /// Watches a folder and those below it; tells of what is in them, if it is new. One that cannot be watched is told of, and keeps
    /// no other from it.
    fn add(&mut self, path: Vec<u8>, tells: bool) {
        let mut left = alloc::vec![path];
        while let Some(path) = left.pop() {
            let is_root = path == self.root;
            let events = if is_root { WATCHED } else { WATCHED | NotifyEvents::NO_FOLLOW };
            match inotify_add_watch(&self.watcher, path.as_slice(), events) {
                Ok(number) => drop(self.folders.insert(number, path.clone())),
                // It is gone again, or something else has its name.
                Err(Errno::NOENT | Errno::NOTDIR) if !is_root => continue,
                Err(errno) => {
                    self.told.push_back(Err(Error::new("watch", &path, errno)));
                    continue;
                }
            }
            match self.look(&path, tells, &mut left) {
                Ok(()) => {}
                Err(Errno::NOENT | Errno::NOTDIR) if !is_root => {}
                Err(errno) => self.told.push_back(Err(Error::new("read", &path, errno))),
            }
        }
    }

    /// Looks through a folder: adds the folders in it to those that are left to be watched.
    fn look(&mut self, folder: &[u8], tells: bool, left: &mut Vec<Vec<u8>>) -> linux::Result<()> {
        let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
        // Something else may have its name by now.
        let flags = if folder == self.root { flags } else { flags | OpenFlags::NO_FOLLOW };
        let file = open(folder, flags, Mode::empty())?;
        let mut buffer = alloc::vec![0; 4 << 10];
        let mut entries = Directory::new(file, &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            if entry.is_dot() {
                continue;
            }
            let path = joined(folder, entry.name.to_bytes());
            let kind = match entry.kind {
                Some(kind) => kind,
                None => match lstat(path.as_slice()) {
                    Ok(found) => found.kind(),
                    Err(Errno::NOENT) => continue,
                    Err(errno) => return Err(errno),
                },
            };
            let is_folder = kind == FileKind::Directory;
            if tells {
                self.tell(Event::Made { path: path.clone(), is_folder });
                self.seen.insert(path.clone());
            }
            if is_folder {
                left.push(path);
            }
        }
        Ok(())
    }

    /// Gives the folders that have moved their new paths.
    fn rename(&mut self, from: &[u8], to: &[u8]) {
        let renamed = |path: &[u8]| below(path, from).map(|rest| [to, rest].concat());
        for path in self.folders.values_mut() {
            if let Some(new) = renamed(path) {
                *path = new;
            }
        }
        let seen = core::mem::take(&mut self.seen);
        self.seen = seen.into_iter().map(|path| renamed(&path).unwrap_or(path)).collect();
    }

    /// Ends the watches of a folder that has left the tree, and of those below it.
    fn forget(&mut self, path: &[u8]) {
        let watcher = &self.watcher;
        self.folders.retain(|number, folder| {
            let is_gone = below(folder, path).is_some();
            if is_gone {
                // It may have been removed since.
                let _ = inotify_rm_watch(watcher, *number);
            }
            !is_gone
        });
    }
}

impl AsFd for Tree {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.watcher.as_fd()
    }
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    [folder.strip_suffix(b"/").unwrap_or(folder), b"/", name].concat()
}

/// Gives what is behind a folder's path in that of something below it, or of itself.
fn below<'a>(path: &'a [u8], folder: &[u8]) -> Option<&'a [u8]> {
    path.strip_prefix(folder).filter(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
