//! `ping` and `ping6` (BusyBox's, with what scripts use of iputils').
//!
//! No privileges are needed where the kernel lets the group send echo requests (`net.ipv4.ping_group_range`). What routers say
//! of the packets is told as well. QUIT shows the counts so far. Files are given up before the first reply is read.

mod session;
mod tally;

use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

use linux::net::InterfaceName;
use linux::net::options::IPV4_MTU_DISCOVER;

use self::session::Session;
use super::probe::{Kind, Probe};
use super::{names, values};
use crate::{Applet, Flag, Io, Keeps, Outcome, Parsed, Run, sandbox};

pub(crate) const APPLET: Applet = Applet {
    name: "ping",
    summary: "Ask a host whether it is there",
    usage: "[OPTION]... HOST",
    flags: flags![..FLAGS],
    run: Run::Confined(Keeps::Needed, run),
};

/// The options of both commands.
pub(super) const FLAGS: [Flag; 18] = [
    Flag::new(b'4', "", "IPv4 only"),
    Flag::new(b'6', "", "IPv6 only"),
    Flag::with(b'c', "count", "N", "end after N packets"),
    Flag::with(b's', "size", "BYTES", "bytes of each beyond its headers (56)"),
    Flag::with(b'i', "interval", "TIME", "wait so long between two (1 second)"),
    Flag::new(b'A', "adaptive", "send the next when the one before was answered"),
    Flag::with(b't', "ttl", "N", "let packets make N hops at most"),
    Flag::with(b'I', "interface", "FROM", "send by this interface, or from this address"),
    Flag::with(b'W', "timeout", "TIME", "how long to wait for the last answers (10 seconds)"),
    Flag::with(b'w', "deadline", "TIME", "end after this time"),
    Flag::with(b'p', "pattern", "HEX", "fill packets with these bytes"),
    Flag::with(b'Q', "tos", "N", "the type of service"),
    Flag::new(b'q', "quiet", "only the first line and the last"),
    Flag::new(b'n', "numeric", "do not look names up, which is never done"),
    Flag::new(b'b', "", "allow broadcasts, which are always allowed"),
    Flag::new(b'v', "verbose", ""),
    Flag::new(b'D', "", "the time before each line"),
    Flag::with(b'M', "", "HOW", "do: packets are not cut into pieces on the way"),
];

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [host] = parsed.operands[..] else { return Ok(parsed.usage(io)) };
    let is_ipv6 = match parsed.last_of(b"46") {
        None if parsed.applet.name() == "ping6" => Some(true),
        last => last.map(|key| key == b'6'),
    };
    let count = values::number(io, parsed.value(b'c'), u64::MAX)?.filter(|count| *count > 0);
    let size = values::number(io, parsed.value(b's'), 65507)?.unwrap_or(56) as usize;
    let hops = values::number(io, parsed.value(b't'), 255)?;
    let service = values::number(io, parsed.value(b'Q'), 255)?;
    let interval = values::time(io, parsed.value(b'i'))?.unwrap_or(Duration::from_secs(1));
    let (linger, deadline) = (
        values::time(io, parsed.value(b'W'))?.unwrap_or(Duration::from_secs(10)),
        values::time(io, parsed.value(b'w'))?,
    );
    let pattern = match parsed.value(b'p') {
        Some(word) => pattern(word).ok_or_else(|| io.misuse(word, "not bytes in hexadecimal"))?,
        None => alloc::vec![0],
    };
    let mut to = names::find(io, host, is_ipv6)?;
    let is_ipv6 = to.is_ipv6();
    let probe = Probe::open(Kind::Echo, is_ipv6).map_err(|errno| io.complain(b"socket", &errno))?;
    if let Some(word) = parsed.value(b'I') {
        probe.source(io, word)?;
        join_zone(&probe, &mut to, word);
    }
    let set = hops.map_or(Ok(()), |hops| probe.limit_hops(hops as i32));
    let set = set.and_then(|()| service.map_or(Ok(()), |service| probe.set_service(service as u32)));
    let is_whole = parsed.value(b'M') == Some(b"do") && !is_ipv6;
    // IP_PMTUDISC_DO.
    let set = set.and_then(|()| if is_whole { IPV4_MTU_DISCOVER.set(&probe, 2) } else { Ok(()) });
    set.map_err(|errno| io.complain(b"socket", &errno))?;
    sandbox::to_open_files();
    let payload = pattern.iter().copied().cycle().take(size).collect();
    let session = Session {
        probe,
        to,
        payload,
        count,
        interval,
        linger,
        deadline,
        is_adaptive: parsed.has(b'A'),
        is_quiet: parsed.has(b'q'),
        is_dated: parsed.has(b'D'),
    };
    Ok(session.run(io, host))
}

/// Gives an address that is of each link by itself the link that packets are sent by.
fn join_zone(probe: &Probe, to: &mut SocketAddr, word: &[u8]) {
    if let SocketAddr::V6(to) = to
        && to.scope_id() == 0
        && let Some(name) = InterfaceName::new(word)
        && let Ok(index) = linux::net::interface_index(probe, name)
    {
        to.set_scope_id(index);
    }
}

/// Reads bytes in base 16, as many as there are pairs of digits.
fn pattern(word: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let byte = |pair: &[u8]| pair.iter().try_fold(0, |sum, byte| Some(sum << 4 | digit(byte)? as u8));
    word.chunks(2).map(byte).collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn patterns() {
        assert_eq!(pattern(b"ff0"), Some(vec![255, 0]));
        assert_eq!((pattern(b""), pattern(b"0g")), (None, None));
    }
}
