//! `tftp`: BusyBox's. A block that does not come is asked for again, at ever longer intervals, a dozen times. Packets from anywhere
//! but where the first answer came from are passed over. A file that did not come whole is taken away.

use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;

use formats::wire::tftp::{self, BLOCK, LONGEST_BLOCK, Packet};
use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{FileKind, fstat};
use linux::security::landlock::FileAccess;
use net::{Socket, UdpSocket};
use query::text::parse_decimal;

use super::reach::Reach;
use crate::{Applet, Flag, Input, Io, Keeps, Outcome, Parsed, Run, Status, sandbox, source};

pub(crate) const APPLET: Applet = Applet {
    name: "tftp",
    summary: "Fetch or send a file by TFTP",
    usage: "-g [OPTION]... HOST [PORT]\n-p [OPTION]... HOST [PORT]",
    flags: flags![
        Flag::new(b'g', "get", "fetch"),
        Flag::new(b'p', "put", "send"),
        Flag::with(b'l', "local", "FILE", "the file here; - for standard input or output"),
        Flag::with(b'r', "remote", "FILE", "the file there"),
        Flag::with(b'b', "blocksize", "BYTES", "the length of blocks (512)"),
    ],
    run: Run::Confined(Keeps::Needed, run),
};

/// The port of servers.
const PORT: u16 = 69;

/// How often a packet is sent.
const TRIES: u32 = 12;

/// A conversation that ended.
enum Trouble {
    Network(Errno),
    /// What the server said.
    Server(Vec<u8>),
    File(Errno),
    Silence,
    Nonsense,
}

impl From<Errno> for Trouble {
    fn from(errno: Errno) -> Self {
        Self::Network(errno)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(errno) | Self::File(errno) => errno.fmt(f),
            Self::Server(text) => write!(f, "server says: {}", text.escape_ascii()),
            Self::Silence => f.write_str("no answer"),
            Self::Nonsense => f.write_str("the server talks nonsense"),
        }
    }
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let Some(way) = parsed.last_of(b"gp") else { return Ok(parsed.usage(io)) };
    let (host, port) = match parsed.operands.as_slice() {
        [host] => (*host, None),
        [host, port] => (*host, Some(*port)),
        _ => return Ok(parsed.usage(io)),
    };
    let (local, remote) = match (parsed.value(b'l'), parsed.value(b'r')) {
        (None, None) => return Ok(parsed.usage(io)),
        (Some(local), Some(remote)) => (local, remote),
        // The name here is the last part of the one there.
        (None, Some(remote)) => (remote.rsplit(|byte| *byte == b'/').next().unwrap_or(remote), remote),
        (Some(local), None) => (local, local),
    };
    let block = match parsed.value(b'b') {
        None => BLOCK,
        Some(word) => parse_decimal(word)
            .and_then(|block| usize::try_from(block).ok())
            .filter(|block| (8..=LONGEST_BLOCK).contains(block))
            .ok_or_else(|| io.misuse(word, "is no length of blocks"))?,
    };
    let reach = Reach::new().map_err(|error| io.complain(b"", &error))?;
    let port = port.map_or(Ok(PORT), |word| reach.port(word, "udp"));
    let found = port.and_then(|port| reach.addresses(host, port));
    let found = found.map_err(|error| io.complain(host, &error))?;
    let Some(server) = found.first().copied() else { return Ok(Status::FAILURE) };
    if way == b'g' { get(io, server, local, remote, block) } else { put(io, server, local, remote, block) }
}

fn get(io: &mut Io<'_>, server: SocketAddr, local: &[u8], remote: &[u8], block: usize) -> Outcome {
    let mut file = None;
    if local == b"-" {
        sandbox::to_open_files();
    } else {
        let folder = sandbox::folder_of(local).map_err(|errno| io.complain(local, &errno))?;
        sandbox::to_folders(&[(folder.as_fd(), sandbox::WRITING.union(FileAccess::REMOVE_FILE))]);
    }
    let came = Talk::begin(server, false, remote, block).and_then(|talk| talk.receive(io, local, &mut file));
    match came {
        Ok(()) => Ok(Status::SUCCESS),
        Err(trouble) => {
            if file.is_some_and(|file| fstat(&file).is_ok_and(|found| found.kind() == FileKind::Regular)) {
                let _ = linux::fs::unlink(local);
            }
            let object = if matches!(trouble, Trouble::File(_)) { local } else { remote };
            Ok(io.complain(object, &trouble))
        }
    }
}

fn put(io: &mut Io<'_>, server: SocketAddr, local: &[u8], remote: &[u8], block: usize) -> Outcome {
    let mut sent = Ok(());
    let read = source::with(io, local, &mut |_, _, input| {
        sandbox::to_open_files();
        sent = Talk::begin(server, true, remote, block).and_then(|talk| talk.send(input));
        Ok(())
    });
    if let Err(errno) = read {
        return Ok(io.complain(local, &errno));
    }
    match sent {
        Ok(()) => Ok(Status::SUCCESS),
        Err(trouble @ Trouble::File(_)) => Ok(io.complain(local, &trouble)),
        Err(trouble) => Ok(io.complain(remote, &trouble)),
    }
}

/// A conversation.
struct Talk {
    socket: UdpSocket,
    server: SocketAddr,
    /// Whether the other end has chosen its port.
    is_settled: bool,
    /// What was sent last, to be sent again.
    packet: Vec<u8>,
    /// The length of blocks, which the server may ask to be another.
    block: usize,
    buffer: Vec<u8>,
}

