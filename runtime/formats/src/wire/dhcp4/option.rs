//! DHCP options (RFC 2132): found in three areas (option 52), joined where they were split (RFC 3396), appended.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::Message;
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// The four bytes before the options (RFC 2132 section 2).
pub const MAGIC_COOKIE: u32 = 0x6382_5363;

/// The longest value of one option, or piece of a longer one.
const FULL: usize = 255;

/// Makes the list of option codes.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// An option's number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct Code(pub u8);

        impl Code {
            $($(#[$doc])* pub const $name: Self = Self($code);)*
        }
    };
}

codes! {
    /// Filler of one byte.
    PAD = 0;
    /// Subnet mask.
    SUBNET_MASK = 1;
    /// Routers, best first.
    ROUTERS = 3;
    /// Name servers, best first.
    NAME_SERVERS = 6;
    /// The client's name.
    HOST_NAME = 12;
    /// The client's domain.
    DOMAIN_NAME = 15;
    /// Largest packet of the link.
    MTU = 26;
    /// Broadcast address.
    BROADCAST = 28;
    /// Routes to networks of classes.
    STATIC_ROUTES = 33;
    /// Time servers.
    NTP_SERVERS = 42;
    /// Vendor specific information.
    VENDOR = 43;
    /// The address that the client asks for.
    REQUESTED_ADDRESS = 50;
    /// Lease time in seconds.
    LEASE_TIME = 51;
    /// Which of sname and file hold options.
    OVERLOAD = 52;
    /// What the message is.
    MESSAGE_TYPE = 53;
    /// The server's address.
    SERVER = 54;
    /// The options that the client wants.
    PARAMETER_REQUEST_LIST = 55;
    /// Why something failed, in words.
    MESSAGE = 56;
    /// The largest message that the client takes.
    MAXIMUM_SIZE = 57;
    /// Time to renewal in seconds (T1).
    RENEWAL_TIME = 58;
    /// Time to rebinding in seconds (T2).
    REBINDING_TIME = 59;
    /// What kind of machine the client is.
    VENDOR_CLASS = 60;
    /// The client's identity.
    CLIENT_ID = 61;
    /// Two messages in place of four (RFC 4039).
    RAPID_COMMIT = 80;
    /// The client's fully qualified name (RFC 4702).
    CLIENT_FQDN = 81;
    /// What a relay added; meant for servers (RFC 3046).
    RELAY_INFORMATION = 82;
    /// The network prefers hosts without IPv4 (RFC 8925).
    IPV6_ONLY = 108;
    /// Domains to search (RFC 3397).
    DOMAIN_SEARCH = 119;
    /// Routes with prefixes (RFC 3442).
    CLASSLESS_ROUTES = 121;
    /// The same under the number that an operating system used before.
    CLASSLESS_ROUTES_MICROSOFT = 249;
    /// The end of an area.
    END = 255;
}

/// What a message is (option 53).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageType(pub u8);

impl MessageType {
    /// A client looks for servers.
    pub const DISCOVER: Self = Self(1);
    /// A server offers an address.
    pub const OFFER: Self = Self(2);
    /// A client takes an offer, or asks for what it had.
    pub const REQUEST: Self = Self(3);
    /// A client says that an address is in use.
    pub const DECLINE: Self = Self(4);
    /// A server grants a lease.
    pub const ACK: Self = Self(5);
    /// A server refuses.
    pub const NAK: Self = Self(6);
    /// A client gives its address back.
    pub const RELEASE: Self = Self(7);
    /// A client with an address asks for the rest.
    pub const INFORM: Self = Self(8);
    /// A server wants the client to renew (RFC 3203).
    pub const FORCE_RENEW: Self = Self(9);
}

/// The options of a message, each readable to its end.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Each option once, in the order of their first pieces.
    values: Vec<(Code, Cow<'a, [u8]>)>,
}

impl<'a> Options<'a> {
    /// Reads the options of a message; one that runs past the end of its area is an error.
    ///
    /// A missing end option is accepted, an option cut short is not. Only the options field may say that other areas hold
    /// options: an overload option within those is like any unknown one, so that there is no chain to follow.
    pub fn of(message: &Message<'a>) -> Result<Self, Error> {
        let mut cursor = Cursor::new(message.rest);
        let error = cursor.error(Expected::DhcpOption);
        if cursor.u32_be(Expected::DhcpOption)? != MAGIC_COOKIE {
            return Err(error);
        }
        let mut options = Self { values: Vec::with_capacity(16) };
        options.read(cursor.rest())?;
        let overload = match options.get(Code::OVERLOAD) {
            Some([bits @ 1..=3]) => *bits,
            _ => 0,
        };
        // Options field, file, sname: the order of RFC 3396 section 5.
        for (bit, area) in [(1, message.file), (2, message.server_name)] {
            if overload & bit != 0 {
                options.read(area)?;
            }
        }
        Ok(options)
    }

