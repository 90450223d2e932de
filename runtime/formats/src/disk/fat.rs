//! FAT, of 12, 16 and 32 bits: what its first sector says, and the first sectors of a new one (ECMA-107; Microsoft's
//! specification of FAT32).

use alloc::vec;
use alloc::vec::Vec;

use super::superblock::text;
use super::{Read, array, put, take, u16_le, u32_le};

/// How many bits an entry of the table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 12 bits: at most 4084 clusters.
    Fat12,
    /// 16 bits: at most 65524.
    Fat16,
    /// 32 bits, of which 28 count.
    Fat32,
}

impl Kind {
    /// Gives the name that stands in the first sector.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fat12 => "FAT12",
            Self::Fat16 => "FAT16",
            Self::Fat32 => "FAT32",
        }
    }

    /// Gives how many bits an entry has.
    pub const fn bits(self) -> u64 {
        match self {
            Self::Fat12 => 12,
            Self::Fat16 => 16,
            Self::Fat32 => 32,
        }
    }

    /// Gives how few and how many clusters there may be, for others tell the kind from their number.
    pub const fn clusters(self) -> (u64, u64) {
        match self {
            Self::Fat12 => (1, 4084),
            Self::Fat16 => (4085, 65524),
            Self::Fat32 => (65525, 0x0fff_fff5),
        }
    }
}

/// What the first sector says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// How wide the entries of its table are.
    pub kind: Kind,
    /// The size of a sector.
    pub sector: u16,
    /// How many sectors make a cluster.
    pub per_cluster: u8,
    /// Its number; nothing where none was written.
    pub serial: Option<u32>,
    /// The label in the first sector.
    short: [u8; 11],
    /// Where the entries of the root folder begin, and how many bytes of it are looked at.
    root: (u64, u32),
}

impl Volume {
    /// Reads a first sector; nothing if it is none, though it ends as all sectors do that a machine starts from.
    pub fn parse(first: &[u8]) -> Option<Self> {
        let (sector, per_cluster) = (u16_le(first, 11), *first.get(13)?);
        let (reserved, tables, entries) = (u16_le(first, 14), *first.get(16)?, u16_le(first, 17));
        let media = *first.get(21)?;
        let is_one = matches!(first.first()?, 0xeb | 0xe9)
            && matches!(sector, 512 | 1024 | 2048 | 4096)
            && per_cluster.is_power_of_two()
            && reserved > 0
            && matches!(tables, 1..=4)
            && (media == 0xf0 || media >= 0xf8);
        if !is_one {
            return None;
        }
        let narrow = u16_le(first, 22);
        let length = if narrow == 0 { u64::from(u32_le(first, 36)) } else { narrow.into() };
        let small = u16_le(first, 19);
        let sectors = if small == 0 { u64::from(u32_le(first, 32)) } else { small.into() };
        let data = u64::from(reserved)
            + u64::from(tables) * length
            + (u64::from(entries) * 32).div_ceil(sector.into());
        let clusters = sectors.checked_sub(data)? / u64::from(per_cluster);
        let kind = match () {
            () if narrow == 0 => Kind::Fat32,
            () if clusters <= Kind::Fat12.clusters().1 => Kind::Fat12,
            () => Kind::Fat16,
        };
        // What was added later stands behind the fields of the kind.
        let added = if kind == Kind::Fat32 { 64 } else { 36 };
        let is_told = matches!(first.get(added + 2)?, 0x28 | 0x29);
        let root = if kind == Kind::Fat32 {
            let cluster = u64::from(u32_le(first, 44)).saturating_sub(2);
            (data + cluster * u64::from(per_cluster), u32::from(per_cluster) * u32::from(sector))
        } else {
            (u64::from(reserved) + u64::from(tables) * length, u32::from(entries) * 32)
        };
        Some(Self {
            kind,
            sector,
            per_cluster,
            serial: is_told.then(|| u32_le(first, added + 3)),
            short: if is_told { array(first, added + 7) } else { [b' '; 11] },
            root: (root.0 * u64::from(sector), root.1),
        })
    }

