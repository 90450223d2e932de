//! `nc`: BusyBox's, with what scripts use of OpenBSD's (`-U -k -q -N`, ports as `20-30`, `-l PORT`).
//!
//! The end of input is told to the other end, and what still comes is waited for, as BusyBox does; OpenBSD's asks for `-N` to do
//! so. Behind `-e` stand a program and its words, up to the end of the line. `-z` ends with success if any of the ports is open.

use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

use linux::Errno;
use linux::fd::{AsFd, BorrowedFd};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{CloneFlags, Step};
use net::{LookupError, TcpListener, TcpStream, UdpSocket, UnixAddress, UnixListener, UnixStream};
use query::text::parse_decimal;

use super::exchange::{Exchange, Plain};
use super::reach::{Reach, shown};
use crate::process::launch;
use crate::{Applet, Arguments, Failure, Flag, Io, Outcome, Parsed, Run, Status, options, span};

pub(crate) const APPLET: Applet = Applet {
    name: "nc",
    summary: "Join standard input and output to a connection",
    usage: "[OPTION]... HOST PORT[-LAST]... [-e PROGRAM [WORD]...]\n-l [OPTION]... [[HOST] PORT] [-e PROGRAM [WORD]...]\n-U [-l] [OPTION]... PATH",
    flags: flags![
        Flag::new(b'l', "listen", "wait for a connection; given twice, for one after the other"),
        Flag::new(b'k', "keep-open", "with -l: for one after the other"),
        Flag::with(b'p', "port", "PORT", "the port of this end"),
        Flag::with(b's', "source", "ADDRESS", "the address of this end"),
        Flag::new(b'u', "udp", "datagrams in place of a stream"),
        Flag::new(b'U', "unixsock", "a socket of this machine, at PATH"),
        Flag::with(b'w', "wait", "TIME", "how long to connect, and to wait where nothing moves"),
        Flag::with(b'q', "quit", "TIME", "end so long after the end of input"),
        Flag::with(b'i', "interval", "TIME", "wait so long after each line that is sent"),
        Flag::new(b'z', "zero", "only see whether something listens there"),
        Flag::new(b'v', "verbose", "say what is done"),
        Flag::new(b'n', "nodns", "look no names up"),
        Flag::new(b'd', "no-stdin", "read no input"),
        Flag::new(b'N', "", "end the stream at the end of input, as is done anyway"),
        Flag::new(b'4', "", "IPv4 only"),
        Flag::new(b'6', "", "IPv6 only"),
        Flag::with(b'e', "exec", "PROGRAM", "run PROGRAM with the connection as its input and output"),
    ],
    run: Run::Words(words),
};

/// The options without a value that may stand with `-e` in one word.
const ALONE: &[u8] = b"lkuUzvndN46";

/// Splits the words of a program off, which are not ours to read.
fn words(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let is_last = |word: &&[u8]| match word {
        [b'-', alone @ .., b'e'] => alone.iter().all(|letter| ALONE.contains(letter)),
        _ => false,
    };
    let at = arguments.words.iter().position(is_last).filter(|at| at + 1 < arguments.words.len());
    let (own, program) = arguments.words.split_at(at.unwrap_or(arguments.words.len()));
    let mut own = own.to_vec();
    let mut program = program.get(1..).unwrap_or_default();
    let alone = at.and_then(|at| arguments.words.get(at)?.strip_suffix(b"e")).filter(|alone| alone.len() > 1);
    own.extend(alone);
    let mut outcome = options::parse(Arguments { words: &own, ..arguments }, io, false);
    if let Ok(parsed) = &mut outcome
        && parsed.operands.is_empty()
        && !parsed.has(b'l')
        && let Some((first, rest)) = program.split_at_checked(1)
    {
        // In the old order the program, which has no words then, stands before the place.
        parsed.operands.extend(rest);
        program = first;
    }
    let outcome = outcome.and_then(|parsed| {
        let only = parsed.value(b'e');
        run(io, &parsed, only.as_ref().map_or(program, core::slice::from_ref))
    });
    match outcome {
        Ok(status) | Err(Failure::Said(status)) => status,
        Err(Failure::System(error)) => io.complain(b"", &error),
    }
}

