//! `mkfs.vfat` (dosfstools's; BusyBox has `-n` and `-v`). FAT is as wide as the size asks for, unless `-F` says it. The first sector is
//! written last: until then it is no file system.

use alloc::vec::Vec;

use formats::disk::fat::{Kind, Layout, Wish};
use io::temporary::chance;
use linux::fs::{Mode, OpenFlags, fsync, ftruncate, open};
use system::disks::Disk;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "mkfs.vfat",
    summary: "Make a FAT file system on a device or in a file",
    usage: "[OPTION]... DEVICE [KILOBYTES]",
    flags: flags![
        Flag::with(b'F', "", "BITS", "12, 16 or 32"),
        Flag::with(b'n', "", "NAME", "its label, at most 11 bytes"),
        Flag::with(b'i', "", "NUMBER", "its number, 8 hexadecimal digits; else by chance"),
        Flag::with(b's', "", "SECTORS", "the sectors of a cluster: 1, 2, 4 ... 128"),
        Flag::with(b'S', "", "BYTES", "the size of a sector: 512 to 4096"),
        Flag::with(b'f', "", "COUNT", "how many tables there are: 1 to 4 (2)"),
        Flag::with(b'r', "", "COUNT", "the entries of the root folder, but of FAT32 (512)"),
        Flag::with(b'R', "", "SECTORS", "how many sectors stand before the first table"),
        Flag::with(b'h', "", "SECTORS", "how many sectors stand before it on its disk"),
        Flag::with(b'M', "", "BYTE", "the kind of medium: 0xf8, of disks, or 0xf0"),
        Flag::new(b'C', "", "make the file, of KILOBYTES"),
        Flag::new(b'v', "", "say what is made"),
        Flag::with(b'D', "", "N", ""),
        Flag::with(b'b', "", "N", ""),
        Flag::with(b'g', "", "H/S", ""),
        Flag::with(b'm', "", "FILE", ""),
        Flag::new(b'I', "", ""),
        Flag::new(b'a', "", ""),
        Flag::new(b'A', "", ""),
        Flag::new(b'c', "", ""),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (path, kilobytes) = match *parsed.operands.as_slice() {
        [path] => (path, None),
        [path, kilobytes] => (path, Some(kilobytes)),
        _ => return Ok(parsed.usage(io)),
    };
    let number = |io: &mut Io<'_>, word: &[u8], (least, most): (u64, u64)| {
        let number = amount::parse_any(word).filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| io.misuse(word, "not a number that fits"))
    };
    let option =
        |io: &mut Io<'_>, key, range| parsed.value(key).map(|word| number(io, word, range)).transpose();
    let kind = match parsed.value(b'F') {
        None => None,
        Some(b"12") => Some(Kind::Fat12),
        Some(b"16") => Some(Kind::Fat16),
        Some(b"32") => Some(Kind::Fat32),
        Some(word) => return Ok(io.misuse(word, "12, 16 or 32 is expected")),
    };
    let size =
        kilobytes.map(|word| number(io, word, (1, 1 << 44))).transpose()?.map(|kilobytes| kilobytes * 1024);
    let sector = option(io, b'S', (512, 4096))?.unwrap_or(512);
    let per_cluster = option(io, b's', (1, 128))?;
    let tables = option(io, b'f', (1, 4))?.unwrap_or(2);
    let entries = option(io, b'r', (16, 0xffff))?.unwrap_or(512);
    let reserved = option(io, b'R', (1, 0xffff))?;
    let hidden = option(io, b'h', (0, u32::MAX.into()))?.unwrap_or(0);
    let media = option(io, b'M', (0xf0, 0xff))?.unwrap_or(0xf8);
    let label = parsed.value(b'n').map(|name| padded(io, name)).transpose()?;
    let serial = serial(io, parsed)?;
    if parsed.has(b'C') {
        let Some(size) = size else { return Ok(parsed.usage(io)) };
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
        let made = open(path, flags, Mode::octal(0o666)).and_then(|file| ftruncate(&file, size));
        made.map_err(|errno| io.complain(path, &errno))?;
    }
    let disk = Disk::open(path, OpenFlags::READ_WRITE).map_err(|errno| io.complain(path, &errno))?;
    if size.is_some_and(|size| size > disk.size) {
        return Ok(io.complain(path, &"it is smaller than that"));
    }
    let wish = Wish {
        kind,
        sector: sector as u16,
        bytes: size.unwrap_or(disk.size),
        per_cluster: per_cluster.map(|sectors| sectors as u8),
        reserved: reserved.map(|sectors| sectors as u16),
        tables: tables as u8,
        entries: entries as u16,
    };
    let layout = Layout::new(&wish).filter(|_| sector.is_power_of_two());
    let Some(layout) = layout else {
        return Ok(io.complain(path, &"no FAT of that size can be made like this"));
    };
    let layout = Layout { hidden: hidden as u32, media: media as u8, serial, label, ..layout };
    if let Err(errno) = make(&disk, &layout) {
        return Ok(io.complain(path, &errno));
    }
    if parsed.has(b'v') {
        tell(io, path, &layout);
    }
    Ok(Status::SUCCESS)
}

