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
    usage: "[-nve] [-i INTERFACE] [-a] [HOST]\n[-i INTERFACE] -s HOST MAC [temp] [pub] [dev INTERFACE]\n\
            [-i INTERFACE] -D HOST INTERFACE [temp] [pub]\n[-i INTERFACE] -d HOST [pub]\n\
            [-i INTERFACE] -f [FILE]",
    flags: flags![
        Flag::new(b'a', "all", "show all, or HOST"),
        Flag::new(b's', "set", "add an entry"),
        Flag::new(b'D', "use-device", "add an entry with the hardware address of an interface"),
        Flag::new(b'd', "delete", "remove an entry"),
        Flag::new(b'f', "file", "add those of FILE (/etc/ethers): HOST MAC [temp] [pub] a line"),
        Flag::with(b'i', "device", "INTERFACE", "entries of this interface"),
        Flag::new(b'n', "numeric", "do not look names up"),
        Flag::new(b'v', "verbose", "say how many there are"),
        Flag::new(b'e', "", "in columns"),
        Flag::with(b'H', "hw-type", "TYPE", "only those of TYPE: ether, ..."),
        Flag::with(b't', "", "TYPE", ""),
        Flag::with(b'A', "protocol", "FAMILY", "inet, which all are"),
        Flag::rows("address type mac:s? permanent:b published:b interface",),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(family) = parsed.value(b'A').filter(|family| *family != b"inet") {
        return Ok(io.misuse(family, "no family with ARP"));
    }
    let socket = &mut Socket::open()?;
    let index = match parsed.value(b'i') {
        Some(name) => find_link(io, socket, name)?.index,
        None => 0,
    };
    let outcome = match (parsed.last_of(b"sdDf"), &parsed.operands[..]) {
        (None, [] | [_]) => show(io, socket, parsed, index),
        (Some(b'd'), [host, how @ ..]) => {
            let how = How::read(io, socket, index, how)?;
            delete(io, socket, host, &how)
        }
        (Some(b's'), entry @ [_, _, ..]) => set(io, socket, index, entry),
        (Some(b'D'), [host, name, how @ ..]) => {
            let address = find_link(io, socket, name)?.address;
            let how = How::read(io, socket, index, how)?;
            add(io, socket, host, address, &how)
        }
        (Some(b'f'), []) => return listed(io, socket, index, b"/etc/ethers"),
        (Some(b'f'), [file]) => return listed(io, socket, index, file),
        _ => return Ok(parsed.usage(io)),
    };
    outcome.map(|()| Status::SUCCESS)
}

fn find_link(io: &mut Io<'_>, socket: &mut Socket, name: &[u8]) -> Result<Link, Failure> {
    Ok(links::find(socket, classic::text(io, name)?, Extent::SKIP_STATISTICS)?)
}

/// What the words behind an entry say.
struct How {
    is_temporary: bool,
    /// Whether we answer for the address; nothing where either will do.
    is_public: Option<bool>,
    /// The link; 0 for the one by which the address is reached.
    index: u32,
}

impl How {
    fn read(io: &mut Io<'_>, socket: &mut Socket, index: u32, words: &[&[u8]]) -> Result<Self, Failure> {
        let mut how = Self { is_temporary: false, is_public: None, index };
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                b"temp" => how.is_temporary = true,
                b"pub" => how.is_public = Some(true),
                b"priv" => how.is_public = Some(false),
                b"dev" => {
                    let name = words.next().ok_or_else(|| io.misuse(word, "needs an interface"))?;
                    how.index = find_link(io, socket, name)?.index;
                }
                // The kernel answers for single addresses only.
                b"netmask" => match words.next() {
                    Some(b"255.255.255.255") => {}
                    mask => return Err(io.misuse(mask.unwrap_or(word), "only 255.255.255.255").into()),
                },
                _ => return Err(io.misuse(word, "none of temp, pub, priv, dev INTERFACE").into()),
            }
        }
        Ok(how)
    }
}

/// Adds the entries of a file; a line that is none does not keep the others from being added.
fn listed(io: &mut Io<'_>, socket: &mut Socket, index: u32, file: &[u8]) -> Outcome {
    let text = system::file::read(file)?;
    let mut status = Status::SUCCESS;
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let words: Vec<&[u8]> = words.collect();
        let added = match words.as_slice() {
            [] => continue,
            entry => set(io, socket, index, entry),
        };
        if let Err(failure) = added {
            status = status.and(io.settle(Err(failure)));
        }
    }
    Ok(status)
}

/// Adds the entry that words tell: a host, a hardware address, and how.
fn set(io: &mut Io<'_>, socket: &mut Socket, index: u32, entry: &[&[u8]]) -> Result<(), Failure> {
    let [host, hardware, how @ ..] = entry else {
        return Err(io.misuse(&entry.join(&b' '), "HOST and MAC are expected").into());
    };
    let text = core::str::from_utf8(hardware).unwrap_or_default();
    let address = HardwareAddress::from_text(text);
    let address = address.ok_or_else(|| io.misuse(hardware, "not a hardware address"))?;
    let how = How::read(io, socket, index, how)?;
    add(io, socket, host, address, &how)
}

fn add(
    io: &mut Io<'_>,
    socket: &mut Socket,
    host: &[u8],
    hardware: HardwareAddress,
    how: &How,
) -> Result<(), Failure> {
    let address = names::find(io, host, Some(false))?.ip();
    let index = match how.index {
        0 => routes::get(socket, &routes::to(address))?.output.unwrap_or(0),
        index => index,
    };
    let mut entry = Neighbour::permanent(index, address, hardware);
    if how.is_temporary {
        entry.state = State::REACHABLE;
    }
    if how.is_public == Some(true) {
        entry.flags |= NeighbourFlags::PROXY;
        entry.link_address = None;
    }
    Ok(neighbours::replace(socket, &entry)?)
}

fn delete(io: &mut Io<'_>, socket: &mut Socket, host: &[u8], how: &How) -> Result<(), Failure> {
    let address = names::find(io, host, Some(false))?.ip();
    let is_known = |entry: &&Neighbour| entry.destination == Some(address);
    for is_proxy in [false, true] {
        if how.is_public.is_none_or(|is_public| is_public == is_proxy) {
            let known = neighbours::dump(socket, Family::INET, how.index, is_proxy)?;
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
        let kind = link.and_then(|link| link.hardware.name()).unwrap_or("generic");
        if parsed.value(b'H').or(parsed.value(b't')).is_some_and(|wanted| wanted != kind.as_bytes()) {
            continue;
        }
        let is_proxy = entry.flags.contains(NeighbourFlags::PROXY);
        let entry = Entry {
            address,
            kind,
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
