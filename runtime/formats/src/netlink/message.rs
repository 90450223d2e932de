//! Messages: the 16-byte header, a walk over a receive buffer, and the writer of requests.

use alloc::string::String;
use alloc::vec::Vec;

use super::attribute::{Key, NESTED, Nest, Raw, Value, align};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes of a message's header.
pub const HEADER: usize = 16;

bitflags::bitflags! {
    /// What a message's header says beyond its type; bits above 0x100 mean different things in requests to get, to
    /// create, to delete and in replies.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Flags: u16 {
        /// A request to the kernel (`NLM_F_REQUEST`).
        const REQUEST = 0x1;
        /// More messages of the same answer follow, up to `NLMSG_DONE` (`NLM_F_MULTI`).
        const MULTI = 0x2;
        /// The kernel shall answer even when all went well (`NLM_F_ACK`).
        const ACKNOWLEDGE = 0x4;
        /// The request comes back as it was sent (`NLM_F_ECHO`).
        const ECHO = 0x8;
        /// The tables changed under the dump: it must be asked for again (`NLM_F_DUMP_INTR`).
        const INTERRUPTED = 0x10;
        /// The kernel filtered the dump as asked (`NLM_F_DUMP_FILTERED`).
        const FILTERED = 0x20;
        /// Get: all objects, not one (`NLM_F_DUMP`, which is `NLM_F_ROOT | NLM_F_MATCH`).
        const DUMP = 0x300;
        /// New: take the place of what is there (`NLM_F_REPLACE`).
        const REPLACE = 0x100;
        /// New: fail when it is there (`NLM_F_EXCL`).
        const EXCLUSIVE = 0x200;
        /// New: make it when it is not there (`NLM_F_CREATE`).
        const CREATE = 0x400;
        /// New: put it at the end of the list (`NLM_F_APPEND`).
        const APPEND = 0x800;
        /// Acknowledgement: the request's payload is left out (`NLM_F_CAPPED`).
        const CAPPED = 0x100;
        /// Acknowledgement: attributes follow (`NLM_F_ACK_TLVS`).
        const EXTENDED = 0x200;
        const _ = !0;
    }
}

/// The types of the messages that belong to netlink itself and to rtnetlink.
pub mod kind {
    /// Nothing to see (`NLMSG_NOOP`).
    pub const NOTHING: u16 = 1;
    /// An error, or an acknowledgement when the error is 0 (`NLMSG_ERROR`).
    pub const ERROR: u16 = 2;
    /// The end of a dump, with its outcome (`NLMSG_DONE`).
    pub const DONE: u16 = 3;
    /// Data was lost (`NLMSG_OVERRUN`).
    pub const OVERRUN: u16 = 4;
    /// `RTM_NEWLINK`; also creates and changes.
    pub const NEW_LINK: u16 = 16;
    /// `RTM_DELLINK`
    pub const DELETE_LINK: u16 = 17;
    /// `RTM_GETLINK`
    pub const GET_LINK: u16 = 18;
    /// `RTM_NEWADDR`
    pub const NEW_ADDRESS: u16 = 20;
    /// `RTM_DELADDR`
    pub const DELETE_ADDRESS: u16 = 21;
    /// `RTM_GETADDR`
    pub const GET_ADDRESS: u16 = 22;
    /// `RTM_NEWROUTE`
    pub const NEW_ROUTE: u16 = 24;
    /// `RTM_DELROUTE`
    pub const DELETE_ROUTE: u16 = 25;
    /// `RTM_GETROUTE`
    pub const GET_ROUTE: u16 = 26;
    /// `RTM_NEWNEIGH`
    pub const NEW_NEIGHBOUR: u16 = 28;
    /// `RTM_DELNEIGH`
    pub const DELETE_NEIGHBOUR: u16 = 29;
    /// `RTM_GETNEIGH`
    pub const GET_NEIGHBOUR: u16 = 30;
    /// `RTM_NEWRULE`
    pub const NEW_RULE: u16 = 32;
    /// `RTM_DELRULE`
    pub const DELETE_RULE: u16 = 33;
    /// `RTM_GETRULE`
    pub const GET_RULE: u16 = 34;
    /// `RTM_GETNSID`
    pub const GET_NAMESPACE_NUMBER: u16 = 90;
}