/// What is done with a connection.
struct Task<'a> {
    program: &'a [&'a [u8]],
    exchange: Exchange,
    is_verbose: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, program: &[&[u8]]) -> Outcome {
    let mut reach = Reach::new().map_err(|error| io.complain(b"", &error))?;
    reach.is_ipv6 = parsed.last_of(b"46").map(|key| key == b'6');
    reach.is_numeric = parsed.has(b'n');
    let [limit, after_input, interval] = [b'w', b'q', b'i'].map(|key| match parsed.value(key) {
        // Below zero it is for ever.
        Some(word) if word.starts_with(b"-") => Ok(None),
        Some(word) => span::parse(word).map(Some).ok_or(word),
        None => Ok(None),
    });
    let not_a_time = |word: &[u8], io: &mut Io<'_>| Failure::from(io.misuse(word, "not a time"));
    reach.limit = limit.map_err(|word| not_a_time(word, io))?;
    let exchange = Exchange {
        is_datagrams: parsed.has(b'u'),
        has_no_input: parsed.has(b'd'),
        idle: reach.limit,
        after_input: after_input.map_err(|word| not_a_time(word, io))?,
        interval: interval.map_err(|word| not_a_time(word, io))?,
    };
    let task = Task { program, exchange, is_verbose: parsed.has(b'v') };
    if parsed.has(b'U') {
        let [path] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
        return Ok(task.unix(io, parsed, path));
    }
    let protocol = if parsed.has(b'u') { "udp" } else { "tcp" };
    if let Some(word) = parsed.value(b'p') {
        reach.source_port = reach.port(word, protocol).map_err(|error| io.complain(word, &error))?;
    }
    if let Some(word) = parsed.value(b's') {
        let found = reach.addresses(word, 0).map_err(|error| io.complain(word, &error))?;
        reach.source = found.first().map(SocketAddr::ip);
    }
    if parsed.has(b'l') {
        return listen(io, parsed, reach, &task, protocol);
    }
    match parsed.operands.as_slice() {
        [host, ports @ ..] if !ports.is_empty() => Ok(connect(io, parsed, &reach, &task, host, ports)),
        _ => Ok(parsed.usage(io)),
    }
}

fn listen(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    mut reach: Reach,
    task: &Task<'_>,
    protocol: &str,
) -> Outcome {
    let (host, port) = match (parsed.operands.as_slice(), reach.source_port) {
        ([], 0) => return Ok(parsed.usage(io)),
        // OpenBSD's nc takes the port of its own end with either form.
        ([], _) => (None, None),
        ([port], 0) => (None, Some(*port)),
        ([host, port], 0) => (Some(*host), Some(*port)),
        // With a port of this end said, BusyBox's has nothing but an address here.
        ([host], _) => (Some(*host), None),
        _ => return Ok(parsed.usage(io)),
    };
    if let Some(word) = port {
        reach.source_port = reach.port(word, protocol).map_err(|error| io.complain(word, &error))?;
    }
    if let Some(word) = host {
        let found = reach.addresses(word, 0).map_err(|error| io.complain(word, &error))?;
        reach.source = found.first().map(SocketAddr::ip);
    }
    let keeps = parsed.has(b'k') || parsed.values(b'l').count() > 1;
    let places = reach.listening(reach.source_port);
    if parsed.has(b'u') {
        return Ok(task.datagrams(io, &places, keeps));
    }
    let (listener, place) =
        first(&places, TcpListener::bind).map_err(|errno| io.complain(b"listen", &errno))?;
    task.say_listening(io, listener.local_address().unwrap_or(place));
    loop {
        if !is_in_time(listener.as_fd(), reach.limit) {
            return Ok(io.complain(b"", &Errno::TIMEDOUT));
        }
        let (stream, from) = listener.accept().map_err(|errno| io.complain(b"accept", &errno))?;
        if task.is_verbose {
            let own = stream.local_address().map(shown).unwrap_or_default();
            io.err.put(&[b"connect to ", &own[..], b" from ", &shown(from), b"\n"].concat());
            io.err.flush();
        }
        let status = task.serve(io, stream.as_fd(), keeps);
        if !keeps {
            return Ok(status);
        }
    }
}

