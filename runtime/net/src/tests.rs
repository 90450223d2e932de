//! Sockets of this machine: every kind is made, asked and used.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::thread;
use std::time::Instant;
use std::vec::Vec;

use io::{IoSlice, IoSliceMut, Read, Write};
use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::net::{Family, Protocol, SocketKind};

use crate::options::{IPV4_TTL, RECEIVE_BUFFER, TCP_NO_DELAY};
use crate::{
    Address, Resolver, Shutdown, Socket, TcpListener, TcpStream, UdpSocket, UnixAddress, UnixDatagram,
    UnixListener, UnixStream, connect_host,
};

fn any() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// Gives a listener with a connection to it, from both sides.
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(any()).unwrap();
    let client = TcpStream::connect(listener.local_address().unwrap()).unwrap();
    let (served, from) = listener.accept().unwrap();
    assert_eq!((from, client.local_address()), (client.local_address().unwrap(), served.peer_address()));
    (client, served)
}

#[test]
fn a_stream_over_tcp() {
    let (mut client, served) = connection();
    client.set_nodelay(true).unwrap();
    assert_eq!(client.option(TCP_NO_DELAY), Ok(true));
    assert_eq!(client.write_vectored(&[IoSlice::new(b"hel"), IoSlice::new(b"lo")]), Ok(5));
    let mut buffer = [0; 8];
    assert_eq!((served.peek(&mut buffer), (&served).read_full(&mut buffer[..5])), (Ok(5), Ok(5)));
    assert_eq!(&buffer[..5], b"hello");
    let (mut a, mut b) = ([0; 1], [0; 2]);
    client.try_clone().unwrap().write_all(b"abc").unwrap();
    let mut parts = [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
    assert_eq!((&served).read_vectored(&mut parts), Ok(3));
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!((&served).read(&mut buffer), Ok(0));
    served.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    drop(client);
    assert_eq!((&served).write(b"x"), Ok(1));
    // The other end has answered with a reset by now: an error, and no signal.
    let errors = [(); 2].map(|()| (&served).write(b"x").unwrap_err());
    assert!(errors.iter().all(|errno| matches!(*errno, Errno::PIPE | Errno::CONNRESET)), "{errors:?}");
}

#[test]
fn time_limits() {
    let (client, _served) = connection();
    client.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let start = Instant::now();
    assert_eq!((&client).read(&mut [0; 1]), Err(Errno::AGAIN));
    assert!(start.elapsed() >= Duration::from_millis(20));
    client.set_write_timeout(None).unwrap();
    client.set_nonblocking(true).unwrap();
    assert_eq!((&client).read(&mut [0; 1]), Err(Errno::AGAIN));
    let listener = TcpListener::bind(any()).unwrap();
    let to = listener.local_address().unwrap();
    let limit = Duration::from_secs(5);
    let mut connected = TcpStream::connect_timeout(to, limit).unwrap();
    assert_eq!(connected.peer_address(), Ok(to));
    let server = thread::spawn(move || listener.incoming().next().unwrap().unwrap().write_all(b"!"));
    assert_eq!(connected.read(&mut [0; 1]), Ok(1), "it waits again");
    server.join().unwrap().unwrap();
    // Nobody listens there any more.
    assert_eq!(TcpStream::connect_timeout(to, limit).map(drop), Err(Errno::CONNREFUSED));
}

#[test]
fn datagrams() {
    let (one, two) = (UdpSocket::bind(any()).unwrap(), UdpSocket::bind(any()).unwrap());
    let (from, to) = (one.local_address().unwrap(), two.local_address().unwrap());
    assert_eq!(one.send_to(b"hello", to), Ok(5));
    let mut buffer = [0; 8];
    assert_eq!(two.peek_from(&mut buffer), Ok((5, from)));
    assert_eq!(two.recv_from(&mut buffer[..2]), Ok((2, from)), "the rest is lost");
    let connected = UdpSocket::connected(from).unwrap();
    assert_eq!((connected.peer_address(), two.peer_address()), (Ok(from), Err(Errno::NOTCONN)));
    assert_eq!(connected.send_several(&[(None, IoSlice::new(b"a")), (None, IoSlice::new(b"bc"))]), Ok(2));
    let (mut a, mut b, mut c) = ([0; 4], [0; 4], [0; 4]);
    let mut buffers = [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b), IoSliceMut::new(&mut c)];
    let came: Vec<_> = one.receive_several(&mut buffers).unwrap().map(|message| message.count).collect();
    assert_eq!(came, [1, 2]);
    drop(one);
    assert_eq!(connected.send(b"x"), Ok(1));
    assert_eq!(connected.recv(&mut buffer), Err(Errno::CONNREFUSED));
    let own = connected.local_address().unwrap();
    two.connect(own).unwrap();
    assert_eq!(two.send(b"y"), Ok(1));
    two.set_option(IPV4_TTL, 3).unwrap();
    assert_eq!(two.option(IPV4_TTL), Ok(3));
    two.join_multicast_v4(Ipv4Addr::new(224, 0, 0, 251), 1).unwrap();
    two.leave_multicast_v4(Ipv4Addr::new(224, 0, 0, 251), 1).unwrap();
    assert_eq!(two.leave_multicast_v4(Ipv4Addr::new(224, 0, 0, 251), 1), Err(Errno::ADDRNOTAVAIL));
    // That one is connected to another, and refused it.
    assert_eq!([two.take_error(), two.take_error()], [Ok(Some(Errno::CONNREFUSED)), Ok(None)]);
}

