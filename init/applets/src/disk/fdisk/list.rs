//! A disk and its partitions as `fdisk -l` and `p` show them.

use alloc::vec::Vec;

use formats::disk::partitions::{Kind, Scheme, Table, kinds};
use linux::block::{self, Property};
use linux::fs::OpenFlags;
use query::{Rows, Value};
use system::disks::{self, Disk};

use super::super::size;
use crate::{Io, JSON, Output, Parsed, Status};

/// Shows the disks that are named, or all.
pub(super) fn disks(io: &mut Io<'_>, parsed: &Parsed<'_>, sector: Option<u32>) -> Status {
    let listed = disks::paths();
    let all: Vec<&[u8]> = listed.iter().map(Vec::as_slice).collect();
    let is_named = !parsed.operands.is_empty();
    let mut status = Status::SUCCESS;
    let mut rows = Rows::named(NAMES);
    let mut count = 0;
    for &path in if is_named { &parsed.operands } else { &all } {
        // Partitions have no table of their own.
        if !is_named && is_partition(path) {
            continue;
        }
        let mut disk = match Disk::open(path, OpenFlags::READ) {
            Ok(disk) if disk.size > 0 || is_named => disk,
            Ok(_) => continue,
            Err(_) if !is_named => continue,
            Err(errno) => {
                status = io.complain(path, &errno);
                continue;
            }
        };
        disk.sector = sector.unwrap_or(disk.sector);
        let table = disk.table();
        if parsed.has(JSON) {
            table.iter().for_each(|table| fill(&mut rows, path, table));
            continue;
        }
        if count > 0 {
            io.out.put(b"\n\n");
        }
        count += 1;
        head(&mut io.out, path, &disk, table.as_ref());
        if let Some(table) = &table {
            partitions(&mut io.out, path, table);
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    status
}

/// Says whether a device is a part of another.
fn is_partition(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    linux::fs::stat([b"/sys/class/block/", name, b"/partition"].concat().as_slice()).is_ok()
}

/// Writes what is to be said of a disk as a whole.
pub(super) fn head(out: &mut Output<'_>, path: &[u8], disk: &Disk, table: Option<&Table>) {
    out.put(b"Disk ");
    out.printable(path);
    out.put(b": ");
    size::put(disk.size, false, out);
    let ask =
        |property, or| block::property(&disk.file, property).ok().filter(|number| *number > 0).unwrap_or(or);
    let physical = ask(Property::PhysicalSectorSize, disk.sector);
    let (least, best) = (ask(Property::SmallestTransfer, physical), ask(Property::BestTransfer, physical));
    for (before, number) in [
        (", ", disk.size),
        (" bytes, ", disk.size / u64::from(disk.sector)),
        (" sectors\nUnits: sectors of 1 * ", disk.sector.into()),
        (" = ", disk.sector.into()),
        (" bytes\nSector size (logical/physical): ", disk.sector.into()),
        (" bytes / ", physical.into()),
        (" bytes\nI/O size (minimum/optimal): ", least.into()),
        (" bytes / ", best.into()),
    ] {
        out.put(before.as_bytes());
        out.number(number);
    }
    out.put(b" bytes\n");
    let Some(table) = table else { return };
    out.put(b"Disklabel type: ");
    out.put(table.kind().as_bytes());
    out.put(b"\nDisk identifier: ");
    match table.scheme {
        Scheme::Dos { identifier } => {
            out.put(b"0x");
            let mut text = Vec::new();
            query::text::radix(identifier.into(), 16, &mut text);
            out.put(b"00000000".get(text.len()..).unwrap_or_default());
            out.put(&text);
        }
        Scheme::Gpt { identifier, is_backup, .. } => {
            out.put(&identifier.text().to_ascii_uppercase());
            if is_backup {
                out.put(b"\nThe table at the beginning is damaged; this is its copy at the end.");
            }
        }
    }
    out.put(b"\n");
}

/// Gives the path of a partition: of a disk whose name ends with a digit, a `p` stands before the number.
pub(super) fn name_of(path: &[u8], number: u32) -> Vec<u8> {
    let mut name = path.to_vec();
    if path.last().is_some_and(u8::is_ascii_digit) {
        name.push(b'p');
    }
    query::text::decimal(number.into(), &mut name);
    name
}

/// Writes the partitions.
pub(super) fn partitions(out: &mut Output<'_>, path: &[u8], table: &Table) {
    if table.partitions.is_empty() {
        return;
    }
    out.put(b"\n");
    let is_dos = matches!(table.scheme, Scheme::Dos { .. });
    let titles = if is_dos {
        "device=Device boot=Boot start=Start end=End sectors=Sectors size=Size id=Id type=Type"
    } else {
        "device=Device start=Start end=End sectors=Sectors size=Size type=Type"
    };
    let mut rows = Rows::named(titles);
    for partition in &table.partitions {
        let mut shown = Vec::new();
        size::put(partition.sectors.saturating_mul(table.sector.into()), true, &mut shown);
        let mut row = Vec::from([Value::Text(name_of(path, partition.number))]);
        if is_dos {
            row.push(Value::text(if partition.is_active { b"*" } else { b"" }));
        }
        for number in [partition.start, partition.last(), partition.sectors] {
            row.push(Value::Number(number));
        }
        row.push(Value::Number(0).shown(shown));
        if let Kind::Code(code) = partition.kind {
            let mut digits = Vec::new();
            query::text::radix(code.into(), 16, &mut digits);
            row.push(Value::Number(0).shown(digits));
        }
        row.push(Value::text(kinds::words(partition.kind).as_bytes()));
        rows.push(row);
    }
    rows.table(None, out);
}

/// Writes the kinds that partitions may have.
pub(super) fn kinds_of(out: &mut Output<'_>, is_dos: bool) {
    let mut line = |number: &[u8], parts: [&[u8]; 3]| {
        out.put(b"   ".get(number.len()..).unwrap_or_default());
        out.put(number);
        parts.iter().for_each(|part| out.put(part));
        out.put(b"\n");
    };
    let mut number = Vec::new();
    if is_dos {
        for (code, words) in kinds::CODES {
            number.clear();
            query::text::radix(u64::from(*code) >> 4, 16, &mut number);
            query::text::radix(u64::from(*code) & 15, 16, &mut number);
            line(&number, [b"  ", words.as_bytes(), b""]);
        }
        return;
    }
    for kind in kinds::NAMES {
        number.clear();
        query::text::decimal(kind.number.into(), &mut number);
        line(
            &number,
            [b"  ", &kind.guid().text().to_ascii_uppercase(), &[b"  ", kind.words.as_bytes()].concat()],
        );
    }
}

/// Writes which room no partition has.
pub(super) fn free(out: &mut Output<'_>, table: &Table) {
    let mut rows = Rows::named("start=Start end=End sectors=Sectors size=Size");
    for (first, last) in table.free(false, 1) {
        let mut shown = Vec::new();
        size::put((last - first + 1).saturating_mul(table.sector.into()), true, &mut shown);
        let number = Value::Number;
        rows.push([number(first), number(last), number(last - first + 1), number(0).shown(shown)]);
    }
    rows.table(None, out);
}

const NAMES: &str = "device number start end sectors bytes boot type type_name label uuid";

/// Adds the partitions to rows for programs.
fn fill(rows: &mut Rows<'_>, path: &[u8], table: &Table) {
    for partition in &table.partitions {
        let kind = match partition.kind {
            Kind::Code(code) => {
                let mut digits = Vec::new();
                query::text::radix(code.into(), 16, &mut digits);
                digits
            }
            Kind::Name(name) => name.text(),
        };
        let text = |bytes: &[u8]| if bytes.is_empty() { Value::Unknown } else { Value::text(bytes) };
        rows.push([
            Value::Text(name_of(path, partition.number)),
            Value::Number(partition.number.into()),
            Value::Number(partition.start),
            Value::Number(partition.last()),
            Value::Number(partition.sectors),
            Value::Number(partition.sectors.saturating_mul(table.sector.into())),
            Value::Truth(partition.is_active),
            Value::Text(kind),
            Value::text(kinds::words(partition.kind).as_bytes()),
            text(&partition.label),
            text(&table.name_of(partition)),
        ]);
    }
}
