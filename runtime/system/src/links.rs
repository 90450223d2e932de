//! Network links: what there is, and their making and changing.

use alloc::vec::Vec;
use core::fmt::{self, Display};

use formats::netlink::Flags;
use formats::netlink::link::emit_query;
use formats::netlink::message::kind;
use linux::Errno;

use crate::error::{Error, Result};
use crate::netlink::Socket;

pub use formats::netlink::link::{Change, Extent, Kind, Link, LinkFlags};

/// Gives all links, by index, without what is costly and seldom asked for.
///
/// # Errors
/// What the kernel says; [`crate::Cause::Unsteady`].
pub fn dump(socket: &mut Socket) -> Result<Vec<Link>> {
    dump_with(socket, Extent::SKIP_STATISTICS)
}

/// Gives all links, by index, with what `extent` asks for.
///
/// # Errors
/// What the kernel says; [`crate::Cause::Unsteady`].
pub fn dump_with(socket: &mut Socket, extent: Extent) -> Result<Vec<Link>> {
    socket.ask(
        &"links",
        kind::GET_LINK,
        Flags::DUMP,
        &|writer| emit_query(writer, 0, None, extent),
        Link::parse,
    )
}

/// Gives the settings of the kinds of all links, by index: attributes as the kernel gives them.
///
/// # Errors
/// What the kernel says; [`crate::Cause::Unsteady`].
pub fn settings(socket: &mut Socket) -> Result<Vec<(u32, Vec<u8>)>> {
    socket.ask(
        &"links",
        kind::GET_LINK,
        Flags::DUMP,
        &|writer| emit_query(writer, 0, None, Extent::SKIP_STATISTICS),
        formats::netlink::link::settings,
    )
}

/// Gives the link of an index, with what `extent` asks for.
///
/// # Errors
/// `NODEV`.
pub fn get(socket: &mut Socket, index: u32, extent: Extent) -> Result<Link> {
    one(socket, &Numbered(index), index, None, extent)
}

/// Gives the link of a name, which may be one of its other names, with what `extent` asks for.
///
/// # Errors
/// `NODEV`.
pub fn find(socket: &mut Socket, name: &str, extent: Extent) -> Result<Link> {
    // The kernel cuts a name at its first NUL, and takes none for any link.
    if name.is_empty() || name.len() > 127 || name.contains('\0') {
        return Err(Error::new("get", name.as_bytes(), Errno::NODEV));
    }
    one(socket, &name, 0, Some(name), extent)
}

#[inline(never)]
fn one(
    socket: &mut Socket,
    object: &dyn Display,
    index: u32,
    name: Option<&str>,
    extent: Extent,
) -> Result<Link> {
    let mut found = socket.ask(
        object,
        kind::GET_LINK,
        Flags::empty(),
        &|writer| emit_query(writer, index, name, extent),
        Link::parse,
    )?;
    found.pop().ok_or_else(|| crate::netlink::error("get", object, Errno::NODEV.into()))
}

/// Makes a link; the kernel chooses its index unless the change says one.
///
/// # Errors
/// `EXIST`, `OPNOTSUPP` (the kernel has no such kind), `PERM`, `INVAL`.
pub fn add(socket: &mut Socket, link: &Change<'_>) -> Result<()> {
    let flags = Flags::CREATE | Flags::EXCLUSIVE;
    socket.change("add link", &Named(link), kind::NEW_LINK, flags, &|writer| link.emit(writer))
}

/// Changes what a link is: its state, name, address, MTU, master.
///
/// # Errors
/// `NODEV`, `PERM`, `BUSY` (the link must be down for it), `INVAL`, `EXIST` (the new name).
pub fn set(socket: &mut Socket, change: &Change<'_>) -> Result<()> {
    let flags = Flags::empty();
    socket.change("change link", &Named(change), kind::NEW_LINK, flags, &|writer| change.emit(writer))
}

/// Switches a link on or off.
///
/// # Errors
/// `NODEV`, `PERM`.
pub fn set_up(socket: &mut Socket, index: u32, up: bool) -> Result<()> {
    let (set, clear) =
        if up { (LinkFlags::UP, LinkFlags::empty()) } else { (LinkFlags::empty(), LinkFlags::UP) };
    self::set(socket, &Change { index, set, clear, ..Change::default() })
}

/// Removes a link.
///
/// # Errors
/// `NODEV`, `OPNOTSUPP` (hardware stays), `PERM`.
pub fn delete(socket: &mut Socket, index: u32) -> Result<()> {
    let which = Change { index, ..Change::default() };
    socket.change("delete link", &Named(&which), kind::DELETE_LINK, Flags::empty(), &|writer| {
        which.emit(writer)
    })
}

/// How a link is called in an error whose caller knows the index only.
struct Numbered(u32);

impl Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "link {}", self.0)
    }
}

/// How the link of a change is called in an error.
struct Named<'a>(&'a Change<'a>);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Change { index: 0, name: Some(name), .. } => f.write_str(name),
            Change { index, .. } => write!(f, "{index}"),
        }
    }
}
