//! The DHCP client in simulated time: whole lives, bad links, bad servers, bad packets.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod conflicts;
mod faults;
mod known_faults;
mod lifecycle;
mod link;
mod malformed;
mod properties;
mod world;
