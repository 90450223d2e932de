//! cpio archives of the `newc` kind, as the kernel unpacks them into its first file system.
//!
//! Each entry is a head of 110 letters (a magic number, then 13 hexadecimal fields of 8 digits), the path with a
//! zero byte, and the file's bytes, the last two each filled up with zeroes to a multiple of 4. The kernel's own
//! description is Documentation/driver-api/early-userspace/buffer-format.rst.
//!
//! What [`Writer`] makes depends on its entries alone: no time, no owner. Hard links are not written, so that every entry has
//! one link and inode number 0, which compresses best; read, each of them is an entry, and the last one holds the bytes.

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Letters before a path.
const HEAD: usize = 110;
/// Without checksum, and with one, which nobody verifies.
const MAGIC: [&[u8; 6]; 2] = [b"070701", b"070702"];
/// The name that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";
/// The longest path that the kernel takes (`PATH_MAX`), in bytes, with the zero byte.
const MAX_PATH: usize = 4096;

/// What an entry is; the top bits of its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file with its bytes.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; its bytes are the target.
    SymbolicLink,
    /// A character device with its number.
    CharacterDevice {
        /// The driver.
        major: u32,
        /// The device of that driver.
        minor: u32,
    },
    /// Anything else, by its mode's type bits (`S_IFMT`).
    Other(u32),
}

impl Kind {
    const MASK: u32 = 0o170_000;

    const fn bits(self) -> u32 {
        match self {
            Self::File => 0o100_000,
            Self::Directory => 0o040_000,
            Self::SymbolicLink => 0o120_000,
            Self::CharacterDevice { .. } => 0o020_000,
            Self::Other(bits) => bits & Self::MASK,
        }
    }

    const fn from_mode(mode: u32, major: u32, minor: u32) -> Self {
        match mode & Self::MASK {
            0o100_000 => Self::File,
            0o040_000 => Self::Directory,
            0o120_000 => Self::SymbolicLink,
            0o020_000 => Self::CharacterDevice { major, minor },
            bits => Self::Other(bits),
        }
    }

    const fn device(self) -> (u32, u32) {
        match self {
            Self::CharacterDevice { major, minor } => (major, minor),
            _ => (0, 0),
        }
    }
}

/// One object of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where it goes, without a leading slash and without the zero byte.
    pub path: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// Who may do what: the low 12 bits of the mode.
    pub permissions: u32,
    /// Owner.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Last change, in seconds since 1970.
    pub modified: u32,
    /// A file's bytes or a link's target.
    pub data: &'a [u8],
}

/// Reads the entries of an archive, in order.
pub const fn parse(bytes: &[u8]) -> Reader<'_> {
    Reader { cursor: Cursor::new(bytes), state: State::Entries }
}

/// The entries that are still to be read; it ends at the trailer or after the first error.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    cursor: Cursor<'a>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Entries,
    Ended,
}

impl<'a> Reader<'a> {
    /// Gives what has not been read; after the trailer, the fill or another archive, perhaps a compressed one.
    pub fn rest(&self) -> &'a [u8] {
        self.cursor.rest()
    }

    /// Reads one entry, or nothing when it is the trailer.
    fn entry(&mut self) -> Result<Option<Entry<'a>>, Error> {
        let magic = self.cursor.error(Expected::CpioHeader);
        if !MAGIC.contains(&&self.cursor.array::<6>(magic.expected())?) {
            return Err(magic);
        }
        let [_inode, mode, user, group, _links, modified, size, _, _, major, minor, name_size, _check] =
            self.fields()?;
        let name = self.cursor.error(Expected::CpioPath);
        let path = self.cursor.take(name_size as usize, name.expected())?;
        let Some((0, path)) = path.split_last() else { return Err(name) };
        if path.is_empty() || path.contains(&0) || name_size as usize > MAX_PATH {
            return Err(name);
        }
        self.fill()?;
        let data = self.cursor.take(size as usize, Expected::CpioFile)?;
        self.fill()?;
        let kind = Kind::from_mode(mode, major, minor);
        let entry = Entry { path, kind, permissions: mode & 0o7777, user, group, modified, data };
        Ok((path != TRAILER).then_some(entry))
    }

    fn fields(&mut self) -> Result<[u32; 13], Error> {
        let mut fields = [0; 13];
        for field in &mut fields {
            let error = self.cursor.error(Expected::CpioHeader);
            for digit in self.cursor.array::<8>(error.expected())? {
                let digit = char::from(digit).to_digit(16).ok_or(error)?;
                *field = *field << 4 | digit;
            }
        }
        Ok(fields)
    }

    /// Goes to the next multiple of 4.
    fn fill(&mut self) -> Result<(), Error> {
        let missing = self.cursor.at().next_multiple_of(4) - self.cursor.at();
        self.cursor.take(missing, Expected::CpioFile).map(|_| ())
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Entry<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Ended {
            return None;
        }
        let entry = self.entry().transpose();
        if !matches!(entry, Some(Ok(_))) {
            self.state = State::Ended;
        }
        entry
    }
}

