//! Commands about links, addresses, routes and leases.

#[cfg(feature = "tables")]
mod arp;
#[cfg(feature = "tables")]
mod arping;
#[cfg(feature = "tables")]
mod brctl;
#[cfg(feature = "tables")]
mod classic;
#[cfg(feature = "tables")]
mod confine;
mod dhcp;
mod held;
#[cfg(feature = "tables")]
mod ifconfig;
#[cfg(feature = "ifdown")]
mod ifdown;
#[cfg(any(feature = "ifdown", feature = "ifup"))]
mod ifup;
mod ip;
#[cfg(feature = "tables")]
mod nameif;
#[cfg(feature = "tables")]
mod names;
#[cfg(feature = "tables")]
mod netstat;
#[cfg(feature = "tables")]
mod ping;
#[cfg(feature = "tables")]
mod ping6;
#[cfg(feature = "tables")]
mod probe;
#[cfg(feature = "tables")]
mod route;
#[cfg(feature = "tables")]
mod traceroute;
#[cfg(feature = "tables")]
mod traceroute6;
#[cfg(feature = "tables")]
mod tunctl;
#[cfg(feature = "tables")]
mod udhcpc;
#[cfg(feature = "tables")]
mod udhcpd;
#[cfg(feature = "tables")]
mod values;
#[cfg(feature = "tables")]
mod vconfig;

group! {
    "network", "links, addresses, routes, leases";
    "arp" => arp,
    "arping" => arping,
    "brctl" => brctl,
    "dhcp" => dhcp,
    "ifconfig" => ifconfig,
    "ifdown" => ifdown,
    "ifup" => ifup,
    "ip" => ip,
    "nameif" => nameif,
    "netstat" => netstat,
    "ping" => ping,
    "ping6" => ping6,
    "route" => route,
    "traceroute" => traceroute,
    "traceroute6" => traceroute6,
    "tunctl" => tunctl,
    "udhcpc" => udhcpc,
    "udhcpd" => udhcpd,
    "vconfig" => vconfig,
}
