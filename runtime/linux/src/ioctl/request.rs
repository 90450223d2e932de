//! Numbers of requests: how they are made, and their names.
//!
//! A number says which way the argument goes, its size in bytes, whose request it is and which (asm-generic/ioctl.h); the same on
//! all our processors. Requests older than that are just numbers.

use super::{
    Get, Nothing, Number, Opaque, Set, Typed, Update, block, devices, files, input, network, terminal,
};
use crate::named::{Names, UnknownName};
use core::fmt;
use core::str::FromStr;

/// A request by its number; open, since every driver has its own. Shown by name if it has one: `TCGETS`, `EVIOCGNAME(256)`; else as
/// `_IOC(_IOC_READ, 0x54, 0x80, 0x4)`. All of these, and numbers, are read, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request(pub u32);

flags! {
    /// Which way a request's argument goes, as far as its number tells.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Direction: u32 {
        /// _IOC_NONE: there is none, or the number does not tell.
        const NONE = 0;
        /// _IOC_READ: the kernel writes it.
        const READ = 2;
        /// _IOC_WRITE: the kernel reads it.
        const WRITE = 1;
    }
}

/// Where the parts of a number begin: which of its kind, the kind, the size, the direction.
const PLACES: [u32; 4] = [0, 8, 16, 30];

/// The bits of a size.
const SIZE: u32 = 0x3fff;

/// How a request's argument is passed; structures with their sizes in bytes, 0 where this crate does not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// None is.
    Nothing,
    /// As a number.
    Number,
    /// By address: the kernel writes it.
    Fills(u16),
    /// By address: the kernel reads it.
    Reads(u16),
    /// By address: the kernel reads it and writes it anew.
    Updates(u16),
}

impl Request {
    /// Makes a number of its parts (`_IOC`).
    pub const fn encoded(direction: Direction, kind: u8, number: u8, size: usize) -> Self {
        let size = size as u32 & SIZE;
        Self(direction.bits() << PLACES[3] | size << PLACES[2] | (kind as u32) << PLACES[1] | number as u32)
    }

    /// Gives which way the argument goes, as far as the number tells.
    pub const fn direction(self) -> Direction {
        Direction::from_bits_retain(self.0 >> PLACES[3])
    }

    /// Gives the argument's size in bytes, as far as the number tells.
    pub const fn size(self) -> usize {
        (self.0 >> PLACES[2] & SIZE) as usize
    }

    /// Gives whose request it is: mostly a letter.
    pub const fn kind(self) -> u8 {
        (self.0 >> PLACES[1]) as u8
    }

    /// Gives which of its kind it is.
    pub const fn number(self) -> u8 {
        self.0 as u8
    }

    /// Gives the name, if it is one of a single request.
    pub fn name(self) -> Option<&'static str> {
        TABLES.iter().find_map(|rows| rows.names.name(self.0.into()))
    }

    /// Says how the argument is passed, if the request has a name.
    pub fn argument(self) -> Option<Argument> {
        TABLES.iter().find_map(|rows| {
            let at = rows.names.iter().position(|(number, _)| number == u64::from(self.0))?;
            rows.arguments.get(at).copied()
        })
    }

    /// Gives all requests that have names, in no order.
    pub fn all() -> impl Iterator<Item = (Self, &'static str)> {
        let rows = TABLES.iter().flat_map(|rows| rows.names.iter());
        rows.map(|(number, name)| (Self(number as u32), name))
    }
}

/// All tables; of two names of a number, the first is shown.
const TABLES: &[Rows] =
    &[terminal::ROWS, files::ROWS, block::ROWS, network::ROWS, input::ROWS, devices::ROWS];

/// The rows of a table.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) names: Names,
    /// One for each name.
    pub(super) arguments: &'static [Argument],
}

/// How an argument is passed, as a type.
pub(super) trait Passed {
    const ARGUMENT: Argument;
}

impl Passed for Nothing {
    const ARGUMENT: Argument = Argument::Nothing;
}

impl Passed for Number {
    const ARGUMENT: Argument = Argument::Number;
}

impl<T> Passed for Get<T> {
    const ARGUMENT: Argument = Argument::Fills(size_of::<T>() as u16);
}

impl<T> Passed for Set<T> {
    const ARGUMENT: Argument = Argument::Reads(size_of::<T>() as u16);
}

impl<T> Passed for Update<T> {
    const ARGUMENT: Argument = Argument::Updates(size_of::<T>() as u16);
}

const _: () = assert!(size_of::<Opaque>() == 0);

