//! rtnetlink: what ours changes iproute2 sees, what iproute2 changes ours sees, and both show it alike.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use formats::netlink::message::kind;
use formats::netlink::{Family, Flags, HardwareAddress, Raw};
use linux::net::{MessageFlags, SocketFlags, SocketKind};
use protocols::netlink::{Change as TableChange, Client, Progress};
use serde_json::Value;
use spelunk_tests::netns::{eventually, ip, isolated};
use system::addresses::{self, Address, AddressFlags};
use system::links::{self, Change, Extent, Kind, LinkFlags};
use system::neighbours::{self, Neighbour, State};
use system::netlink::{Event, Groups, Monitor, Socket};
use system::routes::{self, Route, Table};

const LIMIT: Duration = Duration::from_secs(60);

/// What a run of our `ip` gave.
struct Ran {
    status: u8,
    out: String,
    err: String,
}

/// Runs our `ip` in this process.
fn ours(words: &str) -> Ran {
    let words: Vec<&[u8]> =
        std::iter::once("ip").chain(words.split_whitespace()).map(str::as_bytes).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = {
        let streams = (applets::Output::memory(&mut out), applets::Output::memory(&mut err));
        let mut io = applets::Io::new(applets::Input::Memory(b""), streams.0, streams.1, &[]);
        applets::call(&mut io, &words).0
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { status, out: text(out), err: text(err) }
}

/// Runs our `ip`, which must succeed and say nothing.
fn done(words: &str) -> Result<()> {
    let ran = ours(words);
    ensure!(ran.status == 0 && ran.out.is_empty(), "ip {words}: {} {}{}", ran.status, ran.out, ran.err);
    Ok(())
}

/// Gives iproute2's JSON.
fn theirs(words: &str) -> Result<Value> {
    let text = ip(&format!("-json {words}"))?;
    if text.trim().is_empty() {
        return Ok(Value::Array(Vec::new()));
    }
    serde_json::from_str(&text).with_context(|| format!("ip -json {words}: {text}"))
}

/// Makes the links a0 and a1, each the other's far end, both up, by ours.
fn pair() -> Result<()> {
    done("link add a0 type veth peer name a1")?;
    done("link set a0 up")?;
    done("link set a1 up")
}

/// Makes links, addresses, routes and neighbours of many shapes, by iproute2.
fn populate() -> Result<()> {
    for line in [
        "link add veth0 type veth peer name veth1",
        "link set veth0 address 52:54:00:00:00:01",
        "link set veth1 address 52:54:00:00:00:02",
        "link add br0 type bridge",
        "link set veth1 master br0",
        "link set br0 up",
        "link set veth1 up",
        "link set veth0 up alias near",
        "link property add dev veth0 altname first",
        "link add link veth0 name mv0 type macvlan",
        "link add ifb7 group 7 type ifb",
        "address add 10.1.0.2/24 brd + dev veth0 label veth0:a",
        "address add 10.1.0.3/24 dev veth0",
        "address add 10.5.0.3/24 dev veth0 metric 77",
        "address add 10.9.0.1 peer 10.9.0.2 dev veth0 valid_lft 3600 preferred_lft 1800 noprefixroute",
        "address add 2001:db8::2/64 dev veth0 nodad",
        "address add 2001:db8::3/64 dev veth0 nodad valid_lft 3600 preferred_lft 0",
        "route add default via 10.1.0.1 dev veth0 metric 100 mtu 1400",
        "route add 10.2.0.0/16 src 10.1.0.2 nexthop via 10.1.0.1 dev veth0 weight 2 \
         nexthop via 10.1.0.9 dev veth0 onlink",
        "route add 10.3.0.0/16 via inet6 fe80::9 dev veth0 proto dhcp",
        "route add 10.6.0.0/16 via 10.1.0.7 dev veth0 proto static advmss 900 initcwnd 20 mtu lock 1300",
        "route add 10.7.0.0/16 via 192.0.2.7 dev veth0 onlink tos 0x10",
        "route add blackhole 10.4.0.0/16 table 1000",
        "route add unreachable 10.8.0.0/16",
        "-6 route add default via fe80::1 dev veth0 pref high expires 600",
        "-6 route add 2001:db8:7::/48 nexthop via fe80::7 dev veth0 nexthop via fe80::8 dev veth0 weight 3",
        "-6 route add prohibit 2001:db8:8::/48",
        "neigh add 10.1.0.1 lladdr 52:54:00:00:00:09 dev veth0",
        "neigh add 2001:db8::9 lladdr 52:54:00:00:00:0a dev veth0 router nud stale",
        "neigh add 10.1.0.5 lladdr 52:54:00:00:00:0b dev veth0 nud noarp",
        "neigh add 10.1.0.6 dev veth0 nud none",
        "neigh add 10.1.0.8 lladdr 52:54:00:00:00:0c dev veth0 extern_learn protocol bird",
        "neigh add proxy 10.1.0.77 dev veth0",
    ] {
        ip(line)?;
    }
    // Duplicate address detection changes flags for a second or two.
    eventually("addresses that are settled", Duration::from_secs(5), || {
        (!ip("address").ok()?.contains("tentative")).then_some(())
    })
}

/// Command lines that must show the same, as text and as JSON.
const SHOWN: &[&str] = &[
    "address",
    "a",
    "-4 address",
    "-6 address",
    "-0 address",
    "-o address",
    "-o -4 address",
    "-br address",
    "-br -4 address",
    "address show dev veth0",
    "address show veth0",
    "address show first",
    "address show up",
    "address show scope host",
    "address show to 10.1.0.0/16",
    "address show dynamic",
    "address show secondary",
    "address show primary",
    "address show deprecated",
    "address show type veth",
    "address show master br0",
    "link",
    "l",
    "li",
    "-o link",
    "-br link",
    "-s link",
    "-4 link",
    "link show veth1",
    "link show first",
    "link show master br0",
    "link show type veth",
    "link show type bridge_slave",
    "link list up",
    "link show group 7",
    "address show group default",
    "route",
    "r",
    "ro",
    "-6 route",
    "-o route",
    "route show table all",
    "-4 route show table all",
    "-6 route show table all",
    "route list table local",
    "route show table 1000",
    "route show dev veth0",
    "-6 route show dev br0",
    "route show proto kernel",
    "route show proto dhcp",
    "route show default",
    "-6 route show default",
    "route show 10.1.0.0/24",
    "route show exact 10.2.0.0/16",
    "route show root 10.0.0.0/8",
    "route show match 10.1.0.7",
    "route show scope link",
    "route show type unreachable",
    "route show via 10.1.0.1",
    "route show src 10.1.0.2",
    "route get 10.1.2.3",
    "route get 10.6.2.3",
    "route get 10.6.2.3 mark 3",
    "route get 10.6.2.3 mark 300",
    "route list cache",
    "-c=never route",
    "-f inet neigh",
    "route get 127.0.0.1",
    "route get 10.1.0.255",
    "route get 10.1.2.3 from 10.1.0.3",
    "route get 10.1.2.3 oif veth0",
    "route get fibmatch 10.1.2.3",
    "route get ::1",
    "-6 route get 2001:db8::77",
    "route get 2001:db8::77 from 2001:db8::2",
    "-o route get 10.1.2.3",
    "neigh",
    "n",
    "neighbour list",
    "-4 neigh",
    "-6 neigh",
    "-br neigh",
    "neigh show dev veth0",
    "-br neigh show dev veth0",
    "neigh show proxy",
    "neigh show nud stale",
    "neigh show nud noarp",
    "neigh show nud all",
    "neigh show nud none",
    "neigh show 10.1.0.1",
    "neigh show to 10.0.0.0/8",
];

/// Seconds that run down, and counters, differ from one moment to the next.
fn settled_text(text: &str) -> String {
    let mut settled: Vec<String> = Vec::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let trimmed = word.trim_end();
        let number = trimmed.strip_suffix("sec").unwrap_or("x").bytes().all(|byte| byte.is_ascii_digit());
        settled.push(if number { word.replace(trimmed, "Nsec") } else { word.to_owned() });
    }
    settled.concat()
}

