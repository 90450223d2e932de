//! Looking for the readiness of a service, in a child that ends when it has come: with 0, or with 1 if it never can.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;

use ::services::Ready;
use linux::fd::OwnedFd;
use linux::fs;
use linux::net::{Family, Protocol, SocketFlags, SocketKind, connect, socket as make};
use linux::{Errno, retry, time};

/// The time between two looks at what gives no sign.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits; `source` is the pipe, where there is one.
pub(super) fn wait(ready: &Ready, source: Option<OwnedFd>) -> i32 {
    match (ready, source) {
        (Ready::Started, _) => 0,
        (Ready::Descriptor(_), Some(pipe)) => i32::from(!has_line(&pipe)),
        (Ready::Descriptor(_), None) => 1,
        // Nobody is needed to look for these.
        (Ready::Socket | Ready::Fork, _) => 1,
        (Ready::Port(port), _) => until(|| is_open(*port)),
        (Ready::File(path), _) => until(|| fs::stat(path.as_str()).is_ok()),
    }
}

fn until(is_there: impl Fn() -> bool) -> i32 {
    while !is_there() {
        time::sleep(PAUSE);
    }
    0
}

fn has_line(pipe: &OwnedFd) -> bool {
    let mut bytes = [0; 64];
    loop {
        match retry(|| fs::read(pipe, &mut bytes)) {
            Ok(0) | Err(_) => return false,
            Ok(count) if bytes.iter().take(count).any(|byte| *byte == b'\n') => return true,
            Ok(_) => {}
        }
    }
}

fn is_open(port: u16) -> bool {
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    addresses.into_iter().zip([Family::IPV4, Family::IPV6]).any(|(address, family)| {
        let made = make(family, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT);
        made.and_then(|socket| match connect(&socket, &SocketAddr::new(address, port)) {
            Err(Errno::ISCONN) => Ok(()),
            result => result,
        })
        .is_ok()
    })
}
