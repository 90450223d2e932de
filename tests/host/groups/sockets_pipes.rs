//! Pipes, sockets of this machine and of the internet, their addresses and options.

use std::net::{Ipv4Addr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{self, FileKind, IoSlice, IoSliceMut, PipeFlags, stat};
use linux::net::{
    self, Address, Family, MessageFlags, SocketFlags, SocketKind, UnixAddress, accept, bind, connect,
    getpeername, getsockname, listen, options, recv,
};
use linux::poll::{PollFd, PollFlags, poll};

use crate::scratch::Scratch;
use crate::support::{LOOPBACK, bound, internet, pair, reading, server};

const NONE: MessageFlags = MessageFlags::empty();

fn sockaddr_storage() {
    // What the kernel gives tells its family, and each keeps its port.
    let (_one, address) = bound(Family::IPV4, SocketKind::DATAGRAM);
    let Address::Ipv4(four) = address else { panic!("{address:?}") };
    assert_eq!(address.internet().map(|address| address.port()), Some(four.port()));
    let (_two, address) = bound(Family::IPV6, SocketKind::DATAGRAM);
    let Address::Ipv6(six) = address else { panic!("{address:?}") };
    assert!(six.port() != 0 && six.ip().is_loopback());
}

fn pipe() {
    let (reader, writer) = fs::pipe(PipeFlags::empty()).unwrap();
    assert_eq!(fs::write(&writer, b"test"), Ok(4));
    assert_eq!(fs::read(&reader, &mut [0; 8]), Ok(4));
}

fn pipe2() {
    let (reader, writer) = fs::pipe(PipeFlags::NONBLOCK | PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(fs::read(&reader, &mut [0; 8]), Err(Errno::AGAIN));
    for end in [&reader, &writer] {
        assert_eq!(fs::descriptor_flags(end), Ok(fs::DescriptorFlags::CLOSE_ON_EXEC));
    }
}

fn socketpair() {
    let (one, other) = pair(SocketKind::STREAM);
    assert_eq!(fs::write(&one, b"test"), Ok(4));
    assert_eq!(fs::read(&other, &mut [0; 8]), Ok(4));
}

/// Connects a client to a server without waiting, and gives both ends.
fn connected(family: Family) -> (OwnedFd, OwnedFd, Address) {
    let (server, address) = server(family);
    let client = net::socket(
        family,
        SocketKind::STREAM,
        SocketFlags::NONBLOCK | SocketFlags::CLOSE_ON_EXEC,
        net::Protocol::DEFAULT,
    )
    .unwrap();
    let begun = connect(&client, &address);
    assert!(matches!(begun, Ok(()) | Err(Errno::INPROGRESS)), "{begun:?}");
    let (taken, from) = accept(&server, SocketFlags::CLOSE_ON_EXEC).unwrap();
    let mut list = [PollFd::new(&client, PollFlags::OUT)];
    assert_eq!(poll(&mut list, Some(Duration::from_secs(20))), Ok(1));
    assert_eq!(options::take_error(&client), Ok(None));
    assert_eq!(getpeername(&client), Ok(Some(address)));
    (client, taken, from.unwrap())
}

/// Sends seven bytes as two slices; gives them cut in another way.
fn scattered(from: &OwnedFd, to: &OwnedFd) -> ([u8; 3], [u8; 4]) {
    assert_eq!(fs::writev(from, &[b"test".as_slice(), b"ing"].map(IoSlice::new)), Ok(7));
    let (mut one, mut two) = ([0; 3], [0; 4]);
    let mut slices = [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
    assert_eq!(fs::readv(to, &mut slices), Ok(7));
    (one, two)
}

fn inet_socket() {
    let (client, taken, from) = connected(Family::IPV4);
    assert_eq!(getsockname(&client), Ok(Some(from)));
    assert_eq!(net::send(&client, b"test", NONE), Ok(4));
    let mut buffer = [0; 4];
    assert_eq!((fs::read(&taken, &mut buffer), &buffer), (Ok(4), b"test"));
}

fn inet_socket_readv() {
    let (client, taken, _) = connected(Family::IPV4);
    assert_eq!(scattered(&client, &taken), (*b"tes", *b"ting"));
}

fn inet6_socket() {
    let (client, taken, from) = connected(Family::IPV6);
    assert!(matches!(from, Address::Ipv6(_)));
    assert_eq!(scattered(&client, &taken), (*b"tes", *b"ting"));
}

/// A server on all addresses, for one family or both; gives its port.
fn open_to(only_six: bool) -> (OwnedFd, u16) {
    let server = internet(Family::IPV6, SocketKind::STREAM);
    options::IPV6_ONLY.set(&server, only_six).unwrap();
    bind(&server, &SocketAddrV6::new(std::net::Ipv6Addr::UNSPECIFIED, 0, 0, 0)).unwrap();
    listen(&server, 5).unwrap();
    let Ok(Some(Address::Ipv6(address))) = getsockname(&server) else { panic!("no address") };
    (server, address.port())
}

fn inet6_inet_conn_socket() {
    let (server, port) = open_to(false);
    let client = internet(Family::IPV4, SocketKind::STREAM);
    connect(&client, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).unwrap();
    let (_taken, from) = accept(&server, SocketFlags::CLOSE_ON_EXEC).unwrap();
    let Some(Address::Ipv6(from)) = from else { panic!("{from:?}") };
    assert_eq!(from.ip().to_ipv4_mapped(), Some(Ipv4Addr::LOCALHOST));
}

fn refused(only_six: bool) -> linux::Result<()> {
    let (_server, port) = open_to(only_six);
    let client = internet(Family::IPV4, SocketKind::STREAM);
    connect(&client, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

fn inet6_only_inet_conn_socket() {
    assert_eq!(refused(true), Err(Errno::CONNREFUSED));
}

fn inet6_only_inet_conn_socket2() {
    let (server, port) = open_to(true);
    assert_eq!(options::IPV6_ONLY.get(&server), Ok(true));
    // The port is free in the other family.
    let other = internet(Family::IPV4, SocketKind::STREAM);
    assert_eq!(bind(&other, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)), Ok(()));
    assert_eq!(refused(false), Ok(()));
}

/// Sends a datagram to a bound socket; gives who sent it, and who it was said to be.
fn datagram(family: Family) -> (Option<Address>, Option<Address>) {
    let (receiver, address) = bound(family, SocketKind::DATAGRAM);
    let (sender, own) = bound(family, SocketKind::DATAGRAM);
    assert_eq!(net::sendto(&sender, b"datagram", NONE, &address), Ok(8));
    let mut buffer = [0; 16];
    let (count, from) = net::recvfrom(&receiver, &mut buffer, NONE).unwrap();
    assert_eq!(&buffer[..count], b"datagram");
    (Some(own), from)
}

fn udp_socket() {
    let (own, from) = datagram(Family::IPV4);
    assert_eq!(own, from);
}

fn inet6_udp_socket() {
    let (own, from) = datagram(Family::IPV6);
    assert_eq!(own, from);
}

fn recvfrom() {
    let (receiver, address) = bound(Family::IPV4, SocketKind::DATAGRAM);
    let (sender, own) = bound(Family::IPV4, SocketKind::DATAGRAM);
    net::sendto(&sender, b"12345", NONE, &address).unwrap();
    // What does not fit is lost, and the sender is told all the same.
    assert_eq!(net::recvfrom(&receiver, &mut [0; 3], NONE), Ok((3, Some(own))));
    assert_eq!(recv(&receiver, &mut [0; 3], MessageFlags::DONT_WAIT), Err(Errno::AGAIN));
}

fn recvfrom_alloc() {
    let (receiver, address) = bound(Family::IPV4, SocketKind::DATAGRAM);
    let (sender, own) = bound(Family::IPV4, SocketKind::DATAGRAM);
    net::sendto(&sender, b"12345", NONE, &address).unwrap();
    let mut room = [std::mem::MaybeUninit::uninit(); 16];
    let (count, bytes, from) = net::recvfrom_uninit(&receiver, &mut room, NONE).unwrap();
    assert_eq!((count, bytes, from), (5, b"12345".as_slice(), Some(own)));
}

fn named_unix() {
    let scratch = Scratch::new();
    let path = scratch.at("socket");
    let [server, client] = [(); 2].map(|()| internet(Family::UNIX, SocketKind::STREAM));
    let address = UnixAddress::path(path.as_bytes()).unwrap();
    bind(&server, &address).unwrap();
    listen(&server, 1).unwrap();
    assert_eq!(stat(path.as_str()).unwrap().kind(), FileKind::Socket);
    connect(&client, &address).unwrap();
    let Ok(Some(Address::Unix(found))) = getpeername(&client) else { panic!("no address") };
    assert_eq!(found.as_path(), Some(path.as_bytes()));
}

fn notsock_error() {
    let errno = bind(reading("/dev/null"), &LOOPBACK).unwrap_err();
    assert_eq!(errno, Errno::NOTSOCK);
    assert_eq!(errno.to_string(), "not a socket");
}

fn getsockopt_acceptconn() {
    let stream = internet(Family::IPV4, SocketKind::STREAM);
    assert_eq!(options::LISTENS.get(&stream), Ok(false));
    bind(&stream, &LOOPBACK).unwrap();
    listen(&stream, 1).unwrap();
    assert_eq!(options::LISTENS.get(&stream), Ok(true));
}

fn send_buffer(family: Family) {
    let stream = internet(family, SocketKind::STREAM);
    assert!(options::SEND_BUFFER.get(&stream).unwrap() > 0);
    options::SEND_BUFFER.set(&stream, 16384).unwrap();
    assert_eq!(options::SEND_BUFFER.get(&stream), Ok(32768), "the kernel doubles it");
}

fn sockopt_sndbuf() {
    send_buffer(Family::IPV4);
}

fn sockopt_sndbuf_inet6() {
    send_buffer(Family::IPV6);
}

fn switched(family: Family, option: options::SocketOption<bool>) {
    let stream = internet(family, SocketKind::STREAM);
    assert_eq!(option.get(&stream), Ok(false));
    option.set(&stream, true).unwrap();
    assert_eq!(option.get(&stream), Ok(true));
}

fn setsockopt_keepalive() {
    switched(Family::IPV4, options::KEEPALIVE);
}

fn setsockopt_keepalive_inet6() {
    switched(Family::IPV6, options::KEEPALIVE);
}

fn sockopt_tcp_nodelay() {
    switched(Family::IPV4, options::TCP_NO_DELAY);
}

fn sockopt_tcp_nodelay_inet6() {
    switched(Family::IPV6, options::TCP_NO_DELAY);
}

/// Has a server that does not wait take connections.
fn nobody(flags: SocketFlags) -> linux::Result<()> {
    let (server, _) = server(Family::IPV4);
    let status = fs::status_flags(&server).unwrap();
    fs::set_status_flags(&server, status | fs::OpenFlags::NONBLOCK).unwrap();
    accept(&server, flags).map(drop)
}

fn accept_noaddr() {
    assert_eq!(nobody(SocketFlags::empty()), Err(Errno::AGAIN));
}

fn accept4() {
    assert_eq!(nobody(SocketFlags::NONBLOCK | SocketFlags::CLOSE_ON_EXEC), Err(Errno::AGAIN));
    let (server, address) = server(Family::IPV4);
    let client = internet(Family::IPV4, SocketKind::STREAM);
    connect(&client, &address).unwrap();
    let (taken, _) = accept(&server, SocketFlags::NONBLOCK | SocketFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(fs::read(&taken, &mut [0]), Err(Errno::AGAIN));
    assert_eq!(fs::descriptor_flags(&taken), Ok(fs::DescriptorFlags::CLOSE_ON_EXEC));
}

fn send() {
    let (one, other) = pair(SocketKind::DATAGRAM);
    assert_eq!(net::send(&one, b"test", NONE), Ok(4));
    assert_eq!(recv(&other, &mut [0; 8], NONE), Ok(4));
}

fn sendto() {
    let (sender, receiver) =
        (internet(Family::IPV4, SocketKind::DATAGRAM), bound(Family::IPV4, SocketKind::DATAGRAM));
    assert_eq!(net::sendto(&sender, b"test", NONE, &receiver.1), Ok(4));
    assert_eq!(recv(&receiver.0, &mut [0; 8], NONE), Ok(4));
}

fn sendto_src() {
    let (sender, receiver) =
        (internet(Family::IPV4, SocketKind::DATAGRAM), bound(Family::IPV4, SocketKind::DATAGRAM));
    net::sendto(&sender, b"test", NONE, &receiver.1).unwrap();
    let (_, from) = net::recvfrom(&receiver.0, &mut [0; 8], NONE).unwrap();
    let Some(Address::Ipv4(from)) = from else { panic!("{from:?}") };
    assert!(from.ip().is_loopback() && from.port() != 0);
}

fn sendmsg() {
    let (one, other) = pair(SocketKind::DATAGRAM);
    let slices = [b"te".as_slice(), b"st"].map(IoSlice::new);
    assert_eq!(net::sendmsg(&one, None::<&UnixAddress>, &slices, None, NONE), Ok(4));
    let mut buffer = [0; 8];
    let received = net::recvmsg(&other, &mut [IoSliceMut::new(&mut buffer)], &mut [], NONE).unwrap();
    assert_eq!((received.count, &buffer[..4]), (4, b"test".as_slice()));
}

fn sendmmsg() {
    let (one, other) = pair(SocketKind::DATAGRAM);
    let messages = [(None::<UnixAddress>, IoSlice::new(b"test")), (None, IoSlice::new(b"more"))];
    assert_eq!(net::sendmmsg(&one, &messages, NONE), Ok(2));
    assert_eq!(recv(&other, &mut [0; 8], NONE), Ok(4));
    assert_eq!(recv(&other, &mut [0; 8], NONE), Ok(4));
}

tests![
    sockaddr_storage,
    pipe,
    pipe2,
    socketpair,
    inet_socket,
    inet_socket_readv,
    inet6_socket,
    inet6_inet_conn_socket,
    inet6_only_inet_conn_socket,
    inet6_only_inet_conn_socket2,
    udp_socket,
    inet6_udp_socket,
    recvfrom,
    recvfrom_alloc,
    named_unix,
    notsock_error,
    getsockopt_acceptconn,
    sockopt_sndbuf,
    sockopt_sndbuf_inet6,
    setsockopt_keepalive,
    setsockopt_keepalive_inet6,
    sockopt_tcp_nodelay,
    sockopt_tcp_nodelay_inet6,
    accept_noaddr,
    accept4,
    send,
    sendto,
    sendto_src,
    sendmsg,
    sendmmsg,
];
