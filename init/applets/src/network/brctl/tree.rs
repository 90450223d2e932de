//! The spanning tree as a bridge and its ports see it: `brctl showstp`, from files of `/sys`.

use alloc::string::String;
use core::fmt::{self, Write as _};

use system::links::Link;

use super::read;
use crate::Io;

/// What ports do, by the kernel's numbers (linux/if_bridge.h).
const STATES: [&str; 5] = ["disabled", "listening", "learning", "forwarding", "blocking"];

/// Flags of a bridge and of a port: their files and names.
const FLAGS: [(&str, &str); 2] = [
    ("bridge/topology_change", "TOPOLOGY_CHANGE "),
    ("bridge/topology_change_detected", "TOPOLOGY_CHANGE_DETECTED "),
];
const PORT_FLAGS: [(&str, &str); 2] =
    [("brport/config_pending", "CONFIG_PENDING "), ("brport/change_ack", "TOPOLOGY_CHANGE_ACK ")];

/// Shows a bridge, and those of the links that are its ports.
pub(super) fn show(io: &mut Io<'_>, bridge: &Link, links: &[Link]) {
    let text = |file: &str| read(bridge, file);
    let time = |file: &str| Time(number(&read(bridge, file)));
    let _ = write!(
        io.out,
        "{}\n bridge id\t\t{}\n designated root\t{}\n root port\t\t{:4}\t\t\tpath cost\t\t{:4}\n",
        bridge.name,
        text("bridge/bridge_id"),
        text("bridge/root_id"),
        number(&text("bridge/root_port")),
        number(&text("bridge/root_path_cost")),
    );
    let (age, hello, delay) =
        (time("bridge/max_age"), time("bridge/hello_time"), time("bridge/forward_delay"));
    let _ = write!(
        io.out,
        " max age\t\t{age}\t\t\tbridge max age\t\t{age}\n hello time\t\t{hello}\t\t\tbridge hello time\t{hello}\n \
         forward delay\t\t{delay}\t\t\tbridge forward delay\t{delay}\n ageing time\t\t{}\n",
        time("bridge/ageing_time"),
    );
    let _ = write!(
        io.out,
        " hello timer\t\t{}\t\t\ttcn timer\t\t{}\n topology change timer\t{}\t\t\tgc timer\t\t{}\n flags\t\t\t{}\n\n\n",
        time("bridge/hello_timer"),
        time("bridge/tcn_timer"),
        time("bridge/topology_change_timer"),
        time("bridge/gc_timer"),
        flags(bridge, FLAGS),
    );
    for port in links.iter().filter(|link| link.master == Some(bridge.index)) {
        self::port(io, port);
    }
}

fn port(io: &mut Io<'_>, port: &Link) {
    let text = |file: &str| read(port, file);
    let time = |file: &str| Time(number(&read(port, file)));
    let state = usize::try_from(number(&text("brport/state"))).ok().and_then(|state| STATES.get(state));
    let _ = write!(
        io.out,
        "{} ({})\n port id\t\t{:04x}\t\t\tstate\t\t{:>15}\n designated root\t{}\tpath cost\t\t{:4}\n",
        port.name,
        number(&text("brport/port_no")),
        number(&text("brport/port_id")),
        state.unwrap_or(&"unknown"),
        text("brport/designated_root"),
        number(&text("brport/path_cost")),
    );
    let _ = write!(
        io.out,
        " designated bridge\t{}\tmessage age timer\t{}\n designated port\t{:04x}\t\t\tforward delay timer\t{}\n \
         designated cost\t{:4}\t\t\thold timer\t\t{}\n flags\t\t\t{}\n",
        text("brport/designated_bridge"),
        time("brport/message_age_timer"),
        number(&text("brport/designated_port")),
        time("brport/forward_delay_timer"),
        number(&text("brport/designated_cost")),
        time("brport/hold_timer"),
        flags(port, PORT_FLAGS),
    );
    if number(&text("brport/hairpin_mode")) != 0 {
        io.out.put(b" hairpin mode\t\t   1\n");
    }
    io.out.put(b"\n");
}

/// Reads a number, to base 16 behind `0x`; 0 for what is none.
fn number(text: &str) -> u64 {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
    .unwrap_or(0)
}

fn flags(link: &Link, flags: [(&str, &str); 2]) -> String {
    flags.into_iter().filter(|(file, _)| number(&read(link, file)) != 0).map(|(_, name)| name).collect()
}

/// A time in hundredths of a second.
#[derive(Clone, Copy)]
struct Time(u64);

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:4}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::{Time, number};

    #[test]
    fn numbers_and_times() {
        assert_eq!((number("0x8001"), number("19"), number("")), (0x8001, 19, 0));
        assert_eq!(Time(1999).to_string(), "  19.99");
    }
}
