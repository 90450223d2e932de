//! What holds for any bytes and any course of events.

use std::net::Ipv4Addr;

use dhcp_server::{Draft, Server, Settings};
use formats::wire::arp::Packet;
use formats::wire::dhcp4::{Code, MessageType};
use formats::wire::ethernet::Mac;
use proptest::collection::vec;
use proptest::prelude::*;
use protocols::dhcp::{Client, Config, Conflict, Event};

use crate::world::{CLIENT, World, config, ms, s};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happening {
    Up(bool),
    Down,
    Release,
    Renew,
    /// So many milliseconds pass.
    Pass(u64),
    /// The clock jumps, with nobody looking.
    Jump(u64),
    /// Bytes arrive.
    Bytes(Vec<u8>, bool),
    /// A station claims an address or asks for it.
    Claim(u8, Ipv4Addr, bool),
    /// The servers change: silent, authoritative, network, lease time.
    Servers(bool, bool, u8, u32),
    /// Replies are altered from now on.
    Alter(Vec<Alteration>),
}

/// A change in a reply.
#[derive(Clone, Debug)]
enum Alteration {
    Set(u8, Vec<u8>),
    Remove(u8),
    Yours(Ipv4Addr),
    Kind(u8),
    Tail(Vec<u8>),
    Overload(u8, Vec<u8>),
}

fn address() -> impl Strategy<Value = Ipv4Addr> {
    prop_oneof![
        any::<u32>().prop_map(Ipv4Addr::from),
        (0..255_u8).prop_map(|last| Ipv4Addr::new(10, 9, 0, last))
    ]
}

/// Codes that matter more often than others.
fn code() -> impl Strategy<Value = u8> {
    let known = [1, 3, 6, 12, 15, 26, 28, 33, 42, 43, 51, 52, 53, 54, 58, 59, 61, 80, 81, 108, 119, 121, 249];
    prop_oneof![proptest::sample::select(known.to_vec()), any::<u8>()]
}

fn alteration() -> impl Strategy<Value = Alteration> {
    prop_oneof![
        (code(), vec(any::<u8>(), 0..40)).prop_map(|(code, value)| Alteration::Set(code, value)),
        (code(), any::<u32>()).prop_map(|(code, value)| Alteration::Set(code, value.to_be_bytes().to_vec())),
        code().prop_map(Alteration::Remove),
        address().prop_map(Alteration::Yours),
        any::<u8>().prop_map(Alteration::Kind),
        vec(any::<u8>(), 0..20).prop_map(Alteration::Tail),
        (0..5_u8, vec(any::<u8>(), 64)).prop_map(|(bits, area)| Alteration::Overload(bits, area)),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        2 => any::<bool>().prop_map(Happening::Up),
        1 => Just(Happening::Down),
        1 => Just(Happening::Release),
        2 => Just(Happening::Renew),
        6 => (0..100_000_u64).prop_map(Happening::Pass),
        2 => (0..10_000_000_u64).prop_map(Happening::Jump),
        1 => (vec(any::<u8>(), 0..400), any::<bool>()).prop_map(|(bytes, ready)| Happening::Bytes(bytes, ready)),
        2 => (1..4_u8, address(), any::<bool>()).prop_map(|(who, what, probe)| Happening::Claim(who, what, probe)),
        2 => (any::<bool>(), any::<bool>(), 0..3_u8, 0..9000_u32)
            .prop_map(|(silent, authoritative, network, seconds)| Happening::Servers(silent, authoritative, network, seconds)),
        3 => vec(alteration(), 0..3).prop_map(Happening::Alter),
    ]
}

fn alter(draft: &mut Draft, alterations: &[Alteration]) {
    for alteration in alterations {
        match alteration {
            Alteration::Set(code, value) => draft.set(Code(*code), value),
            Alteration::Remove(code) => draft.remove(Code(*code)),
            Alteration::Yours(address) => draft.header.yours = *address,
            Alteration::Kind(kind) => draft.set(Code::MESSAGE_TYPE, &[*kind]),
            Alteration::Tail(tail) => draft.tail.clone_from(tail),
            Alteration::Overload(bits, area) => {
                draft.set(Code::OVERLOAD, &[*bits]);
                draft.server_name.clone_from(area);
                draft.file = area.repeat(2);
            }
        }
    }
}

