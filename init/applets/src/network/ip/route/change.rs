//! How a route is added, changed and removed.

use alloc::string::ToString;
use alloc::vec::Vec;

use formats::internet::Shown;
use formats::netlink::Family;
use formats::netlink::route::Metric;
use system::routes::{self, NextHop, Preference, Protocol, Route, RouteFlags, RouteKind, Scope, Table};

use super::super::words::{Argument, Takes, Trouble, Words, route_kind};
use super::super::{Command, Session};
use super::{METRICS, parts_of_ms};
use crate::HAS_MORE;

/// What the words say of a route.
struct Wish<'a> {
    /// What can be said at once.
    route: Route,
    /// The destination, as it was said.
    to: Option<&'a str>,
    link: Option<&'a str>,
    table: Option<Table>,
    scope: Option<Scope>,
    kind: Option<RouteKind>,
    /// The links of several next hops.
    links: Vec<Option<&'a str>>,
    locked: u32,
}

pub(in super::super) fn run(
    ip: &mut Session,
    words: &mut Words<'_>,
    command: Command,
) -> Result<(), Trouble> {
    let mut wish = Wish {
        route: Route::empty(ip.settings.family),
        to: None,
        link: None,
        table: None,
        scope: None,
        kind: None,
        links: Vec::new(),
        locked: 0,
    };
    if command != Command::Delete {
        wish.route.protocol = Protocol::BOOT;
    }
    wish.read(words)?;
    let to = wish.to.ok_or_else(|| Trouble::word("route", "the destination is missing"))?;
    let (flags, verb) = command.request();
    let outcome = wish.resolve(ip, command == Command::Delete).and_then(|()| match command {
        Command::Delete => routes::delete(&mut ip.socket, &wish.route),
        _ => routes::put(&mut ip.socket, verb, &wish.route, flags),
    });
    let gateway = wish.route.gateway.map(|gateway| Shown(gateway).to_string());
    let mut object = ["route ", to].concat();
    for (word, value) in [(" via ", gateway.as_deref()), (" dev ", wish.link)] {
        if let Some(value) = value {
            object.push_str(word);
            object.push_str(value);
        }
    }
    Ok(outcome.map_err(|error| error.during(verb, object.as_bytes()))?)
}

keywords! {
    /// What can be said of a route.
    enum Setting, "no such setting of a route" {
        PreferredSource: Prefix = "src",
        Gateway: Gateway = "via",
        Source: Prefix = "from" if HAS_MORE,
        Link: Word = "dev oif",
        Tos: Number = "tos dsfield" if HAS_MORE,
        Scope: Scope = "scope",
        OnLink: Nothing = "onlink",
        Hop: Nothing = "nexthop" if HAS_MORE,
        NextHopId: Number = "nhid" if HAS_MORE,
        Expires: Number = "expires" if HAS_MORE,
        Preference: Preference = "pref" if HAS_MORE,
        Kind: RouteKind = "type" if HAS_MORE,
        To: Word = "to",
        Metric: Number = "metric* priority* preference*",
        Table: Table = "table*",
        Protocol: Protocol = "protocol*",
        Other: Word = "_",
    }
}

keywords! {
    /// What can be said of one of several next hops.
    enum HopSetting, "no such setting of a next hop" {
        Gateway: Gateway = "via",
        Link: Word = "dev oif",
        Weight: Number = "weight",
        OnLink: Nothing = "onlink",
    }
}

impl<'a> Wish<'a> {
    fn read(&mut self, words: &mut Words<'a>) -> Result<(), Trouble> {
        let value = &mut Argument::new(self.route.family);
        while let Some(setting) = Setting::next(words, value)? {
            let route = &mut self.route;
            match setting {
                Setting::PreferredSource => route.preferred_source = Some(value.address()),
                Setting::Gateway => {
                    route.gateway = Some(value.address());
                    if route.family == Family::UNSPECIFIED {
                        route.family = value.prefix.family();
                    }
                }
                Setting::Source => {
                    route.source = Some((value.address(), value.prefix.bits));
                    route.family = value.prefix.family();
                }
                Setting::Link => self.link = Some(value.word),
                Setting::Tos => {
                    route.tos = u8::try_from(value.number)
                        .map_err(|_| Trouble::word(value.keyword, "a type of service is below 256"))?;
                }
                Setting::Scope => self.scope = Some(Scope(value.byte)),
                Setting::OnLink => route.flags |= RouteFlags::ONLINK,
                Setting::Hop => self.hop(words)?,
                Setting::NextHopId => route.next_hop_id = Some(value.number),
                Setting::Expires => route.expires_s = Some(value.number),
                Setting::Preference => route.preference = Some(Preference(value.byte)),
                Setting::Kind => self.kind = Some(RouteKind(value.byte)),
                Setting::Metric => route.priority = Some(value.number),
                Setting::Table => self.table = Some(Table(value.number)),
                Setting::Protocol => route.protocol = Protocol(value.byte),
                Setting::Other if HAS_MORE && self.metric(words, value)? => {}
                Setting::To | Setting::Other => self.destination(value)?,
            }
            value.family = self.route.family;
        }
        Ok(())
    }

