//! What lies on disks: file systems' superblocks, partition tables, and the little that is needed to make some of them.
//!
//! Where more than a first block is needed, the caller reads for the parser: [`Read`]. Offsets are in bytes.

pub mod fat;
pub mod guid;
pub mod partitions;
pub mod superblock;
pub mod swap;

use alloc::vec::Vec;

/// Fills a buffer from an offset of the disk; false where there is not that much or it cannot be read.
pub type Read<'r> = dyn FnMut(u64, &mut [u8]) -> bool + 'r;

/// Reads some bytes; nothing if they are not there.
fn take(read: &mut Read<'_>, at: u64, count: usize) -> Option<Vec<u8>> {
    let mut bytes = alloc::vec![0; count];
    read(at, &mut bytes).then_some(bytes)
}

/// Gives 16 bits, the lowest byte first; 0 beyond the end.
fn u16_le(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

/// Gives 32 bits, the lowest byte first; 0 beyond the end.
fn u32_le(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

/// Gives 64 bits, the lowest byte first; 0 beyond the end.
fn u64_le(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

/// Gives bytes of a block; zeros where it ends before.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
}

/// Writes bytes into a block; those beyond its end are lost.
fn put(block: &mut [u8], at: usize, bytes: &[u8]) {
    for (to, from) in block.iter_mut().skip(at).zip(bytes) {
        *to = *from;
    }
}
