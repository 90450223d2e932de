//! Names and numbers of network interfaces: netdevice(7).

use crate::fd::AsFd;
use crate::{Errno, Result, ioctl};
use core::fmt;
use ioctl::network as request;
use linux_raw_sys::net::net_device_flags;

/// IFNAMSIZ: the room for an interface's name, with its terminator.
#[doc(alias = "IFNAMSIZ")]
pub const INTERFACE_NAME_BYTES: usize = 16;

/// IFF_UP: it takes packets.
const UP: u16 = net_device_flags::IFF_UP as u16;

/// The name of an interface, at most 15 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InterfaceName([u8; INTERFACE_NAME_BYTES]);

impl InterfaceName {
    /// Takes a name as the kernel allows it: 1 to 15 bytes, no slash, colon, zero or blank, neither `.` nor `..`.
    pub fn new(name: &[u8]) -> Option<Self> {
        let forbidden = |byte: &u8| matches!(byte, 0 | b'/' | b':') || byte.is_ascii_whitespace();
        if name.is_empty() || name == b"." || name == b".." || name.iter().any(forbidden) {
            return None;
        }
        let mut bytes = [0; INTERFACE_NAME_BYTES];
        bytes.get_mut(..INTERFACE_NAME_BYTES - 1)?.get_mut(..name.len())?.copy_from_slice(name);
        Some(Self(bytes))
    }

    /// Gives the name.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.split(|byte| *byte == 0).next().unwrap_or_default()
    }
}

impl fmt::Debug for InterfaceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "InterfaceName({})", self.as_bytes().escape_ascii())
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().escape_ascii().fmt(formatter)
    }
}

/// What is asked of an interface, and the answer: the kernel's `struct ifreq`, a name and room for one of many values.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct InterfaceRequest {
    name: [u8; INTERFACE_NAME_BYTES],
    value: [u8; 4],
    rest: [u8; REST],
    aligned: [usize; 0],
}

abi!(InterfaceRequest = "struct ifreq" { name: "ifr_ifrn.ifrn_name", value: "ifr_ifru.ifru_ivalue" });

const REST: usize = size_of::<linux_raw_sys::net::ifmap>() - 4;

impl InterfaceRequest {
    /// Asks of an interface by its name; of none by number, which is then told.
    pub const fn of(name: Option<InterfaceName>) -> Self {
        let name = match name {
            Some(InterfaceName(name)) => name,
            None => [0; INTERFACE_NAME_BYTES],
        };
        Self { name, value: [0; 4], rest: [0; REST], aligned: [] }
    }

    /// Asks by the first 15 bytes of a name that need not be one yet: `tap%d` has the kernel choose one.
    pub fn pattern(name: &[u8]) -> Self {
        let mut asked = Self::of(None);
        // The last byte stays zero.
        asked.name.iter_mut().zip(name).take(INTERFACE_NAME_BYTES - 1).for_each(|(to, from)| *to = *from);
        asked
    }

    /// Gives the name.
    pub fn name(&self) -> &[u8] {
        self.name.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// Gives the value as a number: an index, a length, a metric.
    pub const fn number(&self) -> i32 {
        i32::from_ne_bytes(self.value)
    }

    /// Sets it.
    pub const fn set_number(&mut self, number: i32) {
        self.value = number.to_ne_bytes();
    }

    /// Gives the value as flags.
    pub const fn flags(&self) -> u16 {
        let [first, second, ..] = self.value;
        u16::from_ne_bytes([first, second])
    }

    /// Sets the value as flags.
    pub const fn set_flags(&mut self, flags: u16) {
        let [first, second] = flags.to_ne_bytes();
        self.value = [first, second, 0, 0];
    }
}

/// Finds the number of an interface by its name, in the network namespace of any socket.
///
/// # Errors
/// `NODEV`. See `netdevice(7)`, SIOCGIFINDEX.
#[doc(alias = "SIOCGIFINDEX")]
#[doc(alias = "if_nametoindex")]
pub fn interface_index(socket: impl AsFd, name: InterfaceName) -> Result<u32> {
    let mut asked = InterfaceRequest::of(Some(name));
    // SAFETY: SIOCGIFINDEX reads the name and writes the number of one `ifreq`.
    unsafe { ioctl::update(socket, request::SIOCGIFINDEX, &mut asked) }?;
    u32::try_from(asked.number()).map_err(|_| Errno::NODEV)
}

/// Finds the name of an interface by its number.
///
/// # Errors
/// `NODEV`. See `netdevice(7)`, SIOCGIFNAME.
#[doc(alias = "SIOCGIFNAME")]
#[doc(alias = "if_indextoname")]
pub fn interface_name(socket: impl AsFd, index: u32) -> Result<InterfaceName> {
    let index = i32::try_from(index).map_err(|_| Errno::NODEV)?;
    let mut asked = InterfaceRequest::of(None);
    asked.set_number(index);
    // SAFETY: SIOCGIFNAME reads the number and writes the name of one `ifreq`.
    unsafe { ioctl::update(socket, request::SIOCGIFNAME, &mut asked) }?;
    Ok(InterfaceName(asked.name))
}

/// Puts an interface up, in the network namespace of any socket.
///
/// # Errors
/// `NODEV`, `PERM` (needs CAP_NET_ADMIN). See `netdevice(7)`, SIOCSIFFLAGS.
#[doc(alias = "SIOCSIFFLAGS")]
#[doc(alias = "IFF_UP")]
pub fn put_up(socket: impl AsFd, name: InterfaceName) -> Result<()> {
    let mut asked = InterfaceRequest::of(Some(name));
    // SAFETY: SIOCGIFFLAGS reads the name and writes the flags of one `ifreq`.
    unsafe { ioctl::update(&socket, request::SIOCGIFFLAGS, &mut asked) }?;
    asked.set_flags(asked.flags() | UP);
    // SAFETY: SIOCSIFFLAGS reads the name and the flags.
    unsafe { ioctl::set(socket, request::SIOCSIFFLAGS, &asked) }.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(InterfaceName::new(b"eth0").map(|name| name.to_string()).as_deref(), Some("eth0"));
        assert!(InterfaceName::new(&[b'x'; 15]).is_some());
        for wrong in [b"".as_slice(), &[b'x'; 16], b"a/b", b"a b", b"a\0", b"..", b"eth0:1"] {
            assert_eq!(InterfaceName::new(wrong), None, "{}", wrong.escape_ascii());
        }
    }
}