fn settled_json(value: Value) -> Value {
    const RUNNING: &[&str] = &["expires", "valid_life_time", "preferred_life_time"];
    match value {
        // iproute2 leaves an empty object for each link that a filter hid.
        Value::Array(values) => {
            let shown =
                values.into_iter().filter(|value| value.as_object().is_none_or(|object| !object.is_empty()));
            shown.map(settled_json).collect()
        }
        Value::Object(fields) => {
            let settle = |(key, value): (String, Value)| {
                let runs = RUNNING.contains(&key.as_str()) && value.as_u64() != Some(u64::from(u32::MAX));
                let value = if runs { Value::from(0) } else { settled_json(value) };
                (key, value)
            };
            fields.into_iter().map(settle).collect()
        }
        value => value,
    }
}

#[test]
fn shows_what_iproute2_shows() {
    isolated(LIMIT, || {
        populate()?;
        for words in SHOWN {
            let mine = || {
                let mine = ours(words);
                ensure!(mine.status == 0 && mine.err.is_empty(), "ip {words}: {}", mine.err);
                Ok(settled_text(&mine.out))
            };
            let (mine, yours) = at_rest(mine, || Ok(settled_text(&ip(words)?)))?;
            ensure!(mine == yours, "ip {words}: ours, then iproute2's:\n{mine}\n{yours}");

            let mine = || {
                let mine = serde_json::from_str(&ours(&format!("-j {words}")).out).context("our JSON")?;
                Ok(settled_json(mine))
            };
            let (mine, yours) = at_rest(mine, || Ok(settled_json(theirs(words)?)))?;
            ensure!(mine == yours, "ip -j {words}: ours, then iproute2's:\n{mine:#}\n{yours:#}");
        }
        Ok(())
    });
}

