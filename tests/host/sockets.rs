//! Sockets of the machine itself: streams, datagrams, addresses, options, and descriptors that travel.

use crate::emulator::lacks;
use crate::scratch::Scratch;
use linux::Errno;
use linux::fd::AsFd;
use linux::fs::{IoSlice, IoSliceMut, PipeFlags, descriptor_flags, pipe, read, write};
use linux::net::{
    Address, Control, Credentials, Family, InterfaceName, MessageFlags, Protocol, SendControl, Shutdown,
    SocketFlags, SocketKind, UnixAddress, accept, bind, connect, control_room, getpeername, getsockname,
    interface_index, interface_name, listen, options, recv, recvfrom, recvfrom_uninit, recvmmsg, recvmsg,
    send, sendmmsg, sendmsg, sendto, shutdown, socket, socketpair,
};
use linux::poll::{PollFd, PollFlags};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::time::{Duration, Instant};

const FLAGS: SocketFlags = SocketFlags::CLOSE_ON_EXEC;
const NONE: MessageFlags = MessageFlags::empty();

fn pair(kind: SocketKind) -> (linux::fd::OwnedFd, linux::fd::OwnedFd) {
    socketpair(Family::UNIX, kind, FLAGS).unwrap()
}

#[test]
fn a_stream_connects_over_ipv4() {
    let server = socket(Family::IPV4, SocketKind::STREAM, FLAGS, Protocol::TCP).unwrap();
    options::set_reuse_address(&server, true).unwrap();
    bind(&server, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    listen(&server, 5).unwrap();
    let Some(Address::Ipv4(address)) = getsockname(&server).unwrap() else { panic!("no IPv4 address") };
    assert!(address.port() != 0 && address.ip().is_loopback());
    let client = socket(Family::IPV4, SocketKind::STREAM, FLAGS, Protocol::DEFAULT).unwrap();
    options::TCP_NO_DELAY.set(&client, true).unwrap();
    connect(&client, &address).unwrap();
    let (accepted, peer) = accept(&server, FLAGS | SocketFlags::NONBLOCK).unwrap();
    assert_eq!(peer, getsockname(&client).unwrap());
    assert_eq!(getpeername(&client).unwrap(), Some(Address::Ipv4(address)));
    assert_eq!(recv(&accepted, &mut [0; 1], NONE), Err(Errno::AGAIN));
    assert_eq!(send(&client, b"hello", MessageFlags::NO_SIGNAL), Ok(5));
    let mut buffer = [0; 8];
    while recv(&accepted, &mut buffer, MessageFlags::PEEK) == Err(Errno::AGAIN) {}
    assert_eq!(recv(&accepted, &mut buffer, NONE), Ok(5));
    shutdown(&client, Shutdown::Write).unwrap();
    while read(&accepted, &mut buffer) == Err(Errno::AGAIN) {}
    assert_eq!(read(&accepted, &mut buffer), Ok(0));
    assert_eq!(options::take_error(&client), Ok(None));
}

/// TCP counts and throws away with TRUNCATED: memory that nobody has written must not be shown.
#[test]
fn only_what_was_written_is_shown() {
    let server = socket(Family::IPV4, SocketKind::STREAM, FLAGS, Protocol::TCP).unwrap();
    bind(&server, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    listen(&server, 1).unwrap();
    let client = socket(Family::IPV4, SocketKind::STREAM, FLAGS, Protocol::TCP).unwrap();
    let Some(Address::Ipv4(address)) = getsockname(&server).unwrap() else { panic!("no IPv4 address") };
    connect(&client, &address).unwrap();
    let (accepted, _) = accept(&server, FLAGS).unwrap();
    send(&client, b"secret", NONE).unwrap();
    let mut room = [std::mem::MaybeUninit::uninit(); 16];
    let (count, filled, from) = recvfrom_uninit(&accepted, &mut room, MessageFlags::TRUNCATED).unwrap();
    assert_eq!((count, filled, from), (6, [].as_slice(), None));
    send(&client, b"open", NONE).unwrap();
    let (count, filled, _) = recvfrom_uninit(&accepted, &mut room, NONE).unwrap();
    assert_eq!((count, filled), (4, b"open".as_slice()));
    let one = udp(Family::IPV4);
    bind(&one, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to = getsockname(&one).unwrap();
    sendto(&one, b"a datagram of more than sixteen bytes", NONE, &to.unwrap()).unwrap();
    let (count, filled, from) = recvfrom_uninit(&one, &mut room, MessageFlags::TRUNCATED).unwrap();
    assert_eq!((count, filled, from), (37, b"a datagram of mo".as_slice(), to));
}

#[test]
fn nobody_listening_refuses() {
    let client = socket(Family::IPV4, SocketKind::STREAM, FLAGS, Protocol::TCP).unwrap();
    assert_eq!(getpeername(&client).map(drop), Err(Errno::NOTCONN));
    // Port 1 of the loopback: nobody serves it.
    assert_eq!(connect(&client, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1)), Err(Errno::CONNREFUSED));
    assert_eq!(listen(&pair(SocketKind::DATAGRAM).0, 1), Err(Errno::OPNOTSUPP));
    let null = linux::fs::open("/dev/null", linux::fs::OpenFlags::READ, linux::fs::Mode::empty()).unwrap();
    assert_eq!(send(&null, b"x", NONE), Err(Errno::NOTSOCK));
    let wrong = socket(Family(77), SocketKind::STREAM, FLAGS, Protocol::DEFAULT);
    assert_eq!(wrong.map(drop), Err(Errno::AFNOSUPPORT));
}

#[test]
fn datagrams_over_both_ips_tell_their_sender() {
    let v4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
    let (one, two) = (udp(Family::IPV4), udp(Family::IPV4));
    bind(&one, &v4).unwrap();
    bind(&two, &v4).unwrap();
    let (from, to) = (getsockname(&one).unwrap(), getsockname(&two).unwrap());
    assert_eq!(sendto(&one, b"ping", NONE, &to.unwrap()), Ok(4));
    let mut buffer = [0; 3];
    assert_eq!(recvfrom(&two, &mut buffer, MessageFlags::PEEK | MessageFlags::TRUNCATED), Ok((4, from)));
    assert_eq!(recvfrom(&two, &mut buffer, NONE), Ok((3, from)));
    assert_eq!(sendto(&one, b"x", NONE, &SocketAddrV4::new(Ipv4Addr::BROADCAST, 9)), Err(Errno::ACCES));
    let six = udp(Family::IPV6);
    options::IPV6_ONLY.set(&six, true).unwrap();
    match bind(&six, &SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0)) {
        Ok(()) => assert!(matches!(getsockname(&six), Ok(Some(Address::Ipv6(known))) if known.port() != 0)),
        // A machine without IPv6 on its loopback.
        Err(errno) => assert_eq!(errno, Errno::ADDRNOTAVAIL),
    }
}

fn udp(family: Family) -> linux::fd::OwnedFd {
    socket(family, SocketKind::DATAGRAM, FLAGS, Protocol::UDP).unwrap()
}

#[test]
fn unix_sockets_have_paths_and_names() {
    let scratch = Scratch::new();
    let server = socket(Family::UNIX, SocketKind::STREAM, FLAGS, Protocol::DEFAULT).unwrap();
    let path = UnixAddress::path(scratch.at("socket").as_bytes()).unwrap();
    bind(&server, &path).unwrap();
    assert!(matches!(bind(&server, &path), Err(Errno::INVAL | Errno::ADDRINUSE)));
    assert_eq!(getsockname(&server).unwrap(), Some(Address::Unix(path)));
    listen(&server, 1).unwrap();
    let client = socket(Family::UNIX, SocketKind::STREAM, FLAGS, Protocol::DEFAULT).unwrap();
    connect(&client, &path).unwrap();
    let (accepted, peer) = accept(&server, FLAGS).unwrap();
    assert_eq!(peer, Some(Address::Unix(UnixAddress::UNNAMED)));
    let who = options::peer_credentials(&accepted).unwrap();
    assert_eq!((who.process, who.user), (std::process::id(), linux::process::getuid()));
    match options::peer_pidfd(&accepted) {
        Err(Errno::NOPROTOOPT) => {
            crate::skip::skipped("the kernel gives no descriptor of the other end (Linux 6.5)")
        }
        peer => assert!(
            linux::poll::poll(&mut [PollFd::new(&peer.unwrap(), PollFlags::IN)], Some(Duration::ZERO))
                == Ok(0)
        ),
    }
    let name = UnixAddress::abstract_name(format!("spelunk\0{}", std::process::id()).as_bytes()).unwrap();
    let named = socket(Family::UNIX, SocketKind::DATAGRAM, FLAGS, Protocol::DEFAULT).unwrap();
    bind(&named, &name).unwrap();
    assert_eq!(getsockname(&named).unwrap(), Some(Address::Unix(name)));
    let again = socket(Family::UNIX, SocketKind::DATAGRAM, FLAGS, Protocol::DEFAULT).unwrap();
    assert_eq!(bind(&again, &name), Err(Errno::ADDRINUSE));
}

#[test]
fn descriptors_travel_and_are_taken_once() {
    let (one, two) = pair(SocketKind::STREAM);
    let (reader, writer) = pipe(PipeFlags::empty()).unwrap();
    let mut room = [0; control_room(8)];
    let mut control = SendControl::new(&mut room);
    control.add_descriptors(&[reader.as_fd(), writer.as_fd()]).unwrap();
    let slices = [IoSlice::new(b"two "), IoSlice::new(b"ends")];
    assert_eq!(sendmsg(&one, None::<&Address>, &slices, Some(&control), NONE), Ok(8));
    drop((reader, writer));
    let (mut buffer, mut room) = ([0; 16], [0; control_room(8)]);
    let flags = MessageFlags::CLOSE_ON_EXEC;
    let received = recvmsg(&two, &mut [IoSliceMut::new(&mut buffer)], &mut room, flags).unwrap();
    assert_eq!((received.count, received.flags), (8, NONE));
    let mut messages = received.control;
    let Some(Control::Descriptors(mut descriptors)) = messages.next() else { panic!("no descriptors") };
    let (reader, writer) = (descriptors.next().unwrap(), descriptors.next().unwrap());
    assert!(descriptors.next().is_none() && messages.next().is_none());
    assert!(descriptor_flags(&reader).unwrap().contains(linux::fs::DescriptorFlags::CLOSE_ON_EXEC));
    write(&writer, b"through").unwrap();
    assert_eq!(read(&reader, &mut buffer), Ok(7));
    assert_eq!(&buffer[..7], b"through");
}

/// What nobody takes is closed: a pipe whose last writer travelled and was dropped is at its end.
#[test]
fn descriptors_that_nobody_takes_are_closed() {
    for taken in [0, 1] {
        let (one, two) = pair(SocketKind::DATAGRAM);
        let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
        let mut room = [0; control_room(8)];
        let mut control = SendControl::new(&mut room);
        control.add_descriptors(&[writer.as_fd(), writer.as_fd()]).unwrap();
        sendmsg(&one, None::<&Address>, &[IoSlice::new(b"x")], Some(&control), NONE).unwrap();
        drop(writer);
        let (mut buffer, mut room) = ([0; 4], [0; 64]);
        let received = recvmsg(&two, &mut [IoSliceMut::new(&mut buffer)], &mut room, NONE).unwrap();
        if taken == 1 {
            let Some(Control::Descriptors(mut some)) = { received.control }.next() else { panic!("none") };
            drop(some.next());
        } else {
            drop(received);
        }
        assert_eq!(read(&reader, &mut [0; 1]), Ok(0));
    }
}

#[test]
fn control_data_without_room_is_cut_and_said_so() {
    let (one, two) = pair(SocketKind::DATAGRAM);
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let mut room = [0; control_room(4)];
    let mut control = SendControl::new(&mut room);
    control.add_descriptors(&[writer.as_fd()]).unwrap();
    sendmsg(&one, None::<&Address>, &[IoSlice::new(b"long")], Some(&control), NONE).unwrap();
    drop(writer);
    let mut buffer = [0; 2];
    let received = recvmsg(&two, &mut [IoSliceMut::new(&mut buffer)], &mut [], NONE).unwrap();
    assert!(received.flags.contains(MessageFlags::TRUNCATED | MessageFlags::CONTROL_TRUNCATED));
    assert_eq!(received.count, 2);
    assert_eq!(read(&reader, &mut [0; 1]), Ok(0), "the kernel has closed it");
}

#[test]
fn credentials_come_with_messages() {
    let (one, two) = pair(SocketKind::DATAGRAM);
    options::PASS_CREDENTIALS.set(&two, true).unwrap();
    let own = Credentials {
        process: std::process::id(),
        user: linux::process::getuid(),
        group: linux::process::getgid(),
    };
    let mut room = [0; control_room(12)];
    let mut control = SendControl::new(&mut room);
    control.add_credentials(own).unwrap();
    sendmsg(&one, None::<&Address>, &[IoSlice::new(b"x")], Some(&control), NONE).unwrap();
    let (mut buffer, mut room) = ([0; 4], [0; 64]);
    let received = recvmsg(&two, &mut [IoSliceMut::new(&mut buffer)], &mut room, NONE).unwrap();
    let came: Vec<_> = received.control.map(|message| format!("{message:?}")).collect();
    assert_eq!(came, [format!("{:?}", Control::Credentials(own))]);
}

#[test]
fn receiving_gives_up_after_its_limit() {
    let (one, two) = pair(SocketKind::DATAGRAM);
    options::set_receive_timeout(&one, Some(Duration::from_millis(20))).unwrap();
    let start = Instant::now();
    assert_eq!(recv(&one, &mut [0; 1], NONE), Err(Errno::AGAIN));
    assert!(start.elapsed() >= Duration::from_millis(15));
    options::set_receive_timeout(&one, Some(Duration::ZERO)).unwrap();
    assert_eq!(recv(&one, &mut [0; 1], NONE), Err(Errno::AGAIN));
    options::set_send_timeout(&one, None).unwrap();
    drop(two);
    // The child of a test that runs at the same time has the other end too, for a moment.
    let flags = MessageFlags::NO_SIGNAL | MessageFlags::DONT_WAIT;
    let refused = (0..5000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        send(&one, b"x", flags) == Err(Errno::CONNREFUSED)
    });
    assert!(refused);
}

