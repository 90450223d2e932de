//! Messages of the domain name system (RFC 1035 section 4), with the extension of RFC 6891.
//!
//! A message is read as its parts are asked for; the first part that is wrong ends the list that it stands in.

pub(crate) mod name;
mod record;
mod stream;

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{Error, Expected};

pub use name::Name;
pub use record::{Data, Record, Soa, Strings};
pub use stream::{Frames, frame};

/// Bytes of the header.
const HEADER: usize = 12;

/// The kind of a record, open: new ones come each year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind(pub u16);

/// A row a kind: constant, number, name.
macro_rules! kinds {
    ($($constant:ident $number:literal $name:literal $what:literal;)*) => {
        impl Kind {
            $(#[doc = concat!($name, ": ", $what, ".")]
            pub const $constant: Self = Self($number);)*

            /// Gives the usual name; none of a kind that has none here.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($name),)*
                    _ => None,
                }
            }

            /// Finds a kind by its name, in letters of either case.
            pub fn from_name(name: &str) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name) {
                    return Some(Self::$constant);
                })*
                None
            }
        }
    };
}

kinds! {
    A 1 "A" "an IPv4 address";
    NS 2 "NS" "a name server of a zone";
    CNAME 5 "CNAME" "the name that is meant";
    SOA 6 "SOA" "the head of a zone";
    PTR 12 "PTR" "the name of an address";
    MX 15 "MX" "a host that takes mail";
    TXT 16 "TXT" "texts";
    AAAA 28 "AAAA" "an IPv6 address";
    SRV 33 "SRV" "a host and port of a service";
    OPT 41 "OPT" "the extension of the header";
}

/// The class that all records of the internet have.
const INTERNET: u16 = 1;

bitflags::bitflags! {
    /// What the header says beside its numbers.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Flags: u16 {
        /// QR: a reply.
        const REPLY = 0x8000;
        /// AA: of a server that owns the zone.
        const AUTHORITATIVE = 0x0400;
        /// TC: cut, for it did not fit a datagram.
        const TRUNCATED = 0x0200;
        /// RD: the server shall ask others.
        const RECURSION_DESIRED = 0x0100;
        /// RA: the server can ask others.
        const RECURSION_AVAILABLE = 0x0080;
        /// AD: the server has verified the reply.
        const AUTHENTIC = 0x0020;
        const _ = !0;
    }
}

/// What a server says of a question, open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResponseCode(pub u16);

impl ResponseCode {
    /// NOERROR.
    pub const NO_ERROR: Self = Self(0);
    /// FORMERR: it does not understand the message.
    pub const FORMAT_ERROR: Self = Self(1);
    /// SERVFAIL: it could not find out.
    pub const SERVER_FAILURE: Self = Self(2);
    /// NXDOMAIN: there is no such name.
    pub const NO_SUCH_NAME: Self = Self(3);
    /// NOTIMP: it cannot do that.
    pub const NOT_IMPLEMENTED: Self = Self(4);
    /// REFUSED: it does not want to.
    pub const REFUSED: Self = Self(5);
    /// BADVERS: it does not know this version of the extension.
    pub const BAD_VERSION: Self = Self(16);
}

/// The part of a message that a record stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What was asked for.
    Answer,
    /// Who knows.
    Authority,
    /// What may be useful.
    Additional,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name.
    pub name: Name,
    /// The kind of record.
    pub kind: Kind,
}

/// A message, of which the header has been read.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    bytes: &'a [u8],
    /// The number that ties a reply to its question.
    pub id: u16,
    /// The flags, with opcode and code.
    pub flags: Flags,
    counts: [u16; 4],
}

impl<'a> Message<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// Less than 12 bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let id = cursor.u16_be(Expected::Field)?;
        let flags = Flags::from_bits_retain(cursor.u16_be(Expected::Field)?);
        let mut counts = [0; 4];
        for count in &mut counts {
            *count = cursor.u16_be(Expected::Field)?;
        }
        Ok(Self { bytes, id, flags, counts })
    }

    /// Gives the kind of the message; 0 asks and answers.
    pub fn opcode(&self) -> u8 {
        (self.flags.bits() >> 11) as u8 & 15
    }

    /// Gives what the server says, with the upper bits that the extension adds.
    pub fn code(&self) -> ResponseCode {
        let upper = self.records().flatten().find_map(|(_, record)| match record.data {
            Data::Extension { upper_code, .. } => Some(u16::from(upper_code) << 4),
            _ => None,
        });
        ResponseCode(self.flags.bits() & 15 | upper.unwrap_or(0))
    }

    /// Gives the questions; those of another class than the internet's are wrong.
    pub fn questions(&self) -> impl Iterator<Item = Result<Question, Error>> + use<'a> {
        let mut cursor = self.body();
        let [mut left, ..] = self.counts;
        core::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let read = question(&mut cursor);
            if read.is_err() {
                left = 0;
            }
            Some(read)
        })
    }

    /// Gives the records of all parts in order.
    pub fn records(&self) -> impl Iterator<Item = Result<(Section, Record<'a>), Error>> + use<'a> {
        let mut cursor = self.body();
        let [questions, answers, authorities, additional] = self.counts;
        let skipped = (0..questions).try_for_each(|_| question(&mut cursor).map(drop));
        let mut left = [
            (Section::Answer, answers),
            (Section::Authority, authorities),
            (Section::Additional, additional),
        ];
        let mut ended = false;
        core::iter::from_fn(move || {
            let (section, count) = left.iter_mut().find(|(_, count)| *count > 0 && !ended)?;
            *count -= 1;
            let read = skipped.and_then(|()| Record::read(&mut cursor));
            ended = read.is_err();
            Some(read.map(|record| (*section, record)))
        })
    }

    fn body(&self) -> Cursor<'a> {
        let mut cursor = Cursor::new(self.bytes);
        // The header was there.
        let _ = cursor.seek(HEADER, Expected::Field);
        cursor
    }
}

fn question(cursor: &mut Cursor<'_>) -> Result<Question, Error> {
    let name = Name::read(cursor)?;
    let kind = Kind(cursor.u16_be(Expected::Field)?);
    let error = cursor.error(Expected::Field);
    match cursor.u16_be(Expected::Field)? {
        INTERNET => Ok(Question { name, kind }),
        _ => Err(error),
    }
}

/// Appends a message that asks one question of a server that shall ask others.
///
/// With `room`, the extension is added, which says that a reply of so many bytes can be received in a datagram.
pub fn emit_query(out: &mut Vec<u8>, id: u16, question: &Question, room: Option<u16>) {
    let counts = [1, 0, 0, u16::from(room.is_some())];
    for word in [id, Flags::RECURSION_DESIRED.bits()].into_iter().chain(counts) {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.extend_from_slice(question.name.wire());
    for word in [question.kind.0, INTERNET] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    if let Some(room) = room {
        // The root, OPT, room, upper code and version and flags, no options.
        out.push(0);
        for word in [Kind::OPT.0, room, 0, 0, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}
