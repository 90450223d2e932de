//! `traceroute` and `traceroute6` (BusyBox's).
//!
//! Without privileges: what routers say of the packets is read from the socket's queue of errors. Datagrams are the default,
//! as everywhere; `-I` sends echo requests, for which the kernel must let the group do so. Files are given up before the first
//! answer is read. Routers on the way (`-g`) cannot be chosen: they ignore it these days.

mod trip;

use core::time::Duration;

use linux::net::options;

use self::trip::Trip;
use super::names::Names;
use super::probe::{Kind, Probe};
use super::{names, values};
use crate::{Applet, Flag, Io, Keeps, Outcome, Parsed, Run, sandbox};

pub(crate) const APPLET: Applet = Applet {
    name: "traceroute",
    summary: "Show the routers on the way to a host",
    usage: "[OPTION]... HOST [BYTES]",
    flags: flags![..FLAGS],
    run: Run::Confined(Keeps::Needed, run),
};

/// The options of both commands.
pub(super) const FLAGS: [Flag; 17] = [
    Flag::new(b'4', "", "IPv4 only"),
    Flag::new(b'6', "", "IPv6 only"),
    Flag::new(b'F', "", "packets are not cut into pieces on the way"),
    Flag::new(b'I', "icmp", "send echo requests in place of datagrams"),
    Flag::new(b'l', "", "show how many hops answers could still have made"),
    Flag::new(b'n', "", "do not look names up"),
    Flag::new(b'r', "", "only to links of this machine"),
    Flag::new(b'v', "", ""),
    Flag::with(b'f', "first", "N", "begin with packets that make N hops (1)"),
    Flag::with(b'm', "max-hops", "N", "end with packets that make N hops (30)"),
    Flag::with(b'q', "queries", "N", "send N packets for each (3)"),
    Flag::with(b'p', "port", "PORT", "the first port that packets are sent to (33434)"),
    Flag::with(b't', "tos", "N", "the type of service"),
    Flag::with(b'w', "wait", "TIME", "how long to wait for an answer (3 seconds)"),
    Flag::with(b's', "source", "ADDRESS", "send from this address"),
    Flag::with(b'i', "interface", "NAME", "send by this interface"),
    Flag::with(b'z', "sendwait", "MS", "wait so many milliseconds between packets"),
];

/// The headers of IP and UDP, and the bytes of a packet if nothing is said, of IPv4 and IPv6.
const SIZES: [(u64, u64); 2] = [(28, 46), (48, 72)];

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let ([host] | [host, _]) = parsed.operands[..] else { return Ok(parsed.usage(io)) };
    let is_ipv6 = match parsed.last_of(b"46") {
        None if parsed.applet.name() == "traceroute6" => Some(true),
        last => last.map(|key| key == b'6'),
    };
    let first = values::number(io, parsed.value(b'f'), 255)?.unwrap_or(1).max(1);
    let last = values::number(io, parsed.value(b'm'), 255)?.unwrap_or(30);
    let queries = values::number(io, parsed.value(b'q'), 255)?.unwrap_or(3);
    let port = values::number(io, parsed.value(b'p'), 65535)?.unwrap_or(33434) as u16;
    let service = values::number(io, parsed.value(b't'), 255)?.unwrap_or(0) as u32;
    let pause = Duration::from_millis(values::number(io, parsed.value(b'z'), u32::MAX.into())?.unwrap_or(0));
    let bytes = values::number(io, parsed.operands.get(1).copied(), 65535)?.unwrap_or(0);
    let wait = values::time(io, parsed.value(b'w'))?.unwrap_or(Duration::from_secs(3));
    if first > last {
        return Ok(io.misuse(host, "the first number of hops is beyond the last"));
    }
    let to = names::find(io, host, is_ipv6)?;
    let (headers, default) = SIZES[usize::from(to.is_ipv6())];
    let bytes = if bytes == 0 { default } else { bytes.max(headers) };
    let kind = if parsed.has(b'I') { Kind::Echo } else { Kind::Datagrams(port) };
    let probe = Probe::open(kind, to.is_ipv6()).map_err(|errno| io.complain(b"socket", &errno))?;
    for word in parsed.values(b's').chain(parsed.values(b'i')) {
        probe.source(io, word)?;
    }
    // IP_PMTUDISC_DO, IPV6_PMTUDISC_DO.
    let discover = if to.is_ipv6() { options::IPV6_MTU_DISCOVER } else { options::IPV4_MTU_DISCOVER };
    let set = if parsed.has(b'F') { discover.set(&probe, 2) } else { Ok(()) };
    let set = set.and_then(|()| options::DONT_ROUTE.set(&probe, parsed.has(b'r')));
    let set = set.and_then(|()| if service > 0 { probe.set_service(service) } else { Ok(()) });
    set.map_err(|errno| io.complain(b"socket", &errno))?;
    let names = Names::new(parsed.has(b'n'));
    sandbox::to_open_files();
    let payload = alloc::vec![0; (bytes - headers) as usize];
    let trip = Trip { probe, to, payload, queries, wait, pause, names, shows_hops: parsed.has(b'l') };
    Ok(trip.run(io, host, bytes, first..=last))
}
