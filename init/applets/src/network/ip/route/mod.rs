//! `ip route`: routes.

pub(super) mod change;
mod filter;
pub(super) mod get;
pub(super) mod show;

use formats::netlink::Names;
use formats::netlink::route::Metric;

/// iproute2's names of metrics, by number.
const METRICS: &Names = &formats::names! {
    Metric::MTU.kind() as u32 => "mtu",
    Metric::WINDOW.kind() as u32 => "window",
    Metric::ROUND_TRIP.kind() as u32 => "rtt",
    Metric::ROUND_TRIP_VARIANCE.kind() as u32 => "rttvar",
    Metric::SLOW_START_THRESHOLD.kind() as u32 => "ssthresh",
    Metric::CONGESTION_WINDOW.kind() as u32 => "cwnd",
    Metric::ANNOUNCED_SEGMENT.kind() as u32 => "advmss",
    Metric::REORDERING.kind() as u32 => "reordering",
    Metric::HOP_LIMIT.kind() as u32 => "hoplimit",
    Metric::INITIAL_CONGESTION_WINDOW.kind() as u32 => "initcwnd",
    Metric::LEAST_TIMEOUT.kind() as u32 => "rto_min",
    Metric::INITIAL_RECEIVE_WINDOW.kind() as u32 => "initrwnd",
    Metric::QUICK_ACKNOWLEDGE.kind() as u32 => "quickack",
    Metric::FAST_OPEN_NO_COOKIE.kind() as u32 => "fastopen_no_cookie",
};

/// Gives the parts of a millisecond in which a metric that is a time is counted.
const fn parts_of_ms(metric: u32) -> Option<u32> {
    const ROUND_TRIP: u32 = Metric::ROUND_TRIP.kind() as u32;
    const ROUND_TRIP_VARIANCE: u32 = Metric::ROUND_TRIP_VARIANCE.kind() as u32;
    const LEAST_TIMEOUT: u32 = Metric::LEAST_TIMEOUT.kind() as u32;
    match metric {
        ROUND_TRIP => Some(8),
        ROUND_TRIP_VARIANCE => Some(4),
        LEAST_TIMEOUT => Some(1),
        _ => None,
    }
}
