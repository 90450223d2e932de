//! Hash tables of symbol names: System V's, of the gABI, and GNU's, which most objects have today. An object may
//! have either or both.

use super::{Layout, Symbol, Symbols};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Either table.
#[derive(Clone, Copy, Debug)]
pub enum HashTable<'a> {
    /// GNU's.
    Gnu(GnuHash<'a>),
    /// System V's.
    Sysv(SysvHash<'a>),
}

impl HashTable<'_> {
    /// Finds the first symbol with this name that suits; gives its index too.
    pub fn find(
        &self,
        name: &[u8],
        symbols: &Symbols<'_>,
        mut suits: impl FnMut(u32, &Symbol) -> bool,
    ) -> Option<(u32, Symbol)> {
        let check = |index| {
            let symbol = symbols.get(index).ok()?;
            (symbols.name(&symbol) == Ok(name) && suits(index, &symbol)).then_some((index, symbol))
        };
        match self {
            Self::Gnu(table) => table.candidates(name).find_map(check),
            Self::Sysv(table) => table.candidates(name).find_map(check),
        }
    }
}

/// Hashes a name as System V's table does.
pub fn sysv_hash(name: &[u8]) -> u32 {
    name.iter().fold(0, |hash: u32, &byte| {
        let hash = (hash << 4).wrapping_add(byte.into());
        let high = hash & 0xf000_0000;
        (hash ^ (high >> 24)) & !high
    })
}

/// Hashes a name as GNU's table does.
pub fn gnu_hash(name: &[u8]) -> u32 {
    name.iter().fold(5381, |hash: u32, &byte| hash.wrapping_mul(33).wrapping_add(byte.into()))
}

/// System V's table: buckets hold the first symbol of a chain, each symbol's entry the next.
#[derive(Clone, Copy, Debug)]
pub struct SysvHash<'a> {
    buckets: Words<'a>,
    chains: Words<'a>,
}

impl<'a> SysvHash<'a> {
    pub(super) fn parse(bytes: &'a [u8], layout: Layout, wide: bool) -> Result<Self, Error> {
        let words = |bytes| Words { bytes, layout, wide };
        let cursor = &mut Cursor::new(bytes);
        let head = cursor.take(2 * words(bytes).width(), Expected::HashTable)?;
        let (buckets, chains) = (words(head).get(0), words(head).get(1));
        let mut take = |count: Option<u32>, expected| {
            let length = (count.unwrap_or(0) as usize).checked_mul(words(bytes).width());
            Ok(words(cursor.take(length.ok_or(cursor.error(expected))?, expected)?))
        };
        Ok(Self { buckets: take(buckets, Expected::HashTable)?, chains: take(chains, Expected::HashTable)? })
    }

    /// Gives the number of symbols: there is a chain entry for each.
    pub fn symbol_count(&self) -> u32 {
        self.chains.count()
    }

    /// Gives the symbols whose name may be this one.
    pub fn candidates(&self, name: &[u8]) -> impl Iterator<Item = u32> + use<'a> {
        let bucket = sysv_hash(name).checked_rem(self.buckets.count());
        let first = bucket.and_then(|bucket| self.buckets.get(bucket)).filter(|&index| index != 0);
        let chains = self.chains;
        let next = move |&index: &u32| chains.get(index).filter(|&index| index != 0);
        // A chain longer than the table goes in a circle.
        core::iter::successors(first, next).take(chains.count() as usize)
    }
}

/// GNU's table: a Bloom filter, buckets with the first symbol of a run, and the hash of each symbol, whose lowest
/// bit marks the end of the run.
#[derive(Clone, Copy, Debug)]
pub struct GnuHash<'a> {
    first_symbol: u32,
    filter: &'a [u8],
    filter_shift: u32,
    buckets: Words<'a>,
    hashes: Words<'a>,
    layout: Layout,
}

