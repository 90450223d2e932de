//! A DHCP lease as a value, and as the text that outlives a reboot or the process that holds it.
//!
//! The text is lines of a key, a space and a value; a key that may have several values has a line for each. It begins with
//! the format and its version, names the moment at which it was written on both clocks, then holds an entry for each
//! interface, and ends with a checksum of all before it, so that a file cut at any byte is told from a whole one:
//!
//! ```text
//! spelunk-lease 1
//! boot 5c2b6f0e-6a2e-4d7e-9c7b-1f4be4e1c9a1
//! clock 1.250000000
//! wall 1763712000.000000000
//! interface eth0
//! address 10.0.2.15/24
//! server 10.0.2.2
//! ...
//! end 90f1c2b4a6d3e587
//! ```
//!
//! Keys that a reader does not know are passed over; a value that cannot be is an error of the whole file, because the sum
//! says that it was written so.

use crate::time::Duration;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{Display, Write as _};
use core::net::Ipv4Addr;

use crate::internet::parse_v4;
use crate::proc::words;
use crate::wire::dhcp4::is_domain_name;
use crate::{Error, Expected};

/// A way to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The network's first address; the bits behind the prefix are zero.
    pub destination: Ipv4Addr,
    /// Leading bits that count, 0 to 32; 0 is the default route.
    pub prefix: u8,
    /// The next hop; none when the network is on this link.
    pub gateway: Option<Ipv4Addr>,
}

/// What a server granted, checked, in the form in which it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Our address.
    pub address: Ipv4Addr,
    /// Leading bits of the network that is on this link.
    pub prefix: u8,
    /// The server that granted it (option 54).
    pub server: Ipv4Addr,
    /// How long it was granted for, whole seconds; [`Lease::FOREVER`] never ends.
    pub duration: Duration,
    /// From the grant to the first renewal (T1).
    pub renewal: Duration,
    /// From the grant to the first rebinding (T2).
    pub rebinding: Duration,
    /// When it ends, on the clock of the machine that holds it (CLOCK_BOOTTIME).
    pub expires: Duration,
    /// The routers in the server's order of preference (option 3).
    pub routers: Vec<Ipv4Addr>,
    /// The routes to install, in this order: a host route to a gateway outside the network precedes its users.
    pub routes: Vec<Route>,
    /// Broadcast address, when the server named one (option 28).
    pub broadcast: Option<Ipv4Addr>,
    /// Name servers (option 6).
    pub dns: Vec<Ipv4Addr>,
    /// The domain of this host (option 15).
    pub domain: Option<String>,
    /// Domains to complete short names with (option 119).
    pub search: Vec<String>,
    /// Our name, when the server gives one (option 12), or made a DNS entry of it (option 81).
    pub hostname: Option<String>,
    /// Largest packet of the link (option 26).
    pub mtu: Option<u16>,
    /// Time servers (option 42).
    pub ntp: Vec<Ipv4Addr>,
    /// Vendor specific information, not looked into (option 43).
    pub vendor: Vec<u8>,
    /// The message that granted it, where that is kept for scripts; not in the text.
    pub message: Vec<u8>,
}

impl Lease {
    /// The duration that never ends (RFC 2131 section 3.3: 0xffffffff seconds).
    pub const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

    /// Gives the next hop of the default route.
    pub fn gateway(&self) -> Option<Ipv4Addr> {
        self.routes.iter().find(|route| route.prefix == 0).and_then(|route| route.gateway)
    }

    /// Gives the time of the first renewal (T1) on the clock of `expires`.
    pub fn renews_at(&self) -> Duration {
        self.before_end(self.renewal)
    }

    /// Gives the time from which any server is asked (T2).
    pub fn rebinds_at(&self) -> Duration {
        self.before_end(self.rebinding)
    }

    fn before_end(&self, since_grant: Duration) -> Duration {
        if self.duration == Self::FOREVER {
            return Duration::MAX;
        }
        self.expires.saturating_sub(self.duration.saturating_sub(since_grant))
    }

    /// Makes a lease of an address and nothing else, valid for no time.
    pub const fn bare(address: Ipv4Addr, prefix: u8, server: Ipv4Addr) -> Self {
        Self {
            address,
            prefix,
            server,
            duration: Duration::ZERO,
            renewal: Duration::ZERO,
            rebinding: Duration::ZERO,
            expires: Duration::ZERO,
            routers: Vec::new(),
            routes: Vec::new(),
            broadcast: None,
            dns: Vec::new(),
            domain: None,
            search: Vec::new(),
            hostname: None,
            mtu: None,
            ntp: Vec::new(),
            vendor: Vec::new(),
            message: Vec::new(),
        }
    }
}

