//! Tests against bytes that a kernel (6.18, x86_64) sent, kept in `tests/samples/netlink`.
//!
//! They are of a namespace with a bridge `br0`, a pair `veth0` and `veth1`, the latter a port of the bridge, and a
//! macvlan link `mv0`, with addresses, routes and neighbours of every shape. Strict checks and extended
//! acknowledgements were on. Short ones stand here too, field by field.

use std::string::{String, ToString};
use std::vec::Vec;

use super::address::{Address, AddressFlags, FOREVER, Scope};
use super::link::{Attribute, HardwareKind, Link, LinkFlags, OperationalState};
use super::message::kind;
use super::neighbour::{Neighbour, NeighbourFlags, State};
use super::reply::Outcome;
use super::request::attribute_at;
use super::route::{Preference, Protocol, Route, RouteFlags, RouteKind, Table};
use super::{Attributes, Family, Flags, Messages, Raw, Text, Writer};
use crate::Error;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/samples/netlink/", $name)).as_slice()
    };
}

const ALL: &[&[u8]] = &[
    sample!("links"),
    sample!("addresses"),
    sample!("routes-v4"),
    sample!("routes-v6"),
    sample!("neighbours"),
    sample!("error-gateway"),
    sample!("acknowledgement"),
    sample!("done-with-error"),
    sample!("route-get"),
    sample!("error-attribute"),
    sample!("error-no-device"),
];

/// Reads every message of a kind.
fn read<T>(sample: &[u8], kind: u16, parse: impl Fn(&[u8]) -> Result<T, Error>) -> Vec<T> {
    let messages = Messages::new(sample).map(Result::unwrap);
    messages
        .filter(|message| message.header.kind == kind)
        .map(|message| parse(message.payload).unwrap())
        .collect()
}

