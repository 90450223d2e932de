//! The ways from one state to the next: each function does what the move asks for and gives the new state.

use alloc::rc::Rc;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::file::lease::Lease;
use formats::wire::arp::Packet;
use formats::wire::ethernet::Mac;

use super::conflict::{Guard, Step};
use super::desk::Desk;
use super::state::{Held, Known, Offer, Others, Rebooting, Requesting, Selecting, State};
use super::timing::{self, Ask, Pace};
use super::{Conflict, Notice};

/// How long the server of a lease has before all servers are asked, too: longer than the answer of a server on the link takes,
/// short enough to have a lease on a new network within 150 ms.
const OTHERS_AFTER: Duration = Duration::from_millis(60);

/// How long a saved lease is asked for before it is used unconfirmed, or given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The wait after a conflict (RFC 2131 section 3.1), and from how many on the longer one (RFC 5227 section 2.1.1).
const AFTER_CONFLICT: Duration = Duration::from_secs(10);
const AFTER_CONFLICTS: Duration = Duration::from_secs(60);
const MANY_CONFLICTS: u32 = 10;

/// T1 comes up to this much early, so that machines that started together do not renew together.
const RENEWAL_FUZZ: Duration = Duration::from_secs(2);

/// To SELECTING. The random wait of 1 to 10 s that RFC 2131 section 4.4.1 suggests is left out: it dates from power failures in
/// halls of terminals on one wire, and would be most of the time of a boot.
pub(super) fn select(desk: &mut Desk, pace: Pace, wanted: Option<Ipv4Addr>) -> State {
    let ask = Ask::new(desk.now, &mut desk.random);
    select_again(desk, Selecting { ask, pace, wanted })
}

/// Stays in SELECTING: asks once more.
pub(super) fn select_again(desk: &mut Desk, mut selecting: Selecting) -> State {
    selecting.ask.tried(desk.now, selecting.pace, &mut desk.random);
    desk.discover(selecting.ask.transaction, selecting.ask.seconds(), selecting.wanted);
    tell_silence(desk, &selecting.ask);
    State::Selecting(selecting)
}

/// Tells the user that nobody answers, now and then.
fn tell_silence(desk: &mut Desk, ask: &Ask) {
    if ask.tries >= 8 && ask.tries.is_power_of_two() {
        desk.tell(Notice::Silence { attempts: ask.tries });
    }
}

/// To REQUESTING: the first acceptable offer is taken; waiting for a better one costs every boot and finds none.
pub(super) fn request(desk: &mut Desk, offer: Offer, began: Duration, held: Option<Held>) -> State {
    desk.tell(Notice::Offered { address: offer.address, server: offer.server });
    let ask = Ask { transaction: offer.transaction, began, asked: desk.now, tries: 0, next: desk.now };
    request_again(desk, Requesting { ask, offer, held })
}

/// Stays in REQUESTING, or starts over when the server that offered does not answer any more.
pub(super) fn request_again(desk: &mut Desk, mut requesting: Requesting) -> State {
    // Planned first: the last try has had its time when there is no next one.
    let asked = requesting.ask.asked;
    if !requesting.ask.tried(desk.now, Pace::Answered, &mut desk.random) {
        requesting.ask.asked = asked;
        return match requesting.held {
            Some(held) => {
                desk.setbacks = desk.setbacks.saturating_add(1);
                reboot(desk, Known::Held(held), Pace::Steady)
            }
            None => start_over(desk, Some(requesting.offer.address)),
        };
    }
    desk.request(&requesting.ask, requesting.offer.address, Some(requesting.offer.server));
    State::Requesting(requesting)
}

/// To INIT and on: at once after the first failure, later and later after more.
pub(super) fn start_over(desk: &mut Desk, wanted: Option<Ipv4Addr>) -> State {
    desk.setbacks = desk.setbacks.saturating_add(1);
    let wait = timing::setback(desk.setbacks, &mut desk.random);
    if wait.is_zero() {
        return select(desk, Pace::Fresh, wanted);
    }
    State::Init { restart: desk.now.saturating_add(wait) }
}

