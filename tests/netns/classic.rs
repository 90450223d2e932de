//! The classic commands on real links: sockets that `netstat` finds, hosts and routers that answer `ping`, `traceroute` and
//! `arping`, bridges, and leases that `udhcpc` and `ifup` get.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use spelunk_tests::netns::servers::{Kind, Server, Subnet};
use spelunk_tests::netns::{Client, Process, eventually, ip, isolated, run};

const LIMIT: Duration = Duration::from_secs(60);

/// Runs one of our commands, in a process of its own: some confine theirs. Gives its status and what it said.
fn ours(words: &str) -> Result<(i32, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_applet")).args(words.split_whitespace()).output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned()))
}

/// Checks that a command gives a status and says all of this.
fn says(words: &str, status: i32, parts: &[&str]) -> Result<()> {
    let (found, said) = ours(words)?;
    ensure!(found == status, "{words}: status {found}\n{said}");
    for part in parts {
        ensure!(said.contains(part), "{words}: no {part:?} in\n{said}");
    }
    Ok(())
}

/// Makes a host that is one hop away, 10.0.0.2 on a link, and 10.9.0.1 behind it.
fn neighbour() -> Result<Client> {
    let client = Client::wired()?;
    ip("address add 10.0.0.1/24 dev vs")?;
    ip("address add 2001:db8::1/64 dev vs nodad")?;
    ip("link set vs up")?;
    client.ip("address add 10.0.0.2/24 dev vc")?;
    client.ip("address add 2001:db8::2/64 dev vc nodad")?;
    client.ip("link set vc up")?;
    client.ip("link set lo up")?;
    client.ip("address add 10.9.0.1/32 dev lo")?;
    ip("route add 10.9.0.0/16 via 10.0.0.2")?;
    // Like a router that has no way further; it says so each time.
    let forward = client
        .command("sh")
        .args(["-c", "cd /proc/sys/net/ipv4; echo 1 > ip_forward; echo 0 > icmp_ratemask"])
        .status()?;
    ensure!(forward.success());
    client.ip("route add 10.9.8.0/24 via 10.0.0.1")?;
    client.ip("route add unreachable 10.9.7.0/24")?;
    Ok(client)
}

#[test]
fn sockets_are_found() {
    isolated(LIMIT, || {
        let server = TcpListener::bind("127.0.0.1:7777")?;
        let stream = TcpStream::connect("127.0.0.1:7777")?;
        let (_accepted, _) = server.accept()?;
        let _datagrams = UdpSocket::bind("[::1]:5300")?;
        let _unix = UnixListener::bind("listening here")?;
        let port = stream.local_addr()?.port();
        let pid = std::process::id();
        says(
            "netstat -tln",
            0,
            &["tcp        0      0 127.0.0.1:7777          0.0.0.0:*               LISTEN      \n"],
        )?;
        says("netstat -tn", 0, &["w/o servers", &format!("127.0.0.1:{port} "), " ESTABLISHED "])?;
        ensure!(!ours("netstat -tn")?.1.contains("LISTEN"));
        says("netstat -tlnp", 0, &[&format!(" LISTEN      {pid}/netns")])?;
        says(
            "netstat -uan",
            0,
            &["udp        0      0 ::1:5300                :::*                                \n"],
        )?;
        says("netstat -uan4", 0, &["Active"])?;
        ensure!(!ours("netstat -uan4")?.1.contains("5300") && ours("netstat -uan6")?.1.contains("5300"));
        says("netstat -xl", 0, &["unix  2      [ ACC ]     STREAM     LISTENING ", " listening here\n"])?;
        says("netstat -tlne", 0, &[" LISTEN      0          "])?;
        says("netstat -tl", 0, &["localhost:7777 "])?;
        says("netstat -tlW", 0, &["Local Address                                       Foreign"])?;
        let rows: serde_json::Value = serde_json::from_str(&ours("netstat -atux --json")?.1)?;
        let row = rows.as_array().and_then(|rows| rows.iter().find(|row| row["local_port"] == 7777));
        ensure!(row.is_some_and(|row| row["state"] == "LISTEN" && row["pid"] == pid), "{rows}");
        Ok(())
    });
}

