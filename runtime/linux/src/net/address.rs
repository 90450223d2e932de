//! The addresses of sockets, as values and as the kernel's bytes.

use super::Family;
use crate::{Errno, Result};
use core::fmt;
use core::mem::offset_of;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use linux_raw_sys::if_packet as packet;
use linux_raw_sys::net as kernel;
use linux_raw_sys::netlink;

/// The longest address that the kernel gives (`struct sockaddr_storage`).
pub(super) const LONGEST: usize = 128;
/// UNIX_PATH_MAX: the longest name of a Unix socket.
const UNIX_BYTES: usize = 108;
/// Where a Unix socket's name starts.
const UNIX_NAME: usize = offset_of!(kernel::sockaddr_un, sun_path);

/// Things that can be given as the address of a socket.
pub trait AddressArg {
    /// Calls `body` with the address in the kernel's shape.
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T;
}

/// An address that the kernel gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// Of an IPv4 socket.
    Ipv4(SocketAddrV4),
    /// Of an IPv6 socket.
    Ipv6(SocketAddrV6),
    /// Of a Unix socket.
    Unix(UnixAddress),
    /// Of a netlink socket.
    Netlink(NetlinkAddress),
    /// Of a packet socket.
    Packet(PacketAddress),
    /// Of another family.
    Other(Family),
}

impl Address {
    /// Reads an address in the kernel's shape; none if there is none, or if it is cut.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let family = Family(u16::from_ne_bytes(take(bytes, 0)?));
        Some(match family {
            Family::IPV4 => Self::Ipv4(ipv4(bytes)?),
            Family::IPV6 => Self::Ipv6(ipv6(bytes)?),
            Family::UNIX => Self::Unix(UnixAddress::parse(bytes)?),
            Family::NETLINK => Self::Netlink(NetlinkAddress::parse(bytes)?),
            Family::PACKET => Self::Packet(PacketAddress::parse(bytes)?),
            other => Self::Other(other),
        })
    }
}

impl Address {
    /// Gives the address of an internet socket, if it is one.
    pub fn internet(self) -> Option<SocketAddr> {
        match self {
            Self::Ipv4(address) => Some(address.into()),
            Self::Ipv6(address) => Some(address.into()),
            _ => None,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => Self::Ipv4(address),
            SocketAddr::V6(address) => Self::Ipv6(address),
        }
    }
}

impl AddressArg for SocketAddr {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::V4(address) => address.with(body),
            Self::V6(address) => address.with(body),
        }
    }
}

/// So that an answer can be sent to where a message came from.
impl AddressArg for Address {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Ipv4(address) => address.with(body),
            Self::Ipv6(address) => address.with(body),
            Self::Unix(address) => address.with(body),
            Self::Netlink(address) => address.with(body),
            Self::Packet(address) => address.with(body),
            // The kernel refuses an address that is nothing but a family.
            Self::Other(family) => body(&family.0.to_ne_bytes()),
        }
    }
}

/// Copies a field; none if it does not lie in the bytes.
fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Writes a field at its place in a structure of the kernel's, which is long enough.
fn put<const N: usize>(bytes: &mut [u8], at: usize, field: [u8; N]) {
    if let Some(to) = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *to = field;
    }
}

fn ipv4(bytes: &[u8]) -> Option<SocketAddrV4> {
    let port = u16::from_be_bytes(take(bytes, offset_of!(kernel::sockaddr_in, sin_port))?);
    let address = Ipv4Addr::from(take::<4>(bytes, offset_of!(kernel::sockaddr_in, sin_addr))?);
    Some(SocketAddrV4::new(address, port))
}

fn ipv6(bytes: &[u8]) -> Option<SocketAddrV6> {
    let port = u16::from_be_bytes(take(bytes, offset_of!(kernel::sockaddr_in6, sin6_port))?);
    let flow = u32::from_be_bytes(take(bytes, offset_of!(kernel::sockaddr_in6, sin6_flowinfo))?);
    let address = Ipv6Addr::from(take::<16>(bytes, offset_of!(kernel::sockaddr_in6, sin6_addr))?);
    let scope = u32::from_ne_bytes(take(bytes, offset_of!(kernel::sockaddr_in6, sin6_scope_id))?);
    Some(SocketAddrV6::new(address, port, flow, scope))
}

