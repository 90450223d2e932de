//! Carrier lost and found, machines rebooted, servers that come late.

use formats::time::Duration;
use std::net::Ipv4Addr;

use dhcp_server::{Server, Settings};
use formats::wire::dhcp4::{Code, MessageType};
use protocols::dhcp::{Client, Drop, Drops, Event, Lease, Notice, Phase};

use crate::world::{World, config, ms, s};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);

/// A client that reboots with the lease of the usual server, whose end is `left` away.
fn rebooted(left: Duration, settings: Vec<Settings>) -> World {
    let mut lease = World::bound(config()).interface.unwrap();
    lease.expires = s(1) + left;
    World::with(Client::new(config(), Some(lease.into()), 7), settings)
}

#[test]
fn a_server_that_is_a_second_late_is_met_at_once() {
    let mut slowest = Duration::ZERO;
    for seed in 0..100 {
        let settings = Settings { silent: true, ..Settings::usual(0) };
        let mut world = World::with(Client::new(config(), None, seed), vec![settings]);
        world.up();
        world.run(s(1));
        world.servers[0].settings.silent = false;
        world.run_to(s(2), |world| world.interface.is_some());
        slowest = slowest.max(world.now - s(1));
    }
    assert!(slowest <= ms(1300), "{slowest:?}");
}

#[test]
fn an_old_link_is_asked_with_patience() {
    let mut world = World::new(config(), vec![]);
    world.carrier = true;
    world.event(Event::LinkUp { fresh: false });
    world.run(s(200));
    let gaps: Vec<_> =
        world.sent.windows(2).map(|pair| (pair[1].at - pair[0].at).as_nanos() as f64 / 1e9).collect();
    for (gap, expected) in gaps.iter().zip([4.0, 8.0, 16.0, 32.0, 64.0]) {
        assert!((gap - expected).abs() <= 1.0, "{gaps:?}");
    }
    assert!(world.sent.iter().all(|sent| sent.transaction == world.sent[0].transaction));
}

#[test]
fn silence_is_told_now_and_then() {
    let mut world = World::new(config(), vec![]);
    world.up();
    world.run(s(86400));
    let told = world.notices.iter().filter(|notice| matches!(notice, Notice::Silence { .. })).count();
    assert!((3..20).contains(&told), "{told} lines in a day");
}

#[test]
fn the_same_network_after_the_carrier_keeps_the_address() {
    let mut world = World::bound(config());
    world.down();
    assert_eq!((world.phase(), world.address()), (Phase::NoCarrier, Some(ADDRESS)));
    world.run(s(30));
    let start = world.now;
    world.up();
    assert_eq!(world.phase(), Phase::Rebooting);
    let took = world.run_to(s(1), |world| world.phase() == Phase::Bound);
    assert_eq!(took, ms(1), "one round trip");
    assert_eq!(world.kinds_since(start), [MessageType::REQUEST]);
    let request = world.last(MessageType::REQUEST);
    assert_eq!(request.option(Code::SERVER), None, "RFC 2131 table 5: INIT-REBOOT");
    assert_eq!(request.option(Code::REQUESTED_ADDRESS), Some(ADDRESS.octets().to_vec()));
    assert_eq!(world.changes.iter().filter(|(_, address)| address.is_none()).count(), 0);
    assert!(world.interface.as_ref().unwrap().expires > world.now + s(3590));
}

#[test]
fn a_new_network_is_found_whether_it_refuses_the_old_address_or_not() {
    for authoritative in [true, false] {
        for rapid_commit in [true, false] {
            for latency in [1, 5, 20] {
                let mut world = World::bound(config());
                world.down();
                world.run(s(5));
                let settings = Settings { authoritative, rapid_commit, ..Settings::usual(7) };
                world.servers = vec![Server::new(settings)];
                world.latency = ms(latency);
                world.up();
                let new = |world: &World| world.address() == Some(Ipv4Addr::new(10, 9, 7, 50));
                let took = world.run_to(s(1), new);
                assert!(took <= ms(150), "authoritative {authoritative}, rapid {rapid_commit}: {took:?}");
                world.run(s(20));
                assert_eq!(world.phase(), Phase::Bound);
                let served = world.interface.as_ref().map(|lease| lease.address);
                assert_eq!(world.file.as_ref().map(|lease| lease.address), served);
            }
        }
    }
}

#[test]
fn no_server_after_the_carrier_keeps_the_lease_to_its_end_and_no_longer() {
    let mut world = World::bound(config());
    world.down();
    world.servers[0].settings.silent = true;
    world.run(s(60));
    world.up();
    world.run(s(3000));
    assert_eq!((world.phase(), world.address()), (Phase::Rebooting, Some(ADDRESS)));
    world.run(s(1000));
    assert_eq!((world.phase(), world.address()), (Phase::Selecting, None));
    world.servers[0].settings.silent = false;
    world.run_to(s(66), |world| world.address() == Some(ADDRESS));
}

#[test]
fn a_lease_ends_without_carrier_too() {
    let mut world = World::bound(config());
    world.down();
    world.run(s(3601));
    assert_eq!((world.phase(), world.address()), (Phase::NoCarrier, None));
    assert_eq!(world.client.deadline(), None);
    world.up();
    world.run_to(s(1), |world| world.address() == Some(ADDRESS));
    assert_eq!(world.last(MessageType::REQUEST).option(Code::SERVER), None, "still the first wish");
}

