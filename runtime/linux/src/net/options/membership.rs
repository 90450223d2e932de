//! Groups that a socket receives from: of IPv4, IPv6 and netlink.

use super::{IPV4_JOIN, IPV4_LEAVE, IPV6_JOIN, IPV6_LEAVE, NETLINK_JOIN, NETLINK_LEAVE};
use crate::Result;
use crate::fd::AsFd;
use core::net::{Ipv4Addr, Ipv6Addr};
use linux_raw_sys::net as kernel;

/// A group of IPv4 and who receives it, the kernel's `struct ip_mreqn`: group, own address, number of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Ipv4Membership(pub [u8; 4], pub [u8; 4], pub u32);

abi!(Ipv4Membership = "struct ip_mreqn" { 0: "imr_multiaddr", 1: "imr_address", 2: "imr_ifindex" });

const _: () = assert!(size_of::<Ipv4Membership>() == size_of::<kernel::ip_mreqn>());

/// Receives what is sent to an IPv4 group through the interface with this number.
///
/// # Errors
/// `NODEV`, `ADDRINUSE` (done already), `NOBUFS`, `INVAL` (no group).
#[doc(alias = "IP_ADD_MEMBERSHIP")]
pub fn join_ipv4_group(socket: impl AsFd, group: Ipv4Addr, interface: u32) -> Result<()> {
    let membership = Ipv4Membership(group.octets(), [0; 4], interface);
    IPV4_JOIN.set(socket, membership)
}

/// Receives no more what is sent to an IPv4 group.
///
/// # Errors
/// `ADDRNOTAVAIL` (not joined).
#[doc(alias = "IP_DROP_MEMBERSHIP")]
pub fn leave_ipv4_group(socket: impl AsFd, group: Ipv4Addr, interface: u32) -> Result<()> {
    let membership = Ipv4Membership(group.octets(), [0; 4], interface);
    IPV4_LEAVE.set(socket, membership)
}

/// A group of IPv6 and who receives it, the kernel's `struct ipv6_mreq`: group, number of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Ipv6Membership(pub [u8; 16], pub u32);

abi!(Ipv6Membership = "struct ipv6_mreq" { 0: "ipv6mr_multiaddr", 1: "ipv6mr_ifindex" });

const _: () = assert!(size_of::<Ipv6Membership>() == size_of::<kernel::ipv6_mreq>());

/// Receives what is sent to an IPv6 group through the interface with this number; 0 for the one of the kernel's choice.
///
/// # Errors
/// `NODEV`, `ADDRINUSE` (done already), `INVAL` (no group).
#[doc(alias = "IPV6_ADD_MEMBERSHIP")]
pub fn join_ipv6_group(socket: impl AsFd, group: Ipv6Addr, interface: u32) -> Result<()> {
    let membership = Ipv6Membership(group.octets(), interface);
    IPV6_JOIN.set(socket, membership)
}

/// Receives no more what is sent to an IPv6 group.
///
/// # Errors
/// `ADDRNOTAVAIL` (not joined).
#[doc(alias = "IPV6_DROP_MEMBERSHIP")]
pub fn leave_ipv6_group(socket: impl AsFd, group: Ipv6Addr, interface: u32) -> Result<()> {
    let membership = Ipv6Membership(group.octets(), interface);
    IPV6_LEAVE.set(socket, membership)
}

/// Receives what the kernel sends to a netlink group (RTNLGRP_ and so on), counted from 1.
///
/// # Errors
/// `INVAL` (no such group), `PERM`.
#[doc(alias = "NETLINK_ADD_MEMBERSHIP")]
pub fn join_netlink_group(socket: impl AsFd, group: u32) -> Result<()> {
    NETLINK_JOIN.set(socket, group)
}

/// Leaves a netlink group again.
///
/// # Errors
/// `INVAL` (no such group).
#[doc(alias = "NETLINK_DROP_MEMBERSHIP")]
pub fn leave_netlink_group(socket: impl AsFd, group: u32) -> Result<()> {
    NETLINK_LEAVE.set(socket, group)
}
