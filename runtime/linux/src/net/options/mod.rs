//! Options of sockets: setsockopt(2), getsockopt(2). One table: the level, number and name of each, and the type of its value.
//!
//! Each row is a constant, with [`set`](SocketOption::set) and [`get`](SocketOption::get) of that type; those with more to say are
//! functions. [`OptionName`] is the same without the type, shown and read by the kernel's names.
//!
//! Unless a function says otherwise its errors are `NOTSOCK`, `BADF`, and `NOPROTOOPT` if the socket has no such option.

mod functions;
mod membership;
mod name;
mod value;

use super::Credentials;
use core::net::Ipv4Addr;
use linux_raw_sys::if_packet as packet;
use linux_raw_sys::net as kernel;
use linux_raw_sys::netlink;

pub use crate::ioctl::Opaque;
pub use functions::{
    bind_to_device, get, packet_statistics, peer_credentials, peer_pidfd, set, set_netlink_cap_ack,
    set_netlink_extended_ack, set_netlink_no_enobufs, set_netlink_packet_info, set_netlink_strict_check,
    set_packet_auxiliary, set_packet_ignore_outgoing, set_receive_buffer_force, set_receive_timeout,
    set_reuse_address, set_send_timeout, set_tcp_no_delay, take_error,
};
pub use membership::{
    Ipv4Membership, Ipv6Membership, join_ipv4_group, join_ipv6_group, join_netlink_group, leave_ipv4_group,
    leave_ipv6_group, leave_netlink_group,
};
pub use name::{Level, OptionName, ValueKind};
pub use value::{
    Linger, OptionValue, ShortText, SocketOption, Timeout, WholeMilliseconds, WholeSeconds, WideTimeout, Word,
};

