//! Measures DHCP clients: `bench-dhcp PROGRAM ROUNDS [peers]` prints rows as JSON, `[name, client, milliseconds]` each.
//!
//! Every client gets the same server (dnsmasq, which answers at once), the same pair of links, and no lease of before. The clock
//! runs from just before the client's process is made to the kernel's message that its address is there, as another
//! process sees it. Clients run in turn, so that a busy host is busy for all.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use formats::netlink::address::Address;
use formats::netlink::{Messages, message::kind};
use linux::fd::OwnedFd;
use linux::net::{self, MessageFlags, NetlinkAddress, SocketFlags, SocketKind, options};
use linux::process::Namespaces;
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{Client, SERVER_LINK, enter, ip, prepare, program, run};

/// Set inside the namespaces.
const INNER: &str = "SPELUNK_BENCH";

/// RTMGRP_IPV4_IFADDR: each change of an address is told.
const ADDRESSES: u32 = 1 << 4;

/// The longest that any client may take; dhcpcd as shipped takes seven seconds.
const LIMIT: Duration = Duration::from_secs(20);

/// One client.
struct Subject {
    name: &'static str,
    words: Vec<String>,
    /// Whether it notices that the network is another one.
    follows: bool,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var_os(INNER).is_some() {
        return inner(&words);
    }
    let mut command = enter(Duration::from_secs(900), std::env::current_exe()?);
    let status = command.args(&words).env(INNER, "1").status().context("start unshare")?;
    ensure!(status.success(), "{status}");
    Ok(())
}

fn inner(words: &[String]) -> Result<()> {
    let [ours, rounds, rest @ ..] = words else { bail!("usage: bench-dhcp PROGRAM ROUNDS [peers]") };
    let rounds: usize = rounds.parse().context("number of rounds")?;
    ensure!(std::process::id() == 1, "not in a process namespace of its own");
    prepare()?;
    // Scripts of other clients write to /etc and /var.
    run([
        "sh",
        "-c",
        "mkdir etc && { cp -dR /etc/. etc/ 2>/dev/null; mount --bind etc /etc; } && mount -t tmpfs var /var/lib",
    ])?;
    run(["mkdir", "-p", "/var/lib/dhcp", "/var/lib/dhcpcd"])?;
    let mut subjects = vec![Subject::new("Spelunk", ours, "dhcp --resolv-conf /etc/resolv.conf vc", true)];
    if rest.iter().any(|word| word == "peers") {
        subjects.extend(peers()?);
    }
    let client = Client::wired()?;
    let mut rows = Vec::new();
    let Some(server) = Server::start(Kind::Dnsmasq, "server", &Subnet::new(0))? else {
        bail!("dnsmasq is needed")
    };
    client.ip("link set vc up")?;
    for _ in 0..rounds {
        for subject in &subjects {
            // As shipped it waits for seconds, and always as many.
            if subject.name == "dhcpcd"
                && rows.iter().filter(|(_, name, _)| *name == subject.name).count() >= 3
            {
                continue;
            }
            rows.push(("lease", subject.name, lease(&client, subject)?));
        }
    }
    drop(server);
    for _ in 0..rounds.min(5) {
        for subject in subjects.iter().filter(|subject| subject.name != "dhcpcd") {
            rows.push(("late-server", subject.name, late(&client, subject)?));
            if subject.follows {
                rows.push(("new-subnet", subject.name, moved(&client, subject)?));
            }
        }
    }
    println!("{}", serde_json::to_string(&rows)?);
    Ok(())
}

/// The clients to compare with, as far as they are installed.
fn peers() -> Result<Vec<Subject>> {
    // The least that a script of udhcpc can do: address and route.
    let script = "#!/bin/sh\ncase $1 in bound|renew) ip address replace $ip/$mask dev $interface; \
                  ip route replace default via $router dev $interface;; esac\n";
    std::fs::write("script", script)?;
    run(["chmod", "+x", "script"])?;
    let known = [
        ("udhcpc", "udhcpc", "-f -q -n -i vc -s /run/work/script", false),
        ("dhcpcd", "dhcpcd", "-B -4 vc", true),
        ("dhcpcd tuned", "dhcpcd", "-B -4 -A --nodelay vc", true),
        ("dhclient", "dhclient", "-4 -d vc", false),
    ];
    let found = known.into_iter().filter_map(|(name, file, words, follows)| {
        let path = program(file).or_else(|| {
            eprintln!("bench dhcp: {file} is not installed");
            None
        })?;
        Some(Subject::new(name, path.to_str()?, words, follows))
    });
    Ok(found.collect())
}

impl Subject {
    fn new(name: &'static str, path: &str, words: &str, follows: bool) -> Self {
        let words = std::iter::once(path).chain(words.split(' ')).map(str::to_owned).collect();
        Self { name, words, follows }
    }
}

/// From the start of the client to its address.
fn lease(client: &Client, subject: &Subject) -> Result<f64> {
    clear(client)?;
    let running = Running::start(client, subject)?;
    running.address(running.started, "10.9.0.")
}

/// From the start of the client to its address, when the server is there a second after it.
fn late(client: &Client, subject: &Subject) -> Result<f64> {
    clear(client)?;
    ip("address replace 10.9.0.1/24 dev vs")?;
    let running = Running::start(client, subject)?;
    // dnsmasq needs some milliseconds to be ready.
    std::thread::sleep(Duration::from_millis(980).saturating_sub(running.started.elapsed()));
    let server = Server::start(Kind::Dnsmasq, "late", &Subnet::new(0))?.context("dnsmasq")?;
    let took = running.address(running.started, "10.9.0.");
    drop(server);
    took
}

