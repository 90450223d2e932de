//! The sockets that are there before their services, so that nobody who connects early is turned away.

use alloc::format;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, SocketAddr};

use ::services::{Listen, Service, Transport};
use linux::fd::OwnedFd;
use linux::fs::{self, Mode};
use linux::net::options::set_reuse_address;
use linux::net::{AddressArg, Family, Protocol, SocketFlags, SocketKind, UnixAddress, bind, listen, socket};
use linux::{Errno, Result};

use crate::log::Log;

/// How many may wait to be taken.
const WAITING: u32 = 128;

/// Opens those of a service, of which some are open as its file before had them: who waits there goes on waiting. None if one cannot
/// be opened, which is told.
pub(super) fn open(service: &Service, former: &mut Vec<(Listen, OwnedFd)>, log: Log) -> Vec<OwnedFd> {
    let mut same = |wanted: &Listen| {
        let is_same = |one: &Listen| (&one.address, one.transport) == (&wanted.address, wanted.transport);
        let at = former.iter().position(|(one, _)| is_same(one))?;
        Some(former.swap_remove(at).1)
    };
    let same: Vec<_> = service.sockets.iter().map(&mut same).collect();
    // A new one may lie where one of these does.
    former.clear();
    let mut opened = Vec::new();
    for (wanted, same) in service.sockets.iter().zip(same) {
        match same.map_or_else(|| open_one(wanted), Ok) {
            Ok(socket) => opened.push(socket),
            Err(cause) => {
                let address = &wanted.address;
                log.error(format_args!(
                    "{}: open its socket {}, {address}: {cause}",
                    service.name, wanted.name
                ));
                return Vec::new();
            }
        }
    }
    opened
}

fn open_one(wanted: &Listen) -> Result<OwnedFd> {
    let kind = match wanted.transport {
        Transport::Stream => SocketKind::STREAM,
        Transport::Datagram => SocketKind::DATAGRAM,
    };
    let address = wanted.address.as_str();
    if address.starts_with('/') {
        // That of a former run.
        let _ = fs::unlink(address);
        let socket = bound(Family::UNIX, kind, &UnixAddress::path(address.as_bytes())?)?;
        fs::chmod(address, Mode::octal(0o666))?;
        return Ok(socket);
    }
    match format!("[::]:{address}").parse::<SocketAddr>() {
        // A port alone is one of all addresses, by IPv6 of those of IPv4 too.
        Ok(all) => bound(Family::IPV6, kind, &all).or_else(|_| {
            let port = address.parse().map_err(|_| Errno::INVAL)?;
            bound(Family::IPV4, kind, &SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
        }),
        Err(_) => {
            let address: SocketAddr = address.parse().map_err(|_| Errno::INVAL)?;
            let family = if address.is_ipv4() { Family::IPV4 } else { Family::IPV6 };
            bound(family, kind, &address)
        }
    }
}

fn bound(family: Family, kind: SocketKind, address: &impl AddressArg) -> Result<OwnedFd> {
    let socket = socket(family, kind, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    if family != Family::UNIX {
        set_reuse_address(&socket, true)?;
    }
    bind(&socket, address)?;
    if kind == SocketKind::STREAM {
        listen(&socket, WAITING)?;
    }
    Ok(socket)
}
