//! Commands about links, addresses, routes and leases.

mod dhcp;
mod ip;

group! {
    "network", "links, addresses, routes, leases";
    "dhcp" => dhcp,
    "ip" => ip,
}