/// Gives what ours shows and what another shows of the same state: links count packets, which come whenever they please, so
/// that ours is asked before and after.
fn at_rest<T: PartialEq>(mine: impl Fn() -> Result<T>, yours: impl Fn() -> Result<T>) -> Result<(T, T)> {
    for _ in 0..20 {
        let (before, yours, after) = (mine()?, yours()?, mine()?);
        if before == after {
            return Ok((after, yours));
        }
    }
    bail!("what is shown changes all the time")
}

/// Finds the object of iproute2's list whose `key` is `value`.
fn entry<'v>(list: &'v Value, key: &str, value: &str) -> Option<&'v Value> {
    list.as_array()?.iter().find(|entry| entry[key] == value)
}

#[test]
fn links_changed_by_ours_are_seen_by_iproute2() {
    isolated(LIMIT, || {
        done("link add a0 mtu 1400 type veth peer name a1 mtu 1300")?;
        done("link add name br7 address 02:00:00:00:00:07 type bridge")?;
        done("link add link a0 mac7 type macvlan")?;
        done("link set dev a1 master br7")?;
        done("link set a0 up mtu 1280 txqlen 77 alias hello")?;
        done("l set a1 address 02:00:00:00:00:0a")?;
        done("link set dev mac7 name mac8")?;
        done("link set mac8 promisc on arp off")?;
        let links = theirs("link")?;
        let named = |name| entry(&links, "ifname", name).with_context(|| format!("{name} in {links:#}"));
        let near = named("a0")?;
        ensure!(near["mtu"] == 1280 && near["txqlen"] == 77 && near["ifalias"] == "hello", "{near:#}");
        ensure!(near["flags"].as_array().is_some_and(|flags| flags.contains(&"UP".into())), "{near:#}");
        let far = named("a1")?;
        ensure!(far["mtu"] == 1300 && far["master"] == "br7" && far["link"] == "a0", "{far:#}");
        ensure!(far["address"] == "02:00:00:00:00:0a", "{far:#}");
        ensure!(named("br7")?["address"] == "02:00:00:00:00:07");
        let macvlan = named("mac8")?;
        let flags = macvlan["flags"].as_array().context("flags")?;
        ensure!(flags.contains(&"NOARP".into()) && flags.contains(&"PROMISC".into()), "{macvlan:#}");

        done("link set a1 nomaster")?;
        done("link set a0 down")?;
        done("link delete mac8")?;
        done("link del dev br7")?;
        let links = theirs("link")?;
        ensure!(entry(&links, "ifname", "a1").is_some_and(|far| far["master"].is_null()), "{links:#}");
        ensure!(entry(&links, "ifname", "a0").is_some_and(|near| near["operstate"] == "DOWN"), "{links:#}");
        ensure!(entry(&links, "ifname", "mac8").is_none() && entry(&links, "ifname", "br7").is_none());
        Ok(())
    });
}

