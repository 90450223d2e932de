//! `hostid` (GNU's and BusyBox's): the number in `/etc/hostid`, else one made of the address that `/etc/hosts` has for this
//! machine's name; 0 where neither is known.

use core::net::IpAddr;

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "hostid",
    summary: "Print the machine's number, in base sixteen",
    usage: "",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let kept = system::file::read(b"/etc/hostid").ok().and_then(|bytes| bytes.first_chunk().copied());
    let number = kept.map_or_else(of_address, u32::from_ne_bytes);
    for shift in (0..8).rev() {
        query::text::radix((number >> (4 * shift) & 15).into(), 16, &mut io.out);
    }
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

/// Gives the address as the bytes lie in memory, its halves exchanged, as every C library does.
fn of_address() -> u32 {
    let names = linux::system::uname();
    let host =
        names.as_ref().ok().and_then(|names| core::str::from_utf8(names.host()).ok()).unwrap_or_default();
    let hosts = system::file::read(b"/etc/hosts").unwrap_or_default();
    let mut addresses = formats::etc::hosts::parse(&hosts).filter(|entry| entry.has(host));
    addresses
        .find_map(|entry| match entry.address {
            IpAddr::V4(address) => Some(u32::from_ne_bytes(address.octets()).rotate_left(16)),
            IpAddr::V6(_) => None,
        })
        .unwrap_or(0)
}
