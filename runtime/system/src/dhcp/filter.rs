//! The packet filter of the client's socket: classic BPF, run by the kernel before a frame wakes the client.
//!
//! The socket hears all protocols of one link, since replies (IPv4) and other users of our address (ARP) come through
//! it; without the filter it would hear every frame. VLANs of the same wire are left out: with their tag taken off by
//! the hardware they look like frames of ours. A tag of number 0 is no VLAN, it carries a priority alone (IEEE 802.1Q
//! section 6.9): the kernel takes such frames as ours, and so do we.

use core::net::Ipv4Addr;

use linux::net::FilterInstruction;

// The operations of linux/bpf_common.h, written out where they are combinations.
const LOAD_WORD: u16 = 0x20;
const LOAD_HALF: u16 = 0x28;
const LOAD_BYTE: u16 = 0x30;
const LOAD_HALF_BEHIND_INDEX: u16 = 0x48;
/// Sets the index to four times the low half of a byte: the length of an IPv4 header.
const INDEX_HEADER: u16 = 0xb1;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;

/// The place at which the kernel answers with the VLAN tag that was taken off, or 0 (`SKF_AD_OFF + SKF_AD_VLAN_TAG`).
const TAG: u32 = 0xffff_f000 + 44;

/// The bits of a tag that number the VLAN.
pub(super) const VLAN: u16 = 0x0fff;

/// Makes the program. It lets through UDP to port 68 that is no later piece of a larger packet, and, when there is an
/// address to watch, ARP packets in which it is the sender's or the target's.
#[rustfmt::skip]
pub(super) fn program(watched: Option<Ipv4Addr>) -> [FilterInstruction; 18] {
    let (arp, address) = match watched {
        Some(address) => (8, address.to_bits()),
        None => (13, 0),
    };
    let step = |code, jump_true, jump_false, k| FilterInstruction { code, jump_true, jump_false, k };
    [
        step(LOAD_WORD, 0, 0, TAG),
        step(JUMP_ANY_BIT, 15, 0, VLAN as u32),
        step(LOAD_HALF, 0, 0, 12), // Ethernet type
        step(JUMP_EQUAL, arp, 0, 0x0806),
        step(JUMP_EQUAL, 0, 12, 0x0800),
        step(LOAD_BYTE, 0, 0, 14 + 9), // protocol of IPv4
        step(JUMP_EQUAL, 0, 10, 17),
        step(LOAD_HALF, 0, 0, 14 + 6), // place of the piece
        step(JUMP_ANY_BIT, 8, 0, 0x1fff),
        step(INDEX_HEADER, 0, 0, 14),
        step(LOAD_HALF_BEHIND_INDEX, 0, 0, 14 + 2), // destination port
        step(JUMP_EQUAL, 4, 5, 68),
        step(LOAD_WORD, 0, 0, 14 + 14), // sender of ARP
        step(JUMP_EQUAL, 2, 0, address),
        step(LOAD_WORD, 0, 0, 14 + 24), // target of ARP
        step(JUMP_EQUAL, 0, 1, address),
        step(RETURN, 0, 0, u32::MAX),
        step(RETURN, 0, 0, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program as the kernel does: a read past the end drops the frame.
    fn passes(program: &[FilterInstruction], frame: &[u8], tag: u32) -> bool {
        let (mut at, mut value, mut index) = (0, 0_u32, 0);
        let read = |at: u32, count: usize| {
            let bytes = frame.get(at as usize..at as usize + count)?;
            Some(bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)))
        };
        loop {
            let FilterInstruction { code, jump_true, jump_false, k } = program[at];
            at += 1;
            let loaded = match code {
                LOAD_WORD if k == TAG => Some(tag),
                LOAD_WORD => read(k, 4),
                LOAD_HALF => read(k, 2),
                LOAD_BYTE => read(k, 1),
                LOAD_HALF_BEHIND_INDEX => read(index + k, 2),
                INDEX_HEADER => {
                    let Some(byte) = read(k, 1) else { return false };
                    index = (byte & 15) * 4;
                    Some(value)
                }
                JUMP_EQUAL | JUMP_ANY_BIT => {
                    let holds = if code == JUMP_EQUAL { value == k } else { value & k != 0 };
                    at += usize::from(if holds { jump_true } else { jump_false });
                    Some(value)
                }
                RETURN => return k != 0,
                other => panic!("operation {other:#x}"),
            };
            let Some(loaded) = loaded else { return false };
            value = loaded;
        }
    }

    fn udp(header: u8, piece: u16, port: u16) -> Vec<u8> {
        let mut frame = vec![0; 14 + usize::from(header) * 4 + 8];
        frame[12..15].copy_from_slice(&[8, 0, 0x40 | header]);
        frame[20..22].copy_from_slice(&piece.to_be_bytes());
        frame[23] = 17;
        let at = 14 + usize::from(header) * 4 + 2;
        frame[at..at + 2].copy_from_slice(&port.to_be_bytes());
        frame
    }

    fn arp(sender: [u8; 4], target: [u8; 4]) -> Vec<u8> {
        let mut frame = vec![0; 42];
        frame[12..14].copy_from_slice(&[8, 6]);
        frame[28..32].copy_from_slice(&sender);
        frame[38..42].copy_from_slice(&target);
        frame
    }

    #[test]
    fn replies_pass_with_and_without_ip_options() {
        for program in [program(None), program(Some(Ipv4Addr::LOCALHOST))] {
            assert!(passes(&program, &udp(5, 0, 68), 0));
            assert!(passes(&program, &udp(5, 0x4000, 68), 0), "do not fragment");
            assert!(passes(&program, &udp(15, 0, 68), 0), "40 bytes of IP options");
            assert!(!passes(&program, &udp(5, 0, 67), 0));
            assert!(!passes(&program, &udp(5, 1, 68), 0), "a later piece");
            assert!(!passes(&program, &udp(5, 0, 68), 5), "of a VLAN");
            assert!(passes(&program, &udp(5, 0, 68), 7 << 13), "a priority alone");
            let mut tcp = udp(5, 0, 68);
            tcp[23] = 6;
            assert!(!passes(&program, &tcp, 0));
            let mut ipv6 = udp(5, 0, 68);
            ipv6[12..14].copy_from_slice(&[0x86, 0xdd]);
            assert!(!passes(&program, &ipv6, 0));
            for length in 0..14 + 24 {
                assert!(!passes(&program, &udp(5, 0, 68)[..length], 0), "{length}");
            }
        }
    }

    #[test]
    fn arp_passes_when_it_speaks_of_the_watched_address() {
        let (ours, other) = ([10, 9, 0, 50], [10, 9, 0, 1]);
        let watching = program(Some(ours.into()));
        assert!(passes(&watching, &arp(ours, other), 0));
        assert!(passes(&watching, &arp(other, ours), 0));
        assert!(!passes(&watching, &arp(other, other), 0));
        assert!(!passes(&program(None), &arp(ours, ours), 0));
        assert!(!passes(&program(None), &arp([0; 4], [0; 4]), 0));
    }
}
