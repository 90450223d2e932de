//! Disks and partitions, and what lies on them: how `LABEL=` and `UUID=` find their device.

use alloc::vec::Vec;

use bulk::crc32;
use formats::disk::partitions::Table;
use formats::disk::superblock::{self, Superblock, WINDOW};
use formats::proc::partitions;
use linux::block::{self, Property};
use linux::fd::OwnedFd;
use linux::fs::{self, FileKind, Mode, OpenFlags};
use linux::retry;

use crate::file;

/// What is known of a device or of an image of one.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The file system, or what else is there.
    pub superblock: Option<Superblock>,
    /// The kind and the name of the table, if it is divided.
    pub table: Option<(&'static str, Vec<u8>)>,
    /// Of a partition, its label and its name in its disk's table.
    pub entry: Option<(Vec<u8>, Vec<u8>)>,
}

/// A property by which a device is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The label of what it holds.
    Label,
    /// The name of what it holds.
    Uuid,
    /// The label of the partition.
    PartLabel,
    /// The name of the partition.
    PartUuid,
}

impl Tag {
    /// Splits `LABEL=x` and the like, with or without quotes around the value; nothing for anything else.
    pub fn split(word: &[u8]) -> Option<(Self, &[u8])> {
        let at = word.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (word.get(..at)?, word.get(at + 1..)?);
        let tag = match name {
            b"LABEL" => Self::Label,
            b"UUID" => Self::Uuid,
            b"PARTLABEL" => Self::PartLabel,
            b"PARTUUID" => Self::PartUuid,
            _ => return None,
        };
        let quoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        Some((tag, quoted.unwrap_or(value)))
    }
}

impl Contents {
    /// Says whether it has a tag of this value; names are the same in letters of either case.
    pub fn has(&self, tag: Tag, value: &[u8]) -> bool {
        let superblock = self.superblock.as_ref();
        match tag {
            Tag::Label => superblock.is_some_and(|found| found.label == value),
            Tag::Uuid => superblock.is_some_and(|found| found.uuid.eq_ignore_ascii_case(value)),
            Tag::PartLabel => self.entry.as_ref().is_some_and(|entry| entry.0 == value),
            Tag::PartUuid => self.entry.as_ref().is_some_and(|entry| entry.1.eq_ignore_ascii_case(value)),
        }
    }

    /// Says whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.superblock.is_none() && self.table.is_none() && self.entry.is_none()
    }
}

/// A device or an image of one, open, and how it is divided into sectors.
pub struct Disk {
    /// It.
    pub file: OwnedFd,
    /// Its size in bytes.
    pub size: u64,
    /// The bytes of a sector.
    pub sector: u32,
    /// Whether it is a device.
    pub is_device: bool,
}

impl Disk {
    /// Opens a device or a file.
    ///
    /// # Errors
    /// Those of `open(2)`; `NOTBLK` for what is neither.
    pub fn open(path: &[u8], access: OpenFlags) -> linux::Result<Self> {
        // A pipe without a writer would have us wait.
        let flags = access | OpenFlags::CLOSE_ON_EXEC | OpenFlags::NONBLOCK;
        let file = retry(|| fs::open(path, flags, Mode::empty()))?;
        let metadata = fs::fstat(&file)?;
        let (size, sector) = match metadata.kind() {
            FileKind::Regular => (metadata.size(), 512),
            FileKind::BlockDevice => {
                (block::size(&file)?, block::property(&file, Property::SectorSize).unwrap_or(512))
            }
            FileKind::Directory => return Err(linux::Errno::ISDIR),
            _ => return Err(linux::Errno::NOTBLK),
        };
        Ok(Self { file, size, sector, is_device: metadata.kind() == FileKind::BlockDevice })
    }

    /// Fills a buffer from an offset; false where that cannot be.
    pub fn read(&self, mut at: u64, buffer: &mut [u8]) -> bool {
        let mut rest = buffer;
        while !rest.is_empty() {
            match retry(|| fs::pread(&self.file, rest, at)) {
                Ok(count) if count > 0 => {
                    at += count as u64;
                    rest = rest.get_mut(count..).unwrap_or_default();
                }
                _ => return false,
            }
        }
        true
    }

    /// Writes all bytes at an offset.
    ///
    /// # Errors
    /// Those of `pwrite(2)`.
    pub fn write(&self, mut at: u64, mut bytes: &[u8]) -> linux::Result<()> {
        while !bytes.is_empty() {
            match retry(|| fs::pwrite(&self.file, bytes, at))? {
                0 => return Err(linux::Errno::IO),
                count => {
                    at += count as u64;
                    bytes = bytes.get(count..).unwrap_or_default();
                }
            }
        }
        Ok(())
    }

