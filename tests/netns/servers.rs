//! Checks the harness itself: each real server serves what was asked for, as another client sees it.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{Client, Process, isolated, program};

/// Every variable of udhcpc's script that tells of the lease must carry what the subnet's description says.
fn check(kind: Kind) -> Result<()> {
    let Some(udhcpc) = program("udhcpc") else {
        println!("skipped: udhcpc is not installed (apt-get install udhcpc)");
        return Ok(());
    };
    let subnet = Subnet {
        search: vec!["a.example", "b.example"],
        routes: vec![(Ipv4Addr::new(192, 168, 77, 0), 24, Ipv4Addr::new(10, 9, 0, 1))],
        mtu: Some(1400),
        timers_s: Some((70, 90)),
        lease_s: 120,
        ..Subnet::new(0)
    };
    let client = Client::wired()?;
    let Some(_server) = Server::start(kind, "server", &subnet)? else { return Ok(()) };
    client.ip("link set vc up")?;
    std::fs::write("script", "#!/bin/sh\n[ \"$1\" = bound ] && env\nexit 0\n")?;
    std::process::Command::new("chmod").args(["+x", "script"]).status()?;
    let mut command = client.command(udhcpc);
    command.args(["-i", "vc", "-n", "-q", "-f", "-s", "./script"]);
    for option in ["58", "59", "26", "119", "121"] {
        command.args(["-O", option]);
    }
    let mut process = Process::start("client", command)?;
    ensure!(process.finish(Duration::from_secs(10))?, "udhcpc got nothing: {}", process.log());
    let log = process.log();
    for line in [
        "ip=10.9.0.",
        "mask=24",
        "router=10.9.0.1",
        "dns=10.9.0.1",
        "domain=spelunk.example",
        "search=a.example b.example",
        "staticroutes=192.168.77.0/24 10.9.0.1",
        "mtu=1400",
        "lease=120",
        "serverid=10.9.0.1",
        "opt58=00000046",
        "opt59=0000005a",
    ] {
        ensure!(log.lines().any(|printed| printed.starts_with(line)), "no {line} in {log}");
    }
    Ok(())
}

#[test]
fn dnsmasq_serves_what_is_asked() {
    isolated(Duration::from_secs(30), || check(Kind::Dnsmasq));
}

#[test]
fn udhcpd_serves_what_is_asked() {
    isolated(Duration::from_secs(30), || check(Kind::Udhcpd));
}

#[test]
fn isc_serves_what_is_asked() {
    isolated(Duration::from_secs(30), || check(Kind::Isc));
}

#[test]
fn kea_serves_what_is_asked() {
    isolated(Duration::from_secs(30), || check(Kind::Kea));
}
