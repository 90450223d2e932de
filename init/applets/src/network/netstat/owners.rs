//! Which process has which socket.

use alloc::vec::Vec;

use query::text::parse_decimal;
use system::processes;

/// A socket's inode, the number of a process that has it, and its name.
pub(super) struct Owner {
    pub(super) inode: u64,
    pub(super) pid: u32,
    pub(super) name: Vec<u8>,
}

/// Finds the sockets of all processes whose descriptors may be looked at.
pub(super) fn all() -> Vec<Owner> {
    let mut owners = Vec::new();
    for process in processes::all().unwrap_or_default() {
        let folder = processes::path(process.pid, b"fd");
        for descriptor in system::folder::names(&folder).unwrap_or_default() {
            let link = processes::link(process.pid, &[b"fd/", descriptor.as_slice()].concat());
            if let Some(inode) = link.as_deref().and_then(inode) {
                owners.push(Owner { inode, pid: process.pid, name: process.name.clone() });
            }
        }
    }
    owners
}

/// Reads `socket:[N]`.
fn inode(link: &[u8]) -> Option<u64> {
    parse_decimal(link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?)
}
