//! Commands about links, addresses, routes, leases, and what is reached through them.

#[cfg(feature = "tables")]
mod arp;
#[cfg(feature = "tables")]
mod arping;
#[cfg(feature = "tables")]
mod brctl;
#[cfg(feature = "tables")]
mod classic;
mod dhcp;
#[cfg(feature = "sockets")]
mod exchange;
#[cfg(any(feature = "ftpget", feature = "ftpput"))]
mod ftp;
#[cfg(feature = "ftpget")]
mod ftpget;
#[cfg(feature = "ftpput")]
mod ftpput;
mod held;
#[cfg(feature = "httpd")]
mod httpd;
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
#[cfg(feature = "sockets")]
mod nc;
#[cfg(feature = "tables")]
pub(crate) mod netstat;
#[cfg(feature = "sockets")]
mod nslookup;
#[cfg(feature = "ntpd")]
mod ntpd;
#[cfg(feature = "tables")]
mod ping;
#[cfg(feature = "tables")]
mod ping6;
#[cfg(feature = "tables")]
mod probe;
#[cfg(feature = "rdate")]
mod rdate;
#[cfg(feature = "sockets")]
mod reach;
#[cfg(feature = "tables")]
mod route;
#[cfg(feature = "sockets")]
mod telnet;
#[cfg(feature = "tftp")]
mod tftp;
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
#[cfg(any(feature = "httpd", feature = "wget"))]
mod web_date;
#[cfg(feature = "wget")]
mod wget;

group! {
    "network", "links, addresses, routes, leases, and what is reached through them";
    "arp" => arp,
    "arping" => arping,
    "brctl" => brctl,
    "dhcp" => dhcp,
    "ftpget" => ftpget,
    "ftpput" => ftpput,
    "httpd" => httpd,
    "ifconfig" => ifconfig,
    "ifdown" => ifdown,
    "ifup" => ifup,
    "ip" => ip,
    "nameif" => nameif,
    "nc" => nc,
    "netstat" => netstat,
    "nslookup" => nslookup,
    "ntpd" => ntpd,
    "ping" => ping,
    "ping6" => ping6,
    "rdate" => rdate,
    "route" => route,
    "telnet" => telnet,
    "tftp" => tftp,
    "traceroute" => traceroute,
    "traceroute6" => traceroute6,
    "tunctl" => tunctl,
    "udhcpc" => udhcpc,
    "udhcpd" => udhcpd,
    "vconfig" => vconfig,
    "wget" => wget,
}
