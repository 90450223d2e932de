//! What a folder holds, what is known of each file, and the order.

use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};

use linux::Errno;
use linux::fd::AsFd;
use linux::fs::{Directory, FileKind, Metadata, Mode, OpenFlags, StatxFlags, StatxMask, Timestamp};

use super::{Marks, Options, Order, Time};
use crate::HAS_MORE;

/// A name in a folder, or an operand.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    /// The kind, if it is known.
    pub(super) kind: Option<FileKind>,
    /// The rest, if it was asked for.
    pub(super) facts: Option<Facts>,
    /// Where a symbolic link leads.
    pub(super) target: Option<Vec<u8>>,
    /// The kind and mode of the file there, if that matters and there is one.
    pub(super) leads_to: Option<(FileKind, u32)>,
}

/// What is known of a file.
pub(super) struct Facts {
    /// Kind and permissions.
    pub(super) mode: u32,
    pub(super) links: u32,
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) size: u64,
    /// The space it takes, in units of 512 bytes.
    pub(super) blocks: u64,
    pub(super) inode: u64,
    /// The device that a device file stands for.
    pub(super) device: (u32, u32),
    /// The time that was asked for.
    pub(super) time: Timestamp,
}

impl Facts {
    pub(super) fn new(metadata: &Metadata, options: &Options) -> Self {
        Self {
            mode: metadata.mode_bits(),
            links: metadata.links(),
            user: metadata.user(),
            group: metadata.group(),
            size: metadata.size(),
            blocks: metadata.blocks(),
            inode: metadata.inode(),
            device: metadata.special_device(),
            time: match options.time {
                Time::Changed if HAS_MORE => metadata.changed(),
                Time::Accessed if HAS_MORE => metadata.accessed(),
                _ => metadata.modified(),
            },
        }
    }
}

impl Entry {
    pub(super) fn new(name: &[u8], kind: Option<FileKind>) -> Self {
        Self { name: name.to_vec(), kind, facts: None, target: None, leads_to: None }
    }

    pub(super) fn is_dot(&self) -> bool {
        matches!(self.name.as_slice(), b"." | b"..")
    }

    /// Finds where a symbolic link leads; one that cannot be read has no target.
    pub(super) fn read_link(&mut self, folder: impl AsFd, options: &Options) {
        let mut buffer = [0; linux::path::PATH_BYTES];
        let name = self.name.as_slice();
        self.target = linux::fs::readlink_at(&folder, name, &mut buffer).ok().map(<[u8]>::to_vec);
        if options.marks >= Marks::Kinds || options.folders_first {
            let followed = linux::fs::statx(folder, name, StatxFlags::empty(), StatxMask::BASIC);
            self.leads_to = followed.ok().map(|metadata| (metadata.kind(), metadata.mode_bits()));
        }
    }

    /// Looks at the file itself.
    fn look(&mut self, folder: impl AsFd, options: &Options) -> linux::Result<()> {
        let statx = |flags| linux::fs::statx(&folder, self.name.as_slice(), flags, StatxMask::BASIC);
        let metadata = match options.follows {
            true => statx(StatxFlags::empty()).or_else(|_| statx(StatxFlags::NO_FOLLOW))?,
            false => statx(StatxFlags::NO_FOLLOW)?,
        };
        self.kind = Some(metadata.kind());
        self.facts = Some(Facts::new(&metadata, options));
        if metadata.kind() == FileKind::Symlink {
            self.read_link(folder, options);
        }
        Ok(())
    }
}

/// The entries of a folder, and names that could not be looked at.
type Found = (Vec<Entry>, Vec<(Vec<u8>, Errno)>);

/// Reads a folder, as far as options ask.
pub(super) fn read_folder(path: &[u8], options: &Options) -> linux::Result<Found> {
    let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let folder = linux::fs::open(path, flags, Mode::empty())?;
    let mut buffer = alloc::vec![0; 32 << 10];
    let mut names = Directory::new(folder.as_fd(), &mut buffer);
    let (mut entries, mut failures) = (Vec::new(), Vec::new());
    while let Some(found) = names.next() {
        let found = found?;
        let name = found.name.to_bytes();
        let is_shown =
            if found.is_dot() { options.shows_dots } else { options.shows_hidden || name[0] != b'.' };
        if !is_shown || HAS_MORE && is_ignored(name, options) {
            continue;
        }
        let mut entry = Entry::new(name, found.kind);
        // Some file systems keep no kinds.
        if options.needs_facts || found.kind.is_none() {
            match entry.look(&folder, options) {
                // Gone since the folder was read.
                Err(Errno::NOENT) => continue,
                Err(errno) => failures.push((name.to_vec(), errno)),
                Ok(()) => {}
            }
        }
        entries.push(entry);
    }
    Ok((entries, failures))
}

/// Says whether a name in a folder is left out.
#[cfg(feature = "files")]
fn is_ignored(name: &[u8], options: &Options) -> bool {
    let matcher = text::pattern::Matcher { utf8: true, folds: false };
    options.hides_backups && name.ends_with(b"~")
        || options.ignored.iter().any(|pattern| matcher.matches(pattern, name))
}

#[cfg(not(feature = "files"))]
const fn is_ignored(_: &[u8], _: &Options) -> bool {
    false
}

/// Sorts as asked; names decide among equals.
pub(super) fn sort(entries: &mut [Entry], options: &Options) {
    if options.order != Order::Folder {
        query::sort::sort_by(entries, |left, right| compare(left, right, options));
    }
}

fn compare(left: &Entry, right: &Entry, options: &Options) -> Ordering {
    let folders_first = match HAS_MORE && options.folders_first {
        true => {
            let is_file = |entry: &Entry| {
                let leads_to = entry.leads_to.map(|file| file.0);
                entry.kind != Some(FileKind::Directory) && leads_to != Some(FileKind::Directory)
            };
            is_file(left).cmp(&is_file(right))
        }
        false => Ordering::Equal,
    };
    let time = |entry: &Entry| Reverse(entry.facts.as_ref().map(|facts| facts.time));
    let size = |entry: &Entry| Reverse(entry.facts.as_ref().map(|facts| facts.size));
    let order = match options.order {
        Order::Name | Order::Folder => Ordering::Equal,
        Order::Time => time(left).cmp(&time(right)),
        Order::Size => size(left).cmp(&size(right)),
        Order::Extension | Order::Version if !HAS_MORE => Ordering::Equal,
        Order::Version => text::version::compare(&left.name, &right.name),
        Order::Extension => extension(&left.name).cmp(extension(&right.name)),
    };
    let order = order.then_with(|| left.name.cmp(&right.name));
    folders_first.then(if options.is_reversed { order.reverse() } else { order })
}

fn extension(name: &[u8]) -> &[u8] {
    name.iter().rposition(|&byte| byte == b'.').and_then(|dot| name.get(dot..)).unwrap_or_default()
}
