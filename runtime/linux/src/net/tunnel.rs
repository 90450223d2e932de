//! Links whose far end is a program: tun and tap (tuntap.rst of the kernel's documentation).

use super::{INTERFACE_NAME_BYTES, InterfaceName};
use crate::fd::{AsFd, OwnedFd};
use crate::fs::{Mode, OpenFlags, open};
use crate::{Result, ioctl};
use linux_raw_sys::ioctl as request;

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

/// The kernel's `struct ifreq`, as far as names and flags go.
#[repr(C)]
struct Request {
    name: [u8; INTERFACE_NAME_BYTES],
    flags: u16,
    rest: [u8; REST],
    aligned: [usize; 0],
}

abi!(Request = "struct ifreq" { name: "ifr_ifrn.ifrn_name", flags: "ifr_ifru.ifru_flags" });

const REST: usize = size_of::<linux_raw_sys::net::ifmap>() - size_of::<u16>();

/// Makes a link, or takes one that is there, by the device (`/dev/net/tun`); gives its far end and its name, which the kernel
/// chooses for `tap%d` and the like.
///
/// # Errors
/// Those of `open(2)`; `PERM` (needs CAP_NET_ADMIN, or to own it), `BUSY`, `INVAL` (of the other kind).
#[doc(alias = "TUNSETIFF")]
pub fn open_tunnel(device: &[u8], name: &[u8], carries: Carries) -> Result<(OwnedFd, Option<InterfaceName>)> {
    let file = open(device, OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    let kind = if carries == Carries::Packets { TUN } else { TAP };
    let mut asked = Request {
        name: [0; INTERFACE_NAME_BYTES],
        flags: kind | NO_INFORMATION,
        rest: [0; REST],
        aligned: [],
    };
    // The last byte stays zero.
    asked.name.iter_mut().zip(name).take(INTERFACE_NAME_BYTES - 1).for_each(|(to, from)| *to = *from);
    // SAFETY: TUNSETIFF reads and writes one `ifreq`.
    unsafe { ioctl::update(&file, request::TUNSETIFF, &mut asked) }?;
    let name = asked.name.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok((file, InterfaceName::new(name)))
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