impl<'a> GnuHash<'a> {
    pub(super) fn parse(bytes: &'a [u8], layout: Layout) -> Result<Self, Error> {
        let cursor = &mut Cursor::new(bytes);
        let buckets = layout.u32(cursor, Expected::HashTable)?;
        let first_symbol = layout.u32(cursor, Expected::HashTable)?;
        let filter = layout.u32(cursor, Expected::HashTable)?;
        let filter_shift = layout.u32(cursor, Expected::HashTable)?;
        let too_long = cursor.error(Expected::HashTable);
        let length = |count: u32, width| (count as usize).checked_mul(width).ok_or(too_long);
        let filter = cursor.take(length(filter, layout.class.address_size())?, Expected::HashTable)?;
        let buckets = cursor.take(length(buckets, 4)?, Expected::HashTable)?;
        let words = |bytes| Words { bytes, layout, wide: false };
        let (buckets, hashes) = (words(buckets), words(cursor.rest()));
        Ok(Self { first_symbol, filter, filter_shift, buckets, hashes, layout })
    }

    /// Gives the number of symbols: one more than the last of the run that begins last.
    ///
    /// # Errors
    /// That run has no end.
    pub fn symbol_count(&self) -> Result<u32, Error> {
        let endless = Error::new(Expected::HashTable, 0);
        let starts = (0..self.buckets.count()).filter_map(|bucket| self.buckets.get(bucket));
        let last = starts.max().unwrap_or(0);
        if last < self.first_symbol {
            return Ok(self.first_symbol);
        }
        let end = (last..=u32::MAX).find_map(|index| match self.hash_of(index) {
            Some(hash) if hash & 1 == 0 => None,
            end => Some(end.map(|_| index)),
        });
        end.flatten().and_then(|last| last.checked_add(1)).ok_or(endless)
    }

    /// Gives the symbols whose name may be this one.
    pub fn candidates(&self, name: &[u8]) -> impl Iterator<Item = u32> + use<'a> {
        let (hash, this) = (gnu_hash(name), *self);
        let bucket = hash.checked_rem(self.buckets.count()).filter(|_| self.may_hold(hash));
        let first = bucket.and_then(|bucket| self.buckets.get(bucket)).filter(|&index| index != 0);
        let run = core::iter::successors(first.zip(first.and_then(|index| this.hash_of(index))), move |at| {
            let (index, found) = *at;
            let next = index.checked_add(1).filter(|_| found & 1 == 0)?;
            Some((next, this.hash_of(next)?))
        });
        run.filter(move |(_, found)| found | 1 == hash | 1).map(|(index, _)| index)
    }

    /// Asks the Bloom filter: false is certain.
    fn may_hold(&self, hash: u32) -> bool {
        let width = self.layout.class.address_size();
        let bits = 8 * width as u32;
        let Some(word) = (hash / bits).checked_rem((self.filter.len() / width) as u32) else { return false };
        let mut cursor = Cursor::new(self.filter);
        let seek = cursor.seek(word as usize * width, Expected::HashTable);
        let Ok(word) = seek.and_then(|()| self.layout.address(&mut cursor, Expected::HashTable)) else {
            return false;
        };
        let second = hash.checked_shr(self.filter_shift).unwrap_or(0);
        word >> (hash % bits) & word >> (second % bits) & 1 == 1
    }

    fn hash_of(&self, index: u32) -> Option<u32> {
        self.hashes.get(index.checked_sub(self.first_symbol)?)
    }
}

/// A table of numbers that fit 32 bits, each in 32 bits or in 64.
#[derive(Clone, Copy, Debug)]
struct Words<'a> {
    bytes: &'a [u8],
    layout: Layout,
    wide: bool,
}

impl Words<'_> {
    const fn width(&self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.bytes.len() / self.width()).unwrap_or(u32::MAX)
    }

    fn get(&self, index: u32) -> Option<u32> {
        let mut cursor = Cursor::new(self.bytes);
        cursor.seek((index as usize).checked_mul(self.width())?, Expected::HashTable).ok()?;
        match self.wide {
            true => u32::try_from(self.layout.u64(&mut cursor, Expected::HashTable).ok()?).ok(),
            false => self.layout.u32(&mut cursor, Expected::HashTable).ok(),
        }
    }
}
