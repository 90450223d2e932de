//! Every kind of wrong reply against the machine in simulated time.

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::rc::Rc;

use dhcp_server::{Server, Settings, seal_ip};
use formats::wire::dhcp4::MessageType;
use protocols::dhcp::{Action, Client, Event, Phase};
use spelunk_tests::malformed::Expected::{Ignored, Refused, Taken};
use spelunk_tests::malformed::{ADDRESS, Change, Seen, all_rows, shorten};

use crate::world::{World, config, ms, s};

/// Runs an exchange with a server that is wrong in this way.
fn exchange(change: &Change) -> World {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    world.servers[0] = change.server();
    world.up();
    world.run(s(20));
    world
}

#[test]
fn each_kind_of_wrong_reply_has_its_outcome() {
    assert!(all_rows().count() > 57);
    for row in all_rows() {
        let world = exchange(&row.change);
        let dropped: Vec<_> = world.client.status().drops.iter().map(|(reason, _)| reason.name()).collect();
        let status = world.client.status();
        let seen = Seen { drops: status.drops.clone(), sent: status.sent.into() };
        let right = match row.expected {
            Refused(reason) => world.changes.is_empty() && seen.drops(reason) > 0,
            Ignored => world.changes.is_empty() && dropped.is_empty(),
            Taken(looks_right) => world.interface.as_ref().is_some_and(|lease| looks_right(&seen, lease)),
        };
        assert!(
            right,
            "{}: {} ({})\n{dropped:?}\n{:#?}",
            row.name,
            row.reading,
            world.phase().name(),
            world.interface
        );
    }
}

#[test]
fn a_right_server_behind_a_wrong_one_is_found() {
    for row in all_rows() {
        // A row that alters the grant alone takes the client into REQUESTING, which is left after 8 s.
        let (Refused(_) | Ignored) = row.expected else { continue };
        let mut world = exchange(&row.change);
        let right = Settings { address: Ipv4Addr::new(10, 9, 0, 2), ..Settings::usual(0) };
        world.servers.insert(0, Server::new(right));
        world.run_to(s(75), |world| world.interface.is_some());
    }
}

#[test]
fn a_sum_that_hardware_makes_later_is_not_checked() {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    world.up();
    let discover = world.sent[0].bytes.clone();
    let mut server = Server::new(Settings::usual(0));
    let mut offer = server.message(&discover).remove(0);
    offer[40] ^= 0x55;
    world.client = Client::new(config(), None, 42);
    world.client.handle(Event::LinkUp { fresh: true }, s(1));
    for (checksum_ready, phase) in [(true, Phase::Selecting), (false, Phase::Requesting)] {
        world.client.handle(Event::Frame { bytes: &offer, checksum_ready }, s(1));
        assert_eq!(world.phase(), phase);
    }
}

/// The bytes of an offer and a grant, and clients in the states that wait for them.
fn waiting() -> Vec<(World, Vec<u8>)> {
    let mut found = Vec::new();
    for kind in [MessageType::OFFER, MessageType::ACK] {
        let mut world = World::new(config(), vec![Settings::usual(0)]);
        let wanted = Rc::new(RefCell::new(Vec::new()));
        let keep = wanted.clone();
        world.servers[0].on_frame = Box::new(move |sent, frame| {
            if sent == kind {
                keep.borrow_mut().clone_from(&frame);
                return vec![];
            }
            vec![frame]
        });
        world.up();
        world.run(ms(10));
        let frame = wanted.borrow().clone();
        assert!(!frame.is_empty());
        found.push((world, frame));
    }
    found
}

#[test]
fn a_reply_cut_at_any_byte_is_refused_or_whole() {
    for (world, frame) in waiting() {
        let payload = frame.len() - 42;
        for length in 0..=payload {
            let mut client = world.client.clone();
            let mut cut = frame.clone();
            shorten(&mut cut, length);
            client.handle(Event::Frame { bytes: &cut, checksum_ready: true }, world.now);
            let moved = client.status().phase != world.phase();
            // Type, server and time are there; mask, router, name server and end mark are each whole or absent.
            let whole = [0, 1, 7, 13, 19].contains(&(payload - length));
            assert_eq!(moved, whole, "{length} of {payload}");
            let mut client = world.client.clone();
            client.handle(Event::Frame { bytes: &frame[..length], checksum_ready: true }, world.now);
            assert_eq!(client.status().phase, world.phase());
            assert_eq!(client.status().drops.iter().count(), 1, "{length}");
        }
    }
}

#[test]
fn a_reply_with_any_byte_changed_does_no_harm() {
    for (world, frame) in waiting() {
        for at in 14..frame.len() {
            for value in [0, 1, 0x7f, 0x80, 0xfe, 0xff] {
                let mut changed = frame.clone();
                changed[at] = value;
                // The sum left out, so that the change reaches the parsers behind it.
                changed[40..42].fill(0);
                seal_ip(&mut changed);
                let mut client = world.client.clone();
                client.handle(Event::Frame { bytes: &changed, checksum_ready: true }, world.now);
                while let Some(action) = client.next_action() {
                    if let Action::Configure(lease) = action {
                        assert_eq!(lease.address, ADDRESS, "byte {at} = {value}");
                    }
                }
            }
        }
    }
}