#[test]
fn addresses_changed_by_ours_are_seen_by_iproute2() {
    isolated(LIMIT, || {
        pair()?;
        done("address add 10.0.0.1/24 broadcast + dev a0 label a0:x metric 50")?;
        done("a a 10.0.1.1 peer 10.0.1.2/32 dev a0 valid_lft 100 preferred_lft 50 scope link noprefixroute")?;
        done("addr add 2001:db8::1/64 dev a0 nodad")?;
        done("addr add 10.0.2.1/255.255.255.0 brd 10.0.2.99 dev a0")?;
        let list = theirs("address show dev a0")?;
        let all = &list[0]["addr_info"];
        let of = |address| entry(all, "local", address).with_context(|| format!("{address} in {list:#}"));
        let first = of("10.0.0.1")?;
        ensure!(first["broadcast"] == "10.0.0.255" && first["label"] == "a0:x", "{first:#}");
        ensure!(first["metric"] == 50 && first["prefixlen"] == 24 && first["scope"] == "global", "{first:#}");
        let peer = of("10.0.1.1")?;
        ensure!(
            peer["address"] == "10.0.1.2" && peer["prefixlen"] == 32 && peer["scope"] == "link",
            "{peer:#}"
        );
        ensure!(peer["noprefixroute"] == true && peer["dynamic"] == true, "{peer:#}");
        ensure!(peer["valid_life_time"].as_u64().is_some_and(|left| (90..=100).contains(&left)), "{peer:#}");
        ensure!(of("2001:db8::1")?["nodad"] == true);
        ensure!(of("10.0.2.1")?["broadcast"] == "10.0.2.99");

        let again = ours("address add 10.0.0.1/24 dev a0");
        ensure!(
            again.status == 2 && again.err.contains("address 10.0.0.1/24 to a0: file exists"),
            "{}",
            again.err
        );
        done("address replace 10.0.0.1/24 dev a0 valid_lft 1000 preferred_lft 900")?;
        done("address change 10.0.1.1 peer 10.0.1.2/32 dev a0 valid_lft forever")?;
        done("address delete 10.0.2.1 dev a0")?;
        done("address delete 2001:db8::1/64 dev a0")?;
        let list = theirs("address show dev a0")?;
        let all = &list[0]["addr_info"];
        let first = entry(all, "local", "10.0.0.1").context("replaced address")?;
        ensure!(
            first["valid_life_time"].as_u64().is_some_and(|left| left > 900 && left <= 1000),
            "{first:#}"
        );
        let peer = entry(all, "local", "10.0.1.1").context("changed address")?;
        ensure!(peer["valid_life_time"] == u32::MAX, "{peer:#}");
        ensure!(entry(all, "local", "10.0.2.1").is_none() && entry(all, "local", "2001:db8::1").is_none());

        done("address flush dev a0 scope global")?;
        let list = theirs("-4 address show dev a0")?;
        let left: Vec<_> = list[0]["addr_info"].as_array().into_iter().flatten().collect();
        ensure!(left.len() == 1 && left[0]["local"] == "10.0.1.1", "{list:#}");
        Ok(())
    });
}

#[test]
fn routes_changed_by_ours_are_seen_by_iproute2() {
    isolated(LIMIT, || {
        pair()?;
        done("address add 10.0.0.1/24 dev a0")?;
        done("route add default via 10.0.0.254 dev a0 metric 10 mtu 1400 proto dhcp src 10.0.0.1")?;
        done("r a 10.1.0.0/16 via 10.0.0.2")?;
        done("route add 10.2.0.0/16 dev a0")?;
        done("route add blackhole 10.3.0.0/16 table 500")?;
        done("route add 10.4.0.0/16 via 192.0.2.1 dev a0 onlink")?;
        done("route add 10.5.0.0/16 nexthop via 10.0.0.3 weight 5 nexthop via 10.0.0.4 dev a0")?;
        done("route add 10.6.0.0/16 via inet6 fe80::6 dev a0")?;
        done("route add 2001:db8:1::/48 via fe80::1 dev a0 pref low advmss 1000")?;
        done("-6 route add default via fe80::1 dev a0")?;
        let list = theirs("route show table all")?;
        let to = |to| entry(&list, "dst", to).with_context(|| format!("{to} in {list:#}"));
        let default = to("default")?;
        ensure!(default["gateway"] == "10.0.0.254" && default["metric"] == 10, "{default:#}");
        ensure!(default["protocol"] == "dhcp" && default["prefsrc"] == "10.0.0.1", "{default:#}");
        ensure!(default["metrics"][0]["mtu"] == 1400, "{default:#}");
        ensure!(to("10.1.0.0/16")?["dev"] == "a0");
        ensure!(to("10.2.0.0/16")?["scope"] == "link");
        ensure!(to("10.3.0.0/16")?["type"] == "blackhole" && to("10.3.0.0/16")?["table"] == "500");
        ensure!(to("10.4.0.0/16")?["flags"][0] == "onlink");
        let hops = &to("10.5.0.0/16")?["nexthops"];
        ensure!(
            hops[0]["gateway"] == "10.0.0.3" && hops[0]["weight"] == 5 && hops[1]["weight"] == 1,
            "{hops:#}"
        );
        ensure!(to("10.6.0.0/16")?["via"]["host"] == "fe80::6");
        ensure!(to("2001:db8:1::/48")?["pref"] == "low");
        ensure!(theirs("-6 route show default")?[0]["gateway"] == "fe80::1");

        done("route replace default via 10.0.0.253 dev a0 metric 10")?;
        done("route change 10.1.0.0/16 via 10.0.0.3")?;
        done("route append 10.2.0.0/16 via 10.0.0.9")?;
        done("route delete 10.4.0.0/16")?;
        done("route del 10.5.0.0/16")?;
        done("route flush table 500")?;
        let list = theirs("route")?;
        ensure!(
            entry(&list, "dst", "default").is_some_and(|route| route["gateway"] == "10.0.0.253"),
            "{list:#}"
        );
        ensure!(
            entry(&list, "dst", "10.1.0.0/16").is_some_and(|route| route["gateway"] == "10.0.0.3"),
            "{list:#}"
        );
        let appended = list.as_array().into_iter().flatten().filter(|route| route["dst"] == "10.2.0.0/16");
        ensure!(appended.count() == 2, "{list:#}");
        ensure!(entry(&list, "dst", "10.4.0.0/16").is_none() && entry(&list, "dst", "10.5.0.0/16").is_none());
        ensure!(theirs("route show table 500")? == Value::Array(Vec::new()));
        Ok(())
    });
}

