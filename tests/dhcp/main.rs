//! The DHCP client in simulated time: whole lives, bad links, bad servers, bad packets.

mod conflicts;
mod faults;
mod known_faults;
mod lifecycle;
mod link;
mod malformed;
mod properties;
mod world;
