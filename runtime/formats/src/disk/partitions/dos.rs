//! The older table: four entries in the first sector, and in one that is called extended a chain of sectors with an entry
//! each, which also say where the next of them is.

use alloc::vec;
use alloc::vec::Vec;

use super::{Guid, Kind, LAST_LOGICAL, LOGICAL, Partition, Read, Scheme, Table};
use crate::disk::{put, take, u32_le};

/// Where the entries are.
const ENTRIES: usize = 446;
const ENTRY: usize = 16;

/// An entry as it stands.
struct Entry {
    is_active: bool,
    mark: u8,
    code: u8,
    start: u32,
    sectors: u32,
}

fn entries(sector: &[u8]) -> impl Iterator<Item = Entry> {
    let (entries, _) = sector.get(ENTRIES..510).unwrap_or_default().as_chunks::<ENTRY>();
    entries.iter().map(|entry| Entry {
        is_active: entry[0] == 0x80,
        mark: entry[0],
        code: entry[4],
        start: u32_le(entry, 8),
        sectors: u32_le(entry, 12),
    })
}

/// Says whether an entry keeps other programs away from a GPT.
pub(super) fn is_protective(first: &[u8]) -> bool {
    entries(first).any(|entry| entry.code == 0xee)
}

/// Reads the partitions; false if this is no table: a file system's first sector ends with the same two bytes.
pub(super) fn read(table: &mut Table, read: &mut Read<'_>) -> bool {
    let is_one = entries(&table.first).all(|entry| matches!(entry.mark, 0 | 0x80));
    let is_fat = crate::disk::fat::Volume::parse(&table.first).is_some();
    if !is_one || is_fat && entries(&table.first).all(|entry| entry.sectors == 0) {
        return false;
    }
    table.scheme = Scheme::Dos { identifier: u32_le(&table.first, 440) };
    for (number, entry) in (1..).zip(entries(&table.first)) {
        if entry.sectors != 0 && entry.code != 0 {
            table.partitions.push(partition(number, &entry, 0, 0));
        }
    }
    let Some(extended) = table.extended().map(|extended| extended.start) else { return true };
    let mut link = extended;
    // So many at most: a chain may go in circles.
    for _ in LOGICAL..=LAST_LOGICAL {
        let Some(sector) = take(read, link.saturating_mul(table.sector.into()), table.sector as usize) else {
            break;
        };
        if !sector.get(510..).is_some_and(|end| end.starts_with(b"\x55\xaa")) {
            break;
        }
        let mut next = None;
        for entry in entries(&sector).filter(|entry| entry.sectors != 0) {
            if matches!(entry.code, 5 | 0x0f | 0x85) {
                next = next.or(Some(extended + u64::from(entry.start)));
            } else if entry.code != 0 {
                let number = table.partitions.last().map_or(LOGICAL, |last| (last.number + 1).max(LOGICAL));
                table.partitions.push(partition(number, &entry, link, link));
            }
        }
        match next {
            Some(next) if next != link && next != extended => link = next,
            _ => break,
        }
    }
    true
}

fn partition(number: u32, entry: &Entry, base: u64, link: u64) -> Partition {
    Partition {
        number,
        start: base + u64::from(entry.start),
        sectors: entry.sectors.into(),
        kind: Kind::Code(entry.code),
        identifier: Guid::NONE,
        label: Vec::new(),
        attributes: 0,
        is_active: entry.is_active,
        link,
    }
}

/// Gives the first sector and those of the chain.
pub(super) fn blocks(table: &Table, identifier: u32) -> Vec<(u64, Vec<u8>)> {
    let size = u64::from(table.sector);
    let mut first = table.first.clone();
    put(&mut first, 440, &identifier.to_le_bytes());
    put(&mut first, ENTRIES, &[0; 4 * ENTRY]);
    put(&mut first, 510, b"\x55\xaa");
    for partition in table.partitions.iter().filter(|partition| partition.number < LOGICAL) {
        let at = ENTRIES + (partition.number as usize - 1) * ENTRY;
        put(
            &mut first,
            at,
            &entry(partition.kind, partition.is_active, (partition.start, partition.sectors), 0),
        );
    }
    let mut blocks = Vec::new();
    if let Some(extended) = table.extended() {
        let mut chain: Vec<&Partition> =
            table.partitions.iter().filter(|partition| partition.number >= LOGICAL).collect();
        chain.sort_by_key(|partition| partition.number);
        // The chain begins where its partition does, whatever describes the first.
        let link = |index: usize| match chain.get(index) {
            Some(partition) if index > 0 => partition.link,
            _ => extended.start,
        };
        for index in 0..chain.len().max(1) {
            let mut sector = vec![0; table.sector as usize];
            put(&mut sector, 510, b"\x55\xaa");
            if let Some(held) = chain.get(index) {
                let place = (held.start.saturating_sub(link(index)), held.sectors);
                put(&mut sector, ENTRIES, &entry(held.kind, held.is_active, place, link(index)));
            }
            if let Some(next) = chain.get(index + 1) {
                let place = (next.link.saturating_sub(extended.start), next.last() - next.link + 1);
                put(&mut sector, ENTRIES + ENTRY, &entry(Kind::Code(5), false, place, extended.start));
            }
            blocks.push((link(index) * size, sector));
        }
    }
    blocks.push((0, first));
    blocks
}

/// Makes an entry; what it says counts from `base` on.
fn entry(kind: Kind, is_active: bool, (start, sectors): (u64, u64), base: u64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    let Kind::Code(code) = kind else { return entry };
    put(&mut entry, 0, &[if is_active { 0x80 } else { 0 }]);
    put(&mut entry, 1, &geometry(base + start));
    put(&mut entry, 4, &[code]);
    put(&mut entry, 5, &geometry(base + start + sectors.saturating_sub(1)));
    put(&mut entry, 8, &u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
    put(&mut entry, 12, &u32::try_from(sectors).unwrap_or(u32::MAX).to_le_bytes());
    entry
}

/// Says where a sector is in old terms: 63 a track, 255 heads, and at most 1024 cylinders.
fn geometry(sector: u64) -> [u8; 3] {
    let (cylinder, head, place) = (sector / (63 * 255), sector / 63 % 255, sector % 63 + 1);
    if cylinder > 1023 {
        return [0xfe, 0xff, 0xff];
    }
    [head as u8, place as u8 | (cylinder >> 2 & 0xc0) as u8, cylinder as u8]
}

/// Makes the first sector of a disk with a GPT: one entry over all of it.
pub(super) fn protective(table: &Table) -> Vec<u8> {
    let mut first = table.first.clone();
    let all = (1, table.sectors.saturating_sub(1).min(u32::MAX.into()));
    let mut entry = entry(Kind::Code(0xee), false, all, 0);
    // UEFI 2.10, 5.2.3: the place of sector 1, and of the last one that can be said.
    put(&mut entry, 1, &[0, 2, 0]);
    put(&mut first, 440, &[0; 6]);
    put(&mut first, ENTRIES, &[0; 4 * ENTRY]);
    put(&mut first, ENTRIES, &entry);
    put(&mut first, 510, b"\x55\xaa");
    first
}
