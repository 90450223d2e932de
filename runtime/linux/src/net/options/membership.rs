//! Groups that a socket receives from: of IPv4, IPv6 and netlink.

use super::{set, set_int};
use crate::Result;
use crate::fd::AsFd;
use core::net::{Ipv4Addr, Ipv6Addr};
use linux_raw_sys::net as kernel;
use linux_raw_sys::netlink;

/// The kernel's `struct ip_mreqn`: group, own address, number of the interface.
#[repr(C)]
struct Ipv4Membership([u8; 4], [u8; 4], u32);

abi!(Ipv4Membership = "struct ip_mreqn" { 0: "imr_multiaddr", 1: "imr_address", 2: "imr_ifindex" });

const _: () = assert!(size_of::<Ipv4Membership>() == size_of::<kernel::ip_mreqn>());

/// Receives what is sent to an IPv4 group through the interface with this number.
///
/// # Errors
/// `NODEV`, `ADDRINUSE` (done already), `NOBUFS`, `INVAL` (no group).
#[doc(alias = "IP_ADD_MEMBERSHIP")]
pub fn join_ipv4_group(socket: impl AsFd, group: Ipv4Addr, interface: u32) -> Result<()> {
    let membership = Ipv4Membership(group.octets(), [0; 4], interface);
    // SAFETY: the option reads one `ip_mreqn`: group, own address, number of the interface.
    unsafe { set(socket, kernel::SOL_IP, kernel::IP_ADD_MEMBERSHIP, &membership) }
}

/// Receives no more what is sent to an IPv4 group.
///
/// # Errors
/// `ADDRNOTAVAIL` (not joined).
#[doc(alias = "IP_DROP_MEMBERSHIP")]
pub fn leave_ipv4_group(socket: impl AsFd, group: Ipv4Addr, interface: u32) -> Result<()> {
    let membership = Ipv4Membership(group.octets(), [0; 4], interface);
    // SAFETY: as of joining.
    unsafe { set(socket, kernel::SOL_IP, kernel::IP_DROP_MEMBERSHIP, &membership) }
}

/// The kernel's `struct ipv6_mreq`: group, number of the interface.
#[repr(C)]
struct Ipv6Membership([u8; 16], u32);

abi!(Ipv6Membership = "struct ipv6_mreq" { 0: "ipv6mr_multiaddr", 1: "ipv6mr_ifindex" });

const _: () = assert!(size_of::<Ipv6Membership>() == size_of::<kernel::ipv6_mreq>());

/// Receives what is sent to an IPv6 group through the interface with this number; 0 for the one of the kernel's choice.
///
/// # Errors
/// `NODEV`, `ADDRINUSE` (done already), `INVAL` (no group).
#[doc(alias = "IPV6_ADD_MEMBERSHIP")]
pub fn join_ipv6_group(socket: impl AsFd, group: Ipv6Addr, interface: u32) -> Result<()> {
    let membership = Ipv6Membership(group.octets(), interface);
    // SAFETY: the option reads one `ipv6_mreq`.
    unsafe { set(socket, kernel::SOL_IPV6, kernel::IPV6_ADD_MEMBERSHIP, &membership) }
}

/// Receives no more what is sent to an IPv6 group.
///
/// # Errors
/// `ADDRNOTAVAIL` (not joined).
#[doc(alias = "IPV6_DROP_MEMBERSHIP")]
pub fn leave_ipv6_group(socket: impl AsFd, group: Ipv6Addr, interface: u32) -> Result<()> {
    let membership = Ipv6Membership(group.octets(), interface);
    // SAFETY: as of joining.
    unsafe { set(socket, kernel::SOL_IPV6, kernel::IPV6_DROP_MEMBERSHIP, &membership) }
}

/// Receives what the kernel sends to a netlink group (RTNLGRP_ and so on), counted from 1.
///
/// # Errors
/// `INVAL` (no such group), `PERM`.
#[doc(alias = "NETLINK_ADD_MEMBERSHIP")]
pub fn join_netlink_group(socket: impl AsFd, group: u32) -> Result<()> {
    set_int(socket, kernel::SOL_NETLINK, netlink::NETLINK_ADD_MEMBERSHIP, group.cast_signed())
}

/// Leaves a netlink group again.
///
/// # Errors
/// `INVAL` (no such group).
#[doc(alias = "NETLINK_DROP_MEMBERSHIP")]
pub fn leave_netlink_group(socket: impl AsFd, group: u32) -> Result<()> {
    set_int(socket, kernel::SOL_NETLINK, netlink::NETLINK_DROP_MEMBERSHIP, group.cast_signed())
}
