//! The DHCP client against real servers: the `dhcp` command as a process, in a network namespace of its own.

mod changes;
mod conflicts;
mod faults;
mod kinds;
mod leases;
mod malformed;
mod worker;

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{CLIENT_LINK, Client, Process, eventually};

/// Writes a test for each server from a function that takes the server's kind.
macro_rules! for_each_server {
    ($($(#[$meta:meta])* $check:ident within $seconds:literal s;)*) => {$(
        $(#[$meta])*
        mod $check {
            use super::Kind;

            fn run(kind: Kind, body: fn(Kind) -> anyhow::Result<()>) -> anyhow::Result<()> {
                body(kind)
            }

            #[test]
            fn dnsmasq() {
                spelunk_tests::netns::isolated(std::time::Duration::from_secs($seconds), || {
                    run(Kind::Dnsmasq, super::$check)
                });
            }

            #[test]
            fn udhcpd() {
                spelunk_tests::netns::isolated(std::time::Duration::from_secs($seconds), || {
                    run(Kind::Udhcpd, super::$check)
                });
            }

            #[test]
            fn isc() {
                spelunk_tests::netns::isolated(std::time::Duration::from_secs($seconds), || {
                    run(Kind::Isc, super::$check)
                });
            }

            #[test]
            fn kea() {
                spelunk_tests::netns::isolated(std::time::Duration::from_secs($seconds), || {
                    run(Kind::Kea, super::$check)
                });
            }
        }
    )*};
}
use for_each_server;

/// Enough for anything that shall happen at once, on a machine that does other things as well.
const SOON: Duration = Duration::from_secs(5);

/// Makes the command line of a client, inside, with its files in the test's folder.
fn command(client: &Client, words: &[&str]) -> Command {
    let mut command = client.command(env!("CARGO_BIN_EXE_applet"));
    command.args(["dhcp", "--lease-dir", "leases", "--resolv-conf", "resolv.conf"]).args(words);
    command
}

/// Starts a client that keeps its lease.
fn start(client: &Client, words: &[&str]) -> Result<Process> {
    Process::start("client", command(client, &[words, &["-v", CLIENT_LINK]].concat()))
}

/// Runs a client until it has configured its lease; gives what it said.
fn once(client: &Client, words: &[&str]) -> Result<String> {
    let words = [words, &["--once", "--timeout", "10", "-v", CLIENT_LINK]].concat();
    let mut process = Process::start("client", command(client, &words))?;
    ensure!(process.finish(Duration::from_secs(15))?, "no success: {}", process.log());
    Ok(process.log())
}

/// Runs the command with other options, e.g. `--status --json`, and gives what it printed.
fn ask(client: &Client, words: &[&str]) -> Result<String> {
    let output = command(client, words).output()?;
    spelunk_tests::netns::checked(&output)
}

/// Gives the first row of `--status --json`.
fn status(client: &Client) -> Result<serde_json::Value> {
    let rows: serde_json::Value = serde_json::from_str(&ask(client, &["--status", "--json"])?)?;
    rows.get(0).cloned().context("no row")
}

/// Waits until the client's link has exactly this address, if any.
fn has_address(client: &Client, what: &str, limit: Duration, right: impl Fn(&str) -> bool) -> Result<String> {
    eventually(what, limit, || match &client.addresses(CLIENT_LINK)[..] {
        [address] if right(address) => Some(address.clone()),
        _ => None,
    })
}

/// Waits until the client's link has no address.
fn has_no_address(client: &Client, what: &str, limit: Duration) -> Result<()> {
    eventually(what, limit, || client.addresses(CLIENT_LINK).is_empty().then_some(()))
}

/// Gives how long the kernel lets the address live, in seconds.
fn lifetime_s(client: &Client) -> Option<u64> {
    let shown = client.ip(&format!("-json -4 address show dev {CLIENT_LINK}")).ok()?;
    let shown: serde_json::Value = serde_json::from_str(&shown).ok()?;
    shown.get(0)?.get("addr_info")?.get(0)?.get("valid_life_time")?.as_u64()
}

/// A client's namespace and a running server, or nothing when that server is not installed.
fn with_server(kind: Kind, subnet: &Subnet) -> Result<Option<(Client, Server)>> {
    let client = Client::wired()?;
    Ok(Server::start(kind, "server", subnet)?.map(|server| (client, server)))
}
