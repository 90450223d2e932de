//! Which routes `ip route` shows or flushes.

use core::net::IpAddr;

use formats::netlink::Family;
use system::routes::{Protocol, Route, RouteFlags, RouteKind, Scope, Table};

use super::super::words::{Argument, Prefix, Takes, Trouble, Words};
use crate::HAS_MORE;

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

keywords! {
    /// The words of a filter.
    enum Which, "" {
        Link: Word = "dev oif",
        To: Nothing = "to",
        Scope: Word = "scope" if HAS_MORE,
        Kind: RouteKind = "type" if HAS_MORE,
        Cache: Nothing = "cache" if HAS_MORE,
        Gateway: Gateway = "via" if HAS_MORE,
        Source: Prefix = "src" if HAS_MORE,
        Metric: Number = "metric priority preference" if HAS_MORE,
        Table: Word = "table*",
        Protocol: Word = "protocol* proto" if HAS_MORE,
        Root: Prefix = "root" if HAS_MORE,
        Match: Prefix = "match" if HAS_MORE,
        Exact: Prefix = "exact",
        Other: Prefix = "_",
    }
}

impl<'a> Filter<'a> {
    /// Reads all words.
    pub(super) fn read(words: &mut Words<'a>, family: Family) -> Result<Self, Trouble> {
        let mut filter = Self { table: Table::MAIN, ..Self::default() };
        let value = &mut Argument::new(family);
        while let Some(which) = Which::next(words, value)? {
            match which {
                Which::Link => filter.link = Some(value.word),
                // A prefix follows.
                Which::To => {}
                Which::Scope => filter.scope = value.unless_all(Takes::Scope)?.map(Scope),
                Which::Kind => filter.kind = Some(RouteKind(value.byte)),
                Which::Cache => filter.cache = true,
                Which::Gateway => filter.gateway = Some(value.address()),
                Which::Source => filter.source = Some(value.address()),
                Which::Metric => filter.metric = Some(value.number),
                Which::Table => {
                    let some = value.unless_all(Takes::Table)?;
                    filter.table = some.map_or(Table::UNSPECIFIED, |_| Table(value.number));
                }
                Which::Protocol => filter.protocol = value.unless_all(Takes::Protocol)?.map(Protocol),
                Which::Root => filter.root = Some(value.prefix),
                Which::Match => filter.match_ = Some(value.prefix),
                Which::Exact | Which::Other => filter.exact = Some(value.prefix),
            }
        }
        Ok(filter)
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
            && self.exact.is_none_or(|exact| {
                exact.bits == route.prefix && (exact.bits == 0 || exact.holds(to, route.prefix))
            })
            && (!HAS_MORE || self.passes_more(route, &own))
    }

    /// Says the same of what the smallest images cannot ask for.
    fn passes_more(&self, route: &Route, own: &Prefix) -> bool {
        self.root.is_none_or(|root| root.bits == 0 || root.holds(own.address, route.prefix))
            && self.match_.is_none_or(|inner| own.holds(inner.address, inner.bits))
            && self.protocol.is_none_or(|protocol| protocol == route.protocol)
            && self.scope.is_none_or(|scope| scope == route.scope)
            && self.kind.is_none_or(|kind| kind == route.kind)
            && self.gateway.is_none_or(|gateway| Some(gateway) == route.gateway)
            && self.source.is_none_or(|source| Some(source) == route.preferred_source)
            && self.metric.is_none_or(|metric| metric == route.priority.unwrap_or(0))
    }
}
