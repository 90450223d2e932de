//! The calls that the kernel has on each processor, with what their arguments are.
//!
//! The table itself ([`table`](super::table)) is a constant of all processors. What a program carries is a [`packed`] text of
//! its own processor's rows, made when it is compiled: a third of the size, and nothing in it to relocate.

use super::table::ROWS;
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Where a processor has no such call.
pub(super) const NONE: u16 = u16::MAX;

/// The machine numbers (`e_machine`, elf(5)) in the order of a row's numbers: x86_64, aarch64, riscv64, arm, x86.
const MACHINES: [u16; 5] = [62, 183, 243, 40, 3];

/// One call.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) name: &'static str,
    kinds: &'static str,
    numbers: [u16; MACHINES.len()],
}

/// Makes a row.
pub(super) const fn row(name: &'static str, kinds: &'static str, numbers: [u16; MACHINES.len()]) -> Row {
    Row { name, kinds, numbers }
}

/// What an argument is, and so how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `d`: a descriptor.
    Descriptor,
    /// `s`: the address of a text with a zero byte behind.
    Text,
    /// `b`: the address of bytes that the kernel reads; the next argument says how many.
    Input,
    /// `o`: the address of bytes that the kernel writes; the next argument says how many at most, the result how many.
    Output,
    /// `i`: a number with a sign.
    Signed,
    /// `u`: a number without one.
    Unsigned,
    /// `f`: flags.
    Flags,
    /// `m`: a file's mode.
    Mode,
    /// `g`: a signal.
    Signal,
    /// `t`: the address of a time of seconds and nanoseconds.
    Time,
    /// `v`: the address of descriptions of buffers; the next argument says how many.
    Vectors,
    /// `a`: the address of a socket's address; the next argument says how long it is.
    Address,
    /// `n`: the address of addresses of texts, a null behind them.
    Texts,
    /// `l`: an offset of 64 bits, which narrow processors pass in two registers.
    Offset,
    /// `q`: the address of two descriptors that the kernel gives.
    Pair,
    /// `w`: the address of a child's status that the kernel gives.
    Status,
    /// `p`: any other address.
    Pointer,
}

impl Kind {
    const fn of_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'd' => Self::Descriptor,
            b's' => Self::Text,
            b'b' => Self::Input,
            b'o' => Self::Output,
            b'i' => Self::Signed,
            b'u' => Self::Unsigned,
            b'f' => Self::Flags,
            b'm' => Self::Mode,
            b'g' => Self::Signal,
            b't' => Self::Time,
            b'v' => Self::Vectors,
            b'a' => Self::Address,
            b'n' => Self::Texts,
            b'l' => Self::Offset,
            b'q' => Self::Pair,
            b'w' => Self::Status,
            b'p' => Self::Pointer,
            _ => return None,
        })
    }
}

/// A call of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its number there.
    pub number: u32,
    /// Its name, as manual pages have it.
    pub name: &'a str,
    letters: &'a str,
}

impl<'a> Known<'a> {
    /// Gives what its arguments are; none if nobody knows how many it has, as of calls that are long gone.
    pub fn kinds(&self) -> Option<impl Iterator<Item = Kind> + use<'a>> {
        let letters = self.letters.bytes();
        (self.letters != "?").then(|| letters.filter_map(Kind::of_letter))
    }
}

/// Finds a machine's column; that of one that the table has not is beyond all, which the compiler refuses.
const fn column(machine: u16) -> usize {
    let mut column = 0;
    while column < MACHINES.len() && MACHINES[column] != machine {
        column += 1;
    }
    column
}

/// Says how long [`packed`] is for a machine.
pub const fn packed_length(machine: u16) -> usize {
    let (column, mut length, mut at) = (column(machine), 0, 0);
    while at < ROWS.len() {
        let row = &ROWS[at];
        if row.numbers[column] != NONE {
            length += 4 + row.name.len() + row.kinds.len();
        }
        at += 1;
    }
    length
}

