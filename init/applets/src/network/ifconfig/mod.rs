//! `ifconfig` (net-tools' and BusyBox's): links with their first address of each name, in the layout of BusyBox and of net-tools
//! before 2.0, which scripts read; `--json` has all addresses.
//!
//! All is asked for and changed over rtnetlink. An address that is set takes the place of the one of the same name, as the old
//! requests have it. Deviations: interrupts and addresses of the hardware's memory are neither shown nor set; a plain prefix
//! (`10.0.0.1/24`) may stand for address and mask.

mod change;
mod show;

use system::netlink::Socket;

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ifconfig",
    summary: "Show or change network interfaces.\n\n\
              SETTING: ADDRESS[/BITS], netmask MASK, broadcast ADDRESS, pointopoint ADDRESS, add ADDRESS/BITS,\n\
              del ADDRESS/BITS, up, down, mtu N, txqueuelen N, hw ether MAC, metric N, [-]arp, [-]promisc,\n\
              [-]multicast, [-]allmulti, [-]dynamic",
    usage: "[-a] [--json] [INTERFACE]\nINTERFACE SETTING...",
    flags: flags![
        Flag::new(b'a', "all", "show interfaces that are down, too"),
        Flag::new(b'v', "", ""),
        Flag::rows(
            "name encapsulation mac flags:l mtu:n txqueuelen:n? addresses:l rx_packets:n rx_bytes:n rx_errors:n rx_dropped:n \
             tx_packets:n tx_bytes:n tx_errors:n tx_dropped:n collisions:n",
        ),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut socket = Socket::open()?;
    match parsed.operands.split_first() {
        Some((name, words @ [_, ..])) => change::run(io, &mut socket, name, words),
        Some((name, [])) => show::run(io, &mut socket, parsed, Some(name)),
        None => show::run(io, &mut socket, parsed, None),
    }
    .map(|()| Status::SUCCESS)
}