/// To REBOOTING (RFC 2131 section 3.2): asks whether a lease still holds; a lease in use stays in use.
pub(super) fn reboot(desk: &mut Desk, known: Known, pace: Pace) -> State {
    let now = desk.now;
    let ask = Ask::new(now, &mut desk.random);
    let patience = known.held().is_none().then(|| now.saturating_add(PATIENCE));
    // Servers that offered in vain are not asked again at once.
    let others = OTHERS_AFTER + timing::setback(desk.setbacks, &mut desk.random);
    let others = Others::From(now.saturating_add(others));
    reboot_again(desk, Rebooting { ask, pace, known, others, offer: None, patience })
}

/// Stays in REBOOTING: asks once more.
pub(super) fn reboot_again(desk: &mut Desk, mut rebooting: Rebooting) -> State {
    rebooting.ask.tried(desk.now, rebooting.pace, &mut desk.random);
    desk.request(&rebooting.ask, rebooting.known.lease().address, None);
    tell_silence(desk, &rebooting.ask);
    if matches!(rebooting.others, Others::Asked(_)) {
        ask_others(desk, &mut rebooting);
    }
    State::Rebooting(rebooting)
}

/// Asks all servers beside the question about the lease.
pub(super) fn ask_others(desk: &mut Desk, rebooting: &mut Rebooting) {
    let transaction = match rebooting.others {
        Others::Asked(transaction) => transaction,
        Others::From(_) => desk.random.transaction(),
    };
    rebooting.others = Others::Asked(transaction);
    desk.discover(transaction, rebooting.ask.seconds(), Some(rebooting.known.lease().address));
}

/// Takes a grant: to BOUND, or to PROBING when the address is to be checked before its first use.
pub(super) fn take(desk: &mut Desk, lease: Rc<Lease>, station: Mac, before: Option<Held>) -> State {
    desk.used = desk.used.saturating_add(1);
    desk.setbacks = 0;
    desk.tell(Notice::Bound { address: lease.address, server: lease.server, duration: lease.duration });
    let (now, station) = (desk.now, Some(station));
    match before {
        // In use already, and perhaps on another wire than before: ask behind, as the optimistic mode does.
        Some(before) if before.lease.address == lease.address => {
            let guard = Guard::new(Conflict::Optimistic, now, &mut desk.random);
            return bind(desk, Held { lease, station, guard });
        }
        Some(before) => desk.deconfigure(before.lease.address),
        None => {}
    }
    let guard = Guard::new(desk.config.conflict, now, &mut desk.random);
    let held = Held { lease, station, guard };
    match desk.config.conflict {
        Conflict::Optimistic => bind(desk, held),
        Conflict::Full | Conflict::Short => probe(desk, held),
    }
}

/// Takes the grant of a renewal: the address was ours all the time.
pub(super) fn prolong(desk: &mut Desk, lease: Rc<Lease>, station: Mac, before: Held) -> State {
    desk.used = desk.used.saturating_add(1);
    desk.conflicts = 0;
    bind(desk, Held { lease, station: Some(station), guard: before.guard })
}

/// To BOUND.
fn bind(desk: &mut Desk, held: Held) -> State {
    desk.configure(&held.lease);
    hold(desk, held)
}

/// To BOUND with a lease that is configured: plans the renewal and lets the guard speak.
pub(super) fn hold(desk: &mut Desk, mut held: Held) -> State {
    guard(desk, &mut held);
    let renewal = held.lease.renews_at();
    let fuzz = desk.random.below(RENEWAL_FUZZ.min(held.lease.renewal / 16).max(Duration::from_nanos(1)));
    let renew = if renewal == Duration::MAX { renewal } else { renewal.saturating_sub(fuzz) };
    State::Bound { held, renew: renew.max(desk.now.saturating_add(Duration::from_millis(1))) }
}

/// To PROBING, or on in it.
pub(super) fn probe(desk: &mut Desk, mut held: Held) -> State {
    if guard(desk, &mut held) { bind(desk, held) } else { State::Probing(held) }
}