/// From the return of the carrier to the address of the new network.
fn moved(client: &Client, subject: &Subject) -> Result<f64> {
    clear(client)?;
    let server = Server::start(Kind::Dnsmasq, "before", &Subnet::new(0))?.context("dnsmasq")?;
    let running = Running::start(client, subject)?;
    running.address(running.started, "10.9.0.")?;
    // The kernel tells of a carrier once a second; what is measured is the client.
    std::thread::sleep(Duration::from_millis(1100));
    ip(&format!("link set {SERVER_LINK} down"))?;
    drop(server);
    ip(&format!("address flush dev {SERVER_LINK}"))?;
    std::thread::sleep(Duration::from_millis(1100));
    ip("address add 10.9.7.1/24 dev vs")?;
    let server =
        Server::start_on(Kind::Dnsmasq, "after", &Subnet::new(7), SERVER_LINK)?.context("dnsmasq")?;
    let returned = Instant::now();
    ip(&format!("link set {SERVER_LINK} up"))?;
    let took = running.address(returned, "10.9.7.");
    drop(server);
    took
}

/// Leaves nothing of the round before: addresses, routes, leases.
fn clear(client: &Client) -> Result<()> {
    client.ip("link set vc up")?;
    ip(&format!("link set {SERVER_LINK} up"))?;
    client.ip("address flush dev vc")?;
    // It is an error to have none.
    let _ = client.ip("-4 route flush table main");
    run([
        "sh",
        "-c",
        "rm -rf /var/lib/spelunk /var/lib/dhcp/* /var/lib/dhcpcd/* /run/dhcpcd* late.leases before.leases after.leases",
    ])?;
    // A link that came up this moment is still busy with IPv6.
    std::thread::sleep(Duration::from_millis(150));
    Ok(())
}

/// A running client, and the kernel's messages about addresses in its namespace.
struct Running {
    child: Child,
    monitor: OwnedFd,
    started: Instant,
}

impl Running {
    /// Starts the client from a thread that is inside, so that no other program stands between.
    fn start(client: &Client, subject: &Subject) -> Result<Self> {
        let [program, words @ ..] = &subject.words[..] else { bail!("a client without a name") };
        let (path, mut command) = (client.path(), Command::new(program));
        command.args(words).stdin(Stdio::null());
        let log = std::fs::File::create(Path::new("client.log"))?;
        command.stdout(log.try_clone()?).stderr(log);
        let thread = std::thread::spawn(move || -> Result<Self> {
            let namespace = path.to_str().context("path of the namespace")?;
            let flags = linux::fs::OpenFlags::CLOSE_ON_EXEC;
            let namespace = linux::fs::open(namespace, flags, linux::fs::Mode::empty());
            let entered =
                namespace.and_then(|namespace| linux::process::setns(namespace, Namespaces::NETWORK));
            entered.map_err(|errno| anyhow!("enter the namespace: {errno}"))?;
            let monitor = monitor().map_err(|errno| anyhow!("netlink: {errno}"))?;
            let started = Instant::now();
            let child = command.spawn()?;
            Ok(Self { child, monitor, started })
        });
        thread.join().map_err(|_| anyhow!("the client's thread"))?
    }

    /// Waits for an address that begins so; gives the milliseconds since `from`.
    fn address(&self, from: Instant, prefix: &str) -> Result<f64> {
        let mut buffer = vec![0; 8192];
        let started = Instant::now();
        while started.elapsed() < LIMIT {
            let Ok(count) = net::recv(&self.monitor, &mut buffer, MessageFlags::empty()) else { continue };
            let seen = from.elapsed();
            for message in Messages::new(&buffer[..count]).flatten() {
                let address =
                    Address::parse(message.payload).ok().filter(|_| message.header.kind == kind::NEW_ADDRESS);
                if address.is_some_and(|address| address.local.to_string().starts_with(prefix)) {
                    return Ok(seen.as_secs_f64() * 1000.0);
                }
            }
        }
        bail!(
            "no address after {} s: {}",
            LIMIT.as_secs(),
            std::fs::read_to_string("client.log").unwrap_or_default()
        )
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        orphans().into_iter().for_each(|process| {
            let _ = run(["kill", "-s", "KILL", &process]);
        });
    }
}

/// Lists what clients have left behind: children of children, which are ours now since we are process 1 here.
fn orphans() -> Vec<String> {
    let is_orphan = |process: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let name = |name: &str| stat.contains(&format!("({name})"));
        stat.contains(") S 1 ") && (name("dhcpcd") || name("dhclient") || name("udhcpc"))
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().into_string().ok());
    numbers.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(is_orphan).collect()
}

fn monitor() -> linux::Result<OwnedFd> {
    let flags = SocketFlags::CLOSE_ON_EXEC;
    let monitor = net::socket(net::Family::NETLINK, SocketKind::RAW, flags, net::Protocol::NETLINK_ROUTE)?;
    options::set_receive_timeout(&monitor, Some(Duration::from_millis(100)))?;
    net::bind(&monitor, &NetlinkAddress { port: 0, groups: ADDRESSES })?;
    Ok(monitor)
}
