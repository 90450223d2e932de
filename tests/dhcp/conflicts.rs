//! Addresses that another station uses (RFC 5227), in each mode.

use std::net::Ipv4Addr;

use dhcp_server::Settings;
use formats::wire::arp::Packet;
use formats::wire::dhcp4::{Code, MessageType};
use formats::wire::ethernet::Mac;
use protocols::dhcp::{Config, Conflict, Event, Notice, Phase};

use crate::world::{CLIENT, World, config, ms, s};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);
const OTHER: Mac = Mac([2, 0, 0, 0, 0, 9]);

fn mode(conflict: Conflict) -> Config {
    Config { conflict, ..config() }
}

#[test]
fn a_free_address_is_used_after_the_time_of_the_mode() {
    for (conflict, least, most) in [
        (Conflict::Optimistic, ms(2), ms(2)),
        (Conflict::Short, ms(252), ms(252)),
        (Conflict::Full, s(4), s(8)),
    ] {
        let mut world = World::new(mode(conflict), vec![Settings::usual(0)]);
        world.up();
        let took = world.run_to(s(10), |world| world.interface.is_some());
        assert!((least..=most).contains(&took), "{conflict:?}: {took:?}");
        world.run(s(20));
        let (probes, claims): (Vec<_>, Vec<_>) =
            world.arps.iter().copied().partition(|(_, packet)| packet.sender.is_unspecified());
        assert_eq!(probes.len(), if conflict == Conflict::Short { 1 } else { 3 });
        assert_eq!(claims.len(), 2);
        assert!(
            world.arps.iter().all(|(_, packet)| packet.target == ADDRESS && packet.sender_hardware == CLIENT)
        );
        assert_eq!(world.drops(protocols::dhcp::Drop::Arp), 0);
    }
}

#[test]
fn a_used_address_is_declined_and_another_one_taken_in_each_mode() {
    for conflict in [Conflict::Optimistic, Conflict::Short, Conflict::Full] {
        let mut world = World::new(mode(conflict), vec![Settings::usual(0)]);
        world.squatter = Some((OTHER, ADDRESS));
        world.up();
        world.run_to(s(10), |world| world.phase() == Phase::Init);
        assert_eq!((world.address(), &world.file), (None, &None));
        assert_eq!(world.changes.is_empty(), conflict != Conflict::Optimistic, "{conflict:?}");
        assert_eq!(world.servers[0].declined, [ADDRESS]);
        let decline = world.last(MessageType::DECLINE);
        assert_eq!(decline.option(Code::REQUESTED_ADDRESS), Some(ADDRESS.octets().to_vec()));
        assert_eq!(decline.option(Code::SERVER), Some(vec![10, 9, 0, 1]));
        assert!(world.notices.contains(&Notice::Conflict { address: ADDRESS, station: OTHER }));
        let declined = world.now;
        world.run_to(s(30), |world| world.address() == Some(Ipv4Addr::new(10, 9, 0, 51)));
        let again = world.sent.iter().find(|sent| sent.at > declined).unwrap();
        assert_eq!((again.at - declined, again.kind), (s(10), MessageType::DISCOVER));
        assert_eq!(again.option(Code::REQUESTED_ADDRESS), None, "not the same one again");
    }
}

#[test]
fn a_stubborn_server_is_asked_less_and_less_often() {
    let mut world = World::new(mode(Conflict::Short), vec![Settings { count: 1, ..Settings::usual(0) }]);
    world.squatter = Some((OTHER, ADDRESS));
    world.up();
    for _ in 0..3600 {
        world.run(s(1));
        world.servers[0].declined.clear();
    }
    let declines = world.sent.iter().filter(|sent| sent.kind == MessageType::DECLINE).count();
    assert!((50..75).contains(&declines), "ten, then one a minute: {declines}");
}