#[test]
fn neighbours_changed_by_ours_are_seen_by_iproute2() {
    isolated(LIMIT, || {
        pair()?;
        done("neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev a0")?;
        done("n add 2001:db8::2 lladdr 02:00:00:00:00:03 dev a0 nud reachable router")?;
        done("neigh add proxy 10.0.0.77 dev a0")?;
        done("neigh replace 10.0.0.2 lladdr 02:00:00:00:00:22 dev a0 nud stale")?;
        let list = theirs("neigh")?;
        let first = entry(&list, "dst", "10.0.0.2").context("neighbour")?;
        ensure!(first["lladdr"] == "02:00:00:00:00:22" && first["state"][0] == "STALE", "{list:#}");
        let router = entry(&list, "dst", "2001:db8::2").context("router")?;
        ensure!(router["state"][0] == "REACHABLE" && router.get("router").is_some(), "{list:#}");
        ensure!(theirs("neigh show proxy")?[0]["dst"] == "10.0.0.77");
        done("neigh delete 10.0.0.2 dev a0")?;
        done("neigh del proxy 10.0.0.77 dev a0")?;
        done("neigh flush dev a0 nud all")?;
        // An entry that somebody holds stays as failed for a moment.
        let gone =
            |list: Value| list.as_array().into_iter().flatten().all(|entry| entry["state"][0] == "FAILED");
        ensure!(gone(theirs("neigh")?) && gone(theirs("neigh show proxy")?));
        Ok(())
    });
}

#[test]
fn objects_made_by_iproute2_are_read_by_ours() {
    isolated(LIMIT, || {
        populate()?;
        let mut socket = Socket::open()?;
        let near = links::find(&mut socket, "veth0", Extent::empty())?;
        ensure!(near.is_running() && near.kind.as_deref() == Some("veth"), "{near:?}");
        ensure!(near.statistics.is_some(), "{near:?}");
        ensure!(links::find(&mut socket, "first", Extent::SKIP_STATISTICS)?.index == near.index);
        let dumped = links::dump(&mut socket)?;
        ensure!(dumped.len() == theirs("link")?.as_array().map_or(0, Vec::len));
        let own = addresses::dump(&mut socket, Family::UNSPECIFIED, near.index)?;
        ensure!(own.iter().all(|address| address.index == near.index) && own.len() >= 6, "{own:?}");
        let fourth = addresses::dump(&mut socket, Family::INET, 0)?;
        ensure!(fourth.iter().any(|address| address.flags.contains(AddressFlags::SECONDARY)));
        let table = routes::dump(&mut socket, Family::INET, Table(1000))?;
        ensure!(table.len() == 1 && table[0].prefix == 16, "{table:?}");
        let hops = routes::dump(&mut socket, Family::INET6, Table::MAIN)?;
        ensure!(hops.iter().any(|route| route.hops.len() == 2 && route.hops[1].weight == 3), "{hops:?}");
        let known = neighbours::dump(&mut socket, Family::INET, near.index, false)?;
        ensure!(known.iter().any(|entry| entry.state == State::PERMANENT), "{known:?}");
        ensure!(neighbours::dump(&mut socket, Family::INET, 0, true)?.len() == 1);
        let route = routes::get(&mut socket, &routes::to("10.1.2.3".parse()?))?;
        ensure!(route.gateway == Some("10.1.0.1".parse()?) && route.table == Table::MAIN, "{route:?}");
        Ok(())
    });
}