/// Makes the number of a request without an argument (`_IO`).
pub(super) const fn io(kind: u8, number: u8) -> u32 {
    Request::encoded(Direction::NONE, kind, number, 0).0
}

/// Makes the number of a request that the kernel fills a `T` for (`_IOR`).
pub(super) const fn ior<T>(kind: u8, number: u8) -> u32 {
    Request::encoded(Direction::READ, kind, number, size_of::<T>()).0
}

/// Makes the number of a request that the kernel reads a `T` for (`_IOW`).
pub(super) const fn iow<T>(kind: u8, number: u8) -> u32 {
    Request::encoded(Direction::WRITE, kind, number, size_of::<T>()).0
}

/// Makes the number of a request that does both (`_IOWR`).
pub(super) const fn iowr<T>(kind: u8, number: u8) -> u32 {
    Request::encoded(Direction::READ.union(Direction::WRITE), kind, number, size_of::<T>()).0
}

/// Requests of one name, which tell what they are about by their numbers: `EVIOCGBIT(kind, size)`.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    pub(super) name: &'static str,
    /// The first one, without a size if that is said.
    pub(super) first: u32,
    /// How many there are; one has no argument for which.
    pub(super) count: u8,
    /// Whether the caller says the size.
    pub(super) is_sized: bool,
}

impl Family {
    /// Gives the request of so many, whose argument has the size of a `T`.
    ///
    /// # Panics
    /// If there is no such request, as those who write `const { … }` around it hear from the compiler.
    pub const fn of<T>(&self, which: u8) -> Typed<Update<T>> {
        let is_one = which < self.count && (self.is_sized || size_of::<T>() == Request(self.first).size());
        assert!(is_one, "the family has no such request");
        let size = if self.is_sized { (size_of::<T>() as u32 & SIZE) << PLACES[2] } else { 0 };
        Typed::new(Request(self.first + which as u32 + size))
    }

    /// Gives the last one, of 16 bytes where the caller says the size, for the check against the kernel's headers.
    #[cfg(feature = "abi")]
    pub(super) const fn last(&self) -> Request {
        let size = if self.is_sized { 16 << PLACES[2] } else { 0 };
        Request(self.first + self.count as u32 - 1 + size)
    }

    /// Gives which one a request is, and its size.
    fn place(&self, request: Request) -> Option<(u32, usize)> {
        let (size, plain) = match self.is_sized {
            true => (request.size(), request.0 & !(SIZE << PLACES[2])),
            false => (0, request.0),
        };
        let which = plain.checked_sub(self.first)?;
        (which < self.count.into()).then_some((which, size))
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            return formatter.write_str(name);
        }
        if let Some((family, (which, size))) =
            input::FAMILIES.iter().find_map(|family| Some((family, family.place(*self)?)))
        {
            return match (family.count > 1, family.is_sized) {
                (true, true) => write!(formatter, "{}({which:#x}, {size})", family.name),
                (true, false) => write!(formatter, "{}({which:#x})", family.name),
                _ => write!(formatter, "{}({size})", family.name),
            };
        }
        formatter.write_str("_IOC(")?;
        let mut bar = "";
        let mut result = Ok(());
        <Direction as crate::named::Named>::NAMES.parts(self.direction().bits().into(), &mut |part| {
            if let Ok(name) = part {
                result = result.and_then(|()| write!(formatter, "{bar}{name}"));
                bar = "|";
            }
        });
        result?;
        for part in [self.kind().into(), self.number().into(), self.size()] {
            match part {
                0 => formatter.write_str(", 0")?,
                part => write!(formatter, ", {part:#x}")?,
            }
        }
        formatter.write_str(")")
    }
}

impl FromStr for Request {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let found = match text.split_once('(') {
            Some((name, rest)) => rest.strip_suffix(')').and_then(|parts| with_parts(name, parts)),
            None => {
                let named = Self::all().find(|(_, name)| name.eq_ignore_ascii_case(text));
                named.map(|(request, _)| request).or_else(|| number(text).map(Self))
            }
        };
        found.ok_or(UnknownName { at: 0 })
    }
}

