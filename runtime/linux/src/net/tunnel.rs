//! Links whose far end is a program: tun and tap (tuntap.rst of the kernel's documentation).

use super::{InterfaceName, InterfaceRequest};
use crate::fd::{AsFd, OwnedFd};
use crate::fs::{Mode, OpenFlags, open};
use crate::{Result, ioctl};
use ioctl::network as request;

/// What such a link carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// IFF_TUN: packets of IP.
    Packets,
    /// IFF_TAP: Ethernet frames.
    Frames,
}

/// IFF_TUN.
const TUN: u16 = 0x0001;
/// IFF_TAP.
const TAP: u16 = 0x0002;
/// IFF_NO_PI: nothing stands before the packets.
const NO_INFORMATION: u16 = 0x1000;

/// Makes a link, or takes one that is there, by the device (`/dev/net/tun`); gives its far end and its name, which the kernel
/// chooses for `tap%d` and the like.
///
/// # Errors
/// Those of `open(2)`; `PERM` (needs CAP_NET_ADMIN, or to own it), `BUSY`, `INVAL` (of the other kind).
#[doc(alias = "TUNSETIFF")]
pub fn open_tunnel(device: &[u8], name: &[u8], carries: Carries) -> Result<(OwnedFd, Option<InterfaceName>)> {
    let file = open(device, OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    let kind = if carries == Carries::Packets { TUN } else { TAP };
    let mut asked = InterfaceRequest::pattern(name);
    asked.set_flags(kind | NO_INFORMATION);
    // SAFETY: TUNSETIFF reads and writes one `ifreq`.
    unsafe { ioctl::update(&file, request::TUNSETIFF, &mut asked) }?;
    Ok((file, InterfaceName::new(asked.name())))
}

/// Has a link stay when its far end is closed, or go.
///
/// # Errors
/// Those of `ioctl(2)`.
#[doc(alias = "TUNSETPERSIST")]
pub fn set_tunnel_persistent(tunnel: impl AsFd, stays: bool) -> Result<()> {
    // SAFETY: the request takes a number.
    unsafe { ioctl::with_number(tunnel, request::TUNSETPERSIST, stays.into()) }.map(drop)
}

/// Lets a user, and a group, open a link's far end.
///
/// # Errors
/// `PERM`, `INVAL` (no such number in this namespace).
#[doc(alias = "TUNSETOWNER")]
#[doc(alias = "TUNSETGROUP")]
pub fn set_tunnel_owner(tunnel: impl AsFd, user: Option<u32>, group: Option<u32>) -> Result<()> {
    for (number, request) in [(user, request::TUNSETOWNER), (group, request::TUNSETGROUP)] {
        if let Some(number) = number {
            // SAFETY: the request takes a number.
            unsafe { ioctl::with_number(&tunnel, request, number as usize) }?;
        }
    }
    Ok(())
}
