//! Versions of symbols, an extension of Sun's that GNU took over: one number a symbol, explained by the versions
//! that the object defines and those that it needs of others ("ELF Symbol Versioning", Drepper; LSB 10.7).

use super::{Layout, string, to_usize};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bit of a symbol's number that hides it from those who ask for no version.
const HIDDEN: u16 = 0x8000;
/// Flag of the definition that names the object itself (VER_FLG_BASE).
const BASE: u16 = 1;

/// The versions of an object's symbols.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'a> {
    of_symbols: &'a [u8],
    defined: (&'a [u8], u64),
    needed: (&'a [u8], u64),
    strings: &'a [u8],
    layout: Layout,
}

/// A version that the object defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition<'a> {
    /// The number that its symbols carry.
    pub index: u16,
    /// `vd_flags`; bit 0 marks the name of the object itself.
    pub flags: u16,
    /// System V hash of the name.
    pub hash: u32,
    /// Its name.
    pub name: &'a [u8],
}

/// A version that the object needs of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need<'a> {
    /// The number that its symbols carry.
    pub index: u16,
    /// `vna_flags`; bit 1 marks one that may be missing.
    pub flags: u16,
    /// System V hash of the name.
    pub hash: u32,
    /// Its name.
    pub name: &'a [u8],
    /// Name of the library that is to define it.
    pub library: &'a [u8],
}

impl<'a> Versions<'a> {
    pub(super) const fn new(
        of_symbols: &'a [u8],
        defined: (&'a [u8], u64),
        needed: (&'a [u8], u64),
        strings: &'a [u8],
        layout: Layout,
    ) -> Self {
        Self { of_symbols, defined, needed, strings, layout }
    }

    /// Gives the version number of a symbol, and whether it is hidden: 0 local, 1 global without a version.
    pub fn of_symbol(&self, index: u32) -> Option<(u16, bool)> {
        let mut cursor = Cursor::new(self.of_symbols);
        cursor.seek((index as usize).checked_mul(2)?, Expected::SymbolVersion).ok()?;
        let number = self.layout.u16(&mut cursor, Expected::SymbolVersion).ok()?;
        Some((number & !HIDDEN, number & HIDDEN != 0))
    }

    /// Gives the versions that are defined here.
    pub fn definitions(&self) -> Definitions<'a> {
        let (bytes, left) = self.defined;
        Definitions { bytes, at: Some(0), left, strings: self.strings, layout: self.layout }
    }

    /// Gives the versions that are needed of others.
    pub fn needs(&self) -> Needs<'a> {
        let (bytes, left) = self.needed;
        Needs { bytes, library: None, next: Some(0), left, strings: self.strings, layout: self.layout }
    }

    /// Says whether a symbol is defined with the version of this name.
    pub fn is_defined_with(&self, index: u32, version: &[u8]) -> bool {
        let Some((number, _)) = self.of_symbol(index) else { return false };
        let mut definitions = self.definitions().filter(|found| found.flags & BASE == 0);
        definitions.any(|found| found.index & !HIDDEN == number && found.name == version)
    }
}

/// The versions that an object defines, up to the first that is broken.
#[derive(Clone, Debug)]
pub struct Definitions<'a> {
    bytes: &'a [u8],
    at: Option<usize>,
    left: u64,
    strings: &'a [u8],
    layout: Layout,
}

impl<'a> Iterator for Definitions<'a> {
    type Item = Definition<'a>;

    fn next(&mut self) -> Option<Definition<'a>> {
        let at = self.at.take()?;
        // Links only lead forward, and there are no more than the count says.
        self.left = self.left.checked_sub(1)?;
        let (definition, next) = self.parse(at).ok()?;
        self.at = forward(at, next);
        Some(definition)
    }
}