impl AddressArg for SocketAddrV4 {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = [0; size_of::<kernel::sockaddr_in>()];
        put(&mut bytes, 0, Family::IPV4.0.to_ne_bytes());
        put(&mut bytes, offset_of!(kernel::sockaddr_in, sin_port), self.port().to_be_bytes());
        put(&mut bytes, offset_of!(kernel::sockaddr_in, sin_addr), self.ip().octets());
        body(&bytes)
    }
}

impl AddressArg for SocketAddrV6 {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = [0; size_of::<kernel::sockaddr_in6>()];
        put(&mut bytes, 0, Family::IPV6.0.to_ne_bytes());
        put(&mut bytes, offset_of!(kernel::sockaddr_in6, sin6_port), self.port().to_be_bytes());
        put(&mut bytes, offset_of!(kernel::sockaddr_in6, sin6_flowinfo), self.flowinfo().to_be_bytes());
        put(&mut bytes, offset_of!(kernel::sockaddr_in6, sin6_addr), self.ip().octets());
        put(&mut bytes, offset_of!(kernel::sockaddr_in6, sin6_scope_id), self.scope_id().to_ne_bytes());
        body(&bytes)
    }
}

/// The address of a Unix socket: a path, a name outside the tree, or none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UnixAddress {
    name: [u8; UNIX_BYTES],
    length: u8,
}

impl UnixAddress {
    /// No name; bind gives the socket one of the kernel's choice.
    pub const UNNAMED: Self = Self { name: [0; UNIX_BYTES], length: 0 };

    /// Takes a path, at most 108 bytes.
    ///
    /// # Errors
    /// `NAMETOOLONG`; `INVAL` if it is empty or holds a zero byte.
    pub fn path(path: &[u8]) -> Result<Self> {
        if path.is_empty() || path.contains(&0) {
            return Err(Errno::INVAL);
        }
        // The kernel wants the terminator told, too; the longest path has no room for one.
        Self::of(path, (path.len() + 1).min(UNIX_BYTES), 0)
    }

    /// Takes a name outside the tree, at most 107 bytes, of any value.
    ///
    /// # Errors
    /// `NAMETOOLONG`.
    pub fn abstract_name(name: &[u8]) -> Result<Self> {
        Self::of(name, name.len() + 1, 1)
    }

    fn of(name: &[u8], length: usize, at: usize) -> Result<Self> {
        let mut address = Self::UNNAMED;
        let to = address.name.get_mut(at..at + name.len()).ok_or(Errno::NAMETOOLONG)?;
        to.copy_from_slice(name);
        address.length = length as u8;
        Ok(address)
    }

    /// Gives the path, if it is one.
    pub fn as_path(&self) -> Option<&[u8]> {
        match self.bytes() {
            [] | [0, ..] => None,
            path => path.split(|byte| *byte == 0).next(),
        }
    }

    /// Gives the name outside the tree, if it is one.
    pub fn as_abstract_name(&self) -> Option<&[u8]> {
        self.bytes().strip_prefix(&[0])
    }

    fn bytes(&self) -> &[u8] {
        self.name.get(..self.length.into()).unwrap_or_default()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let name = bytes.get(UNIX_NAME..)?;
        // The kernel tells the terminator of the longest path, too.
        let name = name.strip_suffix(&[0]).filter(|path| path.len() == UNIX_BYTES).unwrap_or(name);
        Self::of(name, name.len(), 0).ok()
    }
}

impl fmt::Debug for UnixAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.as_path(), self.as_abstract_name()) {
            (Some(path), _) => write!(formatter, "UnixAddress({})", path.escape_ascii()),
            (None, Some(name)) => write!(formatter, "UnixAddress(@{})", name.escape_ascii()),
            (None, None) => formatter.write_str("UnixAddress(unnamed)"),
        }
    }
}

