//! Which routes `ip route` shows or flushes.

use core::net::IpAddr;

use formats::netlink::Family;
use system::routes::{Protocol, Route, RouteFlags, RouteKind, Scope, Table};

use super::super::words::{self, Prefix, Trouble, Words, abbreviates};

/// Which routes to show; what a filter says is the same of all of them, and is not shown.
#[derive(Default)]
pub(super) struct Filter<'a> {
    /// The table; unspecified: all of them.
    pub(super) table: Table,
    pub(super) link: Option<&'a str>,
    pub(super) index: u32,
    /// The destination is within this prefix.
    pub(super) root: Option<Prefix>,
    /// The destination holds this prefix.
    pub(super) match_: Option<Prefix>,
    /// The destination is this prefix.
    pub(super) exact: Option<Prefix>,
    pub(super) protocol: Option<Protocol>,
    pub(super) scope: Option<Scope>,
    pub(super) kind: Option<RouteKind>,
    pub(super) gateway: Option<IpAddr>,
    pub(super) source: Option<IpAddr>,
    pub(super) metric: Option<u32>,
    /// Only copies for one destination, which kernels since 3.6 keep in no list.
    pub(super) cache: bool,
}

impl<'a> Filter<'a> {
    /// Reads all words.
    pub(super) fn read(words: &mut Words<'a>, family: Family) -> Result<Self, Trouble> {
        let mut filter = Self { table: Table::MAIN, ..Self::default() };
        while let Some(word) = words.next()? {
            filter.take(word, words, family)?;
        }
        Ok(filter)
    }

    fn take(&mut self, word: &'a str, words: &mut Words<'a>, family: Family) -> Result<(), Trouble> {
        match word {
            "dev" | "oif" => self.link = Some(words.value(word)?),
            "to" => {
                let next = words.value(word)?;
                self.destination(next, words, family)?;
            }
            "scope" => {
                let name = words.value(word)?;
                self.scope = if name == "all" { None } else { Some(super::scope(name)?) };
            }
            "proto" => self.take_protocol(words.value(word)?)?,
            "type" => {
                let name = words.value(word)?;
                self.kind =
                    Some(super::kind(name).ok_or_else(|| Trouble::word(name, "no such type of route"))?);
            }
            "cache" => self.cache = true,
            "via" => self.gateway = Some(words.address(word, Family::UNSPECIFIED)?),
            "src" => self.source = Some(words.address(word, family)?),
            "metric" | "priority" | "preference" => self.metric = Some(words.number(word)?),
            _ if abbreviates(word, "table") => {
                let name = words.value(word)?;
                self.table = if name == "all" { Table::UNSPECIFIED } else { super::table(name)? };
            }
            _ if abbreviates(word, "protocol") => self.take_protocol(words.value(word)?)?,
            _ => self.destination(word, words, family)?,
        }
        Ok(())
    }

    fn take_protocol(&mut self, name: &str) -> Result<(), Trouble> {
        self.protocol = if name == "all" { None } else { Some(super::protocol(name)?) };
        Ok(())
    }

    fn destination(&mut self, word: &'a str, words: &mut Words<'a>, family: Family) -> Result<(), Trouble> {
        let place = match word {
            "root" => &mut self.root,
            "match" => &mut self.match_,
            "exact" => &mut self.exact,
            _ => {
                self.exact = Some(words::prefix(word, family)?);
                return Ok(());
            }
        };
        *place = Some(words::prefix(words.value(word)?, family)?);
        Ok(())
    }

    /// Gives the family to ask for: that of an address in the filter, else of the options, else IPv4 unless all tables
    /// are asked for.
    pub(super) fn family(&self, asked: Family) -> Family {
        let prefixes = [self.root, self.match_, self.exact].into_iter().flatten();
        let told =
            prefixes.filter(|prefix| prefix.given || prefix.bits > 0).map(|prefix| prefix.family()).next();
        match told.filter(|_| asked.bits() == 0).unwrap_or(asked) {
            Family::UNSPECIFIED if self.table != Table::UNSPECIFIED => Family::INET,
            family => family,
        }
    }

    /// Says whether a route is to be shown.
    pub(super) fn passes(&self, route: &Route) -> bool {
        let Some(zero) = route.family.zero() else {
            return false;
        };
        let to = route.destination.unwrap_or(zero);
        let own = Prefix { address: to, bits: route.prefix, given: true };
        // A copy for one destination is not in any table.
        !self.cache
            && !route.flags.contains(RouteFlags::CLONED)
            && (self.index == 0 || route.output == Some(self.index))
            && self.root.is_none_or(|root| root.bits == 0 || root.holds(to, route.prefix))
            && self.match_.is_none_or(|inner| own.holds(inner.address, inner.bits))
            && self.exact.is_none_or(|exact| {
                exact.bits == route.prefix && (exact.bits == 0 || exact.holds(to, route.prefix))
            })
            && self.protocol.is_none_or(|protocol| protocol == route.protocol)
            && self.scope.is_none_or(|scope| scope == route.scope)
            && self.kind.is_none_or(|kind| kind == route.kind)
            && self.gateway.is_none_or(|gateway| Some(gateway) == route.gateway)
            && self.source.is_none_or(|source| Some(source) == route.preferred_source)
            && self.metric.is_none_or(|metric| metric == route.priority.unwrap_or(0))
    }
}