#[test]
fn hosts_are_asked() {
    isolated(LIMIT, || {
        let client = neighbour()?;
        says(
            "ping -c 2 -i 0.1 10.0.0.2",
            0,
            &["64 bytes from 10.0.0.2: seq=1 ttl=64 time=", "2 packets received, 0%"],
        )?;
        says("ping -c 1 -I vs 10.0.0.2", 0, &["1 packets received"])?;
        says("ping6 -c 1 2001:db8::2", 0, &["64 bytes from 2001:db8::2: seq=0 ttl=64 time="])?;
        says(
            "ping -c 1 -W 2 10.9.7.7",
            1,
            &["From 10.0.0.2: seq=0 Destination Host Unreachable", "+1 errors, 100% packet loss"],
        )?;
        says("ping -c 1 -t 1 -W 2 10.9.8.1", 1, &["From 10.0.0.2: seq=0 Time To Live Exceeded"])?;
        // The same without privileges: the sockets of the kernel's own kind.
        std::fs::write("/proc/sys/net/ipv4/ping_group_range", "0 0")?;
        says("ping -c 1 10.0.0.2", 0, &["64 bytes from 10.0.0.2: seq=0 ttl=64 time="])?;
        says("ping6 -c 1 2001:db8::2", 0, &["64 bytes from 2001:db8::2: seq=0 ttl=64 time="])?;
        says("ping -c 1 -W 2 10.9.7.7", 1, &["From 10.0.0.2: seq=0 Destination Host Unreachable"])?;
        drop(client);
        Ok(())
    });
}

#[test]
fn the_way_is_shown() {
    isolated(LIMIT, || {
        let _client = neighbour()?;
        says("traceroute -n 10.0.0.2", 0, &[" 1  10.0.0.2  ", " ms\n"])?;
        says("traceroute -n -w 2 10.9.7.7", 0, &[" 1  10.0.0.2  ", " !H"])?;
        says("traceroute -n -q 1 -w 2 -m 2 10.9.0.1", 0, &[" 1  10.9.0.1  "])?;
        says("traceroute -In -q 1 -w 2 10.0.0.2", 0, &[" 1  10.0.0.2  "])?;
        says("traceroute6 -n -q 1 2001:db8::2", 0, &[" 1  2001:db8::2  "])?;
        says("traceroute6 -In -q 1 2001:db8::2", 0, &[" 1  2001:db8::2  "])?;
        // A router on the way, which sends it back to us: it has one hop too few.
        says("traceroute -n -q 1 -w 1 -m 1 10.9.8.1", 0, &[" 1  10.0.0.2  "])
    });
}

#[test]
fn neighbours_answer_on_the_link() {
    isolated(LIMIT, || {
        let _client = neighbour()?;
        says(
            "arping -c 2 -i 0.1 10.0.0.2",
            0,
            &[
                "ARPING 10.0.0.2 from 10.0.0.1 vs\nUnicast reply from 10.0.0.2 [",
                "Sent 2 probe(s) (1 broadcast(s))\nReceived 2 response(s)\n",
            ],
        )?;
        says("arping -b -c 2 -i 0.1 10.0.0.2", 0, &["Sent 2 probe(s) (2 broadcast(s))"])?;
        says("arping -f -I vs 10.0.0.2", 0, &["Received 1 response(s)"])?;
        says(
            "arping -D -I vs -w 5 10.0.0.2",
            1,
            &["ARPING 10.0.0.2 from 0.0.0.0 vs", "Received 1 response(s)"],
        )
    });
}

#[test]
fn bridges_are_set_up() {
    isolated(LIMIT, || {
        ip("link add v0 type veth peer name v1")?;
        says("brctl addbr b0", 0, &[])?;
        says("brctl addif b0 v0", 0, &[])?;
        if !std::path::Path::new("/sys/class/net/b0/bridge").exists() {
            println!("skipped: the network's own /sys is not to be had");
            return Ok(());
        }
        says("brctl stp b0 on", 0, &[])?;
        says("brctl setfd b0 4.5", 0, &[])?;
        says("brctl setageing b0 10", 0, &[])?;
        says("brctl setbridgeprio b0 4096", 0, &[])?;
        says("brctl setpathcost b0 v0 77", 0, &[])?;
        says("brctl hairpin b0 v0 on", 0, &[])?;
        for (file, value) in [
            ("b0/bridge/stp_state", "1"),
            ("b0/bridge/forward_delay", "450"),
            ("b0/bridge/ageing_time", "1000"),
            ("b0/brif/v0/path_cost", "77"),
            ("v0/brport/hairpin_mode", "1"),
        ] {
            let found = std::fs::read_to_string(format!("/sys/class/net/{file}"))?;
            ensure!(found.trim() == value, "{file}: {found}");
        }
        says("brctl show", 0, &["b0\t\t1000.", "\tyes\t\tv0\n"])?;
        says("brctl show b0 --json", 0, &["\"stp\":true,\"interfaces\":[\"v0\"]"])?;
        ip("link set v0 address 02:00:00:00:00:07")?;
        says(
            "brctl showmacs b0",
            0,
            &["port no\tmac addr\t\tis local?\tageing timer\n", "  1\t02:00:00:00:00:07\tyes\t\t   0.00\n"],
        )?;
        says(
            "brctl showstp b0",
            0,
            &[
                "b0\n bridge id\t\t1000.",
                "\n forward delay\t\t   4.50\t\t\tbridge forward delay\t   4.50\n ageing time\t\t  10.00\n",
                "v0 (1)\n port id\t\t8001\t\t\tstate\t\t       disabled\n",
                "\tpath cost\t\t  77\n",
                " hairpin mode\t\t   1\n",
            ],
        )
    });
}