/// Writes a request and reads its payload back.
fn round<T>(emit: impl FnOnce(&mut Writer<'_>), parse: impl Fn(&[u8]) -> Result<T, Error>) -> T {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, kind::NEW_LINK, Flags::REQUEST);
    emit(&mut writer);
    writer.finish().unwrap();
    let message = Messages::new(&out).next().unwrap().unwrap();
    parse(message.payload).unwrap()
}

/// Gives everything to every reader; only panics and endless loops count.
fn feed(bytes: &[u8]) {
    let _ = Link::parse(bytes);
    let _ = Address::parse(bytes);
    let _ = Route::parse(bytes);
    let _ = Neighbour::parse(bytes);
    let _ = attribute_at(bytes, 40);
    assert!(Attributes::new(bytes).count() <= bytes.len() / 4 + 1);
    for message in Messages::new(bytes).map_while(Result::ok) {
        let _ = Outcome::parse(&message);
        let _ = Link::parse(message.payload);
        let _ = Address::parse(message.payload);
        let _ = Route::parse(message.payload);
        let _ = Neighbour::parse(message.payload);
    }
}

#[test]
fn links() {
    let links = read(sample!("links"), kind::NEW_LINK, Link::parse);
    let named = |name: &str| links.iter().find(|link| link.name == name).unwrap();
    assert_eq!(links.len(), 5);
    let lo = named("lo");
    assert_eq!((lo.index, lo.hardware, lo.mtu), (1, HardwareKind::LOOPBACK, 65536));
    assert_eq!(lo.flags, LinkFlags::UP | LinkFlags::LOOPBACK | LinkFlags::RUNNING | LinkFlags::LOWER_UP);
    assert_eq!(lo.state, OperationalState::UNKNOWN);
    let near = named("veth0");
    assert_eq!(near.address.to_string(), "52:54:00:00:00:01");
    assert_eq!(near.broadcast.ethernet(), Some([0xff; 6]));
    assert_eq!((near.alias.as_deref(), near.kind.as_deref()), (Some("the near end"), Some("veth")));
    assert_eq!(near.alternative_names, ["near"]);
    assert_eq!((near.carrier, near.queue.as_deref()), (Some(true), Some("noqueue")));
    assert!(near.statistics.is_some() && near.is_running() && near.is_ethernet());
    let port = named("veth1");
    assert_eq!(port.lower, Some(near.index));
    assert_eq!(port.master, Some(named("br0").index));
    assert_eq!(port.port_kind.as_deref(), Some("bridge"));
    let macvlan = named("mv0");
    assert_eq!((macvlan.state, macvlan.lower), (OperationalState::DOWN, Some(near.index)));
    assert!(!macvlan.is_running());
}

#[test]
fn addresses() {
    let addresses = read(sample!("addresses"), kind::NEW_ADDRESS, Address::parse);
    let of = |text: &str| addresses.iter().find(|address| address.local.to_string() == text).unwrap();
    assert_eq!((of("127.0.0.1").prefix, of("127.0.0.1").scope), (8, Scope::HOST));
    let first = of("10.1.0.2");
    assert_eq!((first.prefix, first.peer), (24, None));
    assert_eq!(first.broadcast, Some("10.1.0.255".parse().unwrap()));
    assert_eq!(first.label.as_deref(), Some("veth0:a"));
    assert_eq!(first.flags, AddressFlags::PERMANENT);
    assert_eq!(first.lifetimes.map(|times| times.valid_s), Some(FOREVER));
    assert_eq!(of("10.1.0.3").flags, AddressFlags::PERMANENT | AddressFlags::SECONDARY);
    let peer = of("10.9.0.1");
    assert_eq!((peer.peer, peer.prefix), (Some("10.9.0.2".parse().unwrap()), 32));
    assert_eq!(peer.flags, AddressFlags::NO_PREFIX_ROUTE);
    assert_eq!(peer.lifetimes.map(|times| (times.preferred_s, times.valid_s)), Some((1800, 3600)));
    let v6 = of("2001:db8::2");
    assert_eq!((v6.family(), v6.prefix, v6.label.as_deref()), (Family::INET6, 64, None));
    assert!(v6.flags.contains(AddressFlags::NO_DAD));
    for address in addresses {
        assert_eq!(round(|writer| address.emit(writer), Address::parse), address);
    }
}

#[test]
fn routes() {
    let routes = read(sample!("routes-v4"), kind::NEW_ROUTE, Route::parse);
    let default = routes.iter().find(|route| route.is_default()).unwrap();
    assert_eq!(default.gateway, Some("10.1.0.1".parse().unwrap()));
    assert_eq!((default.priority, default.protocol), (Some(100), Protocol::BOOT));
    assert_eq!(default.metrics, [(super::route::METRIC_MTU, 1400)]);
    assert_eq!((default.table, default.kind), (Table::MAIN, RouteKind::UNICAST));
    let black = routes.iter().find(|route| route.kind == RouteKind::BLACKHOLE).unwrap();
    assert_eq!((black.table, black.output), (Table(1000), None));
    let many = routes.iter().find(|route| !route.hops.is_empty()).unwrap();
    let hops: Vec<_> =
        many.hops.iter().map(|hop| (hop.gateway.unwrap().to_string(), hop.weight, hop.flags)).collect();
    let expected: [(String, u16, RouteFlags); 2] =
        [("10.1.0.1".into(), 2, RouteFlags::empty()), ("10.1.0.9".into(), 1, RouteFlags::ONLINK)];
    assert_eq!(hops, expected);
    let other = routes.iter().find(|route| route.protocol == Protocol::DHCP).unwrap();
    assert_eq!((other.gateway, other.family), (Some("fe80::9".parse().unwrap()), Family::INET));
    for route in routes {
        assert_eq!(round(|writer| route.emit(writer), Route::parse), route);
    }
}

#[test]
fn routes_of_ipv6() {
    let routes = read(sample!("routes-v6"), kind::NEW_ROUTE, Route::parse);
    let default = routes.iter().find(|route| route.is_default() && route.gateway.is_some()).unwrap();
    assert_eq!(default.preference, Some(Preference::HIGH));
    // In hundredths of a second: 600 s when it was set, a moment before.
    assert!(default.age.is_some_and(|age| (50_000..=60_000).contains(&age.expires)));
    for route in routes {
        let again = round(|writer| route.emit(writer), Route::parse);
        assert_eq!(again, Route { age: None, ..route });
    }
}

/// What `ip route get 10.1.2.3` is answered.
#[test]
fn the_route_to_a_destination() {
    let message = Messages::new(sample!("route-get")).next().unwrap().unwrap();
    let expected = [
        2, 32, 0, 0, // family, destination bits, source bits, type of service
        254, 0, 0, 1, // table main, protocol none, scope global, unicast
        0, 2, 0, 0, // flags: cloned (0x200)
        8, 0, 15, 0, 254, 0, 0, 0, // RTA_TABLE main
        8, 0, 1, 0, 10, 1, 2, 3, // RTA_DST
        8, 0, 4, 0, 3, 0, 0, 0, // RTA_OIF
        8, 0, 7, 0, 10, 1, 0, 2, // RTA_PREFSRC
        8, 0, 5, 0, 10, 1, 0, 1, // RTA_GATEWAY
        12, 0, 8, 0, // RTA_METRICS
        8, 0, 2, 0, 0x78, 5, 0, 0, // RTAX_MTU 1400
        8, 0, 25, 0, 0, 0, 0, 0, // RTA_UID
        36, 0, 12, 0, // RTA_CACHEINFO, 32 bytes
    ];
    assert_eq!(message.payload[..expected.len()], expected);
    let route = Route::parse(message.payload).unwrap();
    assert_eq!(route.destination, Some("10.1.2.3".parse().unwrap()));
    assert_eq!((route.prefix, route.output, route.user), (32, Some(3), Some(0)));
    assert_eq!(route.preferred_source, Some("10.1.0.2".parse().unwrap()));
    assert_eq!(route.metrics, [(2, 1400)]);
    assert_eq!(route.age.map(|age| age.expires), Some(0));
    assert!(route.flags.contains(RouteFlags::CLONED));
}

#[test]
fn neighbours() {
    let neighbours = read(sample!("neighbours"), kind::NEW_NEIGHBOUR, Neighbour::parse);
    let of = |text: &str| {
        let mut found =
            neighbours.iter().filter(|entry| entry.destination.is_some_and(|to| to.to_string() == text));
        found.next().unwrap()
    };
    let permanent = of("10.1.0.1");
    assert_eq!(permanent.state, State::PERMANENT);
    assert_eq!(permanent.link_address.unwrap().to_string(), "52:54:00:00:00:09");
    let router = of("2001:db8::9");
    assert_eq!((router.state, router.flags), (State::STALE, NeighbourFlags::ROUTER));
    for entry in neighbours {
        let again = round(|writer| entry.emit(writer), Neighbour::parse);
        assert_eq!(again, Neighbour { ages: None, probes: None, ..entry });
    }
}

/// A default route over a gateway that is on no link.
#[test]
fn an_error_in_words() {
    let bytes = sample!("error-gateway");
    let expected = [
        0x44, 0, 0, 0, 2, 0, 0, 3, // length 68, NLMSG_ERROR, flags CAPPED | ACK_TLVS
        1, 0, 0, 0, 0x47, 0x53, 0, 0, // sequence, port
        0x9b, 0xff, 0xff, 0xff, // -101, ENETUNREACH
        0x2c, 0, 0, 0, 24, 0, 5, 6, // the request's header: 44 bytes, RTM_NEWROUTE
        1, 0, 0, 0, 0, 0, 0, 0, // its sequence and port
        0x20, 0, 1, 0, // NLMSGERR_ATTR_MSG, 28 bytes
    ];
    assert_eq!(bytes[..expected.len()], expected);
    assert_eq!(&bytes[expected.len()..], b"Nexthop has invalid gateway\0");
    let message = Messages::new(bytes).next().unwrap().unwrap();
    let reason = Some(Text(b"Nexthop has invalid gateway"));
    assert_eq!(
        Outcome::parse(&message),
        Ok(Some(Outcome { errno: 101, reason, offset: None, missing: None }))
    );
}

#[test]
fn outcomes() {
    let of = |sample: &'static [u8]| {
        let message = Messages::new(sample).next().unwrap().unwrap();
        Outcome::parse(&message).unwrap().unwrap()
    };
    assert_eq!(of(sample!("acknowledgement")), Outcome::default());
    assert_eq!(of(sample!("error-no-device")), Outcome { errno: 19, ..Outcome::default() });
    let attribute = of(sample!("error-attribute"));
    assert_eq!((attribute.errno, attribute.offset), (34, Some(32)));
    let done = of(sample!("done-with-error"));
    let reason = Some(Text(b"Invalid values in header for FIB dump request"));
    assert_eq!(done, Outcome { errno: 22, reason, ..Outcome::default() });
    let data = Messages::new(sample!("route-get")).next().unwrap().unwrap();
    assert_eq!(Outcome::parse(&data), Ok(None));
}