/// Reads what stands between the parentheses behind a name.
fn with_parts(name: &str, parts: &str) -> Option<Request> {
    let mut parts = parts.split(',').map(str::trim);
    if name.eq_ignore_ascii_case("_IOC") {
        let direction: Direction = parts.next()?.parse().ok()?;
        let mut next = || number(parts.next()?);
        let (kind, which, size) = (next()?, next()?, next()?);
        let size = usize::try_from(size).ok().filter(|size| *size <= SIZE as usize)?;
        return Some(Request::encoded(direction, kind.try_into().ok()?, which.try_into().ok()?, size));
    }
    let family = input::FAMILIES.iter().find(|family| family.name.eq_ignore_ascii_case(name))?;
    let mut next = || number(parts.next()?);
    let which = if family.count > 1 { next()? } else { 0 };
    let size = if family.is_sized { next()? } else { 0 };
    (which < family.count.into() && size <= SIZE).then(|| Request(family.first + which + (size << PLACES[2])))
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Declares requests by the headers that they are from: `NAME: ARGUMENT = NUMBER;`, without a number where the kernel bindings have
/// it. `cargo xtask abi` holds each number against the kernel's headers.
macro_rules! requests {
    ($($header:literal { $($name:ident: $argument:ty $(= $number:expr)?;)* })*) => {
        $($(
            #[doc = concat!(stringify!($name), " of ", $header, ".")]
            pub const $name: $crate::ioctl::Typed<$argument> =
                $crate::ioctl::Typed::new($crate::ioctl::Request(requests!(@ $name $($number)?)));
        )*)*

        /// The requests of this table.
        pub(super) const ROWS: $crate::ioctl::request::Rows = {
            const WORDS: &[&str] = &[$($(stringify!($name)),*),*];
            const TEXT: [u8; $crate::named::packed_length(WORDS)] = $crate::named::packed(WORDS);
            $crate::ioctl::request::Rows {
                names: $crate::named::Names::new(&TEXT, &[$($($name.request().0 as u64),*),*], false),
                arguments: &[$($(<$argument as $crate::ioctl::request::Passed>::ARGUMENT),*),*],
            }
        };

        facts!($($($crate::abi::Fact::new(stringify!($name), $name.request().0 as usize)),*),*);
    };
    (@ $name:ident) => { linux_raw_sys::ioctl::$name };
    (@ $name:ident $number:expr) => { $number };
}

pub(super) use requests;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(number: u32) -> String {
        Request(number).to_string()
    }

    #[test]
    fn each_name_is_read_and_shown() {
        let mut count = 0;
        for (request, name) in Request::all() {
            assert_eq!(name.parse(), Ok(request));
            assert_eq!(name.to_lowercase().parse(), Ok(request));
            assert_eq!(request.to_string().parse(), Ok(request), "{name}");
            count += 1;
        }
        let mut names: Vec<_> = Request::all().map(|(_, name)| name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]));
        assert!(count > 400, "{count}");
    }

    #[test]
    fn the_first_of_two_names_is_shown() {
        assert_eq!((shown(0x541b), shown(0x5411)), ("FIONREAD".into(), "TIOCOUTQ".into()));
        assert_eq!("TIOCINQ".parse(), Ok(Request(0x541b)));
        assert_eq!("siocoutq".parse(), Ok(Request(0x5411)));
    }

    #[test]
    fn what_has_no_name_is_taken_apart() {
        for (number, text) in [
            (0xc008_6409, "_IOC(_IOC_READ|_IOC_WRITE, 0x64, 0x9, 0x8)"),
            (0x0000_54ff, "_IOC(_IOC_NONE, 0x54, 0xff, 0)"),
            (0x4000_0000, "_IOC(_IOC_WRITE, 0, 0, 0)"),
            (0x8100_4506, "EVIOCGNAME(256)"),
            (0x8060_4521, "EVIOCGBIT(0x1, 96)"),
            (0x8018_4540, "EVIOCGABS(0x0)"),
        ] {
            assert_eq!(shown(number), text);
            assert_eq!(text.parse(), Ok(Request(number)));
        }
        assert_eq!("0x5401".parse(), Ok(terminal::TCGETS.request()));
        for wrong in
            ["", "TCGETX1", "_IOC(_IOC_READ, 1, 2)", "EVIOCGNAME(16384)", "EVIOCGABS(64)", "EVIOCGNAME(1"]
        {
            assert_eq!(wrong.parse::<Request>(), Err(UnknownName { at: 0 }), "{wrong}");
        }
    }

    #[test]
    fn parts_and_arguments() {
        let request = block::BLKGETSIZE64.request();
        assert_eq!((request.direction(), request.kind(), request.number()), (Direction::READ, 0x12, 114));
        assert_eq!(request.size(), size_of::<usize>());
        assert_eq!(request.argument(), Some(Argument::Fills(8)), "in fact, and on all processors");
        assert_eq!(terminal::TIOCSCTTY.request().argument(), Some(Argument::Number));
        assert_eq!(block::BLKRRPART.request().argument(), Some(Argument::Nothing));
        assert_eq!(Request(0).argument(), None);
    }
}
