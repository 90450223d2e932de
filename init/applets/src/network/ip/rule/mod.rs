//! `ip rule`: which packets ask which table.

pub(super) mod change;
pub(super) mod show;

use formats::netlink::{Family, Names};
use system::rules::{Range, Rule};

/// Names of transport protocols.
const TRANSPORTS: &Names = &formats::names! {
    1 => "icmp",
    2 => "igmp",
    6 => "tcp",
    17 => "udp",
    47 => "gre",
    50 => "esp",
    51 => "ah",
    58 => "ipv6-icmp",
    132 => "sctp",
};

/// Gives the family of rules: what the options or the addresses say, else IPv4.
fn family(told: Family) -> Family {
    if told == Family::INET6 { told } else { Family::INET }
}
