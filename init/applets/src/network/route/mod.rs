//! `route` (net-tools' and BusyBox's), over rtnetlink.
//!
//! Names of hosts are looked up for IPv4 alone; a server that does not answer is not asked again. `-A inet6` shows the main
//! and the local table, as the file does that the others read. A route of several next hops has a line for each.

mod change;
pub(super) mod show;

use formats::netlink::Family;
use system::netlink::Socket;

use self::show::Layout;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "route",
    summary: "Show or change the routing table",
    usage: "[-ne] [-A inet|inet6] [--json]\n\
            [-A inet|inet6] add|del [-net|-host] TARGET[/BITS]|default [netmask MASK] [gw GATEWAY]\n\
            \u{20}  [metric N] [mss N] [window N] [irtt N] [reject] [[dev] INTERFACE]",
    flags: flags![
        Flag::new(b'n', "numeric", "do not look names up"),
        Flag::new(b'e', "extend", "show largest packet, window and round-trip time"),
        Flag::with(b'A', "", "FAMILY", "inet or inet6"),
        Flag::new(b'4', "inet", "IPv4 (the default)"),
        Flag::new(b'6', "inet6", "IPv6"),
        Flag::new(b'F', "fib", ""),
        Flag::new(b'v', "verbose", ""),
        Flag::rows(
            "destination prefix:n gateway:s? flags metric:n references:n uses:n interface mss:n window:n irtt:n",
        ),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let family = match (parsed.value(b'A'), parsed.has(b'6')) {
        (Some(b"inet6"), _) | (None, true) => Family::INET6,
        (Some(b"inet") | None, _) => Family::INET,
        (Some(word), _) => return Ok(io.misuse(word, "expected inet or inet6")),
    };
    let socket = &mut Socket::open()?;
    match parsed.operands.split_first() {
        None => {
            let layout = if parsed.has(b'e') { Layout::Extended } else { Layout::Plain };
            show::run(io, socket, parsed, family, layout)?;
        }
        Some((&b"add", words)) => change::run(io, socket, family, true, words)?,
        Some((&(b"del" | b"delete"), words)) => change::run(io, socket, family, false, words)?,
        Some((word, _)) => return Ok(io.misuse(word, "expected add or del")),
    }
    Ok(Status::SUCCESS)
}
