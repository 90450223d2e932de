//! Records (RFC 1035 section 3.2.1) and what the common kinds of them say.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::{INTERNET, Kind, Name};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Whom it is about.
    pub name: Name,
    /// Its kind.
    pub kind: Kind,
    /// Its class; of OPT this is the room.
    pub class: u16,
    /// For so many seconds it may be kept.
    pub ttl_s: u32,
    /// What it says.
    pub data: Data<'a>,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data<'a> {
    /// A: an address.
    Ipv4(Ipv4Addr),
    /// AAAA: an address.
    Ipv6(Ipv6Addr),
    /// CNAME: the name that is meant.
    Alias(Name),
    /// NS: a name server.
    NameServer(Name),
    /// PTR: the name of an address.
    Pointer(Name),
    /// MX: a host that takes mail.
    Mail {
        /// The lowest is tried first.
        preference: u16,
        /// The host.
        host: Name,
    },
    /// TXT: texts.
    Texts(Strings<'a>),
    /// SRV: where a service is (RFC 2782).
    Service {
        /// The lowest is tried first.
        priority: u16,
        /// The share among those of the same priority.
        weight: u16,
        /// Its port.
        port: u16,
        /// The host.
        host: Name,
    },
    /// SOA: the head of a zone.
    Start(Soa),
    /// OPT: the extension of the header (RFC 6891).
    Extension {
        /// Bytes of a datagram that its sender can receive.
        room: u16,
        /// The upper eight bits of the code.
        upper_code: u8,
        /// Its version, 0.
        version: u8,
    },
    /// Anything else, and any class but the internet's.
    Other(&'a [u8]),
}

/// The head of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Soa {
    /// The first name server.
    pub server: Name,
    /// Who is responsible: the first label stands before the `@`.
    pub mailbox: Name,
    /// The number of the version.
    pub serial: u32,
    /// Seconds between two looks of a secondary server.
    pub refresh_s: u32,
    /// Seconds after which it looks again when the first has failed.
    pub retry_s: u32,
    /// Seconds after which it forgets.
    pub expire_s: u32,
    /// Seconds for which it may be remembered that there is nothing (RFC 2308).
    pub negative_s: u32,
}

/// Texts of at most 255 bytes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strings<'a>(&'a [u8]);

impl<'a> Strings<'a> {
    /// Gives the texts.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut cursor = Cursor::new(self.0);
        core::iter::from_fn(move || string(&mut cursor).ok())
    }
}

fn string<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Error> {
    let length = cursor.u8(Expected::Record)?;
    cursor.take(length.into(), Expected::Record)
}

impl<'a> Record<'a> {
    /// Says whether it answers a question of this name and kind, of the internet's class.
    pub fn answers(&self, name: &Name, kind: Kind) -> bool {
        self.class == INTERNET && self.kind == kind && self.name == *name
    }

    /// Reads a record; the cursor must be of the whole message, for the pointers of names.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let name = Name::read(cursor)?;
        let kind = Kind(cursor.u16_be(Expected::Record)?);
        let class = cursor.u16_be(Expected::Record)?;
        let [ttl_s] = cursor.u32s_be(Expected::Record)?;
        let length = usize::from(cursor.u16_be(Expected::Record)?);
        let mut inner = *cursor;
        let bytes = cursor.take(length, Expected::Record)?;
        let data = match kind {
            Kind::OPT => {
                let [upper_code, version, ..] = ttl_s.to_be_bytes();
                Data::Extension { room: class, upper_code, version }
            }
            _ if class == INTERNET => data(kind, &mut inner, cursor.at(), bytes)?,
            _ => Data::Other(bytes),
        };
        // The highest bit was never meant to be set (RFC 2181 section 8).
        let ttl_s = if ttl_s > i32::MAX as u32 { 0 } else { ttl_s };
        Ok(Self { name, kind, class, ttl_s, data })
    }
}

