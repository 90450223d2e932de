//! What is known about the client of an interface, as an entry of a lease file: for its successor after a fault, and for
//! `dhcp --status`.
//!
//! Counters are numbers of the entry: `sent`, `used`, `checked` (1 when nobody else has the address), `former-mtu`,
//! `phase.NAME` (since when, milliseconds of CLOCK_BOOTTIME) and `drop.REASON`, with `-` for the spaces of the reason.

use alloc::rc::Rc;
use alloc::string::ToString;

use formats::file::lease::{Entry, Numbers};
use protocols::dhcp::{Drop, Drops, Lease, Status};

const SENT: &str = "sent";
const USED: &str = "used";
const CHECKED: &str = "checked";
const FORMER_MTU: &str = "former-mtu";
const PHASE: &str = "phase.";
const DROP: &str = "drop.";

/// Makes the entry of an interface.
pub fn entry(interface: &str, status: &Status<'_>, former_mtu: Option<u32>) -> Entry {
    let mut numbers = Numbers::default();
    let since_ms = status.since.as_millis();
    numbers.push(PHASE, status.phase.name(), since_ms);
    numbers.push(SENT, "", status.sent.into());
    numbers.push(USED, "", status.used.into());
    numbers.push(CHECKED, "", status.checked.into());
    if let Some(mtu) = former_mtu {
        numbers.push(FORMER_MTU, "", mtu.into());
    }
    for (reason, count) in status.drops.iter() {
        numbers.push(DROP, reason.name(), count.into());
    }
    Entry { interface: interface.to_string(), lease: status.lease.cloned(), numbers }
}

/// What an entry says, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Where the client stands; empty when the entry does not say.
    pub phase: &'a str,
    /// Since when it stands there, in milliseconds of CLOCK_BOOTTIME.
    pub since_ms: u64,
    /// DHCP messages sent.
    pub sent: u64,
    /// DHCP replies used.
    pub used: u64,
    /// Whether the address was asked for by ARP, and nobody else has it.
    pub checked: bool,
    /// The largest packet of the interface before a lease changed it.
    pub former_mtu: Option<u32>,
    /// The lease that is configured.
    pub lease: Option<&'a Rc<Lease>>,
    /// What was dropped, by reason.
    pub drops: Drops,
}

impl<'a> Known<'a> {
    /// Reads an entry; a number that nobody knows is left out.
    pub fn of(entry: &'a Entry) -> Self {
        let mut known = Self {
            phase: "",
            since_ms: 0,
            sent: 0,
            used: 0,
            checked: false,
            former_mtu: None,
            lease: entry.lease.as_ref(),
            drops: Drops::default(),
        };
        for (name, value) in entry.numbers.iter() {
            if let Some(phase) = name.strip_prefix(PHASE) {
                (known.phase, known.since_ms) = (phase, value);
            } else if let Some(reason) = name.strip_prefix(DROP) {
                if let Some(reason) = Drop::ALL.iter().find(|known| is_name(**known, reason)) {
                    known.drops.add(*reason, u32::try_from(value).unwrap_or(u32::MAX));
                }
            } else {
                match name {
                    SENT => known.sent = value,
                    USED => known.used = value,
                    CHECKED => known.checked = value != 0,
                    FORMER_MTU => known.former_mtu = u32::try_from(value).ok(),
                    _ => {}
                }
            }
        }
        known
    }
}

/// Says whether a text is a reason's name with hyphens for its spaces.
fn is_name(reason: Drop, text: &str) -> bool {
    let hyphenated = reason.name().bytes().map(|byte| if byte == b' ' { b'-' } else { byte });
    hyphenated.eq(text.bytes())
}

#[cfg(test)]
mod tests {
    use formats::time::Duration;

    use protocols::dhcp::Phase;

    use super::super::tests::lease;
    use super::*;

    #[test]
    fn what_is_written_is_known_again() {
        let (lease, mut drops) = (Rc::new(lease()), Drops::default());
        for (count, reason) in (1..).zip(Drop::ALL) {
            drops.add(*reason, count);
        }
        let since = Duration::from_millis(1234);
        let status = Status {
            phase: Phase::Bound,
            lease: Some(&lease),
            checked: true,
            since,
            sent: 2,
            used: 3,
            drops: &drops,
        };
        let mut entry = entry("eth0", &status, Some(1500));
        entry.numbers.push("", "colour", 7);
        entry.numbers.push("drop.", "of-a-newer-kind", 7);
        let expected = Known {
            phase: "bound",
            since_ms: 1234,
            sent: 2,
            used: 3,
            checked: true,
            former_mtu: Some(1500),
            lease: Some(&lease),
            drops: drops.clone(),
        };
        assert_eq!(Known::of(&entry), expected);
    }
}
