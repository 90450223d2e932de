//! How a route is added, changed and removed.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::netlink::route::Metric;
use formats::netlink::{Family, Flags};
use system::routes::{self, NextHop, Preference, Protocol, Route, RouteFlags, RouteKind, Scope, Table};

use super::super::Session;
use super::super::words::{self, Trouble, Words, abbreviates};

/// What to do with a route.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Change,
    Replace,
    Prepend,
    Append,
    Delete,
}

impl Action {
    const fn flags(self) -> Flags {
        match self {
            Self::Add => Flags::CREATE.union(Flags::EXCLUSIVE),
            Self::Change => Flags::REPLACE,
            Self::Replace => Flags::CREATE.union(Flags::REPLACE),
            Self::Prepend => Flags::CREATE,
            Self::Append => Flags::CREATE.union(Flags::APPEND),
            Self::Delete => Flags::empty(),
        }
    }

    const fn doing(self) -> &'static str {
        match self {
            Self::Add => "add route",
            Self::Change => "change route",
            Self::Replace => "set route",
            Self::Prepend => "prepend route",
            Self::Append => "append route",
            Self::Delete => "delete route",
        }
    }
}

/// What the words say of a route.
struct Wish<'a> {
    route: Route,
    /// The destination, as it was said.
    to: Option<&'a str>,
    link: Option<&'a str>,
    table: Option<Table>,
    scope: Option<Scope>,
    kind: Option<RouteKind>,
    hops: Vec<(NextHop, Option<&'a str>)>,
    locked: u32,
}

pub(super) fn run(ip: &mut Session, mut words: Words<'_>, action: Action) -> Result<(), Trouble> {
    let mut route = Route::empty(ip.settings.family);
    if action != Action::Delete {
        route.protocol = Protocol::BOOT;
    }
    let mut wish = Wish {
        route,
        to: None,
        link: None,
        table: None,
        scope: None,
        kind: None,
        hops: Vec::new(),
        locked: 0,
    };
    while let Some(word) = words.next()? {
        wish.take(word, &mut words)?;
    }
    let to = wish.to.ok_or_else(|| Trouble::word("route", "the destination is missing"))?;
    let (gateway, link) = (wish.route.gateway, wish.link);
    let outcome = wish.resolve(ip, action).and_then(|route| match action {
        Action::Delete => routes::delete(&mut ip.socket, &route),
        _ => routes::put(&mut ip.socket, action.doing(), &route, action.flags()),
    });
    Ok(outcome.map_err(|error| error.during(action.doing(), object(to, gateway, link).as_bytes()))?)
}

/// Says which route an error is about.
fn object(to: &str, gateway: Option<IpAddr>, link: Option<&str>) -> String {
    let mut object = String::from(to);
    if let Some(gateway) = gateway {
        object.push_str(&alloc::format!(" via {gateway}"));
    }
    if let Some(link) = link {
        object.push_str(&alloc::format!(" dev {link}"));
    }
    object
}

impl<'a> Wish<'a> {
    fn take(&mut self, word: &'a str, words: &mut Words<'a>) -> Result<(), Trouble> {
        let family = self.route.family;
        match word {
            "src" => self.route.preferred_source = Some(words.address(word, family)?),
            "via" => self.via(words)?,
            "from" => {
                let source = words::prefix(words.value(word)?, family)?;
                self.route.source = Some((source.address, source.bits));
                self.route.family = source.family();
            }
            "dev" | "oif" => self.link = Some(words.value(word)?),
            "tos" | "dsfield" => {
                let tos = words.number(word)?;
                self.route.tos =
                    u8::try_from(tos).map_err(|_| Trouble::word(word, "a type of service is below 256"))?;
            }
            "scope" => self.scope = Some(super::scope(words.value(word)?)?),
            "onlink" => self.route.flags |= RouteFlags::ONLINK,
            "nexthop" => self.hop(words)?,
            "nhid" => self.route.next_hop_id = Some(words.number(word)?),
            "expires" => self.route.expires_s = Some(words.number(word)?),
            "pref" => {
                let name = words.value(word)?;
                let known = Preference::from_name(name)
                    .ok_or_else(|| Trouble::word(name, "expected low, medium or high"))?;
                self.route.preference = Some(known);
            }
            "type" => {
                let name = words.value(word)?;
                self.kind =
                    Some(super::kind(name).ok_or_else(|| Trouble::word(name, "no such type of route"))?);
            }
            "to" => {
                let destination = words.value(word)?;
                self.destination(destination)?;
            }
            _ if ["metric", "priority", "preference"].iter().any(|full| abbreviates(word, full)) => {
                self.route.priority = Some(words.number(word)?);
            }
            _ if abbreviates(word, "table") => self.table = Some(super::table(words.value(word)?)?),
            _ if abbreviates(word, "protocol") => self.route.protocol = super::protocol(words.value(word)?)?,
            _ if self.metric(word, words)? => {}
            _ => self.destination(word)?,
        }
        Ok(())
    }