/// An archive in the making.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Starts with nothing.
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Appends an entry; refuses a path that the format or the kernel cannot hold, and 4 GiB of data.
    pub fn add(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        if entry.path.is_empty() || entry.path.contains(&0) || entry.path.len() >= MAX_PATH {
            return Err(self.error(Expected::CpioPath));
        }
        if entry.path == TRAILER {
            return Err(self.error(Expected::CpioPath));
        }
        self.object(entry)
    }

    /// Appends a directory of root's.
    pub fn directory(&mut self, path: &str, permissions: u32) -> Result<(), Error> {
        self.add(&Entry::of_root(path, Kind::Directory, permissions, &[]))
    }

    /// Appends a file of root's.
    pub fn file(&mut self, path: &str, permissions: u32, data: &[u8]) -> Result<(), Error> {
        self.add(&Entry::of_root(path, Kind::File, permissions, data))
    }

    /// Appends a symbolic link.
    pub fn symbolic_link(&mut self, path: &str, target: &str) -> Result<(), Error> {
        self.add(&Entry::of_root(path, Kind::SymbolicLink, 0o777, target.as_bytes()))
    }

    /// Appends a character device of root's.
    pub fn character_device(
        &mut self,
        path: &str,
        permissions: u32,
        device: (u32, u32),
    ) -> Result<(), Error> {
        let kind = Kind::CharacterDevice { major: device.0, minor: device.1 };
        self.add(&Entry::of_root(path, kind, permissions, &[]))
    }

    /// Ends the archive and gives its bytes.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        let trailer = Entry { path: TRAILER, ..Entry::of_root("", Kind::Other(0), 0, &[]) };
        self.object(&trailer)?;
        Ok(self.bytes)
    }

    fn object(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        let size = u32::try_from(entry.data.len()).map_err(|_| self.error(Expected::CpioFile))?;
        let (major, minor) = entry.kind.device();
        let mode = entry.kind.bits() | entry.permissions & 0o7777;
        let name_size = entry.path.len() as u32 + 1;
        self.bytes.reserve(HEAD + entry.path.len() + entry.data.len() + 8);
        self.bytes.extend_from_slice(MAGIC[0]);
        let (user, group, modified) = (entry.user, entry.group, entry.modified);
        for field in [0, mode, user, group, 1, modified, size, 0, 0, major, minor, name_size, 0] {
            self.field(field);
        }
        self.bytes.extend_from_slice(entry.path);
        self.bytes.push(0);
        self.fill();
        self.bytes.extend_from_slice(entry.data);
        self.fill();
        Ok(())
    }

    fn field(&mut self, value: u32) {
        for shift in (0..8).rev() {
            let digit = (value >> (4 * shift) & 0xf) as u8;
            self.bytes.push(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 });
        }
    }

    fn fill(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn error(&self, expected: Expected) -> Error {
        Error::new(expected, self.bytes.len())
    }
}

