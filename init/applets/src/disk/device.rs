//! Devices as operands: by path, or by what is known of them (`LABEL=`, `UUID=`, `PARTLABEL=`, `PARTUUID=`).

use alloc::vec::Vec;

use system::disks::{self, Tag};

use crate::Io;

/// Gives the path of a device; nothing if no device has such a tag.
pub(super) fn path(word: &[u8]) -> Option<Vec<u8>> {
    match Tag::split(word) {
        Some((tag, value)) => disks::find(tag, value),
        None => Some(word.to_vec()),
    }
}

/// The same, after saying so.
pub(super) fn named(io: &mut Io<'_>, word: &[u8]) -> Option<Vec<u8>> {
    let path = path(word);
    if path.is_none() {
        io.complain(word, &"no such device");
    }
    path
}