    fn destination(&mut self, word: &'a str) -> Result<(), Trouble> {
        if self.to.is_none() && self.kind.is_none() {
            self.kind = super::kind(word);
            if self.kind.is_some() {
                return Ok(());
            }
        }
        if self.to.is_some() {
            return Err(Trouble::word(word, "no such setting of a route"));
        }
        let to = words::prefix(word, self.route.family)?;
        self.to = Some(word);
        if to.bits > 0 || to.given {
            self.route.family = to.family();
            self.route.destination = Some(to.address);
            self.route.prefix = to.bits;
        }
        Ok(())
    }

    /// Takes a router, after its family where that is not the route's.
    fn via(&mut self, words: &mut Words<'a>) -> Result<(), Trouble> {
        let gateway = gateway(words)?;
        if self.route.family == Family::UNSPECIFIED {
            self.route.family = Family::of(gateway);
        }
        self.route.gateway = Some(gateway);
        Ok(())
    }

    /// Takes one of several next hops, up to the next one.
    fn hop(&mut self, words: &mut Words<'a>) -> Result<(), Trouble> {
        let mut hop = NextHop { weight: 1, ..NextHop::default() };
        let mut link = None;
        while let Some(word) = words.next_if(|word| word != "nexthop")? {
            match word {
                "via" => hop.gateway = Some(gateway(words)?),
                "dev" | "oif" => link = Some(words.value(word)?),
                "weight" => {
                    let weight =
                        u16::try_from(words.number(word)?).ok().filter(|weight| (1..=256).contains(weight));
                    hop.weight = weight.ok_or_else(|| Trouble::word(word, "a weight is from 1 to 256"))?;
                }
                "onlink" => hop.flags |= RouteFlags::ONLINK,
                _ => return Err(Trouble::word(word, "no such setting of a next hop")),
            }
        }
        self.hops.push((hop, link));
        Ok(())
    }

    /// Takes a limit of connections; `false` when the word is none.
    fn metric(&mut self, word: &'a str, words: &mut Words<'a>) -> Result<bool, Trouble> {
        let Some((_, kind)) = METRICS.iter().find(|(name, _)| *name == word) else {
            return Ok(false);
        };
        if words.next_if(|word| word == "lock")?.is_some() {
            self.locked |= 1 << kind;
        }
        let value = words.number(word)?;
        self.route.metrics.push((*kind, value));
        Ok(true)
    }

    /// Puts in what was left unsaid, and indices in the place of names.
    fn resolve(self, ip: &mut Session, action: Action) -> system::Result<Route> {
        let mut route = self.route;
        if route.family == Family::UNSPECIFIED {
            let hop = self.hops.iter().find_map(|(hop, _)| hop.gateway);
            route.family = hop.map_or(Family::INET, Family::of);
        }
        let told = self.kind.unwrap_or(RouteKind::UNICAST);
        let delete = action == Action::Delete;
        route.kind = if delete { self.kind.unwrap_or_default() } else { told };
        let local =
            matches!(told, RouteKind::LOCAL | RouteKind::BROADCAST | RouteKind::ANYCAST | RouteKind::NAT);
        route.table = self.table.unwrap_or(if local { Table::LOCAL } else { Table::MAIN });
        let connected = route.gateway.is_none() && self.hops.is_empty() && route.next_hop_id.is_none();
        route.scope = self.scope.unwrap_or(match told {
            RouteKind::LOCAL | RouteKind::NAT => Scope::HOST,
            RouteKind::BROADCAST | RouteKind::MULTICAST | RouteKind::ANYCAST => Scope::LINK,
            RouteKind::UNICAST if delete => Scope::NOWHERE,
            RouteKind::UNICAST if connected => Scope::LINK,
            _ => Scope::GLOBAL,
        });
        route.output = self.link.map(|name| ip.index(name)).transpose()?;
        for (hop, link) in self.hops {
            let output = link.map(|name| ip.index(name)).transpose()?.unwrap_or(0);
            route.hops.push(NextHop { output, ..hop });
        }
        if self.locked != 0 {
            route.metrics.push((Metric::LOCK.kind(), self.locked));
        }
        Ok(route)
    }
}

/// Reads `[inet|inet6] ADDRESS`.
fn gateway(words: &mut Words<'_>) -> Result<IpAddr, Trouble> {
    let family = match words.next_if(|word| matches!(word, "inet" | "inet6"))? {
        Some("inet") => Family::INET,
        Some(_) => Family::INET6,
        None => Family::UNSPECIFIED,
    };
    words.address("via", family)
}

/// Names of metrics that are plain numbers.
const METRICS: &[(&str, u16)] = &[
    ("mtu", Metric::MTU.kind()),
    ("window", Metric::WINDOW.kind()),
    ("ssthresh", Metric::SLOW_START_THRESHOLD.kind()),
    ("cwnd", Metric::CONGESTION_WINDOW.kind()),
    ("advmss", Metric::ANNOUNCED_SEGMENT.kind()),
    ("reordering", Metric::REORDERING.kind()),
    ("hoplimit", Metric::HOP_LIMIT.kind()),
    ("initcwnd", Metric::INITIAL_CONGESTION_WINDOW.kind()),
    ("initrwnd", Metric::INITIAL_RECEIVE_WINDOW.kind()),
    ("quickack", Metric::QUICK_ACKNOWLEDGE.kind()),
];
