//! Tells what changes about links and addresses: `netlink_monitor [CHANGES]` ends after so many; `netlink_monitor own` makes a network
//! of its own, puts its loopback link up, and tells what that changes.
//!
//! Notifications may be lost when many come; the tables are then read anew, and no state is missed.
//!
//! ```text
//! $ netlink_monitor 0 | grep ' lo '
//! link 1 lo...
//! $ netlink_monitor own | grep lo | sort -u
//! + address 127.0.0.1/8 of lo
//! + address ::1/128 of lo
//! = link 1 lo up
//! link 1 lo down
//! ```

#![no_std]
#![no_main]

use core::time::Duration;

use spelunk::formats::internet::Shown;
use spelunk::formats::netlink::address::Address;
use spelunk::formats::netlink::link::{Extent, Link, LinkFlags};
use spelunk::io::{Write, stderr, stdout};
use spelunk::linux::poll::{PollFd, PollFlags, poll};
use spelunk::linux::process::{Namespaces, unshare};
use spelunk::linux::{self, Errno};
use spelunk::protocols::netlink::Change;
use spelunk::system::links;
use spelunk::system::netlink::{Event, Groups, Monitor, Socket};
use spelunk::system::{Error, Result};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let word = arguments.nth(1).and_then(|word| word.to_str().ok());
    let told = match word {
        Some("own") => own(),
        word => Socket::open().and_then(|mut socket| {
            let mut monitor = open(&mut socket)?;
            watch(&mut socket, &mut monitor, word.and_then(|word| word.parse().ok()), None)
        }),
    };
    match told {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(stderr(), "netlink_monitor: {error}");
            1
        }
    }
}

/// Begins to listen, and shows what there is.
fn open(socket: &mut Socket) -> Result<Monitor> {
    let monitor = Monitor::open(socket, Groups::LINKS | Groups::ADDRESSES)?;
    let mut out = stdout();
    for link in monitor.links() {
        let _ = show_link(&mut out, "", link);
    }
    out.flush().map_err(|errno| Error::new("write", b"standard output", errno))?;
    Ok(monitor)
}

/// In a network of its own, where it may do everything.
fn own() -> Result<()> {
    let parted = unshare(Namespaces::USER | Namespaces::NETWORK);
    parted.map_err(|errno| Error::new("make", b"a network", errno))?;
    let mut socket = Socket::open()?;
    let mut monitor = open(&mut socket)?;
    let index = links::find(&mut socket, "lo", Extent::empty())?.index;
    links::set_up(&mut socket, index, true)?;
    watch(&mut socket, &mut monitor, None, Some(Duration::from_millis(300)))
}

/// Shows changes: so many, or until none has come for so long.
fn watch(
    socket: &mut Socket,
    monitor: &mut Monitor,
    mut left: Option<usize>,
    patience: Option<Duration>,
) -> Result<()> {
    let mut out = stdout();
    while left != Some(0) {
        match poll(&mut [PollFd::new(monitor, PollFlags::IN)], patience) {
            Ok(0) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(Error::new("wait for", b"changes", errno)),
        }
        for event in monitor.events(socket)? {
            let _ = show(&mut out, monitor, &event);
            left = left.map(|left| left.saturating_sub(1));
        }
        out.flush().map_err(|errno| Error::new("write", b"standard output", errno))?;
    }
    Ok(())
}

fn show(out: &mut impl Write, monitor: &Monitor, event: &Event) -> linux::Result<()> {
    match event {
        Event::Link(change) => {
            let (sign, link) = sign(change);
            show_link(out, sign, link)
        }
        Event::Address(change) => {
            let (sign, Address { local, prefix, index, .. }) = sign(change);
            let link = monitor.link(*index).map_or("?", |link| &link.name);
            writeln!(out, "{sign}address {}/{prefix} of {link}", Shown(*local))
        }
        Event::Route(_) | Event::Neighbour(_) => Ok(()),
    }
}

fn show_link(out: &mut impl Write, sign: &str, link: &Link) -> linux::Result<()> {
    let state = if link.flags.contains(LinkFlags::UP) { "up" } else { "down" };
    writeln!(out, "{sign}link {} {} {state}", link.index, link.name)
}

fn sign<T>(change: &Change<T>) -> (&'static str, &T) {
    match change {
        Change::New(entry) => ("+ ", entry),
        Change::Changed { now, .. } => ("= ", now),
        Change::Gone(entry) => ("- ", entry),
    }
}