    /// Takes the type of the route, or its destination.
    fn destination(&mut self, value: &mut Argument<'a>) -> Result<(), Trouble> {
        if self.to.is_some() {
            return Err(Setting::TABLE.refuse(value.word));
        }
        if self.kind.is_none() {
            self.kind = route_kind(value.word);
            if self.kind.is_some() {
                return Ok(());
            }
        }
        value.read(Takes::Prefix)?;
        self.to = Some(value.word);
        let (to, route) = (value.prefix, &mut self.route);
        if to.bits > 0 || to.given {
            route.family = to.family();
            route.destination = Some(to.address);
            route.prefix = to.bits;
        }
        Ok(())
    }

    /// Takes one of several next hops, up to the next one.
    fn hop(&mut self, words: &mut Words<'a>) -> Result<(), Trouble> {
        let value = &mut Argument::new(Family::UNSPECIFIED);
        let mut hop = NextHop { weight: 1, ..NextHop::default() };
        let mut link = None;
        while words.peek()? != Some("nexthop")
            && let Some(setting) = HopSetting::next(words, value)?
        {
            match setting {
                HopSetting::Gateway => hop.gateway = Some(value.address()),
                HopSetting::Link => link = Some(value.word),
                HopSetting::OnLink => hop.flags |= RouteFlags::ONLINK,
                HopSetting::Weight => {
                    let weight = u16::try_from(value.number).ok().filter(|weight| (1..=256).contains(weight));
                    hop.weight =
                        weight.ok_or_else(|| Trouble::word(value.keyword, "a weight is from 1 to 256"))?;
                }
            }
        }
        self.route.hops.push(hop);
        self.links.push(link);
        Ok(())
    }

    /// Takes a limit of connections; `false` when the word is none.
    fn metric(&mut self, words: &mut Words<'a>, value: &mut Argument<'a>) -> Result<bool, Trouble> {
        let Some(kind) = METRICS.named(value.word).filter(|kind| parts_of_ms(*kind).is_none()) else {
            return Ok(false);
        };
        if words.skip("lock")? {
            self.locked |= 1 << kind;
        }
        value.word = words.value(value.keyword)?;
        value.read(Takes::Number)?;
        self.route.metrics.push((kind as u16, value.number));
        Ok(true)
    }

    /// Puts in what was left unsaid, and indices in the place of names.
    fn resolve(&mut self, ip: &mut Session, delete: bool) -> system::Result<()> {
        let route = &mut self.route;
        if route.family == Family::UNSPECIFIED {
            let hop = route.hops.iter().find_map(|hop| hop.gateway);
            route.family = hop.map_or(Family::INET, Family::of);
        }
        let told = self.kind.unwrap_or(RouteKind::UNICAST);
        route.kind = if delete { self.kind.unwrap_or_default() } else { told };
        let connected = route.gateway.is_none() && route.hops.is_empty() && route.next_hop_id.is_none();
        let (table, scope) = match told {
            RouteKind::LOCAL | RouteKind::NAT => (Table::LOCAL, Scope::HOST),
            RouteKind::BROADCAST | RouteKind::ANYCAST => (Table::LOCAL, Scope::LINK),
            RouteKind::MULTICAST => (Table::MAIN, Scope::LINK),
            RouteKind::UNICAST if delete => (Table::MAIN, Scope::NOWHERE),
            RouteKind::UNICAST if connected => (Table::MAIN, Scope::LINK),
            _ => (Table::MAIN, Scope::GLOBAL),
        };
        route.table = self.table.unwrap_or(table);
        route.scope = self.scope.unwrap_or(scope);
        route.output = ip.optional(self.link)?;
        for (hop, link) in route.hops.iter_mut().zip(&self.links) {
            hop.output = ip.filtered(*link)?;
        }
        if self.locked != 0 {
            route.metrics.push((Metric::LOCK.kind(), self.locked));
        }
        Ok(())
    }
}
