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

/// Opens those of a service; none if one cannot be, which is told.
pub(super) fn open(service: &Service, log: Log) -> Vec<OwnedFd> {
    let mut opened = Vec::new();
    for wanted in &service.sockets {
        match open_one(wanted) {
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
