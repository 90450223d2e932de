//! Names, looked up by our resolver from a real server, and the race of connections that follows.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use formats::wire::dns::{Data, Kind};
use net::{LookupError, Resolver, Socket, TcpListener, UdpSocket, connect_host};
use protocols::dns::Failure;
use spelunk_tests::netns::{Process, WORK, ip, isolated, program};
use tasks::{Options, Reactor};

/// Starts dnsmasq on the loopback link with these records; none if it is not installed.
fn server(address: &str, records: &[&str]) -> Result<Option<Process>> {
    let Some(binary) = program("dnsmasq") else {
        println!("skipped: dnsmasq is not installed (apt-get install dnsmasq-base)");
        return Ok(None);
    };
    let mut command = Command::new(binary);
    command.args(["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces"]);
    command.args(["--local=/example/", "--local-ttl=77", "--log-queries"]);
    command.arg(format!("--listen-address={address}")).args(records);
    let mut process = Process::start(&format!("dnsmasq-{address}"), command)?;
    process.printed("started", Duration::from_secs(10))?;
    Ok(Some(process))
}

const RECORDS: &[&str] = &[
    "--host-record=cave.example,10.7.0.1,fd00::7",
    "--host-record=cave.example,10.7.0.2",
    "--cname=www.cave.example,cave.example",
    "--mx-host=cave.example,mail.cave.example,10",
    "--txt-record=cave.example,one,two",
    "--srv-host=_http._tcp.cave.example,cave.example,80,1,2",
    "--ptr-record=1.0.7.10.in-addr.arpa,cave.example",
];

/// Writes the files of a resolver and makes it.
fn resolver(resolv_conf: &str) -> Result<Resolver> {
    let at = |name: &str| format!("{WORK}/{name}");
    std::fs::write(at("resolv.conf"), resolv_conf)?;
    std::fs::write(at("hosts"), "10.7.0.9 written.example written\n")?;
    std::fs::write(at("services"), "http 80/tcp www\n")?;
    let made = Resolver::of(&at("resolv.conf"), &at("hosts"), &at("services"));
    made.map_err(anyhow::Error::msg)
}

fn found(resolver: &Resolver, host: &str) -> Result<Vec<String>, LookupError> {
    let mut found: Vec<_> =
        resolver.addresses(host, 0)?.iter().map(|address| address.ip().to_string()).collect();
    found.sort();
    Ok(found)
}

const CAVE: [&str; 3] = ["10.7.0.1", "10.7.0.2", "fd00::7"];

fn lookups(records: &[&str]) -> Result<()> {
    let Some(_server) = server("127.0.0.1", records)? else { return Ok(()) };
    let resolver = resolver("nameserver 127.0.0.1\nsearch cave.example example\n")?;
    for name in ["cave.example", "CAVE.example.", "www.cave.example", "cave", "www"] {
        assert_eq!(found(&resolver, name)?, CAVE, "{name}");
    }
    assert_eq!(found(&resolver, "written")?, ["10.7.0.9"]);
    assert_eq!(found(&resolver, "a.localhost")?, ["127.0.0.1", "::1"]);
    assert_eq!(found(&resolver, "fd00::1")?, ["fd00::1"]);
    assert_eq!(found(&resolver, "missing.example"), Err(LookupError::Failed(Failure::NoName(None))));
    assert_eq!(found(&resolver, "a b..c"), Err(LookupError::NoHostName));
    let place = |text| resolver.places(text, "tcp").map(|places| places[0].to_string());
    assert_eq!(place("written:www")?, "10.7.0.9:80");
    assert_eq!(place("[::1]:8080")?, "[::1]:8080");
    assert_eq!(
        (place("::1:80"), place("written:none")),
        (Err(LookupError::NoService), Err(LookupError::NoService))
    );
    let zoned = resolver.addresses("fe80::1%lo", 1)?;
    assert_eq!(zoned[0].to_string(), "[fe80::1%1]:1");
    Ok(())
}

fn records(records: &[&str]) -> Result<()> {
    let Some(_server) = server("127.0.0.1", records)? else { return Ok(()) };
    for options in ["", "options use-vc\n"] {
        let resolver = resolver(&format!("nameserver 127.0.0.1\n{options}"))?;
        let one = |name: &str, kind| -> Result<String> {
            let answer = resolver.records(name, kind)?;
            assert_eq!(answer.ttl_s, 77);
            let data = answer.records().next().map(|record| record.data.clone());
            Ok(match data {
                Some(Data::Mail { preference, host }) => format!("{preference} {host}"),
                Some(Data::Service { priority, weight, port, host }) => {
                    format!("{priority} {weight} {port} {host}")
                }
                Some(Data::Texts(texts)) => {
                    texts.iter().map(|text| text.escape_ascii().to_string()).collect()
                }
                other => format!("{other:?}"),
            })
        };
        assert_eq!(one("cave.example", Kind::MX)?, "10 mail.cave.example");
        assert_eq!(one("cave.example", Kind::TXT)?, "onetwo");
        assert_eq!(one("_http._tcp.cave.example", Kind::SRV)?, "1 2 80 cave.example");
        let names = resolver.names("10.7.0.1".parse()?)?;
        assert_eq!(names.iter().map(ToString::to_string).collect::<Vec<_>>(), ["cave.example"]);
        assert_eq!(resolver.names("10.7.0.9".parse()?)?[0].to_string(), "written.example");
    }
    Ok(())
}

