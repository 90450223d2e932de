//! What is granted: the address and its network, by whom, for how long.

use dhcp_server::Draft;
use formats::wire::dhcp4::{Code, MessageType};
use protocols::dhcp::{Drop, Lease};

use super::Change::{Both, Grant};
use super::Expected::{Refused, Taken};
use super::{ADDRESS, Row, SERVER, routes, row, s, usual};

fn yours(draft: &mut Draft, address: [u8; 4]) {
    draft.header.yours = address.into();
}

pub(super) const ADDRESSES: &[Row] = &[
    row(
        "yiaddr 0.0.0.0",
        "RFC 2131 table 3: the address",
        Both(|draft| yours(draft, [0; 4])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr 0.1.2.3",
        "RFC 1122 3.2.1.3 (a)",
        Both(|draft| yours(draft, [0, 1, 2, 3])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr 127.0.0.5",
        "RFC 1122 3.2.1.3 (g)",
        Both(|draft| yours(draft, [127, 0, 0, 5])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr 224.0.0.9",
        "RFC 1122 3.2.1.3: no host",
        Both(|draft| yours(draft, [224, 0, 0, 9])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr 240.0.0.1",
        "RFC 1112 4: reserved",
        Both(|draft| yours(draft, [240, 0, 0, 1])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr 255.255.255.255",
        "RFC 1122 3.2.1.3 (c)",
        Both(|draft| yours(draft, [255; 4])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr is the server's",
        "two stations",
        Both(|draft| yours(draft, SERVER)),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr is the sender's",
        "two stations, whatever the server id says",
        Both(|draft| {
            draft.source.address = [10, 9, 0, 4].into();
            yours(draft, [10, 9, 0, 4]);
        }),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr is the network's",
        "RFC 1122 3.2.1.3 (b)",
        Both(|draft| yours(draft, [10, 9, 0, 0])),
        Refused(Drop::BadAddress),
    ),
    row(
        "yiaddr is the network's broadcast",
        "RFC 1122 3.2.1.3 (d)",
        Both(|draft| yours(draft, [10, 9, 0, 255])),
        Refused(Drop::BadAddress),
    ),
    row(
        "grant for another address",
        "RFC 2131 3.1: the offered one",
        Grant(|draft| yours(draft, [10, 9, 0, 77])),
        Refused(Drop::OtherAddress),
    ),
    row(
        "grant for 127.0.0.5",
        "both rules",
        Grant(|draft| yours(draft, [127, 0, 0, 5])),
        Refused(Drop::BadAddress),
    ),
    row("grant for no address", "both rules", Grant(|draft| yours(draft, [0; 4])), Refused(Drop::BadAddress)),
    row(
        "mask 255.0.255.0",
        "RFC 4632 5.1: prefixes only; any network made of it would be a guess",
        Both(|draft| draft.set(Code::SUBNET_MASK, &[255, 0, 255, 0])),
        Refused(Drop::BadMask),
    ),
    row(
        "mask 0.0.0.0",
        "the whole world is on no link",
        Both(|draft| draft.set(Code::SUBNET_MASK, &[0; 4])),
        Refused(Drop::BadMask),
    ),
    row(
        "mask 128.0.0.0",
        "half of it neither; nobody holds more than a /8",
        Both(|draft| draft.set(Code::SUBNET_MASK, &[128, 0, 0, 0])),
        Refused(Drop::BadMask),
    ),
    row(
        "mask of three bytes",
        "RFC 2132 3.3: four; what it meant is not known",
        Both(|draft| draft.set(Code::SUBNET_MASK, &[255, 255, 255])),
        Refused(Drop::BadMask),
    ),
    row(
        "no mask",
        "RFC 2131 table 3: MAY be absent; RFC 950 then says the class, as three of four clients do",
        Both(|draft| draft.remove(Code::SUBNET_MASK)),
        Taken(|seen, lease| lease.prefix == 8 && seen.drops(Drop::NoMask) == 2),
    ),
    row(
        "no mask in the grant",
        "RFC 2131 3.1: the grant does not contradict the offer",
        Grant(|draft| draft.remove(Code::SUBNET_MASK)),
        Taken(usual),
    ),
    row(
        "mask 255.255.255.255",
        "clouds do so: the router gets a route of its own",
        Both(|draft| draft.set(Code::SUBNET_MASK, &[255; 4])),
        Taken(|_, lease| lease.prefix == 32 && routes(lease) == ["10.9.0.1/32 link", "0.0.0.0/0 10.9.0.1"]),
    ),
    row(
        "mask 255.255.255.254",
        "RFC 3021: two hosts",
        Both(|draft| draft.set(Code::SUBNET_MASK, &[255, 255, 255, 254])),
        Taken(|_, lease| {
            lease.prefix == 31 && lease.address == ADDRESS && routes(lease)[0] == "10.9.0.1/32 link"
        }),
    ),
];

pub(super) const SERVERS: &[Row] = &[
    row(
        "no server id",
        "RFC 2131 table 3: MUST",
        Both(|draft| draft.remove(Code::SERVER)),
        Refused(Drop::NoServer),
    ),
    row(
        "no server id in the grant",
        "RFC 2131 table 3: MUST",
        Grant(|draft| draft.remove(Code::SERVER)),
        Refused(Drop::NoServer),
    ),
    row(
        "server id of three bytes",
        "RFC 2132 9.7: four",
        Both(|draft| draft.set(Code::SERVER, &[10, 9, 0])),
        Refused(Drop::NoServer),
    ),
    row(
        "server id 0.0.0.0",
        "no host",
        Both(|draft| draft.set(Code::SERVER, &[0; 4])),
        Refused(Drop::BadServer),
    ),
    row(
        "server id 255.255.255.255",
        "no host; renewals would be broadcast",
        Both(|draft| draft.set(Code::SERVER, &[255; 4])),
        Refused(Drop::BadServer),
    ),
    row(
        "server id 224.0.0.1",
        "no host",
        Both(|draft| draft.set(Code::SERVER, &[224, 0, 0, 1])),
        Refused(Drop::BadServer),
    ),
    row(
        "server id 127.0.0.1",
        "no host but us",
        Both(|draft| draft.set(Code::SERVER, &[127, 0, 0, 1])),
        Refused(Drop::BadServer),
    ),
    row(
        "grant from another server",
        "RFC 2131 3.1: the one that was chosen",
        Grant(|draft| draft.set(Code::SERVER, &[10, 9, 0, 66])),
        Refused(Drop::OtherServer),
    ),
    row(
        "refusal from another server",
        "RFC 2131 4.4.1: it was not asked",
        Grant(|draft| {
            draft.set(Code::MESSAGE_TYPE, &[MessageType::NAK.0]);
            draft.set(Code::SERVER, &[10, 9, 0, 66]);
        }),
        Refused(Drop::OtherServer),
    ),
    row(
        "refusal without a server id",
        "RFC 2131 table 3: MUST",
        Grant(|draft| {
            draft.set(Code::MESSAGE_TYPE, &[MessageType::NAK.0]);
            draft.remove(Code::SERVER);
        }),
        Refused(Drop::NoServer),
    ),
];

pub(super) const TIMES: &[Row] = &[
    row(
        "no lease time",
        "RFC 2131 table 3: MUST",
        Both(|draft| draft.remove(Code::LEASE_TIME)),
        Refused(Drop::NoLeaseTime),
    ),
    row(
        "no lease time in the grant",
        "RFC 2131 table 3: MUST",
        Grant(|draft| draft.remove(Code::LEASE_TIME)),
        Refused(Drop::NoLeaseTime),
    ),
    row(
        "lease time of two bytes",
        "RFC 2132 9.2: four",
        Both(|draft| draft.set(Code::LEASE_TIME, &[14, 16])),
        Refused(Drop::NoLeaseTime),
    ),
    row(
        "lease of 0 s",
        "grants nothing",
        Both(|draft| draft.set(Code::LEASE_TIME, &[0; 4])),
        Refused(Drop::ZeroLease),
    ),
    row(
        "lease of 1 s",
        "taken as ten, renewed each five: no storm",
        Both(|draft| draft.set(Code::LEASE_TIME, &[0, 0, 0, 1])),
        Taken(|seen, lease| lease.duration == s(10) && lease.renewal == s(5) && seen.sent <= 8),
    ),
    row(
        "lease for ever",
        "RFC 2131 3.3",
        Both(|draft| draft.set(Code::LEASE_TIME, &[255; 4])),
        Taken(|_, lease| lease.duration == Lease::FOREVER),
    ),
    row(
        "lease of 4294967294 s",
        "136 years, not for ever",
        Both(|draft| draft.set(Code::LEASE_TIME, &[255, 255, 255, 254])),
        Taken(|_, lease| lease.duration == s(0xffff_fffe) && lease.renewal == s(0x7fff_ffff)),
    ),
    row(
        "T2 long before T1",
        "RFC 2131 4.4.5: in order, so T1 gives way",
        Both(|draft| {
            draft.set(Code::RENEWAL_TIME, &[0, 0, 7, 8]);
            draft.set(Code::REBINDING_TIME, &[0, 0, 0, 60]);
        }),
        Taken(|_, lease| lease.renewal < lease.rebinding && lease.rebinding == s(60)),
    ),
    row(
        "T1 and T2 at the end",
        "the defaults: at the end it is too late to ask",
        Both(|draft| {
            draft.set(Code::RENEWAL_TIME, &[0, 0, 14, 16]);
            draft.set(Code::REBINDING_TIME, &[0, 0, 14, 16]);
        }),
        Taken(|_, lease| lease.renewal == s(1800) && lease.rebinding == s(3150)),
    ),
    row(
        "T1 behind T2 behind the end",
        "RFC 2131 4.4.5: in order, or the defaults",
        Both(|draft| {
            draft.set(Code::RENEWAL_TIME, &[0, 0, 255, 255]);
            draft.set(Code::REBINDING_TIME, &[0, 0, 254, 255]);
        }),
        Taken(|_, lease| lease.renewal == s(1800) && lease.rebinding == s(3150)),
    ),
    row(
        "T1 and T2 of 0 s",
        "the same; no storm",
        Both(|draft| {
            draft.set(Code::RENEWAL_TIME, &[0; 4]);
            draft.set(Code::REBINDING_TIME, &[0; 4]);
        }),
        Taken(|seen, lease| lease.renewal == s(1800) && seen.sent == 2),
    ),
    row(
        "T1 of one byte",
        "ignored: the default",
        Both(|draft| draft.set(Code::RENEWAL_TIME, &[1])),
        Taken(|_, lease| lease.renewal == s(1800)),
    ),
];