#[test]
fn objects_made_by_the_library() {
    isolated(LIMIT, || {
        let mut socket = Socket::open()?;
        let peer = Box::new(Change { name: Some("b1"), ..Change::default() });
        let pair = Change {
            name: Some("b0"),
            set: LinkFlags::UP,
            kind: Some(Kind::Veth { peer }),
            ..Change::default()
        };
        links::add(&mut socket, &pair)?;
        let index = links::find(&mut socket, "b0", Extent::SKIP_STATISTICS)?.index;
        let far = links::find(&mut socket, "b1", Extent::SKIP_STATISTICS)?.index;
        links::set(&mut socket, &Change { index: far, set: LinkFlags::UP, ..Change::default() })?;
        links::set_up(&mut socket, index, true)?;
        addresses::add(&mut socket, &Address::new(index, "10.0.0.1".parse()?, 24))?;
        routes::add(&mut socket, &Route::default_via("10.0.0.2".parse()?, index).with_mtu(1400))?;
        let hardware = HardwareAddress::new(&[2, 0, 0, 0, 0, 9]).context("hardware address")?;
        neighbours::add(&mut socket, &Neighbour::permanent(index, "10.0.0.2".parse()?, hardware))?;
        ensure!(theirs("route show default")?[0]["metrics"][0]["mtu"] == 1400);
        ensure!(theirs("neigh")?[0]["lladdr"] == "02:00:00:00:00:09");
        links::set_up(&mut socket, index, false)?;
        ensure!(theirs("route show default")? == Value::Array(Vec::new()));
        // Two changes as one datagram: the first is refused, the second done all the same.
        let list = socket.requests();
        let bad = Route::default_via("192.0.2.1".parse()?, index);
        let good = Address::new(index, "10.0.9.1".parse()?, 24);
        list.request(kind::NEW_ROUTE, Flags::CREATE, |writer| bad.emit(writer)).context("request")?;
        list.request(kind::NEW_ADDRESS, Flags::CREATE, |writer| good.emit(writer)).context("request")?;
        let refused = socket.send("configure", &"b0").err().context("a refusal")?.to_string();
        ensure!(refused == "configure b0: network is unreachable: Nexthop has invalid gateway", "{refused}");
        ensure!(ip("-4 address show dev b0")?.contains("10.0.9.1/24"));
        links::delete(&mut socket, index)?;
        ensure!(
            links::find(&mut socket, "b1", Extent::empty())
                .is_err_and(|error| error.errno() == Some(linux::Errno::NODEV))
        );
        Ok(())
    });
}

#[test]
fn errors_name_the_object_and_carry_the_kernels_words() {
    isolated(LIMIT, || {
        pair()?;
        ip("address add 10.0.0.1/24 dev a0")?;
        for (words, status, message) in [
            ("address add 10.0.0.1/24 dev eth9", 2, "ip: add address 10.0.0.1/24 to eth9: no such device\n"),
            ("link set eth9 up", 2, "ip: set link eth9: no such device\n"),
            ("link show eth9", 2, "ip: get eth9: no such device\n"),
            (
                "route add default via 203.0.113.1 dev a0",
                2,
                "ip: add route default via 203.0.113.1 dev a0: network is unreachable: Nexthop has invalid gateway\n",
            ),
            (
                "route add 10.9.0.0/8 dev a0",
                2,
                "ip: add route 10.9.0.0/8 dev a0: invalid argument: Invalid prefix for given prefix length\n",
            ),
            ("link set a0 mtu 9", 2, "ip: set link a0: invalid argument: mtu less than device minimum\n"),
            (
                "link add x0 type nosuchkind",
                2,
                "ip: add link x0: operation not supported: Unknown device type\n",
            ),
            ("link set a0 master eth9", 2, "ip: set link a0 to master eth9: no such device\n"),
            ("address add 10.0.0.256/24 dev a0", 1, "ip: 10.0.0.256/24: expected an address or prefix\n"),
            ("address add 10.0.0.9/24", 1, "ip: dev: the link is missing\n"),
            ("frobnicate", 1, "ip: frobnicate: no such object\n"),
            ("route get 203.0.113.1", 2, "ip: find route to 203.0.113.1: network is unreachable\n"),
        ] {
            let ran = ours(words);
            ensure!(ran.err == message, "ip {words}: {:?}, expected {message:?}", ran.err);
            ensure!(ran.status == status && ran.out.is_empty(), "ip {words}: {} {}", ran.status, ran.out);
        }
        Ok(())
    });
}

