//! Counters of a link (`struct rtnl_link_stats64`).

use crate::Expected;
use crate::cursor::Cursor;
use crate::netlink::{Value, Writer};

/// What is counted, in the order of the kernel's structure; Linux Documentation/networking/statistics.rst says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Packets received.
    ReceivedPackets,
    /// Packets sent.
    SentPackets,
    /// Bytes received.
    ReceivedBytes,
    /// Bytes sent.
    SentBytes,
    /// Bad packets received.
    ReceiveErrors,
    /// Packets that could not be sent.
    SendErrors,
    /// Packets received and dropped for want of room.
    ReceiveDropped,
    /// Packets to send and dropped for want of room.
    SendDropped,
    /// Multicast packets received.
    Multicast,
    /// Collisions.
    Collisions,
    /// Packets of a bad length.
    LengthErrors,
    /// Packets for which the hardware had no room.
    OverrunErrors,
    /// Packets with a bad checksum.
    ChecksumErrors,
    /// Packets out of frame.
    FrameErrors,
    /// Packets lost by the hardware's queue.
    ReceiveQueueErrors,
    /// Packets that the host took too late.
    MissedErrors,
    /// Sends given up.
    AbortedErrors,
    /// Sends without a carrier.
    CarrierErrors,
    /// Sends too slow for the hardware.
    UnderrunErrors,
    /// Lost heartbeats.
    HeartbeatErrors,
    /// Late collisions.
    WindowErrors,
    /// Compressed packets received.
    ReceivedCompressed,
    /// Compressed packets sent.
    SentCompressed,
    /// Packets nobody wanted, such as those of an unknown VLAN (since 4.6).
    NoHandler,
}

/// Counters that the newest kernel has, and the oldest.
const NEWEST: usize = Counter::NoHandler as usize + 1;
const OLDEST: usize = 23;

/// Counters since the link was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Statistics([u64; NEWEST]);

impl Statistics {
    /// Gives the value of a counter.
    pub fn get(&self, counter: Counter) -> u64 {
        self.0.get(counter as usize).copied().unwrap_or(0)
    }
}

impl Value for Statistics {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut this = Self::default();
        for (position, place) in this.0.iter_mut().enumerate() {
            match cursor.u64_ne(Expected::Number) {
                Ok(value) => *place = value,
                Err(_) if position >= OLDEST => {}
                Err(_) => return None,
            }
        }
        Some(this)
    }
    fn write(&self, writer: &mut Writer<'_>) {
        self.0.iter().for_each(|value| writer.fixed(&value.to_ne_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlink::Flags;
    use std::vec::Vec;

    #[test]
    fn shorter_and_longer_structures_are_read() {
        let bytes: Vec<u8> = (1..=26_u64).flat_map(u64::to_ne_bytes).collect();
        let newest = Statistics::read(&bytes).unwrap();
        assert_eq!((newest.get(Counter::ReceivedPackets), newest.get(Counter::NoHandler)), (1, 24));
        let oldest = Statistics::read(&bytes[..184]).unwrap();
        assert_eq!((oldest.get(Counter::SentCompressed), oldest.get(Counter::NoHandler)), (23, 0));
        assert_eq!(Statistics::read(&bytes[..183]), None);
        let mut out = Vec::new();
        newest.write(&mut Writer::new(&mut out, 0, Flags::empty()));
        assert_eq!(out[16..], bytes[..192]);
    }
}
