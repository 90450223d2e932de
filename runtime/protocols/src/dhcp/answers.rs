//! What the frames of others do in each state: first whether a reply may be believed, then where it leads.

use alloc::rc::Rc;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::file::lease::Lease;
use formats::wire::arp::Packet;
use formats::wire::dhcp4::{self, Code};

use super::Notice;
use super::conflict::{Verdict, from_another};
use super::desk::Desk;
use super::drops::Drop;
use super::grant;
use super::moves;
use super::reply::{Kind, Reply};
use super::state::{Held, Known, Offer, Others, Rebooting, State};

/// How long a lease of this network is preferred to an offer of another address of the same network: two servers on a link
/// must not make a client change its address each time the cable is touched.
const PREFER_OLD: Duration = Duration::from_secs(1);

/// The shortest time without IPv4 (MIN_V6ONLY_WAIT, RFC 8925 section 3.4).
const SHORTEST_IPV6_ONLY: Duration = Duration::from_secs(300);

/// What a believed reply asks for.
enum Answer {
    /// An address is offered.
    Offered(Offer),
    /// A lease is granted.
    Granted(Rc<Lease>),
    /// Our address is refused.
    Refused(Notice),
    /// The network does without IPv4 for so long.
    Ipv6Only(Duration),
}

/// Takes a reply of a server.
pub(super) fn on_reply(desk: &mut Desk, state: State, reply: &Reply<'_>) -> State {
    match believe(desk, &state, reply) {
        Ok(answer) => follow(desk, state, reply, answer),
        Err(reason) => {
            desk.drops.count(reason);
            state
        }
    }
}

/// Decides whether a reply answers what this state asked, from whom it asked it.
fn believe(desk: &mut Desk, state: &State, reply: &Reply<'_>) -> Result<Answer, Drop> {
    match state {
        State::Selecting(selecting) => {
            same_transaction(reply, selecting.ask.transaction)?;
            answer_to_all(desk, reply, selecting.ask.asked)
        }
        State::Requesting(requesting) => {
            let offer = &requesting.offer;
            same_transaction(reply, offer.transaction)?;
            from_server(reply, offer.server)?;
            let asked = requesting.ask.asked;
            answer_to_one(desk, reply, offer.address, offer.prefix, asked)
        }
        State::Rebooting(rebooting) => {
            if let Others::Asked(transaction) = rebooting.others
                && reply.header.transaction == transaction
            {
                return answer_to_all(desk, reply, rebooting.ask.asked);
            }
            same_transaction(reply, rebooting.ask.transaction)?;
            if reply.kind == Kind::Ack
                && let Some(wait) = ipv6_only(desk, reply)
            {
                return Ok(Answer::Ipv6Only(wait));
            }
            let lease = rebooting.known.lease();
            answer_to_one(desk, reply, lease.address, lease.prefix, rebooting.ask.asked)
        }
        State::Renewing { held, ask } => {
            same_transaction(reply, ask.transaction)?;
            from_server(reply, held.lease.server)?;
            answer_to_one(desk, reply, held.lease.address, held.lease.prefix, ask.asked)
        }
        State::Rebinding { held, ask } => {
            same_transaction(reply, ask.transaction)?;
            answer_to_one(desk, reply, held.lease.address, held.lease.prefix, ask.asked)
        }
        State::NoCarrier(_)
        | State::Init { .. }
        | State::Probing(_)
        | State::Bound { .. }
        | State::Ipv6Only { .. }
        | State::Released => Err(Drop::Unexpected),
    }
}

fn same_transaction(reply: &Reply<'_>, transaction: u32) -> Result<(), Drop> {
    if reply.header.transaction == transaction { Ok(()) } else { Err(Drop::TransactionId) }
}

fn from_server(reply: &Reply<'_>, server: Ipv4Addr) -> Result<(), Drop> {
    if reply.server()? == server { Ok(()) } else { Err(Drop::OtherServer) }
}

/// An answer to a discover: an offer, or a grant at once where both sides agreed to that (RFC 4039 section 3.1).
fn answer_to_all(desk: &mut Desk, reply: &Reply<'_>, asked: Duration) -> Result<Answer, Drop> {
    let rapid = desk.config.rapid_commit && reply.options.get(Code::RAPID_COMMIT).is_some();
    if !(reply.kind == Kind::Offer || reply.kind == Kind::Ack && rapid) {
        return Err(Drop::Unexpected);
    }
    let server = reply.server()?;
    if let Some(wait) = ipv6_only(desk, reply) {
        return Ok(Answer::Ipv6Only(wait));
    }
    let lease = grant::lease(reply, None, asked, &desk.config, &mut desk.drops)?;
    if reply.kind == Kind::Ack {
        return in_time(desk, lease);
    }
    let transaction = reply.header.transaction;
    Ok(Answer::Offered(Offer { address: lease.address, prefix: lease.prefix, server, transaction }))
}

