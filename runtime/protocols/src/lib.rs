//! Conversations without I/O: events and the time in, actions and a deadline out; this crate never makes a system call.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod destination;
pub mod dhcp;
pub mod dhcp_server;
pub mod dns;
pub mod netlink;
pub mod ntp;
pub mod race;
pub mod telnet;
