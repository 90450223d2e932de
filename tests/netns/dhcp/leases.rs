//! The usual life of a lease with each server: got, applied, prolonged, asked for again, given back.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Subnet};
use spelunk_tests::netns::{CLIENT_LINK, eventually};

use super::{SOON, for_each_server, has_address, lifetime_s, once, start, status, with_server};

for_each_server! {
    everything_is_applied within 30 s;
    a_lease_is_renewed_and_given_back within 60 s;
    a_lease_is_asked_for_again_after_a_restart within 30 s;
}

/// Address, prefix, broadcast, lifetimes, classless routes in place of the router, MTU, resolver file.
fn everything_is_applied(kind: Kind) -> Result<()> {
    let gateway = Ipv4Addr::new(10, 9, 0, 1);
    let subnet = Subnet {
        search: vec!["a.example", "b.example"],
        routes: vec![
            (Ipv4Addr::UNSPECIFIED, 0, gateway),
            (Ipv4Addr::new(192, 168, 77, 0), 24, Ipv4Addr::new(10, 9, 0, 7)),
        ],
        // Must not be used: option 121 is there (RFC 3442). Outside the pool, or it could be the client.
        router: Some(Ipv4Addr::new(10, 9, 0, 9)),
        mtu: Some(1400),
        ..Subnet::new(0)
    };
    let Some((client, _server)) = with_server(kind, &subnet)? else { return Ok(()) };
    std::fs::write("resolv.conf", "nameserver 192.0.2.1\n")?;
    let said = once(&client, &[])?;
    let shown = client.ip(&format!("-4 address show dev {CLIENT_LINK}"))?;
    ensure!(shown.contains("mtu 1400"), "{shown}");
    ensure!(shown.contains("/24 ") && shown.contains("brd 10.9.0.255"), "{shown}");
    ensure!(lifetime_s(&client).is_some_and(|left| (3500..=3600).contains(&left)), "{shown}");
    let routes = client.routes();
    let default: Vec<_> = routes.lines().filter(|line| line.starts_with("default")).collect();
    ensure!(default.len() == 1, "{routes}");
    ensure!(
        default.iter().all(|line| line.starts_with("default via 10.9.0.1 dev vc proto dhcp src 10.9.0.")),
        "{routes}"
    );
    ensure!(default.iter().all(|line| line.contains(" metric ")), "{routes}");
    ensure!(routes.contains("192.168.77.0/24 via 10.9.0.7 dev vc proto dhcp"), "{routes}");
    let resolver = std::fs::read_to_string("resolv.conf")?;
    ensure!(resolver.contains("\nsearch a.example b.example\nnameserver 10.9.0.1\n"), "{resolver}");
    ensure!(!resolver.contains("192.0.2.1"), "{resolver}");
    ensure!(said.contains("gateway 10.9.0.1 dns 10.9.0.1 lease 3600 s"), "{said}");
    let row = status(&client)?;
    ensure!(row["state"] == "bound" && row["server"] == "10.9.0.1" && row["mtu"] == 1400, "{row}");
    ensure!(row["dropped"] == 0, "{row}");
    Ok(())
}

/// At T1 the server is asked by unicast; the lifetime starts anew; `--release` is heard by the server.
fn a_lease_is_renewed_and_given_back(kind: Kind) -> Result<()> {
    // dnsmasq gives never less than two minutes; T1 is what counts.
    let subnet = Subnet { lease_s: 120, timers_s: Some((5, 90)), ..Subnet::new(0) };
    let Some((client, server)) = with_server(kind, &subnet)? else { return Ok(()) };
    let mut process = start(&client, &[])?;
    let address = has_address(&client, "the first lease", SOON, |_| true)?;
    let acks = || match kind {
        Kind::Dnsmasq => server.process.log().matches("DHCPACK").count(),
        Kind::Udhcpd => server.process.log().matches("sending ACK").count(),
        Kind::Isc => server.process.log().matches("DHCPACK on").count(),
        Kind::Kea => server.process.log().matches("DHCP4_LEASE_ALLOC").count(),
    };
    eventually("a renewal", Duration::from_secs(20), || (acks() >= 2).then_some(()))?;
    eventually("the new lifetime", SOON, || lifetime_s(&client).filter(|left| *left >= 115))?;
    ensure!(client.addresses(CLIENT_LINK) == [address.clone()], "the address changed");
    ensure!(process.log().matches("offers").count() <= 1, "a second DISCOVER: {}", process.log());
    process.signal("TERM")?;
    ensure!(process.finish(SOON)?, "{}", process.log());
    ensure!(client.addresses(CLIENT_LINK) == [address], "the address went with the client");
    let said = super::ask(&client, &["--release", CLIENT_LINK])?;
    ensure!(client.addresses(CLIENT_LINK).is_empty(), "{said}");
    ensure!(!client.routes().contains("default"), "{}", client.routes());
    let marker = match kind {
        Kind::Dnsmasq => "DHCPRELEASE",
        Kind::Udhcpd => "received RELEASE",
        Kind::Isc => "DHCPRELEASE of",
        Kind::Kea => "DHCP4_RELEASE",
    };
    // BusyBox's server is built without its log of releases; its lease file has the lease ended.
    if kind != Kind::Udhcpd {
        eventually("the release at the server", SOON, || {
            server.process.log().contains(marker).then_some(())
        })?;
    }
    let row = status(&client)?;
    ensure!(row["state"] == "released" && row["address"].is_null(), "{row}");
    Ok(())
}

/// A client that starts again asks for its old lease with one message, and gets it; what it changed it can still undo.
fn a_lease_is_asked_for_again_after_a_restart(kind: Kind) -> Result<()> {
    let subnet = Subnet { mtu: Some(1400), ..Subnet::new(0) };
    let Some((client, _server)) = with_server(kind, &subnet)? else { return Ok(()) };
    once(&client, &[])?;
    let before = client.addresses(CLIENT_LINK);
    client.ip(&format!("address flush dev {CLIENT_LINK}"))?;
    let said = once(&client, &[])?;
    ensure!(!said.contains("offers"), "a DISCOVER where a REQUEST is enough: {said}");
    ensure!(client.addresses(CLIENT_LINK) == before, "{before:?} became {:?}", client.addresses(CLIENT_LINK));
    // A slow server is asked for any address beside.
    ensure!(status(&client)?["sent"].as_u64().is_some_and(|sent| sent <= 2), "{}", status(&client)?);
    super::ask(&client, &["--release"])?;
    let shown = client.ip(&format!("link show {CLIENT_LINK}"))?;
    ensure!(shown.contains("mtu 1500"), "{shown}");
    Ok(())
}