/// Gives the calls of one machine (`e_machine`): for each its number, the lengths of its name and of its letters, and both.
///
/// # Panics
/// The table has no such machine, or the length is not [`packed_length`]: then the constant that it is to make is none.
pub const fn packed<const LENGTH: usize>(machine: u16) -> [u8; LENGTH] {
    let (column, mut bytes, mut end, mut at) = (column(machine), [0; LENGTH], 0, 0);
    while at < ROWS.len() {
        let row = &ROWS[at];
        at += 1;
        let number = row.numbers[column];
        if number == NONE {
            continue;
        }
        let [low, high] = number.to_le_bytes();
        let head = [low, high, row.name.len() as u8, row.kinds.len() as u8];
        end = append(&mut bytes, end, &head);
        end = append(&mut bytes, end, row.name.as_bytes());
        end = append(&mut bytes, end, row.kinds.as_bytes());
    }
    assert!(end == LENGTH, "not the length of this machine's calls");
    bytes
}

const fn append<const LENGTH: usize>(bytes: &mut [u8; LENGTH], mut end: usize, more: &[u8]) -> usize {
    let mut at = 0;
    while at < more.len() {
        bytes[end] = more[at];
        (at, end) = (at + 1, end + 1);
    }
    end
}

/// Reads a [`packed`] table; ends where it is damaged.
#[derive(Clone, Debug)]
pub struct Table<'a>(Cursor<'a>);

impl<'a> Table<'a> {
    /// Begins at the first call by name.
    pub const fn new(packed: &'a [u8]) -> Self {
        Self(Cursor::new(packed))
    }

    fn row(&mut self) -> Result<Known<'a>, Error> {
        let cursor = &mut self.0;
        let number = u32::from(u16::from_le_bytes(cursor.array(Expected::Number)?));
        let [name, letters] = [cursor.u8(Expected::Number)?, cursor.u8(Expected::Number)?];
        let mut word = |length: u8| {
            let word = cursor.take(usize::from(length), Expected::Word)?;
            str::from_utf8(word).map_err(|_| cursor.error(Expected::Word))
        };
        Ok(Known { number, name: word(name)?, letters: word(letters)? })
    }
}

impl<'a> Iterator for Table<'a> {
    type Item = Known<'a>;

    fn next(&mut self) -> Option<Known<'a>> {
        self.row().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const X86_64: u16 = 62;
    const ARM: u16 = 40;

    static WIDE: [u8; packed_length(X86_64)] = packed(X86_64);
    static NARROW: [u8; packed_length(ARM)] = packed(ARM);

    fn find(name: &str) -> Known<'static> {
        Table::new(&WIDE).find(|call| call.name == name).unwrap()
    }

    #[test]
    fn calls_have_numbers_names_and_kinds() {
        let kinds = |name| find(name).kinds().unwrap().collect::<Vec<_>>();
        assert_eq!(find("openat").number, 257);
        assert_eq!(kinds("openat"), [Kind::Descriptor, Kind::Text, Kind::Flags, Kind::Mode]);
        assert_eq!(kinds("getpid"), []);
        assert_eq!(kinds("pread64"), [Kind::Descriptor, Kind::Output, Kind::Unsigned, Kind::Offset]);
        assert!(find("tuxcall").kinds().is_none());
        let arm = Table::new(&NARROW).find(|call| call.name == "openat").unwrap();
        assert_eq!(arm.number, 322);
        assert!(Table::new(&NARROW).all(|call| call.name != "arch_prctl"));
    }

    #[test]
    fn every_number_that_a_kernel_answers_is_there() {
        let mut numbers: Vec<_> = Table::new(&WIDE).map(|call| call.number).collect();
        numbers.sort_unstable();
        let expected: Vec<_> = (0..=335).chain(424..=469).collect();
        assert!(
            expected.iter().all(|number| numbers.contains(number) || [335, 453].contains(number)),
            "{numbers:?}"
        );
        assert!(numbers.is_sorted_by(|one, next| one < next), "a number is there twice");
        assert!(Table::new(&WIDE).is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn each_letter_is_a_kind() {
        for row in ROWS.iter().filter(|row| row.kinds != "?") {
            assert!(row.kinds.bytes().all(|letter| Kind::of_letter(letter).is_some()), "{}", row.name);
            assert!(row.kinds.len() <= 6, "{}", row.name);
        }
    }

    #[test]
    fn a_table_that_is_cut_off_ends_early() {
        for length in 0..64 {
            assert!(Table::new(&WIDE[..length]).count() <= length / 4);
        }
    }
}