#[test]
fn tunnels_are_made() {
    isolated(LIMIT, || {
        let (status, said) = ours("ip tunnel add t0 mode ipip remote 10.9.0.2 local 10.0.0.1 ttl 64")?;
        if said.contains("not supported") {
            println!("skipped: the kernel has no tunnels");
            return Ok(());
        }
        ensure!(status == 0, "{said}");
        says("ip tunnel show t0", 0, &["t0: ip/ip remote 10.9.0.2 local 10.0.0.1 ttl 64\n"])?;
        says("ip tunnel add t1 mode gre remote 10.9.0.3 key 5 ttl 3", 0, &[])?;
        says("ip tunnel show mode gre", 0, &["t1: gre/ip remote 10.9.0.3 local any ttl 3 key 5\n"])?;
        says("ip tunnel add t2 mode sit remote 10.9.0.4 nopmtudisc", 0, &[])?;
        says("ip tunnel show t2", 0, &["t2: ipv6/ip remote 10.9.0.4 local any ttl inherit nopmtudisc\n"])?;
        for name in ["t0", "t1", "t2"] {
            says(&format!("ip tunnel delete {name}"), 0, &[])?;
            ensure!(ours(&format!("ip tunnel show {name}"))?.0 != 0);
        }
        Ok(())
    });
}

#[test]
fn links_have_tagged_parts() {
    isolated(LIMIT, || {
        ip("link add v0 type veth peer name v1")?;
        let (status, said) = ours("vconfig add v0 5")?;
        if said.contains("package not installed") {
            println!("skipped: the kernel has no VLANs");
            return Ok(());
        }
        ensure!(status == 0, "{said}");
        ensure!(ip("-o link show type vlan")?.contains(": v0.5@v0: "));
        says("vconfig set_flag v0.5 1 0", 0, &[])?;
        says("vconfig set_egress_map v0.5 3 4", 0, &[])?;
        let settings = std::fs::read_to_string("/proc/net/vlan/v0.5")?;
        ensure!(settings.contains("REORDER_HDR: 0") && settings.contains("3:4"), "{settings}");
        says("vconfig rem v0.5", 0, &[])?;
        ensure!(ip("-o link show type vlan")?.is_empty());
        Ok(())
    });
}

/// Writes a script that notes what it is told.
fn script() -> Result<()> {
    let text = "#!/bin/sh\necho \"$1 $interface $ip/$mask $subnet $broadcast via $router by $serverid for $lease\" >> told\n\
                env | grep -e ^opt -e ^siaddr > variables\n\
                case $1 in bound|renew) ip address replace $ip/$mask dev $interface;; \
                deconfig) ip address flush dev $interface;; esac\n";
    std::fs::write("script", text)?;
    run(["chmod", "+x", "script"])
}

