//! The fixed part, and what a message says it is.

use formats::wire::dhcp4::{Code, Operation};
use protocols::dhcp::Drop;

use super::Change::{Both, Bytes, Grant};
use super::Expected::{Refused, Taken};
use super::{Row, fixed_part_only, row, shorten, usual};

pub(super) const FIXED_PART: &[Row] = &[
    row(
        "op of a request",
        "RFC 2131 table 1",
        Both(|draft| draft.header.operation = Operation::REQUEST),
        Refused(Drop::NotReply),
    ),
    row(
        "op of nothing",
        "RFC 2131 table 1",
        Both(|draft| draft.header.operation.0 = 0),
        Refused(Drop::NotReply),
    ),
    row(
        "htype of token ring",
        "RFC 2131 table 1: it is our hardware",
        Both(|draft| draft.header.hardware_type = 6),
        Refused(Drop::HardwareType),
    ),
    row(
        "hlen 16",
        "RFC 2131 table 1: Ethernet has 6",
        Both(|draft| draft.header.hardware_length = 16),
        Refused(Drop::HardwareType),
    ),
    row(
        "hlen 255",
        "longer than the field",
        Both(|draft| draft.header.hardware_length = 255),
        Refused(Drop::HardwareType),
    ),
    row(
        "wrong xid",
        "RFC 2131 4.4.1: MUST drop",
        Both(|draft| draft.header.transaction ^= 1),
        Refused(Drop::TransactionId),
    ),
    row(
        "wrong xid in the grant",
        "RFC 2131 4.4.1: MUST drop",
        Grant(|draft| draft.header.transaction ^= 1),
        Refused(Drop::TransactionId),
    ),
    row(
        "wrong chaddr",
        "for another client",
        Both(|draft| draft.header.hardware.0[5] ^= 1),
        Refused(Drop::ClientHardware),
    ),
    row(
        "wrong magic cookie",
        "RFC 2131 3: not DHCP options",
        Both(|draft| draft.cookie[3] ^= 1),
        Refused(Drop::Cookie),
    ),
    row("no cookie, no options", "BOOTP: no lease in it", Both(fixed_part_only), Refused(Drop::Cookie)),
    row(
        "200 bytes",
        "RFC 2131 2: the fixed part has 236",
        Bytes(|frame| shorten(frame, 200)),
        Refused(Drop::Truncated),
    ),
    row(
        "empty UDP payload",
        "the panic of insomniacslk#454",
        Bytes(|frame| shorten(frame, 0)),
        Refused(Drop::Truncated),
    ),
    row(
        "another client's id",
        "RFC 6842: the echo must be ours",
        Both(|draft| draft.set(Code::CLIENT_ID, &[1, 2, 3])),
        Refused(Drop::ClientId),
    ),
    row(
        "marks of relays: hops, giaddr, siaddr",
        "RFC 2131 table 3: giaddr as in the request, siaddr is the next server of a boot",
        Both(|draft| {
            draft.header.hops = 255;
            draft.header.relay = [192, 0, 2, 7].into();
            draft.header.next_server = [255; 4].into();
        }),
        Taken(usual),
    ),
    row(
        "ciaddr of somebody",
        "RFC 2131 table 3: 0 in an offer; nothing is read from it",
        Both(|draft| draft.header.client = [10, 9, 0, 99].into()),
        Taken(usual),
    ),
    row(
        "noise in secs, flags and behind chaddr",
        "RFC 2131 2: the address has six bytes, the rest says nothing",
        Bytes(|frame| {
            frame[40..42].fill(0);
            frame[42 + 8..42 + 12].fill(0xff);
            frame[42 + 34..42 + 44].fill(0xaa);
        }),
        Taken(usual),
    ),
    row(
        "noise in sname and file",
        "RFC 2132 9.3: options are there only when option 52 says so",
        Both(|draft| {
            draft.server_name.fill(0xfe);
            draft.file.fill(0x34);
        }),
        Taken(usual),
    ),
    row(
        "relay's option 82 came through",
        "RFC 3046: meant for the relay; ignored by clients",
        Both(|draft| draft.set(Code::RELAY_INFORMATION, &[1, 4, 0, 0, 0, 1])),
        Taken(usual),
    ),
];