#[test]
fn the_attribute_that_is_wrong_is_named() {
    isolated(LIMIT, || {
        let mut socket = Socket::open()?;
        // A link's MTU of two bytes: only the kernel's checks can find it.
        let change = Change { index: 1, ..Change::default() };
        let refused = socket.change("set link", &"lo", kind::NEW_LINK, Flags::empty(), &|writer| {
            change.emit(writer);
            writer.raw(&Raw { kind: 4, flags: 0, value: &[1, 2] });
        });
        let text = refused.err().context("a refusal")?.to_string();
        ensure!(
            text == "set link lo: result out of range: Attribute failed policy validation (attribute IFLA_MTU)",
            "{text}"
        );
        Ok(())
    });
}

/// Adds `count` addresses 10.0.0.0 + n /32 to the loopback in few datagrams.
fn add_many(socket: &mut Socket, first: u32, count: u32) -> Result<()> {
    for start in (first..first + count).step_by(500) {
        let list = socket.requests();
        for number in start..(start + 500).min(first + count) {
            let address = Address::new(1, IpAddr::V4((0x0a00_0000 + number).into()), 32);
            list.request(kind::NEW_ADDRESS, Flags::CREATE, |writer| address.emit(writer))
                .context("request")?;
        }
        socket.send("add addresses", &"lo")?;
    }
    Ok(())
}

/// Adds an address to the loopback and takes it away again: two changes of what a dump shows.
fn change(socket: &mut Socket, number: u32) -> Result<()> {
    let address = Address::new(1, IpAddr::V4((0x0b00_0000 + number % 7).into()), 32);
    addresses::add(socket, &address)?;
    addresses::delete(socket, &address)?;
    Ok(())
}

/// What came of a dump: how often it was asked for again, and whether it became whole in the end.
#[derive(Debug, PartialEq)]
struct Dumped {
    restarts: u32,
    whole: bool,
}

/// Dumps the addresses once as the client machine has it, and changes one after the first datagram of each of
/// the first `interruptions` attempts: the kernel fills a datagram as the one before it is received.
fn interrupted(changer: &mut Socket, interruptions: u32) -> Result<Dumped> {
    let socket = linux::net::socket(
        linux::net::Family::NETLINK,
        SocketKind::RAW,
        SocketFlags::CLOSE_ON_EXEC,
        linux::net::Protocol::NETLINK_ROUTE,
    )?;
    let mut client = Client::default();
    client.request(kind::GET_ADDRESS, Flags::DUMP, |writer| writer.fixed(&[0; 8])).context("request")?;
    linux::net::send(&socket, client.start(), MessageFlags::empty())?;
    let (mut restarts, mut changes) = (0, 0);
    let mut buffer = vec![0; 32 << 10];
    loop {
        let length = linux::net::recv(&socket, &mut buffer, MessageFlags::empty())?;
        match client.handle(&buffer[..length], 0, &mut |_| ()) {
            Progress::More if changes == restarts && changes < interruptions => {
                change(changer, changes)?;
                changes += 1;
            }
            Progress::More => {}
            Progress::Done => return Ok(Dumped { restarts, whole: true }),
            Progress::Failed(_) => return Ok(Dumped { restarts, whole: false }),
            Progress::Restart => {
                restarts += 1;
                linux::net::send(&socket, client.restart(), MessageFlags::empty())?;
            }
        }
    }
}

#[test]
fn an_interrupted_dump_is_asked_for_again() {
    isolated(LIMIT, || {
        let mut socket = Socket::open()?;
        add_many(&mut socket, 1, 2000)?;
        for interruptions in [0, 1, 3] {
            let dumped = interrupted(&mut socket, interruptions)?;
            ensure!(dumped == Dumped { restarts: interruptions, whole: true }, "{interruptions}: {dumped:?}");
        }
        let endless = interrupted(&mut socket, u32::MAX)?;
        ensure!(!endless.whole && endless.restarts > 3, "{endless:?}");
        Ok(())
    });
}

