//! Which addresses are behind which port of a bridge: `brctl showmacs`, from the file `brforward` (`struct __fdb_entry` of
//! linux/if_bridge.h).

use alloc::vec::Vec;
use core::fmt::Write as _;

use formats::wire::ethernet::Mac;
use system::links::Link;

use super::tree::Time;
use crate::{Io, Status};

/// An address, as the kernel has it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    address: Mac,
    port: u16,
    /// Whether it is the port's own.
    is_local: bool,
    /// How long ago it was heard, in hundredths of a second.
    age: u32,
}

/// How many bytes the kernel has for each.
const LENGTH: usize = 16;

impl Entry {
    /// Reads one: address, lower half of the port, whether it is local, age, upper half of the port, and nothing.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (address, rest) = bytes.split_first_chunk()?;
        let (&[port_low, is_local], rest) = rest.split_first_chunk()?;
        let (age, rest) = rest.split_first_chunk()?;
        let port = u16::from_le_bytes([port_low, *rest.first()?]);
        Some(Self { address: Mac(*address), port, is_local: is_local != 0, age: u32::from_ne_bytes(*age) })
    }
}

/// Shows them in the order of the addresses.
pub(super) fn show(io: &mut Io<'_>, bridge: &Link) -> Status {
    let path = super::path(bridge.name.as_bytes(), b"brforward");
    let bytes = match system::file::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return io.complain(b"", &error),
    };
    let mut entries: Vec<Entry> = bytes.chunks_exact(LENGTH).filter_map(Entry::parse).collect();
    entries.sort_unstable();
    io.out.put(b"port no\tmac addr\t\tis local?\tageing timer\n");
    for Entry { address, port, is_local, age } in entries {
        let local = if is_local { "yes" } else { "no" };
        let _ = writeln!(io.out, "{port:3}\t{address}\t{local}\t\t{}", Time(age.into()));
    }
    Status::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::{Entry, Mac};

    #[test]
    fn entries_are_as_the_kernel_has_them() {
        let mut bytes = vec![2, 0, 0, 0, 0, 7, 5, 1];
        bytes.extend(1784_u32.to_ne_bytes());
        bytes.extend([1, 0, 0, 0]);
        let expected = Entry { address: Mac([2, 0, 0, 0, 0, 7]), port: 261, is_local: true, age: 1784 };
        assert_eq!(Entry::parse(&bytes), Some(expected));
        assert_eq!(Entry::parse(&bytes[..12]), None);
    }
}