#[test]
fn leases_are_told_to_a_script() {
    isolated(LIMIT, || {
        let client = Client::wired()?;
        let subnet = Subnet::new(0);
        let Some(_server) = Server::start(Kind::Dnsmasq, "server", &subnet)? else { return Ok(()) };
        script()?;
        let mut command = client.command(env!("CARGO_BIN_EXE_applet"));
        let options = "udhcpc -i vc -s /run/work/script -p /run/work/pid --lease-dir /run/work/leases -t 9 -R -O 58 -O tftp";
        command.args(options.split_whitespace());
        let mut process = Process::start("udhcpc", command)?;
        // It goes to the background when there is a lease.
        ensure!(process.finish(Duration::from_secs(30))?, "{}", process.log());
        ensure!(process.log().contains("obtained from 10.9.0.1, lease time 3600"), "{}", process.log());
        let told = std::fs::read_to_string("told")?;
        let lines: Vec<&str> = told.lines().collect();
        ensure!(lines.len() == 2 && lines[0].starts_with("deconfig vc /"), "{told}");
        ensure!(
            lines[1].starts_with("bound vc 10.9.0.") && lines[1].contains("/24 255.255.255.0 10.9.0.255 "),
            "{told}"
        );
        let variables = std::fs::read_to_string("variables")?;
        for line in ["opt53=05\n", "opt58=00000708\n", "siaddr=10.9.0.1\n"] {
            ensure!(variables.contains(line), "{variables}");
        }
        ensure!(client.addresses("vc").len() == 1, "{:?}", client.addresses("vc"));
        // Nobody but the script has touched the link.
        ensure!(!client.routes().contains("proto dhcp"), "{}", client.routes());
        let pid = std::fs::read_to_string("pid")?;
        run(["kill", "-s", "USR1", pid.trim()])?;
        eventually("renewed", Duration::from_secs(10), || {
            std::fs::read_to_string("told").ok()?.contains("\nrenew vc 10.9.0.").then_some(())
        })?;
        run(["kill", pid.trim()])?;
        eventually("given back", Duration::from_secs(10), || {
            client.addresses("vc").is_empty().then_some(())
        })?;
        eventually("ended", Duration::from_secs(5), || (!std::path::Path::new("pid").exists()).then_some(()))
    });
}

#[test]
fn links_come_up_with_a_lease() {
    isolated(LIMIT, || {
        let client = Client::wired()?;
        let subnet = Subnet::new(0);
        let Some(_server) = Server::start(Kind::Dnsmasq, "server", &subnet)? else { return Ok(()) };
        script()?;
        // Leases are kept there, and the machine's own are not ours.
        run(["mount", "-t", "tmpfs", "spelunk", "/var/lib"])?;
        std::fs::write("interfaces", "iface vc inet dhcp\n  script /run/work/script\n  up echo it is up\n")?;
        let ours = |name: &str| -> Result<String> {
            let mut command = client.command(env!("CARGO_BIN_EXE_applet"));
            command.args([name, "-i", "/run/work/interfaces", "-s", "/run/work/state", "vc"]);
            spelunk_tests::netns::checked(&command.output()?)
        };
        ensure!(ours("ifup")?.contains("it is up"), "no word of it");
        ensure!(client.addresses("vc").len() == 1, "{:?}", client.addresses("vc"));
        ours("ifdown")?;
        ensure!(client.addresses("vc").is_empty(), "{:?}", client.addresses("vc"));
        ensure!(!std::path::Path::new("/run/udhcpc.vc.pid").exists(), "its number is left");
        Ok(())
    });
}

#[test]
fn leases_are_given() {
    isolated(LIMIT, || {
        let client = Client::wired()?;
        ip("address add 10.9.0.1/24 dev vs")?;
        ip("link set vs up")?;
        std::fs::write(
            "conf",
            "start 10.9.0.20\nend 10.9.0.30\ninterface vs\nlease_file /run/work/given\npidfile /run/work/pid\n\
             option subnet 255.255.255.0\noption router 10.9.0.1\noption dns 10.9.0.1\noption lease 600\n",
        )?;
        says("udhcpd conf", 0, &[])?;
        let mut command = client.command(env!("CARGO_BIN_EXE_applet"));
        let options = "dhcp --lease-dir leases --resolv-conf resolv.conf --once --timeout 10 -H owl vc";
        command.args(options.split_whitespace());
        let said = spelunk_tests::netns::checked(&command.output()?)?;
        ensure!(said.contains("10.9.0.20/24") && said.contains("lease 600 s"), "{said}");
        ensure!(client.routes().contains("default via 10.9.0.1"), "{}", client.routes());
        run(["kill", std::fs::read_to_string("pid")?.trim()])?;
        eventually("ended", Duration::from_secs(5), || {
            (!std::path::Path::new("pid").exists()).then_some(())
        })?;
        let given = std::fs::read("given")?;
        ensure!(
            given.len() == 8 + 36 && given[12..16] == [10, 9, 0, 20] && given[22..26] == *b"owl\0",
            "{given:?}"
        );
        Ok(())
    });
}