/// A message's header (`struct nlmsghdr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the message, this header included, padding excluded.
    pub length: u32,
    /// What the message is: see [`kind`].
    pub kind: u16,
    /// See [`Flags`].
    pub flags: Flags,
    /// The request's number, which its answers carry too; 0 in notifications.
    pub sequence: u32,
    /// The port (socket) that asked; 0 in notifications of the kernel's own.
    pub port: u32,
}

/// One message of a receive buffer.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The header.
    pub header: Header,
    /// What follows the header, without padding.
    pub payload: &'a [u8],
}

/// Walks the messages of a receive buffer; the first that does not fit gives an error and ends the walk.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Messages<'a> {
    /// Starts at the first message.
    pub const fn new(buffer: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(buffer) }
    }

    fn read(&mut self) -> Result<Message<'a>, Error> {
        let cursor = &mut self.cursor;
        let start = cursor.at();
        let [l0, l1, l2, l3, k0, k1, f0, f1, rest @ ..] = cursor.array::<HEADER>(Expected::NetlinkMessage)?;
        let [s0, s1, s2, s3, p0, p1, p2, p3] = rest;
        let header = Header {
            length: u32::from_ne_bytes([l0, l1, l2, l3]),
            kind: u16::from_ne_bytes([k0, k1]),
            flags: Flags::from_bits_retain(u16::from_ne_bytes([f0, f1])),
            sequence: u32::from_ne_bytes([s0, s1, s2, s3]),
            port: u32::from_ne_bytes([p0, p1, p2, p3]),
        };
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        let payload = length.checked_sub(HEADER).ok_or(Error::new(Expected::NetlinkMessage, start))?;
        let payload = cursor.take(payload, Expected::NetlinkMessage)?;
        let padding = (align(length) - length).min(cursor.rest().len());
        cursor.take(padding, Expected::NetlinkMessage)?;
        Ok(Message { header, payload })
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_empty() {
            return None;
        }
        let message = self.read();
        if message.is_err() {
            self.cursor = Cursor::new(&[]);
        }
        Some(message)
    }
}

/// Appends one message to a buffer, where earlier messages may stand (a batch).
///
/// Sequence number and port stay 0: whoever sends the request sets them (`protocols::netlink`).
#[derive(Debug)]
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    too_long: bool,
}

