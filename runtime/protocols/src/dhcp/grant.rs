//! A lease out of an offer or a grant: what must be there and right, what is left out when it is wrong.
//!
//! The whole message is refused when the address, its network, the server or the time cannot be. Anything else that cannot be
//! is left out and counted: a host with an address and no time server is better off than one without either.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::Error;
use formats::file::lease::{Lease, Route};
use formats::wire::dhcp4::{self, Code, Options};

use super::drops::{Drop, Drops};
use super::reply::{Reply, may_be_host};
use super::{Config, RoutePolicy};

/// The shortest lease that is believed. A shorter one makes a client that asks all the time (58 requests in a run of one
/// second leases); with this floor it asks each five seconds, as for a lease of ten.
const SHORTEST_LEASE_MS: u64 = 10_000;

/// The shortest time to renewal.
const SHORTEST_RENEWAL_MS: u64 = 5_000;

/// The smallest MTU that is taken. RFC 2132 section 5.1 allows 68, with which a DHCP message does not fit any more; every host
/// must take packets of 576 (RFC 791), and real links are not below.
const SMALLEST_MTU: u16 = 576;

/// The widest network that is believed to be one link: class A. With less, a server would draw half of the world to itself.
const WIDEST_PREFIX: u8 = 8;

/// Makes the lease.
///
/// `prefix` is the network's when the server named it before: in its offer, or in the lease that it prolongs.
pub(super) fn lease(
    reply: &Reply<'_>,
    prefix: Option<u8>,
    asked: Duration,
    config: &Config,
    drops: &mut Drops,
) -> Result<Rc<Lease>, Drop> {
    let server = reply.server()?;
    let address = reply.header.yours;
    let options = &reply.options;
    if !may_be_host(address) || address == server || address == reply.source {
        return Err(Drop::BadAddress);
    }
    let prefix = network(options, address, prefix, drops)?;
    let mut lease = Lease::bare(address, prefix, server);
    set_times(&mut lease, options, asked, drops)?;
    let mut reader = Reader { lease, options, drops };
    reader.set_hosts();
    reader.set_names();
    reader.set_link();
    reader.set_routes(config.routes);
    #[cfg(feature = "messages")]
    reader.lease.message.extend_from_slice(reply.message);
    Ok(Rc::new(reader.lease))
}

/// Finds the network of an address. A mask that is none is no network at all: anything made of it would be a guess. A server
/// that sends no mask means, as hosts have always read it (RFC 1122 section 3.3.1.1, RFC 950), the address's class.
fn network(
    options: &Options<'_>,
    address: Ipv4Addr,
    known: Option<u8>,
    drops: &mut Drops,
) -> Result<u8, Drop> {
    let prefix = match options.get(Code::SUBNET_MASK) {
        Some(mask) => dhcp4::mask_prefix(mask).map_err(|_| Drop::BadMask)?,
        None => {
            drops.count(Drop::NoMask);
            known.unwrap_or_else(|| dhcp4::mask_prefix_by_class(address))
        }
    };
    if prefix < WIDEST_PREFIX {
        return Err(Drop::BadMask);
    }
    // The first and the last address of a network are not hosts', but where there are only two or one (RFC 3021).
    let host_bits = host_mask(prefix);
    let host = u32::from(address) & host_bits;
    if prefix <= 30 && (host == 0 || host == host_bits) { Err(Drop::BadAddress) } else { Ok(prefix) }
}

/// Gives the bits behind a prefix.
fn host_mask(prefix: u8) -> u32 {
    u32::MAX.checked_shr(prefix.into()).unwrap_or(0)
}

