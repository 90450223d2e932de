//! Lost and repeated messages, refusals in every state, several servers, clocks that jump.

use std::net::Ipv4Addr;

use dhcp_server::{Server, Settings};
use formats::wire::dhcp4::{Code, MessageType};
use protocols::dhcp::{Client, Config, Conflict, Drop, Event, Notice, Phase};

use crate::world::{World, config, ms, s};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);

#[test]
fn any_one_or_two_messages_may_be_lost() {
    for first in 0..6 {
        for second in 0..6 {
            let mut world = World::new(config(), vec![Settings::usual(0)]);
            world.lost = Box::new(move |index| index == first || index == second);
            world.up();
            let took = world.run_to(s(2), |world| world.interface.is_some());
            assert!(took <= ms(510), "{first} and {second} lost: {took:?}");
            world.run(s(20));
            assert_eq!(world.phase(), Phase::Bound);
        }
    }
}

#[test]
fn many_messages_may_be_lost() {
    // (one in so many is lost, how long the client lives)
    for (seed, (one_in, life)) in (0..).zip([(3, s(3600)); 50].into_iter().chain([(6, s(7 * 86400)); 50])) {
        let mut world = World::with(Client::new(config(), None, seed), vec![Settings::usual(0)]);
        let mut random = u64::wrapping_mul(seed, 0x9e37_79b9) | 1;
        world.lost = Box::new(move |_| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % one_in == 0
        });
        world.up();
        world.run_to(s(30), |world| world.interface.is_some());
        world.run(life);
        let gaps = world.changes.iter().filter(|(_, address)| address.is_none()).count();
        assert_eq!((world.address(), gaps), (Some(ADDRESS), 0), "seed {seed}");
    }
}

#[test]
fn a_server_that_offers_and_never_grants_is_asked_with_patience() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    world.servers[0].on_frame =
        Box::new(|kind, frame| if kind == MessageType::ACK { vec![] } else { vec![frame] });
    world.up();
    world.run(s(86400));
    let last_hour = world.sent.iter().filter(|sent| sent.at > world.now - s(3600)).count();
    assert!(last_hour < 500, "{last_hour}");
    world.servers[0].on_frame = Box::new(|_, frame| vec![frame]);
    world.run_to(s(75), |world| world.interface.is_some());
}

#[test]
fn a_server_that_refuses_all_is_asked_with_patience() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    world.servers[0].on_draft = Box::new(|draft| {
        if draft.kind == MessageType::ACK {
            draft.set(Code::MESSAGE_TYPE, &[MessageType::NAK.0]);
        }
    });
    world.up();
    world.run(s(86400));
    let last_hour = world.sent.iter().filter(|sent| sent.at > world.now - s(3600)).count();
    assert!(last_hour < 130, "{last_hour}");
}

#[test]
fn what_one_network_refused_says_nothing_about_the_next() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    let refuse = |refusals: u32| {
        let mut left = refusals;
        move |draft: &mut dhcp_server::Draft| {
            if draft.kind == MessageType::ACK && left > 0 {
                left -= 1;
                draft.set(Code::MESSAGE_TYPE, &[MessageType::NAK.0]);
            }
        }
    };
    world.servers[0].on_draft = Box::new(refuse(u32::MAX));
    world.up();
    world.run(s(600));
    world.down();
    world.servers[0].on_draft = Box::new(refuse(1));
    world.up();
    let took = world.run_to(s(1), |world| world.interface.is_some());
    assert!(took <= ms(10), "{took:?}");
}

