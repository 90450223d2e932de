//! Links, addresses, routes and neighbours over rtnetlink, changed in a network of the test's own.

use std::net::IpAddr;

use formats::netlink::{Family, HardwareAddress};
use linux::Errno;
use linux::net::{Protocol, SocketFlags, SocketKind, socket};
use linux::process::Ended;
use system::addresses::{self, Address};
use system::links::{self, Change, Extent, Kind, Link, LinkFlags};
use system::neighbours::{self, Neighbour, State};
use system::netlink::{Event, Groups, Monitor, Socket};
use system::routes::{self, Route, Table};

use crate::support::{child, have, root, skip, wait};

const BRIEF: Extent = Extent::SKIP_STATISTICS;

fn open() -> Socket {
    Socket::open().unwrap()
}

fn address(text: &str) -> IpAddr {
    formats::internet::parse(text).unwrap()
}

fn netlink_socket() {
    let made = socket(
        linux::net::Family::NETLINK,
        SocketKind::RAW,
        SocketFlags::CLOSE_ON_EXEC,
        Protocol::NETLINK_ROUTE,
    );
    assert_eq!(made.map(drop), Ok(()));
}

fn getlink() {
    let links = links::dump(&mut open()).unwrap();
    let lo = links.iter().find(|link| link.name == "lo").unwrap();
    assert!(lo.flags.contains(LinkFlags::LOOPBACK) && !lo.flags.contains(LinkFlags::BROADCAST));
    assert!(lo.mtu >= 16436 && lo.address.as_bytes().iter().all(|byte| *byte == 0));
    for link in links.iter().filter(|link| link.is_ethernet() && link.name != "lo") {
        let shown = std::fs::read_to_string(format!("/sys/class/net/{}/address", link.name));
        if let Ok(shown) = shown {
            assert_eq!(shown.trim(), link.address.to_string(), "{}", link.name);
        }
    }
}

/// Says whether the loopback has an address.
fn has(text: &str, family: Family) {
    root();
    let mut socket = open();
    let lo = links::find(&mut socket, "lo", BRIEF).unwrap().index;
    links::set_up(&mut socket, lo, true).unwrap();
    let found = addresses::dump(&mut socket, family, lo).unwrap();
    assert!(found.iter().any(|one| one.local == address(text)), "{found:?}");
}

fn get_addresses_in() {
    has("127.0.0.1", Family::INET);
}

fn get_addresses_in6() {
    has("::1", Family::INET6);
}

fn interfaces() {
    let links = links::dump_with(&mut open(), BRIEF).unwrap();
    let listed = std::fs::read_to_string("/proc/net/dev").unwrap();
    for link in &links {
        assert!(listed.contains(&format!("{}:", link.name)), "{}", link.name);
    }
    assert_eq!(links.iter().filter(|link| link.name == "lo").map(|lo| lo.index).collect::<Vec<_>>(), [1]);
}

/// A pair of links, `pair0` and `pair1`, in a network of its own; its socket, and the first.
fn pair() -> (Socket, Link) {
    root();
    let mut socket = open();
    let peer = Box::new(Change { name: Some("pair1"), ..Change::default() });
    let new = Change { name: Some("pair0"), kind: Some(Kind::Veth { peer }), ..Change::default() };
    if let Err(error) = links::add(&mut socket, &new) {
        assert_eq!(error.errno(), Some(Errno::OPNOTSUPP), "{error}");
        skip("this kernel has no pairs of links (VETH)");
    }
    let found = links::find(&mut socket, "pair0", BRIEF).unwrap();
    (socket, found)
}

fn change(socket: &mut Socket, change: &Change<'_>) -> Link {
    links::set(socket, change).unwrap();
    links::get(socket, change.index, BRIEF).unwrap()
}

/// A link of the pair that is up, at both ends.
fn up() -> (Socket, Link) {
    let (mut socket, one) = pair();
    let other = links::find(&mut socket, "pair1", BRIEF).unwrap().index;
    links::set_up(&mut socket, other, true).unwrap();
    links::set_up(&mut socket, one.index, true).unwrap();
    (socket, one)
}

fn create_veth_root() {
    let (mut socket, one) = pair();
    let other = links::find(&mut socket, "pair1", BRIEF).unwrap();
    assert_eq!((one.lower, other.lower), (Some(other.index), Some(one.index)));
    assert_eq!(one.kind.as_deref(), Some("veth"));
}

fn netlink_veth_root() {
    let (mut socket, one) = pair();
    links::delete(&mut socket, one.index).unwrap();
    let gone = links::find(&mut socket, "pair1", BRIEF).unwrap_err();
    assert_eq!(gone.errno(), Some(Errno::NODEV), "one goes with the other");
}

fn dellink_by_name_root() {
    let (mut socket, _) = pair();
    let found = links::find(&mut socket, "pair1", BRIEF).unwrap();
    links::delete(&mut socket, found.index).unwrap();
    assert!(links::dump(&mut socket).unwrap().iter().all(|link| !link.name.starts_with("pair")));
}

