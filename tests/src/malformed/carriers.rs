//! What carries a message: frames, IPv4, UDP.

use dhcp_server::seal_ip;
use formats::wire::ethernet::Mac;
use protocols::dhcp::Drop;

use super::Change::{Both, Bytes};
use super::Expected::{Ignored, Refused, Taken};
use super::{Ipv4Addr, Row, row, usual};

pub(super) const CARRIERS: &[Row] = &[
    row(
        "bad IP sum",
        "RFC 1122 3.2.1.2: MUST drop",
        Bytes(|frame| frame[24] ^= 1),
        Refused(Drop::IpChecksum),
    ),
    row(
        "bad UDP sum",
        "RFC 1122 4.1.3.4: MUST drop",
        Bytes(|frame| frame[40] ^= 1),
        Refused(Drop::UdpChecksum),
    ),
    row("no UDP sum", "RFC 768: zero means not made", Bytes(|frame| frame[40..42].fill(0)), Taken(usual)),
    row(
        "UDP longer than the packet",
        "RFC 1122 4.1.3: lengths must fit (CVE-2015-8605)",
        Bytes(|frame| frame[38] += 1),
        Refused(Drop::UdpLength),
    ),
    row(
        "UDP shorter than the packet",
        "bytes that no sum covers are nobody's",
        Bytes(|frame| frame[39] -= 1),
        Refused(Drop::UdpLength),
    ),
    row(
        "UDP length below its header",
        "RFC 768: at least 8",
        Bytes(|frame| frame[38..40].copy_from_slice(&[0, 7])),
        Refused(Drop::UdpLength),
    ),
    row(
        "IP longer than the frame",
        "RFC 791: cut on the way",
        Bytes(|frame| {
            frame[16] += 1;
            seal_ip(frame);
        }),
        Refused(Drop::IpHeader),
    ),
    row(
        "IP shorter than its header",
        "RFC 791",
        Bytes(|frame| {
            frame[16..18].copy_from_slice(&[0, 19]);
            seal_ip(frame);
        }),
        Refused(Drop::IpHeader),
    ),
    row(
        "IP version 6 in an IPv4 frame",
        "RFC 1122 3.2.1.1",
        Bytes(|frame| frame[14] = 0x65),
        Refused(Drop::IpHeader),
    ),
    row(
        "first piece of a larger packet",
        "no piece is a message; a server's reply fits one packet",
        Bytes(|frame| {
            frame[20] |= 0x20;
            seal_ip(frame);
        }),
        Refused(Drop::Fragment),
    ),
    row(
        "reserved flag of the IP header",
        "RFC 791 wants it zero; what it means is not ours to say",
        Bytes(|frame| {
            frame[20] |= 0x80;
            seal_ip(frame);
        }),
        Taken(usual),
    ),
    row(
        "time to live of 0",
        "RFC 1122 3.2.1.7: MUST NOT drop for that",
        Bytes(|frame| {
            frame[22] = 0;
            seal_ip(frame);
        }),
        Taken(usual),
    ),
    row(
        "from 127.0.0.1",
        "RFC 1122 3.2.1.3: a source that no host has, MUST drop",
        Both(|draft| draft.source.address = Ipv4Addr::LOCALHOST),
        Refused(Drop::Sender),
    ),
    row(
        "from 224.0.0.1",
        "the same",
        Both(|draft| draft.source.address = [224, 0, 0, 1].into()),
        Refused(Drop::Sender),
    ),
    row(
        "from 255.255.255.255",
        "the same",
        Both(|draft| draft.source.address = Ipv4Addr::BROADCAST),
        Refused(Drop::Sender),
    ),
    row(
        "from 0.0.0.0",
        "RFC 1122 3.2.1.3 (a): legal where an address is being learned; the server id counts",
        Both(|draft| draft.source.address = Ipv4Addr::UNSPECIFIED),
        Taken(usual),
    ),
    row(
        "padding behind the packet",
        "Ethernet pads short frames",
        Bytes(|frame| frame.extend_from_slice(&[0xaa; 30])),
        Taken(usual),
    ),
    row(
        "IP header with options",
        "RFC 1122 3.2.1.8: options are legal",
        Both(|draft| draft.header_options = vec![148, 4, 0, 0, 1, 1, 1, 0]),
        Taken(usual),
    ),
    row("to another port", "not for a DHCP client", Both(|draft| draft.destination.port = 69), Ignored),
    row(
        "from another port",
        "RFC 2131 4.1 names the port of the receiver only",
        Both(|draft| draft.source.port = 1067),
        Taken(usual),
    ),
    row(
        "to another station",
        "seen on a hub or in promiscuous mode",
        Both(|draft| draft.station = Mac([2, 0, 0, 0, 0, 8])),
        Ignored,
    ),
    row(
        "broadcast, though unicast was asked for",
        "RFC 2131 4.1: servers may not be able to do else",
        Both(|draft| {
            draft.station = Mac::BROADCAST;
            draft.destination.address = Ipv4Addr::BROADCAST;
        }),
        Taken(usual),
    ),
    row(
        "as large as the link takes",
        "option 57 allows it",
        Both(|draft| draft.tail.resize(1472 - 240 - 40, 0)),
        Taken(usual),
    ),
];