#[test]
fn sockets_under_names_of_no_tree() {
    let name = std::format!("spelunk-net-test-{}", std::process::id());
    let address = UnixAddress::abstract_name(name.as_bytes()).unwrap();
    assert_eq!(UnixStream::connect(&address).map(drop), Err(Errno::CONNREFUSED));
    let listener = UnixListener::bind(&address).unwrap();
    let mut client = UnixStream::connect(&address).unwrap();
    let mut served = listener.accept().unwrap();
    assert_eq!((client.peer_address(), listener.local_address()), (Ok(address), Ok(address)));
    assert_eq!(served.peer_credentials().unwrap().process, std::process::id());
    client.write_all(b"hi").unwrap();
    client.shutdown(Shutdown::Both).unwrap();
    let mut all = Vec::new();
    assert_eq!(served.read_to_end(&mut all), Ok(2));
    assert_eq!(UnixListener::bind(&address).map(drop), Err(Errno::ADDRINUSE));
    let named = UnixAddress::abstract_name(&[name.as_bytes(), b"-messages"].concat()).unwrap();
    let (server, client) = (UnixDatagram::bind(&named).unwrap(), UnixDatagram::unbound().unwrap());
    assert_eq!(client.send_to(b"one", &named), Ok(3));
    assert_eq!(server.recv_from(&mut [0; 8]), Ok((3, UnixAddress::UNNAMED)));
    client.connect(&named).unwrap();
    assert_eq!((client.send(b"two"), server.recv(&mut [0; 8])), (Ok(3), Ok(3)));
    assert_eq!(UdpSocket::from(server.into_fd()).local_address(), Err(Errno::AFNOSUPPORT));
}

#[test]
fn descriptors_travel() {
    let (one, two) = UnixStream::pair().unwrap();
    let (reader, writer) = linux::fs::pipe(linux::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(one.send_descriptors(b"!", &[reader.as_fd(), writer.as_fd()]), Ok(1));
    assert_eq!(one.send_descriptors(b"", &[reader.as_fd()]), Err(Errno::INVAL));
    let many = [one.as_fd(); 254];
    assert_eq!(one.send_descriptors(b"!", &many), Err(Errno::INVAL));
    let mut came: Vec<OwnedFd> = Vec::new();
    assert_eq!(two.receive_descriptors(&mut [0; 4], &mut came), Ok(1));
    assert_eq!(came.len(), 2);
    linux::fs::write_all(&came[1], b"through").unwrap();
    let mut buffer = [0; 16];
    assert_eq!(linux::fs::read(&reader, &mut buffer), Ok(7));
    let (one, two) = UnixDatagram::pair().unwrap();
    assert_eq!(one.send_descriptors(b"!", &many[..253]), Ok(1));
    came.clear();
    assert_eq!((two.receive_descriptors(&mut buffer, &mut came), came.len()), (Ok(1), 253));
    // Who sent them takes the room of some: what came of them is closed, not taken for all.
    two.set_option(crate::options::PASS_CREDENTIALS, true).unwrap();
    assert_eq!(one.send_descriptors(b"!", &many[..253]), Ok(1));
    came.clear();
    assert_eq!((two.receive_descriptors(&mut buffer, &mut came), came.len()), (Err(Errno::MFILE), 0));
}

#[test]
fn packets_come_as_messages() {
    // Interface 1 is `lo`; without privileges there are no such sockets.
    let packets = match crate::RawSocket::packets(1, 0x0800) {
        Ok(packets) => packets,
        Err(errno) => return assert_eq!(errno, Errno::PERM),
    };
    let socket = UdpSocket::bind(any()).unwrap();
    socket.send_to(b"seen", socket.local_address().unwrap()).unwrap();
    let mut bytes = [0; 256];
    let received = packets.receive_message(&mut [IoSliceMut::new(&mut bytes)], &mut []).unwrap();
    assert!(received.count > 14);
}

#[test]
fn the_longest_path_of_a_socket() {
    let path = format!("/tmp/{:0>103}", std::process::id());
    let address = UnixAddress::path(path.as_bytes()).unwrap();
    let socket = UnixDatagram::bind(&address).unwrap();
    assert_eq!(socket.local_address().map(|own| own.as_path().map(<[u8]>::len)), Ok(Some(108)));
    std::fs::remove_file(path).unwrap();
}

/// A server that answers datagrams with more than anyone asked for, and streams with the same.
#[test]
fn an_answer_that_finds_no_room_is_fetched_over_a_stream() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = server.local_addr().unwrap();
    let datagrams = std::net::UdpSocket::bind(place).unwrap();
    let answer = |query: &[u8]| {
        let question = &query[12..12 + "owl.example".len() + 2 + 4];
        let mut bytes = query[..2].to_vec();
        bytes.extend([0x81, 0x80, 0, 1, 1, 44, 0, 0, 0, 0]);
        bytes.extend(question);
        for number in 0..300_u16 {
            bytes.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0");
            bytes.extend(number.to_be_bytes());
        }
        bytes
    };
    let serve = thread::spawn(move || {
        let mut query = [0; 512];
        let (count, from) = datagrams.recv_from(&mut query).unwrap();
        datagrams.send_to(&answer(&query[..count]), from).unwrap();
        let (mut stream, _) = server.accept().unwrap();
        let count = std::io::Read::read(&mut stream, &mut query).unwrap();
        let bytes = answer(&query[2..count]);
        std::io::Write::write_all(&mut stream, &(bytes.len() as u16).to_be_bytes()).unwrap();
        std::io::Write::write_all(&mut stream, &bytes).unwrap();
    });
    let mut config = protocols::dns::Config::of(&formats::etc::resolv_conf::parse(b""), |_| None);
    config.servers = vec![place];
    let found = Resolver::new(config).records("owl.example.", formats::wire::dns::Kind::A);
    assert_eq!(found.map(|answer| answer.addresses().count()), Ok(300));
    serve.join().unwrap();
}

