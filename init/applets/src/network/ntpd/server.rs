//! The side that answers (`-l`).

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use formats::wire::ntp::{LENGTH, Mode, PORT, Packet, Stamp, parse};
use linux::net::{InterfaceName, options};
use net::UdpSocket;
use protocols::ntp::Standing;

use super::change::clock;

/// How fine the clock is: the exponent of two of seconds.
const PRECISION: i8 = -20;

/// Makes the socket, for both families where there are both.
pub(super) fn open(link: Option<&[u8]>) -> linux::Result<UdpSocket> {
    let both = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), PORT);
    let socket = match UdpSocket::bind(both) {
        Err(linux::Errno::AFNOSUPPORT | linux::Errno::ADDRNOTAVAIL) => {
            UdpSocket::bind(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), PORT))
        }
        done => done,
    }?;
    if let Some(link) = link {
        options::bind_to_device(&socket, InterfaceName::new(link))?;
    }
    Ok(socket)
}

/// Answers a question, if it is one. Who follows nobody and is to answer all the same is the clock that others go by.
pub(super) fn answer(
    socket: &UdpSocket,
    standing: Option<Standing>,
    follows: bool,
    reference: [u8; 4],
) -> linux::Result<()> {
    // A longer one is proven or has extensions; the answer has none.
    let mut bytes = [0; LENGTH];
    let (length, from) = socket.recv_from(&mut bytes)?;
    let received = Stamp::of(clock());
    let Ok(question) = parse(bytes.get(..length).unwrap_or_default()) else { return Ok(()) };
    if question.mode != Mode::Client || question.version == 0 {
        return Ok(());
    }
    let mut packet = Packet {
        version: question.version,
        mode: Mode::Server,
        poll: question.poll,
        precision: PRECISION,
        origin: question.sent,
        received,
        ..Packet::question(Stamp(0))
    };
    match standing {
        Some(standing) => {
            (packet.leap, packet.stratum, packet.reference) = (standing.leap, standing.stratum, reference);
            (packet.root_delay, packet.root_dispersion) = (standing.root_delay, standing.root_dispersion);
            packet.set = standing.set;
        }
        None if follows => packet.leap = 3,
        None => (packet.stratum, packet.reference, packet.set) = (1, *b"LOCL", received),
    }
    packet.sent = Stamp::of(clock());
    socket.send_to(&packet.bytes(), from).map(drop)
}
