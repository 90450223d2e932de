//! The name of the terminal behind a descriptor.

use alloc::vec::Vec;

use linux::fd::BorrowedFd;

/// Gives its path; nothing if it is no terminal. One of another mount namespace has a path that may lead elsewhere.
pub(super) fn name(file: BorrowedFd<'_>) -> Option<Vec<u8>> {
    linux::terminal::settings(file).ok()?;
    let mut link = b"/proc/self/fd/".to_vec();
    query::text::decimal(file.as_raw().unsigned_abs().into(), &mut link);
    let mut room = [0; linux::path::PATH_BYTES];
    Some(linux::fs::readlink(link.as_slice(), &mut room).ok()?.to_vec())
}
