//! What travels on a wire: a protocol a file.

pub mod agent;
pub mod arp;
pub mod checksum;
pub mod dhcp4;
pub mod dns;
pub mod ethernet;
pub mod ftp;
pub mod http;
pub mod icmp;
pub mod ipv4;
pub mod journald;
pub mod ntp;
pub mod syslog;
pub mod tftp;
pub mod udp;