/// Fills a label with blanks.
fn padded(io: &mut Io<'_>, name: &[u8]) -> Result<[u8; 11], Status> {
    let is_wrong = |byte: &u8| byte.is_ascii_control() || b"*?.,;:/\\|+=<>[]\"".contains(byte);
    if name.len() > 11 || name.is_empty() || name.iter().any(is_wrong) || name.starts_with(b" ") {
        return Err(io.misuse(name, "not a label: at most 11 bytes, none of *?.,;:/\\|+=<>[]\""));
    }
    let mut label = [b' '; 11];
    for (to, from) in label.iter_mut().zip(name) {
        *to = *from;
    }
    Ok(label)
}

fn serial(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<u32, Status> {
    let Some(word) = parsed.value(b'i') else {
        let mut bytes = [0; 4];
        chance(&mut bytes);
        return Ok(u32::from_ne_bytes(bytes));
    };
    let digits: Vec<u8> = word.iter().copied().filter(|byte| *byte != b'-').collect();
    let number = core::str::from_utf8(&digits).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok());
    number.ok_or_else(|| io.misuse(word, "not a number of 8 hexadecimal digits"))
}

fn make(disk: &Disk, layout: &Layout) -> linux::Result<()> {
    let table = u64::from(layout.length) * u64::from(layout.sector);
    let start = u64::from(layout.reserved) * u64::from(layout.sector);
    let (root, root_length) = layout.root();
    zeros(disk, start, root + root_length as u64)?;
    for index in 0..u64::from(layout.tables) {
        disk.write(start + index * table, &layout.table_head())?;
    }
    if let Some(entry) = layout.label_entry() {
        disk.write(root, &entry)?;
    }
    let head = layout.head();
    let (first, rest) = head.split_at(head.len().min(layout.sector.into()));
    disk.write(first.len() as u64, rest)?;
    fsync(&disk.file)?;
    disk.write(0, first)?;
    fsync(&disk.file)
}

/// Writes zeros from one place up to another.
fn zeros(disk: &Disk, mut from: u64, to: u64) -> linux::Result<()> {
    let block = alloc::vec![0; 64 << 10];
    while from < to {
        let count = usize::try_from(to - from).unwrap_or(usize::MAX).min(block.len());
        disk.write(from, block.get(..count).unwrap_or_default())?;
        from += count as u64;
    }
    Ok(())
}

fn tell(io: &mut Io<'_>, path: &[u8], layout: &Layout) {
    io.out.printable(path);
    for (before, number) in [
        (": FAT of ", layout.kind.bits()),
        (" bits, ", layout.sectors.into()),
        (" sectors of ", layout.sector.into()),
        (" bytes, ", layout.clusters.into()),
        (" clusters of ", layout.per_cluster.into()),
        (" sectors, ", layout.tables.into()),
        (" tables of ", layout.length.into()),
    ] {
        io.out.put(before.as_bytes());
        io.out.number(number);
    }
    io.out.put(b" sectors, number ");
    io.out.put(&formats::disk::superblock::serial(layout.serial));
    io.out.put(b"\n");
}
