//! A lease as rtnetlink requests: what is said to the kernel so that an interface looks like it, or does no more.
//!
//! All requests of a change go in one datagram: the kernel takes them in order, and goes on when it refuses one. Routes name the leased address as their
//! source, so the kernel removes them together with it, whoever removes it.

use core::net::{IpAddr, Ipv4Addr};
use formats::time::Duration;

use formats::netlink::address::{self, Address, CacheInfo};
use formats::netlink::link::{Change, LinkFlags};
use formats::netlink::message::kind;
use formats::netlink::route::{Protocol, Route, Scope};
use formats::netlink::{Flags, Writer};
use protocols::dhcp::{self, Lease};
use protocols::netlink::Client;

/// The metric of the first interface's routes; each interface adds its index, so that of two default routes the one of
/// the older interface counts, and both are there.
const METRIC: u32 = 100;

/// Gives the metric of an interface's routes.
pub const fn metric(index: u32) -> u32 {
    METRIC.saturating_add(index)
}

/// Adds the request to switch an interface on.
pub(super) fn up(out: &mut Client, index: u32) {
    link(out, &Change { index, set: LinkFlags::UP, ..Change::default() });
}

/// Adds the request to set an interface's largest packet.
pub(super) fn mtu(out: &mut Client, index: u32, mtu: u32) {
    link(out, &Change { index, mtu: Some(mtu), ..Change::default() });
}

fn link(out: &mut Client, change: &Change<'_>) {
    request(out, kind::NEW_LINK, Flags::empty(), &|writer| change.emit(writer));
}

/// Adds the requests that add or refresh address and routes; said twice they change nothing.
///
/// `now` is the time on the clock of [`Lease::expires`].
pub(super) fn configure(out: &mut Client, index: u32, lease: &Lease, now: Duration) {
    let left = if lease.duration == Lease::FOREVER {
        address::FOREVER
    } else {
        let left = lease.expires.saturating_sub(now).as_millis();
        u32::try_from(left.div_ceil(1000)).unwrap_or(address::FOREVER).max(1)
    };
    let address = Address {
        broadcast: broadcast(lease).map(IpAddr::V4),
        route_priority: Some(metric(index)),
        lifetimes: Some(CacheInfo::lasting(left, left)),
        ..Address::new(index, IpAddr::V4(lease.address), lease.prefix)
    };
    request(out, kind::NEW_ADDRESS, Flags::CREATE | Flags::REPLACE, &|writer| address.emit(writer));
    for entry in &lease.routes {
        let route = route(index, lease.address, entry);
        request(out, kind::NEW_ROUTE, Flags::CREATE | Flags::REPLACE, &|writer| route.emit(writer));
    }
}

/// Adds the requests that remove routes which a newer lease of the same address no longer has.
pub(super) fn remove_routes(out: &mut Client, index: u32, former: &Lease, lease: &Lease) {
    let same = |a: &dhcp::Route, b: &dhcp::Route| a.destination == b.destination && a.prefix == b.prefix;
    for entry in &former.routes {
        if !lease.routes.iter().any(|kept| same(kept, entry)) {
            let route = route(index, former.address, entry);
            request(out, kind::DELETE_ROUTE, Flags::empty(), &|writer| route.emit(writer));
        }
    }
}

/// Adds the request that removes the address, and with it what depends on it.
pub(super) fn deconfigure(out: &mut Client, index: u32, address: Ipv4Addr, prefix: u8) {
    let address = Address::new(index, IpAddr::V4(address), prefix);
    request(out, kind::DELETE_ADDRESS, Flags::empty(), &|writer| address.emit(writer));
}

fn route(index: u32, source: Ipv4Addr, entry: &dhcp::Route) -> Route {
    Route {
        protocol: Protocol::DHCP,
        scope: if entry.gateway.is_some() { Scope::GLOBAL } else { Scope::LINK },
        gateway: entry.gateway.map(IpAddr::V4),
        output: Some(index),
        priority: Some(metric(index)),
        preferred_source: Some(IpAddr::V4(source)),
        ..Route::new(IpAddr::V4(entry.destination), entry.prefix)
    }
}

/// Gives the server's broadcast address, else the last one of the network; networks of one or two addresses have none.
fn broadcast(lease: &Lease) -> Option<Ipv4Addr> {
    let host_bits = u32::MAX.checked_shr(lease.prefix.into()).unwrap_or(0);
    let last = Ipv4Addr::from_bits(lease.address.to_bits() | host_bits);
    lease.broadcast.or((lease.prefix < 31).then_some(last))
}

fn request(out: &mut Client, kind: u16, flags: Flags, body: &dyn Fn(&mut Writer<'_>)) {
    // Only an attribute of 64 KiB fails, and none here grows with its input.
    let _ = out.request(kind, flags, body);
}

#[cfg(test)]
mod tests {
    use formats::netlink::Messages;

    use super::super::tests::lease;
    use super::*;

    fn messages(out: &mut Client) -> Vec<(u16, &[u8])> {
        Messages::new(out.start())
            .map(Result::unwrap)
            .map(|message| (message.header.kind, message.payload))
            .collect()
    }

    #[test]
    fn a_lease_becomes_an_address_and_its_routes_in_order() {
        let mut out = Client::default();
        let lease = lease();
        configure(&mut out, 7, &lease, lease.expires - Duration::from_millis(59_001));
        let messages = messages(&mut out);
        assert_eq!(messages.len(), 1 + lease.routes.len());
        let address = Address::parse(messages[0].1).unwrap();
        assert_eq!(address.local, IpAddr::V4(lease.address));
        assert_eq!((address.prefix, address.index, address.route_priority), (24, 7, Some(107)));
        assert_eq!(address.broadcast, Some("10.0.2.255".parse().unwrap()));
        assert_eq!(address.lifetimes.map(|times| (times.preferred_s, times.valid_s)), Some((60, 60)));
        let default = Route::parse(messages[1].1).unwrap();
        assert!(default.is_default());
        assert_eq!(default.gateway, Some("10.0.2.2".parse().unwrap()));
        assert_eq!((default.output, default.priority), (Some(7), Some(107)));
        assert_eq!(default.preferred_source, Some(IpAddr::V4(lease.address)));
        assert_eq!(default.protocol, Protocol::DHCP);
    }

    #[test]
    fn a_lease_for_ever_has_no_end_and_a_host_prefix_no_broadcast() {
        let mut out = Client::default();
        let lease = Lease { duration: Lease::FOREVER, prefix: 32, routes: Vec::new(), ..lease() };
        configure(&mut out, 7, &lease, Duration::ZERO);
        let address = Address::parse(messages(&mut out)[0].1).unwrap();
        assert_eq!(address.lifetimes.map(|times| times.valid_s), Some(u32::MAX));
        assert_eq!(address.broadcast, None);
    }

    #[test]
    fn only_routes_that_are_gone_are_removed() {
        let other = dhcp::Route {
            destination: Ipv4Addr::new(192, 168, 7, 0),
            prefix: 24,
            gateway: Some(Ipv4Addr::new(10, 0, 2, 9)),
        };
        let former = Lease { routes: vec![lease().routes[0], other], ..lease() };
        let mut out = Client::default();
        remove_routes(&mut out, 7, &former, &lease());
        let messages = messages(&mut out);
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].0, kind::DELETE_ROUTE);
        assert_eq!(Route::parse(messages[0].1).unwrap().prefix, 24);
    }
}