/// A level of options, and a row an option: the documentation begins with the kernel's name.
macro_rules! options {
    ($($level:ident { $(#[doc = $doc:literal] $name:ident: $value:ty = $number:expr;)* })*) => {
        $($(
            #[doc = $doc]
            pub const $name: SocketOption<$value> =
                SocketOption::new(OptionName { level: Level::$level, number: $number });
        )*)*

        /// All rows, by level.
        const TABLES: &[name::Rows] = &[$(name::Rows {
            level: Level::$level,
            names: {
                const WORDS: &[&str] = &[$($doc),*];
                const TEXT: [u8; crate::named::packed_length(WORDS)] = crate::named::packed(WORDS);
                crate::named::Names::new(&TEXT, &[$($name.name().number as u64),*], false)
            },
            kinds: &[$(<$value as value::sealed::Sealed>::KIND),*],
        }),*];

        facts!($($(crate::abi::Fact::new(crate::named::name_of($doc), $name.name().number as usize)),*),*);
    };
}

options! {
    SOCKET {
        /// SO_BROADCAST: sending to broadcast addresses is allowed.
        BROADCAST: bool = kernel::SO_BROADCAST;
        /// SO_REUSEADDR: binding to an address that is still in use or waits for its end is allowed.
        REUSE_ADDRESS: bool = kernel::SO_REUSEADDR;
        /// SO_REUSEPORT: several sockets of a user may have one address, and share what comes.
        REUSE_PORT: bool = kernel::SO_REUSEPORT;
        /// SO_KEEPALIVE: idle connections are probed.
        KEEPALIVE: bool = kernel::SO_KEEPALIVE;
        /// SO_PASSCRED: the credentials of senders come as control data.
        PASS_CREDENTIALS: bool = kernel::SO_PASSCRED;
        /// SO_DONTROUTE: nothing is sent but to links of this machine.
        DONT_ROUTE: bool = kernel::SO_DONTROUTE;
        /// SO_OOBINLINE: urgent bytes come among the others.
        URGENT_INLINE: bool = kernel::SO_OOBINLINE;
        /// SO_ZEROCOPY: sending without copies may be asked for (Linux 4.14).
        ZERO_COPY: bool = kernel::SO_ZEROCOPY;
        /// SO_LINGER: what closing does with what was not sent.
        LINGER: Linger = kernel::SO_LINGER;
        /// SO_RCVTIMEO_OLD: how long receiving, and taking connections, waits.
        RECEIVE_TIMEOUT: Timeout = kernel::SO_RCVTIMEO_OLD;
        /// SO_SNDTIMEO_OLD: how long sending, and connecting, waits.
        SEND_TIMEOUT: Timeout = kernel::SO_SNDTIMEO_OLD;
        /// SO_RCVBUF: room for what waits to be received, in bytes; the kernel doubles it, and cuts it to its limit.
        RECEIVE_BUFFER: u32 = kernel::SO_RCVBUF;
        /// SO_SNDBUF: room for what waits to be sent, in bytes; the kernel doubles it, and cuts it to its limit.
        SEND_BUFFER: u32 = kernel::SO_SNDBUF;
        /// SO_RCVLOWAT: so many bytes make a stream readable.
        RECEIVE_LEAST: u32 = kernel::SO_RCVLOWAT;
        /// SO_PRIORITY: the priority of packets for queues; 6 is the highest without privileges.
        PRIORITY: u32 = kernel::SO_PRIORITY;
        /// SO_MARK: the mark of packets for rules of routing; needs CAP_NET_ADMIN.
        MARK: Word = kernel::SO_MARK;
        /// SO_INCOMING_CPU: the processor that handles what comes.
        INCOMING_PROCESSOR: u32 = kernel::SO_INCOMING_CPU;
        /// SO_BUSY_POLL: microseconds for which receiving asks the device again and again.
        BUSY_POLL_US: u32 = kernel::SO_BUSY_POLL;
        /// SO_TYPE: the kind of socket; can only be got.
        KIND: u32 = kernel::SO_TYPE;
        /// SO_DOMAIN: the family; can only be got.
        FAMILY: u32 = kernel::SO_DOMAIN;
        /// SO_PROTOCOL: the protocol; can only be got.
        PROTOCOL: u32 = kernel::SO_PROTOCOL;
        /// SO_ACCEPTCONN: whether it listens; can only be got.
        LISTENS: bool = kernel::SO_ACCEPTCONN;
        /// SO_DEBUG: the protocols note down what they do; needs CAP_NET_ADMIN.
        DEBUG: bool = kernel::SO_DEBUG;
        /// SO_ERROR: the number of the error that waits, which is taken; can only be got.
        ERROR: i32 = kernel::SO_ERROR;
        /// SO_SNDBUFFORCE: room for what waits to be sent, over the limit; needs CAP_NET_ADMIN.
        SEND_BUFFER_FORCE: u32 = kernel::SO_SNDBUFFORCE;
        /// SO_RCVBUFFORCE: room for what waits to be received, over the limit; needs CAP_NET_ADMIN.
        RECEIVE_BUFFER_FORCE: u32 = kernel::SO_RCVBUFFORCE;
        /// SO_NO_CHECK: no checksums of UDP.
        NO_CHECKSUMS: bool = kernel::SO_NO_CHECK;
        /// SO_BSDCOMPAT: nothing any more.
        BSD_COMPATIBLE: bool = kernel::SO_BSDCOMPAT;
        /// SO_PEERCRED: who made the other end of a Unix socket's connection; can only be got.
        PEER_CREDENTIALS: Credentials = kernel::SO_PEERCRED;
        /// SO_SNDLOWAT: always 1; can only be got.
        SEND_LEAST: u32 = kernel::SO_SNDLOWAT;
        /// SO_BINDTODEVICE: the one interface that is sent and received through; cannot be got as it was set.
        BIND_TO_DEVICE: ShortText = kernel::SO_BINDTODEVICE;
        /// SO_ATTACH_FILTER: a program says what is let through.
        ATTACH_FILTER: Opaque = kernel::SO_ATTACH_FILTER;
        /// SO_DETACH_FILTER: everything is let through again.
        DETACH_FILTER: bool = kernel::SO_DETACH_FILTER;
        /// SO_PEERNAME: the other end's address; can only be got.
        PEER_NAME: Opaque = kernel::SO_PEERNAME;
        /// SO_TIMESTAMP_OLD: when messages came is told as control data, in microseconds.
        TIMESTAMPS: bool = kernel::SO_TIMESTAMP_OLD;
        /// SO_PEERSEC: the other end's security context; can only be got.
        PEER_SECURITY: Opaque = kernel::SO_PEERSEC;
        /// SO_PASSSEC: the security contexts of senders come as control data.
        PASS_SECURITY: bool = kernel::SO_PASSSEC;
        /// SO_TIMESTAMPNS_OLD: when messages came is told as control data, in nanoseconds.
        TIMESTAMPS_NS: bool = kernel::SO_TIMESTAMPNS_OLD;
        /// SO_TIMESTAMPING_OLD: which times are noted down, and where (SOF_TIMESTAMPING_).
        TIMESTAMPING: u32 = kernel::SO_TIMESTAMPING_OLD;
        /// SO_RXQ_OVFL: how many messages were lost is told as control data.
        COUNT_LOST: bool = kernel::SO_RXQ_OVFL;
        /// SO_WIFI_STATUS: whether frames arrived is told as control data.
        WIFI_STATUS: bool = kernel::SO_WIFI_STATUS;
        /// SO_PEEK_OFF: where looking ahead begins; -1 for the start.
        PEEK_OFFSET: i32 = kernel::SO_PEEK_OFF;
        /// SO_NOFCS: the last four bytes are the checksum of the frame.
        NO_FRAME_CHECKSUM: bool = kernel::SO_NOFCS;
        /// SO_LOCK_FILTER: the program stays as it is.
        LOCK_FILTER: bool = kernel::SO_LOCK_FILTER;
        /// SO_SELECT_ERR_QUEUE: select sees the queue of errors.
        SELECT_ERRORS: bool = kernel::SO_SELECT_ERR_QUEUE;
        /// SO_MAX_PACING_RATE: the most bytes a second; all bits for no limit. Of 32 bits before Linux 4.20 and on 32-bit kernels.
        PACING_RATE: u64 = kernel::SO_MAX_PACING_RATE;
        /// SO_BPF_EXTENSIONS: how many extensions the filters know; can only be got.
        FILTER_EXTENSIONS: u32 = kernel::SO_BPF_EXTENSIONS;
        /// SO_ATTACH_BPF: a program of the extended kind says what is let through, by its descriptor.
        ATTACH_BPF: i32 = kernel::SO_ATTACH_BPF;
        /// SO_ATTACH_REUSEPORT_CBPF: a program chooses among the sockets of one address.
        ATTACH_CHOICE: Opaque = kernel::SO_ATTACH_REUSEPORT_CBPF;
        /// SO_ATTACH_REUSEPORT_EBPF: the same, of the extended kind, by its descriptor.
        ATTACH_CHOICE_BPF: i32 = kernel::SO_ATTACH_REUSEPORT_EBPF;
        /// SO_CNX_ADVICE: the connection does badly, and another way may be tried.
        CONNECTION_ADVICE: bool = kernel::SO_CNX_ADVICE;
        /// SO_MEMINFO: how much memory it uses, in nine numbers; can only be got.
        MEMORY: Opaque = kernel::SO_MEMINFO;
        /// SO_INCOMING_NAPI_ID: the queue of the device that the last packet came by; can only be got.
        INCOMING_QUEUE: u32 = kernel::SO_INCOMING_NAPI_ID;
        /// SO_COOKIE: a number that no other socket has; can only be got.
        COOKIE: u64 = kernel::SO_COOKIE;
        /// SO_PEERGROUPS: the other end's groups; can only be got.
        PEER_GROUPS: Opaque = kernel::SO_PEERGROUPS;
        /// SO_TXTIME: packets are sent at times that control data say.
        SEND_TIMES: [u32; 2] = kernel::SO_TXTIME;
        /// SO_BINDTOIFINDEX: the number of the one interface that is sent and received through; 0 frees it.
        BIND_TO_INDEX: u32 = kernel::SO_BINDTOIFINDEX;
        /// SO_TIMESTAMP_NEW: SO_TIMESTAMP with 64 bits everywhere.
        TIMESTAMPS_WIDE: bool = kernel::SO_TIMESTAMP_NEW;
        /// SO_TIMESTAMPNS_NEW: SO_TIMESTAMPNS with 64 bits everywhere.
        TIMESTAMPS_NS_WIDE: bool = kernel::SO_TIMESTAMPNS_NEW;
        /// SO_TIMESTAMPING_NEW: SO_TIMESTAMPING with 64 bits everywhere.
        TIMESTAMPING_WIDE: u32 = kernel::SO_TIMESTAMPING_NEW;
        /// SO_RCVTIMEO_NEW: SO_RCVTIMEO with 64 bits everywhere.
        RECEIVE_TIMEOUT_WIDE: WideTimeout = kernel::SO_RCVTIMEO_NEW;
        /// SO_SNDTIMEO_NEW: SO_SNDTIMEO with 64 bits everywhere.
        SEND_TIMEOUT_WIDE: WideTimeout = kernel::SO_SNDTIMEO_NEW;
        /// SO_DETACH_REUSEPORT_BPF: no program chooses any more.
        DETACH_CHOICE: bool = kernel::SO_DETACH_REUSEPORT_BPF;
        /// SO_PREFER_BUSY_POLL: the device is asked, and interrupts are put off.
        PREFER_BUSY_POLL: bool = kernel::SO_PREFER_BUSY_POLL;
        /// SO_BUSY_POLL_BUDGET: how many packets one asking takes.
        BUSY_POLL_BUDGET: u32 = kernel::SO_BUSY_POLL_BUDGET;
        /// SO_NETNS_COOKIE: a number that no other network namespace has; can only be got.
        NAMESPACE_COOKIE: u64 = kernel::SO_NETNS_COOKIE;
        /// SO_BUF_LOCK: which rooms the kernel does not change by itself.
        LOCK_BUFFERS: u32 = kernel::SO_BUF_LOCK;
        /// SO_RESERVE_MEM: memory that is kept for it, in bytes.
        RESERVE_MEMORY: u32 = kernel::SO_RESERVE_MEM;
        /// SO_TXREHASH: another way through the network is tried when nothing arrives.
        TRY_OTHER_WAYS: i32 = kernel::SO_TXREHASH;
        /// SO_RCVMARK: the marks of packets are told as control data.
        RECEIVE_MARK: bool = kernel::SO_RCVMARK;
        /// SO_PASSPIDFD: descriptors of senders come as control data (Linux 6.5).
        PASS_PIDFD: bool = kernel::SO_PASSPIDFD;
        /// SO_PEERPIDFD: a descriptor of who made the other end; can only be got ([`peer_pidfd`], Linux 6.5).
        PEER_PIDFD: Opaque = kernel::SO_PEERPIDFD;
    }
    IPV4 {
        /// IP_TTL: the time to live of packets, from 1 to 255; -1 for the system's.
        IPV4_TTL: i32 = kernel::IP_TTL;
        /// IP_TOS: the type of service.
        IPV4_TOS: u32 = kernel::IP_TOS;
        /// IP_MULTICAST_TTL: the time to live of packets to groups; 1 unless it is set.
        IPV4_MULTICAST_TTL: i32 = kernel::IP_MULTICAST_TTL;
        /// IP_MULTICAST_LOOP: packets to groups come back to members on this machine.
        IPV4_MULTICAST_LOOP: bool = kernel::IP_MULTICAST_LOOP;
        /// IP_FREEBIND: binding to an address that the machine does not have, or not yet, is allowed.
        IPV4_FREEBIND: bool = kernel::IP_FREEBIND;
        /// IP_TRANSPARENT: the socket may stand for addresses of others; needs CAP_NET_ADMIN.
        IPV4_TRANSPARENT: bool = kernel::IP_TRANSPARENT;
        /// IP_MTU_DISCOVER: what is done with packets too long for the path (IP_PMTUDISC_).
        IPV4_MTU_DISCOVER: u32 = kernel::IP_MTU_DISCOVER;
        /// IP_RECVERR: errors that come from the network wait in the queue of errors.
        IPV4_RECEIVE_ERRORS: bool = kernel::IP_RECVERR;
        /// IP_RECVTTL: the time to live of what comes is told as control data.
        IPV4_RECEIVE_TTL: bool = kernel::IP_RECVTTL;
        /// IP_HDRINCL: of raw sockets: what is sent begins with the IPv4 header.
        IPV4_HEADER_INCLUDED: bool = kernel::IP_HDRINCL;
        /// IP_BIND_ADDRESS_NO_PORT: binding to an address leaves the port to connect.
        IPV4_BIND_WITHOUT_PORT: bool = kernel::IP_BIND_ADDRESS_NO_PORT;
        /// IP_OPTIONS: the options of what is sent, up to 40 bytes.
        IPV4_OPTIONS: Opaque = kernel::IP_OPTIONS;
        /// IP_ROUTER_ALERT: packets for routers come here; of raw sockets.
        IPV4_ROUTER_ALERT: bool = kernel::IP_ROUTER_ALERT;
        /// IP_RECVOPTS: the options of what comes are told as control data.
        IPV4_RECEIVE_OPTIONS: bool = kernel::IP_RECVOPTS;
        /// IP_RETOPTS: the same, as an answer would need them.
        IPV4_RETURN_OPTIONS: bool = kernel::IP_RETOPTS;
        /// IP_PKTINFO: the interface and the address that packets came by are told as control data.
        IPV4_PACKET_INFORMATION: bool = kernel::IP_PKTINFO;
        /// IP_PKTOPTIONS: control data of a TCP socket; can only be got.
        IPV4_PACKET_OPTIONS: Opaque = kernel::IP_PKTOPTIONS;
        /// IP_RECVTOS: the type of service of what comes is told as control data.
        IPV4_RECEIVE_TOS: bool = kernel::IP_RECVTOS;
        /// IP_MTU: bytes of the longest packet that the path takes; can only be got, connected.
        IPV4_MTU: u32 = kernel::IP_MTU;
        /// IP_IPSEC_POLICY: what is encrypted, in the words of others.
        IPV4_IPSEC_POLICY: Opaque = kernel::IP_IPSEC_POLICY;
        /// IP_XFRM_POLICY: what is encrypted.
        IPV4_TRANSFORM_POLICY: Opaque = kernel::IP_XFRM_POLICY;
        /// IP_PASSSEC: the security contexts of packets are told as control data.
        IPV4_PASS_SECURITY: bool = kernel::IP_PASSSEC;
        /// IP_RECVORIGDSTADDR: where packets were sent to first is told as control data.
        IPV4_RECEIVE_ORIGINAL: bool = kernel::IP_RECVORIGDSTADDR;
        /// IP_MINTTL: what comes with less time to live is thrown away.
        IPV4_LEAST_TTL: u32 = kernel::IP_MINTTL;
        /// IP_NODEFRAG: fragments come as they are; of raw sockets.
        IPV4_NO_DEFRAGMENTATION: bool = kernel::IP_NODEFRAG;
        /// IP_CHECKSUM: the checksums of what comes are told as control data.
        IPV4_CHECKSUM: bool = kernel::IP_CHECKSUM;
        /// IP_RECVFRAGSIZE: the longest fragment of what comes is told as control data.
        IPV4_RECEIVE_FRAGMENT_SIZE: bool = kernel::IP_RECVFRAGSIZE;
        /// IP_RECVERR_RFC4884: errors come with the lengths of RFC 4884.
        IPV4_RECEIVE_ERRORS_LONG: bool = kernel::IP_RECVERR_RFC4884;
        /// IP_MULTICAST_IF: the interface for packets to groups, by its address.
        IPV4_MULTICAST_INTERFACE: Ipv4Addr = kernel::IP_MULTICAST_IF;
        /// IP_ADD_MEMBERSHIP: what is sent to a group is received.
        IPV4_JOIN: Ipv4Membership = kernel::IP_ADD_MEMBERSHIP;
        /// IP_DROP_MEMBERSHIP: no more.
        IPV4_LEAVE: Ipv4Membership = kernel::IP_DROP_MEMBERSHIP;
        /// IP_UNBLOCK_SOURCE: a sender to a group is heard again.
        IPV4_UNBLOCK_SOURCE: Opaque = kernel::IP_UNBLOCK_SOURCE;
        /// IP_BLOCK_SOURCE: a sender to a group is not heard.
        IPV4_BLOCK_SOURCE: Opaque = kernel::IP_BLOCK_SOURCE;
        /// IP_ADD_SOURCE_MEMBERSHIP: of a group one sender is heard.
        IPV4_JOIN_SOURCE: Opaque = kernel::IP_ADD_SOURCE_MEMBERSHIP;
        /// IP_DROP_SOURCE_MEMBERSHIP: no more.
        IPV4_LEAVE_SOURCE: Opaque = kernel::IP_DROP_SOURCE_MEMBERSHIP;
        /// IP_MSFILTER: the senders to a group that are heard.
        IPV4_SOURCES: Opaque = kernel::IP_MSFILTER;
        /// IP_MULTICAST_ALL: groups that other sockets joined are heard, too.
        IPV4_MULTICAST_ALL: bool = kernel::IP_MULTICAST_ALL;
        /// IP_UNICAST_IF: the number of the interface for packets, the bytes as in the network.
        IPV4_UNICAST_INTERFACE: i32 = kernel::IP_UNICAST_IF;
        /// IP_LOCAL_PORT_RANGE: the ports that the kernel chooses from: the highest in the upper half (Linux 6.3).
        IPV4_PORTS: Word = kernel::IP_LOCAL_PORT_RANGE;
        /// IP_PROTOCOL: the protocol of a raw socket; can only be got (Linux 6.5).
        IPV4_PROTOCOL: u32 = kernel::IP_PROTOCOL;
    }
    IPV6 {
        /// IPV6_V6ONLY: nothing but IPv6.
        IPV6_ONLY: bool = kernel::IPV6_V6ONLY;
        /// IPV6_UNICAST_HOPS: the hop limit of packets, from 0 to 255; -1 for the system's.
        IPV6_HOPS: i32 = kernel::IPV6_UNICAST_HOPS;
        /// IPV6_TCLASS: the traffic class; -1 for the system's.
        IPV6_TRAFFIC_CLASS: i32 = kernel::IPV6_TCLASS;
        /// IPV6_MULTICAST_HOPS: the hop limit of packets to groups; -1 for the system's.
        IPV6_MULTICAST_HOPS: i32 = kernel::IPV6_MULTICAST_HOPS;
        /// IPV6_RECVERR: errors that come from the network wait in the queue of errors.
        IPV6_RECEIVE_ERRORS: bool = kernel::IPV6_RECVERR;
        /// IPV6_RECVHOPLIMIT: the hop limit of what comes is told as control data.
        IPV6_RECEIVE_HOPS: bool = kernel::IPV6_RECVHOPLIMIT;
        /// IPV6_MTU_DISCOVER: what is done with packets too long for the path (IPV6_PMTUDISC_).
        IPV6_MTU_DISCOVER: u32 = kernel::IPV6_MTU_DISCOVER;
        /// IPV6_MULTICAST_LOOP: packets to groups come back to members on this machine.
        IPV6_MULTICAST_LOOP: bool = kernel::IPV6_MULTICAST_LOOP;
        /// IPV6_ADDRFORM: a socket with an IPv4 address becomes one of IPv4.
        IPV6_ADDRESS_FORM: u32 = kernel::IPV6_ADDRFORM;
        /// IPV6_2292PKTINFO: IPV6_RECVPKTINFO in the words of RFC 2292.
        IPV6_OLD_PACKET_INFORMATION: bool = kernel::IPV6_2292PKTINFO;
        /// IPV6_2292HOPOPTS: IPV6_RECVHOPOPTS in those.
        IPV6_OLD_HOP_OPTIONS: bool = kernel::IPV6_2292HOPOPTS;
        /// IPV6_2292DSTOPTS: IPV6_RECVDSTOPTS in those.
        IPV6_OLD_DESTINATION_OPTIONS: bool = kernel::IPV6_2292DSTOPTS;
        /// IPV6_2292RTHDR: IPV6_RECVRTHDR in those.
        IPV6_OLD_ROUTING_HEADER: bool = kernel::IPV6_2292RTHDR;
        /// IPV6_2292PKTOPTIONS: all of these.
        IPV6_OLD_PACKET_OPTIONS: Opaque = kernel::IPV6_2292PKTOPTIONS;
        /// IPV6_CHECKSUM: where in what is sent a checksum is put; -1 for nowhere. Of raw sockets.
        IPV6_CHECKSUM: i32 = kernel::IPV6_CHECKSUM;
        /// IPV6_2292HOPLIMIT: IPV6_RECVHOPLIMIT in those words.
        IPV6_OLD_HOP_LIMIT: bool = kernel::IPV6_2292HOPLIMIT;
        /// IPV6_NEXTHOP: the address of the next machine.
        IPV6_NEXT_HOP: Opaque = kernel::IPV6_NEXTHOP;
        /// IPV6_AUTHHDR: nothing on Linux.
        IPV6_AUTHENTICATION: bool = kernel::IPV6_AUTHHDR;
        /// IPV6_FLOWINFO: the flow of what comes is told as control data.
        IPV6_FLOW: bool = kernel::IPV6_FLOWINFO;
        /// IPV6_MULTICAST_IF: the number of the interface for packets to groups.
        IPV6_MULTICAST_INTERFACE: u32 = kernel::IPV6_MULTICAST_IF;
        /// IPV6_ADD_MEMBERSHIP: what is sent to a group is received.
        IPV6_JOIN: Ipv6Membership = kernel::IPV6_ADD_MEMBERSHIP;
        /// IPV6_DROP_MEMBERSHIP: no more.
        IPV6_LEAVE: Ipv6Membership = kernel::IPV6_DROP_MEMBERSHIP;
        /// IPV6_ROUTER_ALERT: packets for routers come here; of raw sockets.
        IPV6_ROUTER_ALERT: i32 = kernel::IPV6_ROUTER_ALERT;
        /// IPV6_MTU: bytes of the longest packet that the path takes.
        IPV6_MTU: u32 = kernel::IPV6_MTU;
        /// IPV6_JOIN_ANYCAST: an address that several machines have.
        IPV6_JOIN_ANYCAST: Ipv6Membership = kernel::IPV6_JOIN_ANYCAST;
        /// IPV6_LEAVE_ANYCAST: no more.
        IPV6_LEAVE_ANYCAST: Ipv6Membership = kernel::IPV6_LEAVE_ANYCAST;
        /// IPV6_MULTICAST_ALL: groups that other sockets joined are heard, too.
        IPV6_MULTICAST_ALL: bool = kernel::IPV6_MULTICAST_ALL;
        /// IPV6_ROUTER_ALERT_ISOLATE: packets for routers come from this network namespace alone.
        IPV6_ROUTER_ALERT_ISOLATE: bool = kernel::IPV6_ROUTER_ALERT_ISOLATE;
        /// IPV6_RECVERR_RFC4884: errors come with the lengths of RFC 4884.
        IPV6_RECEIVE_ERRORS_LONG: bool = kernel::IPV6_RECVERR_RFC4884;
        /// IPV6_FLOWLABEL_MGR: labels of flows are asked for and given back.
        IPV6_FLOW_LABEL: Opaque = kernel::IPV6_FLOWLABEL_MGR;
        /// IPV6_FLOWINFO_SEND: the flow is that of the address.
        IPV6_SEND_FLOW: bool = kernel::IPV6_FLOWINFO_SEND;
        /// IPV6_IPSEC_POLICY: what is encrypted, in the words of others.
        IPV6_IPSEC_POLICY: Opaque = kernel::IPV6_IPSEC_POLICY;
        /// IPV6_XFRM_POLICY: what is encrypted.
        IPV6_TRANSFORM_POLICY: Opaque = kernel::IPV6_XFRM_POLICY;
        /// IPV6_HDRINCL: of raw sockets: what is sent begins with the IPv6 header.
        IPV6_HEADER_INCLUDED: bool = kernel::IPV6_HDRINCL;
        /// IPV6_RECVPKTINFO: the interface and the address that packets came by are told as control data.
        IPV6_PACKET_INFORMATION: bool = kernel::IPV6_RECVPKTINFO;
        /// IPV6_PKTINFO: the interface and the own address of what is sent.
        IPV6_SEND_FROM: Opaque = kernel::IPV6_PKTINFO;
        /// IPV6_HOPLIMIT: the hop limit of one message.
        IPV6_HOP_LIMIT: i32 = kernel::IPV6_HOPLIMIT;
        /// IPV6_RECVHOPOPTS: the options for each hop are told as control data.
        IPV6_RECEIVE_HOP_OPTIONS: bool = kernel::IPV6_RECVHOPOPTS;
        /// IPV6_HOPOPTS: the options for each hop.
        IPV6_HOP_OPTIONS: Opaque = kernel::IPV6_HOPOPTS;
        /// IPV6_RTHDRDSTOPTS: the options before the routing header.
        IPV6_ROUTER_OPTIONS: Opaque = kernel::IPV6_RTHDRDSTOPTS;
        /// IPV6_RECVRTHDR: the routing header is told as control data.
        IPV6_RECEIVE_ROUTING_HEADER: bool = kernel::IPV6_RECVRTHDR;
        /// IPV6_RTHDR: the routing header.
        IPV6_ROUTING_HEADER: Opaque = kernel::IPV6_RTHDR;
        /// IPV6_RECVDSTOPTS: the options for the destination are told as control data.
        IPV6_RECEIVE_DESTINATION_OPTIONS: bool = kernel::IPV6_RECVDSTOPTS;
        /// IPV6_DSTOPTS: the options for the destination.
        IPV6_DESTINATION_OPTIONS: Opaque = kernel::IPV6_DSTOPTS;
        /// IPV6_RECVPATHMTU: that the path takes shorter packets is told as control data.
        IPV6_RECEIVE_PATH_MTU: bool = kernel::IPV6_RECVPATHMTU;
        /// IPV6_PATHMTU: bytes of the longest packet that the path takes, with its address; can only be got.
        IPV6_PATH_MTU: Opaque = kernel::IPV6_PATHMTU;
        /// IPV6_DONTFRAG: what is too long for the path is an error.
        IPV6_DO_NOT_FRAGMENT: bool = kernel::IPV6_DONTFRAG;
        /// IPV6_RECVTCLASS: the traffic class of what comes is told as control data.
        IPV6_RECEIVE_TRAFFIC_CLASS: bool = kernel::IPV6_RECVTCLASS;
        /// IPV6_AUTOFLOWLABEL: the kernel chooses labels of flows.
        IPV6_LABEL_FLOWS: bool = kernel::IPV6_AUTOFLOWLABEL;
        /// IPV6_ADDR_PREFERENCES: which own address is chosen (IPV6_PREFER_SRC_).
        IPV6_PREFERRED_ADDRESSES: u32 = kernel::IPV6_ADDR_PREFERENCES;
        /// IPV6_MINHOPCOUNT: what comes with a lower hop limit is thrown away.
        IPV6_LEAST_HOPS: u32 = kernel::IPV6_MINHOPCOUNT;
        /// IPV6_RECVORIGDSTADDR: where packets were sent to first is told as control data.
        IPV6_RECEIVE_ORIGINAL: bool = kernel::IPV6_RECVORIGDSTADDR;
        /// IPV6_TRANSPARENT: the socket may stand for addresses of others; needs CAP_NET_ADMIN.
        IPV6_TRANSPARENT: bool = kernel::IPV6_TRANSPARENT;
        /// IPV6_UNICAST_IF: the number of the interface for packets, the bytes as in the network.
        IPV6_UNICAST_INTERFACE: i32 = kernel::IPV6_UNICAST_IF;
        /// IPV6_RECVFRAGSIZE: the longest fragment of what comes is told as control data.
        IPV6_RECEIVE_FRAGMENT_SIZE: bool = kernel::IPV6_RECVFRAGSIZE;
        /// IPV6_FREEBIND: binding to an address that the machine does not have, or not yet, is allowed.
        IPV6_FREEBIND: bool = kernel::IPV6_FREEBIND;
    }
    TCP {
        /// TCP_NODELAY: what is written is sent at once.
        TCP_NO_DELAY: bool = kernel::TCP_NODELAY;
        /// TCP_CORK: nothing is sent but full segments, for 200 ms at most.
        TCP_CORK: bool = kernel::TCP_CORK;
        /// TCP_QUICKACK: what comes is acknowledged at once; the kernel may return to its own judgement.
        TCP_QUICK_ACKNOWLEDGE: bool = kernel::TCP_QUICKACK;
        /// TCP_KEEPIDLE: idle for so long, a connection is probed.
        TCP_KEEP_IDLE: WholeSeconds = kernel::TCP_KEEPIDLE;
        /// TCP_KEEPINTVL: between two probes.
        TCP_KEEP_INTERVAL: WholeSeconds = kernel::TCP_KEEPINTVL;
        /// TCP_KEEPCNT: after so many probes without an answer the connection has ended.
        TCP_KEEP_COUNT: u32 = kernel::TCP_KEEPCNT;
        /// TCP_USER_TIMEOUT: sent and not acknowledged for so long, the connection has ended; zero for the system's.
        TCP_USER_TIMEOUT: WholeMilliseconds = kernel::TCP_USER_TIMEOUT;
        /// TCP_DEFER_ACCEPT: connections are taken only when the first bytes have come, or after this.
        TCP_DEFER_ACCEPT: WholeSeconds = kernel::TCP_DEFER_ACCEPT;
        /// TCP_SYNCNT: so often connecting is tried again.
        TCP_CONNECT_RETRIES: u32 = kernel::TCP_SYNCNT;
        /// TCP_MAXSEG: bytes of the longest segment.
        TCP_LONGEST_SEGMENT: u32 = kernel::TCP_MAXSEG;
        /// TCP_FASTOPEN: so many connections may bring bytes with their first packet.
        TCP_FAST_OPEN: u32 = kernel::TCP_FASTOPEN;
        /// TCP_FASTOPEN_CONNECT: connecting waits for the first bytes, and takes them along (Linux 4.11).
        TCP_FAST_OPEN_CONNECT: bool = kernel::TCP_FASTOPEN_CONNECT;
        /// TCP_NOTSENT_LOWAT: with fewer bytes not sent, a stream is writable.
        TCP_UNSENT_LEAST: u32 = kernel::TCP_NOTSENT_LOWAT;
        /// TCP_LINGER2: how long the end of a connection waits for the other side's.
        TCP_END_TIMEOUT: WholeSeconds = kernel::TCP_LINGER2;
        /// TCP_WINDOW_CLAMP: the most bytes that the other side may send unasked.
        TCP_WINDOW: u32 = kernel::TCP_WINDOW_CLAMP;
        /// TCP_INFO: how the connection does; can only be got.
        TCP_INFORMATION: Opaque = kernel::TCP_INFO;
        /// TCP_CONGESTION: the way of meeting congestion, by name.
        TCP_CONGESTION: ShortText = kernel::TCP_CONGESTION;
        /// TCP_MD5SIG: the key for an address (RFC 2385).
        TCP_KEY: Opaque = kernel::TCP_MD5SIG;
        /// TCP_THIN_LINEAR_TIMEOUTS: of thin streams what was lost is sent again at even times.
        TCP_THIN: bool = kernel::TCP_THIN_LINEAR_TIMEOUTS;
        /// TCP_THIN_DUPACK: nothing any more.
        TCP_THIN_ACKNOWLEDGE: bool = kernel::TCP_THIN_DUPACK;
        /// TCP_REPAIR: the connection is taken apart or put together.
        TCP_REPAIR: i32 = kernel::TCP_REPAIR;
        /// TCP_REPAIR_QUEUE: which queue that is about.
        TCP_REPAIR_QUEUE: u32 = kernel::TCP_REPAIR_QUEUE;
        /// TCP_QUEUE_SEQ: its number of sequence.
        TCP_QUEUE_SEQUENCE: Word = kernel::TCP_QUEUE_SEQ;
        /// TCP_REPAIR_OPTIONS: the options that were agreed on.
        TCP_REPAIR_OPTIONS: Opaque = kernel::TCP_REPAIR_OPTIONS;
        /// TCP_TIMESTAMP: the clock of its timestamps.
        TCP_TIMESTAMP: Word = kernel::TCP_TIMESTAMP;
        /// TCP_CC_INFO: how the way of meeting congestion does; can only be got.
        TCP_CONGESTION_INFORMATION: Opaque = kernel::TCP_CC_INFO;
        /// TCP_SAVE_SYN: the headers of first packets are kept.
        TCP_SAVE_FIRST: bool = kernel::TCP_SAVE_SYN;
        /// TCP_SAVED_SYN: those, once; can only be got.
        TCP_SAVED_FIRST: Opaque = kernel::TCP_SAVED_SYN;
        /// TCP_REPAIR_WINDOW: how much each side may send.
        TCP_REPAIR_WINDOW: Opaque = kernel::TCP_REPAIR_WINDOW;
        /// TCP_ULP: what stands above, by name: tls.
        TCP_UPPER_LAYER: ShortText = kernel::TCP_ULP;
        /// TCP_MD5SIG_EXT: the key for a network.
        TCP_KEY_OF_NETWORK: Opaque = kernel::TCP_MD5SIG_EXT;
        /// TCP_FASTOPEN_KEY: the key of the cookies of first packets.
        TCP_FAST_OPEN_KEY: Opaque = kernel::TCP_FASTOPEN_KEY;
        /// TCP_FASTOPEN_NO_COOKIE: first packets bring bytes without a cookie.
        TCP_FAST_OPEN_WITHOUT_COOKIE: bool = kernel::TCP_FASTOPEN_NO_COOKIE;
        /// TCP_ZEROCOPY_RECEIVE: what came is mapped; can only be got.
        TCP_RECEIVE_MAPPED: Opaque = kernel::TCP_ZEROCOPY_RECEIVE;
        /// TCP_INQ: how many bytes are left to read is told as control data.
        TCP_COUNT_LEFT: bool = kernel::TCP_INQ;
        /// TCP_TX_DELAY: microseconds that everything is held back.
        TCP_DELAY_US: u32 = kernel::TCP_TX_DELAY;
        /// TCP_AO_ADD_KEY: a key of RFC 5925 (Linux 6.7).
        TCP_ADD_KEY: Opaque = kernel::TCP_AO_ADD_KEY;
        /// TCP_AO_DEL_KEY: no more.
        TCP_REMOVE_KEY: Opaque = kernel::TCP_AO_DEL_KEY;
        /// TCP_AO_INFO: what is done with these keys.
        TCP_KEY_INFORMATION: Opaque = kernel::TCP_AO_INFO;
        /// TCP_AO_GET_KEYS: the keys; can only be got.
        TCP_KEYS: Opaque = kernel::TCP_AO_GET_KEYS;
        /// TCP_AO_REPAIR: the keys' part of taking apart.
        TCP_KEY_REPAIR: Opaque = kernel::TCP_AO_REPAIR;
        /// TCP_IS_MPTCP: whether it is one of several ways; can only be got.
        TCP_IS_MULTIPATH: bool = kernel::TCP_IS_MPTCP;
    }
    UDP {
        /// UDP_SEGMENT: what is sent in one call is cut into datagrams of so many bytes (Linux 4.18).
        UDP_SEGMENT_BYTES: u32 = 103;
        /// UDP_GRO: datagrams of one sender may come as one (Linux 5.0).
        UDP_JOIN: bool = 104;
        /// UDP_CORK: nothing is sent until this is off again.
        UDP_CORK: bool = 1;
        /// UDP_ENCAP: what of IPsec comes in datagrams.
        UDP_ENCAPSULATION: u32 = 100;
        /// UDP_NO_CHECK6_TX: no checksums over IPv6.
        UDP_NO_CHECKSUMS: bool = 101;
        /// UDP_NO_CHECK6_RX: datagrams without them are received.
        UDP_RECEIVE_WITHOUT_CHECKSUMS: bool = 102;
    }
    PACKET {
        /// PACKET_ADD_MEMBERSHIP: what else the interface receives.
        PACKET_JOIN: Opaque = packet::PACKET_ADD_MEMBERSHIP;
        /// PACKET_DROP_MEMBERSHIP: no more.
        PACKET_LEAVE: Opaque = packet::PACKET_DROP_MEMBERSHIP;
        /// PACKET_RX_RING: room that is shared with the kernel for what comes.
        PACKET_RECEIVE_RING: Opaque = packet::PACKET_RX_RING;
        /// PACKET_STATISTICS: how many packets came and were lost since this was got last.
        PACKET_COUNTS: [u32; 2] = packet::PACKET_STATISTICS;
        /// PACKET_AUXDATA: what the kernel knows of packets is told as control data.
        PACKET_AUXILIARY: bool = packet::PACKET_AUXDATA;
        /// PACKET_ORIGDEV: the interface that is told is the first.
        PACKET_FIRST_INTERFACE: bool = packet::PACKET_ORIGDEV;
        /// PACKET_VERSION: how the ring is laid out.
        PACKET_RING_VERSION: u32 = packet::PACKET_VERSION;
        /// PACKET_HDRLEN: bytes of a header of the version of the ring that the value says before; can only be got.
        PACKET_HEADER_BYTES: Opaque = packet::PACKET_HDRLEN;
        /// PACKET_RESERVE: room before each packet of the ring.
        PACKET_RESERVE: u32 = packet::PACKET_RESERVE;
        /// PACKET_TX_RING: room that is shared with the kernel for what is sent.
        PACKET_SEND_RING: Opaque = packet::PACKET_TX_RING;
        /// PACKET_LOSS: packets of the ring that are wrong are left out.
        PACKET_SKIP_WRONG: bool = packet::PACKET_LOSS;
        /// PACKET_VNET_HDR: a header as of guests stands before each packet.
        PACKET_GUEST_HEADER: bool = packet::PACKET_VNET_HDR;
        /// PACKET_TIMESTAMP: which times the ring tells.
        PACKET_TIMESTAMP: u32 = packet::PACKET_TIMESTAMP;
        /// PACKET_FANOUT: several sockets share what comes.
        PACKET_SHARE: Word = packet::PACKET_FANOUT;
        /// PACKET_TX_HAS_OFF: each packet of the ring says where it begins.
        PACKET_SEND_OFFSETS: bool = packet::PACKET_TX_HAS_OFF;
        /// PACKET_QDISC_BYPASS: what is sent waits in no queue.
        PACKET_BYPASS_QUEUES: bool = packet::PACKET_QDISC_BYPASS;
        /// PACKET_ROLLOVER_STATS: how often the next of several sockets took over; can only be got.
        PACKET_ROLLOVER_COUNTS: Opaque = packet::PACKET_ROLLOVER_STATS;
        /// PACKET_FANOUT_DATA: the program that chooses among these.
        PACKET_SHARE_PROGRAM: Opaque = packet::PACKET_FANOUT_DATA;
        /// PACKET_IGNORE_OUTGOING: packets that this machine sends do not come (Linux 4.20).
        PACKET_IGNORE_OWN: bool = packet::PACKET_IGNORE_OUTGOING;
        /// PACKET_VNET_HDR_SZ: bytes of the header as of guests.
        PACKET_GUEST_HEADER_BYTES: u32 = packet::PACKET_VNET_HDR_SZ;
    }
    NETLINK {
        /// NETLINK_ADD_MEMBERSHIP: what is sent to a group is received.
        NETLINK_JOIN: u32 = netlink::NETLINK_ADD_MEMBERSHIP;
        /// NETLINK_DROP_MEMBERSHIP: no more.
        NETLINK_LEAVE: u32 = netlink::NETLINK_DROP_MEMBERSHIP;
        /// NETLINK_PKTINFO: the group of messages is told as control data.
        NETLINK_PACKET_INFORMATION: bool = netlink::NETLINK_PKTINFO;
        /// NETLINK_BROADCAST_ERROR: sending to a group fails where one of it fails.
        NETLINK_GROUP_ERRORS: bool = netlink::NETLINK_BROADCAST_ERROR;
        /// NETLINK_NO_ENOBUFS: nothing is said of messages that were lost for want of room.
        NETLINK_QUIET_LOSS: bool = netlink::NETLINK_NO_ENOBUFS;
        /// NETLINK_LISTEN_ALL_NSID: messages of all network namespaces with numbers come.
        NETLINK_ALL_NAMESPACES: bool = netlink::NETLINK_LISTEN_ALL_NSID;
        /// NETLINK_LIST_MEMBERSHIPS: the groups, a bit each; can only be got.
        NETLINK_GROUPS: Opaque = netlink::NETLINK_LIST_MEMBERSHIPS;
        /// NETLINK_CAP_ACK: acknowledgements leave the request out (Linux 4.3).
        NETLINK_ACKNOWLEDGE_SHORTLY: bool = netlink::NETLINK_CAP_ACK;
        /// NETLINK_EXT_ACK: errors are explained in words and offsets (Linux 4.12).
        NETLINK_EXPLAIN: bool = netlink::NETLINK_EXT_ACK;
        /// NETLINK_GET_STRICT_CHK: requests with fields that the kernel does not know are refused, and dumps filtered (Linux 4.20).
        NETLINK_STRICT: bool = netlink::NETLINK_GET_STRICT_CHK;
    }
}
