//! Routes.

use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::net::IpAddr;

use formats::internet::Shown;
use formats::netlink::message::kind;
use formats::netlink::{Family, Flags, Writer};
use linux::Errno;

use crate::error::Result;
use crate::netlink::Socket;

pub use formats::netlink::route::{
    NextHop, Preference, Protocol, Route, RouteFlags, RouteKind, Scope, Table,
};

/// Gives the routes of one family or ([`Family::UNSPECIFIED`]) of all, of one table or ([`Table::UNSPECIFIED`]) of all,
/// in the kernel's order.
///
/// # Errors
/// `NOENT` (no such table), or else what the kernel says; [`crate::Cause::Unsteady`].
pub fn dump(socket: &mut Socket, family: Family, table: Table) -> Result<Vec<Route>> {
    let query = Route { table, ..Route::empty(family) };
    let mut routes =
        socket.ask(&"routes", kind::GET_ROUTE, Flags::DUMP, &|writer| query.emit(writer), Route::parse)?;
    // A kernel without strict checks gives those of all tables, one without IPv6 those of IPv4 when asked for IPv6;
    // all families include the routes of multicast groups.
    routes.retain(|route| {
        (table == Table::UNSPECIFIED || route.table == table)
            && (family == Family::UNSPECIFIED || route.family == family)
            && (route.family == Family::INET || route.family == Family::INET6)
    });
    Ok(routes)
}

/// Gives the route that a packet would take. `query` starts from [`Route::empty`] and says the destination with all its
/// bits, and where wanted the source, the links and the mark.
///
/// # Errors
/// `NETUNREACH`, `HOSTUNREACH`, `ACCES` (prohibited), `INVAL` (blackhole).
pub fn get(socket: &mut Socket, query: &Route) -> Result<Route> {
    let named = &Named(query);
    let write = &|writer: &mut Writer<'_>| {
        // IPv6 always tells the table, and refuses to be asked for it.
        let asks_table = query.family == Family::INET;
        query.emit_asking(writer, if asks_table { RouteFlags::LOOKUP_TABLE } else { RouteFlags::empty() });
    };
    let found = socket.ask(named, kind::GET_ROUTE, Flags::empty(), write, Route::parse);
    let mut found = found.map_err(|error| error.renamed("find route to"))?;
    found.pop().ok_or_else(|| crate::netlink::error("find route to", named, Errno::SRCH.into()))
}

/// Makes the query of [`get`] for a destination.
pub fn to(destination: IpAddr) -> Route {
    let family = Family::of(destination);
    Route { destination: Some(destination), prefix: family.bits(), ..Route::empty(family) }
}

/// Adds a route.
///
/// # Errors
/// `EXIST`, `NETUNREACH` (the gateway), `NETDOWN`, `NODEV`, `PERM`, `INVAL`.
pub fn add(socket: &mut Socket, route: &Route) -> Result<()> {
    put(socket, "add route", route, Flags::CREATE | Flags::EXCLUSIVE)
}

/// Adds a route, or puts it in the place of the one with the same destination, type of service and metric.
///
/// # Errors
/// Those of [`add`], but `EXIST`.
pub fn replace(socket: &mut Socket, route: &Route) -> Result<()> {
    put(socket, "set route", route, Flags::CREATE | Flags::REPLACE)
}

/// Makes any such change: `flags` says whether the route may or must be there.
///
/// # Errors
/// Those of [`add`]; `NOENT`.
pub fn put(socket: &mut Socket, doing: &'static str, route: &Route, flags: Flags) -> Result<()> {
    socket.change(doing, &Named(route), kind::NEW_ROUTE, flags, &|writer| route.emit(writer))
}

/// Removes the first route that has everything that `route` says.
///
/// # Errors
/// `SRCH` (none has), `PERM`.
pub fn delete(socket: &mut Socket, route: &Route) -> Result<()> {
    let write = &|writer: &mut Writer<'_>| route.emit(writer);
    socket.change("delete route", &Named(route), kind::DELETE_ROUTE, Flags::empty(), write)
}

/// How a route is called in an error.
struct Named<'a>(&'a Route);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Route { destination: Some(address), prefix, family, .. } if *prefix > 0 => {
                write!(f, "{}", Shown(*address))?;
                if *prefix < family.bits() {
                    write!(f, "/{prefix}")?;
                }
            }
            _ => f.write_str("default")?,
        }
        match self.0.gateway {
            Some(gateway) => write!(f, " via {}", Shown(gateway)),
            None => Ok(()),
        }
    }
}
