//! Being told of changes: copies of the kernel's network tables that stay true when notifications are lost.
//!
//! Notifications come over a second socket. When more of them wait than the socket has room for, the kernel throws
//! away what comes, and says so once (`ENOBUFS`). Then the queue is emptied unread, the tables are dumped anew over
//! the asking socket, and the differences come out as events, so that a reader of events misses no state, only
//! states in between.
//!
//! Routes are always dumped after a notification about them, or about what carries them: the kernel removes IPv4
//! routes without a word when their link goes down or their source address goes, and tells of a route with several
//! next hops in pieces.

use alloc::boxed::Box;
use alloc::vec::Vec;

use formats::netlink::address::Address;
use formats::netlink::link::Link;
use formats::netlink::message::kind;
use formats::netlink::neighbour::Neighbour;
use formats::netlink::route::{Route, Table};
use formats::netlink::{Family, Message, Messages};
use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::net::{NetlinkAddress, SocketFlags, options};
use protocols::netlink::{Change, Mirror, Object};

use super::{ROOM, Socket};
use crate::error::{Error, Result};
use crate::{addresses, links, neighbours, routes};

bitflags::bitflags! {
    /// The tables to be told of, as the bits of `struct sockaddr_nl`.
    #[doc(alias = "RTMGRP_LINK")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Groups: u32 {
        /// Links.
        const LINKS = 1;
        /// Neighbours.
        const NEIGHBOURS = 1 << 2;
        /// IPv4 and IPv6 addresses.
        const ADDRESSES = 1 << 4 | 1 << 8;
        /// IPv4 and IPv6 routes.
        const ROUTES = 1 << 6 | 1 << 10;
        /// IPv4 and IPv6 rules; of these there is no copy.
        const RULES = 1 << 7 | 1 << 18;
    }
}

/// A change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Of the links.
    Link(Box<Change<Link>>),
    /// Of the addresses.
    Address(Change<Address>),
    /// Of the routes.
    Route(Change<Route>),
    /// Of the neighbours.
    Neighbour(Change<Neighbour>),
}

impl Event {
    fn link(change: Change<Link>) -> Self {
        Self::Link(Box::new(change))
    }
}

/// Copies of the tables of some groups.
#[derive(Debug)]
pub struct Monitor {
    descriptor: OwnedFd,
    groups: Groups,
    /// The tables that must be dumped before the copies are true again.
    stale: Groups,
    resyncs: u64,
    links: Mirror<Link>,
    addresses: Mirror<Address>,
    routes: Mirror<Route>,
    neighbours: Mirror<Neighbour>,
    room: Vec<u8>,
}

/// Room for notifications that wait, in bytes. The kernel's default holds 256 of addresses; this, some thousand.
const QUEUE: u32 = 1 << 20;
/// Datagrams taken at once, so that a flood cannot hold a reader in here.
const AT_ONCE: usize = 4096;

impl Monitor {
    /// Starts to listen, then fills the copies over `socket`.
    ///
    /// # Errors
    /// Those of [`Socket::open`] and of the dumps.
    pub fn open(socket: &mut Socket, groups: Groups) -> Result<Self> {
        let descriptor = listen(listened(groups), SocketFlags::NONBLOCK)?;
        let mut this = Self {
            descriptor,
            groups,
            stale: groups,
            resyncs: 0,
            links: Mirror::default(),
            addresses: Mirror::default(),
            routes: Mirror::default(),
            neighbours: Mirror::default(),
            room: Vec::with_capacity(ROOM),
        };
        this.dump(socket, &mut Vec::new())?;
        Ok(this)
    }

