//! The addresses that a machine has, or that its name has, and the names that these have.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::Family;
use system::addresses::{self, Scope};
use system::links::{self, LinkFlags};
use system::netlink::Socket;

use super::names;
use crate::{Io, Outcome, Status};

/// Prints what a key asks for, on a line.
pub(super) fn show(io: &mut Io<'_>, key: u8, names: &linux::system::Uname) -> Outcome {
    let host = names.host();
    let words = match key {
        b'i' => names::addresses(host).map_err(|reason| io.complain(host, &reason))?,
        b'I' => own()?.into_iter().map(|address| Shown(address).to_string()).collect(),
        b'A' => names::of(&own()?),
        b'a' => aliases(core::str::from_utf8(host).unwrap_or_default()),
        // The kernel's word for none.
        _ if names.domain() == b"(none)" => return Ok(io.complain(b"", &"no domain of NIS is set")),
        _ => Vec::from([String::from_utf8_lossy(names.domain()).into_owned()]),
    };
    for (at, word) in words.iter().enumerate() {
        io.out.put(if at > 0 { b" " } else { b"" });
        io.out.printable(word.as_bytes());
    }
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

/// Gives the addresses of links that are up, but those that no other machine can use.
fn own() -> system::Result<Vec<IpAddr>> {
    let mut socket = Socket::open()?;
    let links = links::dump(&mut socket)?;
    let is_up = |index: u32| {
        let mut links = links.iter();
        links.any(|link| {
            link.index == index
                && link.flags.contains(LinkFlags::UP)
                && !link.flags.contains(LinkFlags::LOOPBACK)
        })
    };
    let all = addresses::dump(&mut socket, Family::UNSPECIFIED, 0)?;
    let wanted = all.iter().filter(|address| {
        is_up(address.index) && (address.family() == Family::INET || address.scope != Scope::LINK)
    });
    Ok(wanted.map(|address| address.local).collect())
}

/// Gives the names of the host beyond the first, from each line that has it.
fn aliases(host: &str) -> Vec<String> {
    let hosts = system::file::read(b"/etc/hosts").unwrap_or_default();
    let entries = formats::etc::hosts::parse(&hosts).filter(|entry| entry.has(host));
    entries.flat_map(|entry| entry.names().skip(1)).map(String::from).collect()
}