/// A moment on the clocks of one run of the system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Which run (/proc/sys/kernel/random/boot_id).
    pub boot: String,
    /// Since that run began (CLOCK_BOOTTIME).
    pub clock: Duration,
    /// Since 1970 (CLOCK_REALTIME).
    pub wall: Duration,
}

/// What is known of one interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The interface's name.
    pub interface: String,
    /// Its lease, which its user may share.
    pub lease: Option<Rc<Lease>>,
    /// Counters and other numbers.
    pub numbers: Numbers,
}

/// Numbers by name, kept as the lines that they are in the file: they are written often and read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers(String);

impl Numbers {
    /// Appends a number; its name is two parts, in which spaces become hyphens.
    pub fn push(&mut self, family: &str, name: &str, number: u64) {
        self.0.push_str("number ");
        self.0.push_str(family);
        self.0.extend(name.chars().map(|letter| if letter == ' ' { '-' } else { letter }));
        // Writing into a string cannot fail.
        let _ = writeln!(self.0, " {number}");
    }

    /// Lists names and numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.lines().filter_map(|line| {
            let (name, number) = split(split(line, b' ')?.1, b' ')?;
            Some((name, decimal(number)?))
        })
    }
}

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leases {
    /// When it was written.
    pub written: Moment,
    /// The interfaces.
    pub entries: Vec<Entry>,
}

impl Leases {
    /// Takes an interface's entry out as it stands now: the end of its lease moved onto the clock of this run of the system.
    ///
    /// When the wall clock is of no use (behind the time of writing, as on a machine whose clock is not set yet) the
    /// lease comes back as ended: its address may still be asked for, but not used unasked.
    pub fn take(&mut self, interface: &str, now: &Moment) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.interface == interface)?;
        let mut entry = self.entries.swap_remove(at);
        // Just read, so that nobody shares it.
        let Some(lease) = entry.lease.as_mut().and_then(Rc::get_mut) else {
            entry.lease = None;
            return Some(entry);
        };
        if self.written.boot != now.boot && lease.duration != Lease::FOREVER {
            let left = lease.expires.saturating_sub(self.written.clock);
            let away = now.wall.checked_sub(self.written.wall);
            let left = away.map_or(Duration::ZERO, |away| left.saturating_sub(away));
            lease.expires = if left.is_zero() { Duration::ZERO } else { now.clock.saturating_add(left) };
        }
        Some(entry)
    }
}

const FORMAT: &str = "spelunk-lease";
const VERSION: &str = "1";

/// Writes the file.
pub fn emit(leases: &Leases, out: &mut Vec<u8>) {
    let mut text = String::with_capacity(1024);
    let written = &leases.written;
    line(&mut text, FORMAT, &VERSION);
    line(&mut text, "boot", &written.boot);
    line(&mut text, "clock", &Seconds(written.clock));
    line(&mut text, "wall", &Seconds(written.wall));
    for entry in &leases.entries {
        line(&mut text, "interface", &entry.interface);
        if let Some(lease) = &entry.lease {
            write_lease(lease, &mut text);
        }
        text.push_str(&entry.numbers.0);
    }
    let sum = checksum(text.as_bytes());
    line(&mut text, "end", &format_args!("{sum:016x}"));
    out.extend_from_slice(text.as_bytes());
}

#[inline(never)]
fn line(out: &mut String, key: &str, value: &dyn Display) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{key} {value}");
}

fn write_lease(lease: &Lease, out: &mut String) {
    line(out, "address", &format_args!("{}/{}", lease.address, lease.prefix));
    line(out, "server", &lease.server);
    let times = [
        ("duration", lease.duration),
        ("renewal", lease.renewal),
        ("rebinding", lease.rebinding),
        ("expires", lease.expires),
    ];
    for (key, time) in times {
        line(out, key, &Seconds(time));
    }
    for (key, list) in [("router", &lease.routers), ("dns", &lease.dns), ("ntp", &lease.ntp)] {
        list.iter().for_each(|address| line(out, key, address));
    }
    for route in &lease.routes {
        let gateway = route.gateway.unwrap_or(Ipv4Addr::UNSPECIFIED);
        line(out, "route", &format_args!("{}/{} {gateway}", route.destination, route.prefix));
    }
    if let Some(address) = &lease.broadcast {
        line(out, "broadcast", address);
    }
    for (key, name) in [("domain", &lease.domain), ("hostname", &lease.hostname)] {
        name.iter().for_each(|name| line(out, key, name));
    }
    lease.search.iter().for_each(|name| line(out, "search", name));
    if let Some(mtu) = &lease.mtu {
        line(out, "mtu", mtu);
    }
    if !lease.vendor.is_empty() {
        line(out, "vendor", &Hexadecimal(&lease.vendor));
    }
}

