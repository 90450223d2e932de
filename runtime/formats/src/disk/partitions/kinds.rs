//! What partitions are for: the codes of the older table and the names of GPT, with what util-linux calls them.

use super::{Guid, Kind};

/// The codes that are still met.
pub const CODES: &[(u8, &str)] = &[
    (0x00, "Empty"),
    (0x01, "FAT12"),
    (0x04, "FAT16 <32M"),
    (0x05, "Extended"),
    (0x06, "FAT16"),
    (0x07, "HPFS/NTFS/exFAT"),
    (0x0b, "W95 FAT32"),
    (0x0c, "W95 FAT32 (LBA)"),
    (0x0e, "W95 FAT16 (LBA)"),
    (0x0f, "W95 Ext'd (LBA)"),
    (0x27, "Hidden NTFS WinRE"),
    (0x41, "PPC PReP Boot"),
    (0x82, "Linux swap / Solaris"),
    (0x83, "Linux"),
    (0x85, "Linux extended"),
    (0x8e, "Linux LVM"),
    (0xa5, "FreeBSD"),
    (0xa6, "OpenBSD"),
    (0xa9, "NetBSD"),
    (0xaf, "HFS / HFS+"),
    (0xda, "Non-FS data"),
    (0xea, "Linux extended boot"),
    (0xee, "GPT"),
    (0xef, "EFI (FAT-12/16/32)"),
    (0xfd, "Linux raid autodetect"),
];

/// A kind of GPT: the number by which fdisk(8) of util-linux takes it, what it is called, and its name as text.
pub struct Named {
    /// The number in lists.
    pub number: u8,
    /// The words for it.
    pub words: &'static str,
    /// The short word, if it has one.
    pub short: &'static str,
    /// The name.
    name: &'static [u8; 36],
}

impl Named {
    /// Gives the name.
    pub fn guid(&self) -> Guid {
        Guid::parse(self.name).unwrap_or(Guid::NONE)
    }
}

const fn named(number: u8, words: &'static str, short: &'static str, name: &'static [u8; 36]) -> Named {
    Named { number, words, short, name }
}

/// The kinds that are met on machines with Linux.
pub const NAMES: &[Named] = &[
    named(1, "EFI System", "uefi", b"c12a7328-f81f-11d2-ba4b-00a0c93ec93b"),
    named(4, "BIOS boot", "bios", b"21686148-6449-6e6f-744e-656564454649"),
    named(7, "PowerPC PReP boot", "prep", b"9e1a2d38-c612-4316-aa26-8b49521e5a8b"),
    named(10, "Microsoft reserved", "", b"e3c9e316-0b5c-4db8-817d-f92df00215ae"),
    named(11, "Microsoft basic data", "", b"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"),
    named(14, "Windows recovery environment", "", b"de94bba4-06d1-4d40-a16a-bfd50179d6ac"),
    named(19, "Linux swap", "swap", b"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"),
    named(20, "Linux filesystem", "linux", b"0fc63daf-8483-4772-8e79-3d69d8477de4"),
    named(22, "Linux root (x86)", "", b"44479540-f297-41b2-9af7-d131d5f0458a"),
    named(23, "Linux root (x86-64)", "", b"4f68bce3-e8cd-4db1-96e7-fbcaf984b709"),
    named(26, "Linux root (ARM)", "", b"69dad710-2ce4-4e3c-b16c-21a1d49abed3"),
    named(27, "Linux root (ARM-64)", "", b"b921b045-1df0-41c3-af44-4c6f280d3fae"),
    named(36, "Linux root (RISC-V-64)", "", b"72ec70a6-cf74-40e6-bd49-4bda08e8f224"),
    named(41, "Linux home", "home", b"933ac7e1-2eb4-4f13-b844-0e14e2aef915"),
    named(42, "Linux RAID", "raid", b"a19d880f-05fc-4d3b-a006-743f0f84911e"),
    named(43, "Linux LVM", "lvm", b"e6d6d379-f507-44c2-a23c-238f2a3df928"),
    named(136, "Linux extended boot", "xbootldr", b"bc13c2ff-59e6-4262-a352-b275fd6f7172"),
];

/// Gives what a kind is called; `unknown` if it is not in the lists.
pub fn words(kind: Kind) -> &'static str {
    let found = match kind {
        Kind::Code(code) => CODES.iter().find(|known| known.0 == code).map(|known| known.1),
        Kind::Name(name) => NAMES.iter().find(|known| known.guid() == name).map(|known| known.words),
    };
    found.unwrap_or("unknown")
}

/// Finds a GPT kind by its number, its short word or its name.
pub fn find(word: &[u8]) -> Option<Guid> {
    let is_meant = |known: &&Named| {
        let short = known.short.as_bytes();
        !short.is_empty() && short.eq_ignore_ascii_case(word)
            || core::str::from_utf8(word).is_ok_and(|word| word.parse() == Ok(known.number))
    };
    NAMES.iter().find(is_meant).map(Named::guid).or_else(|| Guid::parse(word))
}