/// Tries one place after the other; gives what the first one that works made, or why the first one did not.
fn first<T>(
    places: &[SocketAddr],
    make: impl Fn(SocketAddr) -> linux::Result<T>,
) -> linux::Result<(T, SocketAddr)> {
    let mut failure = None;
    for place in places {
        match make(*place) {
            Ok(made) => return Ok((made, *place)),
            Err(errno) => failure = failure.or(Some(errno)),
        }
    }
    Err(failure.unwrap_or(Errno::ADDRNOTAVAIL))
}

/// Waits for something to read; false when that takes too long.
fn is_in_time(descriptor: BorrowedFd<'_>, limit: Option<Duration>) -> bool {
    let mut list = [PollFd::borrowed(descriptor, PollFlags::IN)];
    linux::retry(|| poll(&mut list, limit)) != Ok(0)
}

/// Connects to a host: to the only port, or to each of several to see whether it is open.
fn connect(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    reach: &Reach,
    task: &Task<'_>,
    host: &[u8],
    words: &[&[u8]],
) -> Status {
    let is_udp = parsed.has(b'u');
    let mut ports = Vec::new();
    for word in words {
        match range(reach, word, if is_udp { "udp" } else { "tcp" }) {
            Ok(range) => ports.extend(range),
            Err(error) => return io.complain(word, &error),
        }
    }
    let mut status = Status::FAILURE;
    for (at, port) in ports.iter().enumerate() {
        if let Some(interval) = task.exchange.interval.filter(|_| at > 0) {
            linux::time::sleep(interval);
        }
        let served = if is_udp {
            task.to_datagrams(io, reach, host, *port, parsed.has(b'z'))
        } else {
            task.to_stream(io, reach, host, *port, parsed.has(b'z'))
        };
        if served == Status::SUCCESS || !parsed.has(b'z') {
            status = served;
        }
    }
    status
}

/// Reads `PORT` or `FIRST-LAST`.
fn range(reach: &Reach, word: &[u8], protocol: &str) -> Result<core::ops::RangeInclusive<u16>, LookupError> {
    let number = |word| parse_decimal(word).and_then(|port| u16::try_from(port).ok());
    let at = word.iter().position(|byte| *byte == b'-');
    let ends = at.and_then(|at| Some((number(word.get(..at)?)?, number(word.get(at + 1..)?)?)));
    match ends {
        Some((first, last)) => Ok(first.min(last)..=first.max(last)),
        None => reach.port(word, protocol).map(|port| port..=port),
    }
}