    /// Takes the notifications that wait, if any, and gives what changed; to be called when the descriptor is readable.
    ///
    /// # Errors
    /// Those of the dumps after a loss. The copies are then mended by the next call, which may be made at any time.
    pub fn events(&mut self, socket: &mut Socket) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        let mut lost = false;
        for _ in 0..AT_ONCE {
            match self.receive(&mut events, lost) {
                Ok(()) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(Errno::NOBUFS) => {
                    lost = true;
                    self.resyncs += 1;
                    self.stale = self.groups;
                }
                Err(errno) => return Err(Error::new("receive from", b"rtnetlink", errno)),
            }
        }
        self.dump(socket, &mut events)?;
        Ok(events)
    }

    /// Gives the links, by index.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.entries()
    }

    /// Gives the link of an index.
    pub fn link(&self, index: u32) -> Option<&Link> {
        self.links.get(&index)
    }

    /// Gives the addresses, by link.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.addresses.entries()
    }

    /// Gives the routes, by family, table and destination.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.entries()
    }

    /// Gives the neighbours, by link.
    pub fn neighbours(&self) -> impl Iterator<Item = &Neighbour> {
        self.neighbours.entries()
    }

    /// Gives how often notifications were lost and mended.
    pub const fn resyncs(&self) -> u64 {
        self.resyncs
    }

    /// Takes one datagram; after a loss it is thrown away.
    fn receive(&mut self, events: &mut Vec<Event>, lost: bool) -> linux::Result<()> {
        let mut room = core::mem::take(&mut self.room);
        let outcome = super::datagram(&self.descriptor, &mut room).map(|datagram| {
            let datagram = datagram.filter(|_| !lost).unwrap_or_default();
            for message in Messages::new(datagram).map_while(core::result::Result::ok) {
                events.extend(self.apply(&message));
            }
        });
        self.room = room;
        outcome
    }

    /// Applies one notification to the copies.
    fn apply(&mut self, message: &Message<'_>) -> Option<Event> {
        let payload = message.payload;
        match message.header.kind {
            // Of other families are notes on a bridge's port, in the shape of a link.
            kind::NEW_LINK | kind::DELETE_LINK if payload.first() != Some(&Family::UNSPECIFIED.0) => None,
            kind::NEW_LINK => {
                let link = Link::parse(payload).ok()?;
                self.carrier_of_routes_changed(!link.is_running());
                self.put_link(link)
            }
            kind::DELETE_LINK => {
                self.carrier_of_routes_changed(true);
                self.links.remove(&Link::parse(payload).ok()?.key()).map(Event::link)
            }
            kind::NEW_ADDRESS if !self.groups.contains(Groups::ADDRESSES) => None,
            kind::NEW_ADDRESS => self.addresses.put(Address::parse(payload).ok()?).map(Event::Address),
            kind::DELETE_ADDRESS => {
                self.carrier_of_routes_changed(true);
                self.addresses.remove(&Address::parse(payload).ok()?.key()).map(Event::Address)
            }
            kind::NEW_ROUTE | kind::DELETE_ROUTE => {
                self.carrier_of_routes_changed(true);
                None
            }
            kind::NEW_NEIGHBOUR => {
                let neighbour = Neighbour::parse(payload).ok().filter(is_of_dump)?;
                self.neighbours.put(neighbour).map(Event::Neighbour)
            }
            kind::DELETE_NEIGHBOUR => {
                self.neighbours.remove(&Neighbour::parse(payload).ok()?.key()).map(Event::Neighbour)
            }
            _ => None,
        }
    }

    /// Links are listened to for the sake of routes, too; then nobody asked for the event.
    fn put_link(&mut self, link: Link) -> Option<Event> {
        if !self.groups.contains(Groups::LINKS) {
            return None;
        }
        self.links.put(Link { statistics: None, ..link }).map(Event::link)
    }

    fn carrier_of_routes_changed(&mut self, changed: bool) {
        if changed {
            self.stale |= self.groups & Groups::ROUTES;
        }
    }

    /// Dumps what is stale and adds the differences to the events.
    fn dump(&mut self, socket: &mut Socket, events: &mut Vec<Event>) -> Result<()> {
        if self.stale.contains(Groups::LINKS) {
            let changes = self.links.replace(links::dump(socket)?);
            events.extend(changes.into_iter().map(Event::link));
        }
        if self.stale.contains(Groups::ADDRESSES) {
            let changes = self.addresses.replace(addresses::dump(socket, Family::UNSPECIFIED, 0)?);
            events.extend(changes.into_iter().map(Event::Address));
        }
        if self.stale.contains(Groups::ROUTES) {
            let changes = self.routes.replace(routes::dump(socket, Family::UNSPECIFIED, Table::UNSPECIFIED)?);
            events.extend(changes.into_iter().map(Event::Route));
        }
        if self.stale.contains(Groups::NEIGHBOURS) {
            let changes = self.neighbours.replace(neighbours::dump(socket, Family::UNSPECIFIED, 0, false)?);
            events.extend(changes.into_iter().map(Event::Neighbour));
        }
        self.stale = Groups::empty();
        Ok(())
    }
}

/// Opens a socket that is told of the changes of groups.
pub(super) fn listen(groups: Groups, flags: SocketFlags) -> Result<OwnedFd> {
    let descriptor = super::open(SocketFlags::CLOSE_ON_EXEC | flags)?;
    // Without the privilege the kernel's limit stays; a loss is mended, or told, in either case.
    let _ = options::set_receive_buffer_force(&descriptor, QUEUE);
    let address = NetlinkAddress { port: 0, groups: groups.bits() };
    linux::net::bind(&descriptor, &address).map_err(|errno| Error::new("listen to", b"rtnetlink", errno))?;
    Ok(descriptor)
}

impl AsFd for Monitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// Gives the groups that must be heard to keep those that were asked for.
fn listened(groups: Groups) -> Groups {
    if groups.contains(Groups::ROUTES) { groups | Groups::LINKS | Groups::ADDRESSES } else { groups }
}

/// Says whether a notified entry is of the table that is dumped: proxies and bridges have their own.
fn is_of_dump(neighbour: &Neighbour) -> bool {
    neighbour.family.bits() != 0 && !neighbour.flags.contains(neighbours::NeighbourFlags::PROXY)
}