impl<'o> Writer<'o> {
    /// Starts a message.
    pub fn new(out: &'o mut Vec<u8>, kind: u16, flags: Flags) -> Self {
        let mut writer = Self { start: out.len(), out, too_long: false };
        let ([k0, k1], [f0, f1]) = (kind.to_ne_bytes(), flags.bits().to_ne_bytes());
        writer.fixed(&[0, 0, 0, 0, k0, k1, f0, f1, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer
    }

    /// Appends bytes: a part of the family's fixed header, or of a value.
    #[inline(never)]
    pub fn fixed(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Appends an attribute.
    #[inline(never)]
    pub fn attribute<T: Value>(&mut self, key: Key<T>, value: &T) {
        let at = self.open(key.kind());
        value.write(self);
        self.close(at);
    }

    /// Appends an attribute when there is a value for it.
    pub fn optional<T: Value>(&mut self, key: Key<T>, value: &Option<T>) {
        if let Some(value) = value {
            self.attribute(key, value);
        }
    }

    /// Appends an attribute that is text, when there is text for it.
    pub fn text(&mut self, key: Key<String>, value: Option<&str>) {
        if let Some(value) = value {
            let at = self.open(key.kind());
            self.fixed(value.as_bytes());
            self.fixed(&[0]);
            self.close(at);
        }
    }

    /// Appends an attribute as it was read.
    pub fn raw(&mut self, raw: &Raw<'_>) {
        let at = self.open(raw.kind | raw.flags);
        self.fixed(raw.value);
        self.close(at);
    }

    /// Appends an attribute whose value is attributes, which `body` appends.
    pub fn nest(&mut self, key: Key<Nest>, body: impl FnOnce(&mut Self)) {
        self.enclose(key.kind() | NESTED, body);
    }

    /// Appends an attribute whose value `body` appends: a structure, perhaps with attributes after it.
    pub fn enclose(&mut self, kind: u16, body: impl FnOnce(&mut Self)) {
        let at = self.open(kind);
        body(self);
        self.close(at);
    }

    /// Appends a record of `struct rtnexthop` shape: a 16-bit length, then what `body` appends.
    pub(super) fn counted(&mut self, body: impl FnOnce(&mut Self)) {
        let at = self.out.len();
        self.fixed(&[0; 2]);
        body(self);
        self.close(at);
    }

    /// Ends the message. An attribute longer than 64 KiB or a message longer than 4 GiB is an error, and the buffer
    /// is cut back to what stood in it before.
    pub fn finish(self) -> Result<(), Error> {
        let length = u32::try_from(self.out.len() - self.start).ok().filter(|_| !self.too_long);
        let place = self.out.get_mut(self.start..).and_then(|message| message.first_chunk_mut());
        match (length, place) {
            (Some(length), Some(place)) => {
                *place = length.to_ne_bytes();
                Ok(())
            }
            _ => {
                self.out.truncate(self.start);
                Err(Error::new(Expected::ShorterAttribute, self.start))
            }
        }
    }

    #[inline(never)]
    fn open(&mut self, kind: u16) -> usize {
        let at = self.out.len();
        let [k0, k1] = kind.to_ne_bytes();
        self.fixed(&[0, 0, k0, k1]);
        at
    }

    #[inline(never)]
    fn close(&mut self, at: usize) {
        let length = self.out.len() - at;
        let place = self.out.get_mut(at..).and_then(|record| record.first_chunk_mut());
        match (u16::try_from(length), place) {
            (Ok(short), Some(place)) => *place = short.to_ne_bytes(),
            _ => self.too_long = true,
        }
        self.out.resize(at + align(length), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Attributes;
    use super::super::link::{Attribute, Info};
    use super::*;
    use std::vec;

    #[test]
    fn writes_what_it_reads() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, kind::NEW_LINK, Flags::REQUEST | Flags::ACKNOWLEDGE);
        writer.fixed(&[0; 16]);
        writer.text(Attribute::NAME, Some("eth0"));
        writer.nest(Attribute::INFO, |inner| inner.text(Info::KIND, Some("veth")));
        writer.finish().unwrap();
        Writer::new(&mut out, kind::GET_LINK, Flags::REQUEST | Flags::DUMP).finish().unwrap();

        let all: Vec<_> = Messages::new(&out).map(Result::unwrap).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].header.flags, Flags::REQUEST | Flags::ACKNOWLEDGE);
        let attributes: Vec<_> = Attributes::new(&all[0].payload[16..]).collect();
        assert_eq!(attributes[0].value, b"eth0\0");
        assert_eq!((attributes[1].kind, attributes[1].flags), (18, NESTED));
        assert_eq!(Attributes::new(attributes[1].value).next().unwrap().value, b"veth\0");
        assert_eq!((all[1].header.kind, all[1].header.length), (kind::GET_LINK, 16));
    }

    #[test]
    fn every_truncation_is_an_error_and_ends_the_walk() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, 16, Flags::empty());
        writer.attribute(Attribute::MTU, &7);
        writer.finish().unwrap();
        for length in 1..out.len() {
            let mut messages = Messages::new(&out[..length]);
            assert!(messages.next().unwrap().is_err(), "{length}");
            assert!(messages.next().is_none());
        }
        assert!(Messages::new(&[0; 16]).next().unwrap().is_err());
        assert!(Messages::new(&[0xff; 64]).next().unwrap().is_err());
    }

    #[test]
    fn an_attribute_that_cannot_be_said_is_refused() {
        let mut out = vec![1, 2, 3, 4];
        let mut writer = Writer::new(&mut out, 16, Flags::empty());
        writer.raw(&Raw { kind: 1, flags: 0, value: &[0; 65532] });
        assert!(writer.finish().is_err());
        assert_eq!(out, [1, 2, 3, 4]);
    }
}
