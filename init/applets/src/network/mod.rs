//! Commands about links, addresses, routes and leases.

mod dhcp;
mod ip;

use crate::Group;

/// The table of this folder; sorted by name.
pub(crate) const GROUP: Group = Group {
    name: "network",
    summary: "links, addresses, routes, leases",
    applets: &[&dhcp::APPLET, &ip::APPLET],
};
