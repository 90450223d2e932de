//! Packet and netlink sockets, in a network namespace of their own.

use crate::child::{become_root, check, in_child, ok};
use linux::Errno;
use linux::fs::IoSliceMut;
use linux::net::{
    Address, Control, Family, FilterInstruction, MessageFlags, NetlinkAddress, PacketAddress, PacketKind,
    Protocol, SocketFlags, SocketKind, attach_filter, bind, detach_filter, getsockname, lock_filter, options,
    recv, recvmsg, send, sendto, socket,
};
use linux::process::Namespaces;
use std::time::Duration;

const FLAGS: SocketFlags = SocketFlags::CLOSE_ON_EXEC;
const NONE: MessageFlags = MessageFlags::empty();
/// An Ethernet type for experiments (IEEE 802, local experimental 1).
const EXPERIMENT: u16 = 0x88b5;

/// Makes the request to set the loopback up: RTM_NEWLINK, acknowledged.
const LOOPBACK_UP: [u8; 32] = {
    let mut message = [0; 32];
    message[0] = 32; // length
    message[4] = 16; // RTM_NEWLINK
    message[6] = 5; // NLM_F_REQUEST | NLM_F_ACK
    message[8] = 1; // sequence
    message[20] = 1; // ifi_index: lo
    message[24] = 1; // ifi_flags: IFF_UP
    message[28] = 1; // ifi_change: IFF_UP
    message
};

fn netlink() -> linux::Result<linux::fd::OwnedFd> {
    socket(Family::NETLINK, SocketKind::RAW, FLAGS, Protocol::NETLINK_ROUTE)
}

/// Sets the loopback up, in a namespace of a test's own.
pub(crate) fn loopback_up() -> linux::Result<()> {
    send(&netlink()?, &LOOPBACK_UP, NONE).map(drop)
}

#[test]
fn netlink_answers() {
    in_child(|| {
        become_root(Namespaces::NETWORK)?;
        let netlink = ok!(netlink());
        ok!(options::set_netlink_extended_ack(&netlink, true));
        ok!(options::set_netlink_cap_ack(&netlink, true));
        ok!(options::set_netlink_strict_check(&netlink, true));
        ok!(options::set_netlink_packet_info(&netlink, true));
        ok!(bind(&netlink, &NetlinkAddress::default()));
        let own = ok!(getsockname(&netlink));
        check!(matches!(own, Some(Address::Netlink(own)) if own.port != 0));
        // RTNLGRP_LINK.
        ok!(options::join_netlink_group(&netlink, 1));
        check!(options::join_netlink_group(&netlink, 4000) == Err(Errno::INVAL));
        ok!(send(&netlink, &LOOPBACK_UP, NONE));
        let (mut groups, mut acknowledged) = (0, false);
        while !acknowledged {
            let (mut buffer, mut room) = ([0; 4096], [0; 64]);
            let received = ok!(recvmsg(&netlink, &mut [IoSliceMut::new(&mut buffer)], &mut room, NONE));
            check!(
                received.from
                    == Some(Address::Netlink(NetlinkAddress { port: 0, groups: received_group(&received) }))
            );
            for message in received.control {
                if let Control::NetlinkGroup(group) = message {
                    groups |= group;
                }
            }
            // NLMSG_ERROR, with the number 0.
            acknowledged = buffer[4] == 2 && buffer[16..20] == [0; 4];
        }
        check!(groups == 1);
        ok!(options::leave_netlink_group(&netlink, 1));
        Ok(())
    });
}

fn received_group(received: &linux::net::Received<'_>) -> u32 {
    match received.from {
        Some(Address::Netlink(address)) => address.groups,
        _ => u32::MAX,
    }
}

/// Sets the loopback up, and opens a packet socket on it.
fn packet_socket() -> Result<linux::fd::OwnedFd, crate::child::Failure> {
    become_root(Namespaces::NETWORK)?;
    ok!(loopback_up());
    let packets = ok!(socket(Family::PACKET, SocketKind::RAW, FLAGS, Protocol::DEFAULT));
    ok!(options::set_receive_timeout(&packets, Some(Duration::from_millis(300))));
    Ok(packets)
}

fn frame(kind: u16) -> [u8; 60] {
    let mut frame = [0x11; 60];
    frame[..12].fill(0);
    frame[12..14].copy_from_slice(&kind.to_be_bytes());
    frame
}