    /// Gives the label: that of the root folder, else that of the first sector; empty if it has none.
    pub fn label(&self, read: &mut Read<'_>) -> Vec<u8> {
        let entries = take(read, self.root.0, self.root.1 as usize).unwrap_or_default();
        let (entries, _) = entries.as_chunks::<32>();
        let mut used = entries.iter().take_while(|entry| entry[0] != 0);
        let mut label: [u8; 11] = match used.find(|entry| entry[0] != 0xe5 && entry[11] & 0x3f == 8) {
            Some(entry) => array(entry, 0),
            None if self.short == *NO_NAME => return Vec::new(),
            None => self.short,
        };
        // That letter would say that the entry is free.
        if label[0] == 5 {
            label[0] = 0xe5;
        }
        text(&label)
    }
}

/// What stands where the label is not given.
const NO_NAME: &[u8; 11] = b"NO NAME    ";

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// How wide the entries of the table are.
    pub kind: Kind,
    /// The size of a sector.
    pub sector: u16,
    /// How many sectors there are.
    pub sectors: u32,
    /// How many make a cluster.
    pub per_cluster: u8,
    /// How many stand before the first table.
    pub reserved: u16,
    /// How many tables there are.
    pub tables: u8,
    /// How many entries the root folder has room for; 0 for FAT32, whose root grows.
    pub entries: u16,
    /// How many sectors a table has.
    pub length: u32,
    /// How many clusters there are.
    pub clusters: u32,
    /// How many sectors stand before it on its disk.
    pub hidden: u32,
    /// The kind of medium: 0xf8 for disks.
    pub media: u8,
    /// Its number.
    pub serial: u32,
    /// Its label, filled with blanks.
    pub label: Option<[u8; 11]>,
}

/// What is wished for, where that is: see mkfs.vfat(8).
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// How wide the entries are; None: by the size.
    pub kind: Option<Kind>,
    /// The size of a sector.
    pub sector: u16,
    /// How many bytes there are.
    pub bytes: u64,
    /// How many sectors make a cluster; None: by the size.
    pub per_cluster: Option<u8>,
    /// How many sectors stand before the first table.
    pub reserved: Option<u16>,
    /// How many tables there are.
    pub tables: u8,
    /// How many entries the root folder has room for.
    pub entries: u16,
}

impl Layout {
    /// Finds a layout for a wish; nothing if there is none.
    pub fn new(wish: &Wish) -> Option<Self> {
        let sectors = u32::try_from(wish.bytes / u64::from(wish.sector)).unwrap_or(u32::MAX);
        let megabytes = wish.bytes >> 20;
        let kind = wish.kind.unwrap_or(match megabytes {
            ..4 => Kind::Fat12,
            4..512 => Kind::Fat16,
            _ => Kind::Fat32,
        });
        if let Some(per_cluster) = wish.per_cluster {
            return Self::with(wish, kind, sectors, per_cluster);
        }
        // As big as others make them, at first, and then as it fits.
        let bytes: u32 = match (kind, megabytes) {
            (Kind::Fat32, ..=260) => 512,
            (Kind::Fat32, ..=8192) => 4096,
            (Kind::Fat32, ..=16384) => 8192,
            (Kind::Fat32, ..=32768) => 16384,
            (Kind::Fat32, _) => 32768,
            _ => 2048,
        };
        let first = u8::try_from(bytes / u32::from(wish.sector)).unwrap_or(64).max(1);
        let bigger = (0..8).filter_map(|shift| first.checked_shl(shift)).filter(|size| *size >= first);
        let smaller = (1..8).map(|shift| first >> shift).filter(|size| *size > 0);
        bigger.chain(smaller).find_map(|per_cluster| Self::with(wish, kind, sectors, per_cluster))
    }