#[test]
fn a_dump_amid_changes_is_whole() {
    isolated(LIMIT, || {
        let mut socket = Socket::open()?;
        add_many(&mut socket, 1, 2000)?;
        let changed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let changer = scope.spawn(|| {
                let mut socket = Socket::open()?;
                let outcome = (0..500).try_for_each(|number| change(&mut socket, number));
                changed.store(true, Ordering::Release);
                outcome
            });
            loop {
                // The last dump begins after the last change.
                let last = changed.load(Ordering::Acquire);
                match addresses::dump(&mut socket, Family::INET, 1) {
                    Ok(addresses) => once_each(&addresses)?,
                    Err(error) if error.cause == system::Cause::Unsteady && !last => {}
                    Err(error) => bail!("{error}"),
                }
                if last {
                    return changer.join().ok().context("changer")?;
                }
            }
        })
    });
}

/// Every address that was there all the time must be there once.
fn once_each(addresses: &[Address]) -> Result<()> {
    let steady = addresses
        .iter()
        .map(|address| address.local)
        .filter(|local| matches!(local, IpAddr::V4(v4) if v4.octets()[0] == 10));
    let steady: Vec<_> = steady.collect();
    let unique: BTreeSet<_> = steady.iter().collect();
    ensure!((steady.len(), unique.len()) == (2000, 2000), "{} of {}", unique.len(), steady.len());
    Ok(())
}

#[test]
fn lost_notifications_are_made_up_for() {
    isolated(LIMIT, || {
        let mut socket = Socket::open()?;
        let mut monitor = Monitor::open(&mut socket, Groups::LINKS | Groups::ADDRESSES)?;
        let mut seen = BTreeSet::new();
        for round in 0..3 {
            // Nobody reads meanwhile: the queue holds a few hundred of these.
            add_many(&mut socket, 1 + round * 5000, 5000)?;
            let mut events = Vec::new();
            loop {
                let more = monitor.events(&mut socket)?;
                if more.is_empty() {
                    break;
                }
                events.extend(more);
            }
            for event in events {
                match event {
                    Event::Address(TableChange::New(address)) => {
                        ensure!(seen.insert(address.local), "{} came twice", address.local);
                    }
                    other => bail!("an event that nothing caused: {other:?}"),
                }
            }
            ensure!(monitor.resyncs() > u64::from(round), "no notification was lost, so nothing was tested");
            let fresh = addresses::dump(&mut socket, Family::UNSPECIFIED, 0)?;
            let copy: BTreeSet<_> = monitor.addresses().map(|address| address.local).collect();
            let fresh: BTreeSet<_> = fresh.iter().map(|address| address.local).collect();
            ensure!(copy == fresh, "the copy has {} addresses, the kernel {}", copy.len(), fresh.len());
            ensure!(seen.len() == 5000 * (round as usize + 1), "{} events", seen.len());
        }
        // And what is told in good time is told once.
        let resyncs = monitor.resyncs();
        ip("address delete 10.0.0.1/32 dev lo")?;
        let events = monitor.events(&mut socket)?;
        ensure!(matches!(events.as_slice(), [Event::Address(TableChange::Gone(_))]), "{events:?}");
        ensure!(monitor.resyncs() == resyncs);
        Ok(())
    });
}

#[test]
fn the_monitor_tells_of_links_and_of_routes_that_go_without_a_word() {
    isolated(LIMIT, || {
        let mut socket = Socket::open()?;
        let mut monitor = Monitor::open(&mut socket, Groups::all())?;
        ip("link add a0 type veth peer name a1")?;
        ip("address add 10.0.0.1/24 dev a0")?;
        ip("link set a0 up")?;
        ip("link set a1 up")?;
        ip("route add default via 10.0.0.2 dev a0")?;
        ip("neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev a0")?;
        let events = monitor.events(&mut socket)?;
        let new_links = events
            .iter()
            .filter(|event| matches!(event, Event::Link(change) if matches!(**change, TableChange::New(_))));
        ensure!(new_links.count() == 2, "{events:?}");
        ensure!(monitor.links().any(|link| link.name == "a0" && link.is_running()));
        ensure!(monitor.routes().any(Route::is_default));
        ensure!(monitor.neighbours().any(|entry| entry.state == State::PERMANENT));

        ip("link set a0 down")?;
        let events = monitor.events(&mut socket)?;
        let gone = events.iter().any(|event| matches!(event, Event::Route(TableChange::Gone(route)) if route.is_default() && route.family == Family::INET));
        ensure!(gone && !monitor.routes().any(|route| route.is_default()), "{events:?}");
        ip("link delete a0")?;
        monitor.events(&mut socket)?;
        ensure!(monitor.links().count() == 1, "{:?}", monitor.links().collect::<Vec<_>>());
        let fresh = routes::dump(&mut socket, Family::UNSPECIFIED, Table::UNSPECIFIED)?;
        ensure!(monitor.routes().count() == fresh.len());
        Ok(())
    });
}