/// Reads what a record of the internet says, which must fill its bytes, that end at `end`.
fn data<'a>(kind: Kind, cursor: &mut Cursor<'a>, end: usize, bytes: &'a [u8]) -> Result<Data<'a>, Error> {
    let read = match kind {
        Kind::A => Data::Ipv4(cursor.array(Expected::Record)?.into()),
        Kind::AAAA => Data::Ipv6(cursor.array::<16>(Expected::Record)?.into()),
        Kind::CNAME => Data::Alias(Name::read(cursor)?),
        Kind::NS => Data::NameServer(Name::read(cursor)?),
        Kind::PTR => Data::Pointer(Name::read(cursor)?),
        Kind::MX => Data::Mail { preference: cursor.u16_be(Expected::Record)?, host: Name::read(cursor)? },
        Kind::SRV => Data::Service {
            priority: cursor.u16_be(Expected::Record)?,
            weight: cursor.u16_be(Expected::Record)?,
            port: cursor.u16_be(Expected::Record)?,
            host: Name::read(cursor)?,
        },
        Kind::SOA => Data::Start(soa(cursor)?),
        Kind::TXT => {
            let mut texts = Cursor::new(bytes);
            while !texts.is_empty() {
                string(&mut texts).map_err(|_| cursor.error(Expected::Record))?;
            }
            return Ok(Data::Texts(Strings(bytes)));
        }
        _ => return Ok(Data::Other(bytes)),
    };
    if cursor.at() == end { Ok(read) } else { Err(cursor.error(Expected::Record)) }
}

fn soa(cursor: &mut Cursor<'_>) -> Result<Soa, Error> {
    let (server, mailbox) = (Name::read(cursor)?, Name::read(cursor)?);
    let [serial, refresh_s, retry_s, expire_s, negative_s] = cursor.u32s_be(Expected::Record)?;
    Ok(Soa { server, mailbox, serial, refresh_s, retry_s, expire_s, negative_s })
}

#[cfg(test)]
mod tests {
    use super::super::{Message, Question, ResponseCode, Section, emit_query};
    use super::*;

    /// dnsmasq 2.90's answer to "www.cave.example A": question, a CNAME to "cave.example", two addresses, OPT.
    const REPLY: &[u8] = include_bytes!("../../../../../tests/samples/fuzz/dns/alias");

    #[test]
    fn a_server_s_reply() {
        let message = Message::parse(REPLY).unwrap();
        assert_eq!((message.opcode(), message.code()), (0, ResponseCode::NO_ERROR));
        let name = |text| Name::parse(text).unwrap();
        let asked: Vec<_> = message.questions().collect();
        assert_eq!(asked, [Ok(Question { name: name("www.cave.example"), kind: Kind::A })]);
        let records: Vec<_> = message.records().map(Result::unwrap).collect();
        let [
            (Section::Answer, alias),
            (Section::Answer, one),
            (Section::Answer, two),
            (Section::Additional, opt),
        ] = records.as_slice()
        else {
            panic!("{records:?}")
        };
        assert_eq!(
            (&alias.name, &alias.data),
            (&name("www.cave.example"), &Data::Alias(name("cave.example")))
        );
        assert_eq!((&one.name, alias.ttl_s), (&name("cave.example"), 77));
        let addresses = [&one.data, &two.data].map(|data| match data {
            Data::Ipv4(address) => address.to_string(),
            other => panic!("{other:?}"),
        });
        assert!(addresses.contains(&"10.7.0.1".to_owned()) && addresses.contains(&"10.7.0.2".to_owned()));
        assert!(matches!(opt.data, Data::Extension { upper_code: 0, version: 0, .. }), "{opt:?}");
    }

    #[test]
    fn a_reply_cut_anywhere_gives_what_is_whole() {
        let whole: Vec<_> = Message::parse(REPLY).unwrap().records().map(Result::unwrap).collect();
        for length in 0..REPLY.len() {
            let Ok(message) = Message::parse(&REPLY[..length]) else {
                assert!(length < 12);
                continue;
            };
            let read: Vec<_> = message.records().collect();
            let (last, before) = read.split_last().unwrap();
            assert!(last.is_err(), "{length}");
            let before: Vec<_> = before.iter().map(|record| record.clone().unwrap()).collect();
            assert_eq!(before, whole[..before.len()], "{length}");
        }
    }