#[test]
fn buffers_are_doubled_by_the_kernel() {
    let socket = udp(Family::IPV4);
    options::RECEIVE_BUFFER.set(&socket, 10_000).unwrap();
    assert_eq!(options::RECEIVE_BUFFER.get(&socket), Ok(20_000));
    options::SEND_BUFFER.set(&socket, 10_000).unwrap();
    let forced = options::set_receive_buffer_force(&socket, 8 << 20);
    assert!(matches!(forced, Ok(()) | Err(Errno::PERM)));
    if forced.is_ok() {
        assert_eq!(options::RECEIVE_BUFFER.get(&socket), Ok(16 << 20));
    }
}

#[test]
fn options_of_datagrams() {
    let socket = udp(Family::IPV4);
    options::BROADCAST.set(&socket, true).unwrap();
    options::REUSE_PORT.set(&socket, true).unwrap();
    options::DONT_ROUTE.set(&socket, false).unwrap();
    options::IPV4_FREEBIND.set(&socket, true).unwrap();
    options::IPV4_TTL.set(&socket, 1).unwrap();
    assert_eq!(options::IPV4_TTL.set(&socket, 0), Err(Errno::INVAL));
    options::IPV4_TOS.set(&socket, 0xc0).unwrap();
    options::PRIORITY.set(&socket, 6).unwrap();
    // An address that nobody has can be bound now.
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 7), 0)).unwrap();
    assert!(
        matches!(options::MARK.set(&socket, options::Word(1)), Ok(()) | Err(Errno::PERM)) || lacks("SO_MARK")
    );
    let loopback = InterfaceName::new(b"lo").unwrap();
    assert!(matches!(options::bind_to_device(&socket, Some(loopback)), Ok(()) | Err(Errno::PERM)));
    let none = InterfaceName::new(b"no-such-link").unwrap();
    assert!(matches!(options::bind_to_device(&socket, Some(none)), Err(Errno::NODEV | Errno::PERM)));
    let group = Ipv4Addr::new(224, 0, 0, 251);
    assert_eq!(options::set_packet_auxiliary(&socket, true), Err(Errno::NOPROTOOPT));
    let joined = options::join_ipv4_group(&socket, group, 1);
    if joined == Err(Errno::NODEV) && lacks("the link of IP_ADD_MEMBERSHIP") {
        return;
    }
    assert_eq!(joined, Ok(()));
    assert_eq!(options::join_ipv4_group(&socket, group, 1), Err(Errno::ADDRINUSE));
}