#[test]
fn packets_go_round_the_loopback() {
    in_child(|| {
        let packets = packet_socket()?;
        ok!(options::set_packet_auxiliary(&packets, true));
        // Without a protocol nothing is received.
        ok!(send_frame(&packets, EXPERIMENT));
        check!(recv(&packets, &mut [0; 64], MessageFlags::DONT_WAIT) == Err(Errno::AGAIN));
        ok!(bind(&packets, &PacketAddress::interface(1, EXPERIMENT)));
        check!(bind(&packets, &PacketAddress::interface(999, EXPERIMENT)) == Err(Errno::NODEV));
        ok!(send_frame(&packets, EXPERIMENT));
        let (mut buffer, mut room) = ([0; 128], [0; 64]);
        let received = ok!(recvmsg(&packets, &mut [IoSliceMut::new(&mut buffer)], &mut room, NONE));
        check!(received.count == 60);
        let Some(Address::Packet(from)) = received.from else {
            return Err(crate::child::Failure { line: line!(), errno: None });
        };
        check!(from.interface == 1 && from.protocol == EXPERIMENT && from.link_address() == [0; 6]);
        check!(from.kind == PacketKind::OUTGOING || from.kind == PacketKind::HOST);
        let mut known = None;
        for message in received.control {
            if let Control::PacketAuxiliary(auxiliary) = message {
                known = Some(auxiliary);
            }
        }
        check!(known.is_some_and(|known| known.length == 60 && known.vlan.is_none()));
        check!(buffer[..60] == frame(EXPERIMENT));
        let (received, lost) = ok!(options::packet_statistics(&packets));
        check!(received > 0 && lost == 0);
        Ok(())
    });
}

fn send_frame(packets: &linux::fd::OwnedFd, kind: u16) -> linux::Result<usize> {
    sendto(packets, &frame(kind), NONE, &PacketAddress::station(1, kind, [0; 6]))
}

#[test]
fn a_filter_lets_through_what_it_says() {
    in_child(|| {
        let packets = packet_socket()?;
        // Load the Ethernet type; if it is the experiment's, give 20 bytes, else nothing.
        let program = [
            FilterInstruction { code: 0x28, jump_true: 0, jump_false: 0, k: 12 },
            FilterInstruction { code: 0x15, jump_true: 0, jump_false: 1, k: EXPERIMENT.into() },
            FilterInstruction { code: 0x06, jump_true: 0, jump_false: 0, k: 20 },
            FilterInstruction { code: 0x06, jump_true: 0, jump_false: 0, k: 0 },
        ];
        check!(attach_filter(&packets, &[]) == Err(Errno::INVAL));
        check!(attach_filter(&packets, &program[..1]) == Err(Errno::INVAL));
        check!(detach_filter(&packets) == Err(Errno::NOENT));
        ok!(attach_filter(&packets, &program));
        // ETH_P_ALL.
        ok!(bind(&packets, &PacketAddress::interface(1, 3)));
        ok!(send_frame(&packets, EXPERIMENT + 1));
        ok!(send_frame(&packets, EXPERIMENT));
        let mut buffer = [0; 128];
        check!(recv(&packets, &mut buffer, NONE) == Ok(20));
        check!(buffer[12..14] == EXPERIMENT.to_be_bytes());
        ok!(lock_filter(&packets));
        check!(detach_filter(&packets) == Err(Errno::PERM));
        check!(attach_filter(&packets, &program) == Err(Errno::PERM));
        Ok(())
    });
}

#[test]
fn outgoing_packets_are_left_out() {
    in_child(|| {
        let packets = packet_socket()?;
        ok!(options::set_packet_ignore_outgoing(&packets, true));
        ok!(bind(&packets, &PacketAddress::interface(1, 3)));
        ok!(send_frame(&packets, EXPERIMENT));
        let (mut buffer, mut kinds) = ([0; 128], [0; 8]);
        while let Ok((_, Some(Address::Packet(from)))) = linux::net::recvfrom(&packets, &mut buffer, NONE) {
            if let Some(count) = kinds.get_mut(usize::from(from.kind.0)) {
                *count += 1;
            }
        }
        check!(
            kinds[usize::from(PacketKind::HOST.0)] >= 1 && kinds[usize::from(PacketKind::OUTGOING.0)] == 0
        );
        Ok(())
    });
}
