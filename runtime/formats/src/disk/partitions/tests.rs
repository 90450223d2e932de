//! Tables of partitions: written, read again, damaged, in circles and in part.

use super::*;
use crate::disk::put;
use alloc::vec;

/// The check sum that GPT wants, a bit at a time.
fn sum(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| sum >> 1 ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

fn disk(table: &Table) -> Vec<u8> {
    let mut disk = vec![0; (table.sectors * u64::from(table.sector)) as usize];
    for (at, block) in table.blocks(sum) {
        put(&mut disk, at as usize, &block);
    }
    disk
}

fn read(disk: &[u8], sector: u32) -> Option<Table> {
    let sectors = (disk.len() / sector as usize) as u64;
    Table::read(sector, sectors, sum, &mut |at, buffer| {
        let from = disk.get(at as usize..).unwrap_or_default();
        put(buffer, 0, from);
        from.len() >= buffer.len()
    })
}

fn part(number: u32, start: u64, sectors: u64, kind: Kind) -> Partition {
    Partition {
        number,
        start,
        sectors,
        kind,
        identifier: Guid::NONE,
        label: Vec::new(),
        attributes: 0,
        is_active: false,
        link: 0,
    }
}

#[test]
fn gpt_is_written_and_read() {
    for sector in [512, 4096] {
        let mut table = Table::gpt(sector, 16384, Guid([9; 16])).unwrap();
        let mut one = part(1, 4096, 1000, Kind::Name(kinds::find(b"linux").unwrap()));
        (one.identifier, one.label, one.attributes) = (Guid([7; 16]), "größe".into(), 4);
        table.add(one, 1);
        table.add(part(3, 6000, 100, Kind::Name(kinds::find(b"1").unwrap())), 1);
        let mut disk = disk(&table);
        let mut found = read(&disk, sector).unwrap();
        assert_eq!(found.partitions, table.partitions);
        assert_eq!((found.identifier(), found.kind()), (Guid([9; 16]).text(), "gpt"));
        assert_eq!(found.scheme, table.scheme);
        // A table that was damaged is read from its copy, and written again.
        put(&mut disk, sector as usize + 56, b"damage");
        found = read(&disk, sector).unwrap();
        assert!(matches!(found.scheme, Scheme::Gpt { is_backup: true, .. }));
        assert_eq!(found.partitions, table.partitions);
        let length = disk.len();
        put(&mut disk, length - sector as usize, b"damage");
        // Without either it is a disk whose one partition is another table's.
        assert_eq!(read(&disk, sector).unwrap().kind(), "dos");
    }
    assert_eq!(Table::gpt(512, 64, Guid::NONE), None);
}

#[test]
fn the_older_table_with_a_chain() {
    let mut table = Table::dos(512, 65536, 0x1234_abcd);
    table.add(part(1, 2048, 2048, Kind::Code(0x83)), 2048);
    table.add(part(2, 4096, 40000, Kind::Code(5)), 2048);
    table.add(part(5, 6144, 1000, Kind::Code(0x82)), 2048);
    table.add(part(6, 10240, 2000, Kind::Code(0x0c)), 2048);
    table.add(part(7, 12250, 500, Kind::Code(0x83)), 2048);
    let disk = disk(&table);
    let found = read(&disk, 512).unwrap();
    let places: Vec<_> =
        found.partitions.iter().map(|part| (part.number, part.start, part.sectors)).collect();
    let expected = [(1, 2048, 2048), (2, 4096, 40000), (5, 6144, 1000), (6, 10240, 2000), (7, 12250, 500)];
    assert_eq!(places, expected);
    assert_eq!(found.name_of(&found.partitions[2]), b"1234abcd-05");
    assert_eq!(found.free(false, 2048), [(45056, 65535)]);
    assert_eq!(found.free(true, 2048), [(14336, 44095)]);
    let mut fewer = found;
    fewer.remove(5);
    let numbers: Vec<_> = fewer.partitions.iter().map(|part| (part.number, part.start)).collect();
    assert_eq!(numbers, [(1, 2048), (2, 4096), (5, 10240), (6, 12250)]);
    let again = read(&self::disk(&fewer), 512).unwrap();
    assert_eq!(
        again.partitions.iter().map(|part| part.start).collect::<Vec<_>>(),
        [2048, 4096, 10240, 12250]
    );
    fewer.remove(2);
    assert_eq!(fewer.partitions.len(), 1);
}

#[test]
fn chains_that_go_round_end() {
    let mut table = Table::dos(512, 65536, 1);
    table.add(part(1, 2048, 60000, Kind::Code(5)), 1);
    table.add(part(5, 4096, 100, Kind::Code(0x83)), 1);
    table.add(part(6, 6144, 100, Kind::Code(0x83)), 1);
    let mut disk = disk(&table);
    // The second points to itself.
    let second = table.partitions[2].link as usize * 512;
    put(&mut disk, second + 446 + 16 + 4, &[5]);
    put(&mut disk, second + 446 + 16 + 8, &((second / 512 - 2048) as u32).to_le_bytes());
    put(&mut disk, second + 446 + 16 + 12, &[1]);
    assert_eq!(read(&disk, 512).unwrap().partitions.len(), 3);
}

#[test]
fn a_part_of_a_disk_does_no_harm() {
    let mut table = Table::gpt(512, 4096, Guid([9; 16])).unwrap();
    table.add(part(1, 2048, 100, Kind::Name(Guid([1; 16]))), 1);
    let disk = disk(&table);
    for length in (0..disk.len()).step_by(509) {
        let _ = read(&disk[..length], 512);
    }
    assert_eq!(read(&disk[..511], 512), None);
}