/// An answer to a request for an address: it is granted, that one and no other, or refused.
fn answer_to_one(
    desk: &mut Desk,
    reply: &Reply<'_>,
    address: Ipv4Addr,
    prefix: u8,
    asked: Duration,
) -> Result<Answer, Drop> {
    match reply.kind {
        Kind::Offer => Err(Drop::Unexpected),
        Kind::Nak => {
            let server = reply.server()?;
            let message = reply.options.get(Code::MESSAGE).map(dhcp4::message_text);
            Ok(Answer::Refused(Notice::Refused { server, message: message.unwrap_or_default() }))
        }
        Kind::Ack => {
            let lease = grant::lease(reply, Some(prefix), asked, &desk.config, &mut desk.drops)?;
            if lease.address == address { in_time(desk, lease) } else { Err(Drop::OtherAddress) }
        }
    }
}

/// A lease counts from the question; an answer may come when it is over.
fn in_time(desk: &Desk, lease: Rc<Lease>) -> Result<Answer, Drop> {
    if lease.expires > desk.now { Ok(Answer::Granted(lease)) } else { Err(Drop::EndedLease) }
}

/// Gives the time to do without IPv4, when we can and the network wishes it.
fn ipv6_only(desk: &Desk, reply: &Reply<'_>) -> Option<Duration> {
    let value = desk.config.ipv6_only.then(|| reply.options.get(Code::IPV6_ONLY)).flatten()?;
    dhcp4::seconds(value).ok().map(|wait| wait.max(SHORTEST_IPV6_ONLY))
}

/// Goes where a believed reply leads.
fn follow(desk: &mut Desk, state: State, reply: &Reply<'_>, answer: Answer) -> State {
    match (answer, state) {
        (Answer::Granted(lease), State::Renewing { held, .. } | State::Rebinding { held, .. }) => {
            moves::prolong(desk, lease, reply.station, held)
        }
        (Answer::Granted(lease), state) => {
            let before = match state.known() {
                Some(Known::Held(held)) => Some(held),
                Some(Known::Saved(_)) | None => None,
            };
            moves::take(desk, lease, reply.station, before)
        }
        (Answer::Offered(offer), State::Rebooting(rebooting)) => consider(desk, rebooting, offer),
        (Answer::Offered(offer), State::Selecting(selecting)) => {
            desk.used = desk.used.saturating_add(1);
            moves::request(desk, offer, selecting.ask.began, None)
        }
        // No other state believes an offer.
        (Answer::Offered(_), state) => state,
        (Answer::Refused(notice), state) => moves::refuse(desk, state.known().as_ref(), notice),
        (Answer::Ipv6Only(wait), state) => {
            desk.used = desk.used.saturating_add(1);
            desk.tell(Notice::Ipv6Only { wait });
            moves::drop_known(desk, state.known().as_ref());
            State::Ipv6Only { until: desk.now.saturating_add(wait) }
        }
    }
}

/// Weighs an offer against the lease that is being asked for.
fn consider(desk: &mut Desk, mut rebooting: Rebooting, offer: Offer) -> State {
    desk.used = desk.used.saturating_add(1);
    let lease = rebooting.known.lease();
    let apart = u32::from(lease.address) ^ u32::from(offer.address);
    let same_network = apart.leading_zeros() >= u32::from(lease.prefix);
    let until = rebooting.ask.began.saturating_add(PREFER_OLD);
    if same_network && offer.address != lease.address && until > desk.now {
        rebooting.offer.get_or_insert((offer, until));
        return State::Rebooting(rebooting);
    }
    let began = rebooting.ask.began;
    match rebooting.known {
        Known::Held(held) => moves::request(desk, offer, began, Some(held)),
        Known::Saved(_) => moves::request(desk, offer, began, None),
    }
}

/// Takes an ARP packet. While a lease is not confirmed (no carrier, REBOOTING, REQUESTING) it is not defended: the link may be
/// another one, where the address is somebody else's by right; the checks start anew with the confirmation.
pub(super) fn on_arp(desk: &mut Desk, mut state: State, packet: &Packet, broadcast: bool) -> State {
    if !from_another(packet, desk.config.hardware) || desk.siblings.contains(&packet.sender_hardware) {
        return state;
    }
    let (held, used) = match &mut state {
        State::Probing(held) => (held, false),
        State::Bound { held, .. } | State::Renewing { held, .. } | State::Rebinding { held, .. } => {
            (held, true)
        }
        State::NoCarrier(_)
        | State::Init { .. }
        | State::Selecting(_)
        | State::Requesting(_)
        | State::Rebooting(_)
        | State::Ipv6Only { .. }
        | State::Released => return state,
    };
    match judge(desk, held, packet, broadcast, used) {
        Verdict::Peace | Verdict::Defend => state,
        Verdict::Conflict => {
            let lease = held.lease.clone();
            moves::decline(desk, &lease, packet.sender_hardware, used)
        }
    }
}

fn judge(desk: &mut Desk, held: &mut Held, packet: &Packet, broadcast: bool, used: bool) -> Verdict {
    let address = held.lease.address;
    let verdict = held.guard.judge(packet, broadcast, address, used, desk.now);
    if verdict == Verdict::Defend {
        desk.arp(&Packet::announcement(desk.config.hardware, address));
        desk.tell(Notice::Defended { address, station: packet.sender_hardware });
    }
    verdict
}
