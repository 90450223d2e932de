//! How a route is added and removed.

use core::net::IpAddr;

use formats::netlink::Family;
use formats::netlink::route::Metric;
use system::links::{self, Extent};
use system::netlink::Socket;
use system::routes::{self, Route, RouteKind, Scope, Table};

use super::super::{classic, names};
use crate::{Failure, Io};

/// The metric of IPv6 routes that these commands add.
const METRIC_V6: u32 = 1;

/// How the target is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// By what it looks like.
    Any,
    Host,
    Network,
}

pub(super) fn run(
    io: &mut Io<'_>,
    socket: &mut Socket,
    family: Family,
    adds: bool,
    words: &[&[u8]],
) -> Result<(), Failure> {
    let mut words = words.iter().copied();
    let mut word = words.next();
    let kind = match word {
        Some(b"-net") => Target::Network,
        Some(b"-host") => Target::Host,
        _ => Target::Any,
    };
    if kind != Target::Any {
        word = words.next();
    }
    let target = word.ok_or_else(|| io.misuse(b"", "the target is missing"))?;
    let (address, mut bits) = self::target(io, family, target)?;
    let mut route = if adds { Route::new(address, 0) } else { Route::empty(family) };
    (route.table, route.destination) = (Table::MAIN, Some(address));
    while let Some(word) = words.next() {
        match word {
            b"reject" => route.kind = RouteKind::UNREACHABLE,
            // Words that the kernel has no use for.
            b"mod" | b"dyn" | b"reinstate" => {}
            b"netmask" | b"gw" | b"gateway" | b"metric" | b"mss" | b"mtu" | b"window" | b"irtt" | b"dev"
            | b"device" => {
                let value = words.next().ok_or_else(|| io.misuse(word, "a value must follow"))?;
                set(io, socket, &mut route, &mut bits, word, value)?;
            }
            _ if route.output.is_none() => set(io, socket, &mut route, &mut bits, b"dev", word)?,
            _ => return Err(io.misuse(word, "no such setting of a route").into()),
        }
    }
    route.prefix = match (bits, kind, address) {
        (Some(bits), _, _) => bits,
        (None, Target::Network, IpAddr::V4(address)) => classic::class(address),
        (None, _, _) if target == b"default" => 0,
        (None, _, _) => family.bits(),
    };
    let is_v4 = family == Family::INET;
    if !adds {
        route.scope = if is_v4 { Scope::NOWHERE } else { Scope::GLOBAL };
        return Ok(routes::delete(socket, &route)?);
    }
    if is_v4 && route.gateway.is_none() && route.kind == RouteKind::UNICAST {
        route.scope = Scope::LINK;
    }
    if route.kind == RouteKind::UNREACHABLE {
        route.output = None;
    }
    if !is_v4 {
        route.priority.get_or_insert(METRIC_V6);
    }
    Ok(routes::add(socket, &route)?)
}

/// Finds the address that a target means, and the bits that stand behind it.
fn target(io: &mut Io<'_>, family: Family, word: &[u8]) -> Result<(IpAddr, Option<u8>), Failure> {
    let is_v6 = family == Family::INET6;
    match classic::read_address(word) {
        Some(_) if word == b"default" => Ok((family.zero().unwrap_or([0; 4].into()), None)),
        Some((address, bits)) if address.is_ipv6() == is_v6 => Ok((address, bits)),
        Some(_) => Err(io.misuse(word, "an address of the other family").into()),
        None => names::find(io, word, Some(is_v6)).map(|found| (found.ip(), None)),
    }
}

/// Takes a setting with its value.
fn set(
    io: &mut Io<'_>,
    socket: &mut Socket,
    route: &mut Route,
    bits: &mut Option<u8>,
    word: &[u8],
    value: &[u8],
) -> Result<(), Failure> {
    match word {
        b"dev" | b"device" => {
            let link = links::find(socket, classic::text(io, value)?, Extent::SKIP_STATISTICS)?;
            route.output = Some(link.index);
            return Ok(());
        }
        b"gw" | b"gateway" => {
            route.gateway = Some(names::find(io, value, Some(route.family == Family::INET6))?.ip());
            return Ok(());
        }
        b"netmask" => match classic::read_mask(value) {
            Some(mask) => {
                *bits = Some(mask);
                return Ok(());
            }
            None => return Err(io.misuse(value, "not a network mask").into()),
        },
        _ => {}
    }
    let number = classic::number(value).ok_or_else(|| io.misuse(value, "not a number"))?;
    match word {
        b"metric" => route.priority = Some(number),
        b"window" => route.metrics.push((Metric::WINDOW.kind(), number)),
        b"irtt" => route.metrics.push((Metric::ROUND_TRIP.kind(), number.saturating_mul(8))),
        // The largest packet, of which its headers are a part.
        _ => route.metrics.push((Metric::ANNOUNCED_SEGMENT.kind(), number.saturating_sub(40))),
    }
    Ok(())
}
