//! `ip rule`: which packets ask which table.

mod change;
pub(super) mod show;

use formats::netlink::{Family, Names};
use system::rules::{Range, Rule};

use super::words::{Trouble, Words};
use super::{Command, Io, Session};

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

pub(super) fn run(
    ip: &mut Session,
    io: &mut Io<'_>,
    words: &mut Words<'_>,
    command: Command,
) -> Result<(), Trouble> {
    match command {
        Command::Show => show::run(ip, io, words),
        Command::Flush => show::flush(ip, words),
        Command::Add | Command::Delete => change::run(ip, words, command),
        _ => Err(Trouble::word("rule", "can be shown, added, deleted and flushed")),
    }
}

/// Gives the family of rules: what the options or the addresses say, else IPv4.
fn family(told: Family) -> Family {
    if told == Family::INET6 { told } else { Family::INET }
}
