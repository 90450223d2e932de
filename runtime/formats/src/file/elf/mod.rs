//! ELF: programs, libraries, and the object that the kernel maps into every process (System V gABI, chapters 4, 5).
//!
//! The same reader takes a file and an image in memory. In a file an address is found through the segments; in an
//! image everything lies at its distance from the ELF header, and there are no section headers. Both classes and
//! both byte orders are read, since a tool looks at programs of other machines too.
//!
//! Nothing is allocated and nothing is trusted: each table is a slice taken out of the input, each element is read
//! through a [`Cursor`], each chain ends after as many steps as it could have links.

mod dynamic;
mod hash;
mod layout;
mod section;
mod segment;
mod symbol;
mod version;

pub use dynamic::{Dynamic, Entries, Entry, tag};
pub use hash::{GnuHash, HashTable, SysvHash, gnu_hash, sysv_hash};
pub use layout::{Class, Layout, Order};
pub use section::{Section, Sections, section_kind};
pub use segment::{Segment, Segments, segment_flags, segment_kind};
pub use symbol::{Symbol, Symbols};
pub use version::{Definition, Definitions, Need, Needs, Versions};

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// `e_type`: a program at fixed addresses.
pub const ET_EXEC: u16 = 2;
/// `e_type`: a library, a position-independent program, or the kernel's object.
pub const ET_DYN: u16 = 3;

/// The value of `e_phnum` that says the count stands in the first section header.
const PN_XNUM: u16 = 0xffff;
/// The value of `e_shstrndx` that says the index stands in the first section header.
const SHN_XINDEX: u16 = 0xffff;

/// The ELF header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Class and byte order of everything that follows.
    pub layout: Layout,
    /// `EI_OSABI`: 0 System V, 3 Linux.
    pub os_abi: u8,
    /// `e_type`: [`ET_EXEC`], [`ET_DYN`], or another.
    pub kind: u16,
    /// `e_machine`.
    pub machine: u16,
    /// Address of the first instruction.
    pub entry: u64,
    /// `e_flags`, which the processor's ABI explains.
    pub flags: u32,
    segments: Table,
    sections: Table,
    section_names: u16,
}

/// Where a table of headers lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Table {
    offset: u64,
    entry_size: u16,
    count: u16,
}

/// An ELF file, or an ELF image in memory.
#[derive(Clone, Copy, Debug)]
pub struct Elf<'a> {
    bytes: &'a [u8],
    header: Header,
    /// In memory: the segment that loads the header, and with it nearly always everything.
    image: Option<Segment>,
}

