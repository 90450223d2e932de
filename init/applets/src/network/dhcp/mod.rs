//! `dhcp`: a DHCP client in the foreground. It switches the links on, asks for addresses, configures what it gets and keeps it
//! until it is ended; the addresses stay then, for as long as their leases last.
//!
//! `--once` with `--conflict short` or `full` ends when the address was asked for and nobody has it; by default it ends when
//! the address is in use, and says that it was not checked: there is nobody left to hear an answer.
//!
//! Signals: USR1 has the leases confirmed now, USR2 gives them back, TERM and INT end it.
//! `--status` shows the clients of the `network` worker and those that this command has run.

mod client;
mod settings;
mod status;

use crate::options::more;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "dhcp",
    summary: "Get addresses by DHCP for INTERFACEs, or for every Ethernet link",
    usage: "[OPTION]... [INTERFACE]...\n--release [OPTION]... [INTERFACE]...\n--status [--json] [INTERFACE]...",
    flags: flags![
        ..MORE,
        Flag::with(b'i', "interface", "INTERFACE", "an interface to serve"),
        Flag::new(b'q', "once", "end when all are configured, or without success after --timeout (30)"),
        Flag::with(b't', "timeout", "SECONDS", "how long to try"),
        Flag::new(RELEASE, "release", "give the lease of an earlier run back, remove the address"),
        Flag::new(STATUS, "status", "show state, lease and dropped replies of each client"),
        Flag::new(b'v', "verbose", "say each step, and why replies are dropped"),
        Flag::rows(
            "interface state address:s? gateway:s? server:s? left_s:n? sent:n used:n dropped:n checked:b? lease_s:n? since_ms:n dns:l? domain:s? search:l? routes:l? mtu:n? ntp:l? hostname:s? drops:l"
        ),
    ],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::with(b'H', "hostname", "NAME", "tell the server this name"),
    Flag::with(b'r', "request", "ADDRESS", "the address to ask for"),
    Flag::with(b'l', "lease-time", "SECONDS", "the lease time to ask for"),
    Flag::with(b'C', "client-id", "ID", "duid, hardware, or bytes in hexadecimal"),
    Flag::with(b'V', "vendor-class", "TEXT", "what kind of machine this is"),
    Flag::new(NO_RAPID, "no-rapid-commit", "always four messages"),
    Flag::new(IPV6_ONLY, "ipv6-only", "do without an address where the network says that it can"),
    Flag::new(b'B', "broadcast", "ask for replies to the broadcast address"),
    Flag::new(DEFAULT_ONLY, "default-route-only", "take no other routes from the server"),
    Flag::new(TAKE_NAME, "take-hostname", "name this machine as the server says"),
    Flag::new(b'R', "release-at-end", "give the lease back when ended by TERM or INT"),
    Flag::with(
        CONFLICT,
        "conflict",
        "MODE",
        "when to ask who has the address: optimistic (behind), short, full",
    ),
    Flag::with(LEASES, "lease-dir", "DIR", "where leases are kept (/var/lib/spelunk)"),
    Flag::with(RESOLVER, "resolv-conf", "FILE", "the resolver file (/etc/resolv.conf); empty: none"),
]);

keys! { 128; RELEASE STATUS CONFLICT NO_RAPID IPV6_ONLY DEFAULT_ONLY TAKE_NAME LEASES RESOLVER }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let settings = settings::read(parsed).map_err(|(word, reason)| io.misuse(word, reason))?;
    if parsed.has(STATUS) {
        return Ok(status::show(io, &settings));
    }
    if parsed.has(RELEASE) {
        return Ok(client::release(io, settings));
    }
    Ok(client::serve(io, settings))
}
