//! The attribute tables of routes, and the values that only they have.

use alloc::string::String;
use core::net::IpAddr;

use super::super::{Family, Nest, Value, Writer};
use super::{Preference, Table};
use crate::Expected;
use crate::cursor::Cursor;

/// A gateway of another family than its route (`struct rtvia`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Via(pub IpAddr);

impl From<Via> for Option<IpAddr> {
    fn from(via: Via) -> Self {
        Some(via.0)
    }
}

impl Value for Via {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let family = Family(u8::try_from(cursor.u16_ne(Expected::NextHop).ok()?).ok()?);
        let length = usize::from(family.bits() / 8);
        IpAddr::read(cursor.take(length, Expected::NextHop).ok()?).map(Self)
    }
    fn write(&self, writer: &mut Writer<'_>) {
        u16::from(Family::of(self.0).0).write(writer);
        self.0.write(writer);
    }
}

/// Age and use of a cached route (`struct rta_cacheinfo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CacheInfo {
    /// Users of the entry.
    pub references: u32,
    /// Ticks of `USER_HZ` since it was used.
    pub last_used: u32,
    /// Ticks of `USER_HZ` until it goes; negative when it is over, 0 for never.
    pub expires: i32,
    /// Why it does not work, as a negative error number.
    pub error: i32,
    /// Times it was used.
    pub used: u32,
}

impl Value for CacheInfo {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [references, last_used, expires, error, used] = Value::read(bytes)?;
        let (expires, error) = (expires.cast_signed(), error.cast_signed());
        Some(Self { references, last_used, expires, error, used })
    }
    fn write(&self, writer: &mut Writer<'_>) {
        // At the end `rta_id`, `rta_ts` and `rta_tsage`, unused since 2.6.
        let (expires, error) = (self.expires.cast_unsigned(), self.error.cast_unsigned());
        [self.references, self.last_used, expires, error, self.used, 0, 0, 0].write(writer);
    }
}

attributes! {
    /// What is said of a route.
    pub enum Attribute {
        /// Where it leads; absent for the default route.
        DESTINATION: IpAddr = 1 => "RTA_DST",
        /// Whose packets it takes, IPv6.
        SOURCE: IpAddr = 2 => "RTA_SRC",
        /// Link the packet came from.
        INPUT: u32 = 3 => "RTA_IIF",
        /// Link it leaves by.
        OUTPUT: u32 = 4 => "RTA_OIF",
        /// The router.
        GATEWAY: IpAddr = 5 => "RTA_GATEWAY",
        /// The metric: the lower wins.
        PRIORITY: u32 = 6 => "RTA_PRIORITY",
        /// Source address of packets that have none yet.
        PREFERRED_SOURCE: IpAddr = 7 => "RTA_PREFSRC",
        /// Limits of connections, see [`Metric`].
        METRICS: Nest = 8 => "RTA_METRICS",
        /// Several next hops.
        MULTIPATH: [u8] = 9 => "RTA_MULTIPATH",
        /// Realms.
        FLOW: u32 = 11 => "RTA_FLOW",
        /// Age and use.
        CACHE_INFO: CacheInfo = 12 => "RTA_CACHEINFO",
        /// The table; the header has the low eight bits only.
        TABLE: Table = 15 => "RTA_TABLE",
        /// Firewall mark.
        MARK: u32 = 16 => "RTA_MARK",
        /// A router of another family.
        VIA: Via = 18 => "RTA_VIA",
        /// Router preference, IPv6.
        PREFERENCE: Preference = 20 => "RTA_PREF",
        /// Seconds until it goes, in requests.
        EXPIRES: u32 = 23 => "RTA_EXPIRES",
        /// The user that asks.
        USER: u32 = 25 => "RTA_UID",
        /// Transport protocol of the packet that is asked for.
        TRANSPORT: u8 = 27 => "RTA_IP_PROTO",
        /// Its source port, network order.
        SOURCE_PORT: u16 = 28 => "RTA_SPORT",
        /// Its destination port, network order.
        DESTINATION_PORT: u16 = 29 => "RTA_DPORT",
        /// Next hop object.
        NEXT_HOP_ID: u32 = 30 => "RTA_NH_ID",
    }
}

attributes! {
    /// Limits of connections over a route (`RTAX_*`), inside `RTA_METRICS`.
    pub enum Metric {
        /// Bits that pin the other metrics against discovery.
        LOCK: u32 = 1 => "RTAX_LOCK",
        /// Largest packet.
        MTU: u32 = 2 => "RTAX_MTU",
        /// Largest window to offer.
        WINDOW: u32 = 3 => "RTAX_WINDOW",
        /// Round-trip time, eighths of a millisecond.
        ROUND_TRIP: u32 = 4 => "RTAX_RTT",
        /// Its variance, quarters of a millisecond.
        ROUND_TRIP_VARIANCE: u32 = 5 => "RTAX_RTTVAR",
        /// Slow start threshold.
        SLOW_START_THRESHOLD: u32 = 6 => "RTAX_SSTHRESH",
        /// Congestion window clamp.
        CONGESTION_WINDOW: u32 = 7 => "RTAX_CWND",
        /// Largest segment to announce.
        ANNOUNCED_SEGMENT: u32 = 8 => "RTAX_ADVMSS",
        /// Reordering to expect.
        REORDERING: u32 = 9 => "RTAX_REORDERING",
        /// Hop limit.
        HOP_LIMIT: u32 = 10 => "RTAX_HOPLIMIT",
        /// First congestion window.
        INITIAL_CONGESTION_WINDOW: u32 = 11 => "RTAX_INITCWND",
        /// Feature bits.
        FEATURES: u32 = 12 => "RTAX_FEATURES",
        /// Least retransmission timeout, milliseconds.
        LEAST_TIMEOUT: u32 = 13 => "RTAX_RTO_MIN",
        /// First receive window.
        INITIAL_RECEIVE_WINDOW: u32 = 14 => "RTAX_INITRWND",
        /// Quick acknowledgements.
        QUICK_ACKNOWLEDGE: u32 = 15 => "RTAX_QUICKACK",
        /// Congestion control, by name.
        CONGESTION_CONTROL: String = 16 => "RTAX_CC_ALGO",
        /// Fast open without cookies.
        FAST_OPEN_NO_COOKIE: u32 = 17 => "RTAX_FASTOPEN_NO_COOKIE",
    }
}
