//! From nothing to a lease, its renewals, its end.

use std::net::Ipv4Addr;

use dhcp_server::Settings;
use formats::wire::dhcp4::{Code, MessageType};
use protocols::dhcp::{Client, ClientId, Drops, Event, Lease, Notice, Phase, RoutePolicy};

use crate::world::{World, config, ms, s};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 1);

#[test]
fn four_messages_make_a_lease() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    assert_eq!((world.phase(), world.client.deadline()), (Phase::NoCarrier, None));
    world.up();
    let took = world.run_to(s(1), |world| world.interface.is_some());
    assert_eq!(took, ms(2), "two round trips");
    assert_eq!(world.phase(), Phase::Bound);
    let lease = world.interface.clone().unwrap();
    assert_eq!((lease.address, lease.prefix, lease.server), (ADDRESS, 24, SERVER));
    assert_eq!((lease.duration, lease.renewal, lease.rebinding), (s(3600), s(1800), s(3150)));
    assert_eq!(lease.expires, s(1) + ms(1) + s(3600), "counted from the request");
    assert_eq!((lease.gateway(), lease.dns.clone()), (Some(SERVER), vec![SERVER]));
    assert_eq!(world.file, world.interface);
    let kinds: Vec<_> = world.sent.iter().map(|sent| sent.kind).collect();
    assert_eq!(kinds, [MessageType::DISCOVER, MessageType::REQUEST]);
    let request = world.last(MessageType::REQUEST);
    assert_eq!(request.transaction, world.sent[0].transaction);
    assert_eq!(request.option(Code::REQUESTED_ADDRESS), Some(ADDRESS.octets().to_vec()));
    assert_eq!(request.option(Code::SERVER), Some(SERVER.octets().to_vec()));
    assert_eq!(request.option(Code::CLIENT_ID).map(|id| id[0]), Some(255));
    let offered = Notice::Offered { address: ADDRESS, server: SERVER };
    let bound = Notice::Bound { address: ADDRESS, server: SERVER, duration: s(3600) };
    assert_eq!(world.notices, [offered, bound]);
}

#[test]
fn rapid_commit_takes_two_messages_where_both_can() {
    for (client, server, messages) in [(true, true, 1), (true, false, 2), (false, true, 2)] {
        let settings = Settings { rapid_commit: server, ..Settings::usual(0) };
        let mut config = config();
        config.rapid_commit = client;
        let mut world = World::new(config, vec![settings]);
        world.up();
        world.run_to(s(1), |world| world.interface.is_some());
        assert_eq!(world.sent.len(), messages, "client {client}, server {server}");
    }
}

#[test]
fn a_grant_without_rapid_commit_is_no_answer_to_a_discover() {
    let mut world = World::new(config(), vec![Settings { rapid_commit: true, ..Settings::usual(0) }]);
    world.servers[0].on_draft = Box::new(|draft| draft.remove(Code::RAPID_COMMIT));
    world.up();
    world.run(s(3));
    assert_eq!(world.phase(), Phase::Selecting);
    assert!(world.drops(protocols::dhcp::Drop::Unexpected) > 3);
}

#[test]
fn a_grant_at_once_that_the_client_did_not_offer_to_take_is_no_answer() {
    let mut config = config();
    config.rapid_commit = false;
    let mut world = World::new(config, vec![Settings::usual(0)]);
    world.servers[0].on_draft = Box::new(|draft| {
        draft.set(Code::MESSAGE_TYPE, &[MessageType::ACK.0]);
        draft.set(Code::RAPID_COMMIT, &[]);
    });
    world.up();
    world.run(s(3));
    assert_eq!((world.phase(), world.address()), (Phase::Selecting, None));
}

#[test]
fn the_server_may_name_us() {
    for (options, expected) in [
        (vec![(Code::HOST_NAME, b"cave".to_vec())], "cave"),
        (vec![(Code::CLIENT_FQDN, b"\x05\0\0\x04cave\x03org\0".to_vec())], "cave.org"),
        (vec![(Code::HOST_NAME, b"hall".to_vec()), (Code::CLIENT_FQDN, b"\0\0\0cave.org".to_vec())], "hall"),
    ] {
        let mut world = World::new(config(), vec![Settings { options, ..Settings::usual(0) }]);
        world.up();
        world.run_to(s(1), |world| world.interface.is_some());
        assert_eq!(world.interface.as_ref().and_then(|lease| lease.hostname.as_deref()), Some(expected));
    }
}

