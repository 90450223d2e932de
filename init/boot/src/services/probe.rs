//! Looking for the readiness of a service, in a child that ends when it has come: with 0, or with 1 if it never can.

use alloc::format;
use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;

use ::services::{Ready, Service};
use linux::fd::OwnedFd;
use linux::fs::{self, Mode};
use linux::net::{
    Family, MessageFlags, Protocol, SocketFlags, SocketKind, UnixAddress, bind, connect, recv, socket as make,
};
use linux::{Errno, retry, time};

use crate::up;

/// The time between two looks at what gives no sign.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits; `source` is the pipe or the socket, where there is one.
pub(super) fn wait(ready: &Ready, source: Option<OwnedFd>) -> i32 {
    match (ready, source) {
        (Ready::Started, _) => 0,
        (Ready::Descriptor(_), Some(pipe)) => i32::from(!has_line(&pipe)),
        (Ready::Socket, Some(socket)) => i32::from(!has_notice(&socket)),
        (Ready::Descriptor(_) | Ready::Socket, None) => 1,
        (Ready::Port(port), _) => until(|| is_open(*port)),
        (Ready::File(path), _) => until(|| fs::stat(path.as_str()).is_ok()),
    }
}

/// Gives where a service says that it is ready.
pub(super) fn path(service: &Service) -> String {
    format!("/run/spelunk/notify-{}", service.name)
}

/// Makes the socket for that, which its user alone may write to.
///
/// # Errors
/// Those of `socket(2)` and `bind(2)`.
pub(super) fn socket(service: &Service) -> linux::Result<OwnedFd> {
    let path = path(service);
    up::make_folder();
    // That of a former process.
    let _ = fs::unlink(path.as_str());
    let socket = make(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    bind(&socket, &UnixAddress::path(path.as_bytes())?)?;
    fs::chmod(path.as_str(), Mode::octal(0o600))?;
    if let Some(numbers) = &service.numbers {
        fs::chown(path.as_str(), Some(numbers.user), None)?;
    }
    Ok(socket)
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

fn has_notice(socket: &OwnedFd) -> bool {
    let mut bytes = [0; 4096];
    loop {
        let Ok(count) = retry(|| recv(socket, &mut bytes, MessageFlags::empty())) else { return false };
        let notice = bytes.get(..count).unwrap_or_default();
        if notice.split(|byte| *byte == b'\n').any(|line| line == b"READY=1") {
            return true;
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