#[test]
fn a_refusal_in_each_state_that_asks_leads_to_a_new_address() {
    // The server forgets us and moves its pool, so that it refuses the next request for the old address.
    let forget = |world: &mut World| {
        world.servers[0].restart();
        world.servers[0].settings.first = Ipv4Addr::new(10, 9, 0, 200);
    };
    type Way = fn(&mut World);
    let renewing: Way = |world| world.event(Event::Renew);
    let rebinding: Way = |world| {
        world.servers[0].settings.silent = true;
        world.run_to(s(3600), |world| world.phase() == Phase::Rebinding);
        world.servers[0].settings.silent = false;
        world.event(Event::Renew);
    };
    let rebooting: Way = |world| {
        world.down();
        world.up();
    };
    for (name, way) in [("renewing", renewing), ("rebinding", rebinding), ("rebooting", rebooting)] {
        let mut world = World::bound(config());
        forget(&mut world);
        way(&mut world);
        world.run_to(s(1), |world| world.address() == Some(Ipv4Addr::new(10, 9, 0, 200)));
        let gone = world.changes.iter().filter(|(_, address)| address.is_none()).count();
        assert_eq!(gone, 1, "{name}: the old address is taken off");
        let refused = Notice::Refused { server: Ipv4Addr::new(10, 9, 0, 1), message: "wrong network".into() };
        assert!(world.notices.contains(&refused), "{name}");
    }
}

#[test]
fn a_refusal_of_an_offer_leads_to_another_attempt() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    let mut refusals = 2;
    world.servers[0].on_draft = Box::new(move |draft| {
        if draft.kind == MessageType::ACK && refusals > 0 {
            refusals -= 1;
            draft.set(Code::MESSAGE_TYPE, &[MessageType::NAK.0]);
        }
    });
    world.up();
    let took = world.run_to(s(5), |world| world.interface.is_some());
    assert!(took <= ms(1020), "{took:?}");
}

#[test]
fn a_refusal_that_nobody_asked_for_changes_nothing() {
    let mut server = Server::new(Settings::usual(0));
    let mut grab = World::bound(config());
    let request = grab.last(MessageType::REQUEST).clone();
    server.on_draft = Box::new(|draft| draft.set(Code::MESSAGE_TYPE, &[MessageType::NAK.0]));
    let refusal = server.message(&request.bytes);
    for frame in &refusal {
        grab.deliver(frame);
    }
    assert_eq!((grab.phase(), grab.address()), (Phase::Bound, Some(ADDRESS)));
    assert_eq!(grab.drops(Drop::Unexpected), 1);
    for idle in [Event::Release, Event::LinkDown] {
        grab.event(idle);
        let phase = grab.phase();
        refusal.iter().for_each(|frame| grab.deliver(frame));
        assert_eq!(grab.phase(), phase);
    }
}

#[test]
fn the_first_of_two_servers_is_kept_to() {
    let second = Settings {
        address: Ipv4Addr::new(10, 9, 0, 2),
        first: Ipv4Addr::new(10, 9, 0, 150),
        ..Settings::usual(0)
    };
    let mut world = World::new(config(), vec![Settings::usual(0), second]);
    world.up();
    world.run(s(20));
    assert_eq!(world.address(), Some(ADDRESS));
    assert_eq!(world.drops(Drop::OtherServer) + world.drops(Drop::Unexpected), 1, "the second offer");
    assert_eq!(world.servers[1].binding(crate::world::CLIENT), None);
    assert_eq!(world.last(MessageType::REQUEST).option(Code::SERVER), Some(vec![10, 9, 0, 1]));
}

#[test]
fn another_server_can_neither_grant_nor_refuse() {
    for kind in [MessageType::ACK, MessageType::NAK] {
        let rogue = Settings { address: Ipv4Addr::new(10, 9, 0, 66), ..Settings::usual(0) };
        let mut world = World::new(config(), vec![Settings::usual(0)]);
        world.servers[0].on_draft = Box::new(move |draft| {
            if draft.kind == MessageType::ACK {
                draft.set(Code::MESSAGE_TYPE, &[kind.0]);
                draft.set(Code::SERVER, &rogue.address.octets());
            }
        });
        world.up();
        world.run(s(3));
        assert_eq!((world.phase(), world.address()), (Phase::Requesting, None));
        assert!(world.drops(Drop::OtherServer) > 2);
        // In RENEWING, too.
        let mut world = World::bound(config());
        world.servers[0].on_draft = Box::new(move |draft| {
            draft.set(Code::MESSAGE_TYPE, &[kind.0]);
            draft.set(Code::SERVER, &[10, 9, 0, 66]);
        });
        world.event(Event::Renew);
        world.run(s(5));
        assert_eq!((world.phase(), world.address()), (Phase::Renewing, Some(ADDRESS)));
    }
}

