//! Program headers: the parts of a file that are loaded, and what the loader is told beside.

use super::{Class, Layout};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Kinds of segments (`p_type`).
pub mod segment_kind {
    /// To be mapped (PT_LOAD).
    pub const LOAD: u32 = 1;
    /// The dynamic section (PT_DYNAMIC).
    pub const DYNAMIC: u32 = 2;
    /// Path of the dynamic linker (PT_INTERP).
    pub const INTERPRETER: u32 = 3;
    /// Notes (PT_NOTE).
    pub const NOTE: u32 = 4;
    /// Initial values of thread-local variables (PT_TLS).
    pub const TLS: u32 = 7;
    /// Flags of the stack (PT_GNU_STACK).
    pub const GNU_STACK: u32 = 0x6474_e551;
    /// Read-only after relocation (PT_GNU_RELRO).
    pub const GNU_RELRO: u32 = 0x6474_e552;
}

/// Bits of `p_flags`.
pub mod segment_flags {
    /// May be executed (PF_X).
    pub const EXECUTE: u32 = 1;
    /// May be written (PF_W).
    pub const WRITE: u32 = 2;
    /// May be read (PF_R).
    pub const READ: u32 = 4;
}

/// One program header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// `p_type`; see [`segment_kind`].
    pub kind: u32,
    /// `p_flags`; see [`segment_flags`].
    pub flags: u32,
    /// Where it begins in the file.
    pub offset: u64,
    /// Its address, before the load address is added (`p_vaddr`).
    pub address: u64,
    /// `p_paddr`, of no meaning on Linux.
    pub physical: u64,
    /// Bytes in the file.
    pub file_size: u64,
    /// Bytes in memory; those beyond the file's are zero.
    pub memory_size: u64,
    /// A power of two, or 0.
    pub align: u64,
}

/// The program headers of a file, in its order.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    rest: &'a [u8],
    layout: Layout,
    entry_size: usize,
}

impl<'a> Segments<'a> {
    pub(super) fn new(bytes: &'a [u8], layout: Layout, entry_size: u16) -> Self {
        Self { rest: bytes, layout, entry_size: entry_size.into() }
    }
}

/// Ends early if the file says that an entry is smaller than the format's.
impl Iterator for Segments<'_> {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        let (entry, rest) = self.rest.split_at_checked(self.entry_size)?;
        self.rest = rest;
        Segment::parse(entry, self.layout).ok()
    }
}

impl Segment {
    fn parse(bytes: &[u8], layout: Layout) -> Result<Self, Error> {
        let cursor = &mut Cursor::new(bytes);
        let kind = layout.u32(cursor, Expected::ProgramHeader)?;
        // The flags stand where alignment lets them.
        let early = match layout.class {
            Class::Bits64 => Some(layout.u32(cursor, Expected::ProgramHeader)?),
            Class::Bits32 => None,
        };
        let offset = layout.address(cursor, Expected::ProgramHeader)?;
        let address = layout.address(cursor, Expected::ProgramHeader)?;
        let physical = layout.address(cursor, Expected::ProgramHeader)?;
        let file_size = layout.address(cursor, Expected::ProgramHeader)?;
        let memory_size = layout.address(cursor, Expected::ProgramHeader)?;
        let flags = match early {
            Some(flags) => flags,
            None => layout.u32(cursor, Expected::ProgramHeader)?,
        };
        let align = layout.address(cursor, Expected::ProgramHeader)?;
        Ok(Self { kind, flags, offset, address, physical, file_size, memory_size, align })
    }

    /// Says whether the segment may be executed, written and read: all of the given [`segment_flags`].
    pub const fn allows(&self, flags: u32) -> bool {
        self.flags & flags == flags
    }
}
