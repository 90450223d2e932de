//! Names and addresses of `/etc/hosts`, for programs that can ask no server.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::etc::hosts;
use formats::internet::Shown;

/// Gives the addresses of a name.
pub(super) fn addresses(host: &[u8]) -> Result<Vec<String>, &'static str> {
    let host = core::str::from_utf8(host).unwrap_or_default();
    let text = system::file::read(b"/etc/hosts").unwrap_or_default();
    let found = hosts::parse(&text).filter(|entry| entry.has(host));
    let words: Vec<String> = found.map(|entry| Shown(entry.address).to_string()).collect();
    if words.is_empty() { Err("not in /etc/hosts") } else { Ok(words) }
}

/// Gives the names of those addresses that have one.
pub(super) fn of(addresses: &[IpAddr]) -> Vec<String> {
    let text = system::file::read(b"/etc/hosts").unwrap_or_default();
    let name = |address: &IpAddr| {
        let mut entries = hosts::parse(&text);
        let entry = entries.find(|entry| entry.address == *address)?;
        entry.names().next().map(String::from)
    };
    addresses.iter().filter_map(name).collect()
}
