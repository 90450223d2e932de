//! Servers and networks that change under the client.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{CLIENT_LINK, Client, SERVER_LINK, eventually, ip, isolated};

use super::{SOON, for_each_server, has_address, has_no_address, lifetime_s, start, status, with_server};

for_each_server! {
    another_server_rebinds_the_lease within 60 s;
    a_restarted_server_knows_its_clients within 60 s;
    a_carrier_that_returns_brings_a_new_network within 30 s;
}

/// The server is gone at T1; at T2 another one, with another identifier, prolongs the lease: of its own kind, and with the lease file
/// of the first, as servers that share their leases.
fn another_server_rebinds_the_lease(kind: Kind) -> Result<()> {
    let subnet = Subnet { lease_s: 120, timers_s: Some((5, 8)), ..Subnet::new(0) };
    let Some((client, server)) = with_server(kind, &subnet)? else { return Ok(()) };
    let process = start(&client, &[])?;
    let address = has_address(&client, "the first lease", SOON, |_| true)?;
    if kind == Kind::Udhcpd {
        // It writes its lease file only now and then, or when it is told to.
        server.process.signal("USR1")?;
        eventually("the lease file", SOON, || {
            std::fs::metadata("server.leases").ok().filter(|file| file.len() > 8)
        })?;
    }
    drop(server);
    ip(&format!("address flush dev {SERVER_LINK}"))?;
    let other = Subnet { server: "10.9.0.2".parse()?, ..subnet };
    let Some(_other) = Server::start(kind, "server", &other)? else { return Ok(()) };
    eventually("a lease from the other server", Duration::from_secs(25), || {
        (status(&client).ok()?["server"] == "10.9.0.2").then_some(())
    })?;
    ensure!(lifetime_s(&client).is_some_and(|left| left >= 110), "the lifetime is the old one");
    ensure!(client.addresses(CLIENT_LINK) == [address], "{}", process.log());
    Ok(())
}

/// A server that was away for a while renews as if nothing had been.
fn a_restarted_server_knows_its_clients(kind: Kind) -> Result<()> {
    let subnet = Subnet { lease_s: 120, timers_s: Some((100, 110)), ..Subnet::new(0) };
    let Some((client, mut server)) = with_server(kind, &subnet)? else { return Ok(()) };
    let process = start(&client, &[])?;
    let address = has_address(&client, "the first lease", SOON, |_| true)?;
    server.process.signal("TERM")?;
    server.process.finish(SOON)?;
    process.signal("USR1")?;
    std::thread::sleep(Duration::from_secs(1));
    let Some(_server) = Server::start(kind, "server", &subnet)? else { return Ok(()) };
    process.signal("USR1")?;
    eventually("the renewal", Duration::from_secs(15), || lifetime_s(&client).filter(|left| *left >= 118))?;
    ensure!(client.addresses(CLIENT_LINK) == [address], "{}", process.log());
    Ok(())
}

/// The wire is pulled and goes to another network: the old address does not stay, the new one is there at once.
///
/// The time that counts is from the return of the carrier; the kernel may tell of it a second late, when it told of the loss just
/// before.
fn a_carrier_that_returns_brings_a_new_network(kind: Kind) -> Result<()> {
    let Some((client, server)) = with_server(kind, &Subnet::new(0))? else { return Ok(()) };
    let _process = start(&client, &[])?;
    has_address(&client, "the first lease", SOON, |address| address.starts_with("10.9.0."))?;
    drop(server);
    ip(&format!("link set {SERVER_LINK} down"))?;
    ip(&format!("address flush dev {SERVER_LINK}"))?;
    let Some(_server) = Server::start(kind, "other", &Subnet::new(7))? else { return Ok(()) };
    let returned = Instant::now();
    has_address(&client, "the new lease", SOON, |address| address.starts_with("10.9.7."))?;
    println!("{kind:?}: new network after {} ms", returned.elapsed().as_millis());
    let routes = client.routes();
    ensure!(routes.contains("default via 10.9.7.1") && !routes.contains("10.9.0."), "{routes}");
    let resolver = std::fs::read_to_string("resolv.conf")?;
    ensure!(resolver.contains("nameserver 10.9.7.1") && !resolver.contains("10.9.0.1"), "{resolver}");
    Ok(())
}

