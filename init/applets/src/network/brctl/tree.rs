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
    let files = Files(bridge);
    let _ = write!(
        io.out,
        "{}\n bridge id\t\t{}\n designated root\t{}\n root port\t\t{:4}\t\t\tpath cost\t\t{:4}\n",
        bridge.name,
        files.text("bridge/bridge_id"),
        files.text("bridge/root_id"),
        files.number("bridge/root_port"),
        files.number("bridge/root_path_cost"),
    );
    let (age, hello, delay) =
        (files.time("bridge/max_age"), files.time("bridge/hello_time"), files.time("bridge/forward_delay"));
    let _ = write!(
        io.out,
        " max age\t\t{age}\t\t\tbridge max age\t\t{age}\n hello time\t\t{hello}\t\t\tbridge hello time\t{hello}\n \
         forward delay\t\t{delay}\t\t\tbridge forward delay\t{delay}\n ageing time\t\t{}\n",
        files.time("bridge/ageing_time"),
    );
    let _ = write!(
        io.out,
        " hello timer\t\t{}\t\t\ttcn timer\t\t{}\n topology change timer\t{}\t\t\tgc timer\t\t{}\n flags\t\t\t{}\n\n\n",
        files.time("bridge/hello_timer"),
        files.time("bridge/tcn_timer"),
        files.time("bridge/topology_change_timer"),
        files.time("bridge/gc_timer"),
        files.flags(FLAGS),
    );
    for port in links.iter().filter(|link| link.master == Some(bridge.index)) {
        self::port(io, port);
    }
}

fn port(io: &mut Io<'_>, port: &Link) {
    let files = Files(port);
    let state = usize::try_from(files.number("brport/state")).ok().and_then(|state| STATES.get(state));
    let _ = write!(
        io.out,
        "{} ({})\n port id\t\t{:04x}\t\t\tstate\t\t{:>15}\n designated root\t{}\tpath cost\t\t{:4}\n",
        port.name,
        files.number("brport/port_no"),
        files.number("brport/port_id"),
        state.unwrap_or(&"unknown"),
        files.text("brport/designated_root"),
        files.number("brport/path_cost"),
    );
    let _ = write!(
        io.out,
        " designated bridge\t{}\tmessage age timer\t{}\n designated port\t{:04x}\t\t\tforward delay timer\t{}\n \
         designated cost\t{:4}\t\t\thold timer\t\t{}\n flags\t\t\t{}\n",
        files.text("brport/designated_bridge"),
        files.time("brport/message_age_timer"),
        files.number("brport/designated_port"),
        files.time("brport/forward_delay_timer"),
        files.number("brport/designated_cost"),
        files.time("brport/hold_timer"),
        files.flags(PORT_FLAGS),
    );
    if files.number("brport/hairpin_mode") != 0 {
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

/// What the kernel's files say of a link.
struct Files<'l>(&'l Link);

impl Files<'_> {
    fn text(&self, file: &str) -> String {
        read(self.0, file)
    }

    fn number(&self, file: &str) -> u64 {
        number(&self.text(file))
    }

    fn time(&self, file: &str) -> Time {
        Time(self.number(file))
    }

    fn flags(&self, flags: [(&str, &str); 2]) -> String {
        flags.into_iter().filter(|(file, _)| self.number(file) != 0).map(|(_, name)| name).collect()
    }
}

/// A time in hundredths of a second.
#[derive(Clone, Copy)]
pub(super) struct Time(pub(super) u64);

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