fn interface_rename_root() {
    let (mut socket, one) = pair();
    let new = change(&mut socket, &Change { index: one.index, name: Some("renamed"), ..Change::default() });
    assert_eq!(new.name, "renamed");
}

fn interface_set_macaddr_root() {
    let (mut socket, one) = pair();
    let wanted = HardwareAddress::from_text("46:9d:c9:06:dd:dd").unwrap();
    let new = change(&mut socket, &Change { index: one.index, address: Some(wanted), ..Change::default() });
    assert_eq!(new.address, wanted);
}

fn interface_set_mtu_root() {
    let (mut socket, one) = pair();
    let new = change(&mut socket, &Change { index: one.index, mtu: Some(16_000), ..Change::default() });
    assert_eq!(new.mtu, 16_000);
}

fn interface_set_mtu_byname_root() {
    let (mut socket, _) = pair();
    let index = links::find(&mut socket, "pair1", BRIEF).unwrap().index;
    assert_eq!(change(&mut socket, &Change { index, mtu: Some(1_000), ..Change::default() }).mtu, 1_000);
}

/// The loopback of a new network, which is down.
fn lo() -> (Socket, Link) {
    root();
    let mut socket = open();
    let found = links::find(&mut socket, "lo", BRIEF).unwrap();
    assert!(!found.flags.contains(LinkFlags::UP));
    (socket, found)
}

fn interface_setflags_root() {
    let (mut socket, lo) = lo();
    let new = change(&mut socket, &Change { index: lo.index, set: LinkFlags::UP, ..Change::default() });
    assert!(new.flags.contains(LinkFlags::UP | LinkFlags::LOOPBACK));
}

fn newlink_flags_root() {
    let (mut socket, lo) = lo();
    change(&mut socket, &Change { index: lo.index, set: LinkFlags::UP, ..Change::default() });
    let new = change(&mut socket, &Change { index: lo.index, clear: LinkFlags::UP, ..Change::default() });
    assert!(!new.flags.contains(LinkFlags::UP));
}

fn interface_up_down_root() {
    let (mut socket, lo) = lo();
    for is_up in [true, false] {
        links::set_up(&mut socket, lo.index, is_up).unwrap();
        let found = links::get(&mut socket, lo.index, BRIEF).unwrap();
        assert_eq!(found.flags.contains(LinkFlags::UP), is_up);
    }
}

fn newlink_error_root() {
    root();
    let none = Change { index: 0x7fff_ff00, mtu: Some(1_000), ..Change::default() };
    let errno = links::set(&mut open(), &none).unwrap_err().errno();
    assert!(matches!(errno, Some(Errno::NODEV | Errno::INVAL)), "{errno:?}");
}

/// Makes a link of a kind that needs no settings.
fn plain(kind: &str) {
    root();
    let mut socket = open();
    let new = Change { name: Some("new0"), kind: Some(Kind::Plain(kind)), ..Change::default() };
    match links::add(&mut socket, &new) {
        Err(error) if error.errno() == Some(Errno::OPNOTSUPP) => skip(&format!("this kernel has no {kind}")),
        made => made.unwrap(),
    }
    let found = links::find(&mut socket, "new0", BRIEF).unwrap();
    assert_eq!(found.kind.as_deref(), Some(kind));
    links::delete(&mut socket, found.index).unwrap();
}

fn newlink_newif_bridge_root() {
    plain("bridge");
}

fn newlink_newif_dummy_root() {
    plain("dummy");
}

/// Puts an address on a link of the pair, and takes it away.
fn with_address(text: &str, prefix: u8, change: fn(&mut Address)) -> Address {
    let (mut socket, one) = up();
    let mut new = Address::new(one.index, address(text), prefix);
    change(&mut new);
    let added = addresses::add(&mut socket, &new);
    if let Err(error) = added {
        assert_eq!(error.errno(), Some(Errno::OPNOTSUPP), "{error}");
        skip("this kernel has no such family");
    }
    let mine = |socket: &mut Socket| {
        let all = addresses::dump(socket, Family::of(new.local), one.index).unwrap();
        all.into_iter().find(|one| one.local == new.local)
    };
    let found = mine(&mut socket).unwrap();
    addresses::delete(&mut socket, &new).unwrap();
    assert_eq!(mine(&mut socket), None);
    found
}

fn newaddr_root() {
    let broadcast = Some(address("10.10.10.255"));
    let found = with_address("10.10.10.1", 24, |new| new.broadcast = Some(address("10.10.10.255")));
    assert_eq!((found.prefix, found.broadcast), (24, broadcast));
}

fn newaddr_helper_root() {
    let found = with_address("10.10.10.1", 24, |_| {});
    assert_eq!((found.prefix, found.label.as_deref()), (24, Some("pair0")));
}

fn newaddr6_root() {
    assert_eq!(with_address("2001:db8::2", 128, |_| {}).prefix, 128);
}

fn newaddr6_helper_root() {
    assert_eq!(with_address("fd00::2", 64, |_| {}).prefix, 64);
}

