//! Section headers: the linker's parts of a file; nothing that runs needs them.

use super::{Elf, Layout, Symbols, string};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Kinds of sections (`sh_type`).
pub mod section_kind {
    /// All symbols (SHT_SYMTAB).
    pub const SYMTAB: u32 = 2;
    /// Strings (SHT_STRTAB).
    pub const STRTAB: u32 = 3;
    /// Zeros, which the file does not hold (SHT_NOBITS).
    pub const NOBITS: u32 = 8;
    /// Symbols for the dynamic linker (SHT_DYNSYM).
    pub const DYNSYM: u32 = 11;
}

/// One section header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Where its name begins in the section of names.
    pub name: u32,
    /// `sh_type`; see [`section_kind`].
    pub kind: u32,
    /// `sh_flags`.
    pub flags: u64,
    /// Its address in memory, 0 if it is not loaded.
    pub address: u64,
    /// Where it begins in the file.
    pub offset: u64,
    /// Bytes, in the file unless it is zeros.
    pub size: u64,
    /// Index of another section, by kind: of symbols, that of their strings.
    pub link: u32,
    /// A number that the kind explains.
    pub info: u32,
    /// A power of two, or 0.
    pub align: u64,
    /// Bytes of an entry, if it is a table.
    pub entry_size: u64,
}

/// The section headers of a file, in its order.
#[derive(Clone, Debug)]
pub struct Sections<'a> {
    elf: Elf<'a>,
    rest: &'a [u8],
    layout: Layout,
    entry_size: usize,
}

impl<'a> Sections<'a> {
    pub(super) fn new(elf: Elf<'a>, bytes: &'a [u8], layout: Layout, entry_size: u16) -> Self {
        Self { elf, rest: bytes, layout, entry_size: entry_size.into() }
    }

    /// Finds a section by its name, as in `.text`.
    ///
    /// # Errors
    /// The names are missing or broken.
    pub fn find_name(self, name: &[u8]) -> Result<Option<Section>, Error> {
        let names = self.elf.section_names()?;
        Ok(self.into_iter().find(|section| string(names, section.name) == Ok(name)))
    }

    /// Gives the symbols of the first section of a kind, [`section_kind::SYMTAB`] or [`section_kind::DYNSYM`].
    ///
    /// # Errors
    /// The section, or that of its strings, lies outside the file.
    pub fn symbols(self, kind: u32) -> Result<Option<Symbols<'a>>, Error> {
        let (elf, layout) = (self.elf, self.layout);
        let Some(section) = self.clone().find(|section| section.kind == kind) else { return Ok(None) };
        let missing = Error::new(Expected::SectionHeader, 0);
        let names = self.into_iter().nth(section.link as usize).ok_or(missing)?;
        Ok(Some(Symbols::new(elf.section_bytes(&section)?, elf.section_bytes(&names)?, layout)))
    }
}

/// Ends early if the file says that an entry is smaller than the format's.
impl Iterator for Sections<'_> {
    type Item = Section;

    fn next(&mut self) -> Option<Section> {
        let (entry, rest) = self.rest.split_at_checked(self.entry_size)?;
        self.rest = rest;
        Section::parse(entry, self.layout).ok()
    }
}

impl Section {
    pub(super) fn parse(bytes: &[u8], layout: Layout) -> Result<Self, Error> {
        let cursor = &mut Cursor::new(bytes);
        Ok(Self {
            name: layout.u32(cursor, Expected::SectionHeader)?,
            kind: layout.u32(cursor, Expected::SectionHeader)?,
            flags: layout.address(cursor, Expected::SectionHeader)?,
            address: layout.address(cursor, Expected::SectionHeader)?,
            offset: layout.address(cursor, Expected::SectionHeader)?,
            size: layout.address(cursor, Expected::SectionHeader)?,
            link: layout.u32(cursor, Expected::SectionHeader)?,
            info: layout.u32(cursor, Expected::SectionHeader)?,
            align: layout.address(cursor, Expected::SectionHeader)?,
            entry_size: layout.address(cursor, Expected::SectionHeader)?,
        })
    }
}