    /// Puts the data of one record behind a header and its fixed part, at offset 23.
    fn one(kind: Kind, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\0\0\x80\0\0\0\0\x01\0\0\0\0\0".to_vec();
        bytes.extend(kind.0.to_be_bytes());
        bytes.extend(b"\0\x01\xff\0\0\0");
        bytes.extend((data.len() as u16).to_be_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn data_of_each_kind() {
        let name = |text| Name::parse(text).unwrap();
        let table: &[(Kind, &[u8], Data<'_>)] = &[
            (Kind::A, &[10, 0, 2, 3], Data::Ipv4([10, 0, 2, 3].into())),
            (Kind::AAAA, &[0; 16], Data::Ipv6(Ipv6Addr::UNSPECIFIED)),
            (Kind::NS, b"\x01n\0", Data::NameServer(name("n"))),
            (Kind::PTR, b"\x01p\0", Data::Pointer(name("p"))),
            (Kind::MX, b"\0\x0a\x01m\0", Data::Mail { preference: 10, host: name("m") }),
            (
                Kind::SRV,
                b"\0\x01\0\x02\0\x50\x01s\0",
                Data::Service { priority: 1, weight: 2, port: 80, host: name("s") },
            ),
            (Kind(99), b"?", Data::Other(b"?")),
        ];
        for (kind, bytes, expected) in table {
            let message = one(*kind, bytes);
            let (_, record) = Message::parse(&message).unwrap().records().next().unwrap().unwrap();
            assert_eq!((&record.data, record.ttl_s), (expected, 0), "a time with the highest bit is none");
            if !matches!(expected, Data::Other(_)) {
                let longer = one(*kind, &[*bytes, b"!"].concat());
                assert!(Message::parse(&longer).unwrap().records().next().unwrap().is_err());
                let shorter = one(*kind, &bytes[..bytes.len() - 1]);
                assert!(Message::parse(&shorter).unwrap().records().next().unwrap().is_err());
            }
        }
        let message = one(Kind::TXT, b"\x02ab\0\x01c");
        let (_, record) = Message::parse(&message).unwrap().records().next().unwrap().unwrap();
        let Data::Texts(texts) = record.data else { panic!("{record:?}") };
        assert_eq!(texts.iter().collect::<Vec<_>>(), [&b"ab"[..], b"", b"c"]);
        let cut = one(Kind::TXT, b"\x03ab");
        assert!(Message::parse(&cut).unwrap().records().next().unwrap().is_err());
    }

    #[test]
    fn codes_have_upper_bits() {
        // FORMERR's number 0 below, 1 above: BADVERS.
        let mut bytes = b"\0\0\x80\0\0\0\0\0\0\0\0\x01\0\0\x29\x04\xd0\x01\0\0\0\0\0".to_vec();
        assert_eq!(Message::parse(&bytes).unwrap().code(), ResponseCode::BAD_VERSION);
        bytes[3] = 3;
        bytes.truncate(12);
        assert_eq!(Message::parse(&bytes).unwrap().code(), ResponseCode::NO_SUCH_NAME);
    }

    #[test]
    fn a_question_with_and_without_the_extension() {
        let question = Question { name: Name::parse("a.b").unwrap(), kind: Kind::AAAA };
        let mut bytes = Vec::new();
        emit_query(&mut bytes, 0x1234, &question, None);
        assert_eq!(bytes, b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x01b\0\0\x1c\0\x01");
        bytes.clear();
        emit_query(&mut bytes, 0x1234, &question, Some(1232));
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.questions().collect::<Vec<_>>(), [Ok(question)]);
        let (_, extension) = message.records().next().unwrap().unwrap();
        assert_eq!(extension.data, Data::Extension { room: 1232, upper_code: 0, version: 0 });
    }
}
