//! The server against messages as clients send them, and as they do not.

use super::*;
use std::vec;

const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const fn station(last: u8) -> Mac {
    Mac([2, 0, 0, 0, 0, last])
}
const fn at(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, last)
}

fn server() -> Server {
    let settings = Settings {
        address: OWN,
        first: at(20),
        last: at(21),
        most: 10,
        lease: Duration::from_secs(600),
        least: Duration::from_secs(60),
        offer: Duration::from_secs(60),
        decline: Duration::from_secs(100),
        fixed: vec![(station(9), at(99))],
        options: vec![(Code::SUBNET_MASK, vec![255, 255, 255, 0]), (Code::ROUTERS, OWN.octets().to_vec())],
        next_server: Ipv4Addr::UNSPECIFIED,
        server_name: vec![],
        boot_file: b"boot".to_vec(),
    };
    Server::new(settings, vec![])
}

fn message(from: Mac, kind: MessageType, options: &[(Code, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Header::request(from, 7).emit(&mut bytes);
    bytes.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
    dhcp4::put(&mut bytes, Code::MESSAGE_TYPE, &[kind.0]);
    for (code, value) in options {
        dhcp4::put(&mut bytes, *code, value);
    }
    bytes.push(Code::END.0);
    bytes
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Asks for an offer and takes it; gives the address.
fn bind(server: &mut Server, from: Mac, now: u64) -> Option<Ipv4Addr> {
    let offer = server.handle(&message(from, MessageType::DISCOVER, &[]), seconds(now))?;
    assert_eq!(offer.kind, MessageType::OFFER);
    let wanted = offer.address.octets();
    let request = message(
        from,
        MessageType::REQUEST,
        &[(Code::SERVER, &OWN.octets()), (Code::REQUESTED_ADDRESS, &wanted)],
    );
    let grant = server.handle(&request, seconds(now))?;
    assert_eq!((grant.kind, grant.address), (MessageType::ACK, offer.address));
    Some(grant.address)
}

#[test]
fn addresses_are_given_and_kept() {
    let mut server = server();
    assert_eq!(bind(&mut server, station(1), 0), Some(at(20)));
    assert_eq!(bind(&mut server, station(2), 1), Some(at(21)));
    assert_eq!(bind(&mut server, station(1), 2), Some(at(20)));
    // None is left, until the first is over.
    assert_eq!(bind(&mut server, station(3), 3), None);
    assert_eq!(bind(&mut server, station(3), 602), Some(at(21)));
    assert_eq!(bind(&mut server, station(9), 3), Some(at(99)));
}

#[test]
fn offers_and_grants_say_all() {
    let mut server = server();
    let wants = [(Code::LEASE_TIME, &120_u32.to_be_bytes()[..]), (Code::REQUESTED_ADDRESS, &[10, 0, 0, 21])];
    let offer = server.handle(&message(station(1), MessageType::DISCOVER, &wants), seconds(0)).unwrap();
    assert_eq!((offer.address, offer.to, offer.bytes.len()), (at(21), None, 300));
    let message = dhcp4::parse(&offer.bytes).unwrap();
    assert_eq!((message.header.yours, message.header.operation), (at(21), Operation::REPLY));
    assert_eq!(&message.file[..5], b"boot\0");
    let options = Options::of(&message).unwrap();
    assert_eq!(options.get(Code::LEASE_TIME), Some(&[0, 0, 0, 120][..]));
    assert_eq!(options.get(Code::ROUTERS), Some(&[10, 0, 0, 1][..]));
    assert_eq!(options.get(Code::SERVER), Some(&[10, 0, 0, 1][..]));
}

#[test]
fn what_is_declined_is_held_back_and_what_is_released_is_free() {
    let mut server = server();
    assert_eq!(bind(&mut server, station(1), 0), Some(at(20)));
    let decline = message(station(1), MessageType::DECLINE, &[(Code::REQUESTED_ADDRESS, &at(20).octets())]);
    assert_eq!(server.handle(&decline, seconds(1)), None);
    assert_eq!(bind(&mut server, station(1), 2), Some(at(21)));
    assert_eq!(bind(&mut server, station(2), 3), None);
    let mut release = message(station(1), MessageType::RELEASE, &[]);
    release[12..16].copy_from_slice(&at(21).octets());
    assert_eq!(server.handle(&release, seconds(4)), None);
    assert_eq!(bind(&mut server, station(2), 5), Some(at(21)));
    assert_eq!(bind(&mut server, station(3), 102), Some(at(20)));
}

#[test]
fn wrong_addresses_are_refused() {
    let mut server = server();
    assert_eq!(bind(&mut server, station(1), 0), Some(at(20)));
    for wanted in [at(20), Ipv4Addr::new(192, 168, 7, 7)] {
        let request =
            message(station(2), MessageType::REQUEST, &[(Code::REQUESTED_ADDRESS, &wanted.octets())]);
        let answer = server.handle(&request, seconds(1)).unwrap();
        assert_eq!((answer.kind, answer.to), (MessageType::NAK, None));
    }
    // Another server may know of this one.
    let request = message(station(2), MessageType::REQUEST, &[(Code::REQUESTED_ADDRESS, &at(77).octets())]);
    assert_eq!(server.handle(&request, seconds(1)), None);
    let others = [(Code::SERVER, &[10, 0, 0, 2][..]), (Code::REQUESTED_ADDRESS, &[10, 0, 0, 21])];
    assert_eq!(server.handle(&message(station(2), MessageType::REQUEST, &others), seconds(1)), None);
}

#[test]
fn cut_and_strange_messages_are_dropped() {
    let mut server = server();
    let bytes = message(station(1), MessageType::DISCOVER, &[]);
    for length in 0..bytes.len() - 1 {
        let _ = server.handle(&bytes[..length], seconds(0));
    }
    for (at, byte) in [(0, 2), (1, 6), (2, 16), (28, 1)] {
        let mut other = bytes.clone();
        other[at] = byte;
        assert_eq!(server.handle(&other, seconds(0)), None, "{at}");
    }
    let mut relayed = bytes;
    relayed[24..28].copy_from_slice(&[10, 0, 9, 9]);
    let answer = server.handle(&relayed, seconds(0)).unwrap();
    assert_eq!((answer.to, answer.is_relayed), (Some(Ipv4Addr::new(10, 0, 9, 9)), true));
}