/// Sets duration, T1, T2 and the end. T1 and T2 must be in order (RFC 2131 section 4.4.5), else their defaults hold.
fn set_times(
    lease: &mut Lease,
    options: &Options<'_>,
    asked: Duration,
    drops: &mut Drops,
) -> Result<(), Drop> {
    let seconds = |code| options.get(code).and_then(|value| dhcp4::seconds(value).ok());
    let duration = seconds(Code::LEASE_TIME).ok_or(Drop::NoLeaseTime)?;
    if duration.is_zero() {
        return Err(Drop::ZeroLease);
    }
    if duration == Lease::FOREVER {
        (lease.duration, lease.renewal, lease.rebinding) = (duration, duration, duration);
        lease.expires = Duration::MAX;
        return Ok(());
    }
    // Milliseconds, so that eighths of a second are not lost.
    let sent_ms = |code| seconds(code).map_or(0, |time| time.as_secs() * 1000);
    let within = |time, end, else_ms| if (1..end).contains(&time) { time } else { else_ms };
    let mut end = duration.as_secs() * 1000;
    if end < SHORTEST_LEASE_MS {
        drops.count(Drop::ShortLease);
        end = SHORTEST_LEASE_MS;
    }
    let mut rebinding = within(sent_ms(Code::REBINDING_TIME), end, end * 7 / 8);
    let default_renewal = (end / 2).min(rebinding * 4 / 7);
    let mut renewal = within(sent_ms(Code::RENEWAL_TIME), rebinding, default_renewal);
    if renewal < SHORTEST_RENEWAL_MS {
        drops.count(Drop::ShortLease);
        renewal = SHORTEST_RENEWAL_MS;
    }
    if rebinding <= renewal {
        rebinding = renewal + (end - renewal) / 2;
    }
    (lease.duration, lease.renewal, lease.rebinding) =
        (Duration::from_millis(end), Duration::from_millis(renewal), Duration::from_millis(rebinding));
    lease.expires = asked.saturating_add(lease.duration);
    Ok(())
}

/// Takes the options that may be left out.
struct Reader<'a> {
    lease: Lease,
    options: &'a Options<'a>,
    drops: &'a mut Drops,
}

