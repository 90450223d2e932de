//! `/etc/udhcpd.conf`: the settings of BusyBox's DHCP server, a word and its value a line.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::lines;
use crate::internet::parse_v4;
use crate::wire::dhcp4::Code;
use crate::wire::ethernet::Mac;
use crate::{Error, Expected};

/// What the file says; what it does not say is the program's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config<'a> {
    /// The first address to give.
    pub first: Ipv4Addr,
    /// The last one.
    pub last: Ipv4Addr,
    /// The link.
    pub interface: &'a str,
    /// Leases at once; none for as many as there are addresses.
    pub most: Option<u32>,
    /// The shortest lease, in seconds.
    pub least_s: u32,
    /// How long an address is held back that was offered, that somebody declined, in seconds.
    pub offer_s: u32,
    /// The same of one that a client declined.
    pub decline_s: u32,
    /// How often leases are written, in seconds; 0 for at the end alone.
    pub save_s: u32,
    /// Where leases are written.
    pub lease_file: &'a str,
    /// Where the number of the process is written; empty for nowhere.
    pub number_file: &'a str,
    /// What is run with the lease file as its word when that was written; empty for nothing.
    pub notify: &'a str,
    /// The next server of the boot, its name, and the file to boot.
    pub next_server: Ipv4Addr,
    /// Its name.
    pub server_name: &'a str,
    /// The file.
    pub boot_file: &'a str,
    /// Addresses of stations that are always the same.
    pub fixed: Vec<(Mac, Ipv4Addr)>,
    /// Options as they are sent.
    pub options: Vec<(Code, Vec<u8>)>,
}

impl Default for Config<'_> {
    fn default() -> Self {
        Self {
            first: Ipv4Addr::new(192, 168, 0, 20),
            last: Ipv4Addr::new(192, 168, 0, 254),
            interface: "eth0",
            most: None,
            least_s: 60,
            offer_s: 60,
            decline_s: 3600,
            save_s: 7200,
            lease_file: "/var/lib/misc/udhcpd.leases",
            number_file: "/run/udhcpd.pid",
            notify: "",
            next_server: Ipv4Addr::UNSPECIFIED,
            server_name: "",
            boot_file: "",
            fixed: Vec::new(),
            options: Vec::new(),
        }
    }
}

/// Reads the file. The error tells the first line that makes no sense by its number, from 1.
pub fn parse(text: &[u8]) -> Result<Config<'_>, Error> {
    let mut config = Config::default();
    for (number, line) in lines(text).enumerate() {
        if !line.is_empty() {
            set(&mut config, line).ok_or(Error::new(Expected::ServerSetting, number + 1))?;
        }
    }
    Ok(config)
}

fn set<'a>(config: &mut Config<'a>, line: &'a str) -> Option<()> {
    let (word, value) = line.split_once(|letter: char| letter.is_ascii_whitespace())?;
    let value = value.trim_ascii();
    match word {
        "start" => config.first = parse_v4(value)?,
        "end" => config.last = parse_v4(value)?,
        "interface" => config.interface = value,
        "max_leases" => config.most = Some(value.parse().ok()?),
        "min_lease" => config.least_s = value.parse().ok()?,
        "offer_time" => config.offer_s = value.parse().ok()?,
        "decline_time" => config.decline_s = value.parse().ok()?,
        "auto_time" => config.save_s = value.parse().ok()?,
        "lease_file" => config.lease_file = value,
        "pidfile" => config.number_file = value,
        "notify_file" => config.notify = value,
        "siaddr" => config.next_server = parse_v4(value)?,
        "sname" => config.server_name = value,
        "boot_file" => config.boot_file = value,
        "static_lease" => {
            let mut words = value.split_ascii_whitespace();
            config.fixed.push((words.next()?.parse().ok()?, parse_v4(words.next()?)?));
        }
        "option" | "opt" => config.options.push(option(value)?),
        // Of no use here: conflicts are not asked for, and times are always what is left.
        "conflict_time" | "remaining" => {}
        _ => return None,
    }
    Some(())
}

/// What the value of an option is made of.
#[derive(Clone, Copy)]
enum Kind {
    Address,
    Addresses,
    Text,
    Byte,
    Short,
    Number,
    Routes,
}

