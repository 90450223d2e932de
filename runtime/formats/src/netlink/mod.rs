//! Netlink: the messages in which the kernel tells and is told about links, addresses, routes and neighbours.
//!
//! Three levels, each blind to the one above: [`message`] cuts a receive buffer into messages, [`attribute`] cuts a
//! message's tail into (type, flags, bytes), and a family ([`link`], [`address`], [`route`], [`rule`], [`neighbour`], [`namespace`])
//! gives them meaning through a table of rows, one row an attribute (see `table.rs`); its reader is a list of keys and of
//! the fields that they fill.
//!
//! Kernels grow attributes and lengthen structures. The rule of every reader here: take at least what is needed,
//! ignore the rest of a value; a value too short for its type, or of an unknown type, is left out and fails nothing.
//!
//! Sources: `include/uapi/linux/{netlink,rtnetlink,if_link,if_addr,neighbour,fib_rules}.h`, RFC 3549, kernel
//! `Documentation/userspace-api/netlink/intro.rst`.

#[macro_use]
mod table;

pub mod address;
pub mod attribute;
pub mod hardware;
pub mod link;
pub mod message;
pub mod namespace;
pub mod neighbour;
pub mod reply;
pub mod request;
pub mod route;
pub mod rule;
#[cfg(test)]
mod samples;

pub use attribute::{Attributes, Key, Nest, Raw, Text, Value};
pub use hardware::HardwareAddress;
pub use message::{Flags, Header, Message, Messages, Writer};
pub use table::Names;

open_values! {
    /// An address family, as in the first byte of every rtnetlink header.
    #[doc(alias = "AF_INET")]
    pub struct Family(u8) {
        UNSPECIFIED = 0 => "unspec",
        INET = 2 => "inet",
        BRIDGE = 7 => "bridge",
        INET6 = 10 => "inet6",
        PACKET = 17 => "link",
        MPLS = 28 => "mpls",
    }
}

impl Family {
    /// Gives the family that an address belongs to.
    pub const fn of(address: core::net::IpAddr) -> Self {
        match address {
            core::net::IpAddr::V4(_) => Self::INET,
            core::net::IpAddr::V6(_) => Self::INET6,
        }
    }

    /// Gives the number of bits of an address of this family; 0 where the family has none.
    pub const fn bits(self) -> u8 {
        match self {
            Self::INET => 32,
            Self::INET6 => 128,
            _ => 0,
        }
    }

    /// Gives the all-zero address of this family.
    pub const fn zero(self) -> Option<core::net::IpAddr> {
        match self {
            Self::INET => Some(core::net::IpAddr::V4(core::net::Ipv4Addr::UNSPECIFIED)),
            Self::INET6 => Some(core::net::IpAddr::V6(core::net::Ipv6Addr::UNSPECIFIED)),
            _ => None,
        }
    }
}