    fn with(wish: &Wish, kind: Kind, sectors: u32, per_cluster: u8) -> Option<Self> {
        if !per_cluster.is_power_of_two() {
            return None;
        }
        let is_wide = kind == Kind::Fat32;
        let reserved = wish.reserved.unwrap_or(if is_wide { 32 } else { 1 });
        let entries = if is_wide { 0 } else { wish.entries };
        let size = u64::from(wish.sector);
        let fixed = u64::from(reserved) + (u64::from(entries) * 32).div_ceil(size);
        // The tables take from the clusters that they are for: a few rounds, and it no longer changes.
        let (mut length, mut clusters) = (0, 0);
        for _ in 0..8 {
            let left = u64::from(sectors).checked_sub(fixed + u64::from(wish.tables) * length)?;
            clusters = left / u64::from(per_cluster);
            let needed = ((clusters + 2) * kind.bits()).div_ceil(8).div_ceil(size);
            if needed <= length {
                break;
            }
            length = needed;
        }
        let (fewest, most) = kind.clusters();
        // Who asks for a kind gets it where it is too small for others to know it: mkfs.vfat does so too.
        let fewest = if is_wide && wish.kind.is_some() { 1 } else { fewest };
        if clusters < fewest || clusters > most || !is_wide && length > 0xffff {
            return None;
        }
        Some(Self {
            kind,
            sector: wish.sector,
            sectors,
            per_cluster,
            reserved,
            tables: wish.tables,
            entries,
            length: u32::try_from(length).ok()?,
            clusters: u32::try_from(clusters).ok()?,
            hidden: 0,
            media: 0xf8,
            serial: 0,
            label: None,
        })
    }

    /// Gives where the root folder begins, and how many bytes of it must be zeros.
    pub fn root(&self) -> (u64, usize) {
        let at = u64::from(self.reserved) + u64::from(self.tables) * u64::from(self.length);
        let length = match self.kind {
            Kind::Fat32 => usize::from(self.per_cluster) * usize::from(self.sector),
            _ => (usize::from(self.entries) * 32).next_multiple_of(self.sector.into()),
        };
        (at * u64::from(self.sector), length)
    }

    /// Gives the sectors before the first table.
    pub fn head(&self) -> Vec<u8> {
        let size = usize::from(self.sector);
        let mut head = vec![0; size * usize::from(self.reserved)];
        let first = self.first_sector();
        put(&mut head, 0, &first);
        if self.kind == Kind::Fat32 && self.reserved > 7 {
            let information = self.information();
            put(&mut head, size, &information);
            put(&mut head, 6 * size, &first);
            put(&mut head, 7 * size, &information);
        }
        head
    }

