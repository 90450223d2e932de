//! A lookup on sockets: does what the machine asks for, and tells it what comes.

use alloc::vec::Vec;
use core::net::SocketAddr;

use formats::time::Duration;
use formats::wire::dns::{Frames, Kind, frame};
use io::{Read, Write};
use linux::fd::{AsFd, BorrowedFd};
use linux::net::{MessageFlags, recv};
use linux::poll::{PollFd, PollFlags, poll};
use linux::random::{RandomFlags, getrandom};
use linux::time::monotonic;
use linux::{Errno, Result, retry};
use protocols::dns::{Action, Answer, Config, Event, Failure, Lookup, Transport};

use super::LookupError;
use crate::{Socket, TcpStream, UdpSocket};

/// Bytes of a datagram that is received: more than we ask for, for servers that do not listen.
const ROOM: usize = 4096;
/// Where a message says that it was cut (RFC 1035 section 4.1.1): the byte, and the bit.
const CUT: (usize, u8) = (2, 1 << 1);

/// Gives the time of the machines.
pub(crate) fn now() -> Duration {
    monotonic().into()
}

/// Gives a number that nobody can guess.
fn random() -> u16 {
    let mut bytes = [0; 2];
    // Early in a boot the kernel waits for its pool.
    match retry(|| getrandom(&mut bytes, RandomFlags::empty())) {
        Ok(2) => u16::from_ne_bytes(bytes),
        // A kernel before 3.17: what is left is the clock.
        _ => now().as_nanos() as u16,
    }
}

/// A socket to a server.
#[derive(Debug)]
enum Line {
    /// Of datagrams.
    Datagrams(UdpSocket, SocketAddr),
    /// A stream: what is still to be sent, and what has come.
    Stream(TcpStream, Vec<u8>, Frames),
}

impl Line {
    fn open(server: SocketAddr, transport: Transport, messages: &[Vec<u8>]) -> Result<Self> {
        match transport {
            Transport::Datagram => {
                let socket = UdpSocket::connected(server)?;
                socket.set_nonblocking(true)?;
                for message in messages {
                    socket.send(message)?;
                }
                Ok(Self::Datagrams(socket, server))
            }
            Transport::Stream => {
                let mut out = Vec::new();
                messages.iter().for_each(|message| frame(&mut out, message));
                Ok(Self::Stream(TcpStream::begin(server)?, out, Frames::new()))
            }
        }
    }

    fn descriptor(&self) -> (BorrowedFd<'_>, PollFlags) {
        match self {
            Self::Datagrams(socket, _) => (socket.as_fd(), PollFlags::IN),
            Self::Stream(stream, out, _) if out.is_empty() => (stream.as_fd(), PollFlags::IN),
            Self::Stream(stream, ..) => (stream.as_fd(), PollFlags::OUT),
        }
    }
}

/// A lookup under way.
#[derive(Debug)]
pub(crate) struct Running {
    lookup: Lookup<fn() -> u16>,
    lines: Vec<(u32, Line)>,
}

impl Running {
    pub(crate) fn begin(
        config: Config,
        name: &str,
        kinds: &[Kind],
    ) -> core::result::Result<Self, formats::Error> {
        let random: fn() -> u16 = random;
        let lookup = Lookup::new(config, name, kinds, random, now())?;
        let mut running = Self { lookup, lines: Vec::new() };
        running.act();
        Ok(running)
    }

    pub(crate) fn answer(&self, kind: Kind) -> Option<&Answer> {
        self.lookup.answer(kind)
    }

    pub(crate) fn outcome(&self) -> Option<core::result::Result<(), Failure>> {
        self.lookup.outcome()
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.lookup.deadline()
    }

    /// Says whether nothing that the lookup waits for can add an address.
    pub(crate) fn is_settled(&self) -> bool {
        ![Kind::A, Kind::AAAA].into_iter().any(|kind| self.lookup.is_open(kind))
    }

