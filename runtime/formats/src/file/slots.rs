//! A record that survives its writer's death at any instant: two halves of a file, written in turn, the newer whole
//! one counts.
//!
//! Each half holds a header of 24 bytes (tag, version, generation, length, checksum over all of it and the payload,
//! in the order of this machine: the record never leaves it) and the payload. A writer puts generation `n` into half
//! `n % 2`, so the half that readers trust now is never touched.

use alloc::vec::Vec;

use crate::Expected;
use crate::cursor::Cursor;

const TAG: u32 = u32::from_be_bytes(*b"Slot");
const HEADER: usize = 24;

/// The newest whole record of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Counts the writes, from 1.
    pub generation: u64,
    /// What was written.
    pub payload: &'a [u8],
}

/// Finds the newest whole record of this version in the bytes of the whole file; `None` in an empty or foreign one.
pub fn newest(file: &[u8], version: u32) -> Option<Record<'_>> {
    let (first, second) = file.split_at_checked(file.len() / 2)?;
    let records = [read(first, version), read(second, version)];
    records.into_iter().flatten().max_by_key(|record| record.generation)
}

/// Gives the offset in a file of `total` bytes at which this generation is to be written.
pub const fn offset(total: usize, generation: u64) -> usize {
    if generation.is_multiple_of(2) { 0 } else { total / 2 }
}

/// Gives how many bytes of payload a file of `total` bytes can hold.
pub const fn room(total: usize) -> usize {
    (total / 2).saturating_sub(HEADER)
}

/// Gives how many bytes a file must have for a payload of so many.
pub const fn total(room: usize) -> usize {
    (room + HEADER) * 2
}

/// Gives the version of a record, whole or not, in the bytes of the whole file, where one of `version` is not found; `None` if there
/// is no other.
pub fn other_version(file: &[u8], version: u32) -> Option<u32> {
    let (first, second) = file.split_at_checked(file.len() / 2)?;
    [first, second].into_iter().find_map(|half| {
        let mut cursor = Cursor::new(half);
        let tag = cursor.u32_ne(Expected::Record).ok()?;
        let found = cursor.u32_ne(Expected::Record).ok()?;
        (tag == TAG && found != version).then_some(found)
    })
}

/// Appends a record: the bytes of one write at [`offset`]. The payload must fit [`room`].
pub fn emit(out: &mut Vec<u8>, version: u32, record: Record<'_>) {
    let length = u32::try_from(record.payload.len()).unwrap_or(u32::MAX);
    out.reserve(HEADER + record.payload.len());
    out.extend_from_slice(&TAG.to_ne_bytes());
    out.extend_from_slice(&version.to_ne_bytes());
    out.extend_from_slice(&record.generation.to_ne_bytes());
    out.extend_from_slice(&length.to_ne_bytes());
    out.extend_from_slice(&checksum(version, record).to_ne_bytes());
    out.extend_from_slice(record.payload);
}

fn read(half: &[u8], version: u32) -> Option<Record<'_>> {
    let mut cursor = Cursor::new(half);
    let tag = cursor.u32_ne(Expected::Record).ok()?;
    let found = cursor.u32_ne(Expected::Record).ok()?;
    let generation = cursor.u64_ne(Expected::Record).ok()?;
    let length = cursor.u32_ne(Expected::Record).ok()?;
    let sum = cursor.u32_ne(Expected::Record).ok()?;
    let payload = cursor.take(usize::try_from(length).ok()?, Expected::Record).ok()?;
    let record = Record { generation, payload };
    (tag == TAG && found == version && sum == checksum(version, record)).then_some(record)
}

/// FNV-1a of 32 bits: a torn write is what it must notice, not an attacker, who could write the sum as well.
fn checksum(version: u32, record: Record<'_>) -> u32 {
    let header = [u64::from(version), record.generation, record.payload.len() as u64];
    let header = header.into_iter().flat_map(u64::to_le_bytes);
    let add = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    record.payload.iter().copied().fold(header.fold(0x811c_9dc5, add), add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    const TOTAL: usize = 128;

    fn write(file: &mut [u8], generation: u64, payload: &[u8], bytes: usize) {
        let mut out = Vec::new();
        emit(&mut out, 3, Record { generation, payload });
        let at = offset(file.len(), generation);
        let count = out.len().min(bytes);
        file[at..at + count].copy_from_slice(&out[..count]);
    }

    #[test]
    fn the_newer_record_counts() {
        let mut file = vec![0; TOTAL];
        assert_eq!(newest(&file, 3), None);
        for generation in 1..5 {
            write(&mut file, generation, &[generation as u8; 40], usize::MAX);
            assert_eq!(newest(&file, 3), Some(Record { generation, payload: &[generation as u8; 40] }));
        }
        assert_eq!(newest(&file, 2), None, "another version");
        assert_eq!((other_version(&file, 2), other_version(&file, 3)), (Some(3), None));
        write(&mut file, u64::MAX, b"", usize::MAX);
        assert_eq!(newest(&file, 3).map(|record| record.generation), Some(u64::MAX));
        assert_eq!((room(TOTAL), total(40)), (40, TOTAL));
    }

    #[test]
    fn a_write_cut_anywhere_leaves_the_record_before() {
        for bytes in 0..HEADER + 40 {
            let mut file = vec![0; TOTAL];
            write(&mut file, 6, &[6; 40], usize::MAX);
            write(&mut file, 7, &[7; 40], usize::MAX);
            write(&mut file, 8, &[8; 40], bytes);
            assert_eq!(newest(&file, 3), Some(Record { generation: 7, payload: &[7; 40] }), "{bytes}");
        }
    }

    #[test]
    fn no_file_is_too_short_or_too_strange() {
        let mut file = vec![0; TOTAL];
        write(&mut file, 1, &[1; 40], usize::MAX);
        for length in 0..TOTAL {
            let _ = newest(&file[..length], 3);
        }
        assert_eq!(newest(&[0xff; 300], 3), None);
        for bit in 0..TOTAL * 8 {
            let mut changed = file.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if bit / 8 >= offset(TOTAL, 1) {
                assert_eq!(newest(&changed, 3), None, "bit {bit}");
            }
        }
    }
}
