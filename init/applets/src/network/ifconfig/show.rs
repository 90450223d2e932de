//! How interfaces are shown.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::link::{Counter, HardwareKind, Statistics};
use formats::netlink::{Family, Names};
use query::{Rows, Value};
use system::addresses::{self, Address, Scope};
use system::links::{self, Extent, Link, LinkFlags};
use system::netlink::Socket;

use super::super::classic;
use crate::{Failure, Io, JSON, Output, Parsed};

/// Names of flags, in the order in which they are shown.
const FLAGS: &Names = &formats::names! {
    LinkFlags::UP.bits() => "UP",
    LinkFlags::BROADCAST.bits() => "BROADCAST",
    LinkFlags::DEBUG.bits() => "DEBUG",
    LinkFlags::LOOPBACK.bits() => "LOOPBACK",
    LinkFlags::POINT_TO_POINT.bits() => "POINTOPOINT",
    LinkFlags::NO_TRAILERS.bits() => "NOTRAILERS",
    LinkFlags::RUNNING.bits() => "RUNNING",
    LinkFlags::NO_ARP.bits() => "NOARP",
    LinkFlags::PROMISCUOUS.bits() => "PROMISC",
    LinkFlags::ALL_MULTICAST.bits() => "ALLMULTI",
    LinkFlags::SLAVE.bits() => "SLAVE",
    LinkFlags::MASTER.bits() => "MASTER",
    LinkFlags::MULTICAST.bits() => "MULTICAST",
    LinkFlags::DYNAMIC.bits() => "DYNAMIC",
};

/// What the kinds of hardware are called, underlines for blanks.
const KINDS: &Names = &formats::names! {
    HardwareKind::ETHERNET.0 as u32 => "Ethernet",
    HardwareKind::INFINIBAND.0 as u32 => "InfiniBand",
    HardwareKind::PPP.0 as u32 => "Point-to-Point_Protocol",
    HardwareKind::LOOPBACK.0 as u32 => "Local_Loopback",
    HardwareKind::IP_TUNNEL.0 as u32 => "IPIP_Tunnel",
    HardwareKind::SIT.0 as u32 => "IPv6-in-IPv4",
    HardwareKind::GRE.0 as u32 => "GRE_tunnel",
};

const SCOPES: &Names = &formats::names! {
    Scope::GLOBAL.0 as u32 => "Global",
    Scope::SITE.0 as u32 => "Site",
    Scope::LINK.0 as u32 => "Link",
    Scope::HOST.0 as u32 => "Host",
};

