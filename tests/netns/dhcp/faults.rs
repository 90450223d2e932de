//! Servers that are silent, late or empty, and command lines that cannot work.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{CLIENT_LINK, Client, Process, eventually, ip, isolated};

use super::{SOON, command, for_each_server, has_address, start, with_server};

for_each_server! {
    an_empty_pool_fills_again within 60 s;
}

/// All addresses are given away: the client goes on asking and gets one when it is free.
fn an_empty_pool_fills_again(kind: Kind) -> Result<()> {
    let only = Ipv4Addr::new(10, 9, 0, 50);
    let subnet = Subnet { pool: (only, only), lease_s: 120, ..Subnet::new(0) };
    let Some((client, _server)) = with_server(kind, &subnet)? else { return Ok(()) };
    client.ip("link set vc up")?;
    // Another hardware address on the same wire is another client.
    client.ip("link add link vc name other type macvlan mode bridge")?;
    let mut first = client.command(env!("CARGO_BIN_EXE_applet"));
    first.args(["dhcp", "--release-at-end", "--lease-dir", "other-leases", "--resolv-conf", "", "other"]);
    let mut first = Process::start("first", first)?;
    first.printed("other 10.9.0.50/24", SOON)?;
    let process = start(&client, &[])?;
    std::thread::sleep(Duration::from_secs(2));
    ensure!(client.addresses(CLIENT_LINK).is_empty(), "an address from an empty pool");
    first.signal("TERM")?;
    ensure!(first.finish(SOON)?, "{}", first.log());
    has_address(&client, "the address that is free again", Duration::from_secs(20), |_| true)?;
    drop(process);
    Ok(())
}

/// Without a server the command says so, in time, and fails.
#[test]
fn silence_ends_with_a_message() {
    isolated(Duration::from_secs(30), || {
        let client = Client::wired()?;
        ip("link set vs up")?;
        let started = Instant::now();
        let output = command(&client, &["--once", "--timeout", "2", CLIENT_LINK]).output()?;
        let took = started.elapsed();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.code() == Some(1), "{:?} {said}", output.status);
        ensure!(said == "dhcp: vc: no lease after 2 s: no server answers\n", "{said}");
        ensure!((1900..3000).contains(&took.as_millis()), "{took:?}");
        Ok(())
    });
}

/// A wire without its other end is told apart from a server that is silent.
#[test]
fn a_missing_carrier_is_named() {
    isolated(Duration::from_secs(30), || {
        let client = Client::wired()?;
        let output = command(&client, &["--once", "--timeout", "1", "-i", CLIENT_LINK]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(said == "dhcp: vc: no lease after 1 s: no carrier\n", "{said}");
        let output = command(&client, &["--once", "nothing"]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(
            output.status.code() == Some(1) && said == "dhcp: nothing: no such Ethernet interface\n",
            "{said}"
        );
        let output = command(&client, &["--release"]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.code() == Some(1) && said.contains("no lease is known"), "{said}");
        Ok(())
    });
}

/// A server that starts a second late is met by an early repetition, not by the four seconds of RFC 2131.
#[test]
fn a_late_server_is_met_at_once() {
    isolated(Duration::from_secs(30), || {
        let client = Client::wired()?;
        let subnet = Subnet::new(0);
        subnet.address_server()?;
        let process = start(&client, &[])?;
        std::thread::sleep(Duration::from_secs(1));
        let Some(_server) = Server::start(Kind::Dnsmasq, "server", &subnet)? else { return Ok(()) };
        let ready = Instant::now();
        has_address(&client, "the lease", SOON, |_| true)?;
        let took = ready.elapsed();
        println!("late server: {} ms after it was ready", took.as_millis());
        ensure!(took < Duration::from_millis(2500), "{took:?}: {}", process.log());
        Ok(())
    });
}

/// Signals: USR1 has the lease confirmed, USR2 gives it back, USR1 gets another one.
#[test]
fn signals_renew_and_release() {
    isolated(Duration::from_secs(30), || {
        let Some((client, server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        let mut process = start(&client, &["--release-at-end"])?;
        has_address(&client, "the lease", SOON, |_| true)?;
        let count = |word: &str| server.process.log().matches(word).count();
        process.signal("USR1")?;
        eventually("the renewal", SOON, || (count("DHCPACK") >= 2).then_some(()))?;
        process.signal("USR2")?;
        super::has_no_address(&client, "the release", SOON)?;
        eventually("the RELEASE", SOON, || (count("DHCPRELEASE") == 1).then_some(()))?;
        process.signal("USR1")?;
        has_address(&client, "the next lease", SOON, |_| true)?;
        process.signal("TERM")?;
        ensure!(process.finish(SOON)?, "{}", process.log());
        ensure!(client.addresses(CLIENT_LINK).is_empty(), "--release-at-end leaves the address");
        Ok(())
    });
}

/// Addresses that others set on the link are none of the client's business.
#[test]
fn foreign_addresses_stay() {
    isolated(Duration::from_secs(30), || {
        let Some((client, _server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        client.ip("link set vc up")?;
        client.ip("address add 192.0.2.7/24 dev vc")?;
        client.ip("route add 198.51.100.0/24 via 192.0.2.1")?;
        super::once(&client, &[])?;
        ensure!(client.addresses(CLIENT_LINK).len() == 2, "{:?}", client.addresses(CLIENT_LINK));
        super::ask(&client, &["--release"])?;
        ensure!(client.addresses(CLIENT_LINK) == ["192.0.2.7/24"], "{:?}", client.addresses(CLIENT_LINK));
        ensure!(client.routes().contains("198.51.100.0/24 via 192.0.2.1"), "{}", client.routes());
        Ok(())
    });
}
