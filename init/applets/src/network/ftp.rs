//! What `ftpget` and `ftpput` share: a connection for commands, and one for each file (RFC 959). Files go as they are, over connections
//! that this end makes: by EPSV, else by PASV, of which only the port is believed.

use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use formats::wire::ftp::{extended_passive, passive, reply};
use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use net::{ConnectError, LookupError, Socket, TcpStream};

use super::reach::Reach;
use crate::{Flag, Flags, Io, Parsed, sandbox};

pub(super) const FLAGS: Flags = flags![
    Flag::new(b'c', "continue", "go on where the file ends"),
    Flag::new(b'v', "verbose", "show what is said"),
    Flag::with(b'u', "username", "NAME", "who we are (anonymous)"),
    Flag::with(b'p', "password", "TEXT", "the password (busybox)"),
    Flag::with(b'P', "port", "PORT", "the port of the server (21)"),
];

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest reply that is read.
const LONGEST: usize = 64 << 10;

/// Why it goes no further.
pub(super) enum Trouble {
    Connect(ConnectError),
    System(Errno),
    /// What the server said.
    Refused(u16, Vec<u8>),
    /// The connection ended.
    Ended,
}

impl From<Errno> for Trouble {
    fn from(errno: Errno) -> Self {
        Self::System(if errno == Errno::AGAIN { Errno::TIMEDOUT } else { errno })
    }
}

impl From<LookupError> for Trouble {
    fn from(error: LookupError) -> Self {
        Self::Connect(error.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::System(errno) => errno.fmt(f),
            Self::Refused(code, text) => write!(f, "server says: {code} {}", text.escape_ascii()),
            Self::Ended => f.write_str("the server has ended the connection"),
        }
    }
}

/// A connection for commands.
pub(super) struct Session {
    stream: TcpStream,
    server: SocketAddr,
    bytes: Vec<u8>,
    is_verbose: bool,
}

impl Session {
    /// Connects to a host, and logs in; gives up all files first but those in the folder that is written to.
    pub(super) fn begin(
        io: &mut Io<'_>,
        parsed: &Parsed<'_>,
        host: &[u8],
        folder: Option<&OwnedFd>,
    ) -> Result<Self, Trouble> {
        let mut reach = Reach::new()?;
        reach.limit = Some(PATIENCE);
        let port = parsed.value(b'P').map_or(Ok(21), |word| reach.port(word, "tcp"))?;
        match folder {
            Some(folder) => sandbox::to_folders(&[(folder.as_fd(), sandbox::WRITING)]),
            None => sandbox::to_open_files(),
        }
        let stream = reach.connect(host, port).map_err(Trouble::Connect)?;
        let server = stream.peer_address()?;
        patient(&stream)?;
        let mut session = Self { stream, server, bytes: Vec::new(), is_verbose: parsed.has(b'v') };
        session.expect(io, 2)?;
        let user = parsed.value(b'u').unwrap_or(b"anonymous");
        let (code, _) = session.ask(io, b"USER ", user)?;
        if code == 331 {
            let password = parsed.value(b'p').unwrap_or(b"busybox");
            session.send(b"PASS ", password)?;
            session.expect(io, 2)?;
        }
        session.send(b"TYPE I", b"")?;
        session.expect(io, 2)?;
        Ok(session)
    }

    fn send(&mut self, command: &[u8], word: &[u8]) -> Result<(), Trouble> {
        // A line's end in a name would be another command.
        if word.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            return Err(Trouble::System(Errno::INVAL));
        }
        let mut stream = &self.stream;
        io::Write::write_all(&mut stream, &[command, word, b"\r\n"].concat())?;
        Ok(())
    }

    /// Gives the next reply.
    fn reply(&mut self, io: &mut Io<'_>) -> Result<(u16, Vec<u8>), Trouble> {
        loop {
            if let Some((code, text, length)) = reply(&self.bytes) {
                let text = text.to_vec();
                if self.is_verbose {
                    io.err.printable(self.bytes.get(..length).unwrap_or_default().trim_ascii_end());
                    io.err.put(b"\n");
                    io.err.flush();
                }
                self.bytes.drain(..length);
                return Ok((code, text));
            }
            let length = self.bytes.len();
            if length > LONGEST {
                return Err(Trouble::Ended);
            }
            self.bytes.resize(length + 1024, 0);
            let room = self.bytes.get_mut(length..).unwrap_or_default();
            let count = linux::retry(|| linux::fs::read(&self.stream, room));
            self.bytes.truncate(length + count.unwrap_or(0));
            if count? == 0 {
                return Err(Trouble::Ended);
            }
        }
    }

    /// Gives the next reply, whose code must begin with this digit.
    pub(super) fn expect(&mut self, io: &mut Io<'_>, digit: u16) -> Result<(u16, Vec<u8>), Trouble> {
        match self.reply(io)? {
            (code, text) if code / 100 == digit => Ok((code, text)),
            (code, text) => Err(Trouble::Refused(code, text)),
        }
    }

    /// Says something, and gives the reply, unless that refuses it.
    pub(super) fn ask(
        &mut self,
        io: &mut Io<'_>,
        command: &[u8],
        word: &[u8],
    ) -> Result<(u16, Vec<u8>), Trouble> {
        self.send(command, word)?;
        match self.reply(io)? {
            (code, text) if code >= 400 || code == 0 => Err(Trouble::Refused(code, text)),
            found => Ok(found),
        }
    }

    /// Opens the connection of a file. What the server says of another address than its own is not followed.
    pub(super) fn open(&mut self, io: &mut Io<'_>) -> Result<TcpStream, Trouble> {
        let port = match self.ask(io, b"EPSV", b"") {
            Ok((229, text)) => extended_passive(&text),
            Ok(_) | Err(Trouble::Refused(..)) => None,
            Err(trouble) => return Err(trouble),
        };
        let port = match port {
            Some(port) => port,
            None => {
                let (code, text) = self.ask(io, b"PASV", b"")?;
                passive(&text).ok_or(Trouble::Refused(code, text))?.1
            }
        };
        let mut place = self.server;
        place.set_port(port);
        let stream = TcpStream::connect_timeout(place, PATIENCE)?;
        patient(&stream)?;
        Ok(stream)
    }

    /// Hears that a file has gone over whole, and ends.
    pub(super) fn end(mut self, io: &mut Io<'_>) -> Result<(), Trouble> {
        self.expect(io, 2)?;
        // Nothing depends on how it takes leave.
        let _ = self.send(b"QUIT", b"");
        Ok(())
    }
}

fn patient(stream: &TcpStream) -> linux::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))
}

/// Gives the host and the two names that the operands are: where there is but one, both are that.
pub(super) fn names<'a>(parsed: &Parsed<'a>) -> Option<(&'a [u8], &'a [u8], &'a [u8])> {
    match parsed.operands.as_slice() {
        [host, one] => Some((*host, *one, *one)),
        [host, one, other] => Some((*host, *one, *other)),
        _ => None,
    }
}