impl Task<'_> {
    fn say_listening(&self, io: &mut Io<'_>, place: SocketAddr) {
        if self.is_verbose {
            io.err.put(&[b"listening on ", &shown(place)[..], b" ...\n"].concat());
            io.err.flush();
        }
    }

    fn say_open(&self, io: &mut Io<'_>, host: &[u8], address: Option<SocketAddr>) {
        if self.is_verbose {
            io.err.printable(host);
            let address = address.map(shown).unwrap_or_default();
            io.err.put(&[b" (", &address[..], b") open\n"].concat());
            io.err.flush();
        }
    }

    fn to_stream(&self, io: &mut Io<'_>, reach: &Reach, host: &[u8], port: u16, only_looks: bool) -> Status {
        let stream: TcpStream = match reach.connect(host, port) {
            Ok(stream) => stream,
            Err(_) if only_looks && !self.is_verbose => return Status::FAILURE,
            Err(error) => {
                let mut place = host.to_vec();
                place.push(b' ');
                query::text::decimal(port.into(), &mut place);
                return io.complain(&place, &error);
            }
        };
        self.say_open(io, host, stream.peer_address().ok());
        if only_looks { Status::SUCCESS } else { self.serve(io, stream.as_fd(), false) }
    }

    fn to_datagrams(
        &self,
        io: &mut Io<'_>,
        reach: &Reach,
        host: &[u8],
        port: u16,
        only_looks: bool,
    ) -> Status {
        let addresses = match reach.addresses(host, port) {
            Ok(addresses) => addresses,
            Err(error) => return io.complain(host, &error),
        };
        let make = |address| match reach.own(address) {
            None => UdpSocket::connected(address),
            Some(own) => UdpSocket::bind(own).and_then(|socket| socket.connect(address).map(|()| socket)),
        };
        let (socket, address) = match first(&addresses, make) {
            Ok(made) => made,
            Err(errno) => return io.complain(host, &errno),
        };
        if only_looks {
            /// An answer that there is nobody comes at once from a machine that gives it at all.
            const REFUSED: Duration = Duration::from_secs(1);
            // There is no other way to ask than to send something.
            let sent = socket.send(b"\n");
            let limit = Some(reach.limit.unwrap_or(REFUSED).min(REFUSED));
            if sent.is_err() || is_in_time(socket.as_fd(), limit) && socket.recv(&mut [0; 1]).is_err() {
                return Status::FAILURE;
            }
        }
        self.say_open(io, host, Some(address));
        if only_looks { Status::SUCCESS } else { self.serve(io, socket.as_fd(), false) }
    }

    /// Waits for a datagram, and talks to its sender; or takes those of all.
    fn datagrams(&self, io: &mut Io<'_>, places: &[SocketAddr], keeps: bool) -> Status {
        let (socket, place) = match first(places, UdpSocket::bind) {
            Ok(made) => made,
            Err(errno) => return io.complain(b"listen", &errno),
        };
        self.say_listening(io, socket.local_address().unwrap_or(place));
        if !keeps {
            if !is_in_time(socket.as_fd(), self.exchange.idle) {
                return io.complain(b"", &Errno::TIMEDOUT);
            }
            let from = linux::retry(|| socket.peek_from(&mut [0; 1]));
            if let Err(errno) = from.and_then(|(_, from)| socket.connect(from)) {
                return io.complain(b"connect", &errno);
            }
            return self.serve(io, socket.as_fd(), false);
        }
        let exchange = Exchange { has_no_input: true, is_datagrams: true, ..Exchange::default() };
        let result = exchange.run(io, socket.as_fd(), &mut Plain);
        io.report(b"", result)
    }

    fn unix(&self, io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8]) -> Status {
        let address = match UnixAddress::path(path) {
            Ok(address) => address,
            Err(errno) => return io.complain(path, &errno),
        };
        if !parsed.has(b'l') {
            return match UnixStream::connect(&address) {
                Ok(_) if parsed.has(b'z') => Status::SUCCESS,
                Ok(stream) => self.serve(io, stream.as_fd(), false),
                Err(errno) => io.complain(path, &errno),
            };
        }
        let listener = match UnixListener::bind(&address) {
            Ok(listener) => listener,
            Err(errno) => return io.complain(path, &errno),
        };
        let keeps = parsed.has(b'k') || parsed.values(b'l').count() > 1;
        let status = loop {
            if !is_in_time(listener.as_fd(), self.exchange.idle) {
                break io.complain(path, &Errno::TIMEDOUT);
            }
            let status = match listener.accept() {
                Ok(stream) => self.serve(io, stream.as_fd(), keeps),
                Err(errno) => break io.complain(path, &errno),
            };
            if !keeps {
                break status;
            }
        };
        let _ = linux::fs::unlink(path);
        status
    }

    /// Does with a connection what is to be done. A program of one that is not the last runs beside those of others.
    fn serve(&self, io: &mut Io<'_>, socket: BorrowedFd<'_>, goes_on: bool) -> Status {
        if self.program.is_empty() {
            let result = self.exchange.run(io, socket, &mut Plain);
            return io.report(b"", result);
        }
        let steps = [Step::Put(socket, 0), Step::Put(socket, 1)];
        if !goes_on {
            return launch::run(io, self.program, &steps, CloneFlags::empty());
        }
        launch::reap();
        launch::child(io, self.program, &steps, CloneFlags::empty(), None)
            .map_or_else(|status| status, |_| Status::SUCCESS)
    }
}