#[test]
fn a_week_of_a_year_long_uptime() {
    let mut world = World::new(config(), vec![Settings { seconds: 7 * 86400, ..Settings::usual(0) }]);
    world.up();
    world.run(s(365 * 86400));
    assert_eq!(world.phase(), Phase::Bound);
    assert_eq!(world.changes.len() - 1, world.servers[0].received.len() - 2, "each renewal was granted");
    let renewals: Vec<_> = world.sent.iter().skip(2).collect();
    assert!((104..=106).contains(&renewals.len()), "{} renewals", renewals.len());
    for renewal in renewals {
        assert!(renewal.unicast && renewal.kind == MessageType::REQUEST);
        assert_eq!(renewal.option(Code::REQUESTED_ADDRESS), None, "RFC 2131 table 5");
        assert_eq!(renewal.option(Code::SERVER), None, "RFC 2131 table 5");
    }
}

#[test]
fn a_lease_for_ever_asks_no_more() {
    let mut world = World::new(config(), vec![Settings { seconds: u32::MAX, ..Settings::usual(0) }]);
    world.up();
    world.run(s(60));
    assert_eq!(world.interface.as_ref().map(|lease| lease.duration), Some(Lease::FOREVER));
    assert_eq!((world.phase(), world.client.deadline()), (Phase::Bound, None));
}

#[test]
fn the_server_may_set_t1_and_t2() {
    // (58, 59, expected T1, expected T2) of a lease of 1000 s; what is not in order is not taken.
    let table = [
        (Some(100), Some(200), 100, 200),
        (Some(300), Some(200), 114, 200),
        (Some(500), None, 500, 875),
        (None, Some(1000), 500, 875),
        (Some(0), Some(0), 500, 875),
        (Some(2000), Some(3000), 500, 875),
        (Some(1), Some(900), 5, 900),
        (Some(1), Some(3), 5, 502),
    ];
    for (t1, t2, renewal, rebinding) in table {
        let mut settings = Settings { seconds: 1000, ..Settings::usual(0) };
        for (code, value) in [(Code::RENEWAL_TIME, t1), (Code::REBINDING_TIME, t2)] {
            settings.options.extend(value.map(|value: u32| (code, value.to_be_bytes().to_vec())));
        }
        let mut world = World::new(config(), vec![settings]);
        world.up();
        world.run_to(s(1), |world| world.interface.is_some());
        let lease = world.interface.as_ref().unwrap();
        let times = (lease.renewal.as_secs(), lease.rebinding.as_secs());
        assert_eq!(times, (renewal, rebinding), "58 {t1:?}, 59 {t2:?}");
    }
}

#[test]
fn rebinding_finds_another_server_that_knows_us() {
    let mut world = World::bound(config());
    let twin = Settings { address: Ipv4Addr::new(10, 9, 0, 2), ..Settings::usual(0) };
    world.servers[0].settings.silent = true;
    world.servers.push(dhcp_server::Server::new(twin));
    let start = world.now;
    world.run(s(3200));
    assert_eq!(world.phase(), Phase::Bound);
    let lease = world.interface.as_ref().unwrap();
    assert_eq!((lease.address, lease.server), (ADDRESS, Ipv4Addr::new(10, 9, 0, 2)));
    assert_eq!(world.changes.iter().filter(|(_, address)| address.is_none()).count(), 0);
    assert!(world.notices.contains(&Notice::Rebinding { address: ADDRESS }));
    let tries: Vec<_> = world.sent.iter().filter(|sent| sent.at > start).collect();
    let unicast = tries.iter().filter(|sent| sent.unicast).count();
    assert!((3..12).contains(&unicast), "{unicast} tries at the silent server");
    let gaps = tries.windows(2).map(|pair| pair[1].at - pair[0].at);
    assert!(gaps.take(unicast - 1).all(|gap| gap >= s(60)), "half of the time left, but not under a minute");
}

