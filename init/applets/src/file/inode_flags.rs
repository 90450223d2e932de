//! The flags that file systems keep for their files, as letters and words: for `chattr` and `lsattr`.

use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, openat};

use io::Visit;

/// A flag of `linux/fs.h`.
pub(super) struct InodeFlag {
    pub(super) letter: u8,
    pub(super) bit: u32,
    pub(super) name: &'static str,
    /// Whether it is for people to set; the others the file system sets itself.
    pub(super) is_settable: bool,
}

const fn flag(letter: u8, bit: u32, name: &'static str) -> InodeFlag {
    InodeFlag { letter, bit, name, is_settable: !matches!(letter, b'E' | b'I' | b'N' | b'V') }
}

/// For folders only.
pub(super) const FOLDERS: u32 = 0x0001_0000;

/// All, in the order in which they are shown.
pub(super) const ALL: [InodeFlag; 22] = [
    flag(b's', 0x0000_0001, "Secure_Deletion"),
    flag(b'u', 0x0000_0002, "Undelete"),
    flag(b'S', 0x0000_0008, "Synchronous_Updates"),
    flag(b'D', FOLDERS, "Synchronous_Directory_Updates"),
    flag(b'i', 0x0000_0010, "Immutable"),
    flag(b'a', 0x0000_0020, "Append_Only"),
    flag(b'd', 0x0000_0040, "No_Dump"),
    flag(b'A', 0x0000_0080, "No_Atime"),
    flag(b'c', 0x0000_0004, "Compression_Requested"),
    flag(b'E', 0x0000_0800, "Encrypted"),
    flag(b'j', 0x0000_4000, "Journaled_Data"),
    flag(b'I', 0x0000_1000, "Indexed_directory"),
    flag(b't', 0x0000_8000, "No_Tailmerging"),
    flag(b'T', 0x0002_0000, "Top_of_Directory_Hierarchies"),
    flag(b'e', 0x0008_0000, "Extents"),
    flag(b'C', 0x0080_0000, "No_COW"),
    flag(b'x', 0x0200_0000, "DAX"),
    flag(b'F', 0x4000_0000, "Casefold"),
    flag(b'N', 0x1000_0000, "Inline_Data"),
    flag(b'P', 0x2000_0000, "Project_Hierarchy"),
    flag(b'V', 0x0010_0000, "Verity"),
    flag(b'm', 0x0000_0400, "Dont_Compress"),
];

/// Gives a letter for each flag that is set, and a dash for each other one.
pub(super) fn letters(flags: u32) -> [u8; ALL.len()] {
    ALL.map(|flag| if flags & flag.bit != 0 { flag.letter } else { b'-' })
}

/// Opens what is being visited, itself and not what a link leads to, without waiting for anybody.
pub(super) fn open(visit: &Visit<'_>) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::READ | OpenFlags::NONBLOCK | OpenFlags::NO_FOLLOW | OpenFlags::CLOSE_ON_EXEC;
    linux::retry(|| openat(visit.folder, visit.name, flags, Mode::empty()))
}
