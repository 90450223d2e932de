//! Giving up what a command does not need, before the first byte of a stranger is read. It is a second wall behind the first, which is
//! that no parser has unsafe code: a kernel that cannot do it does not.

use linux::fd::{BorrowedFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, open};
use linux::process::set_no_new_privileges;
use linux::security::landlock::{FileAccess, Handled, PortAccess, Ruleset, abi};

/// Making files in a folder, and writing them.
pub(super) const WRITING: FileAccess = FileAccess::WRITE_FILE
    .union(FileAccess::READ_FILE)
    .union(FileAccess::MAKE_FILE)
    .union(FileAccess::TRUNCATE);

/// Gives up all files, and signals to others, for good: what is open stays so.
pub(super) fn to_open_files() {
    to_folders(&[]);
}

/// The same, but for what is allowed beneath these folders.
pub(super) fn to_folders(folders: &[(BorrowedFd<'_>, FileAccess)]) {
    let bind = || -> linux::Result<()> {
        let handled = Handled { ports: PortAccess::empty(), ..Handled::EVERYTHING }.known_by(abi()?);
        set_no_new_privileges()?;
        let rules = Ruleset::new(handled)?;
        for (folder, access) in folders {
            rules.allow_beneath(*folder, access.intersection(handled.files))?;
        }
        rules.restrict_self()
    };
    let _ = bind();
}

/// Opens the folder that a file lies in, or is to lie in, as a place.
pub(super) fn folder_of(path: &[u8]) -> linux::Result<OwnedFd> {
    let folder = match path.iter().rposition(|byte| *byte == b'/') {
        None => &b"."[..],
        Some(0) => b"/",
        Some(at) => path.get(..at).unwrap_or(b"."),
    };
    open(folder, OpenFlags::PATH | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
}