#[test]
fn a_lease_ends_when_nobody_prolongs_it_and_comes_back_with_the_server() {
    let mut world = World::bound(config());
    world.servers[0].settings.silent = true;
    let start = world.now;
    world.run_to(s(3600), |world| world.interface.is_none());
    assert!(world.now - s(1) - ms(1) == s(3600), "to the second: {:?}", world.now - start);
    assert_eq!(world.phase(), Phase::Selecting);
    assert!(world.notices.contains(&Notice::Expired { address: ADDRESS }));
    assert_eq!(
        world.last(MessageType::DISCOVER).option(Code::REQUESTED_ADDRESS),
        Some(ADDRESS.octets().to_vec())
    );
    world.run(s(86400));
    let day = world.sent.iter().filter(|sent| sent.at > world.now - s(86000)).count();
    assert!((1300..1400).contains(&day), "one in 64 s: {day}");
    world.servers[0].settings.silent = false;
    let took = world.run_to(s(66), |world| world.interface.is_some());
    assert!(took <= s(65) + ms(4));
}

#[test]
fn short_leases_are_renewed_in_time_and_not_more_often() {
    for (seconds, least, most) in [(1, 100, 125), (9, 100, 125), (10, 100, 125), (60, 18, 22), (120, 9, 12)] {
        let mut world = World::new(config(), vec![Settings { seconds, ..Settings::usual(0) }]);
        world.up();
        world.run(s(600));
        assert_eq!(world.changes.iter().filter(|(_, address)| address.is_none()).count(), 0);
        assert!((least..=most).contains(&world.sent.len()), "lease {seconds} s: {}", world.sent.len());
    }
}

#[test]
fn renewals_of_many_machines_spread() {
    let mut times = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let mut world = World::with(Client::new(config(), None, seed), vec![Settings::usual(0)]);
        world.up();
        world.run_to(s(1800), |world| world.phase() == Phase::Renewing);
        assert!(world.now > s(1790) && world.now <= s(1801) + ms(1));
        times.insert(world.now);
    }
    assert!(times.len() > 45);
}

#[test]
fn release_tells_the_server_and_stops() {
    let mut world = World::bound(config());
    world.event(Event::Release);
    assert_eq!((world.phase(), world.address(), &world.file), (Phase::Released, None, &None));
    let release = world.last(MessageType::RELEASE);
    assert!(
        !release.unicast,
        "as a frame to the server's station: nothing waits for ARP while the address goes"
    );
    assert_eq!(release.option(Code::SERVER), Some(SERVER.octets().to_vec()));
    assert_eq!(world.servers[0].binding(crate::world::CLIENT), None);
    assert_eq!(world.client.deadline(), None);
    let sent = world.sent.len();
    world.down();
    world.up();
    world.run(s(100));
    assert_eq!((world.phase(), world.sent.len()), (Phase::Released, sent));
    world.event(Event::Renew);
    world.run_to(s(1), |world| world.interface.is_some());
    // A client that only heard of its lease from the one before it does not know the station.
    let resumed = Client::resume(config(), world.interface.clone().unwrap().into(), Drops::default(), 1);
    let mut second = World::with(resumed, vec![Settings::usual(0)]);
    second.interface = world.interface.clone();
    second.servers[0].settings.silent = true;
    second.up();
    second.event(Event::Release);
    assert_eq!((second.phase(), second.address()), (Phase::Released, None));
}

#[test]
fn renew_on_demand_asks_at_once() {
    let mut world = World::bound(config());
    world.run(s(100));
    world.event(Event::Renew);
    assert_eq!(world.phase(), Phase::Renewing);
    let took = world.run_to(s(1), |world| world.phase() == Phase::Bound);
    assert_eq!(took, ms(1));
    assert!(world.interface.as_ref().unwrap().expires > s(3600 + 100));
}

