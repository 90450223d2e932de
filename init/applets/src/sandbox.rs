//! What commands give up that read what strangers have written, before they read the first byte of it: a mistake in them then
//! cannot change a file, start a program or reach another process. By landlock(7), from Linux 5.13 on; where the kernel lacks it
//! they work as well, unconfined.

use linux::fd::BorrowedFd;
#[cfg(feature = "files")]
use linux::fd::OwnedFd;
#[cfg(feature = "files")]
use linux::fs::{Mode, OpenFlags, open};
use linux::security::landlock::{FileAccess, Handled, PortAccess};
use linux::security::{Need, Rules};

/// Reading files and what is in folders.
pub(crate) const READING: FileAccess = FileAccess::READ_FILE.union(FileAccess::READ_DIRECTORY);

/// What a confined command keeps besides its open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Reading files.
    Reading,
    /// The same; it gives up the rest by itself (`to_reading`), once it has the keyboard.
    Keyboard,
    /// What it says by itself, once it has opened what it needs.
    Needed,
}

/// A program of the commands that boot has none that is confined, and no room for what does it.
#[cfg(not(feature = "files"))]
impl Keeps {
    pub(crate) const fn summary(self) -> &'static str {
        ""
    }

    pub(crate) const fn confine(self) {}
}

#[cfg(feature = "files")]
impl Keeps {
    /// Gives what usage text says of it.
    pub(crate) const fn summary(self) -> &'static str {
        match self {
            Self::Reading | Self::Keyboard => {
                "\nConfined: it can only read files (where the kernel has landlock).\n"
            }
            Self::Needed => {
                "\nConfined: it gives up files that it does not need first (where the kernel has landlock).\n"
            }
        }
    }

    /// Does for a command what can be done before it starts.
    pub(crate) fn confine(self) {
        if self == Self::Reading {
            to_reading();
        }
    }
}

/// Gives up all but reading files, for good; what is open stays so. A kernel that cannot do it does not.
pub(crate) fn to_reading() {
    let handled = Handled { files: Handled::EVERYTHING.files.difference(READING), ..Handled::EVERYTHING };
    give_up(handled, &[]);
}

/// Making files in a folder, and writing them.
pub(crate) const WRITING: FileAccess = FileAccess::WRITE_FILE
    .union(FileAccess::READ_FILE)
    .union(FileAccess::MAKE_FILE)
    .union(FileAccess::TRUNCATE);

/// Gives up all files, and signals to others, for good: what is open stays so. New connections can be made.
pub(crate) fn to_open_files() {
    to_folders(&[]);
}

/// The same, but for what is allowed beneath these folders.
pub(crate) fn to_folders(folders: &[(BorrowedFd<'_>, FileAccess)]) {
    give_up(Handled { ports: PortAccess::empty(), ..Handled::EVERYTHING }, folders);
}

/// Opens the folder that a file lies in, or is to lie in, as a place.
#[cfg(feature = "files")]
pub(crate) fn folder_of(path: &[u8]) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::PATH | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    open(crate::file::path::parent(path), flags, Mode::empty())
}

/// Gives up what is handled, but for what is allowed beneath these folders.
fn give_up(handled: Handled, folders: &[(BorrowedFd<'_>, FileAccess)]) {
    let bind = || -> linux::Result<()> {
        let rules = Rules::new(handled, Need::Version(1))?;
        for (folder, access) in folders {
            rules.allow_beneath(*folder, *access)?;
        }
        rules.restrict_self().map(drop)
    };
    // It is a second wall behind the first, which is that no parser has unsafe code.
    let _ = bind();
}