    /// Gives what to wait for.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = PollFd<'_>> {
        self.lines.iter().map(|(_, line)| {
            let (descriptor, wanted) = line.descriptor();
            PollFd::borrowed(descriptor, wanted)
        })
    }

    /// Goes on with what came, in the order of [`descriptors`](Self::descriptors), and with the clock.
    pub(crate) fn came(&mut self, ready: &[bool]) {
        let ready: Vec<u32> = self
            .lines
            .iter()
            .zip(ready)
            .filter(|(_, ready)| **ready)
            .map(|((number, _), _)| *number)
            .collect();
        for number in ready {
            self.take(number);
            self.act();
        }
        self.lookup.handle(Event::Deadline, now());
        self.act();
    }

    /// Says whether it has found what it can.
    pub(crate) fn has_ended(&self) -> core::result::Result<bool, LookupError> {
        match self.outcome() {
            Some(Err(failure)) => Err(LookupError::Failed(failure)),
            ended => Ok(ended.is_some()),
        }
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> core::result::Result<Self, LookupError> {
        while !self.has_ended()? {
            let ready = wait(&mut self.descriptors().collect::<Vec<_>>(), self.deadline())?;
            self.came(&ready);
        }
        Ok(self)
    }

    /// Does what the machine asks for. What fails at once is told at once.
    fn act(&mut self) {
        while let Some(action) = self.lookup.next_action() {
            match action {
                Action::Open { exchange, server, transport, messages } => {
                    match Line::open(server, transport, &messages) {
                        Ok(line) => self.lines.push((exchange, line)),
                        Err(_) => self.lookup.handle(Event::Failed { exchange }, now()),
                    }
                }
                Action::Close { exchange } => self.lines.retain(|(number, _)| *number != exchange),
            }
        }
    }

    /// Takes what came on one line.
    fn take(&mut self, exchange: u32) {
        let Some((_, line)) = self.lines.iter_mut().find(|(number, _)| *number == exchange) else { return };
        let mut buffer = [0; ROOM];
        let taken = match line {
            Line::Datagrams(socket, server) => {
                recv(socket, &mut buffer, MessageFlags::TRUNCATED).map(|count| {
                    if let Some(flags) = buffer.get_mut(CUT.0).filter(|_| count > ROOM) {
                        // What found no room is fetched as if the server had left it out.
                        *flags |= CUT.1;
                    }
                    let bytes = buffer.get(..count.min(ROOM)).unwrap_or_default();
                    // The kernel lets only the server's datagrams into a connected socket.
                    self.lookup.handle(Event::Datagram { exchange, from: *server, bytes }, now());
                })
            }
            Line::Stream(stream, out, frames) if out.is_empty() => match stream.read(&mut buffer) {
                Ok(0) => Err(Errno::PIPE),
                Ok(count) => {
                    frames.push(buffer.get(..count).unwrap_or_default());
                    while let Some(bytes) = frames.next_message() {
                        self.lookup.handle(Event::Message { exchange, bytes }, now());
                    }
                    Ok(())
                }
                Err(errno) => Err(errno),
            },
            Line::Stream(stream, out, _) => stream.write(out).map(|count| drop(out.drain(..count))),
        };
        match taken {
            Ok(()) | Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.lookup.handle(Event::Failed { exchange }, now()),
        }
    }
}

/// Waits for descriptors until a time; says of each whether something came.
pub(crate) fn wait(descriptors: &mut [PollFd<'_>], until: Option<Duration>) -> Result<Vec<bool>> {
    match poll(descriptors, left(until)) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(errno) => return Err(errno),
    }
    Ok(ready(descriptors))
}

/// Gives how long it is until a time.
pub(crate) fn left(until: Option<Duration>) -> Option<core::time::Duration> {
    until.map(|until| until.saturating_sub(now()).into())
}

/// Says of each descriptor whether something came.
pub(crate) fn ready(descriptors: &[PollFd<'_>]) -> Vec<bool> {
    descriptors.iter().map(PollFd::is_ready).collect()
}
