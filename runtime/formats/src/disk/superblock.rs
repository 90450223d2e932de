//! What a disk or partition holds, by the first bytes that each kind of file system has at a place of its own: a row a kind.
//!
//! Follows libblkid: its names of kinds, and its ways of writing labels and names (UUID). Not read: the label of NTFS, which
//! lies in a file of it, and Joliet's label of ISO 9660.

use alloc::vec::Vec;

use super::{Read, array, fat, guid, take, u16_le, u32_le, u64_le};

/// How much of a disk's beginning is looked at.
pub const WINDOW: usize = 0x1_1000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Superblock {
    /// The kind, as mount(8) and blkid(8) call it.
    pub kind: &'static str,
    /// What it is for: `filesystem`, `raid`, `crypto` or `other`.
    pub usage: &'static str,
    /// What people call it; empty if it has no name.
    pub label: Vec<u8>,
    /// What it is called by nobody else, in the form of its kind; empty if it has none.
    pub uuid: Vec<u8>,
    /// The name of this part of what lies on several disks; empty but for those.
    pub part: Vec<u8>,
    /// Of what size its blocks are; 0 if that is not known.
    pub block: u32,
    /// The version of its form; empty if that is not known.
    pub version: Vec<u8>,
}

/// A kind, and where its fields are.
struct Row {
    kind: &'static str,
    usage: &'static str,
    /// Where its superblock begins.
    base: u32,
    /// What stands at a place of it.
    magic: (u16, &'static [u8]),
    /// Where the 16 bytes of its name are.
    uuid: Option<u16>,
    /// Where its label is, and how long.
    label: (u16, u16),
}

const FILES: &str = "filesystem";
const OTHER: &str = "other";

/// Declares a row, for there are many.
const fn row(
    kind: &'static str,
    usage: &'static str,
    base: u32,
    magic: (u16, &'static [u8]),
    uuid: Option<u16>,
    label: (u16, u16),
) -> Row {
    Row { kind, usage, base, magic, uuid, label }
}

/// What encloses other things comes first: its first bytes stay when something else is made over it.
const ROWS: &[Row] = &[
    row("crypto_LUKS", "crypto", 0, (0, b"LUKS\xba\xbe"), None, (0, 0)),
    row("LVM2_member", "raid", 512, (24, b"LVM2 001"), None, (0, 0)),
    row("linux_raid_member", "raid", 4096, (0, b"\xfc\x4e\x2b\xa9\x01\0\0\0"), Some(16), (32, 32)),
    row("linux_raid_member", "raid", 0, (0, b"\xfc\x4e\x2b\xa9\x01\0\0\0"), Some(16), (32, 32)),
    row("swap", OTHER, 0, (4086, b"SWAPSPACE2"), Some(1036), (1052, 16)),
    row("swsuspend", OTHER, 0, (4086, b"S1SUSPEND\0"), Some(1036), (1052, 16)),
    row("swap", OTHER, 0, (8182, b"SWAPSPACE2"), Some(1036), (1052, 16)),
    row("swap", OTHER, 0, (16374, b"SWAPSPACE2"), Some(1036), (1052, 16)),
    row("swap", OTHER, 0, (65526, b"SWAPSPACE2"), Some(1036), (1052, 16)),
    row("ext2", FILES, 1024, (56, b"\x53\xef"), Some(104), (120, 16)),
    row("xfs", FILES, 0, (0, b"XFSB"), Some(32), (108, 12)),
    row("btrfs", FILES, 0x1_0000, (64, b"_BHRfS_M"), Some(32), (299, 256)),
    row(
        "bcachefs",
        FILES,
        4096,
        (24, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"),
        Some(56),
        (72, 32),
    ),
    row("squashfs", FILES, 0, (0, b"hsqs"), None, (0, 0)),
    row("erofs", FILES, 1024, (0, b"\xe2\xe1\xf5\xe0"), Some(48), (64, 16)),
    row("f2fs", FILES, 1024, (0, b"\x10\x20\xf5\xf2"), Some(108), (0, 0)),
    row("nilfs2", FILES, 1024, (6, b"\x34\x34"), Some(152), (168, 80)),
    row("cramfs", FILES, 0, (0, b"\x45\x3d\xcd\x28"), None, (48, 16)),
    row("romfs", FILES, 0, (0, b"-rom1fs-"), None, (16, 16)),
    row("jfs", FILES, 0x8000, (0, b"JFS1"), Some(136), (152, 16)),
    row("reiserfs", FILES, 0x1_0000, (52, b"ReIsEr"), Some(84), (100, 16)),
    row("iso9660", FILES, 0x8000, (0, b"\x01CD001"), None, (40, 32)),
    row("ntfs", FILES, 0, (3, b"NTFS    "), None, (0, 0)),
    row("exfat", FILES, 0, (3, b"EXFAT   "), None, (0, 0)),
    row("vfat", FILES, 0, (510, b"\x55\xaa"), None, (0, 0)),
];

/// Looks for a kind at the beginning of a disk (of [`WINDOW`], or less where there is not that much).
pub fn probe(window: &[u8], read: &mut Read<'_>) -> Option<Superblock> {
    ROWS.iter().find_map(|row| {
        let base = window.get(row.base as usize..)?;
        let (at, magic) = row.magic;
        base.get(usize::from(at)..)?.starts_with(magic).then(|| decode(row, base, read)).flatten()
    })
}

fn decode(row: &Row, base: &[u8], read: &mut Read<'_>) -> Option<Superblock> {
    let (at, length) = row.label;
    let label = base.get(at.into()..(at + length).into()).unwrap_or_default();
    let mut found =
        Superblock { kind: row.kind, usage: row.usage, label: text(label), ..Superblock::default() };
    if let Some(at) = row.uuid {
        found.uuid = guid::text(&array(base, at.into()));
    }
    match row.kind {
        "ext2" => ext(base, &mut found),
        "xfs" => found.block = u16::from_be_bytes(array(base, 102)).into(),
        "btrfs" => {
            found.part = guid::text(&array(base, 267));
            found.block = u32_le(base, 144);
        }
        "squashfs" => found.version = version(u16_le(base, 28), Some(u16_le(base, 30))),
        "erofs" => found.block = power(base.get(12).copied().unwrap_or_default().into()),
        "f2fs" => {
            found.version = version(u16_le(base, 4), Some(u16_le(base, 6)));
            found.block = power(u32_le(base, 16));
            found.label = wide_text(base.get(124..124 + 1024).unwrap_or_default());
        }
        "linux_raid_member" => found.part = guid::text(&array(base, 168)),
        "swap" => found.version = version(1, None),
        "crypto_LUKS" => luks(base, &mut found),
        "LVM2_member" => found.uuid = lvm_name(base.get(32..64)?),
        "iso9660" => iso(base, &mut found),
        "ntfs" => {
            let mut name = Vec::new();
            let serial = u64_le(base, 72).to_be_bytes();
            serial.iter().for_each(|byte| guid::hexadecimal(*byte, &mut name));
            found.uuid = name.to_ascii_uppercase();
            found.block = u16_le(base, 11).into();
        }
        "exfat" => exfat(base, &mut found, read),
        "vfat" => {
            let volume = fat::Volume::parse(base)?;
            found.uuid = volume.serial.map(serial).unwrap_or_default();
            found.label = volume.label(read);
            found.block = volume.sector.into();
            found.version = volume.kind.name().into();
        }
        _ => {}
    }
    Some(found)
}

/// Says which of the three it is: by what an older one would not understand.
fn ext(base: &[u8], found: &mut Superblock) {
    let (compatible, incompatible, read_only) = (u32_le(base, 92), u32_le(base, 96), u32_le(base, 100));
    found.kind = match () {
        () if incompatible & 8 != 0 => "jbd",
        () if incompatible & !0x16 != 0 || read_only & !7 != 0 => "ext4",
        () if compatible & 4 != 0 => "ext3",
        () => "ext2",
    };
    found.block = power(u32_le(base, 24).saturating_add(10));
    found.version = version(u16_le(base, 76), Some(u16_le(base, 62)));
}

fn luks(base: &[u8], found: &mut Superblock) {
    let number = u16::from_be_bytes(array(base, 6));
    found.version = version(number, None);
    found.uuid = text(base.get(168..208).unwrap_or_default());
    if number == 2 {
        found.label = text(base.get(24..72).unwrap_or_default());
    }
}

/// A name of 32 letters, with hyphens.
fn lvm_name(letters: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        if matches!(at, 6 | 10 | 14 | 18 | 22 | 26) {
            name.push(b'-');
        }
        name.push(*letter);
    }
    name
}

/// It is called by the time at which it was changed, else made.
fn iso(base: &[u8], found: &mut Superblock) {
    found.block = 2048;
    let times = [830, 813].map(|at: usize| base.get(at..at + 16).unwrap_or_default());
    let is_time =
        |time: &&[u8]| time.iter().all(u8::is_ascii_digit) && time.iter().any(|digit| *digit != b'0');
    for (at, digit) in times.into_iter().find(is_time).unwrap_or_default().iter().enumerate() {
        if at >= 4 && at % 2 == 0 {
            found.uuid.push(b'-');
        }
        found.uuid.push(*digit);
    }
}

fn exfat(base: &[u8], found: &mut Superblock, read: &mut Read<'_>) {
    found.uuid = serial(u32_le(base, 100));
    let shift = base.get(108).copied().unwrap_or_default();
    found.block = power(shift.into());
    let per_cluster = power(base.get(109).copied().unwrap_or_default().into());
    let (heap, root) = (u32_le(base, 88), u32_le(base, 96));
    let sector = u64::from(heap) + u64::from(root.saturating_sub(2)) * u64::from(per_cluster);
    // The first sector of the root holds it, wherever one was made by any known program.
    let Some(entries) = sector.checked_shl(shift.into()).and_then(|at| take(read, at, 512)) else { return };
    let (entries, _) = entries.as_chunks::<32>();
    if let Some(entry) = entries.iter().find(|entry| entry[0] == 0x83) {
        found.label = wide_text(entry.get(2..2 + 2 * usize::from(entry[1].min(11))).unwrap_or_default());
    }
}

/// Writes a number as FAT's is written: `1234-ABCD`.
pub fn serial(number: u32) -> Vec<u8> {
    let mut text = Vec::new();
    for (at, byte) in number.to_be_bytes().iter().enumerate() {
        if at == 2 {
            text.push(b'-');
        }
        guid::hexadecimal(*byte, &mut text);
    }
    text.to_ascii_uppercase()
}

fn version(major: u16, minor: Option<u16>) -> Vec<u8> {
    let number = |number: u16, text: &mut Vec<u8>| {
        if number >= 10 {
            text.push(b'0' + (number / 10 % 10) as u8);
        }
        text.push(b'0' + (number % 10) as u8);
    };
    let mut text = Vec::new();
    number(major, &mut text);
    if let Some(minor) = minor {
        text.push(b'.');
        number(minor, &mut text);
    }
    text
}

fn power(exponent: u32) -> u32 {
    1_u32.checked_shl(exponent).unwrap_or(0)
}

/// A text, up to its first zero byte, without the blanks that fill a field.
pub(super) fn text(field: &[u8]) -> Vec<u8> {
    let length = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    field.get(..length).unwrap_or_default().trim_ascii_end().to_vec()
}

/// A text in UTF-16, the lowest byte first, up to its first zero.
pub(super) fn wide_text(field: &[u8]) -> Vec<u8> {
    let (units, _) = field.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
    let mut text = Vec::new();
    for letter in char::decode_utf16(units) {
        let letter = letter.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    text
}

#[cfg(test)]
mod tests;
