//! Addresses that somebody else uses.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{CLIENT_LINK, Client, eventually, ip, isolated, run};

use super::{SOON, command, has_address, start, status};

/// A second station on the client's wire, with the address that the server will offer first. It stands on a bridge of the
/// server's side, since the server looks at its own addresses.
fn squatter(address: Ipv4Addr) -> Result<()> {
    ip("netns add squatter")?;
    ip("link add squat type veth peer name eth0 netns squatter")?;
    ip("link add bridge type bridge")?;
    for link in ["vs", "squat"] {
        ip(&format!("link set {link} master bridge up"))?;
    }
    ip("address flush dev vs")?;
    ip("address add 10.9.0.1/24 dev bridge")?;
    ip("link set bridge up")?;
    ip(&format!("-n squatter address add {address}/24 dev eth0"))?;
    ip("-n squatter link set eth0 up").map(drop)
}

fn declined(mode: &str) -> Result<()> {
    let taken = Ipv4Addr::new(10, 9, 0, 50);
    let subnet = Subnet { pool: (taken, Ipv4Addr::new(10, 9, 0, 51)), lease_s: 120, ..Subnet::new(0) };
    let client = Client::wired()?;
    squatter(taken)?;
    let Some(server) = Server::start_on(Kind::Dnsmasq, "server", &subnet, "bridge")? else { return Ok(()) };
    // dnsmasq gives the address that is asked for; then it is sure who gets which.
    let process = start(&client, &["--conflict", mode, "--request", "10.9.0.50"])?;
    eventually("the conflict", Duration::from_secs(12), || {
        process.log().contains("10.9.0.50 is used by").then_some(())
    })?;
    eventually("the DECLINE", SOON, || server.process.log().contains("DHCPDECLINE").then_some(()))?;
    // RFC 2131 section 3.1: ten seconds before the next attempt.
    has_address(&client, "the other address", Duration::from_secs(30), |address| address == "10.9.0.51/24")?;
    let log = process.log();
    let used = log.contains("vc 10.9.0.50/24");
    ensure!(used == (mode == "optimistic"), "use before the probe: {used} in mode {mode}: {log}");
    Ok(())
}

#[test]
fn a_used_address_is_declined_after_a_full_probe() {
    isolated(Duration::from_secs(60), || declined("full"));
}

#[test]
fn a_used_address_is_declined_after_a_short_probe() {
    isolated(Duration::from_secs(60), || declined("short"));
}

#[test]
fn a_used_address_is_given_up_by_the_optimistic_client() {
    isolated(Duration::from_secs(60), || declined("optimistic"));
}

/// Runs `--once` in a mode for the address that somebody has, or for a free one; gives whether it was a success, what it
/// printed, and the row of its state.
fn ended(mode: &str, address: &str) -> Result<Option<(bool, String, serde_json::Value, Duration)>> {
    let client = Client::wired()?;
    squatter(Ipv4Addr::new(10, 9, 0, 50))?;
    let Some(_server) = Server::start_on(Kind::Dnsmasq, "server", &Subnet::new(0), "bridge")? else {
        return Ok(None);
    };
    let words = ["--once", "--timeout", "8", "--conflict", mode, "--request", address, CLIENT_LINK];
    let begun = Instant::now();
    let output = command(&client, &words).output()?;
    let took = begun.elapsed();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Some((output.status.success(), printed, status(&client)?, took)))
}

/// Success is what the mode promises: asked, and nobody has it.
#[test]
fn once_waits_for_the_answer_to_its_probe() {
    isolated(Duration::from_secs(30), || {
        let Some((success, printed, row, took)) = ended("short", "10.9.0.60")? else { return Ok(()) };
        ensure!(
            success && printed.starts_with("vc 10.9.0.60/24 ") && !printed.contains("check"),
            "{printed}"
        );
        ensure!(row["checked"] == true && took >= Duration::from_millis(250), "{row} after {took:?}");
        Ok(())
    });
}

#[test]
fn once_has_no_success_with_an_address_of_another() {
    isolated(Duration::from_secs(30), || {
        let Some((success, printed, row, _)) = ended("short", "10.9.0.50")? else { return Ok(()) };
        ensure!(!success && printed.is_empty() && row["address"].is_null(), "{printed} {row}");
        Ok(())
    });
}

#[test]
fn once_without_waiting_says_that_nobody_was_asked() {
    isolated(Duration::from_secs(30), || {
        let Some((success, printed, row, _)) = ended("optimistic", "10.9.0.60")? else { return Ok(()) };
        ensure!(success && printed.ends_with(" s, not checked for conflicts\n"), "{printed}");
        ensure!(row["checked"] == false, "{row}");
        Ok(())
    });
}

/// Somebody takes our address later: it is defended once, then given up.
#[test]
fn an_address_in_use_is_defended() {
    isolated(Duration::from_secs(30), || {
        let client = Client::wired()?;
        squatter(Ipv4Addr::new(10, 9, 0, 200))?;
        let Some(_server) = Server::start_on(Kind::Dnsmasq, "server", &Subnet::new(0), "bridge")? else {
            return Ok(());
        };
        let process = start(&client, &["--request", "10.9.0.60"])?;
        has_address(&client, "the lease", SOON, |address| address == "10.9.0.60/24")?;
        // The probes of the client must be over, or it is a conflict of the beginning.
        std::thread::sleep(Duration::from_secs(8));
        ip("-n squatter address flush dev eth0")?;
        ip("-n squatter address add 10.9.0.60/24 dev eth0")?;
        // Its first packet to anyone begins with a question that says that it has our address.
        run(["nsenter", "--net=/run/netns/squatter", "bash", "-c", "echo > /dev/udp/10.9.0.77/9"])?;
        eventually("the defence", SOON, || process.log().contains("defended").then_some(()))?;
        has_address(&client, "the address still", SOON, |address| address == "10.9.0.60/24")?;
        Ok(())
    });
}