#[test]
fn a_lease_ends_while_a_new_one_is_asked_for() {
    let mut world = World::bound(config());
    world.down();
    let end = world.interface.as_ref().unwrap().expires;
    world.run(end - world.now - s(2));
    let mut server = Server::new(Settings::usual(7));
    server.settings.authoritative = false;
    server.on_frame = Box::new(|kind, frame| if kind == MessageType::ACK { vec![] } else { vec![frame] });
    world.servers = vec![server];
    world.up();
    world.run(s(1));
    assert_eq!((world.phase(), world.address()), (Phase::Requesting, Some(ADDRESS)));
    world.run(s(2));
    assert_eq!((world.phase(), world.address()), (Phase::Requesting, None));
    assert!(world.notices.contains(&Notice::Expired { address: ADDRESS }));
}

#[test]
fn a_lease_survives_a_reboot() {
    let mut world = rebooted(s(1000), vec![Settings::usual(0)]);
    world.up();
    assert_eq!((world.phase(), world.address()), (Phase::Rebooting, None), "not before it is confirmed");
    let took = world.run_to(s(1), |world| world.address() == Some(ADDRESS));
    assert_eq!(took, ms(1), "one round trip");
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn a_refused_lease_of_before_is_forgotten() {
    let mut world = rebooted(s(1000), vec![Settings::usual(3)]);
    world.file = Some(Lease::bare(ADDRESS, 24, ADDRESS));
    world.up();
    world.run_to(s(1), |world| world.address() == Some(Ipv4Addr::new(10, 9, 3, 50)));
    let refused = Notice::Refused { server: Ipv4Addr::new(10, 9, 3, 1), message: "wrong network".into() };
    assert!(world.notices.contains(&refused));
    assert_eq!(world.file.as_ref().map(|lease| lease.address), world.address());
}

#[test]
fn a_lease_of_before_is_used_when_nobody_answers_and_the_server_found_when_it_is_back() {
    let silent = Settings { silent: true, ..Settings::usual(0) };
    let mut world = rebooted(s(1000), vec![silent]);
    world.up();
    let took = world.run_to(s(20), |world| world.address() == Some(ADDRESS));
    assert_eq!(took, s(10));
    assert!(world.notices.contains(&Notice::Unconfirmed { address: ADDRESS }));
    world.run(s(300));
    assert_eq!(world.phase(), Phase::Rebooting);
    world.servers[0].settings.silent = false;
    world.run_to(s(66), |world| world.phase() == Phase::Bound);
    assert_eq!(world.changes.iter().filter(|(_, address)| address.is_none()).count(), 0);
}

#[test]
fn an_ended_lease_of_before_is_wished_for_but_not_used() {
    let silent = Settings { silent: true, ..Settings::usual(0) };
    let mut world = rebooted(Duration::ZERO, vec![silent]);
    world.up();
    world.run(s(100));
    assert_eq!((world.phase(), world.address()), (Phase::Selecting, None));
    world.servers[0].settings.silent = false;
    world.run_to(s(66), |world| world.address() == Some(ADDRESS));
}

#[test]
fn a_saved_lease_that_cannot_be_is_not_asked_for() {
    for address in [[127, 0, 0, 1], [0, 0, 0, 0], [224, 0, 0, 1], [255, 255, 255, 255]] {
        let lease = Lease::bare(address.into(), 24, ADDRESS);
        let mut world = World::with(Client::new(config(), Some(lease.into()), 7), vec![Settings::usual(0)]);
        world.up();
        assert_eq!(world.sent[0].kind, MessageType::DISCOVER);
    }
}

#[test]
fn a_new_process_carries_the_lease_on() {
    let mut drops = Drops::default();
    drops.add(Drop::Cookie, 3);
    let before = World::bound(config());
    let client = Client::resume(config(), before.interface.clone().unwrap().into(), drops, 9);
    let mut world = World::with(client, vec![Settings::usual(0)]);
    (world.interface, world.now) = (before.interface.clone(), before.now);
    world.up();
    assert_eq!(world.address(), Some(ADDRESS));
    world.run_to(s(1), |world| world.phase() == Phase::Bound);
    assert_eq!(world.changes.iter().filter(|(_, address)| address.is_none()).count(), 0);
    assert_eq!(world.drops(Drop::Cookie), 3);
    let counted = world.client.status().drops.clone();
    let without_a_lease = Client::new(config(), None, 9).with_drops(counted);
    assert_eq!(without_a_lease.status().drops.get(Drop::Cookie), 3);
}

#[test]
fn two_servers_on_a_link_do_not_make_an_address_change_with_the_cable() {
    // The other server offers at once; the one that granted the lease answers 300 ms late.
    let mut world = World::bound(config());
    let other = Settings {
        address: Ipv4Addr::new(10, 9, 0, 2),
        first: Ipv4Addr::new(10, 9, 0, 150),
        ..Settings::usual(0)
    };
    world.servers.push(Server::new(Settings { authoritative: false, ..other }));
    world.servers[0].settings.silent = true;
    world.down();
    world.up();
    world.run(ms(300));
    assert_eq!(world.phase(), Phase::Rebooting);
    world.servers[0].settings.silent = false;
    world.run(s(1));
    assert_eq!((world.phase(), world.address()), (Phase::Bound, Some(ADDRESS)));
    // Gone for good, it is replaced after a second, without a gap.
    world.servers[0].settings.silent = true;
    world.down();
    world.up();
    let took = world.run_to(s(2), |world| world.address() == Some(Ipv4Addr::new(10, 9, 0, 150)));
    assert!(took >= s(1) && took < ms(1100), "{took:?}");
}

#[test]
fn a_flapping_link_does_not_flood() {
    let mut world = World::bound(config());
    for _ in 0..10_000 {
        world.down();
        world.up();
        world.run(ms(3));
    }
    world.run(s(30));
    assert_eq!(world.phase(), Phase::Bound);
}