/// The options that have names.
const OPTIONS: &[(&str, u8, Kind)] = &[
    ("subnet", 1, Kind::Address),
    ("timezone", 2, Kind::Number),
    ("router", 3, Kind::Addresses),
    ("timesrv", 4, Kind::Addresses),
    ("namesrv", 5, Kind::Addresses),
    ("dns", 6, Kind::Addresses),
    ("logsrv", 7, Kind::Addresses),
    ("lprsrv", 9, Kind::Addresses),
    ("hostname", 12, Kind::Text),
    ("bootsize", 13, Kind::Short),
    ("domain", 15, Kind::Text),
    ("swapsrv", 16, Kind::Address),
    ("rootpath", 17, Kind::Text),
    ("ipttl", 23, Kind::Byte),
    ("mtu", 26, Kind::Short),
    ("broadcast", 28, Kind::Address),
    ("nisdomain", 40, Kind::Text),
    ("nissrv", 41, Kind::Addresses),
    ("ntpsrv", 42, Kind::Addresses),
    ("wins", 44, Kind::Addresses),
    ("lease", 51, Kind::Number),
    ("serverid", 54, Kind::Address),
    ("tftp", 66, Kind::Text),
    ("bootfile", 67, Kind::Text),
    ("staticroutes", 121, Kind::Routes),
    ("wpad", 252, Kind::Text),
];

/// Reads `NAME VALUE`, or a number and bytes in base 16.
fn option(text: &str) -> Option<(Code, Vec<u8>)> {
    let (name, value) = text.split_once(|letter: char| letter.is_ascii_whitespace())?;
    let value = value.trim_ascii();
    let Some((_, code, kind)) = OPTIONS.iter().find(|(known, ..)| *known == name) else {
        let code = match name.strip_prefix("0x") {
            Some(digits) => u8::from_str_radix(digits, 16).ok()?,
            None => name.parse().ok()?,
        };
        let (pairs, []) = value.as_bytes().as_chunks::<2>() else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let bytes = pairs.iter().map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8));
        return Some((Code(code), bytes.collect::<Option<_>>()?));
    };
    let mut words = value.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    let bytes = match kind {
        Kind::Text => value.into(),
        Kind::Byte => Vec::from([value.parse().ok()?]),
        Kind::Short => value.parse::<u16>().ok()?.to_be_bytes().into(),
        Kind::Number => value.parse::<i64>().ok().map(|number| (number as u32).to_be_bytes())?.into(),
        Kind::Address => parse_v4(value)?.octets().into(),
        Kind::Addresses => words
            .map(|word| parse_v4(word).map(|address| address.octets()))
            .collect::<Option<Vec<_>>>()?
            .concat(),
        Kind::Routes => {
            let mut bytes = Vec::new();
            while let Some(network) = words.next() {
                let (address, bits) = network.split_once('/')?;
                let bits: u8 = bits.parse().ok().filter(|bits| *bits <= 32)?;
                bytes.push(bits);
                bytes.extend(parse_v4(address)?.octets().iter().take(usize::from(bits).div_ceil(8)));
                bytes.extend(parse_v4(words.next()?)?.octets());
            }
            bytes
        }
    };
    Some((Code(*code), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] =
        b"# a server\nstart 10.0.0.20\nend\t10.0.0.30 # the last\ninterface br0\nmax_leases 5\n\
        static_lease 02:00:00:00:00:07 10.0.0.9\noption subnet 255.255.255.0\nopt router 10.0.0.1\n\
        option dns 10.0.0.2 10.0.0.3\noption domain cave.example\noption lease 600\noption 0x08 01020304\n\
        option staticroutes 10.9.0.0/16 10.0.0.7, 0.0.0.0/0 10.0.0.1\noption mtu 1400\n";

    #[test]
    fn files_are_read() {
        let config = parse(SAMPLE).unwrap();
        assert_eq!((config.first, config.last), ([10, 0, 0, 20].into(), [10, 0, 0, 30].into()));
        assert_eq!((config.interface, config.most), ("br0", Some(5)));
        assert_eq!(config.fixed, [(Mac([2, 0, 0, 0, 0, 7]), [10, 0, 0, 9].into())]);
        let find =
            |code| config.options.iter().find(|(known, _)| known.0 == code).map(|(_, value)| &value[..]);
        assert_eq!(find(1), Some(&[255, 255, 255, 0][..]));
        assert_eq!(find(6), Some(&[10, 0, 0, 2, 10, 0, 0, 3][..]));
        assert_eq!((find(15), find(8)), (Some(&b"cave.example"[..]), Some(&[1, 2, 3, 4][..])));
        assert_eq!((find(51), find(26)), (Some(&[0, 0, 2, 88][..]), Some(&[5, 120][..])));
        assert_eq!(find(121), Some(&[16, 10, 9, 10, 0, 0, 7, 0, 10, 0, 0, 1][..]));
        torture(SAMPLE, |text| {
            let _ = parse(text);
        });
    }

    #[test]
    fn lines_that_make_no_sense_are_told() {
        for line in ["start 10.0.0", "nonsense 1", "start", "option dns x", "option 0x0g 00", "option 8 0"] {
            let text = std::format!("\n{line}\n");
            assert_eq!(parse(text.as_bytes()), Err(Error::new(Expected::ServerSetting, 2)), "{line}");
        }
    }
}