impl<'a> Elf<'a> {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// The bytes do not begin with an ELF header of a known class and order.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        Ok(Self { bytes, header: Header::parse(bytes)?, image: None })
    }

    /// Reads the header of an image that lies in memory as its segments say; `bytes` begins at the header.
    ///
    /// # Errors
    /// As for [`Elf::parse`]; no segment loads the header.
    pub fn parse_mapped(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut elf = Self::parse(bytes)?;
        let first = elf.segments()?.find(|segment| segment.kind == segment_kind::LOAD);
        let first = first.filter(|segment| segment.offset == 0);
        let first = first.ok_or(Error::new(Expected::Segment, 0))?;
        elf.image = Some(first);
        Ok(elf)
    }

    /// Gives the header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Gives the program headers.
    ///
    /// # Errors
    /// The table does not lie within the input, or its entries are too small.
    pub fn segments(&self) -> Result<Segments<'a>, Error> {
        let Table { offset, entry_size, count } = self.header.segments;
        let count = match count {
            PN_XNUM => self.first_section()?.info,
            count => u32::from(count),
        };
        let bytes = self.table(offset, entry_size, count.into(), Expected::ProgramHeader)?;
        Ok(Segments::new(bytes, self.header.layout, entry_size))
    }

    /// Gives the section headers; none for an image in memory, where they are not loaded.
    ///
    /// # Errors
    /// The table does not lie within the input, or its entries are too small.
    pub fn sections(&self) -> Result<Sections<'a>, Error> {
        let Table { offset, entry_size, count } = self.header.sections;
        if offset == 0 || self.image.is_some() {
            return Ok(Sections::new(*self, &[], self.header.layout, entry_size));
        }
        let count = match count {
            0 => self.first_section()?.size,
            count => count.into(),
        };
        let bytes = self.table(offset, entry_size, count, Expected::SectionHeader)?;
        Ok(Sections::new(*self, bytes, self.header.layout, entry_size))
    }

    /// Finds the string table that holds the names of sections, if the file has one.
    ///
    /// # Errors
    /// The section it is said to be does not exist, or lies outside the file.
    pub fn section_names(&self) -> Result<&'a [u8], Error> {
        let index = match self.header.section_names {
            0 => return Ok(&[]),
            SHN_XINDEX => self.first_section()?.link,
            index => index.into(),
        };
        let missing = Error::new(Expected::SectionHeader, 0);
        let section = self.sections()?.nth(index as usize).ok_or(missing)?;
        self.section_bytes(&section)
    }

    /// Gives the dynamic section, found through the program headers; none in a program that needs none.
    ///
    /// # Errors
    /// The program headers are broken, or point outside the input.
    pub fn dynamic(&self) -> Result<Option<Dynamic<'a>>, Error> {
        let Some(segment) = self.segments()?.find(|segment| segment.kind == segment_kind::DYNAMIC) else {
            return Ok(None);
        };
        let bytes = match self.image {
            Some(_) => self.from_address(segment.address)?.get(..to_usize(segment.memory_size)?),
            None => Some(self.range(segment.offset, segment.file_size, Expected::DynamicSection)?),
        };
        let bytes = bytes.ok_or(Error::new(Expected::DynamicSection, 0))?;
        Ok(Some(Dynamic::new(*self, bytes)))
    }

    /// Gives what the file holds of a section: nothing for one that is all zeros.
    ///
    /// # Errors
    /// The section lies outside the file.
    pub fn section_bytes(&self, section: &Section) -> Result<&'a [u8], Error> {
        match section.kind {
            section_kind::NOBITS => Ok(&[]),
            _ => self.range(section.offset, section.size, Expected::Section),
        }
    }

    /// Gives the bytes of the file from an address to the end of its segment.
    ///
    /// # Errors
    /// No segment loads that address from the file.
    pub fn from_address(&self, address: u64) -> Result<&'a [u8], Error> {
        let unloaded = Error::new(Expected::Segment, 0);
        let holds = |segment: &Segment| {
            segment.kind == segment_kind::LOAD
                && address.checked_sub(segment.address).is_some_and(|into| into < segment.file_size)
        };
        let segment = match self.image.filter(holds) {
            Some(segment) => segment,
            None => self.segments()?.find(holds).ok_or(unloaded)?,
        };
        let into = address - segment.address;
        let offset = match self.image {
            Some(image) => address.checked_sub(image.address),
            None => segment.offset.checked_add(into),
        };
        self.range(offset.ok_or(unloaded)?, segment.file_size - into, Expected::Segment)
    }

    /// The first section header, which holds counts too large for the ELF header.
    fn first_section(&self) -> Result<Section, Error> {
        let Table { offset, entry_size, .. } = self.header.sections;
        if offset == 0 {
            return Err(Error::new(Expected::SectionHeader, 0));
        }
        let bytes = self.table(offset, entry_size, 1, Expected::SectionHeader)?;
        Section::parse(bytes, self.header.layout)
    }

    fn table(&self, offset: u64, size: u16, count: u64, expected: Expected) -> Result<&'a [u8], Error> {
        let length = u64::from(size).checked_mul(count).ok_or(Error::new(expected, 0))?;
        self.range(offset, length, expected)
    }

    fn range(&self, offset: u64, length: u64, expected: Expected) -> Result<&'a [u8], Error> {
        let mut cursor = Cursor::new(self.bytes);
        cursor.seek(to_usize(offset)?, expected)?;
        cursor.take(to_usize(length)?, expected)
    }
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let magic = cursor.error(Expected::ElfHeader);
        if cursor.array::<4>(Expected::ElfHeader)? != *b"\x7fELF" {
            return Err(magic);
        }
        let class = Class::parse(&mut cursor)?;
        let order = Order::parse(&mut cursor)?;
        let layout = Layout { class, order };
        let version = cursor.error(Expected::ElfHeader);
        if cursor.u8(Expected::ElfHeader)? != 1 {
            return Err(version);
        }
        let os_abi = cursor.u8(Expected::ElfHeader)?;
        cursor.take(8, Expected::ElfHeader)?;
        let kind = layout.u16(&mut cursor, Expected::ElfHeader)?;
        let machine = layout.u16(&mut cursor, Expected::ElfHeader)?;
        layout.u32(&mut cursor, Expected::ElfHeader)?;
        let entry = layout.address(&mut cursor, Expected::ElfHeader)?;
        let segments_at = layout.address(&mut cursor, Expected::ElfHeader)?;
        let sections_at = layout.address(&mut cursor, Expected::ElfHeader)?;
        let flags = layout.u32(&mut cursor, Expected::ElfHeader)?;
        layout.u16(&mut cursor, Expected::ElfHeader)?;
        let segments = Table::parse(segments_at, layout, &mut cursor)?;
        let sections = Table::parse(sections_at, layout, &mut cursor)?;
        let section_names = layout.u16(&mut cursor, Expected::ElfHeader)?;
        Ok(Self { layout, os_abi, kind, machine, entry, flags, segments, sections, section_names })
    }
}

impl Table {
    fn parse(offset: u64, layout: Layout, cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let entry_size = layout.u16(cursor, Expected::ElfHeader)?;
        let count = layout.u16(cursor, Expected::ElfHeader)?;
        Ok(Self { offset, entry_size, count })
    }
}

/// Gives the string at an offset of a string table, without its zero byte.
///
/// # Errors
/// The offset lies outside the table, or no zero byte follows.
pub fn string(table: &[u8], offset: u32) -> Result<&[u8], Error> {
    let mut cursor = Cursor::new(table);
    cursor.seek(to_usize(offset.into())?, Expected::String)?;
    let rest = cursor.rest();
    let end = rest.iter().position(|&byte| byte == 0).ok_or(cursor.error(Expected::String))?;
    cursor.take(end, Expected::String)
}

/// An offset beyond the address space of this machine is beyond any input.
fn to_usize(offset: u64) -> Result<usize, Error> {
    usize::try_from(offset).map_err(|_| Error::new(Expected::Offset, usize::MAX))
}

#[cfg(test)]
mod tests;
