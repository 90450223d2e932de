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
];