impl Reader<'_> {
    fn network_contains(&self, address: Ipv4Addr) -> bool {
        let apart = u32::from(address) ^ u32::from(self.lease.address);
        apart & !host_mask(self.lease.prefix) == 0
    }

    /// Reads a list of addresses and leaves out those that cannot be hosts.
    fn addresses(&mut self, code: Code, reason: Drop, may_be: fn(&Self, Ipv4Addr) -> bool) -> Vec<Ipv4Addr> {
        let Some(value) = self.options.get(code) else { return Vec::new() };
        let Ok(mut list) = dhcp4::addresses(value) else {
            self.drops.count(Drop::OptionLength);
            return Vec::new();
        };
        let all = list.len();
        list.retain(|address| may_be(self, *address));
        self.drops.add(reason, u32::try_from(all - list.len()).unwrap_or(u32::MAX));
        list
    }

    fn set_hosts(&mut self) {
        self.lease.routers = self.addresses(Code::ROUTERS, Drop::BadRouter, Self::may_be_router);
        self.lease.dns = self.addresses(Code::NAME_SERVERS, Drop::BadHost, |_, address| may_be_host(address));
        self.lease.ntp = self.addresses(Code::NTP_SERVERS, Drop::BadHost, |_, address| may_be_host(address));
    }

    /// Says whether packets can be sent to an address as a router: a host, not us, not the name of our network or of all in it.
    fn may_be_router(&self, address: Ipv4Addr) -> bool {
        let host_bits = host_mask(self.lease.prefix);
        let host = u32::from(address) & host_bits;
        let edge =
            self.lease.prefix <= 30 && (host == 0 || host == host_bits) && self.network_contains(address);
        may_be_host(address) && address != self.lease.address && !edge
    }

    fn name(&mut self, code: Code, read: fn(&[u8]) -> Result<String, Error>) -> Option<String> {
        let name = read(self.options.get(code)?);
        if name.is_err() {
            self.drops.count(Drop::BadName);
        }
        name.ok()
    }

    fn set_names(&mut self) {
        let registered = self.name(Code::CLIENT_FQDN, dhcp4::fully_qualified);
        self.lease.hostname = self.name(Code::HOST_NAME, dhcp4::name_text).or(registered);
        self.lease.domain = self.name(Code::DOMAIN_NAME, dhcp4::name_text);
        if let Some(value) = self.options.get(Code::DOMAIN_SEARCH) {
            let names = dhcp4::domain_names(value);
            self.drops.add(Drop::BadName, names.bad);
            self.lease.search = names.good;
        }
    }

    fn set_link(&mut self) {
        let mtu = self.options.get(Code::MTU).map(dhcp4::short);
        self.lease.mtu = match mtu {
            Some(Ok(mtu)) if mtu >= SMALLEST_MTU => Some(mtu),
            Some(Ok(_)) => self.left_out(Drop::BadMtu),
            Some(Err(_)) => self.left_out(Drop::OptionLength),
            None => None,
        };
        let broadcast = self.options.get(Code::BROADCAST).map(dhcp4::address);
        let last = Ipv4Addr::from(u32::from(self.lease.address) | host_mask(self.lease.prefix));
        self.lease.broadcast = match broadcast {
            // Any other would be an address that means something else.
            Some(Ok(address)) if address == last && self.lease.prefix <= 30 => Some(address),
            Some(Err(_)) => self.left_out(Drop::OptionLength),
            Some(Ok(_)) | None => None,
        };
        self.lease.vendor = self.options.get(Code::VENDOR).unwrap_or_default().to_vec();
    }

    fn left_out<T>(&mut self, reason: Drop) -> Option<T> {
        self.drops.count(reason);
        None
    }

    /// Sets the routes: option 121, else 249, else 33 and the first router. RFC 3442: where there are classless routes, routers
    /// and classful routes are not used; an option 121 without one good route is as none.
    fn set_routes(&mut self, policy: RoutePolicy) {
        let mut routes = self.classless(Code::CLASSLESS_ROUTES);
        if routes.is_empty() {
            routes = self.classless(Code::CLASSLESS_ROUTES_MICROSOFT);
        }
        if routes.is_empty() {
            routes = self.classful();
        }
        if policy == RoutePolicy::DefaultOnly {
            routes.retain(|route| route.prefix == 0);
            if routes.is_empty() {
                routes.extend(self.default_route());
            }
        }
        self.lease.routes = self.reachable(routes);
    }

    fn classless(&mut self, code: Code) -> Vec<Route> {
        let Some(value) = self.options.get(code) else { return Vec::new() };
        let routes = dhcp4::classless(value);
        self.drops.add(Drop::BadRoute, routes.bad);
        self.usable(routes.good)
    }

    fn classful(&mut self) -> Vec<Route> {
        let mut routes = match self.options.get(Code::STATIC_ROUTES).map(dhcp4::classful) {
            Some(Ok(routes)) => {
                self.drops.add(Drop::BadRoute, routes.bad);
                self.usable(routes.good)
            }
            Some(Err(_)) => {
                self.drops.count(Drop::OptionLength);
                Vec::new()
            }
            None => Vec::new(),
        };
        routes.extend(self.default_route());
        routes
    }

    fn default_route(&self) -> Option<Route> {
        let gateway = self.lease.routers.first().copied()?;
        Some(Route { destination: Ipv4Addr::UNSPECIFIED, prefix: 0, gateway: Some(gateway) })
    }

    /// Leaves out routes through what is no router here.
    fn usable(&mut self, mut routes: Vec<Route>) -> Vec<Route> {
        let all = routes.len();
        routes.retain(|route| route.gateway.is_none_or(|gateway| self.may_be_router(gateway)));
        self.drops.add(Drop::BadRoute, u32::try_from(all - routes.len()).unwrap_or(u32::MAX));
        routes
    }

    /// Orders the routes so that each gateway is on the link when it is named: those on the link first, then for each gateway
    /// outside our network a route to it alone (as with the /32 masks of some clouds). A destination named twice counts once.
    fn reachable(&self, routes: Vec<Route>) -> Vec<Route> {
        let mut ordered: Vec<Route> = Vec::with_capacity(routes.len() + 1);
        let (direct, distant): (Vec<Route>, Vec<Route>) =
            routes.into_iter().partition(|route| route.gateway.is_none());
        for route in direct {
            push_new(&mut ordered, route);
        }
        for route in distant {
            if let Some(gateway) = route.gateway
                && !self.network_contains(gateway)
                && !ordered.iter().any(|route| route.gateway.is_none() && covers(route, gateway))
            {
                push_new(&mut ordered, Route { destination: gateway, prefix: 32, gateway: None });
            }
            push_new(&mut ordered, route);
        }
        ordered
    }
}

fn covers(route: &Route, address: Ipv4Addr) -> bool {
    (u32::from(address) ^ u32::from(route.destination)) & !host_mask(route.prefix) == 0
}

fn push_new(routes: &mut Vec<Route>, route: Route) {
    if !routes.iter().any(|known| (known.destination, known.prefix) == (route.destination, route.prefix)) {
        routes.push(route);
    }
}
