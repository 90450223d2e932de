//! Options by their names: the level and number of each, and the type of its value.

use super::TABLES;
use crate::named::{Names, UnknownName};
use core::fmt;
use core::str::FromStr;
use linux_raw_sys::net as kernel;

/// Whose option it is: the socket's own, or those of a protocol; open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level(pub u32);

values! {
    Level: u32 {
        /// SOL_IP: of IPv4.
        const IPV4 = kernel::SOL_IP;
        /// SOL_SOCKET: of any socket.
        const SOCKET = kernel::SOL_SOCKET;
        /// SOL_TCP.
        const TCP = kernel::SOL_TCP;
        /// SOL_UDP.
        const UDP = kernel::SOL_UDP;
        /// SOL_IPV6.
        const IPV6 = kernel::SOL_IPV6;
        /// SOL_ICMPV6.
        const ICMPV6 = kernel::SOL_ICMPV6;
        /// SOL_SCTP.
        const SCTP = kernel::SOL_SCTP;
        /// SOL_UDPLITE.
        const UDP_LITE = kernel::SOL_UDPLITE;
        /// SOL_RAW: of IPv4 without a protocol of ours.
        const RAW = kernel::SOL_RAW;
        /// SOL_PACKET: of frames.
        const PACKET = kernel::SOL_PACKET;
        /// SOL_NETLINK.
        const NETLINK = kernel::SOL_NETLINK;
        /// SOL_TIPC.
        const TIPC = kernel::SOL_TIPC;
        /// SOL_BLUETOOTH.
        const BLUETOOTH = kernel::SOL_BLUETOOTH;
        /// SOL_ALG: of the kernel's cryptography.
        const CRYPTOGRAPHY = kernel::SOL_ALG;
        /// SOL_TLS.
        const TLS = kernel::SOL_TLS;
        /// SOL_XDP.
        const XDP = kernel::SOL_XDP;
        /// SOL_MPTCP.
        const MPTCP = kernel::SOL_MPTCP;
    }
}

/// An option by its level and number. Shown by name if it has one (`SO_BROADCAST`), else as `socket:0x63`; both are read, too, the
/// names in any case, and without `_OLD` behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OptionName {
    /// Whose it is.
    pub level: Level,
    /// Which one.
    pub number: u32,
}

/// What the kernel's value of an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// An `int`.
    Number,
    /// A number of 64 bits.
    Wide,
    /// `struct linger`.
    Linger,
    /// `struct timeval`.
    Time,
    /// `struct ucred`.
    Credentials,
    /// `struct in_addr`.
    Ipv4,
    /// `struct ip_mreqn`, or a shorter one.
    Ipv4Group,
    /// `struct ipv6_mreq`.
    Ipv6Group,
    /// Bytes of text.
    Text,
    /// Two numbers.
    Pair,
    /// A structure that this crate has no type for.
    Opaque,
}

/// The options of a level.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) level: Level,
    pub(super) names: Names,
    /// One for each name.
    pub(super) kinds: &'static [ValueKind],
}

impl OptionName {
    /// Gives the name; the first, where a number has two for setting and getting.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|(name, _)| name)
    }

    /// Says what its value is, if it has a name.
    pub fn kind(self) -> Option<ValueKind> {
        self.row().map(|(_, kind)| kind)
    }

    fn row(self) -> Option<(&'static str, ValueKind)> {
        let mut rows = TABLES.iter().filter(|rows| rows.level == self.level).flat_map(Rows::iter);
        rows.find(|(option, ..)| *option == self).map(|(_, name, kind)| (name, kind))
    }

    /// Gives all options that have names, by level.
    pub fn all() -> impl Iterator<Item = (Self, &'static str, ValueKind)> {
        TABLES.iter().flat_map(Rows::iter)
    }
}

impl Rows {
    fn iter(&self) -> impl Iterator<Item = (OptionName, &'static str, ValueKind)> + use<> {
        let (level, kinds) = (self.level, self.kinds);
        let rows = self.names.iter().zip(kinds);
        rows.map(move |((number, name), kind)| (OptionName { level, number: number as u32 }, name, *kind))
    }
}

impl fmt::Display for OptionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "{}:{:#x}", self.level, self.number),
        }
    }
}

impl FromStr for OptionName {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some((level, number)) = text.split_once(':') {
            let level = level.parse()?;
            let digits = number.trim().strip_prefix("0x");
            let number =
                digits.map_or_else(|| number.trim().parse(), |digits| u32::from_str_radix(digits, 16));
            return number.map(|number| Self { level, number }).map_err(|_| UnknownName {
                at: text.len() - text.split(':').next_back().unwrap_or("").len(),
            });
        }
        let is_it = |name: &str| {
            let plain = name.strip_suffix("_OLD").unwrap_or(name);
            name.eq_ignore_ascii_case(text) || plain.eq_ignore_ascii_case(text)
        };
        Self::all().find(|(_, name, _)| is_it(name)).map(|(option, ..)| option).ok_or(UnknownName { at: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::options::{BROADCAST, LINGER, RECEIVE_TIMEOUT, TCP_CORK, UDP_JOIN};

    #[test]
    fn each_name_is_read_and_shown() {
        let mut names: Vec<_> = OptionName::all().map(|(_, name, _)| name).collect();
        for (option, name, _) in OptionName::all() {
            assert_eq!(name.parse(), Ok(option));
            assert_eq!(name.to_lowercase().parse(), Ok(option));
            assert_eq!(option.to_string().parse(), Ok(option), "{name}");
        }
        assert!(names.len() > 200, "{}", names.len());
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
    }

    #[test]
    fn levels_keep_equal_numbers_apart() {
        assert_eq!(BROADCAST.name().to_string(), "SO_BROADCAST");
        assert_eq!(TCP_CORK.name().to_string(), "TCP_CORK");
        assert_eq!("SO_RCVTIMEO".parse(), Ok(RECEIVE_TIMEOUT.name()));
        let odd = OptionName { level: Level::SOCKET, number: 0x6363 };
        assert_eq!((odd.to_string().as_str(), odd.kind()), ("socket:0x6363", None));
        assert_eq!("SOL_SOCKET:0x6363".parse(), Ok(odd));
        assert_eq!("udp:104".parse(), Ok(UDP_JOIN.name()));
        for (wrong, at) in [("SO_NONSENSE", 0), ("nonsense:1", 0), ("socket:x", 7), ("", 0)] {
            assert_eq!(wrong.parse::<OptionName>(), Err(UnknownName { at }), "{wrong}");
        }
    }

    #[test]
    fn values_have_kinds() {
        assert_eq!(LINGER.name().kind(), Some(ValueKind::Linger));
        assert_eq!(BROADCAST.name().kind(), Some(ValueKind::Number));
        assert_eq!("IP_ADD_MEMBERSHIP".parse::<OptionName>().unwrap().kind(), Some(ValueKind::Ipv4Group));
        assert_eq!("TCP_INFO".parse::<OptionName>().unwrap().kind(), Some(ValueKind::Opaque));
    }
}