/// Takes the steps of the guard that are due; true when the address has just been found free.
pub(super) fn guard(desk: &mut Desk, held: &mut Held) -> bool {
    let (hardware, address) = (desk.config.hardware, held.lease.address);
    match held.guard.step(desk.now, &mut desk.random) {
        Step::Wait => false,
        Step::Probe => {
            desk.arp(&Packet::probe(hardware, address));
            false
        }
        Step::Claim => {
            desk.arp(&Packet::announcement(hardware, address));
            false
        }
        Step::Passed => {
            desk.arp(&Packet::announcement(hardware, address));
            true
        }
    }
}

/// To RENEWING, or on in it; from T2 on there is no RENEWING.
pub(super) fn renew(desk: &mut Desk, held: Held, ask: Option<Ask>) -> State {
    if held.lease.rebinds_at() <= desk.now {
        return rebind(desk, held, None);
    }
    let mut ask = ask.unwrap_or_else(|| Ask::new(desk.now, &mut desk.random));
    ask.tried_until(desk.now, held.lease.rebinds_at(), held.lease.duration);
    desk.renew(&ask, &held.lease);
    State::Renewing { held, ask }
}

/// To REBINDING, or on in it.
pub(super) fn rebind(desk: &mut Desk, held: Held, ask: Option<Ask>) -> State {
    let mut ask = ask.unwrap_or_else(|| {
        desk.tell(Notice::Rebinding { address: held.lease.address });
        Ask::new(desk.now, &mut desk.random)
    });
    ask.tried_until(desk.now, held.lease.expires, held.lease.duration);
    desk.rebind(&ask, &held.lease);
    State::Rebinding { held, ask }
}

/// The lease ended: to SELECTING, with the wish for the same address.
pub(super) fn expire(desk: &mut Desk, lease: &Lease) -> State {
    desk.deconfigure(lease.address);
    desk.tell(Notice::Expired { address: lease.address });
    select(desk, Pace::Steady, Some(lease.address))
}

/// A server refused our address: what was held is given up.
pub(super) fn refuse(desk: &mut Desk, known: Option<&Known>, notice: Notice) -> State {
    desk.used = desk.used.saturating_add(1);
    desk.tell(notice);
    drop_known(desk, known);
    start_over(desk, None)
}

/// Takes a lease of before off the interface and out of the file.
pub(super) fn drop_known(desk: &mut Desk, known: Option<&Known>) {
    if let Some(held) = known.and_then(Known::held) {
        desk.deconfigure(held.lease.address);
    }
    if known.is_some() {
        desk.forget();
    }
}

/// Another station has the address: tells the server, gives the address up, waits.
pub(super) fn decline(desk: &mut Desk, lease: &Lease, station: Mac, configured: bool) -> State {
    desk.tell(Notice::Conflict { address: lease.address, station });
    if configured {
        desk.deconfigure(lease.address);
    }
    desk.decline(lease);
    desk.forget();
    desk.conflicts = desk.conflicts.saturating_add(1);
    let wait = if desk.conflicts > MANY_CONFLICTS { AFTER_CONFLICTS } else { AFTER_CONFLICT };
    State::Init { restart: desk.now.saturating_add(wait) }
}

/// The user gives the address back.
pub(super) fn release(desk: &mut Desk, state: State) -> State {
    let (lease, station, granted, configured) = match state {
        State::Probing(held) => (Some(held.lease), held.station, true, false),
        state => match state.known() {
            // Granted once, if by an earlier process; without a carrier the message is lost, which costs nothing.
            Some(Known::Held(held)) => (Some(held.lease), held.station, true, true),
            Some(Known::Saved(lease)) => (Some(lease), None, false, false),
            None => (None, None, false, false),
        },
    };
    if let Some(lease) = lease {
        if granted {
            desk.release(&lease, station);
        }
        if configured {
            desk.deconfigure(lease.address);
        }
        desk.forget();
        desk.tell(Notice::Released { address: lease.address });
    }
    State::Released
}
