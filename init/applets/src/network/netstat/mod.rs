//! `netstat` (BusyBox's, with `-e` and `-i` of net-tools): sockets from `/proc/net`, with `-r` routes, and with `-i` links.
//!
//! A server of names that does not answer is not asked again. Programs (`-p`) are named as the kernel calls them.

mod links;
mod owners;
pub(crate) mod sockets;

use formats::netlink::Family;
use system::netlink::Socket;

use super::route::show::{self, Layout};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "netstat",
    summary: "Show sockets, or with -r routes, or with -i links",
    usage: "[-alptuwxenW46] [--json]\n-r [-en46] [--json]\n-i [-a] [--json]",
    flags: flags![
        Flag::new(b'a', "all", "connections and servers"),
        Flag::new(b'l', "listening", "servers; without -a and -l: connections"),
        Flag::new(b't', "tcp", "sockets of TCP"),
        Flag::new(b'u', "udp", "sockets of UDP"),
        Flag::new(b'w', "raw", "raw sockets"),
        Flag::new(b'x', "unix", "sockets of this machine"),
        Flag::new(b'p', "programs", "with the programs that have them"),
        Flag::new(b'e', "extend", "with users and inodes"),
        Flag::new(b'n', "numeric", "do not look names up"),
        Flag::new(b'W', "wide", "do not cut addresses"),
        Flag::new(b'r', "route", "show the routing table"),
        Flag::new(b'i', "interfaces", "show links that are up and what they have carried; -a: all"),
        Flag::new(b'4', "inet", "IPv4 only"),
        Flag::new(b'6', "inet6", "IPv6 only"),
        Flag::rows(
            "protocol:S local_address:S? local_port:N? remote_address:S? remote_port:N? state:S unread:N? unsent:N? \
             user:N? inode:N pid:N? program:S? references:N? path:S? destination:S prefix:N gateway:S? flags:S metric:N \
             uses:N interface:S mss:N window:N irtt:N mtu:N received:N receive_errors:N receive_dropped:N receive_overruns:N sent:N \
             send_errors:N send_dropped:N send_overruns:N",
        ),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    if parsed.has(b'i') {
        return links::run(io, parsed);
    }
    if !parsed.has(b'r') {
        sockets::run(io, parsed)?;
        return Ok(Status::SUCCESS);
    }
    let family = if parsed.has(b'6') { Family::INET6 } else { Family::INET };
    show::run(io, &mut Socket::open()?, parsed, family, Layout::Extended)?;
    Ok(Status::SUCCESS)
}
