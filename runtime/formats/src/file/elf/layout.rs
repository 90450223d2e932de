//! How wide addresses are, and in which order bytes stand.

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// `EI_CLASS`: the width of addresses, offsets and sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 32 bits.
    Bits32,
    /// 64 bits.
    Bits64,
}

/// `EI_DATA`: the order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Lowest first.
    Little,
    /// Highest first.
    Big,
}

/// Both together: what is needed to read any structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The width of addresses.
    pub class: Class,
    /// The order of bytes.
    pub order: Order,
}

impl Class {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let unknown = cursor.error(Expected::ElfHeader);
        match cursor.u8(Expected::ElfHeader)? {
            1 => Ok(Self::Bits32),
            2 => Ok(Self::Bits64),
            _ => Err(unknown),
        }
    }

    /// Gives the width in bytes of an address.
    pub const fn address_size(self) -> usize {
        match self {
            Self::Bits32 => 4,
            Self::Bits64 => 8,
        }
    }
}

impl Order {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let unknown = cursor.error(Expected::ElfHeader);
        match cursor.u8(Expected::ElfHeader)? {
            1 => Ok(Self::Little),
            2 => Ok(Self::Big),
            _ => Err(unknown),
        }
    }
}

impl Layout {
    pub(super) fn u16(self, cursor: &mut Cursor<'_>, expected: Expected) -> Result<u16, Error> {
        cursor.array(expected).map(|bytes| match self.order {
            Order::Little => u16::from_le_bytes(bytes),
            Order::Big => u16::from_be_bytes(bytes),
        })
    }

    pub(in crate::file) fn u32(self, cursor: &mut Cursor<'_>, expected: Expected) -> Result<u32, Error> {
        cursor.array(expected).map(|bytes| match self.order {
            Order::Little => u32::from_le_bytes(bytes),
            Order::Big => u32::from_be_bytes(bytes),
        })
    }

    pub(super) fn u64(self, cursor: &mut Cursor<'_>, expected: Expected) -> Result<u64, Error> {
        cursor.array(expected).map(|bytes| match self.order {
            Order::Little => u64::from_le_bytes(bytes),
            Order::Big => u64::from_be_bytes(bytes),
        })
    }

    /// Says whether addresses have 64 bits.
    pub(super) const fn is_64(self) -> bool {
        matches!(self.class, Class::Bits64)
    }

    /// Reads what is as wide as an address.
    pub(super) fn address(self, cursor: &mut Cursor<'_>, expected: Expected) -> Result<u64, Error> {
        match self.class {
            Class::Bits32 => self.u32(cursor, expected).map(u64::from),
            Class::Bits64 => self.u64(cursor, expected),
        }
    }
}
