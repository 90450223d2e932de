//! What a user may see of a client.

use alloc::rc::Rc;
use formats::time::Duration;

use formats::file::lease::Lease;

use super::drops::Drops;

/// Where a client stands, by the names of RFC 2131 figure 5, and what RFC 5227, RFC 8925 and the link add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// No carrier.
    NoCarrier,
    /// Waits before it asks again: after a conflict or a refusal.
    Init,
    /// Asks who offers an address.
    Selecting,
    /// Asked one server for its offer.
    Requesting,
    /// Asks whether a lease of before still holds.
    Rebooting,
    /// Has a lease, looks whether somebody else uses the address.
    Probing,
    /// Has a lease.
    Bound,
    /// Asks the server to prolong it.
    Renewing,
    /// Asks any server to prolong it.
    Rebinding,
    /// Does without IPv4 because the network asked for it.
    Ipv6Only,
    /// Gave the address back.
    Released,
}

impl Phase {
    /// Gives the name in the words of RFC 2131.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoCarrier => "no-carrier",
            Self::Init => "init",
            Self::Selecting => "selecting",
            Self::Requesting => "requesting",
            Self::Rebooting => "rebooting",
            Self::Probing => "probing",
            Self::Bound => "bound",
            Self::Renewing => "renewing",
            Self::Rebinding => "rebinding",
            Self::Ipv6Only => "ipv6-only",
            Self::Released => "released",
        }
    }
}

/// The client's state, lease and counters.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    /// Where it stands.
    pub phase: Phase,
    /// The lease that is configured on the interface now.
    pub lease: Option<&'a Rc<Lease>>,
    /// Whether its address was asked for by ARP, and nobody else has it.
    pub checked: bool,
    /// Since when it stands there.
    pub since: Duration,
    /// DHCP messages sent.
    pub sent: u32,
    /// DHCP replies used.
    pub used: u32,
    /// Replies, or parts of them, that were dropped.
    pub drops: &'a Drops,
}