fn happen(world: &mut World, happening: Happening) {
    match happening {
        Happening::Up(fresh) => {
            world.carrier = true;
            world.event(Event::LinkUp { fresh });
        }
        Happening::Down => world.down(),
        Happening::Release => world.event(Event::Release),
        Happening::Renew => world.event(Event::Renew),
        Happening::Pass(milliseconds) => world.run(ms(milliseconds)),
        Happening::Jump(milliseconds) => {
            world.now += ms(milliseconds);
            world.event(Event::Deadline);
        }
        Happening::Bytes(bytes, checksum_ready) => {
            world.event(Event::Frame { bytes: &bytes, checksum_ready })
        }
        Happening::Claim(who, what, probe) => {
            let station = Mac([2, 0, 0, 0, 1, who]);
            let packet =
                if probe { Packet::probe(station, what) } else { Packet::announcement(station, what) };
            world.deliver(&packet.frame());
        }
        Happening::Servers(silent, authoritative, network, seconds) => {
            let settings = Settings { silent, authoritative, seconds, ..Settings::usual(network) };
            world.servers[0].settings = settings;
        }
        Happening::Alter(alterations) => {
            world.servers[0].on_draft = Box::new(move |draft| alter(draft, &alterations));
        }
    }
}

fn mode() -> impl Strategy<Value = Conflict> {
    proptest::sample::select(vec![Conflict::Full, Conflict::Short, Conflict::Optimistic])
}

/// A client in one of the states, by the number of events that led there.
fn some_client(which: u8) -> World {
    let mut world = World::new(Config { conflict: Conflict::Short, ..config() }, vec![Settings::usual(0)]);
    if which == 0 {
        return world;
    }
    world.up();
    match which {
        1 => {}
        2 => world.run(ms(1)),
        3 => world.run(ms(100)),
        _ => world.run(s(10)),
    }
    match which {
        5 => world.event(Event::Renew),
        6 => {
            world.servers[0].settings.silent = true;
            world.run(s(3200));
        }
        7 => {
            world.down();
            world.up();
        }
        8 => world.event(Event::Release),
        _ => {}
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The world checks at each event: deadline in the future, no address that no host may have, no lease past its end, no
    /// more frames than allowed, interface and status alike.
    #[test]
    fn any_course_of_events_keeps_what_must_hold(seed: u64, mode in mode(), happenings in vec(happening(), 0..60)) {
        let config = Config { conflict: mode, ipv6_only: seed % 4 == 0, ..config() };
        let mut world = World::with(Client::new(config, None, seed), vec![Settings::usual(0)]);
        for happening in happenings {
            happen(&mut world, happening);
        }
        // Whatever it was, a good server and a good link lead to a lease.
        world.servers = vec![Server::new(Settings::usual(9))];
        world.event(Event::Renew);
        world.down();
        world.event(Event::Renew);
        world.up();
        world.run_to(s(130), |world| world.address() == Some(Ipv4Addr::new(10, 9, 9, 50)));
    }

    #[test]
    fn any_bytes_in_any_state_do_no_harm(which in 0..9_u8, bytes in vec(any::<u8>(), 0..1600), ready: bool) {
        let mut world = some_client(which);
        world.event(Event::Frame { bytes: &bytes, checksum_ready: ready });
    }

    /// Random options in an otherwise right reply to the question at hand.
    #[test]
    fn any_options_in_any_state_do_no_harm(
        which in 1..9_u8,
        kind in 0..10_u8,
        alterations in vec(alteration(), 0..6),
        options in vec(any::<u8>(), 0..600),
    ) {
        let mut world = some_client(which);
        let question = world.sent.last().map(|sent| sent.bytes.clone()).unwrap();
        let mut server = Server::new(Settings::usual(0));
        server.settings.rapid_commit = kind == MessageType::ACK.0;
        server.on_draft = Box::new(move |draft| {
            if kind > 0 {
                draft.set(Code::MESSAGE_TYPE, &[kind]);
            }
            alter(draft, &alterations);
            draft.tail = options.clone();
        });
        for frame in server.message(&question) {
            world.deliver(&frame);
        }
        world.run(s(30));
        prop_assert!(world.sent.iter().all(|sent| sent.bytes[28..34] == CLIENT.0));
    }
}