#[test]
fn interfaces_have_names_and_numbers() {
    let socket = udp(Family::IPV4);
    let loopback = InterfaceName::new(b"lo").unwrap();
    let index = interface_index(&socket, loopback).unwrap();
    assert_eq!(interface_name(&socket, index), Ok(loopback));
    assert_eq!(interface_name(&socket, u32::MAX), Err(Errno::NODEV));
    assert_eq!(interface_name(&socket, 1 << 30), Err(Errno::NODEV));
    assert_eq!(interface_index(&socket, InterfaceName::new(b"none").unwrap()), Err(Errno::NODEV));
}

#[test]
fn several_messages_go_in_one_call() {
    let server = socket(Family::IPV4, SocketKind::DATAGRAM, FLAGS, Protocol::UDP).unwrap();
    bind(&server, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to = getsockname(&server).unwrap();
    let client = socket(Family::IPV4, SocketKind::DATAGRAM, FLAGS, Protocol::UDP).unwrap();
    let messages = [(to, IoSlice::new(b"one")), (to, IoSlice::new(b"")), (to, IoSlice::new(b"three"))];
    assert_eq!(sendmmsg(&client, &messages, NONE), Ok(3));
    let mut room = [[0; 4]; 4];
    let came: Vec<_> = {
        let [a, b, c, d] = &mut room;
        let mut buffers = [a, b, c, d].map(|buffer| IoSliceMut::new(buffer));
        recvmmsg(&server, &mut buffers, MessageFlags::WAIT_FOR_ONE).unwrap().collect()
    };
    let from = getsockname(&client).unwrap().and_then(Address::internet).unwrap();
    assert_eq!(came.iter().map(|message| message.count).collect::<Vec<_>>(), [3, 0, 4]);
    assert!(
        came.iter().all(|message| message.from.and_then(Address::internet).unwrap().port() == from.port())
    );
    let cut: Vec<_> = came.iter().map(|message| message.flags.contains(MessageFlags::TRUNCATED)).collect();
    assert_eq!(
        (cut.as_slice(), &room[0][..3], &room[2]),
        ([false, false, true].as_slice(), &b"one"[..], b"thre")
    );
    let pair = pair(SocketKind::DATAGRAM);
    let connected = [(None::<Address>, IoSlice::new(b"x")), (None, IoSlice::new(b"y"))];
    assert_eq!(sendmmsg(&pair.0, &connected, NONE), Ok(2));
    let mut byte = [0];
    let waiting = recvmmsg(&pair.1, &mut [IoSliceMut::new(&mut byte)], NONE).unwrap().count();
    assert_eq!(
        (waiting, recvmmsg(&client, &mut [], MessageFlags::DONT_WAIT).map(Iterator::count)),
        (1, Ok(0))
    );
}

#[test]
fn options_come_back_as_they_were_set() {
    use options::{Linger, ShortText, Timeout, WholeMilliseconds, WholeSeconds, WideTimeout};
    let stream = socket(Family::IPV4, SocketKind::STREAM, FLAGS, Protocol::TCP).unwrap();
    macro_rules! check {
        ($($name:ident = $value:expr;)*) => {$(
            match options::$name.set(&stream, $value) {
                Err(Errno::NOPROTOOPT) if lacks(concat!("the option ", stringify!($name))) => {}
                set => {
                    assert_eq!(set, Ok(()), stringify!($name));
                    assert_eq!(options::$name.get(&stream), Ok($value), stringify!($name));
                }
            }
        )*};
    }
    // Of TCP's it is known since Linux 6.9.
    let local = pair(SocketKind::STREAM).0;
    match options::PEEK_OFFSET.set(&local, 3) {
        Err(Errno::NOPROTOOPT) if lacks("the option PEEK_OFFSET") => {}
        set => {
            assert_eq!(set, Ok(()));
            assert_eq!(options::PEEK_OFFSET.get(&local), Ok(3));
        }
    }
    let seconds = |count| WholeSeconds(Duration::from_secs(count));
    check! {
        KEEPALIVE = true; REUSE_ADDRESS = true; DONT_ROUTE = true; DONT_ROUTE = false; URGENT_INLINE = true;
        LINGER = Linger(Some(Duration::from_secs(3))); LINGER = Linger(None);
        RECEIVE_TIMEOUT = Timeout(Some(Duration::from_millis(1500))); RECEIVE_TIMEOUT = Timeout(None);
        IPV4_TTL = 9; IPV4_TOS = 16; IPV4_FREEBIND = true; IPV4_BIND_WITHOUT_PORT = true;
        TCP_NO_DELAY = true; TCP_CORK = true; TCP_KEEP_IDLE = seconds(33); TCP_KEEP_INTERVAL = seconds(5);
        TCP_KEEP_COUNT = 4; TCP_USER_TIMEOUT = WholeMilliseconds(Duration::from_millis(1234)); TCP_CONNECT_RETRIES = 2;
        SEND_TIMEOUT_WIDE = WideTimeout(Some(Duration::from_millis(2500))); SEND_TIMEOUT_WIDE = WideTimeout(None);
        TIMESTAMPS = true; PACING_RATE = 1 << 20; IPV4_PACKET_INFORMATION = true; IPV4_LEAST_TTL = 3;
        TCP_SAVE_FIRST = true; TCP_CONGESTION = ShortText(*b"reno\0\0\0\0\0\0\0\0\0\0\0\0");
    }
    assert!(options::COOKIE.get(&stream).is_ok_and(|cookie| cookie != 0) || lacks("SO_COOKIE"));
    assert_eq!(options::LISTENS.get(&stream), Ok(false));
    assert_eq!(options::KIND.get(&stream), Ok(SocketKind::STREAM.0));
    assert_eq!(options::IPV6_ONLY.get(&stream), Err(Errno::OPNOTSUPP));
}
