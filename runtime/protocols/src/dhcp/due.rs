//! What the passing of time does in each state.

use super::Notice;
use super::conflict::Guard;
use super::desk::Desk;
use super::moves;
use super::state::{Held, Known, Others, Rebooting, Requesting, State};
use super::timing::Pace;

/// Does what is due now; called when the time of [`State::deadline`] has come.
pub(super) fn on_time(desk: &mut Desk, state: State) -> State {
    let now = desk.now;
    match state {
        State::NoCarrier(Some(Known::Held(held))) if held.lease.expires <= now => {
            desk.deconfigure(held.lease.address);
            desk.tell(Notice::Expired { address: held.lease.address });
            State::NoCarrier(Some(Known::Saved(held.lease)))
        }
        State::Init { restart } if restart <= now => moves::select(desk, Pace::Steady, None),
        State::Selecting(selecting) => moves::select_again(desk, selecting),
        State::Requesting(requesting) => requesting_due(desk, requesting),
        State::Rebooting(rebooting) => rebooting_due(desk, rebooting),
        State::Probing(held) if held.lease.expires <= now => {
            moves::select(desk, Pace::Steady, Some(held.lease.address))
        }
        State::Probing(held) => moves::probe(desk, held),
        State::Bound { held, .. } | State::Renewing { held, .. } | State::Rebinding { held, .. }
            if held.lease.expires <= now =>
        {
            moves::expire(desk, &held.lease)
        }
        State::Bound { held, .. } | State::Renewing { held, .. } if held.lease.rebinds_at() <= now => {
            moves::rebind(desk, held, None)
        }
        State::Bound { held, renew } if renew <= now => moves::renew(desk, held, None),
        State::Renewing { held, ask } if ask.next <= now => moves::renew(desk, held, Some(ask)),
        State::Rebinding { held, ask } if ask.next <= now => moves::rebind(desk, held, Some(ask)),
        State::Bound { mut held, renew } => {
            moves::guard(desk, &mut held);
            State::Bound { held, renew }
        }
        State::Renewing { mut held, ask } => {
            moves::guard(desk, &mut held);
            State::Renewing { held, ask }
        }
        State::Rebinding { mut held, ask } => {
            moves::guard(desk, &mut held);
            State::Rebinding { held, ask }
        }
        State::Ipv6Only { until } if until <= now => moves::select(desk, Pace::Steady, None),
        state @ (State::NoCarrier(_) | State::Init { .. } | State::Ipv6Only { .. } | State::Released) => {
            state
        }
    }
}

fn requesting_due(desk: &mut Desk, mut requesting: Requesting) -> State {
    if let Some(held) = requesting.held.take_if(|held| held.lease.expires <= desk.now) {
        desk.deconfigure(held.lease.address);
        desk.tell(Notice::Expired { address: held.lease.address });
    }
    if requesting.ask.next <= desk.now {
        moves::request_again(desk, requesting)
    } else {
        State::Requesting(requesting)
    }
}

fn rebooting_due(desk: &mut Desk, mut rebooting: Rebooting) -> State {
    let now = desk.now;
    if let Some(held) = rebooting.known.held().filter(|held| held.lease.expires <= now) {
        return moves::expire(desk, &held.lease);
    }
    if let Some((offer, time)) = rebooting.offer
        && time <= now
    {
        let began = rebooting.ask.began;
        return match rebooting.known {
            Known::Held(held) => moves::request(desk, offer, began, Some(held)),
            Known::Saved(_) => moves::request(desk, offer, began, None),
        };
    }
    if rebooting.patience.take_if(|time| *time <= now).is_some() {
        if rebooting.known.lease().expires <= now {
            desk.forget();
            return moves::select(desk, rebooting.pace, Some(rebooting.known.lease().address));
        }
        rebooting.known = use_unconfirmed(desk, rebooting.known);
    }
    if let Others::From(time) = rebooting.others
        && time <= now
    {
        moves::ask_others(desk, &mut rebooting);
    }
    if rebooting.ask.next <= now {
        return moves::reboot_again(desk, rebooting);
    }
    State::Rebooting(rebooting)
}

/// Uses a saved lease that nobody confirmed for the time that it has left (RFC 2131 section 3.2, point 5): better than no
/// network until the server is back.
fn use_unconfirmed(desk: &mut Desk, known: Known) -> Known {
    match known {
        Known::Saved(lease) => {
            desk.tell(Notice::Unconfirmed { address: lease.address });
            desk.configure(&lease);
            Known::Held(Held { lease, station: None, guard: Guard::watching() })
        }
        Known::Held(held) => Known::Held(held),
    }
}