pub(super) const KIND: &[Row] = &[
    row(
        "no message type",
        "RFC 2131 3: BOOTP without it",
        Both(|draft| draft.remove(Code::MESSAGE_TYPE)),
        Refused(Drop::NoMessageType),
    ),
    row(
        "empty message type",
        "RFC 2132 9.6: one byte",
        Both(|draft| draft.set(Code::MESSAGE_TYPE, &[])),
        Refused(Drop::NoMessageType),
    ),
    row(
        "message type twice",
        "RFC 3396: joined, two bytes, so none",
        Both(|draft| draft.options.push((Code::MESSAGE_TYPE, vec![2]))),
        Refused(Drop::NoMessageType),
    ),
    row(
        "unknown message type",
        "no server says so",
        Both(|draft| draft.set(Code::MESSAGE_TYPE, &[99])),
        Refused(Drop::MessageType),
    ),
    row(
        "FORCERENEW",
        "RFC 6704: not without authentication",
        Both(|draft| draft.set(Code::MESSAGE_TYPE, &[9])),
        Refused(Drop::ForceRenew),
    ),
    row(
        "offer in place of the grant",
        "RFC 2131 figure 5",
        Grant(|draft| draft.set(Code::MESSAGE_TYPE, &[2])),
        Refused(Drop::Unexpected),
    ),
    row(
        "message type twice, the same",
        "no pieces of one value (RFC 3396): what is said twice is still said",
        Both(|draft| draft.options.push((Code::MESSAGE_TYPE, vec![draft.kind.0]))),
        Taken(usual),
    ),
];

pub(super) const AREAS: &[Row] = &[
    row(
        "no end option",
        "RFC 2131 4.1 wants one; what is whole is whole",
        Both(|draft| draft.tail.clear()),
        Taken(usual),
    ),
    row(
        "last option cut short",
        "what follows is missing, too: no partial configuration",
        Both(|draft| draft.tail = vec![Code::NTP_SERVERS.0, 8, 1, 2, 3]),
        Refused(Drop::Options),
    ),
    row(
        "only a code at the end",
        "no length: cut short",
        Both(|draft| draft.tail = vec![Code::NTP_SERVERS.0]),
        Refused(Drop::Options),
    ),
    row(
        "padding between options",
        "RFC 2132 3.1: skipped",
        Both(|draft| {
            for at in (0..draft.options.len()).rev() {
                draft.options.insert(at, (Code::PAD, vec![]));
            }
        }),
        Taken(usual),
    ),
    row(
        "noise behind the end",
        "RFC 2132 3.2: the end is the end",
        Both(|draft| draft.tail.extend([3, 200, 52, 1, 3])),
        Taken(usual),
    ),
    row(
        "unknown options of all numbers",
        "RFC 2132 2: stepped over",
        Both(|draft| draft.options.extend((128..=248).map(|code| (Code(code), vec![code; 3])))),
        Taken(usual),
    ),
    row(
        "mask, server and time twice, the same",
        "no pieces of one value (RFC 3396): what is said twice is still said",
        Both(|draft| {
            let said = [Code::SUBNET_MASK, Code::SERVER, Code::LEASE_TIME];
            let again: Vec<_> =
                draft.options.iter().filter(|(code, _)| said.contains(code)).cloned().collect();
            draft.options.extend(again);
        }),
        Taken(usual),
    ),
    row(
        "two masks",
        "which of them?",
        Both(|draft| draft.options.push((Code::SUBNET_MASK, vec![255, 255, 0, 0]))),
        Refused(Drop::BadMask),
    ),
    row(
        "two servers",
        "which of them?",
        Both(|draft| draft.options.push((Code::SERVER, vec![10, 9, 0, 66]))),
        Refused(Drop::NoServer),
    ),
    row(
        "two lease times",
        "which of them?",
        Both(|draft| draft.options.push((Code::LEASE_TIME, vec![0, 0, 0, 60]))),
        Refused(Drop::NoLeaseTime),
    ),
    row(
        "mask in two pieces",
        "RFC 3396 7: any option may be split",
        Both(|draft| {
            draft.set(Code::SUBNET_MASK, &[255]);
            draft.options.push((Code::SUBNET_MASK, vec![255, 255, 0]));
        }),
        Taken(usual),
    ),
    row(
        "overload, and noise in file",
        "an option cut short: no partial configuration",
        Both(|draft| {
            draft.set(Code::OVERLOAD, &[1]);
            draft.file.fill(0xfe);
        }),
        Refused(Drop::Options),
    ),
    row(
        "overload, and a file of padding",
        "nothing in it",
        Both(|draft| draft.set(Code::OVERLOAD, &[3])),
        Taken(usual),
    ),
    row(
        "overload of two bytes",
        "RFC 2132 9.3: one; ignored (CVE-2019-11578)",
        Both(|draft| {
            draft.set(Code::OVERLOAD, &[3, 3]);
            draft.file.fill(0xfe);
        }),
        Taken(usual),
    ),
];