    /// Reads an area in few instructions: it is what a boot does with each reply.
    fn read(&mut self, mut area: &'a [u8]) -> Result<(), Error> {
        const CUT: Error = Error::new(Expected::DhcpOption, 0);
        loop {
            area = match area {
                [] => return Ok(()),
                [code, ..] if Code(*code) == Code::END => return Ok(()),
                [code, rest @ ..] if Code(*code) == Code::PAD => rest,
                [code, length, rest @ ..] => {
                    let (piece, rest) = rest.split_at_checked(usize::from(*length)).ok_or(CUT)?;
                    self.add(Code(*code), piece);
                    rest
                }
                [_] => return Err(CUT),
            };
        }
    }

    /// Adds an option, or a piece to one: the pieces of a split one are joined in their order (RFC 3396, RFC 2131 section 4.1).
    ///
    /// An option that stands there twice with the same value is no split one: a server that repeats itself says nothing new.
    /// Where each piece is full, it is a long value all the same.
    fn add(&mut self, code: Code, piece: &'a [u8]) {
        match self.values.iter_mut().find(|(known, _)| *known == code) {
            None => self.values.push((code, Cow::Borrowed(piece))),
            Some((_, value)) if piece.len() < FULL && **value == *piece => {}
            Some((_, value)) => value.to_mut().extend_from_slice(piece),
        }
    }

    /// Gives all of them.
    pub fn iter(&self) -> impl Iterator<Item = (Code, &[u8])> {
        self.values.iter().map(|(code, value)| (*code, &**value))
    }

    /// Gives an option's value.
    pub fn get(&self, code: Code) -> Option<&[u8]> {
        self.values.iter().find(|(known, _)| *known == code).map(|(_, value)| &**value)
    }
}

/// Appends an option; a value of more than 255 bytes is split (RFC 3396).
pub fn put(out: &mut Vec<u8>, code: Code, value: &[u8]) {
    let mut pieces = value.chunks(FULL);
    let first = pieces.next().unwrap_or_default();
    for piece in core::iter::once(first).chain(pieces) {
        out.push(code.0);
        // A piece is full at most.
        out.push(u8::try_from(piece.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::dhcp4::parse;

    fn bytes(options: &[u8], file: &[u8], server_name: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 236];
        bytes[44..44 + server_name.len()].copy_from_slice(server_name);
        bytes[108..108 + file.len()].copy_from_slice(file);
        bytes.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
        bytes.extend_from_slice(options);
        bytes
    }

    fn get(bytes: &[u8], code: u8) -> Option<Vec<u8>> {
        Options::of(&parse(bytes).unwrap()).unwrap().get(Code(code)).map(<[u8]>::to_vec)
    }

    #[test]
    fn padding_and_the_end_are_respected() {
        let bytes = bytes(&[0, 0, 53, 1, 2, 0, 255, 54, 4, 1, 2, 3, 4], &[], &[]);
        assert_eq!(get(&bytes, 53), Some(vec![2]));
        assert_eq!(get(&bytes, 54), None);
    }

    #[test]
    fn pieces_are_joined_over_all_areas_in_order() {
        let bytes = bytes(
            &[121, 2, 1, 2, 52, 1, 3, 121, 1, 3, 255],
            &[121, 2, 4, 5, 255],
            &[0, 121, 0, 121, 1, 6, 255, 121, 1, 9],
        );
        assert_eq!(get(&bytes, 121), Some(vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn other_areas_count_only_when_the_options_field_says_so() {
        for (overload, expected) in
            [(1, Some(vec![7])), (2, Some(vec![8])), (3, Some(vec![7, 8])), (0, None), (4, None)]
        {
            let bytes = bytes(&[52, 1, overload, 255], &[3, 1, 7, 255], &[3, 1, 8, 255]);
            assert_eq!(get(&bytes, 3), expected, "{overload}");
        }
        // CVE-2019-11579 class: an empty or long overload option; a chain of overloads within an area.
        assert_eq!(get(&bytes(&[52, 0, 255], &[3, 1, 7], &[]), 3), None);
        assert_eq!(get(&bytes(&[52, 2, 1, 1, 255], &[3, 1, 7], &[]), 3), None);
        assert_eq!(get(&bytes(&[52, 1, 1, 255], &[52, 1, 3, 255], &[3, 1, 8]), 3), None);
    }

    #[test]
    fn options_cut_short_are_refused_at_every_length() {
        let whole = bytes(&[53, 1, 2, 54, 4, 1, 2, 3, 4], &[], &[]);
        for length in 0..=whole.len() {
            let read = parse(&whole[..length]).and_then(|message| Options::of(&message).map(|_| ()));
            assert_eq!(read.is_ok(), [240, 243, 249].contains(&length), "{length}");
        }
        let area = bytes(&[52, 1, 2, 255], &[], &[]);
        let mut cut = area.clone();
        cut[44 + 62..44 + 64].copy_from_slice(&[3, 1]);
        assert!(Options::of(&parse(&area).unwrap()).is_ok());
        assert!(Options::of(&parse(&cut).unwrap()).is_err());
    }

    #[test]
    fn a_long_value_is_split_and_comes_back() {
        for length in [0, 1, 255, 256, 765] {
            let value: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let mut options = Vec::new();
            put(&mut options, Code::VENDOR, &value);
            assert_eq!(get(&bytes(&options, &[], &[]), 43), Some(value), "{length}");
        }
    }
}