/// Reads the file; what is cut, changed or of another version is an error.
pub fn parse(bytes: &[u8]) -> Result<Leases, Error> {
    let mut leases = Leases::default();
    let mut at = 0;
    let text = whole(bytes).ok_or(Error::new(Expected::LeaseFile, bytes.len()))?;
    for line in text.lines() {
        let read = split(line, b' ').and_then(|(key, value)| match at {
            0 => (key == FORMAT && value == VERSION).then_some(()),
            _ => read_line(&mut leases, key, value),
        });
        read.ok_or(Error::new(Expected::LeaseFile, at))?;
        at += line.len() + 1;
    }
    Ok(leases)
}

/// Checks the end mark and gives the text before it.
fn whole(bytes: &[u8]) -> Option<&str> {
    let (body, mark) = bytes.split_at_checked(bytes.len().checked_sub("end \n".len() + 16)?)?;
    let expected = alloc::format!("end {:016x}\n", checksum(body));
    if body.ends_with(b"\n") && mark == expected.as_bytes() { core::str::from_utf8(body).ok() } else { None }
}

/// Takes one line in; `None` when its value cannot be.
fn read_line(leases: &mut Leases, key: &str, value: &str) -> Option<()> {
    match key {
        "boot" => leases.written.boot = String::from(value),
        "clock" => leases.written.clock = seconds(value)?,
        "wall" => leases.written.wall = seconds(value)?,
        "interface" => {
            leases.entries.push(Entry { interface: String::from(value), ..Entry::default() });
        }
        _ => read_entry(leases.entries.last_mut()?, key, value)?,
    }
    Some(())
}

fn read_entry(entry: &mut Entry, key: &str, value: &str) -> Option<()> {
    match key {
        "number" => {
            let (name, number) = split(value, b' ')?;
            entry.numbers.push(name, "", decimal(number)?);
        }
        "address" => {
            let (address, prefix) = network(value)?;
            entry.lease = Some(Rc::new(Lease::bare(address, prefix, Ipv4Addr::UNSPECIFIED)));
        }
        _ => read_lease(entry.lease.as_mut().and_then(Rc::get_mut)?, key, value)?,
    }
    Some(())
}

fn read_lease(lease: &mut Lease, key: &str, value: &str) -> Option<()> {
    match key {
        "duration" => lease.duration = seconds(value)?,
        "renewal" => lease.renewal = seconds(value)?,
        "rebinding" => lease.rebinding = seconds(value)?,
        "expires" => lease.expires = seconds(value)?,
        "route" => lease.routes.push(route(value)?),
        "mtu" => lease.mtu = Some(u16::try_from(decimal(value)?).ok()?),
        "vendor" => lease.vendor = hexadecimal(value)?,
        "domain" => lease.domain = Some(name(value)?),
        "search" => lease.search.push(name(value)?),
        "hostname" => lease.hostname = Some(name(value)?),
        "server" => lease.server = parse_v4(value)?,
        "broadcast" => lease.broadcast = Some(parse_v4(value)?),
        "router" => lease.routers.push(parse_v4(value)?),
        "dns" => lease.dns.push(parse_v4(value)?),
        "ntp" => lease.ntp.push(parse_v4(value)?),
        _ => {}
    }
    Some(())
}

// Each of these is one function for all keys, and stays one: their copies would be a third of the reader.

/// Splits a text at the first of a byte of ASCII.
#[inline(never)]
fn split(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

fn decimal(value: &str) -> Option<u64> {
    words::decimal(value.as_bytes())
}

#[inline(never)]
fn name(value: &str) -> Option<String> {
    is_domain_name(value).then(|| String::from(value))
}

#[inline(never)]
fn network(value: &str) -> Option<(Ipv4Addr, u8)> {
    let (network, prefix) = split(value, b'/')?;
    let prefix = decimal(prefix).filter(|prefix| *prefix <= 32)? as u8;
    Some((parse_v4(network)?, prefix))
}

fn route(value: &str) -> Option<Route> {
    let (destination, gateway) = split(value, b' ')?;
    let (destination, prefix) = network(destination)?;
    let gateway = Some(parse_v4(gateway)?).filter(|gateway| !gateway.is_unspecified());
    Some(Route { destination, prefix, gateway })
}

fn hexadecimal(value: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = value.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    odd.is_empty().then_some(())?;
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8)).collect()
}

/// Bytes as pairs of hexadecimal digits.
struct Hexadecimal<'a>(&'a [u8]);

impl Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A time as seconds with nine digits behind the point.
struct Seconds(Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{:09}", self.0.as_secs(), self.0.subsec_nanos())
    }
}

#[inline(never)]
fn seconds(value: &str) -> Option<Duration> {
    let (whole, part) = split(value, b'.')?;
    let nanoseconds = decimal(part).filter(|_| part.len() == 9)?;
    Some(Duration::new(
        decimal(whole)?,
        u32::try_from(nanoseconds).ok().filter(|part| *part < 1_000_000_000)?,
    ))
}