/// The same network is there again: the address and its connections stay, the lease is confirmed.
#[test]
fn a_carrier_that_returns_to_the_same_network_keeps_the_address() {
    isolated(Duration::from_secs(30), || {
        let Some((client, server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        let process = start(&client, &[])?;
        let address = has_address(&client, "the lease", SOON, |_| true)?;
        let acks = || server.process.log().matches("DHCPACK").count();
        let before = acks();
        ip(&format!("link set {SERVER_LINK} down"))?;
        std::thread::sleep(Duration::from_millis(200));
        ensure!(client.addresses(CLIENT_LINK) == [address.clone()], "the address went with the carrier");
        ip(&format!("link set {SERVER_LINK} up"))?;
        eventually("the confirmation", SOON, || (acks() > before).then_some(()))?;
        ensure!(client.addresses(CLIENT_LINK) == [address], "{}", process.log());
        ensure!(client.routes().contains("default via 10.9.0.1"), "{}", client.routes());
        Ok(())
    });
}

/// The administrator switches the link off and on, which takes the routes off: they come back.
#[test]
fn a_link_that_was_switched_off_gets_its_routes_back() {
    isolated(Duration::from_secs(30), || {
        let Some((client, _server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        let _process = start(&client, &[])?;
        has_address(&client, "the lease", SOON, |_| true)?;
        client.ip("link set vc down")?;
        eventually("that the route goes", SOON, || (!client.routes().contains("default")).then_some(()))?;
        client.ip("link set vc up")?;
        eventually("that the route returns", SOON, || {
            client.routes().contains("default via 10.9.0.1").then_some(())
        })
    });
}

/// A link that is taken away and made anew is another link with the same name.
#[test]
fn a_link_that_is_made_anew_is_served() {
    isolated(Duration::from_secs(30), || {
        let Some((client, server)) = with_server(Kind::Udhcpd, &Subnet::new(0))? else { return Ok(()) };
        let process = start(&client, &[])?;
        has_address(&client, "the lease", SOON, |_| true)?;
        drop(server);
        ip(&format!("link delete {SERVER_LINK}"))?;
        eventually("that the link goes", SOON, || {
            process.log().contains("is not served any more").then_some(())
        })?;
        client.wire(SERVER_LINK, CLIENT_LINK)?;
        let Some(_server) = Server::start(Kind::Udhcpd, "other", &Subnet::new(3))? else { return Ok(()) };
        has_address(&client, "the lease of the new link", SOON, |address| address.starts_with("10.9.3."))?;
        Ok(())
    });
}

/// Several links are served at once; none waits for another.
#[test]
fn two_links_are_served_and_one_without_a_server_holds_up_nobody() {
    isolated(Duration::from_secs(30), || {
        let client = Client::wired()?;
        client.wire("vs2", "vc2")?;
        ip("link set vs2 up")?;
        let Some(_server) = Server::start(Kind::Dnsmasq, "server", &Subnet::new(0))? else { return Ok(()) };
        let process = spelunk_tests::netns::Process::start("client", super::command(&client, &["-v"]))?;
        has_address(&client, "the lease", SOON, |_| true)?;
        eventually("the state of both", SOON, || {
            let rows: serde_json::Value =
                serde_json::from_str(&super::ask(&client, &["--status", "--json"]).ok()?).ok()?;
            let states: Vec<_> = rows.as_array()?.iter().map(|row| row["state"].clone()).collect();
            (states == ["bound", "selecting"]).then_some(())
        })?;
        drop(process);
        Ok(())
    });
}

/// A lease that nobody prolongs ends, and its address with it.
#[test]
fn a_lease_that_nobody_prolongs_ends() {
    isolated(Duration::from_secs(60), || {
        let subnet = Subnet { lease_s: 10, timers_s: Some((5, 8)), ..Subnet::new(0) };
        let Some((client, server)) = with_server(Kind::Udhcpd, &subnet)? else { return Ok(()) };
        let process = start(&client, &[])?;
        has_address(&client, "the lease", SOON, |_| true)?;
        drop(server);
        has_no_address(&client, "its end", Duration::from_secs(15))?;
        ensure!(!client.routes().contains("default"), "{}", client.routes());
        eventually("that it is said", SOON, || process.log().contains("lease of 10.9.0.").then_some(()))?;
        let resolver = std::fs::read_to_string("resolv.conf")?;
        ensure!(!resolver.contains("nameserver"), "{resolver}");
        Ok(())
    });
}
