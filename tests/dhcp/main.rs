//! The DHCP client in simulated time: whole lives, bad links, bad servers, bad packets.

mod conflicts;
mod lifecycle;
mod link;
mod world;
