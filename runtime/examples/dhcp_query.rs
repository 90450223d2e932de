//! Asks the DHCP servers of a link what they would give, and takes nothing: `dhcp_query LINK`. Shows each offer that comes within a
//! second; needs the rights of an administrator, and that no other client has the port.
//!
//! ```text
//! $ printf 'start 10.9.0.50\nend 10.9.0.99\ninterface s\nlease_file l\npidfile p\noption subnet 255.255.255.0\noption router 10.9.0.1\noption lease 600\n' > conf; : > l
//! $ unshare -rn sh -c 'ip link add s type veth peer name c; ip address add 10.9.0.1/24 dev s; ip link set s up; ip link set c up; busybox udhcpd -f -a 1 conf 2> log & $dhcp_query c; kill $!'
//! 10.9.0...: offered to ... by 10.9.0.1 for 600 s, mask 255.255.255.0, routers 10.9.0.1
//! $ unshare -rn sh -c 'ip link set lo up; $dhcp_query lo'; echo "status $?"
//! dhcp_query: lo: no server answers
//! status 1
//! $ dhcp_query nowhere
//! dhcp_query: nowhere: no such device
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::net::Ipv4Addr;
use core::time::Duration;

use spelunk::formats::wire::dhcp4::{
    self, CLIENT_PORT, Code, Header, MAGIC_COOKIE, MessageType, Operation, Options, SERVER_PORT,
};
use spelunk::formats::wire::ethernet::{self, EtherType, Mac};
use spelunk::formats::wire::{ipv4, udp};
use spelunk::io::{Write, stderr, stdout};
use spelunk::linux::net::{Family, InterfaceName, PacketAddress, Protocol, SocketKind, interface_index};
use spelunk::linux::random::{RandomFlags, getrandom};
use spelunk::linux::time::monotonic;
use spelunk::linux::{Errno, Result};
use spelunk::net::{RawSocket, Socket};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// Between two questions, and for answers to the last.
const PATIENCE: Duration = Duration::from_secs(1);
/// Questions until it gives up.
const QUESTIONS: u32 = 3;

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let link = arguments.nth(1).map_or(b"eth0".as_slice(), |link| link.to_bytes());
    match query(link) {
        Ok(()) => 0,
        Err(errno) => {
            let link = link.escape_ascii();
            let _ = match errno {
                Errno::TIMEDOUT => writeln!(stderr(), "dhcp_query: {link}: no server answers"),
                errno => writeln!(stderr(), "dhcp_query: {link}: {errno}"),
            };
            1
        }
    }
}

/// Asks over packets of the link: the kernel would give a datagram the address of another link.
fn query(link: &[u8]) -> Result<()> {
    let name = InterfaceName::new(link).ok_or(Errno::INVAL)?;
    let any = RawSocket::new(Family::UNIX, SocketKind::DATAGRAM, Protocol::DEFAULT)?;
    let index = interface_index(&any, name)?;
    let socket = RawSocket::packets(index, EtherType::IPV4.0)?;
    let everybody = PacketAddress::station(index, EtherType::IPV4.0, Mac::BROADCAST.0);
    // A number and a station of nobody's: no server will take the question for that of a client it knows.
    let mut random = [0; 8];
    getrandom(&mut random, RandomFlags::empty())?;
    let [a, b, c, d, e, f, g, h] = random;
    let header = Header {
        broadcast: true,
        ..Header::request(Mac([0x02, a, b, c, d, e]), u32::from_be_bytes([e, f, g, h]))
    };
    for _ in 0..QUESTIONS {
        socket.send_to(&frame(&header)?, &everybody)?;
        if receive(&socket, &header)? > 0 {
            return Ok(());
        }
    }
    Err(Errno::TIMEDOUT)
}

/// Makes the frame of a question, from nobody to everybody.
fn frame(header: &Header) -> Result<Vec<u8>> {
    let mut frame = Vec::new();
    ethernet::emit(&mut frame, Mac::BROADCAST, header.hardware, EtherType::IPV4);
    let source = udp::Endpoint { address: Ipv4Addr::UNSPECIFIED, port: CLIENT_PORT };
    let destination = udp::Endpoint { address: Ipv4Addr::BROADCAST, port: SERVER_PORT };
    udp::emit(&mut frame, source, destination, &discover(header)).map_err(|_| Errno::MSGSIZE)?;
    Ok(frame)
}

fn discover(header: &Header) -> Vec<u8> {
    let mut message = Vec::new();
    header.emit(&mut message);
    message.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
    dhcp4::put(&mut message, Code::MESSAGE_TYPE, &[MessageType::DISCOVER.0]);
    let wanted = [Code::SUBNET_MASK, Code::ROUTERS, Code::NAME_SERVERS, Code::LEASE_TIME].map(|code| code.0);
    dhcp4::put(&mut message, Code::PARAMETER_REQUEST_LIST, &wanted);
    message.push(Code::END.0);
    message
}

/// Shows the offers that come in time; gives how many.
fn receive(socket: &RawSocket, asked: &Header) -> Result<u32> {
    let (end, mut count, mut buffer) = (monotonic() + PATIENCE, 0, [0; 1500]);
    loop {
        let left = end.saturating_sub(monotonic());
        if left.is_zero() {
            return Ok(count);
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv_from(&mut buffer) {
            Ok((length, _)) => {
                if offer(buffer.get(..length).unwrap_or_default(), asked)? {
                    count += 1;
                }
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// Shows a frame if it holds an offer to us; what makes no sense holds none.
fn offer(frame: &[u8], asked: &Header) -> Result<bool> {
    let packet = ethernet::parse(frame).and_then(|frame| ipv4::parse(frame.payload));
    let Ok(packet) = packet else { return Ok(false) };
    let message = udp::parse(&packet).and_then(|datagram| match datagram.destination {
        CLIENT_PORT => dhcp4::parse(datagram.payload).map(Some),
        _ => Ok(None),
    });
    match message {
        Ok(Some(message)) => show(&message, packet.source, asked),
        _ => Ok(false),
    }
}

fn show(message: &dhcp4::Message<'_>, from: Ipv4Addr, asked: &Header) -> Result<bool> {
    let Header { operation, transaction, hardware, yours, .. } = message.header;
    let Ok(options) = Options::of(message) else { return Ok(false) };
    let is_offer = options.get(Code::MESSAGE_TYPE) == Some(&[MessageType::OFFER.0]);
    let is_ours = (operation, transaction, hardware) == (Operation::REPLY, asked.transaction, asked.hardware);
    if !is_offer || !is_ours {
        return Ok(false);
    }
    let mut out = stdout();
    write!(out, "{yours}: offered to {hardware} by {from}")?;
    if let Some(Ok(time)) = options.get(Code::LEASE_TIME).map(dhcp4::seconds) {
        write!(out, " for {} s", time.as_secs())?;
    }
    for (code, name) in
        [(Code::SUBNET_MASK, "mask"), (Code::ROUTERS, "routers"), (Code::NAME_SERVERS, "name servers")]
    {
        let Some(Ok(addresses)) = options.get(code).map(dhcp4::addresses) else { continue };
        write!(out, ", {name}")?;
        for address in addresses {
            write!(out, " {address}")?;
        }
    }
    writeln!(out)?;
    out.flush().map(|()| true)
}
