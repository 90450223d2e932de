//! Counters of a link (`struct rtnl_link_stats64`).

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::netlink::Value;

/// Counters since the link was made; Linux Documentation/networking/statistics.rst says what each counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Statistics {
    /// Packets received.
    pub received_packets: u64,
    /// Packets sent.
    pub sent_packets: u64,
    /// Bytes received.
    pub received_bytes: u64,
    /// Bytes sent.
    pub sent_bytes: u64,
    /// Bad packets received.
    pub receive_errors: u64,
    /// Packets that could not be sent.
    pub send_errors: u64,
    /// Packets received and dropped for want of room.
    pub receive_dropped: u64,
    /// Packets to send and dropped for want of room.
    pub send_dropped: u64,
    /// Multicast packets received.
    pub multicast: u64,
    /// Collisions.
    pub collisions: u64,
    /// Packets of a bad length.
    pub length_errors: u64,
    /// Packets missed by the receive queue.
    pub overrun_errors: u64,
    /// Packets with a bad checksum.
    pub checksum_errors: u64,
    /// Packets out of frame.
    pub frame_errors: u64,
    /// Packets missed by the hardware.
    pub missed_errors: u64,
    /// Sends given up.
    pub aborted_errors: u64,
    /// Sends without a carrier.
    pub carrier_errors: u64,
    /// Sends too slow for the hardware.
    pub underrun_errors: u64,
    /// Lost heartbeats.
    pub heartbeat_errors: u64,
    /// Late collisions.
    pub window_errors: u64,
    /// Compressed packets received.
    pub received_compressed: u64,
    /// Compressed packets sent.
    pub sent_compressed: u64,
    /// Packets nobody wanted, such as those of an unknown VLAN (since 4.6).
    pub no_handler: u64,
}

impl Statistics {
    /// The fields, in the order of the kernel's structure.
    fn fields(&mut self) -> [&mut u64; 23] {
        [
            &mut self.received_packets,
            &mut self.sent_packets,
            &mut self.received_bytes,
            &mut self.sent_bytes,
            &mut self.receive_errors,
            &mut self.send_errors,
            &mut self.receive_dropped,
            &mut self.send_dropped,
            &mut self.multicast,
            &mut self.collisions,
            &mut self.length_errors,
            &mut self.overrun_errors,
            &mut self.checksum_errors,
            &mut self.frame_errors,
            &mut self.missed_errors,
            &mut self.aborted_errors,
            &mut self.carrier_errors,
            &mut self.underrun_errors,
            &mut self.heartbeat_errors,
            &mut self.window_errors,
            &mut self.received_compressed,
            &mut self.sent_compressed,
            &mut self.no_handler,
        ]
    }
}

/// Fields that every kernel has.
const OLDEST: usize = 22;

impl<'a> Value<'a> for Statistics {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut this = Self::default();
        for (position, field) in this.fields().into_iter().enumerate() {
            match cursor.u64_ne("counter") {
                Ok(value) => *field = value,
                Err(_) if position >= OLDEST => {}
                Err(_) => return None,
            }
        }
        Some(this)
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.clone().fields().into_iter().for_each(|field| field.write(out));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_and_longer_structures_are_read() {
        let bytes: Vec<u8> = (1..=25_u64).flat_map(u64::to_ne_bytes).collect();
        let newest = Statistics::read(&bytes).unwrap();
        assert_eq!((newest.received_packets, newest.no_handler), (1, 23));
        let oldest = Statistics::read(&bytes[..176]).unwrap();
        assert_eq!((oldest.sent_compressed, oldest.no_handler), (22, 0));
        assert_eq!(Statistics::read(&bytes[..175]), None);
        let mut out = Vec::new();
        newest.write(&mut out);
        assert_eq!(out, bytes[..184]);
    }
}
