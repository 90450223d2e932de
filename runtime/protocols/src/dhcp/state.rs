//! The states, each with what is valid in it and nothing else.

use alloc::rc::Rc;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::file::lease::Lease;
use formats::wire::ethernet::Mac;

use super::Phase;
use super::conflict::Guard;
use super::timing::{Ask, Pace};

/// Where the client stands; the opening of `client.rs` tells the story.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// No carrier; what is known from before.
    NoCarrier(Option<Known>),
    /// Waits until it may look for servers again.
    Init { restart: Duration },
    /// Looks for servers.
    Selecting(Selecting),
    /// Asked for an offer.
    Requesting(Requesting),
    /// Asks whether what is known still holds.
    Rebooting(Rebooting),
    /// Has a lease and does not use it yet.
    Probing(Held),
    /// Uses a lease, until it is time to renew it.
    Bound { held: Held, renew: Duration },
    /// Asks the server of the lease.
    Renewing { held: Held, ask: Ask },
    /// Asks every server.
    Rebinding { held: Held, ask: Ask },
    /// Does without IPv4 until then.
    Ipv6Only { until: Duration },
    /// Stopped by the user.
    Released,
}

/// A lease that is granted.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) lease: Rc<Lease>,
    /// The station that the grant came from, when this process saw it.
    pub(super) station: Option<Mac>,
    pub(super) guard: Guard,
}

/// A lease of before.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// It is not configured.
    Saved(Rc<Lease>),
    /// It is configured.
    Held(Held),
}

impl Known {
    pub(super) const fn lease(&self) -> &Rc<Lease> {
        match self {
            Self::Saved(lease) | Self::Held(Held { lease, .. }) => lease,
        }
    }

    pub(super) const fn held(&self) -> Option<&Held> {
        match self {
            Self::Saved(_) => None,
            Self::Held(held) => Some(held),
        }
    }
}

/// Looks for servers.
#[derive(Clone, Debug)]
pub(super) struct Selecting {
    pub(super) ask: Ask,
    pub(super) pace: Pace,
    /// The address to ask for.
    pub(super) wanted: Option<Ipv4Addr>,
}

/// What a server offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) address: Ipv4Addr,
    pub(super) prefix: u8,
    pub(super) server: Ipv4Addr,
    /// The conversation in which it was offered.
    pub(super) transaction: u32,
}

/// Asked for an offer.
#[derive(Clone, Debug)]
pub(super) struct Requesting {
    pub(super) ask: Ask,
    pub(super) offer: Offer,
    /// A lease of before that stays in use until the new one is granted.
    pub(super) held: Option<Held>,
}

/// Asks whether a lease of before still holds, and beside it who else is there.
#[derive(Clone, Debug)]
pub(super) struct Rebooting {
    pub(super) ask: Ask,
    pub(super) pace: Pace,
    pub(super) known: Known,
    /// The conversation with all servers: when it begins, or its number.
    pub(super) others: Others,
    /// An offer from the network of the lease, and when it is taken if the lease is not confirmed before.
    pub(super) offer: Option<(Offer, Duration)>,
    /// When a lease that is not in use is used unconfirmed, or given up if it has ended.
    pub(super) patience: Option<Duration>,
}

/// The question to all servers, beside the one about the lease.
#[derive(Clone, Copy, Debug)]
pub(super) enum Others {
    /// Not asked before then.
    From(Duration),
    /// Asked under this number.
    Asked(u32),
}

impl State {
    /// Gives the next time at which something is due.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let times = match self {
            Self::NoCarrier(known) => [held_end(known.as_ref()), None, None, None],
            Self::Init { restart } => [Some(*restart), None, None, None],
            Self::Selecting(selecting) => [Some(selecting.ask.next), None, None, None],
            Self::Requesting(requesting) => {
                let end = requesting.held.as_ref().map(|held| held.lease.expires);
                [Some(requesting.ask.next), end, None, None]
            }
            Self::Rebooting(rebooting) => return rebooting.deadline(),
            Self::Probing(held) => [held.guard.next(), Some(held.lease.expires), None, None],
            Self::Bound { held, renew } => [held.guard.next(), Some(*renew), Some(held.lease.expires), None],
            Self::Renewing { held, ask } => {
                [held.guard.next(), Some(ask.next), Some(held.lease.rebinds_at()), Some(held.lease.expires)]
            }
            Self::Rebinding { held, ask } => {
                [held.guard.next(), Some(ask.next), Some(held.lease.expires), None]
            }
            Self::Ipv6Only { until } => [Some(*until), None, None, None],
            Self::Released => [None; 4],
        };
        earliest(times)
    }

    /// Gives what is on the interface.
    pub(super) fn held(&self) -> Option<&Held> {
        match self {
            Self::NoCarrier(known) => known.as_ref().and_then(Known::held),
            Self::Requesting(requesting) => requesting.held.as_ref(),
            Self::Rebooting(rebooting) => rebooting.known.held(),
            Self::Bound { held, .. } | Self::Renewing { held, .. } | Self::Rebinding { held, .. } => {
                Some(held)
            }
            Self::Init { .. }
            | Self::Selecting(_)
            | Self::Probing(_)
            | Self::Ipv6Only { .. }
            | Self::Released => None,
        }
    }

    /// Gives what outlives the carrier.
    pub(super) fn known(self) -> Option<Known> {
        match self {
            Self::NoCarrier(known) => known,
            Self::Requesting(requesting) => requesting.held.map(Known::Held),
            Self::Rebooting(rebooting) => Some(rebooting.known),
            Self::Probing(held) => Some(Known::Saved(held.lease)),
            Self::Bound { held, .. } | Self::Renewing { held, .. } | Self::Rebinding { held, .. } => {
                Some(Known::Held(held))
            }
            Self::Init { .. } | Self::Selecting(_) | Self::Ipv6Only { .. } | Self::Released => None,
        }
    }

    pub(super) const fn phase(&self) -> Phase {
        match self {
            Self::NoCarrier(_) => Phase::NoCarrier,
            Self::Init { .. } => Phase::Init,
            Self::Selecting(_) => Phase::Selecting,
            Self::Requesting(_) => Phase::Requesting,
            Self::Rebooting(_) => Phase::Rebooting,
            Self::Probing(_) => Phase::Probing,
            Self::Bound { .. } => Phase::Bound,
            Self::Renewing { .. } => Phase::Renewing,
            Self::Rebinding { .. } => Phase::Rebinding,
            Self::Ipv6Only { .. } => Phase::Ipv6Only,
            Self::Released => Phase::Released,
        }
    }
}

impl Rebooting {
    fn deadline(&self) -> Option<Duration> {
        let others = match self.others {
            Others::From(time) => Some(time),
            Others::Asked(_) => None,
        };
        let offer = self.offer.map(|(_, time)| time);
        let first = earliest([Some(self.ask.next), others, offer, self.patience]);
        earliest([first, held_end(Some(&self.known)), None, None])
    }
}

fn held_end(known: Option<&Known>) -> Option<Duration> {
    known.and_then(Known::held).map(|held| held.lease.expires)
}

/// Gives the earliest time; what is never due is none.
fn earliest(times: [Option<Duration>; 4]) -> Option<Duration> {
    times.into_iter().flatten().min().filter(|time| *time < Duration::MAX)
}