#[test]
fn two_that_probe_for_the_same_address_both_step_back() {
    let mut world = World::new(mode(Conflict::Full), vec![Settings::usual(0)]);
    world.up();
    world.run_to(s(1), |world| world.phase() == Phase::Probing);
    // A switch that tracks devices asks us alone: no conflict.
    let mut tracking = Packet::probe(OTHER, ADDRESS).frame();
    tracking[..6].copy_from_slice(&CLIENT.0);
    world.deliver(&tracking);
    assert_eq!(world.phase(), Phase::Probing);
    world.deliver(&Packet::probe(OTHER, ADDRESS).frame());
    assert_eq!(world.phase(), Phase::Init);
    // In use, a question of another is the kernel's to answer.
    let mut world = World::bound(config());
    world.deliver(&Packet::probe(OTHER, ADDRESS).frame());
    assert_eq!(world.phase(), Phase::Bound);
}

#[test]
fn an_address_in_use_is_defended_once_and_given_up_when_pressed() {
    let mut world = World::bound(config());
    let claim = Packet::announcement(OTHER, ADDRESS).frame();
    let arps = world.arps.len();
    world.deliver(&claim);
    assert_eq!((world.phase(), world.arps.len()), (Phase::Bound, arps + 1));
    assert_eq!(world.arps.last().map(|(_, packet)| *packet), Some(Packet::announcement(CLIENT, ADDRESS)));
    assert!(world.notices.contains(&Notice::Defended { address: ADDRESS, station: OTHER }));
    world.run(s(11));
    world.deliver(&claim);
    assert_eq!(world.phase(), Phase::Bound);
    world.run(s(9));
    world.deliver(&claim);
    assert_eq!((world.phase(), world.address()), (Phase::Init, None));
    assert_eq!(world.servers[0].declined, [ADDRESS]);
}

#[test]
fn a_conflict_is_seen_while_renewing_and_rebinding() {
    for wait in [2000, 3200] {
        let mut world = World::bound(config());
        world.servers[0].settings.silent = true;
        world.run(s(wait));
        assert!(matches!(world.phase(), Phase::Renewing | Phase::Rebinding));
        let claim = Packet::announcement(OTHER, ADDRESS).frame();
        world.deliver(&claim);
        world.deliver(&claim);
        assert_eq!((world.phase(), world.address()), (Phase::Init, None));
    }
}

#[test]
fn after_the_carrier_the_address_is_checked_again() {
    let mut world = World::bound(mode(Conflict::Full));
    world.down();
    world.squatter = Some((OTHER, ADDRESS));
    world.up();
    world.run_to(s(10), |world| world.phase() == Phase::Init);
    assert_eq!(world.address(), None);
}

#[test]
fn a_lease_that_was_not_used_yet_is_asked_for_again_after_the_carrier() {
    let mut world = World::new(mode(Conflict::Full), vec![Settings::usual(0)]);
    world.up();
    world.run_to(s(1), |world| world.phase() == Phase::Probing);
    world.down();
    assert_eq!((world.phase(), world.address()), (Phase::NoCarrier, None));
    let start = world.now;
    world.up();
    assert_eq!(world.kinds_since(start).last(), Some(&MessageType::REQUEST));
    world.run_to(s(10), |world| world.address() == Some(ADDRESS));
}

#[test]
fn a_lease_that_was_not_used_yet_can_be_released() {
    let mut world = World::new(mode(Conflict::Full), vec![Settings::usual(0)]);
    world.up();
    world.run_to(s(1), |world| world.phase() == Phase::Probing);
    world.event(Event::Release);
    assert_eq!((world.phase(), world.servers[0].binding(CLIENT)), (Phase::Released, None));
}

#[test]
fn another_link_of_this_machine_on_the_same_wire_is_no_conflict() {
    let mut world = World::new(mode(Conflict::Short), vec![Settings::usual(0)]);
    world.client.set_siblings(&[CLIENT, OTHER]);
    world.squatter = Some((OTHER, ADDRESS));
    world.up();
    world.run(s(30));
    assert_eq!((world.phase(), world.address()), (Phase::Bound, Some(ADDRESS)));
}

#[test]
fn our_own_frames_on_a_looped_cable_are_no_conflict() {
    let mut world = World::bound(config());
    for _ in 0..5 {
        world.deliver(&Packet::announcement(CLIENT, ADDRESS).frame());
    }
    assert_eq!(world.phase(), Phase::Bound);
}