#[test]
fn messages_of_other_protocols() {
    let netlink = crate::RawSocket::new(Family::NETLINK, SocketKind::RAW, Protocol::NETLINK_ROUTE).unwrap();
    netlink.bind(&linux::net::NetlinkAddress::KERNEL).unwrap();
    assert!(matches!(netlink.local_address(), Ok(Some(Address::Netlink(own))) if own.port != 0));
    // RTM_GETLINK, one link: 16 bytes of header, 16 of ifinfomsg with interface 1 (lo).
    let mut request = [0; 32];
    request[0] = 32;
    request[4] = 18;
    request[6] = 1;
    request[20] = 1;
    assert_eq!(netlink.send_to(&request, &linux::net::NetlinkAddress::KERNEL), Ok(32));
    let (count, from) = netlink.recv_from(&mut [0; 8192]).unwrap();
    assert!(count > 32 && matches!(from, Some(Address::Netlink(linux::net::NetlinkAddress::KERNEL))));
    netlink.set_option(RECEIVE_BUFFER, 10_000).unwrap();
    assert_eq!(netlink.option(RECEIVE_BUFFER), Ok(20_000));
    // Without privileges the kernel may refuse both kinds.
    match crate::RawSocket::echo(Family::IPV4) {
        Ok(echo) => {
            let to: SocketAddr = any();
            let ping = [8, 0, 0xf7, 0xff, 0, 0, 0, 0];
            assert_eq!(echo.send_to(&ping, &to), Ok(8));
            let (count, from) = echo.recv_from(&mut [0; 64]).unwrap();
            assert!(count >= 8 && from.and_then(Address::internet).unwrap().ip() == to.ip());
        }
        Err(errno) => assert!(matches!(errno, Errno::ACCES | Errno::PERM), "{errno}"),
    }
    assert_eq!(crate::RawSocket::echo(Family::UNIX).map(drop), Err(Errno::INVAL));
}

#[test]
fn a_race_to_this_machine() {
    let listener = TcpListener::bind(any()).unwrap();
    let to = listener.local_address().unwrap();
    let config = protocols::dns::Config::of(&formats::etc::resolv_conf::parse(b""), |_| None);
    let resolver = Resolver::new(config);
    // ::1 refuses, 127.0.0.1 takes it.
    let stream = connect_host(&resolver, "localhost", to.port(), Some(Duration::from_secs(5))).unwrap();
    assert_eq!(stream.peer_address(), Ok(to));
    let refused = connect_host(&resolver, "127.0.0.1", 1, None).map(drop);
    assert_eq!(refused, Err(crate::ConnectError::Connect(Errno::CONNREFUSED)));
}