#[test]
fn a_network_that_needs_no_ipv4_is_left_alone() {
    let mut settings = Settings::usual(0);
    settings.options.push((Code::IPV6_ONLY, 1800_u32.to_be_bytes().to_vec()));
    let mut wanted = config();
    wanted.ipv6_only = true;
    for rapid_commit in [false, true] {
        let mut world = World::new(wanted.clone(), vec![Settings { rapid_commit, ..settings.clone() }]);
        world.up();
        world.run(s(1799));
        assert_eq!((world.phase(), world.sent.len()), (Phase::Ipv6Only, 1));
        assert_eq!(world.notices, [Notice::Ipv6Only { wait: s(1800) }]);
        world.run(s(2));
        assert_eq!(world.sent.len(), 2, "asks again after that time");
    }
    // Who did not ask for it gets an address; a wait below the floor of RFC 8925 is raised.
    let mut world = World::new(config(), vec![settings.clone()]);
    world.up();
    world.run_to(s(1), |world| world.interface.is_some());
    settings.options.pop();
    settings.options.push((Code::IPV6_ONLY, vec![0; 4]));
    let mut world = World::new(wanted, vec![settings]);
    world.up();
    world.run(s(299));
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn an_ipv6_only_network_after_a_reboot_takes_the_old_address() {
    let mut config = config();
    config.ipv6_only = true;
    let mut world = World::bound(config);
    world.servers[0].settings.options.push((Code::IPV6_ONLY, 600_u32.to_be_bytes().to_vec()));
    world.down();
    world.up();
    world.run(s(1));
    assert_eq!((world.phase(), world.address(), &world.file), (Phase::Ipv6Only, None, &None));
}

#[test]
fn the_identity_can_be_the_old_one() {
    let mut config = config();
    config.client_id = ClientId::Hardware;
    let world = World::bound(config);
    assert_eq!(world.sent[0].option(Code::CLIENT_ID), Some(vec![1, 0x52, 0x54, 0, 0x12, 0x34, 0x56]));
}

#[test]
fn routes_come_from_the_best_option_there_is() {
    let router = (Code::ROUTERS, vec![10, 9, 0, 1]);
    let classless = (Code::CLASSLESS_ROUTES, vec![24, 192, 168, 77, 10, 9, 0, 3]);
    let elder = (Code::CLASSLESS_ROUTES_MICROSOFT, vec![0, 10, 9, 0, 4]);
    let classful = (Code::STATIC_ROUTES, vec![172, 16, 0, 0, 10, 9, 0, 5]);
    type Row<'a> = (&'a [&'a (Code, Vec<u8>)], RoutePolicy, &'a [&'a str]);
    let table: &[Row<'_>] = &[
        (&[&router], RoutePolicy::All, &["0.0.0.0/0 10.9.0.1"]),
        (&[&router, &classful], RoutePolicy::All, &["172.16.0.0/16 10.9.0.5", "0.0.0.0/0 10.9.0.1"]),
        (&[&router, &classful, &elder], RoutePolicy::All, &["0.0.0.0/0 10.9.0.4"]),
        (&[&router, &classful, &elder, &classless], RoutePolicy::All, &["192.168.77.0/24 10.9.0.3"]),
        (&[&router, &classless], RoutePolicy::DefaultOnly, &["0.0.0.0/0 10.9.0.1"]),
        (&[&router, &elder], RoutePolicy::DefaultOnly, &["0.0.0.0/0 10.9.0.4"]),
        (&[], RoutePolicy::All, &[]),
    ];
    for (options, policy, expected) in table {
        let options = options.iter().map(|option| (*option).clone()).collect();
        let mut config = config();
        config.routes = *policy;
        let mut world = World::new(config, vec![Settings { options, ..Settings::usual(0) }]);
        world.up();
        world.run_to(s(1), |world| world.interface.is_some());
        assert_eq!(routes(&world), *expected);
    }
}

#[test]
fn a_gateway_outside_the_network_gets_a_route_of_its_own() {
    let mut settings = Settings { mask: Ipv4Addr::BROADCAST, ..Settings::usual(0) };
    let mut world = World::new(config(), vec![settings.clone()]);
    world.up();
    world.run_to(s(1), |world| world.interface.is_some());
    assert_eq!(routes(&world), ["10.9.0.1/32 link", "0.0.0.0/0 10.9.0.1"]);
    // Google's shape: the network is on the link by a route, then the default.
    settings.options.push((Code::CLASSLESS_ROUTES, vec![0, 10, 9, 0, 1, 32, 10, 9, 0, 1, 0, 0, 0, 0]));
    let mut world = World::new(config(), vec![settings]);
    world.up();
    world.run_to(s(1), |world| world.interface.is_some());
    assert_eq!(routes(&world), ["10.9.0.1/32 link", "0.0.0.0/0 10.9.0.1"]);
}

/// The routes of the interface as text.
pub(crate) fn routes(world: &World) -> Vec<String> {
    let lease = world.interface.as_ref().unwrap();
    spelunk_tests::malformed::routes(lease)
}
