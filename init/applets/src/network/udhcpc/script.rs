//! What the script is told: by its word (`deconfig`, `bound`, `renew`, `leasefail`), and by its environment.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv4Addr;

use formats::file::lease::Lease;
use formats::wire::dhcp4;

use super::super::classic;
use crate::Io;
use crate::process::launch;

/// Runs the script to its end; says why it could not be run.
pub(super) fn run(io: &mut Io<'_>, script: &[u8], word: &str, link: &str, lease: Option<&Lease>) {
    let mut environment: Vec<Vec<u8>> = io.environment.iter().map(|entry| entry.to_vec()).collect();
    environment.push([b"interface=", link.as_bytes()].concat());
    if let Some(lease) = lease {
        for (name, value) in variables(lease) {
            if !value.is_empty() {
                environment.push([name.as_bytes(), b"=", value.as_bytes()].concat());
            }
        }
        if let Ok(message) = dhcp4::parse(&lease.message)
            && let Ok(options) = dhcp4::Options::of(&message)
        {
            for (name, value) in dhcp4::variables(&message, &options) {
                environment.push([name.as_bytes(), b"=", value.as_bytes()].concat());
            }
        }
    }
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    launch::tell(io, &[script, word.as_bytes()], &environment);
}

/// Gives what a lease says, by the names that scripts know.
fn variables(lease: &Lease) -> Vec<(&'static str, String)> {
    let list = |addresses: &[Ipv4Addr]| {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        texts.join(" ")
    };
    let broadcast = lease.broadcast.unwrap_or(classic::broadcast(lease.address, lease.prefix));
    let is_special = |route: &&formats::file::lease::Route| {
        route.prefix > 0 || !route.gateway.is_some_and(|gateway| lease.routers.contains(&gateway))
    };
    let has_special = lease.routes.iter().any(|route| is_special(&route));
    let routes: Vec<String> = lease
        .routes
        .iter()
        .filter(|_| has_special)
        .map(|route| {
            let gateway = route.gateway.unwrap_or(Ipv4Addr::UNSPECIFIED);
            alloc::format!("{}/{} {gateway}", route.destination, route.prefix)
        })
        .collect();
    Vec::from([
        ("ip", lease.address.to_string()),
        ("subnet", classic::mask(lease.prefix).to_string()),
        ("mask", lease.prefix.to_string()),
        ("broadcast", broadcast.to_string()),
        ("router", list(&lease.routers)),
        ("dns", list(&lease.dns)),
        ("ntpsrv", list(&lease.ntp)),
        ("domain", lease.domain.clone().unwrap_or_default()),
        ("search", lease.search.join(" ")),
        ("hostname", lease.hostname.clone().unwrap_or_default()),
        ("mtu", lease.mtu.map(|mtu| mtu.to_string()).unwrap_or_default()),
        ("staticroutes", routes.join(" ")),
        ("lease", lease.duration.as_secs().to_string()),
        ("serverid", lease.server.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::file::lease::Route;

    #[test]
    fn a_lease_is_told_in_words() {
        let server = Ipv4Addr::new(10, 0, 0, 1);
        let mut lease = Lease::bare(Ipv4Addr::new(10, 0, 0, 7), 24, server);
        lease.routers = vec![server];
        lease.routes = vec![Route { destination: Ipv4Addr::UNSPECIFIED, prefix: 0, gateway: Some(server) }];
        let find = |lease: &Lease, name: &str| {
            variables(lease).into_iter().find(|variable| variable.0 == name).map(|variable| variable.1)
        };
        for (name, value) in [
            ("ip", "10.0.0.7"),
            ("subnet", "255.255.255.0"),
            ("mask", "24"),
            ("broadcast", "10.0.0.255"),
            ("router", "10.0.0.1"),
            ("staticroutes", ""),
            ("serverid", "10.0.0.1"),
        ] {
            assert_eq!(find(&lease, name).as_deref(), Some(value), "{name}");
        }
        lease.routes.push(Route { destination: Ipv4Addr::new(10, 9, 0, 0), prefix: 16, gateway: None });
        let routes = find(&lease, "staticroutes");
        assert_eq!(routes.as_deref(), Some("0.0.0.0/0 10.0.0.1 10.9.0.0/16 0.0.0.0"));
    }
}
