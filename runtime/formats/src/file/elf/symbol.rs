//! Symbols: names of addresses.

use super::{Class, Layout, string};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// One symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Where its name begins in the table of strings.
    pub name: u32,
    /// Binding in the high half, type in the low.
    pub info: u8,
    /// Visibility in the low two bits.
    pub other: u8,
    /// Index of the section that defines it, or a special value; 0 if another object must.
    pub section: u16,
    /// Its address, exact: nothing is to be rounded.
    pub value: u64,
    /// Bytes it covers.
    pub size: u64,
}

impl Symbol {
    /// Gives the binding (`STB_…`): 0 local, 1 global, 2 weak.
    pub const fn binding(&self) -> u8 {
        self.info >> 4
    }

    /// Gives the type (`STT_…`): 0 none, 1 object, 2 function, and others.
    pub const fn kind(&self) -> u8 {
        self.info & 0xf
    }

    /// Says whether this object defines it.
    pub const fn is_defined(&self) -> bool {
        self.section != 0
    }

    /// Says whether it is a defined function that other objects may call. Some kernels leave the type out.
    pub const fn is_callable(&self) -> bool {
        self.is_defined() && matches!(self.binding(), 1 | 2) && matches!(self.kind(), 0 | 2)
    }

    fn parse(bytes: &[u8], layout: Layout) -> Result<Self, Error> {
        let cursor = &mut Cursor::new(bytes);
        let name = layout.u32(cursor, Expected::Symbol)?;
        // The narrow fields stand where alignment lets them.
        let mut wide = None;
        if layout.class == Class::Bits32 {
            wide =
                Some((layout.address(cursor, Expected::Symbol)?, layout.address(cursor, Expected::Symbol)?));
        }
        let info = cursor.u8(Expected::Symbol)?;
        let other = cursor.u8(Expected::Symbol)?;
        let section = layout.u16(cursor, Expected::Symbol)?;
        let (value, size) = match wide {
            Some(wide) => wide,
            None => (layout.address(cursor, Expected::Symbol)?, layout.address(cursor, Expected::Symbol)?),
        };
        Ok(Self { name, info, other, section, value, size })
    }
}

/// A table of symbols and the strings that name them.
#[derive(Clone, Copy, Debug)]
pub struct Symbols<'a> {
    bytes: &'a [u8],
    strings: &'a [u8],
    layout: Layout,
}

impl<'a> Symbols<'a> {
    pub(super) const fn new(bytes: &'a [u8], strings: &'a [u8], layout: Layout) -> Self {
        Self { bytes, strings, layout }
    }

    /// Gives the number of symbols that the table has room for, the empty first included.
    ///
    /// A table found through the dynamic section of an image has no length of its own: then this is what its
    /// segment has room for, and [`super::Dynamic::symbol_count`] knows better.
    pub const fn room(&self) -> usize {
        self.bytes.len() / self.entry_size()
    }

    /// Gives a symbol by its index.
    ///
    /// # Errors
    /// The table ends before it.
    pub fn get(&self, index: u32) -> Result<Symbol, Error> {
        let size = self.entry_size();
        let past = Error::new(Expected::Symbol, self.bytes.len());
        let at = (index as usize).checked_mul(size).ok_or(past)?;
        let entry = self.bytes.get(at..).and_then(|rest| rest.get(..size)).ok_or(past)?;
        Symbol::parse(entry, self.layout)
    }

    /// Gives a symbol's name.
    ///
    /// # Errors
    /// It lies outside the strings.
    pub fn name(&self, symbol: &Symbol) -> Result<&'a [u8], Error> {
        string(self.strings, symbol.name)
    }

    /// Gives all symbols that the table has room for.
    pub fn iter(&self) -> impl Iterator<Item = Symbol> + use<'a> {
        let layout = self.layout;
        self.bytes.chunks_exact(self.entry_size()).filter_map(move |entry| Symbol::parse(entry, layout).ok())
    }

    /// Finds the function that an address lies in.
    pub fn function_at(&self, address: u64) -> Option<Symbol> {
        const FUNCTION: u8 = 2;
        let covers = |symbol: &Symbol| {
            symbol.info & 15 == FUNCTION
                && address.checked_sub(symbol.value).is_some_and(|distance| distance < symbol.size)
        };
        self.iter().find(covers)
    }

    const fn entry_size(&self) -> usize {
        match self.layout.class {
            Class::Bits32 => 16,
            Class::Bits64 => 24,
        }
    }
}
