//! Packets and lines of small protocols: TFTP, NTP, syslog, FTP, ICMP.

use formats::wire::{ftp, icmp, ntp, syslog, tftp};

/// Reads the input as each of them. What is written of a packet is read the same; numbers are within their range.
pub(crate) fn packets(data: &[u8]) {
    if let Ok(packet) = tftp::parse(data) {
        let mut again = Vec::new();
        match packet {
            tftp::Packet::Data(block, bytes) => {
                tftp::data(&mut again, block);
                again.extend_from_slice(bytes);
            }
            tftp::Packet::Acknowledgement(block) => tftp::acknowledgement(&mut again, block),
            tftp::Packet::Options(options) => {
                for name in ["blksize", "tsize", ""] {
                    let _ = tftp::option(options, name);
                }
                again = data.to_vec();
            }
            tftp::Packet::Error(code, text) => {
                assert!(!text.contains(&0));
                tftp::error(&mut again, code, &String::from_utf8_lossy(text));
                if str::from_utf8(text).is_err() {
                    again = data.to_vec();
                }
            }
        }
        assert_eq!(tftp::parse(&again), Ok(packet));
    }
    if let Ok(packet) = ntp::parse(data) {
        let again = ntp::parse(&packet.bytes()).unwrap();
        let stamps = |packet: ntp::Packet| [packet.set, packet.origin, packet.received, packet.sent];
        assert_eq!(stamps(again), stamps(packet));
        assert_eq!((again.leap, again.version, again.mode), (packet.leap, packet.version, packet.mode));
        for stamp in stamps(packet) {
            let near = ntp::Stamp::of(stamp.nanoseconds());
            assert!(near.0.abs_diff(stamp.0) <= 5, "a moment that is another one");
        }
    }
    let message = syslog::parse(data);
    assert!(message.priority < 192 && message.text.len() <= data.len());
    assert!(message.time.is_none_or(|time| time.len() == 15));
    let mut rest = data;
    while let Some((code, text, length)) = ftp::reply(rest) {
        assert!(code < 1000 && length > 0 && length <= rest.len());
        let _ = (ftp::passive(text), ftp::extended_passive(text));
        rest = rest.get(length..).unwrap_or_default();
    }
    for is_ipv6 in [false, true] {
        let _ = icmp::parse(data, is_ipv6);
    }
}
