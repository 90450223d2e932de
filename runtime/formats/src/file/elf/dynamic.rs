//! The dynamic section: what a dynamic linker is told, and the way to symbols without section headers.

use super::hash::{GnuHash, HashTable, SysvHash};
use super::{Elf, Layout, Symbol, Symbols, Versions, string, to_usize};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Tags of entries (`d_tag`).
pub mod tag {
    /// Name of a library that is needed (DT_NEEDED).
    pub const NEEDED: u64 = 1;
    /// System V hash table (DT_HASH).
    pub const HASH: u64 = 4;
    /// Strings (DT_STRTAB).
    pub const STRTAB: u64 = 5;
    /// Symbols (DT_SYMTAB).
    pub const SYMTAB: u64 = 6;
    /// Bytes of strings (DT_STRSZ).
    pub const STRSZ: u64 = 10;
    /// The object's own name (DT_SONAME).
    pub const SONAME: u64 = 14;
    /// GNU hash table (DT_GNU_HASH).
    pub const GNU_HASH: u64 = 0x6fff_fef5;
    /// Version of each symbol (DT_VERSYM).
    pub const VERSYM: u64 = 0x6fff_fff0;
    /// Versions defined here (DT_VERDEF).
    pub const VERDEF: u64 = 0x6fff_fffc;
    /// Their number (DT_VERDEFNUM).
    pub const VERDEFNUM: u64 = 0x6fff_fffd;
    /// Versions needed of others (DT_VERNEED).
    pub const VERNEED: u64 = 0x6fff_fffe;
    /// The number of libraries they are needed of (DT_VERNEEDNUM).
    pub const VERNEEDNUM: u64 = 0x6fff_ffff;
}

/// `e_machine` of the processors whose System V hash tables have entries of 64 bits.
const WIDE_HASH: [u16; 2] = [22, 0x9026];

/// One entry: a tag, and a number or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the value says; see [`tag`].
    pub tag: u64,
    /// The value.
    pub value: u64,
}

/// The dynamic section of an ELF file or image.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic<'a> {
    elf: Elf<'a>,
    bytes: &'a [u8],
    /// The values of [`TABLES`], in that order: read once, since a search asks for most of them.
    tables: [Option<u64>; TABLES.len()],
}

/// Tags of the entries that lead to symbols.
const TABLES: [u64; 10] = [
    tag::HASH,
    tag::STRTAB,
    tag::SYMTAB,
    tag::STRSZ,
    tag::GNU_HASH,
    tag::VERSYM,
    tag::VERDEF,
    tag::VERDEFNUM,
    tag::VERNEED,
    tag::VERNEEDNUM,
];

/// Entries up to the one that says the end.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    cursor: Cursor<'a>,
    layout: Layout,
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let tag = self.layout.address(&mut self.cursor, Expected::DynamicSection).ok()?;
        let value = self.layout.address(&mut self.cursor, Expected::DynamicSection).ok()?;
        (tag != 0).then_some(Entry { tag, value })
    }
}

impl<'a> Dynamic<'a> {
    pub(super) fn new(elf: Elf<'a>, bytes: &'a [u8]) -> Self {
        let mut this = Self { elf, bytes, tables: [None; TABLES.len()] };
        for entry in this.entries() {
            let place = TABLES.iter().position(|&tag| tag == entry.tag);
            if let Some(value) = place.and_then(|place| this.tables.get_mut(place)) {
                *value = Some(entry.value);
            }
        }
        this
    }