impl Talk {
    fn begin(server: SocketAddr, writes: bool, name: &[u8], block: usize) -> Result<Self, Trouble> {
        let any = if server.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
        let mut packet = Vec::new();
        let options = [("blksize", block as u64)];
        tftp::request(&mut packet, writes, name, if block == BLOCK { &[] } else { &options });
        let buffer = alloc::vec![0; LONGEST_BLOCK + 4];
        Ok(Self { socket, server, is_settled: false, packet, block, buffer })
    }

    /// Sends the packet until `take` finds an answer to it in what comes.
    fn ask<T>(&mut self, take: &mut dyn FnMut(Packet<'_>) -> Option<T>) -> Result<T, Trouble> {
        /// The first wait; each is half as long again, up to the longest.
        const FIRST: Duration = Duration::from_millis(250);
        const LONGEST: Duration = Duration::from_secs(4);
        let mut wait = FIRST;
        for _ in 0..TRIES {
            self.socket.send_to(&self.packet, self.server)?;
            let end = linux::time::monotonic().saturating_add(wait);
            loop {
                let left = end.saturating_sub(linux::time::monotonic());
                if left.is_zero() {
                    break;
                }
                self.socket.set_read_timeout(Some(left))?;
                let (count, from) = match self.socket.recv_from(&mut self.buffer) {
                    Ok(came) => came,
                    Err(Errno::AGAIN | Errno::INTR) => continue,
                    Err(errno) => return Err(errno.into()),
                };
                let is_server = from.ip() == self.server.ip();
                if !is_server || self.is_settled && from.port() != self.server.port() {
                    continue;
                }
                self.is_settled = true;
                self.server = from;
                match tftp::parse(self.buffer.get(..count).unwrap_or_default()) {
                    Ok(Packet::Error(code, text)) => return Err(Trouble::Server(said(code, text))),
                    Ok(packet) => {
                        if let Some(found) = take(packet) {
                            return Ok(found);
                        }
                    }
                    Err(_) => {}
                }
            }
            wait = (wait + wait / 2).min(LONGEST);
        }
        Err(Trouble::Silence)
    }

    /// Takes the options that the server agreed to; false where it asks for what cannot be.
    fn agree(&mut self, options: &[u8]) -> bool {
        let block = tftp::option(options, "blksize").and_then(|block| usize::try_from(block).ok());
        let asked = self.block;
        self.block = block.unwrap_or(BLOCK);
        (8..=asked).contains(&self.block)
    }

    /// Takes a file to its end. One that is here is written over when the first of it has come, and not before.
    fn receive(mut self, io: &mut Io<'_>, local: &[u8], file: &mut Option<OwnedFd>) -> Result<(), Trouble> {
        let mut expected = 1_u16;
        let mut is_first = true;
        loop {
            let mut bytes = Vec::new();
            let options = self.ask(&mut |packet| match packet {
                Packet::Data(block, data) if block == expected => {
                    bytes = data.to_vec();
                    Some(None)
                }
                Packet::Options(options) if is_first => Some(Some(options.to_vec())),
                _ => None,
            })?;
            self.packet.clear();
            if let Some(options) = options {
                if !self.agree(&options) {
                    return Err(self.refuse());
                }
                is_first = false;
                tftp::acknowledgement(&mut self.packet, 0);
                continue;
            }
            if is_first {
                // Who agrees to nothing does as was always done.
                self.block = BLOCK;
                is_first = false;
            }
            if bytes.len() > self.block {
                return Err(self.refuse());
            }
            if file.is_none() && local != b"-" {
                *file = Some(source::create_file(local).map_err(Trouble::File)?);
            }
            match &*file {
                Some(file) => linux::fs::write_all(file, &bytes).map_err(Trouble::File)?,
                None => io.out.put(&bytes),
            }
            tftp::acknowledgement(&mut self.packet, expected);
            if bytes.len() < self.block {
                self.socket.send_to(&self.packet, self.server)?;
                return Ok(());
            }
            expected = expected.wrapping_add(1);
        }
    }

    fn send(mut self, input: &mut Input<'_>) -> Result<(), Trouble> {
        let mut number = 0_u16;
        let mut is_last = false;
        loop {
            let is_first = number == 0 && !is_last;
            let options = self.ask(&mut |packet| match packet {
                Packet::Acknowledgement(block) if block == number => Some(None),
                Packet::Options(options) if is_first => Some(Some(options.to_vec())),
                _ => None,
            })?;
            match options {
                Some(options) if !self.agree(&options) => return Err(self.refuse()),
                None if is_first && self.packet.get(1) == Some(&2) => self.block = BLOCK,
                _ => {}
            }
            if is_last {
                return Ok(());
            }
            number = number.wrapping_add(1);
            self.packet.clear();
            tftp::data(&mut self.packet, number);
            let head = self.packet.len();
            let most = head + self.block;
            is_last = !input.read_some(&mut self.packet, most).map_err(Trouble::File)?;
        }
    }

    /// Tells the server that its options cannot be.
    fn refuse(&mut self) -> Trouble {
        self.packet.clear();
        tftp::error(&mut self.packet, 8, "bad option");
        let _ = self.socket.send_to(&self.packet, self.server);
        Trouble::Nonsense
    }
}

/// Gives what a server said, or what its number means.
fn said(code: u16, text: &[u8]) -> Vec<u8> {
    const WORDS: [&str; 9] = [
        "an error",
        "file not found",
        "access violation",
        "disk full",
        "illegal operation",
        "unknown transfer",
        "file already exists",
        "no such user",
        "bad option",
    ];
    let words = WORDS.get(usize::from(code)).copied().unwrap_or("an error");
    if text.is_empty() { words.as_bytes().to_vec() } else { text.to_vec() }
}