#[test]
fn repeated_and_late_replies_change_nothing() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    world.servers[0].on_frame = Box::new(|_, frame| vec![frame; 5]);
    world.up();
    world.run(s(20));
    assert_eq!((world.phase(), world.sent.len(), world.changes.len()), (Phase::Bound, 2, 1));
    assert_eq!(world.drops(Drop::Unexpected) + world.drops(Drop::OtherServer), 8);
}

#[test]
fn a_clock_that_jumps_ahead_ends_what_has_ended() {
    // (seconds asleep, phase at waking, whether the address is kept)
    for (asleep, phase, kept) in [
        (100, Phase::Bound, true),
        (1900, Phase::Renewing, true),
        (3300, Phase::Rebinding, true),
        (3700, Phase::Selecting, false),
        (u64::from(u32::MAX), Phase::Selecting, false),
    ] {
        let mut world = World::bound(config());
        world.now += s(asleep);
        world.servers[0].settings.silent = true;
        world.event(Event::Deadline);
        assert_eq!((world.phase(), world.address().is_some()), (phase, kept), "{asleep} s");
        // What arrives at waking meets the state of now, not of before.
        let mut world = World::bound(config());
        world.now += s(asleep);
        world.deliver(&[0; 60]);
        assert_eq!(world.phase(), phase, "{asleep} s");
        world.run_to(s(70), |world| world.phase() == Phase::Bound);
    }
}

#[test]
fn a_grant_that_comes_when_its_time_is_over_is_not_used() {
    let mut world = World::bound(config());
    world.servers[0].settings.seconds = 10;
    world.latency = s(12);
    world.event(Event::Renew);
    world.run(s(20));
    assert_eq!((world.phase(), world.drops(Drop::EndedLease)), (Phase::Renewing, 1));
    assert!(
        world.interface.as_ref().is_some_and(|lease| lease.duration > s(10)),
        "the lease of before goes on"
    );
}

#[test]
fn renewing_by_hand_at_t2_is_rebinding() {
    let mut world = World::new(Config { conflict: Conflict::Short, ..config() }, vec![Settings::usual(0)]);
    world.up();
    world.run(ms(2));
    world.now += s(3150);
    world.event(Event::Renew);
    assert_eq!(world.phase(), Phase::Rebinding);
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let mut world = World::bound(config());
    let deadline = world.client.deadline();
    world.client.handle(Event::Deadline, ms(1));
    assert_eq!((world.phase(), world.client.deadline()), (Phase::Bound, deadline));
    world.run(s(7200));
    assert_eq!(world.phase(), Phase::Bound);
    let mut world = World::new(config(), vec![]);
    world.up();
    world.run(s(10));
    world.event(Event::Deadline);
    world.client.handle(Event::Renew, ms(1));
    assert!(
        world.client.deadline().is_some_and(|deadline| deadline > world.now),
        "not in what is past already"
    );
}

#[test]
fn an_exhausted_pool_is_waited_for() {
    let mut world = World::new(config(), vec![Settings { count: 0, ..Settings::usual(0) }]);
    world.up();
    world.run(s(600));
    assert_eq!(world.phase(), Phase::Selecting);
    world.servers[0].settings.count = 1;
    world.run_to(s(66), |world| world.address() == Some(ADDRESS));
}

#[test]
fn a_server_that_restarts_without_its_leases_grants_again() {
    let mut world = World::bound(config());
    world.servers[0].restart();
    world.run(s(7200));
    assert_eq!(world.changes.iter().filter(|(_, address)| address.is_none()).count(), 0);
    assert_eq!(world.phase(), Phase::Bound);
}
