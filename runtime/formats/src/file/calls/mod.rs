//! The system calls that a program of ours can make, as it carries them: a record for each place that makes one.
//!
//! A record is a number, four bytes in the program's order, and the name from the kernel's headers (`__NR_read`) with a
//! zero byte behind. Where the records lie is said by a note of the owner "Spelunk", which the program headers lead to.

mod kernel;
mod known;
pub mod sets;
mod table;

use super::elf::{Elf, Layout, segment_kind};
use crate::cursor::Cursor;
use crate::{Error, Expected};

pub use kernel::{Version, least, since};
pub use known::{Kind, Known, Table, packed, packed_length};

/// Whose note it is.
const OWNER: &[u8] = b"Spelunk\0";
/// The kind of note that tells where the records lie.
const RECORDS: u32 = 1;
/// What names begin with; those of a processor's own calls have its name within (`__ARM_NR_set_tls`).
const PREFIX: &str = "NR_";

/// One place that makes a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The call's number on the program's processor.
    pub number: u32,
    /// The call's name, as manual pages have it.
    pub name: &'a str,
}

/// The records of a program, in the order of the linker: a call may come more than once.
#[derive(Clone, Debug)]
pub struct Calls<'a> {
    cursor: Cursor<'a>,
    layout: Layout,
}

impl<'a> Calls<'a> {
    /// Reads the records themselves.
    pub const fn new(bytes: &'a [u8], layout: Layout) -> Self {
        Self { cursor: Cursor::new(bytes), layout }
    }

    /// Finds the records of a program; none if it carries no note of them.
    ///
    /// # Errors
    /// The file is no ELF file, or its note does not lead to records within it.
    pub fn of_program(file: &'a [u8]) -> Result<Option<Self>, Error> {
        let elf = Elf::parse(file)?;
        let layout = elf.header().layout;
        for segment in elf.segments()?.filter(|segment| segment.kind == segment_kind::NOTE) {
            let notes = sized(&elf, segment.address, segment.file_size)?;
            if let Some((address, size)) = note(notes, layout, segment.address)? {
                return Ok(Some(Self::new(sized(&elf, address, size)?, layout)));
            }
        }
        Ok(None)
    }

    fn record(&mut self) -> Result<Call<'a>, Error> {
        let number = self.layout.u32(&mut self.cursor, Expected::Number)?;
        let rest = self.cursor.rest();
        let length = rest.iter().position(|byte| *byte == 0).ok_or(self.cursor.error(Expected::Word))?;
        let name = self.cursor.take(length, Expected::Word)?;
        self.cursor.take(1, Expected::Word)?;
        let name = str::from_utf8(name).ok().and_then(|name| name.split_once(PREFIX));
        Ok(Call { number, name: name.ok_or(self.cursor.error(Expected::Word))?.1 })
    }
}

/// Ends after the first record that is not one: it gives the error.
impl<'a> Iterator for Calls<'a> {
    type Item = Result<Call<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_err() {
            self.cursor = Cursor::new(&[]);
        }
        Some(record)
    }
}

/// Gives so many bytes of the file from an address on.
fn sized<'a>(elf: &Elf<'a>, address: u64, size: u64) -> Result<&'a [u8], Error> {
    let bytes = usize::try_from(size).ok().and_then(|size| elf.from_address(address).ok()?.get(..size));
    bytes.ok_or(Error::new(Expected::Segment, 0))
}

/// Looks through the notes at an address for ours; gives the address and the size in bytes of the records.
///
/// The note holds the distances to their start and to their end, four bytes each, each from its own place: so it needs no
/// relocation.
fn note(notes: &[u8], layout: Layout, address: u64) -> Result<Option<(u64, u64)>, Error> {
    let cursor = &mut Cursor::new(notes);
    while !cursor.is_empty() {
        let owner = layout.u32(cursor, Expected::Segment)? as usize;
        let size = layout.u32(cursor, Expected::Segment)? as usize;
        let kind = layout.u32(cursor, Expected::Segment)?;
        let owner = cursor.take(owner.next_multiple_of(4), Expected::Segment)?;
        if owner == OWNER && kind == RECORDS {
            let mut place = || {
                let at = address.wrapping_add(cursor.at() as u64);
                let distance = layout.u32(cursor, Expected::Segment)?;
                Ok(at.wrapping_add_signed(distance.cast_signed().into()))
            };
            let (start, end) = (place()?, place()?);
            return Ok(Some((start, end.saturating_sub(start))));
        }
        cursor.take(size.next_multiple_of(4), Expected::Segment)?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::elf::{Class, Order};

    const LITTLE: Layout = Layout { class: Class::Bits64, order: Order::Little };

    #[test]
    fn records_are_read_up_to_the_first_broken_one() {
        let bytes = b"\x00\0\0\0__NR_read\0\x05\0\x0f\0__ARM_NR_set_tls\0";
        let mut calls = Calls::new(bytes, LITTLE);
        assert_eq!(calls.next(), Some(Ok(Call { number: 0, name: "read" })));
        assert_eq!(calls.next(), Some(Ok(Call { number: 0xf_0005, name: "set_tls" })));
        assert_eq!(calls.next(), None);
        for length in 1..bytes.len() {
            let read: Vec<_> = Calls::new(&bytes[..length], LITTLE).collect();
            assert_eq!(
                read.iter().filter(|record| record.is_err()).count(),
                usize::from(length != 14),
                "{length}"
            );
        }
        let big = Layout { order: Order::Big, ..LITTLE };
        assert_eq!(Calls::new(b"\0\0\0\x01__NR_exit\0", big).next().unwrap().unwrap().number, 1);
        assert!(Calls::new(b"\0\0\0\x01exit\0", big).next().unwrap().is_err());
    }

    #[test]
    fn the_note_is_found_behind_others_and_leads_from_its_own_place() {
        let mut notes = Vec::from(*b"\x04\0\0\0\x01\0\0\0\x03\0\0\0GNU\0\x77\0\0\0");
        notes.extend_from_slice(b"\x08\0\0\0\x08\0\0\0\x01\0\0\0Spelunk\0");
        let place = 0x1000 + notes.len() as u64;
        notes.extend_from_slice(&(-0x100_i32).to_le_bytes());
        notes.extend_from_slice(&(-0x40_i32).to_le_bytes());
        assert_eq!(note(&notes, LITTLE, 0x1000), Ok(Some((place - 0x100, 0xc4))));
        assert_eq!(note(&notes[..20], LITTLE, 0x1000), Ok(None));
        for length in (1..notes.len()).filter(|length| *length != 20) {
            assert!(note(&notes[..length], LITTLE, 0x1000).is_err(), "{length}");
        }
    }
}
