//! GPT (UEFI 2.10, chapter 5): a header and an array of entries at the beginning, and both again at the end.

use alloc::vec;
use alloc::vec::Vec;

use super::{Guid, Kind, Partition, Read, Scheme, Sum, Table, dos};
use crate::disk::superblock::wide_text;
use crate::disk::{array, put, take, u32_le, u64_le};

/// The size of a header, and of an entry as we make them.
const HEADER: usize = 92;
const ENTRY: usize = 128;
/// How many entries a new table has.
const ENTRIES: u32 = 128;
/// More entries than this nobody makes; a header that says so would have us read for long.
const MOST_ENTRIES: u32 = 1024;

/// What a header says besides where things are.
pub(super) struct Frame {
    pub(super) identifier: Guid,
    pub(super) usable: (u64, u64),
    pub(super) entries: u32,
}

/// Gives how many sectors the entries take.
fn array_sectors(entries: u32, sector: u32) -> u64 {
    (u64::from(entries) * ENTRY as u64).div_ceil(sector.into())
}

/// Begins a table on a disk; nothing if it is too small.
pub(super) fn empty(sector: u32, sectors: u64, identifier: Guid) -> Option<Scheme> {
    let array = array_sectors(ENTRIES, sector);
    // A begin at the first mebibyte would leave nothing of small disks; there, right behind the table.
    let first = (1 << 20) / u64::from(sector.max(1));
    let last = sectors.checked_sub(array + 2).filter(|last| *last > array + 2)?;
    let first = if last > 2 * first { first } else { array + 2 };
    Some(Scheme::Gpt { identifier, usable: (first, last), entries: ENTRIES, is_backup: false })
}

/// Reads the table: the one at the beginning, else the one at the end; false if neither is good.
pub(super) fn read(table: &mut Table, sum: Sum, read: &mut Read<'_>) -> bool {
    let last = table.sectors.saturating_sub(1);
    read_one(table, 1, sum, read).is_some() || read_one(table, last, sum, read).is_some()
}

fn read_one(table: &mut Table, at: u64, sum: Sum, read: &mut Read<'_>) -> Option<()> {
    let size = u64::from(table.sector);
    let header = take(read, at.checked_mul(size)?, table.sector as usize)?;
    let length = u32_le(&header, 12) as usize;
    let mut checked = header.get(..length).filter(|header| header.len() >= HEADER)?.to_vec();
    let is_one = checked.starts_with(b"EFI PART") && u64_le(&checked, 24) == at;
    put(&mut checked, 16, &[0; 4]);
    if !is_one || !sum(!0, &checked) != u32_le(&header, 16) {
        return None;
    }
    let (entries, width) = (u32_le(&header, 80), u32_le(&header, 84) as usize);
    if entries > MOST_ENTRIES || !(ENTRY..=4096).contains(&width) || !width.is_power_of_two() {
        return None;
    }
    let place = u64_le(&header, 72).checked_mul(size)?;
    let bytes = take(read, place, entries as usize * width)?;
    if !sum(!0, &bytes) != u32_le(&header, 88) {
        return None;
    }
    table.scheme = Scheme::Gpt {
        identifier: Guid(array(&header, 56)),
        usable: (u64_le(&header, 40), u64_le(&header, 48)),
        entries,
        is_backup: at != 1,
    };
    table.partitions.clear();
    for (number, entry) in (1..).zip(bytes.chunks_exact(width)) {
        let (start, end) = (u64_le(entry, 32), u64_le(entry, 40));
        let kind = Guid(array(entry, 0));
        if kind != Guid::NONE && end >= start {
            table.partitions.push(Partition {
                number,
                start,
                sectors: (end - start).saturating_add(1),
                kind: Kind::Name(kind),
                identifier: Guid(array(entry, 16)),
                label: wide_text(entry.get(56..ENTRY)?),
                attributes: u64_le(entry, 48),
                is_active: false,
                link: 0,
            });
        }
    }
    Some(())
}

/// Gives all that is to be written, the copy at the end first.
pub(super) fn blocks(table: &Table, frame: &Frame, sum: Sum) -> Vec<(u64, Vec<u8>)> {
    let size = u64::from(table.sector);
    let sectors = array_sectors(frame.entries, table.sector);
    let last = table.sectors.saturating_sub(1);
    let bytes = entries(table, frame.entries);
    let entries_sum = !sum(!0, &bytes);
    let mut blocks = Vec::new();
    for (at, other, place) in [(last, 1, last.saturating_sub(sectors)), (1, last, 2)] {
        let mut header = vec![0; table.sector as usize];
        put(&mut header, 0, b"EFI PART\0\0\x01\0");
        put(&mut header, 12, &(HEADER as u32).to_le_bytes());
        for (field, value) in [(24, at), (32, other), (40, frame.usable.0), (48, frame.usable.1), (72, place)]
        {
            put(&mut header, field, &value.to_le_bytes());
        }
        put(&mut header, 56, &frame.identifier.0);
        for (field, value) in [(80, frame.entries), (84, ENTRY as u32), (88, entries_sum)] {
            put(&mut header, field, &value.to_le_bytes());
        }
        let check = !sum(!0, header.get(..HEADER).unwrap_or_default());
        put(&mut header, 16, &check.to_le_bytes());
        blocks.push((place * size, bytes.clone()));
        blocks.push((at * size, header));
    }
    blocks.push((0, dos::protective(table)));
    blocks
}

fn entries(table: &Table, count: u32) -> Vec<u8> {
    let mut bytes = vec![0; count as usize * ENTRY];
    for partition in &table.partitions {
        let (Kind::Name(kind), Some(entry)) =
            (partition.kind, bytes.chunks_exact_mut(ENTRY).nth(partition.number as usize - 1))
        else {
            continue;
        };
        put(entry, 0, &kind.0);
        put(entry, 16, &partition.identifier.0);
        for (field, value) in [(32, partition.start), (40, partition.last()), (48, partition.attributes)] {
            put(entry, field, &value.to_le_bytes());
        }
        let label = core::str::from_utf8(&partition.label).unwrap_or_default();
        for (at, unit) in label.encode_utf16().take(36).enumerate() {
            put(entry, 56 + 2 * at, &unit.to_le_bytes());
        }
    }
    bytes
}