    /// Reads the table of partitions; nothing if there is none.
    pub fn table(&self) -> Option<Table> {
        Table::read(self.sector, self.size / u64::from(self.sector), crc32, &mut |at, buffer| {
            self.read(at, buffer)
        })
    }

    /// Looks for what lies at its beginning.
    pub fn superblock(&self) -> Option<Superblock> {
        let length = usize::try_from(self.size).unwrap_or(WINDOW).min(WINDOW);
        let mut window = alloc::vec![0; length];
        self.read(0, &mut window)
            .then(|| superblock::probe(&window, &mut |at, buffer| self.read(at, buffer)))?
    }
}

/// Looks at a device or a file.
///
/// # Errors
/// Those of [`Disk::open`].
pub fn look(path: &[u8]) -> linux::Result<Contents> {
    let disk = Disk::open(path, OpenFlags::READ)?;
    let mut contents = Contents { superblock: disk.superblock(), ..Contents::default() };
    let encloses = contents.superblock.as_ref().is_some_and(|found| found.usage != "filesystem");
    if !encloses && let Some(table) = disk.table() {
        // The first sector of a file system may look like the older table.
        let is_real = contents.superblock.is_none() || !table.partitions.is_empty();
        contents.table = is_real.then(|| (table.kind(), table.identifier()));
    }
    contents.entry = if disk.is_device { entry(&disk) } else { None };
    Ok(contents)
}

/// Finds a partition in the table of its disk.
fn entry(partition: &Disk) -> Option<(Vec<u8>, Vec<u8>)> {
    let (major, minor) = fs::fstat(&partition.file).ok()?.special_device();
    let mut path = b"/sys/dev/block/".to_vec();
    query::text::decimal(major.into(), &mut path);
    path.push(b':');
    query::text::decimal(minor.into(), &mut path);
    let number = file::read(&[&path[..], b"/partition"].concat()).ok()?;
    let number = query::text::parse_decimal(number.trim_ascii())?;
    let mut buffer = [0; linux::path::PATH_BYTES];
    let place = fs::readlink(path.as_slice(), &mut buffer).ok()?;
    let disk = place.rsplit(|byte| *byte == b'/').nth(1)?;
    let table = Disk::open(&[b"/dev/", disk].concat(), OpenFlags::READ).ok()?.table()?;
    let found = table.find(u32::try_from(number).ok()?)?;
    Some((found.label.clone(), table.name_of(found)))
}

/// Gives the paths of all devices that the kernel knows and that can hold something.
pub fn paths() -> Vec<Vec<u8>> {
    let text = file::read(b"/proc/partitions").unwrap_or_default();
    let path = |name: &[u8]| {
        let mapped = file::read(&[b"/sys/block/", name, b"/dm/name"].concat());
        match mapped {
            Ok(mapped) => [b"/dev/mapper/", mapped.trim_ascii()].concat(),
            Err(_) => [b"/dev/", name].concat(),
        }
    };
    partitions::names(&text).map(path).collect()
}

/// Finds the device that has a tag.
pub fn find(tag: Tag, value: &[u8]) -> Option<Vec<u8>> {
    paths().into_iter().find(|path| look(path).is_ok_and(|contents| contents.has(tag, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert_eq!(Tag::split(b"LABEL=a=b"), Some((Tag::Label, &b"a=b"[..])));
        assert_eq!(Tag::split(b"UUID=\"1-2\""), Some((Tag::Uuid, &b"1-2"[..])));
        assert_eq!(Tag::split(b"/dev/a=b"), None);
        assert_eq!(Tag::split(b"LABEL"), None);
    }

    #[test]
    fn an_image_is_looked_at() {
        let path = std::env::temp_dir().join(std::format!("spelunk-disk-{}", std::process::id()));
        let bytes = path.as_os_str().as_encoded_bytes();
        std::fs::write(&path, formats::disk::swap::first_page(4096, 16, &[7; 16], b"name")).unwrap();
        let contents = look(bytes).unwrap();
        assert!(contents.has(Tag::Label, b"name") && !contents.has(Tag::Label, b"other"));
        assert!(contents.has(Tag::Uuid, b"07070707-0707-0707-0707-070707070707"));
        assert!(contents.table.is_none() && contents.entry.is_none());
        std::fs::write(&path, b"").unwrap();
        assert!(look(bytes).unwrap().is_empty());
        std::fs::remove_file(&path).unwrap();
        assert!(look(bytes).is_err() && look(b"/dev/null").is_err());
        assert!(paths().iter().all(|path| path.starts_with(b"/dev/")));
    }
}