    /// Gives the entries in their order.
    pub fn entries(&self) -> Entries<'a> {
        Entries { cursor: Cursor::new(self.bytes), layout: self.elf.header().layout }
    }

    /// Gives the value of the last entry with a tag, as dynamic linkers take it.
    pub fn get(&self, tag: u64) -> Option<u64> {
        if let Some(place) = TABLES.iter().position(|&known| known == tag) {
            return self.tables.get(place).copied().flatten();
        }
        self.entries().filter(|entry| entry.tag == tag).last().map(|entry| entry.value)
    }

    /// Gives the names of the libraries that are needed.
    ///
    /// # Errors
    /// The strings lie outside the input.
    pub fn needed(&self) -> Result<impl Iterator<Item = Result<&'a [u8], Error>> + use<'a>, Error> {
        let strings = self.strings()?;
        let of_libraries = self.entries().filter(|entry| entry.tag == tag::NEEDED);
        Ok(of_libraries.map(move |entry| string(strings, u32::try_from(entry.value).unwrap_or(u32::MAX))))
    }

    /// Gives the table of strings.
    ///
    /// # Errors
    /// It is missing or lies outside the input.
    pub fn strings(&self) -> Result<&'a [u8], Error> {
        let all = self.table(tag::STRTAB, Expected::StringTable)?;
        let size = self.get(tag::STRSZ).ok_or(Error::new(Expected::StringTable, 0))?;
        all.get(..to_usize(size)?).ok_or(Error::new(Expected::StringTable, 0))
    }

    /// Gives the symbols.
    ///
    /// # Errors
    /// They or their strings are missing or lie outside the input.
    pub fn symbols(&self) -> Result<Symbols<'a>, Error> {
        let bytes = self.table(tag::SYMTAB, Expected::SymbolTable)?;
        Ok(Symbols::new(bytes, self.strings()?, self.elf.header().layout))
    }

    /// Gives the hash table of the symbols' names: GNU's if there is one, else System V's. An object may have only
    /// one of them.
    ///
    /// # Errors
    /// There is none, or it lies outside the input.
    pub fn hash_table(&self) -> Result<HashTable<'a>, Error> {
        match self.get(tag::GNU_HASH) {
            Some(_) => self.gnu_hash().map(HashTable::Gnu),
            None => self.sysv_hash().map(HashTable::Sysv),
        }
    }

    /// Gives the GNU hash table.
    ///
    /// # Errors
    /// As for [`Dynamic::hash_table`].
    pub fn gnu_hash(&self) -> Result<GnuHash<'a>, Error> {
        GnuHash::parse(self.table(tag::GNU_HASH, Expected::HashTable)?, self.elf.header().layout)
    }

    /// Gives the System V hash table.
    ///
    /// # Errors
    /// As for [`Dynamic::hash_table`].
    pub fn sysv_hash(&self) -> Result<SysvHash<'a>, Error> {
        let wide = WIDE_HASH.contains(&self.elf.header().machine) && self.elf.header().layout.is_64();
        SysvHash::parse(self.table(tag::HASH, Expected::HashTable)?, self.elf.header().layout, wide)
    }

    /// Gives the number of symbols, which only the hash tables know.
    ///
    /// # Errors
    /// There is no hash table, or it is broken.
    pub fn symbol_count(&self) -> Result<u32, Error> {
        match self.get(tag::HASH) {
            Some(_) => self.sysv_hash().map(|table| table.symbol_count()),
            None => self.gnu_hash()?.symbol_count(),
        }
    }

    /// Gives the versions of symbols, if the object has any.
    ///
    /// # Errors
    /// Their tables lie outside the input.
    pub fn versions(&self) -> Result<Option<Versions<'a>>, Error> {
        if self.get(tag::VERSYM).is_none() {
            return Ok(None);
        }
        let of_symbols = self.table(tag::VERSYM, Expected::SymbolVersion)?;
        let table = |tag, count, expected| match (self.get(tag), self.get(count)) {
            (Some(_), Some(count)) => Ok((self.table(tag, expected)?, count)),
            _ => Ok::<(&[u8], u64), Error>((&[], 0)),
        };
        let defined = table(tag::VERDEF, tag::VERDEFNUM, Expected::SymbolVersion)?;
        let needed = table(tag::VERNEED, tag::VERNEEDNUM, Expected::SymbolVersion)?;
        Ok(Some(Versions::new(of_symbols, defined, needed, self.strings()?, self.elf.header().layout)))
    }

    /// Finds a function by its name and the version it is defined with.
    ///
    /// # Errors
    /// A table that the search needs is missing or lies outside the input.
    pub fn find_function(&self, name: &[u8], version: &[u8]) -> Result<Option<Symbol>, Error> {
        let symbols = self.symbols()?;
        let Some(versions) = self.versions()? else { return Ok(None) };
        let found = self.hash_table()?.find(name, &symbols, |index, symbol| {
            symbol.is_callable() && versions.is_defined_with(index, version)
        });
        Ok(found.map(|(_, symbol)| symbol))
    }

    /// The bytes from the address that an entry gives to the end of the segment.
    fn table(&self, tag: u64, expected: Expected) -> Result<&'a [u8], Error> {
        let address = self.get(tag).ok_or(Error::new(expected, 0))?;
        self.elf.from_address(address)
    }
}