impl<'a> Definitions<'a> {
    fn parse(&self, at: usize) -> Result<(Definition<'a>, u32), Error> {
        let (layout, cursor) = (self.layout, &mut Cursor::new(self.bytes));
        cursor.seek(at, Expected::SymbolVersion)?;
        layout.u16(cursor, Expected::SymbolVersion)?;
        let flags = layout.u16(cursor, Expected::SymbolVersion)?;
        let index = layout.u16(cursor, Expected::SymbolVersion)?;
        layout.u16(cursor, Expected::SymbolVersion)?;
        let hash = layout.u32(cursor, Expected::SymbolVersion)?;
        let names = layout.u32(cursor, Expected::SymbolVersion)?;
        let next = layout.u32(cursor, Expected::SymbolVersion)?;
        cursor.seek(beyond(at, names)?, Expected::SymbolVersion)?;
        let name = string(self.strings, layout.u32(cursor, Expected::SymbolVersion)?)?;
        Ok((Definition { index, flags, hash, name }, next))
    }
}

/// The versions that an object needs of others, up to the first that is broken.
#[derive(Clone, Debug)]
pub struct Needs<'a> {
    bytes: &'a [u8],
    /// The library whose versions are being read.
    library: Option<Library<'a>>,
    /// The place of the next library.
    next: Option<usize>,
    left: u64,
    strings: &'a [u8],
    layout: Layout,
}

/// A library of which versions are needed.
#[derive(Clone, Copy, Debug)]
struct Library<'a> {
    name: &'a [u8],
    /// The place of the next version.
    at: usize,
    /// How many versions are left.
    left: u16,
}

impl<'a> Iterator for Needs<'a> {
    type Item = Need<'a>;

    fn next(&mut self) -> Option<Need<'a>> {
        loop {
            if let Some(library) = self.library.take()
                && let Some(left) = library.left.checked_sub(1)
            {
                let (need, next) = self.parse_version(library).ok()?;
                self.library = forward(library.at, next).map(|at| Library { at, left, ..library });
                return Some(need);
            }
            let at = self.next.take()?;
            self.left = self.left.checked_sub(1)?;
            let (library, next) = self.parse_library(at).ok()?;
            self.library = Some(library);
            self.next = forward(at, next);
        }
    }
}

impl<'a> Needs<'a> {
    fn parse_library(&self, at: usize) -> Result<(Library<'a>, u32), Error> {
        let (layout, cursor) = (self.layout, &mut Cursor::new(self.bytes));
        cursor.seek(at, Expected::SymbolVersion)?;
        layout.u16(cursor, Expected::SymbolVersion)?;
        let left = layout.u16(cursor, Expected::SymbolVersion)?;
        let name = string(self.strings, layout.u32(cursor, Expected::SymbolVersion)?)?;
        let versions = layout.u32(cursor, Expected::SymbolVersion)?;
        let next = layout.u32(cursor, Expected::SymbolVersion)?;
        Ok((Library { name, at: beyond(at, versions)?, left }, next))
    }

    fn parse_version(&self, library: Library<'a>) -> Result<(Need<'a>, u32), Error> {
        let (layout, cursor) = (self.layout, &mut Cursor::new(self.bytes));
        cursor.seek(library.at, Expected::SymbolVersion)?;
        let hash = layout.u32(cursor, Expected::SymbolVersion)?;
        let flags = layout.u16(cursor, Expected::SymbolVersion)?;
        let index = layout.u16(cursor, Expected::SymbolVersion)?;
        let name = string(self.strings, layout.u32(cursor, Expected::SymbolVersion)?)?;
        let next = layout.u32(cursor, Expected::SymbolVersion)?;
        Ok((Need { index, flags, hash, name, library: library.name }, next))
    }
}

/// Adds a distance to a place.
fn beyond(at: usize, distance: u32) -> Result<usize, Error> {
    let far = Error::new(Expected::SymbolVersion, at);
    at.checked_add(to_usize(distance.into())?).ok_or(far)
}

/// Follows a link; a distance of 0 is the end.
fn forward(at: usize, distance: u32) -> Option<usize> {
    if distance == 0 { None } else { beyond(at, distance).ok() }
}
