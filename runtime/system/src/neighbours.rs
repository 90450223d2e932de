//! Neighbours: who answers to which address on a link.

use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::message::kind;
use formats::netlink::neighbour::Attribute;
use formats::netlink::{Family, Flags, HardwareAddress, Writer};

use crate::error::Result;
use crate::netlink::Socket;

pub use formats::netlink::neighbour::{Neighbour, NeighbourFlags, State};

/// Gives the entries of one family or ([`Family::UNSPECIFIED`]) of all, of one link or (index 0) of all; with `proxies`,
/// the addresses that this machine answers for instead.
///
/// # Errors
/// What the kernel says; [`crate::Cause::Unsteady`].
pub fn dump(socket: &mut Socket, family: Family, index: u32, proxies: bool) -> Result<Vec<Neighbour>> {
    let flags = if proxies { NeighbourFlags::PROXY } else { NeighbourFlags::empty() };
    let mut neighbours = socket.ask(
        &"neighbours",
        kind::GET_NEIGHBOUR,
        Flags::DUMP,
        &|writer| {
            writer.fixed(&[family.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, flags.bits(), 0]);
            writer.optional(Attribute::INDEX, &Some(index).filter(|&index| index != 0));
        },
        Neighbour::parse,
    )?;
    // A kernel without strict checks gives all of them; all families include the tables of bridges.
    neighbours.retain(|neighbour| {
        (index == 0 || neighbour.index == index)
            && (family != Family::UNSPECIFIED || neighbour.family.bits() != 0)
    });
    Ok(neighbours)
}

/// Gives the entry of an address on a link.
///
/// # Errors
/// `NOENT`, `NODEV`.
pub fn get(socket: &mut Socket, index: u32, destination: IpAddr) -> Result<Option<Neighbour>> {
    let entry = Neighbour {
        link_address: None,
        state: State::empty(),
        ..Neighbour::permanent(index, destination, HardwareAddress::default())
    };
    let write = &|writer: &mut Writer<'_>| entry.emit(writer);
    let found = socket.ask(&Named(&entry), kind::GET_NEIGHBOUR, Flags::empty(), write, Neighbour::parse);
    found.map(|mut found| found.pop())
}

/// Adds an entry.
///
/// # Errors
/// `EXIST`, `NODEV`, `PERM`, `INVAL`.
pub fn add(socket: &mut Socket, neighbour: &Neighbour) -> Result<()> {
    put(socket, "add neighbour", neighbour, Flags::CREATE | Flags::EXCLUSIVE)
}

/// Adds an entry, or puts it in the place of the one of the same address.
///
/// # Errors
/// `NODEV`, `PERM`, `INVAL`.
pub fn replace(socket: &mut Socket, neighbour: &Neighbour) -> Result<()> {
    put(socket, "set neighbour", neighbour, Flags::CREATE | Flags::REPLACE)
}

/// Changes an entry that is there.
///
/// # Errors
/// `NOENT`, `NODEV`, `PERM`, `INVAL`.
pub fn change(socket: &mut Socket, neighbour: &Neighbour) -> Result<()> {
    put(socket, "change neighbour", neighbour, Flags::REPLACE)
}

/// Removes an entry.
///
/// # Errors
/// `NOENT`, `NODEV`, `PERM`.
pub fn delete(socket: &mut Socket, neighbour: &Neighbour) -> Result<()> {
    let write = &|writer: &mut Writer<'_>| neighbour.emit(writer);
    socket.change("delete neighbour", &Named(neighbour), kind::DELETE_NEIGHBOUR, Flags::empty(), write)
}

/// Makes any such change: `flags` says whether the entry may or must be there.
///
/// # Errors
/// Those of [`add`]; `NOENT`.
pub fn put(socket: &mut Socket, doing: &'static str, neighbour: &Neighbour, flags: Flags) -> Result<()> {
    socket.change(doing, &Named(neighbour), kind::NEW_NEIGHBOUR, flags, &|writer| neighbour.emit(writer))
}

/// How a neighbour is called in an error.
struct Named<'a>(&'a Neighbour);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.destination {
            Some(destination) => write!(f, "{} on link {}", Shown(destination), self.0.index),
            None => write!(f, "on link {}", self.0.index),
        }
    }
}
