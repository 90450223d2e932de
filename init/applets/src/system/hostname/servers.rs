//! Names and addresses of `/etc/hosts` and of name servers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::internet::Shown;
use net::{LookupError, Resolver};

/// Gives the addresses of a name.
pub(super) fn addresses(host: &[u8]) -> Result<Vec<String>, LookupError> {
    let host = core::str::from_utf8(host).map_err(|_| LookupError::NoHostName)?;
    let mut words: Vec<String> = Vec::new();
    for address in Resolver::system()?.addresses(host, 0)? {
        let word = Shown(address.ip()).to_string();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// Gives the names of those addresses that have one.
pub(super) fn of(addresses: &[IpAddr]) -> Vec<String> {
    let Ok(resolver) = Resolver::system() else { return Vec::new() };
    let name = |address: &IpAddr| resolver.names(*address).ok()?.first().map(ToString::to_string);
    addresses.iter().filter_map(name).collect()
}