/// FNV-1a in 64 bits: tells a cut or worn file, not a forged one; who can write here is root already.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Leases {
        let gateway = Ipv4Addr::new(10, 9, 0, 1);
        let lease = Lease {
            duration: Duration::from_secs(86400),
            renewal: Duration::from_secs(43200),
            rebinding: Duration::from_secs(75600),
            expires: Duration::new(86410, 7),
            routers: vec![gateway],
            routes: vec![
                Route { destination: gateway, prefix: 32, gateway: None },
                Route { destination: Ipv4Addr::UNSPECIFIED, prefix: 0, gateway: Some(gateway) },
            ],
            broadcast: Some(Ipv4Addr::new(10, 9, 0, 255)),
            dns: vec![gateway, Ipv4Addr::new(9, 9, 9, 9)],
            domain: Some("example.org".into()),
            search: vec!["a.example".into(), "b.example".into()],
            hostname: Some("end".into()),
            mtu: Some(1400),
            ntp: vec![gateway],
            vendor: vec![0, 255, 10],
            ..Lease::bare(Ipv4Addr::new(10, 9, 0, 50), 24, gateway)
        };
        let mut numbers = Numbers::default();
        numbers.push("", "sent", 4);
        numbers.push("drop.", "bad name", u64::MAX);
        Leases {
            written: Moment {
                boot: "5c2b6f0e".into(),
                clock: Duration::from_secs(10),
                wall: Duration::from_secs(1_763_712_000),
            },
            entries: vec![
                Entry { interface: "eth0".into(), lease: Some(lease.into()), numbers },
                Entry { interface: "eth1".into(), lease: None, numbers: Numbers::default() },
            ],
        }
    }

    fn text(leases: &Leases) -> Vec<u8> {
        let mut bytes = Vec::new();
        emit(leases, &mut bytes);
        bytes
    }

    #[test]
    fn a_file_comes_back_and_no_part_of_it() {
        let leases = sample();
        let bytes = text(&leases);
        assert_eq!(parse(&bytes), Ok(leases));
        for length in 0..bytes.len() {
            assert!(parse(&bytes[..length]).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(parse(&changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_text_is_lines_that_people_read() {
        let text = String::from_utf8(text(&sample())).unwrap();
        for line in [
            "interface eth0",
            "address 10.9.0.50/24",
            "expires 86410.000000007",
            "route 0.0.0.0/0 10.9.0.1",
            "route 10.9.0.1/32 0.0.0.0",
            "vendor 00ff0a",
            "number drop.bad-name 18446744073709551615",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}");
        }
    }

    #[test]
    fn values_that_cannot_be_are_refused_even_with_a_right_sum() {
        let good = String::from_utf8(text(&sample())).unwrap();
        let body = good.split("end ").next().unwrap();
        let seal = |body: &str| format!("{body}end {:016x}\n", checksum(body.as_bytes())).into_bytes();
        for (from, to) in [
            ("spelunk-lease 1", "spelunk-lease 2"),
            ("10.9.0.50/24", "10.9.0.50/33"),
            ("10.9.0.50/24", "10.9.0/24"),
            ("a.example", "a;reboot"),
            ("mtu 1400", "mtu 65536"),
            ("vendor 00ff0a", "vendor 0ff0a"),
            ("86410.000000007", "86410.7"),
            ("clock 10.", "clock x."),
            ("interface eth0\n", ""),
            ("mtu 1400", "mtu"),
        ] {
            assert!(body.contains(from), "{from}");
            assert!(parse(&seal(&body.replacen(from, to, 1))).is_err(), "{to}");
        }
        assert_eq!(
            parse(&seal(&body.replacen("mtu", "later", 1))).unwrap().entries[0].lease.as_ref().unwrap().mtu,
            None
        );
    }

    #[test]
    fn the_end_moves_onto_the_clock_of_another_boot() {
        let leases = sample();
        let wall = leases.written.wall;
        let at = |boot: &str, clock: u64, wall: Duration| {
            let now = Moment { boot: boot.into(), clock: Duration::from_secs(clock), wall };
            parse(&text(&leases)).unwrap().take("eth0", &now).unwrap().lease.unwrap().expires
        };
        assert_eq!(at("5c2b6f0e", 500, Duration::ZERO), Duration::new(86410, 7), "same boot");
        assert_eq!(at("other", 5, wall + Duration::from_secs(400)), Duration::new(86005, 7));
        assert_eq!(at("other", 5, wall + Duration::from_secs(100_000)), Duration::ZERO, "ended meanwhile");
        assert_eq!(at("other", 5, Duration::from_secs(3)), Duration::ZERO, "clock not set");
        assert_eq!(leases.clone().take("eth1", &leases.written).unwrap().lease, None);
        assert_eq!(leases.clone().take("eth2", &leases.written), None);
    }
}
