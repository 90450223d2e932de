//! `telnet`: BusyBox's. Where the server echoes, the terminal gives each key at once, and shows nothing by itself. Control-] ends
//! it.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::SocketAddr;

use formats::internet::Shown;
use linux::fd::{AsFd, BorrowedFd};
use linux::terminal::{self, SetWhen, Termios};
use net::TcpStream;
use protocols::telnet::Client;

use super::exchange::{Exchange, Filter};
use super::reach::Reach;
use crate::{Applet, Flag, Io, Keeps, Outcome, Parsed, Run, sandbox};

pub(crate) const APPLET: Applet = Applet {
    name: "telnet",
    summary: "Talk to a host, as from a terminal of its own",
    usage: "[OPTION]... HOST [PORT]",
    flags: flags![
        Flag::new(b'a', "", "tell who you are (USER)"),
        Flag::with(b'l', "user", "NAME", "tell that you are NAME"),
        Flag::new(b'4', "", "IPv4 only"),
        Flag::new(b'6', "", "IPv6 only"),
    ],
    run: Run::Confined(Keeps::Needed, run),
};

/// Control-].
const END: u8 = 0x1d;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (host, port) = match parsed.operands.as_slice() {
        [host] => (*host, &b"23"[..]),
        [host, port] => (*host, *port),
        _ => return Ok(parsed.usage(io)),
    };
    let mut reach = Reach::new().map_err(|error| io.complain(b"", &error))?;
    reach.is_ipv6 = parsed.last_of(b"46").map(|key| key == b'6');
    let port = reach.port(port, "tcp").map_err(|error| io.complain(port, &error))?;
    let stream: TcpStream = reach.connect(host, port).map_err(|error| io.complain(host, &error))?;
    let user = parsed.value(b'l').or_else(|| io.variable("USER").filter(|_| parsed.has(b'a')));
    let input = io.input.descriptor().filter(|input| terminal::is_terminal(*input));
    let mut session = Session {
        client: Client::new(io.variable("TERM").unwrap_or(b"dumb"), size(input), user),
        terminal: input.and_then(|input| terminal::settings(input).ok().map(|settings| (input, settings))),
        is_raw: false,
    };
    if let Ok(address) = stream.peer_address() {
        let address: SocketAddr = address;
        let end: &[u8] = if session.terminal.is_some() { b"; ^] ends it\n" } else { b"\n" };
        io.out.put(&[b"Connected to ", Shown(address.ip()).to_string().as_bytes(), end].concat());
        io.out.flush();
    }
    // Requests of the terminal are those of one that is open already.
    sandbox::to_open_files();
    let result = Exchange::default().run(io, stream.as_fd(), &mut session);
    Ok(io.report(host, result))
}

fn size(terminal: Option<BorrowedFd<'_>>) -> (u16, u16) {
    let size = terminal.and_then(|terminal| terminal::size(terminal).ok());
    size.filter(|size| size.columns > 0).map_or((80, 24), |size| (size.columns, size.rows))
}

/// What lies between the terminal and the connection.
struct Session<'t> {
    client: Client,
    /// The terminal, and its settings of before.
    terminal: Option<(BorrowedFd<'t>, Termios)>,
    is_raw: bool,
}

impl Filter for Session<'_> {
    fn typed(&mut self, io: &mut Io<'_>, bytes: &[u8], to_send: &mut Vec<u8>) -> bool {
        self.client.resize(size(self.terminal.map(|(terminal, _)| terminal)), to_send);
        if self.terminal.is_some() && bytes.contains(&END) {
            io.err.put(b"\r\nClosed\r\n");
            return false;
        }
        let mut lines = bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')).peekable();
        while let Some(line) = lines.next() {
            let (text, end) = match line.split_last() {
                // The line feed behind it stands for both.
                Some((b'\r', text)) if lines.peek() == Some(&&b"\n"[..]) => (text, &b""[..]),
                // A key for the end of a line; the lines of a terminal, and of anything else, end with one byte, too.
                Some((b'\r', text)) => (text, &b"\r\0"[..]),
                Some((b'\n', text)) => (text, &b"\r\n"[..]),
                _ => (line, &b""[..]),
            };
            self.client.escape(text, to_send);
            to_send.extend_from_slice(end);
        }
        true
    }

    fn came(&mut self, io: &mut Io<'_>, bytes: &[u8], to_send: &mut Vec<u8>) {
        let mut shown = Vec::new();
        self.client.take(bytes, &mut shown, to_send);
        io.out.put(&shown);
        if self.client.is_character_mode() != self.is_raw
            && let Some((terminal, before)) = self.terminal
        {
            self.is_raw = self.client.is_character_mode();
            let settings = if self.is_raw { before.raw() } else { before };
            // On a terminal that is gone nothing more is typed either.
            let _ = terminal::set_settings(terminal, SetWhen::Drained, &settings);
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if let Some((terminal, before)) = self.terminal {
            let _ = terminal::set_settings(terminal, SetWhen::Drained, &before);
        }
    }
}