/// A reply of a hundred addresses fits no datagram of ours: it must come over the stream.
fn long_replies(count: usize) -> Result<()> {
    let many: Vec<_> = (0..count).map(|at| format!("--host-record=many.example,10.7.1.{at}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let Some(server) = server("127.0.0.1", &many)? else { return Ok(()) };
    let resolver = resolver("nameserver 127.0.0.1\noptions no-aaaa\n")?;
    assert_eq!(found(&resolver, "many.example")?.len(), count);
    ensure!(server.log().matches("query[A] many.example").count() >= 2, "{}", server.log());
    Ok(())
}

/// Servers that refuse, that nobody is behind, and that say nothing.
fn useless_servers(records: &[&str]) -> Result<()> {
    let Some(_server) = server("127.0.0.1", records)? else { return Ok(()) };
    let silent = UdpSocket::bind("127.0.0.4:53".parse()?).map_err(anyhow::Error::msg)?;
    let start = Instant::now();
    let refused = resolver("nameserver 127.0.0.3\nnameserver 127.0.0.1\n")?;
    assert_eq!(found(&refused, "cave.example")?, CAVE);
    ensure!(start.elapsed() < Duration::from_millis(900), "a closed port is heard of at once");
    let silence = resolver("nameserver 127.0.0.4\nnameserver 127.0.0.1\noptions timeout:1\n")?;
    assert_eq!(found(&silence, "cave.example")?, CAVE);
    ensure!(start.elapsed() >= Duration::from_secs(1), "the silent one had its time");
    let alone = resolver("nameserver 127.0.0.4\noptions timeout:1 attempts:1\n")?;
    assert_eq!(found(&alone, "cave.example"), Err(LookupError::Failed(Failure::Silence)));
    // dnsmasq refuses what is not its own.
    let foreign = resolver("nameserver 127.0.0.1\n")?;
    let answer = found(&foreign, "elsewhere.test");
    ensure!(matches!(answer, Err(LookupError::Failed(Failure::Refused(_)))), "{answer:?}");
    let waiting = silent.set_nonblocking(true).and_then(|()| silent.recv(&mut [0; 512]));
    ensure!(waiting.is_ok_and(|count| count > 12), "it was asked");
    Ok(())
}

/// IPv6 goes nowhere: the connection is made over IPv4 after a quarter of a second, not after a timeout.
fn races(records: &[&str]) -> Result<()> {
    // The names are of addresses on a wire whose other end is silent, and of this machine.
    ip("link add wire type veth peer name end")?;
    ip("link set wire up")?;
    ip("link set end up")?;
    ip("address add fd00:7::1/64 dev wire nodad")?;
    let Some(_server) = server("127.0.0.1", records)? else { return Ok(()) };
    let resolver = resolver("nameserver 127.0.0.1\n")?;
    let listener = TcpListener::bind("127.0.0.1:0".parse()?).map_err(anyhow::Error::msg)?;
    let to = listener.local_address().map_err(anyhow::Error::msg)?;
    let limit = Some(Duration::from_secs(5));
    for name in ["late.example", "race.example"] {
        let start = Instant::now();
        let stream = connect_host(&resolver, name, to.port(), limit)?;
        assert_eq!(stream.peer_address(), Ok(to));
        // The kernel itself gives up on the neighbour after three seconds.
        let raced = (Duration::from_millis(250)..Duration::from_secs(2)).contains(&start.elapsed());
        ensure!(raced || name == "late.example", "{name}: {:?}", start.elapsed());
        let reactor = Reactor::new(&Options::default()).map_err(anyhow::Error::msg)?;
        let connect = net::tasks::connect_host(&reactor, &resolver, name, to.port(), limit);
        let stream = tasks::run(&reactor, async |_| connect.await).map_err(anyhow::Error::msg)??;
        let peer = stream.peer_address().map_err(anyhow::Error::msg)?;
        assert_eq!(peer.and_then(|peer| peer.internet()), Some(to), "as a task");
    }
    Ok(())
}

#[test]
fn a_real_server_knows_the_names() {
    isolated(Duration::from_secs(30), || lookups(RECORDS));
}

#[test]
fn records_of_all_kinds_come_from_a_real_server() {
    isolated(Duration::from_secs(30), || records(RECORDS));
}

#[test]
fn long_replies_come_over_a_stream() {
    isolated(Duration::from_secs(30), || long_replies(100));
}

#[test]
fn useless_servers_are_passed_over() {
    isolated(Duration::from_secs(30), || useless_servers(RECORDS));
}

#[test]
fn a_silent_family_costs_a_quarter_second() {
    isolated(Duration::from_secs(30), || {
        races(&["--host-record=race.example,127.0.0.1,fd00:7::99", "--host-record=late.example,127.0.0.1"])
    });
}