impl<'a> Entry<'a> {
    /// Makes an entry that belongs to root and has no time.
    pub const fn of_root(path: &'a str, kind: Kind, permissions: u32, data: &'a [u8]) -> Self {
        Self { path: path.as_bytes(), kind, permissions, user: 0, group: 0, modified: 0, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `echo -n hi > a; chmod 640 a; echo a | cpio -o -H newc --reproducible`, owner 1000, at 1 700 000 000.
    #[rustfmt::skip]
    const GNU_CPIO: &[u8] = b"070701\
        00000000\
        000081A0\
        000003E8\
        000003E8\
        00000001\
        6553F100\
        00000002\
        00000000\
        00000000\
        00000000\
        00000000\
        00000002\
        00000000\
        a\0\
        hi\0\0\
        070701\
        0000000000000000000000000000000000000001000000000000000000000000\
        0000000000000000000000000000000B00000000TRAILER!!!\0\
        \0\0\0after";

    fn sample() -> Vec<u8> {
        let mut writer = Writer::new();
        writer.directory("dev", 0o755).unwrap();
        writer.character_device("dev/console", 0o600, (5, 1)).unwrap();
        writer.file("init", 0o755, b"\x7fELF!").unwrap();
        writer.symbolic_link("bin", "/init").unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_gnu_cpio_wrote_is_read() {
        let mut reader = parse(GNU_CPIO);
        let expected = Entry {
            path: b"a",
            kind: Kind::File,
            permissions: 0o640,
            user: 1000,
            group: 1000,
            modified: 1_700_000_000,
            data: b"hi",
        };
        assert_eq!(reader.next(), Some(Ok(expected)));
        assert_eq!(reader.next(), None);
        assert_eq!(reader.next(), None);
        assert_eq!(reader.rest(), b"after");
    }

    #[test]
    fn what_was_written_is_read_back() {
        let archive = sample();
        assert_eq!(archive.len() % 4, 0);
        let entries: Vec<_> = parse(&archive).map(Result::unwrap).collect();
        let expected = [
            Entry::of_root("dev", Kind::Directory, 0o755, b""),
            Entry::of_root("dev/console", Kind::CharacterDevice { major: 5, minor: 1 }, 0o600, b""),
            Entry::of_root("init", Kind::File, 0o755, b"\x7fELF!"),
            Entry::of_root("bin", Kind::SymbolicLink, 0o777, b"/init"),
        ];
        assert_eq!(entries, expected);
    }

    #[test]
    fn the_same_entries_give_the_same_bytes() {
        let archive = sample();
        assert_eq!(archive, sample());
        let heads = archive.windows(HEAD).filter(|head| head.starts_with(b"070701"));
        let heads: Vec<_> = heads.map(|head| core::str::from_utf8(&head[6..46]).unwrap()).collect();
        let head = |mode| std::format!("00000000{mode}000000000000000000000001");
        assert_eq!(heads, ["000041ED", "00002180", "000081ED", "0000A1FF", "00000000"].map(head));
    }

    #[test]
    fn a_cut_archive_is_an_error_at_every_length() {
        let archive = sample();
        let whole = archive.len() - 3; // the trailer's fill: its name ends 3 bytes before
        for length in 0..whole {
            let last = parse(&archive[..length]).last();
            assert!(matches!(last, Some(Err(_))), "{length}: {last:?}");
        }
    }

    #[test]
    fn damaged_heads_say_what_was_expected_and_where() {
        let damage = |at: usize, byte: u8| {
            let mut archive = sample();
            archive[at] = byte;
            let error = parse(&archive).find_map(Result::err);
            error.map(|error| (error.expected(), error.at()))
        };
        assert_eq!(damage(5, b'7'), Some((Expected::CpioHeader, 0)));
        assert_eq!(damage(6, b'g'), Some((Expected::CpioHeader, 6)));
        // The path's length, last digit: no zero byte there, or none at all.
        assert_eq!(damage(101, b'3'), Some((Expected::CpioPath, 110)));
        assert_eq!(damage(101, b'0'), Some((Expected::CpioPath, 110)));
        assert_eq!(damage(94, b'F'), Some((Expected::CpioPath, 110)));
        // The size of the data.
        assert_eq!(damage(54, b'F'), Some((Expected::CpioFile, 116)));
        assert_eq!(damage(110, b'D'), None);
    }

    #[test]
    fn paths_that_cannot_be_held_are_refused() {
        let long = "x".repeat(MAX_PATH);
        for path in ["", "a\0b", "TRAILER!!!", &long] {
            assert!(Writer::new().file(path, 0o644, b"").is_err(), "{path:?}");
        }
        assert!(Writer::new().file(&long[1..], 0o644, b"").is_ok());
    }
}