/// The acknowledgement of an old kernel, or without `NETLINK_CAP_ACK`, repeats the request before the attributes.
#[test]
fn an_error_after_the_whole_request() {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, kind::ERROR, Flags::EXTENDED);
    writer.fixed(&(-22_i32).to_ne_bytes());
    writer.fixed(&[18, 0, 0, 0, 24, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0]); // header of a request of 18 bytes
    writer.fixed(&[9, 9, 0, 0]); // its payload, padded
    writer.raw(&Raw { kind: 1, flags: 0, value: b"no\0" });
    writer.finish().unwrap();
    let message = Messages::new(&out).next().unwrap().unwrap();
    let outcome = Outcome::parse(&message).unwrap().unwrap();
    assert_eq!((outcome.errno, outcome.reason), (22, Some(Text(b"no"))));
}

#[test]
fn every_truncation_of_every_sample() {
    for sample in ALL {
        for length in 0..=sample.len() {
            feed(&sample[..length]);
        }
        for message in Messages::new(sample).map(Result::unwrap) {
            for length in 0..=message.payload.len() {
                feed(&message.payload[..length]);
            }
        }
    }
}

#[test]
fn every_byte_of_every_sample_changed() {
    for sample in ALL {
        let mut bytes = sample.to_vec();
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let before = core::mem::replace(&mut bytes[at], value);
                // From the message on that the byte is in.
                feed(&bytes[at.saturating_sub(64) & !3..]);
                bytes[at] = before;
            }
        }
        bytes.chunks(97).for_each(feed);
    }
}

