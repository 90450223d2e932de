//! Every kind of wrong reply that we know of, in the offer and the grant, or in the grant alone: what is refused, what is taken
//! without its wrong part, and why. The column `reading` is our reading of the RFCs; argue there before a row is changed.

mod carriers;
mod grant;
mod message;
mod parts;

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::rc::Rc;

use dhcp_server::{Draft, Server, Settings, seal_ip};
use formats::wire::dhcp4::MessageType;
use protocols::dhcp::{Action, Client, Drop, Event, Lease, Phase};

use crate::world::{World, config, ms, s};

/// What becomes of the exchange.
enum Expected {
    /// Nothing is configured, and this is counted.
    Refused(Drop),
    /// Nothing is configured, and nothing counted: not for us.
    Ignored,
    /// A lease is configured that looks like this.
    Taken(fn(&World, &Lease) -> bool),
}

use Expected::{Ignored, Refused, Taken};

/// Where the change is made.
enum Change {
    /// In the message, in offer and grant.
    Both(fn(&mut Draft)),
    /// In the message, in the grant only.
    Grant(fn(&mut Draft)),
    /// In the bytes of both frames.
    Bytes(fn(&mut Vec<u8>)),
}

use Change::{Both, Bytes, Grant};

struct Row {
    name: &'static str,
    reading: &'static str,
    change: Change,
    expected: Expected,
}

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);
const SERVER: [u8; 4] = [10, 9, 0, 1];

/// Makes a row.
const fn row(name: &'static str, reading: &'static str, change: Change, expected: Expected) -> Row {
    Row { name, reading, change, expected }
}

/// A lease as if nothing had been wrong.
fn usual(_: &World, lease: &Lease) -> bool {
    let server = Ipv4Addr::from(SERVER);
    lease.address == ADDRESS && lease.prefix == 24 && lease.gateway() == Some(server) && lease.dns == [server]
}

/// Leaves nothing behind the fixed part.
fn fixed_part_only(draft: &mut Draft) {
    draft.cookie.clear();
    draft.options.clear();
    draft.tail.clear();
}

/// Makes the UDP payload of a frame shorter, with right lengths; the sum is left out.
fn shorten(frame: &mut Vec<u8>, payload: usize) {
    frame.truncate(14 + 28 + payload);
    let [total, udp] = [payload + 28, payload + 8].map(|length| u16::try_from(length).unwrap().to_be_bytes());
    frame[16..18].copy_from_slice(&total);
    frame[38..40].copy_from_slice(&udp);
    frame[40..42].fill(0);
    seal_ip(frame);
}

/// Runs an exchange with a server that is wrong in this way.
fn exchange(change: &Change) -> World {
    let mut world = World::new(config(), vec![Settings::usual(0)]);
    match *change {
        Both(change) => world.servers[0].on_draft = Box::new(change),
        Grant(change) => {
            world.servers[0].on_draft = Box::new(move |draft| {
                if draft.kind == MessageType::ACK {
                    change(draft);
                }
            });
        }
        Bytes(change) => {
            world.servers[0].on_frame = Box::new(move |_, mut frame| {
                change(&mut frame);
                vec![frame]
            });
        }
    }
    world.up();
    world.run(s(20));
    world
}

fn all_rows() -> impl Iterator<Item = &'static Row> {
    [
        carriers::CARRIERS,
        message::FIXED_PART,
        message::KIND,
        grant::ADDRESSES,
        grant::SERVERS,
        grant::TIMES,
        parts::PARTS,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn each_kind_of_wrong_reply_has_its_outcome() {
    assert!(all_rows().count() > 57);
    for row in all_rows() {
        let world = exchange(&row.change);
        let dropped: Vec<_> = world.client.status().drops.iter().map(|(reason, _)| reason.name()).collect();
        let right = match row.expected {
            Refused(reason) => world.changes.is_empty() && world.drops(reason) > 0,
            Ignored => world.changes.is_empty() && dropped.is_empty(),
            Taken(looks_right) => world.interface.as_ref().is_some_and(|lease| looks_right(&world, lease)),
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
