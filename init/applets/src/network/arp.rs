//! `arp` (BusyBox's and net-tools'), over rtnetlink: the neighbours of IPv4.
//!
//! Names are looked up unless `-n` says so; a server that does not answer is not asked again. Without `-i` a new entry is of the
//! link by which the address is reached.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::{Family, HardwareAddress};
use linux::Errno;
use query::{Rows, Value};
use system::links::{self, Extent, Link};
use system::neighbours::{self, Neighbour, NeighbourFlags, State};
use system::netlink::Socket;
use system::{Error, routes};

use super::classic;
use super::names::{self, Names};
use crate::{Applet, Failure, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "arp",
    summary: "Show or change which hardware addresses neighbours have",
    usage: "[-nve] [-i INTERFACE] [-a] [HOST]\n[-i INTERFACE] -s HOST MAC [temp] [pub]\n\
            [-i INTERFACE] -D HOST INTERFACE [temp] [pub]\n[-i INTERFACE] -d HOST [pub]",
    flags: flags![
        Flag::new(b'a', "all", "show all, or HOST"),
        Flag::new(b's', "set", "add an entry"),
        Flag::new(b'D', "use-device", "add an entry with the hardware address of an interface"),
        Flag::new(b'd', "delete", "remove an entry"),
        Flag::with(b'i', "device", "INTERFACE", "entries of this interface"),
        Flag::new(b'n', "numeric", "do not look names up"),
        Flag::new(b'v', "verbose", "say how many there are"),
        Flag::new(b'e', "", "in columns"),
        Flag::with(b'H', "hw-type", "TYPE", ""),
        Flag::with(b't', "", "TYPE", ""),
        Flag::with(b'A', "protocol", "FAMILY", ""),
        Flag::rows("address type mac:s? permanent:b published:b interface",),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let socket = &mut Socket::open()?;
    let index = match parsed.value(b'i') {
        Some(name) => find_link(io, socket, name)?.index,
        None => 0,
    };
    let outcome = match (parsed.last_of(b"sdD"), &parsed.operands[..]) {
        (None, [] | [_]) => show(io, socket, parsed, index),
        (Some(b'd'), [host, how @ ..]) => delete(io, socket, index, host, how),
        (Some(b's'), [host, hardware, how @ ..]) => {
            let text = core::str::from_utf8(hardware).unwrap_or_default();
            let address = HardwareAddress::from_text(text);
            let address = address.ok_or_else(|| io.misuse(hardware, "not a hardware address"))?;
            add(io, socket, index, host, address, how)
        }
        (Some(b'D'), [host, name, how @ ..]) => {
            let address = find_link(io, socket, name)?.address;
            add(io, socket, index, host, address, how)
        }
        _ => return Ok(parsed.usage(io)),
    };
    outcome.map(|()| Status::SUCCESS)
}

fn find_link(io: &mut Io<'_>, socket: &mut Socket, name: &[u8]) -> Result<Link, Failure> {
    Ok(links::find(socket, classic::text(io, name)?, Extent::SKIP_STATISTICS)?)
}

/// Says whether the words behind an entry have this one among them.
fn has(how: &[&[u8]], word: &[u8]) -> bool {
    how.contains(&word)
}

fn add(
    io: &mut Io<'_>,
    socket: &mut Socket,
    index: u32,
    host: &[u8],
    hardware: HardwareAddress,
    how: &[&[u8]],
) -> Result<(), Failure> {
    let address = names::find(io, host, Some(false))?.ip();
    let index = match index {
        0 => routes::get(socket, &routes::to(address))?.output.unwrap_or(0),
        index => index,
    };
    let mut entry = Neighbour::permanent(index, address, hardware);
    if has(how, b"temp") {
        entry.state = State::REACHABLE;
    }
    if has(how, b"pub") {
        entry.flags |= NeighbourFlags::PROXY;
        entry.link_address = None;
    }
    Ok(neighbours::replace(socket, &entry)?)
}

fn delete(
    io: &mut Io<'_>,
    socket: &mut Socket,
    index: u32,
    host: &[u8],
    how: &[&[u8]],
) -> Result<(), Failure> {
    let address = names::find(io, host, Some(false))?.ip();
    let is_known = |entry: &&Neighbour| entry.destination == Some(address);
    for is_proxy in [false, true] {
        if is_proxy == has(how, b"pub") || how.is_empty() {
            let known = neighbours::dump(socket, Family::INET, index, is_proxy)?;
            if let Some(entry) = known.iter().find(is_known) {
                return Ok(neighbours::delete(socket, entry)?);
            }
        }
    }
    Err(Error::new("delete neighbour", host, Errno::NOENT).into())
}

/// Tells an entry in the words of a table.
struct Entry<'a> {
    address: IpAddr,
    kind: &'a str,
    hardware: Option<String>,
    is_permanent: bool,
    is_proxy: bool,
    interface: &'a str,
}

