//! The attribute tables of routes, and the values that only they have.

use alloc::vec::Vec;
use core::net::IpAddr;

use super::super::{Attributes, Family, Text, Value};
use super::{Preference, Table};
use crate::cursor::Cursor;

/// A gateway of another family than its route (`struct rtvia`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Via(pub IpAddr);

impl<'a> Value<'a> for Via {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let family = Family(u8::try_from(cursor.u16_ne("gateway family").ok()?).ok()?);
        let length = usize::from(family.bits() / 8);
        IpAddr::read(cursor.take(length, "gateway").ok()?).map(Self)
    }
    fn write(&self, out: &mut Vec<u8>) {
        u16::from(Family::of(self.0).0).write(out);
        self.0.write(out);
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

impl<'a> Value<'a> for CacheInfo {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut next = || cursor.u32_ne("route age").ok();
        Some(Self {
            references: next()?,
            last_used: next()?,
            expires: next()?.cast_signed(),
            error: next()?.cast_signed(),
            used: next()?,
        })
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.references.write(out);
        self.last_used.write(out);
        self.expires.write(out);
        self.error.write(out);
        self.used.write(out);
        // `rta_id`, `rta_ts` and `rta_tsage`, unused since 2.6.
        out.extend_from_slice(&[0; 12]);
    }
}

attributes! {
    /// What is said of a route.
    pub enum Attribute<'a> {
        /// Where it leads; absent for the default route (`RTA_DST`).
        Destination(IpAddr) = 1,
        /// Whose packets it takes, IPv6 (`RTA_SRC`).
        Source(IpAddr) = 2,
        /// Link the packet came from (`RTA_IIF`).
        Input(u32) = 3,
        /// Link it leaves by (`RTA_OIF`).
        Output(u32) = 4,
        /// The router (`RTA_GATEWAY`).
        Gateway(IpAddr) = 5,
        /// The metric: the lower wins (`RTA_PRIORITY`).
        Priority(u32) = 6,
        /// Source address of packets that have none yet (`RTA_PREFSRC`).
        PreferredSource(IpAddr) = 7,
        /// Limits of connections, see [`Metric`] (`RTA_METRICS`).
        Metrics(Attributes<'a>) = 8,
        /// Several next hops (`RTA_MULTIPATH`).
        Multipath(&'a [u8]) = 9,
        /// Realms (`RTA_FLOW`).
        Flow(u32) = 11,
        /// Age and use (`RTA_CACHEINFO`).
        CacheInfo(CacheInfo) = 12,
        /// The table; the header has the low eight bits only (`RTA_TABLE`).
        Table(Table) = 15,
        /// Firewall mark (`RTA_MARK`).
        Mark(u32) = 16,
        /// A router of another family (`RTA_VIA`).
        Via(Via) = 18,
        /// Router preference, IPv6 (`RTA_PREF`).
        Preference(Preference) = 20,
        /// Seconds until it goes, in requests (`RTA_EXPIRES`).
        Expires(u32) = 23,
        /// The user that asks (`RTA_UID`).
        User(u32) = 25,
        /// Transport protocol of the packet that is asked for (`RTA_IP_PROTO`).
        Transport(u8) = 27,
        /// Its source port, network order (`RTA_SPORT`).
        SourcePort(u16) = 28,
        /// Its destination port, network order (`RTA_DPORT`).
        DestinationPort(u16) = 29,
        /// Next hop object (`RTA_NH_ID`).
        NextHopId(u32) = 30,
    }
}

attributes! {
    /// Limits of connections over a route (`RTAX_*`), inside [`Attribute::Metrics`].
    pub enum Metric<'a> {
        /// Bits that pin the other metrics against discovery (`RTAX_LOCK`).
        Lock(u32) = 1,
        /// Largest packet (`RTAX_MTU`).
        Mtu(u32) = 2,
        /// Largest window to offer (`RTAX_WINDOW`).
        Window(u32) = 3,
        /// Round-trip time, eighths of a millisecond (`RTAX_RTT`).
        RoundTrip(u32) = 4,
        /// Its variance, quarters of a millisecond (`RTAX_RTTVAR`).
        RoundTripVariance(u32) = 5,
        /// Slow start threshold (`RTAX_SSTHRESH`).
        SlowStartThreshold(u32) = 6,
        /// Congestion window clamp (`RTAX_CWND`).
        CongestionWindow(u32) = 7,
        /// Largest segment to announce (`RTAX_ADVMSS`).
        AnnouncedSegment(u32) = 8,
        /// Reordering to expect (`RTAX_REORDERING`).
        Reordering(u32) = 9,
        /// Hop limit (`RTAX_HOPLIMIT`).
        HopLimit(u32) = 10,
        /// First congestion window (`RTAX_INITCWND`).
        InitialCongestionWindow(u32) = 11,
        /// Feature bits (`RTAX_FEATURES`).
        Features(u32) = 12,
        /// Least retransmission timeout, milliseconds (`RTAX_RTO_MIN`).
        LeastTimeout(u32) = 13,
        /// First receive window (`RTAX_INITRWND`).
        InitialReceiveWindow(u32) = 14,
        /// Quick acknowledgements (`RTAX_QUICKACK`).
        QuickAcknowledge(u32) = 15,
        /// Congestion control, by name (`RTAX_CC_ALGO`).
        CongestionControl(Text<'a>) = 16,
        /// Fast open without cookies (`RTAX_FASTOPEN_NO_COOKIE`).
        FastOpenNoCookie(u32) = 17,
    }
}