impl AddressArg for UnixAddress {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = [0; UNIX_NAME + UNIX_BYTES];
        put(&mut bytes, 0, Family::UNIX.0.to_ne_bytes());
        put(&mut bytes, UNIX_NAME, self.name);
        body(bytes.get(..UNIX_NAME + usize::from(self.length)).unwrap_or_default())
    }
}

/// The address of a netlink socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NetlinkAddress {
    /// The socket's number; 0 is the kernel, and to bind it lets the kernel choose.
    pub port: u32,
    /// The multicast groups, group 1 as bit 0.
    pub groups: u32,
}

impl NetlinkAddress {
    /// The kernel.
    pub const KERNEL: Self = Self { port: 0, groups: 0 };

    fn parse(bytes: &[u8]) -> Option<Self> {
        let field = |at| take(bytes, at).map(u32::from_ne_bytes);
        let port = field(offset_of!(netlink::sockaddr_nl, nl_pid))?;
        Some(Self { port, groups: field(offset_of!(netlink::sockaddr_nl, nl_groups))? })
    }
}

impl AddressArg for NetlinkAddress {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = [0; size_of::<netlink::sockaddr_nl>()];
        put(&mut bytes, 0, Family::NETLINK.0.to_ne_bytes());
        put(&mut bytes, offset_of!(netlink::sockaddr_nl, nl_pid), self.port.to_ne_bytes());
        put(&mut bytes, offset_of!(netlink::sockaddr_nl, nl_groups), self.groups.to_ne_bytes());
        body(&bytes)
    }
}

/// Whom a packet was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PacketKind(pub u8);

values! {
    PacketKind: u8 {
        /// PACKET_HOST: this machine.
        const HOST = packet::PACKET_HOST as u8;
        /// PACKET_BROADCAST: everybody.
        const BROADCAST = packet::PACKET_BROADCAST as u8;
        /// PACKET_MULTICAST: a group.
        const MULTICAST = packet::PACKET_MULTICAST as u8;
        /// PACKET_OTHERHOST: somebody else.
        const OTHER_HOST = packet::PACKET_OTHERHOST as u8;
        /// PACKET_OUTGOING: it was sent by this machine.
        const OUTGOING = packet::PACKET_OUTGOING as u8;
    }
}

/// The address of a packet socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketAddress {
    /// The Ethernet type; 0 receives nothing, 3 (ETH_P_ALL) everything.
    pub protocol: u16,
    /// The number of the interface.
    pub interface: u32,
    /// ARPHRD_ kind of the interface; given by the kernel only.
    pub hardware: u16,
    /// Whom the packet was for; given by the kernel only.
    pub kind: PacketKind,
    /// The link's address.
    address: [u8; 8],
    length: u8,
}

impl PacketAddress {
    /// Makes the address to bind to: all packets of an Ethernet type on an interface.
    pub const fn interface(interface: u32, protocol: u16) -> Self {
        Self { protocol, interface, hardware: 0, kind: PacketKind::HOST, address: [0; 8], length: 0 }
    }

    /// Makes the address to send to: a station on an interface's link.
    pub const fn station(interface: u32, protocol: u16, station: [u8; 6]) -> Self {
        let [a, b, c, d, e, f] = station;
        let address = [a, b, c, d, e, f, 0, 0];
        Self { protocol, interface, hardware: 0, kind: PacketKind::HOST, address, length: 6 }
    }

