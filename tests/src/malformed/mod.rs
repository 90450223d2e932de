//! Every kind of wrong reply that we know of, in the offer and the grant, or in the grant alone: what is refused, what is taken
//! without its wrong part, and why. The same rows are run against the machine in simulated time and against the command in
//! a namespace. The column `reading` is our reading of the RFCs; argue there before a row is changed.

mod carriers;
mod grant;
mod message;
mod parts;

use formats::time::Duration;
use std::net::Ipv4Addr;

use dhcp_server::{Draft, Server, Settings, seal_ip};
use formats::wire::dhcp4::MessageType;
use protocols::dhcp::{Drop, Drops, Lease, Route};

/// What becomes of the exchange.
pub enum Expected {
    /// Nothing is configured, and this is counted.
    Refused(Drop),
    /// Nothing is configured, and nothing counted: not for us.
    Ignored,
    /// A lease is configured that looks like this.
    Taken(fn(&Seen, &Lease) -> bool),
}

/// What a client counted in an exchange.
pub struct Seen {
    /// What it dropped.
    pub drops: Drops,
    /// How many messages it sent.
    pub sent: u64,
}

impl Seen {
    /// Gives how often something was dropped for a reason.
    pub fn drops(&self, reason: Drop) -> u32 {
        self.drops.get(reason)
    }
}

/// Where the change is made.
pub enum Change {
    /// In the message, in offer and grant.
    Both(fn(&mut Draft)),
    /// In the message, in the grant only.
    Grant(fn(&mut Draft)),
    /// In the bytes of both frames.
    Bytes(fn(&mut Vec<u8>)),
}

impl Change {
    /// Makes a server that is wrong in this way.
    pub fn server(&self) -> Server {
        let mut server = Server::new(Settings::usual(0));
        match *self {
            Self::Both(change) => server.on_draft = Box::new(change),
            Self::Grant(change) => {
                server.on_draft = Box::new(move |draft| {
                    if draft.kind == MessageType::ACK {
                        change(draft);
                    }
                });
            }
            Self::Bytes(change) => {
                server.on_frame = Box::new(move |_, mut frame| {
                    change(&mut frame);
                    vec![frame]
                });
            }
        }
        server
    }
}

/// A kind of wrong reply.
pub struct Row {
    /// What is wrong.
    pub name: &'static str,
    /// Why the outcome is right.
    pub reading: &'static str,
    /// How it is made.
    pub change: Change,
    /// What becomes of it.
    pub expected: Expected,
}

/// The address that the usual server gives first.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);
const SERVER: [u8; 4] = [10, 9, 0, 1];

/// Makes a row.
const fn row(name: &'static str, reading: &'static str, change: Change, expected: Expected) -> Row {
    Row { name, reading, change, expected }
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A lease as if nothing had been wrong.
fn usual(_: &Seen, lease: &Lease) -> bool {
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
pub fn shorten(frame: &mut Vec<u8>, payload: usize) {
    frame.truncate(14 + 28 + payload);
    let [total, udp] = [payload + 28, payload + 8].map(|length| (length as u16).to_be_bytes());
    frame[16..18].copy_from_slice(&total);
    frame[38..40].copy_from_slice(&udp);
    frame[40..42].fill(0);
    seal_ip(frame);
}

/// Writes the routes of a lease as `destination/prefix gateway`, with `link` where there is none.
pub fn routes(lease: &Lease) -> Vec<String> {
    let gateway = |route: &Route| route.gateway.map_or("link".into(), |gateway| gateway.to_string());
    let shown = |route: &Route| format!("{}/{} {}", route.destination, route.prefix, gateway(route));
    lease.routes.iter().map(shown).collect()
}

/// Lists all kinds.
pub fn all_rows() -> impl Iterator<Item = &'static Row> {
    [
        carriers::CARRIERS,
        message::FIXED_PART,
        message::KIND,
        message::AREAS,
        grant::ADDRESSES,
        grant::SERVERS,
        grant::TIMES,
        parts::PARTS,
        parts::NAMES,
    ]
    .into_iter()
    .flatten()
}