fn show(io: &mut Io<'_>, socket: &mut Socket, parsed: &Parsed<'_>, index: u32) -> Result<(), Failure> {
    let wanted = match parsed.operands.first() {
        Some(host) => Some(names::find(io, host, Some(false))?.ip()),
        None => None,
    };
    let links = links::dump(socket)?;
    let mut all = neighbours::dump(socket, Family::INET, index, false)?;
    all.retain(|entry| !entry.state.difference(State::NO_ARP).is_empty());
    all.extend(neighbours::dump(socket, Family::INET, index, true)?);
    let mut names = Names::new(parsed.has(b'n') || parsed.has(JSON));
    let mut rows = Rows::named("address type mac permanent published interface");
    let mut found = 0;
    for (entry, address) in all.iter().filter_map(|entry| Some((entry, entry.destination?))) {
        if wanted.is_some_and(|wanted| wanted != address) {
            continue;
        }
        let link = links.iter().find(|link| link.index == entry.index);
        let is_proxy = entry.flags.contains(NeighbourFlags::PROXY);
        let entry = Entry {
            address,
            kind: link.and_then(|link| link.hardware.name()).unwrap_or("generic"),
            hardware: entry.link_address.map(|address| address.to_string()),
            is_permanent: is_proxy || entry.state.contains(State::PERMANENT),
            is_proxy,
            interface: link.map_or("*", |link| &link.name),
        };
        if parsed.has(JSON) {
            rows.push(row(&entry));
        } else if parsed.has(b'e') {
            if found == 0 {
                io.out.put(
                    b"Address                  HWtype  HWaddress           Flags Mask            Iface\n",
                );
            }
            column(io, &entry, &names.host(address));
        } else {
            line(io, &entry, names.name(address).as_deref().unwrap_or("?"));
        }
        found += 1;
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    } else if found == 0 && wanted.is_some() {
        let _ = writeln!(io.out, "No match found in {} entries", all.len());
    }
    if parsed.has(b'v') {
        let _ = writeln!(io.out, "Entries: {}\tSkipped: {}\tFound: {found}", all.len(), all.len() - found);
    }
    Ok(())
}

fn row(entry: &Entry<'_>) -> Vec<Value> {
    Vec::from([
        Value::text(Shown(entry.address).to_string().as_bytes()),
        Value::text(entry.kind.as_bytes()),
        entry.hardware.as_ref().map_or(Value::Unknown, |hardware| Value::text(hardware.as_bytes())),
        Value::Truth(entry.is_permanent),
        Value::Truth(entry.is_proxy),
        Value::text(entry.interface.as_bytes()),
    ])
}

fn line(io: &mut Io<'_>, entry: &Entry<'_>, name: &str) {
    let _ = write!(io.out, "{name} ({}) at ", Shown(entry.address));
    let _ = match &entry.hardware {
        Some(hardware) => write!(io.out, "{hardware} [{}] ", entry.kind),
        None if entry.is_proxy => write!(io.out, "* "),
        None => write!(io.out, "<incomplete> "),
    };
    for (word, is_so) in [("PERM ", entry.is_permanent), ("PUB ", entry.is_proxy)] {
        io.out.put(if is_so { word.as_bytes() } else { b"" });
    }
    let _ = writeln!(io.out, "on {}", entry.interface);
}

fn column(io: &mut Io<'_>, entry: &Entry<'_>, name: &str) {
    let (kind, hardware) = match &entry.hardware {
        Some(hardware) => (entry.kind, hardware.as_str()),
        None if entry.is_proxy => ("*", "<from_interface>"),
        None => ("", "(incomplete)"),
    };
    let letters = [
        if entry.hardware.is_some() { "C" } else { "" },
        if entry.is_permanent { "M" } else { "" },
        if entry.is_proxy { "P" } else { "" },
    ]
    .concat();
    let _ = writeln!(io.out, "{name:<24} {kind:<7} {hardware:<19} {letters:<21} {}", entry.interface);
}