    /// Gives the link's address, as far as the kernel has room for it (8 bytes).
    pub fn link_address(&self) -> &[u8] {
        self.address.get(..self.length.into()).unwrap_or(&self.address)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let word = |at| take(bytes, at).map(u16::from_ne_bytes);
        let [kind] = take(bytes, offset_of!(packet::sockaddr_ll, sll_pkttype))?;
        let [length] = take(bytes, offset_of!(packet::sockaddr_ll, sll_halen))?;
        // The kernel cuts the structure after the bytes of the address that it has.
        let given = bytes.get(offset_of!(packet::sockaddr_ll, sll_addr)..)?;
        let mut address = [0; 8];
        address.iter_mut().zip(given).for_each(|(to, from)| *to = *from);
        Some(Self {
            protocol: u16::from_be(word(offset_of!(packet::sockaddr_ll, sll_protocol))?),
            interface: u32::from_ne_bytes(take(bytes, offset_of!(packet::sockaddr_ll, sll_ifindex))?),
            hardware: word(offset_of!(packet::sockaddr_ll, sll_hatype))?,
            kind: PacketKind(kind),
            address,
            length,
        })
    }
}

impl AddressArg for PacketAddress {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = [0; size_of::<packet::sockaddr_ll>()];
        put(&mut bytes, 0, Family::PACKET.0.to_ne_bytes());
        put(&mut bytes, offset_of!(packet::sockaddr_ll, sll_protocol), self.protocol.to_be_bytes());
        put(&mut bytes, offset_of!(packet::sockaddr_ll, sll_ifindex), self.interface.to_ne_bytes());
        put(&mut bytes, offset_of!(packet::sockaddr_ll, sll_halen), [self.length]);
        put(&mut bytes, offset_of!(packet::sockaddr_ll, sll_addr), self.address);
        body(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(address: &impl AddressArg) -> Option<Address> {
        address.with(Address::parse)
    }

    #[test]
    fn addresses_come_back_from_their_bytes() {
        let ipv4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 15), 68);
        assert_eq!(round(&ipv4), Some(Address::Ipv4(ipv4)));
        let ipv6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 546, 7, 3);
        assert_eq!(round(&ipv6), Some(Address::Ipv6(ipv6)));
        let netlink = NetlinkAddress { port: 77, groups: 0x11 };
        assert_eq!(round(&netlink), Some(Address::Netlink(netlink)));
        let packet = PacketAddress::station(2, 0x0800, [1, 2, 3, 4, 5, 6]);
        assert_eq!(round(&packet), Some(Address::Packet(packet)));
        assert_eq!(packet.link_address(), [1, 2, 3, 4, 5, 6]);
        for unix in
            [UnixAddress::path(b"/run/x"), UnixAddress::abstract_name(b"a\0b"), Ok(UnixAddress::UNNAMED)]
        {
            let unix = unix.unwrap();
            assert_eq!(round(&unix), Some(Address::Unix(unix)));
        }
    }

    #[test]
    fn bytes_of_ipv4() {
        let bytes = SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 15), 68).with(<[u8]>::to_vec);
        assert_eq!(bytes[2..], [0, 68, 10, 0, 2, 15, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn cut_addresses_are_none() {
        let bytes = PacketAddress::interface(2, 3).with(<[u8]>::to_vec);
        for length in 0..12 {
            assert_eq!(Address::parse(&bytes[..length]), None);
        }
        // As the kernel gives it for a link without addresses.
        assert!(Address::parse(&bytes[..12]).is_some());
        assert_eq!(Address::parse(&Family::IPV4.0.to_ne_bytes()), None);
    }

    #[test]
    fn names_of_unix_sockets() {
        assert_eq!(UnixAddress::path(b""), Err(Errno::INVAL));
        assert_eq!(UnixAddress::path(b"a\0"), Err(Errno::INVAL));
        assert_eq!(UnixAddress::path(&[b'x'; 109]), Err(Errno::NAMETOOLONG));
        let longest = UnixAddress::path(&[b'x'; 108]).unwrap();
        assert_eq!(longest.as_path(), Some([b'x'; 108].as_slice()));
        let name = UnixAddress::abstract_name(b"dbus").unwrap();
        assert_eq!((name.as_path(), name.as_abstract_name()), (None, Some(b"dbus".as_slice())));
        assert!(UnixAddress::abstract_name(&[0; 107]).is_ok());
        assert_eq!(UnixAddress::abstract_name(&[0; 108]), Err(Errno::NAMETOOLONG));
        assert_eq!(UnixAddress::UNNAMED.as_abstract_name(), None);
    }
}
