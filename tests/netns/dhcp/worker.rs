//! The network worker as process 1 runs it: killed at any time, its successor carries the lease on.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Subnet};
use spelunk_tests::netns::{CLIENT_LINK, Client, Process, eventually, isolated};

use super::{SOON, has_address, with_server};

/// Starts a worker with its memory in a file that stays. `/etc` is a private copy: the worker writes resolv.conf there.
fn start(client: &Client, name: &str) -> Result<Process> {
    start_with(client, name, &[])
}

fn start_with(client: &Client, name: &str, settings: &[&str]) -> Result<Process> {
    let mut command: Command = client.command("unshare");
    command.args([
        "--mount",
        "sh",
        "-c",
        "mkdir -p /run/etc /run/spelunk && mount --bind /run/etc /etc && exec \"$0\" \"$@\"",
    ]);
    command.args([env!("CARGO_BIN_EXE_network"), "memory", "spelunk.log=debug"]).args(settings);
    Process::start(name, command)
}

#[test]
fn a_killed_worker_loses_nothing() {
    isolated(Duration::from_secs(60), || {
        let Some((client, server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        std::fs::write("memory", vec![0; 0x1_0000])?;
        let mut worker = start(&client, "worker-0")?;
        let address = has_address(&client, "the lease", SOON, |_| true)?;
        eventually("the line", SOON, || worker.log().contains("spelunk: up in ").then_some(()))?;
        let line = std::fs::read_to_string("/run/spelunk/up")?;
        ensure!(
            line.contains(" ms: vc 10.9.0.")
                && line.ends_with("gateway 10.9.0.1 dns 10.9.0.1 lease 3600 s\n"),
            "{line}"
        );
        // A server that is slower than this, on a busy machine, is asked for any address beside.
        const PROMPT: Duration = Duration::from_millis(50);
        let mut slow = 0;
        let questions = || server.process.log().matches("DHCPDISCOVER").count();
        let first = questions();
        for round in 1..=20 {
            let acks = || server.process.log().matches("DHCPACK").count();
            let before = acks();
            // Not SEGV, for which a program with a standard library has a handler; the scenarios of the guest send that.
            worker.signal("KILL")?;
            ensure!(!worker.finish(SOON)?, "KILL did not end the worker");
            ensure!(client.addresses(CLIENT_LINK) == [address.clone()], "the address went with the worker");
            let killed = Instant::now();
            worker = start(&client, &format!("worker-{round}"))?;
            eventually("that the successor confirms the lease", SOON, || (acks() > before).then_some(()))?;
            let took = killed.elapsed();
            slow += usize::from(took > PROMPT);
            println!("successor confirmed after {} ms", took.as_millis());
            ensure!(client.addresses(CLIENT_LINK) == [address.clone()], "the successor changed the address");
            ensure!(client.routes().matches("default").count() == 1, "{}", client.routes());
        }
        ensure!(
            slow <= 10 && questions() <= first + slow,
            "a successor asked for another lease, {slow} of 20 answers were slow"
        );
        ensure!(!worker.log().contains("up in"), "the line was said twice");
        worker.signal("TERM")?;
        ensure!(worker.finish(SOON)?, "{}", worker.log());
        ensure!(client.addresses(CLIENT_LINK) == [address], "the address went with the last worker");
        Ok(())
    });
}

/// The last thing that a machine says on the network, where it is asked to.
#[test]
fn a_worker_that_is_told_to_gives_its_lease_back() {
    isolated(Duration::from_secs(30), || {
        let Some((client, server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        std::fs::write("memory", vec![0; 0x1_0000])?;
        let mut worker = start_with(&client, "worker", &["spelunk.release"])?;
        has_address(&client, "the lease", SOON, |_| true)?;
        worker.signal("TERM")?;
        ensure!(worker.finish(SOON)?, "{}", worker.log());
        eventually("the RELEASE", SOON, || server.process.log().contains("DHCPRELEASE").then_some(()))?;
        ensure!(client.addresses(CLIENT_LINK).is_empty(), "the address stayed");
        Ok(())
    });
}

/// Killed while it gets its lease, at many instants, the worker's successor always ends with one address and its route.
#[test]
fn a_worker_killed_while_it_configures_leaves_no_mess() {
    isolated(Duration::from_secs(60), || {
        let Some((client, _server)) = with_server(Kind::Dnsmasq, &Subnet::new(0))? else { return Ok(()) };
        for delay in 0..25 {
            std::fs::write("memory", vec![0; 0x1_0000])?;
            let mut worker = start(&client, "worker")?;
            std::thread::sleep(Duration::from_micros(3000 + 500 * delay));
            worker.signal("KILL")?;
            worker.finish(SOON)?;
            let worker = start(&client, "successor")?;
            has_address(&client, "one address", SOON, |_| true)?;
            eventually("one default route", SOON, || {
                (client.routes().matches("default").count() == 1).then_some(())
            })?;
            drop(worker);
            client.ip("address flush dev vc")?;
        }
        Ok(())
    });
}

/// Without any link, and without anybody to answer, the worker stays and waits; a link that comes later is served.
#[test]
fn no_network_is_no_reason_to_end() {
    isolated(Duration::from_secs(60), || {
        let client = Client::wired()?;
        spelunk_tests::netns::ip("link delete vs")?;
        std::fs::write("memory", vec![0; 0x1_0000])?;
        let mut worker = start(&client, "worker")?;
        std::thread::sleep(Duration::from_millis(500));
        client.wire("vs", "vc")?;
        let Some(_server) =
            spelunk_tests::netns::servers::Server::start(Kind::Udhcpd, "server", &Subnet::new(0))?
        else {
            return Ok(());
        };
        has_address(&client, "the lease of the late link", SOON, |_| true)?;
        ensure!(client.ip("link show lo")?.contains("UP"), "loopback is down");
        worker.signal("TERM")?;
        ensure!(worker.finish(SOON)?, "{}", worker.log());
        Ok(())
    });
}