/// A later kernel may lengthen a structure; a value that is too short is left out and costs nothing else.
#[test]
fn values_of_other_lengths() {
    let link = |mtu: &[u8]| {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, kind::NEW_LINK, Flags::empty());
        writer.fixed(&[0; 16]);
        writer.text(Attribute::NAME, Some("eth0"));
        writer.raw(&Raw { kind: Attribute::MTU.kind(), flags: 0, value: mtu });
        writer.attribute(Attribute::QUEUE_LENGTH, &1000);
        writer.raw(&Raw { kind: 999, flags: 0, value: &[7, 0, 0, 0] });
        writer.finish().unwrap();
        let message = Messages::new(&out).next().unwrap().unwrap();
        Link::parse(message.payload).map(|link| (link.name, link.mtu, link.queue_length))
    };
    assert_eq!(link(&[0xdc, 5, 0, 0, 9, 9, 9]), Ok(("eth0".into(), 1500, Some(1000))));
    // A link must have an MTU; wireless events do not.
    assert!(link(&[0xdc, 5]).is_err());
    let short = Raw { kind: 13, flags: 0, value: &[1, 2] };
    let mut length = Some(1);
    short.fill(Attribute::QUEUE_LENGTH, &mut length);
    assert_eq!(length, Some(1));
}