/// Shows one interface, or all that are up, or with `-a` all.
pub(super) fn run(
    io: &mut Io<'_>,
    socket: &mut Socket,
    parsed: &Parsed<'_>,
    name: Option<&&[u8]>,
) -> Result<(), Failure> {
    let mut shown = match name {
        Some(name) => {
            let base = name.split(|byte| *byte == b':').next().unwrap_or_default();
            Vec::from([links::find(socket, classic::text(io, base)?, Extent::empty())?])
        }
        None => links::dump_with(socket, Extent::SKIP_STATISTICS)?,
    };
    shown.retain(|link| name.is_some() || parsed.has(b'a') || link.flags.contains(LinkFlags::UP));
    query::sort::sort_by(&mut shown, |one, other| key(&one.name).cmp(&key(&other.name)));
    let all = addresses::dump(socket, Family::UNSPECIFIED, 0)?;
    let mut rows = Rows::named(
        "name encapsulation mac flags mtu txqueuelen addresses rx_packets rx_bytes rx_errors rx_dropped \
         tx_packets tx_bytes tx_errors tx_dropped collisions",
    );
    for link in &shown {
        let own: Vec<&Address> = all.iter().filter(|address| address.index == link.index).collect();
        if parsed.has(JSON) {
            rows.push(row(link, &own));
            continue;
        }
        let mut labels: Vec<&str> = Vec::from([link.name.as_str()]);
        for label in own.iter().filter_map(|address| address.label.as_deref()) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels.retain(|label| name.is_none_or(|name| name == &label.as_bytes()));
        for label in labels {
            block(&mut io.out, link, label, &own);
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(())
}

/// Has names in the order of the numbers at their end.
fn key(name: &str) -> (&str, u64) {
    let base = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (base, name.get(base.len()..).and_then(|digits| digits.parse().ok()).unwrap_or(0))
}

fn row(link: &Link, own: &[&Address]) -> Vec<Value> {
    let list = |texts: &mut dyn Iterator<Item = String>| {
        Value::List(texts.map(|text| Value::text(text.as_bytes())).collect())
    };
    let counters = link.statistics.unwrap_or_default();
    let mut row = Vec::from([
        Value::text(link.name.as_bytes()),
        Value::text(kind(link).as_bytes()),
        Value::text(link.address.to_string().as_bytes()),
        list(&mut flags(link.flags).map(String::from)),
        Value::Number(link.mtu.into()),
        link.queue_length.map_or(Value::Unknown, |length| Value::Number(length.into())),
        list(&mut own.iter().map(|address| alloc::format!("{}/{}", Shown(address.local), address.prefix))),
    ]);
    row.extend(
        [
            Counter::ReceivedPackets,
            Counter::ReceivedBytes,
            Counter::ReceiveErrors,
            Counter::ReceiveDropped,
            Counter::SentPackets,
            Counter::SentBytes,
            Counter::SendErrors,
            Counter::SendDropped,
            Counter::Collisions,
        ]
        .map(|counter| Value::Number(counters.get(counter))),
    );
    row
}

fn kind(link: &Link) -> String {
    KINDS.of(link.hardware.0.into()).unwrap_or("UNSPEC").replace('_', " ")
}

fn flags(flags: LinkFlags) -> impl Iterator<Item = &'static str> {
    FLAGS.iter().filter(move |(bit, _)| flags.bits() & bit != 0).map(|(_, name)| name)
}

/// Shows a link under one of its names; those of more addresses have no counters.
fn block(out: &mut Output<'_>, link: &Link, label: &str, own: &[&Address]) {
    let _ = write!(out, "{label:<9} Link encap:{}  ", kind(link));
    if !link.address.as_bytes().is_empty() && link.hardware != HardwareKind::LOOPBACK {
        let _ = write!(out, "HWaddr {}  ", link.address.to_string().to_ascii_uppercase());
    }
    out.put(b"\n");
    let is_named = |address: &&&Address| address.label.as_deref() == Some(label);
    if let Some((address, IpAddr::V4(_))) = own.iter().find(is_named).map(|address| (address, address.local))
    {
        let _ = write!(out, "          inet addr:{}  ", Shown(address.local));
        for (title, other) in [("P-t-P", address.peer), ("Bcast", address.broadcast)] {
            if let Some(other) = other {
                let _ = write!(out, "{title}:{}  ", Shown(other));
            }
        }
        let _ = writeln!(out, "Mask:{}", classic::mask(address.prefix));
    }
    let is_first = link.name == label;
    for address in own.iter().filter(|address| is_first && address.local.is_ipv6()) {
        let scope = SCOPES.of(address.scope.0.into()).unwrap_or("Unknown");
        let (local, prefix) = (Shown(address.local), address.prefix);
        let _ = writeln!(out, "          inet6 addr: {local}/{prefix} Scope:{scope}");
    }
    out.put(b"         ");
    let mut has_any = false;
    for name in flags(link.flags) {
        let _ = write!(out, " {name}");
        has_any = true;
    }
    let none = if has_any { "" } else { "[NO FLAGS]" };
    let _ = writeln!(out, "{none}  MTU:{}  Metric:1", link.mtu);
    if let Some(counters) = link.statistics.filter(|_| is_first) {
        self::counters(out, &counters, link.queue_length.unwrap_or(0));
    }
    out.put(b"\n");
}

/// Shows counters, those of rare errors added up as `/proc/net/dev` does.
fn counters(out: &mut Output<'_>, counters: &Statistics, queue_length: u32) {
    let sum = |several: &[Counter]| several.iter().map(|counter| counters.get(*counter)).sum::<u64>();
    let _ = writeln!(
        out,
        "          RX packets:{} errors:{} dropped:{} overruns:{} frame:{}",
        counters.get(Counter::ReceivedPackets),
        counters.get(Counter::ReceiveErrors),
        sum(&[Counter::ReceiveDropped, Counter::MissedErrors]),
        counters.get(Counter::ReceiveQueueErrors),
        sum(&[Counter::LengthErrors, Counter::OverrunErrors, Counter::ChecksumErrors, Counter::FrameErrors]),
    );
    let _ = writeln!(
        out,
        "          TX packets:{} errors:{} dropped:{} overruns:{} carrier:{}",
        counters.get(Counter::SentPackets),
        counters.get(Counter::SendErrors),
        counters.get(Counter::SendDropped),
        counters.get(Counter::UnderrunErrors),
        sum(&[
            Counter::CarrierErrors,
            Counter::AbortedErrors,
            Counter::WindowErrors,
            Counter::HeartbeatErrors
        ]),
    );
    let collisions = counters.get(Counter::Collisions);
    let _ = writeln!(out, "          collisions:{collisions} txqueuelen:{queue_length} ");
    out.put(b"          ");
    for (title, counter, end) in [("RX", Counter::ReceivedBytes, "  "), ("TX", Counter::SentBytes, "\n")] {
        let bytes = counters.get(counter);
        let power = bytes.checked_ilog2().map_or(0, |bits| bits / 10).min(4);
        let tenths = ((u128::from(bytes) * 10) >> (10 * power)) as u64;
        let unit = ["", "Ki", "Mi", "Gi", "Ti"].get(power as usize).copied().unwrap_or_default();
        let _ = write!(out, "{title} bytes:{bytes} ({}.{} {unit}B){end}", tenths / 10, tenths % 10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_their_numbers() {
        assert!(key("eth2") < key("eth10") && key("eth10") < key("lo") && key("br") < key("br0x"));
    }
}