    fn first_sector(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.sector.into()];
        let small = u16::try_from(self.sectors).unwrap_or(0);
        let is_wide = self.kind == Kind::Fat32;
        put(&mut bytes, 0, if is_wide { b"\xeb\x58\x90mkfs.fat" } else { b"\xeb\x3c\x90mkfs.fat" });
        put(&mut bytes, 11, &self.sector.to_le_bytes());
        put(&mut bytes, 13, &[self.per_cluster]);
        put(&mut bytes, 14, &self.reserved.to_le_bytes());
        put(&mut bytes, 16, &[self.tables]);
        put(&mut bytes, 17, &self.entries.to_le_bytes());
        put(&mut bytes, 19, &if is_wide { 0 } else { small }.to_le_bytes());
        put(&mut bytes, 21, &[self.media]);
        // So that old machines reach all of it: 63 sectors a track, 255 heads.
        put(&mut bytes, 24, &[63, 0, 255, 0]);
        put(&mut bytes, 28, &self.hidden.to_le_bytes());
        if is_wide || small == 0 {
            put(&mut bytes, 32, &self.sectors.to_le_bytes());
        }
        let added = if is_wide {
            put(&mut bytes, 36, &self.length.to_le_bytes());
            // The root at cluster 2, the sector of information and the second first sector.
            put(&mut bytes, 44, &2_u32.to_le_bytes());
            put(&mut bytes, 48, &[1, 0, 6, 0]);
            64
        } else {
            put(&mut bytes, 22, &(self.length as u16).to_le_bytes());
            36
        };
        put(&mut bytes, added, &[if self.media == 0xf8 { 0x80 } else { 0 }, 0, 0x29]);
        put(&mut bytes, added + 3, &self.serial.to_le_bytes());
        put(&mut bytes, added + 7, self.label.as_ref().unwrap_or(NO_NAME));
        put(&mut bytes, added + 18, self.kind.name().as_bytes());
        put(&mut bytes, added + 23, b"   ");
        // A machine that is started from it goes round: INT 18h, which has it try something else.
        put(&mut bytes, added + 26, b"\xcd\x18\xeb\xfc");
        put(&mut bytes, 510, b"\x55\xaa");
        bytes
    }

    /// How many clusters are free, and where to look for one.
    fn information(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.sector.into()];
        put(&mut bytes, 0, b"RRaA");
        put(&mut bytes, 484, b"rrAa");
        put(&mut bytes, 488, &self.clusters.saturating_sub(1).to_le_bytes());
        put(&mut bytes, 492, &2_u32.to_le_bytes());
        put(&mut bytes, 510, b"\x55\xaa");
        bytes
    }

    /// Gives how a table begins; the rest of it is zeros.
    pub fn table_head(&self) -> Vec<u8> {
        match self.kind {
            Kind::Fat12 => vec![self.media, 0xff, 0xff],
            Kind::Fat16 => vec![self.media, 0xff, 0xff, 0xff],
            Kind::Fat32 => vec![self.media, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f, 0xf8, 0xff, 0xff, 0x0f],
        }
    }

    /// Gives the first entry of the root folder, which has the label; nothing if there is no label.
    pub fn label_entry(&self) -> Option<[u8; 32]> {
        let label = self.label?;
        let mut entry = [0; 32];
        put(&mut entry, 0, &label);
        put(&mut entry, 11, &[8]);
        // The first of January 1980.
        put(&mut entry, 24, &[0x21, 0]);
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(bytes: u64) -> Wish {
        Wish { kind: None, sector: 512, bytes, per_cluster: None, reserved: None, tables: 2, entries: 512 }
    }

    #[test]
    fn what_is_made_is_read_again() {
        for (bytes, kind) in [
            (1 << 20, Kind::Fat12),
            (20 << 20, Kind::Fat16),
            (300 << 20, Kind::Fat16),
            (600 << 20, Kind::Fat32),
            (2_u64 << 40, Kind::Fat32),
        ] {
            let mut layout = Layout::new(&wish(bytes)).unwrap();
            (layout.serial, layout.label) = (0x1234_abcd, Some(*b"A LABEL    "));
            assert_eq!(layout.kind, kind);
            let head = layout.head();
            let volume = Volume::parse(&head).unwrap();
            assert_eq!((volume.kind, volume.sector, volume.serial), (kind, 512, Some(0x1234_abcd)));
            assert_eq!(volume.root.0, layout.root().0);
            let entry = layout.label_entry().unwrap();
            let mut read = |_: u64, buffer: &mut [u8]| {
                buffer.fill(0);
                put(buffer, 0, &entry);
                true
            };
            assert_eq!(volume.label(&mut read), b"A LABEL");
            for length in 0..head.len().min(512) {
                let _ = Volume::parse(&head[..length]);
            }
        }
    }

    #[test]
    fn tables_have_room_for_all_clusters() {
        for bytes in [64 << 10, 1 << 20, 33 << 20, 511 << 20, 512 << 20, 513 << 20, 64_u64 << 30] {
            let layout = Layout::new(&wish(bytes)).unwrap();
            let entries = u64::from(layout.length) * 512 * 8 / layout.kind.bits();
            assert!(entries >= u64::from(layout.clusters) + 2, "{layout:?}");
            let end = layout.root().0 / 512
                + u64::from(layout.clusters) * u64::from(layout.per_cluster)
                + if layout.kind == Kind::Fat32 { 0 } else { 32 };
            assert!(end <= u64::from(layout.sectors), "{layout:?}");
        }
        assert!(Layout::new(&wish(1024)).is_none());
        assert!(Layout::new(&Wish { per_cluster: Some(3), ..wish(1 << 20) }).is_none());
    }

    #[test]
    fn other_first_sectors_are_none() {
        let mut sector = vec![0; 512];
        put(&mut sector, 510, b"\x55\xaa");
        assert_eq!(Volume::parse(&sector), None);
    }
}