/// Adds, finds and deletes a route.
fn newroute_inet6_root() {
    let (mut socket, one) = up();
    let mut new = Route::new(address("2001:db8::3"), 128);
    new.output = Some(one.index);
    routes::add(&mut socket, &new).unwrap();
    let mine = |socket: &mut Socket| {
        let all = routes::dump(socket, Family::INET6, Table::MAIN).unwrap();
        all.into_iter().any(|route| route.destination == new.destination && route.prefix == 128)
    };
    assert!(mine(&mut socket));
    routes::delete(&mut socket, &new).unwrap();
    assert!(!mine(&mut socket));
}

/// Asks for the loopback's own route.
fn local(text: &str) {
    root();
    let mut socket = open();
    let lo = links::find(&mut socket, "lo", BRIEF).unwrap().index;
    links::set_up(&mut socket, lo, true).unwrap();
    let all = routes::dump(&mut socket, Family::of(address(text)), Table::UNSPECIFIED).unwrap();
    assert!(all.iter().any(|route| route.output == Some(lo)), "{all:?}");
    let found = routes::get(&mut socket, &routes::to(address(text))).unwrap();
    assert_eq!(found.output, Some(lo));
}

fn getroute_inet() {
    local("127.0.0.1");
}

fn getroute_inet6() {
    local("::1");
}

fn newneigh_root() {
    let (mut socket, one) = up();
    addresses::add(&mut socket, &Address::new(one.index, address("10.10.10.1"), 24)).unwrap();
    let station = HardwareAddress::from_text("00:44:55:66:77:88").unwrap();
    let new = Neighbour::permanent(one.index, address("10.10.10.2"), station);
    neighbours::add(&mut socket, &new).unwrap();
    let mine = |socket: &mut Socket| {
        let all = neighbours::dump(socket, Family::INET, one.index, false).unwrap();
        all.into_iter().find(|entry| entry.destination == new.destination)
    };
    let found = mine(&mut socket).unwrap();
    assert_eq!((found.state, found.link_address), (State::PERMANENT, Some(station)));
    neighbours::delete(&mut socket, &new).unwrap();
    assert_eq!(mine(&mut socket), None);
}

fn netlink_events_root() {
    let (mut socket, one) = pair();
    let mut monitor = Monitor::open(&mut socket, Groups::all()).unwrap();
    let mut maker = open();
    let new = Change { name: Some("br0"), kind: Some(Kind::Plain("bridge")), ..Change::default() };
    match links::add(&mut maker, &new) {
        Ok(()) => assert!(told(&mut monitor, &mut socket) && monitor.links().any(|link| link.name == "br0")),
        Err(error) => assert_eq!(error.errno(), Some(Errno::OPNOTSUPP), "{error}"),
    }
    links::delete(&mut maker, one.index).unwrap();
    assert!(told(&mut monitor, &mut socket) && monitor.link(one.index).is_none());
}

/// Says whether something came about links.
fn told(monitor: &mut Monitor, socket: &mut Socket) -> bool {
    let events = monitor.events(socket).unwrap();
    events.iter().any(|event| matches!(event, Event::Link(_)))
}

fn move_interface_ns_root() {
    let (mut socket, one) = pair();
    let (reader, writer) = linux::fs::pipe(linux::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    let (ready, moved) = linux::fs::pipe(linux::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    let pid = child(|| {
        let entered = linux::process::unshare(linux::process::Namespaces::NETWORK);
        linux::fs::write(&writer, &[u8::from(entered.is_ok())]).unwrap();
        linux::fs::read(&ready, &mut [0]).unwrap();
        let found = links::find(&mut open(), "pair0", BRIEF);
        i32::from(found.is_err())
    });
    let mut entered = [0];
    linux::fs::read(&reader, &mut entered).unwrap();
    have(if entered == [1] { Ok(()) } else { Err(Errno::INVAL) }, &[Errno::INVAL], "namespaces");
    let there = Some(pid.get().cast_unsigned());
    links::set(&mut socket, &Change { index: one.index, namespace_of_process: there, ..Change::default() })
        .unwrap();
    assert!(links::find(&mut socket, "pair0", BRIEF).is_err());
    linux::fs::write(&moved, b"x").unwrap();
    assert_eq!(wait(pid).ended, Ended::Exited(0));
}

tests![
    netlink_socket,
    getlink,
    get_addresses_in,
    get_addresses_in6,
    interfaces,
    create_veth_root,
    netlink_veth_root,
    dellink_by_name_root,
    interface_rename_root,
    interface_set_macaddr_root,
    interface_set_mtu_root,
    interface_set_mtu_byname_root,
    interface_setflags_root,
    newlink_flags_root,
    interface_up_down_root,
    newlink_error_root,
    newlink_newif_bridge_root,
    newlink_newif_dummy_root,
    newaddr_root,
    newaddr_helper_root,
    newaddr6_root,
    newaddr6_helper_root,
    newroute_inet6_root,
    getroute_inet,
    getroute_inet6,
    newneigh_root,
    netlink_events_root,
    move_interface_ns_root,
];
