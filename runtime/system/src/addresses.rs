//! Addresses of links.

use alloc::vec::Vec;
use core::fmt::{self, Display};

use formats::internet::Shown;
use formats::netlink::message::kind;
use formats::netlink::{Family, Flags, Writer};

use crate::error::Result;
use crate::netlink::Socket;

pub use formats::netlink::address::{Address, AddressFlags, AddressProtocol, CacheInfo, FOREVER, Scope};

/// Gives addresses, by link: of one family or ([`Family::UNSPECIFIED`]) of all, of one link or (index 0) of all.
///
/// # Errors
/// What the kernel says; [`crate::Cause::Unsteady`].
pub fn dump(socket: &mut Socket, family: Family, index: u32) -> Result<Vec<Address>> {
    let mut addresses = socket.ask(
        &"addresses",
        kind::GET_ADDRESS,
        Flags::DUMP,
        &|writer| {
            writer.fixed(&[family.0, 0, 0, 0]);
            writer.fixed(&index.to_ne_bytes());
        },
        Address::parse,
    )?;
    // A kernel without strict checks gives those of all links, one without IPv6 those of IPv4 when asked for IPv6.
    addresses.retain(|address| {
        (index == 0 || address.index == index)
            && (family == Family::UNSPECIFIED || address.family() == family)
    });
    Ok(addresses)
}

/// Adds an address.
///
/// # Errors
/// `EXIST`, `NODEV`, `PERM`, `INVAL`.
pub fn add(socket: &mut Socket, address: &Address) -> Result<()> {
    put(socket, "add address", address, Flags::CREATE | Flags::EXCLUSIVE)
}

/// Adds an address, or changes its lifetimes and flags when it is there.
///
/// # Errors
/// `NODEV`, `PERM`, `INVAL`.
pub fn replace(socket: &mut Socket, address: &Address) -> Result<()> {
    put(socket, "set address", address, Flags::CREATE | Flags::REPLACE)
}

/// Changes the lifetimes and flags of an address that is there.
///
/// # Errors
/// `NOENT` (IPv6 and IPv4 alike: not there), `NODEV`, `PERM`, `INVAL`.
pub fn change(socket: &mut Socket, address: &Address) -> Result<()> {
    put(socket, "change address", address, Flags::REPLACE)
}

/// Removes an address.
///
/// # Errors
/// `ADDRNOTAVAIL` (not there), `NODEV`, `PERM`.
pub fn delete(socket: &mut Socket, address: &Address) -> Result<()> {
    let write = &|writer: &mut Writer<'_>| address.emit(writer);
    socket.change("delete address", &Named(address), kind::DELETE_ADDRESS, Flags::empty(), write)
}

/// Makes any such change: `flags` says whether the address may or must be there.
///
/// # Errors
/// Those of [`add`]; `NOENT`.
pub fn put(socket: &mut Socket, doing: &'static str, address: &Address, flags: Flags) -> Result<()> {
    socket.change(doing, &Named(address), kind::NEW_ADDRESS, flags, &|writer| address.emit(writer))
}

/// How an address is called in an error.
struct Named<'a>(&'a Address);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} of link {}", Shown(self.0.local), self.0.prefix, self.0.index)
    }
}
