//! What a server answers: its head, and a body as long as the head says.

use alloc::vec::Vec;

use formats::wire::http::{Chunks, Head, Status as StatusLine, status};
use linux::Errno;
use net::TcpStream;

use super::progress::Progress;
use super::target::Sink;
use super::{FILE, NETWORK, PASSWORD_ASKED, REFUSED};
use crate::{Io, Status};

/// The longest head that is read.
const LONGEST: usize = 256 << 10;

/// Bytes that are read at once.
const BLOCK: usize = 64 << 10;

/// An answer whose head has come.
pub(super) struct Answer {
    stream: TcpStream,
    /// The head, and what has come behind it.
    bytes: Vec<u8>,
}

impl Answer {
    /// Reads a head; nothing where none comes that could be one. Those that promise another (1xx) are passed over.
    pub(super) fn read(stream: TcpStream) -> linux::Result<Option<Self>> {
        let mut answer = Self { stream, bytes: Vec::new() };
        loop {
            if let Some(head) = Head::find(&answer.bytes) {
                match status(head.first) {
                    Err(_) => return Ok(None),
                    Ok(line) if (100..200).contains(&line.code) => drop(answer.bytes.drain(..head.length)),
                    Ok(_) => return Ok(Some(answer)),
                }
            } else if answer.bytes.len() > LONGEST || read(&answer.stream, &mut answer.bytes)? == 0 {
                return Ok(None);
            }
        }
    }

    pub(super) fn head(&self) -> Head<'_> {
        // It was found when this was made.
        Head::find(&self.bytes).unwrap_or(Head::EMPTY)
    }

    fn line(&self) -> StatusLine<'_> {
        status(self.head().first).unwrap_or(StatusLine { minor: 0, code: 0, reason: b"" })
    }

    pub(super) fn code(&self) -> u16 {
        self.line().code
    }

    /// Shows the head, as `-S` asks for.
    pub(super) fn show(&self, io: &mut Io<'_>) {
        let head = self.head();
        let mut line = |parts: &[&[u8]]| {
            io.err.put(b"  ");
            parts.iter().for_each(|part| io.err.printable(part));
            io.err.put(b"\n");
        };
        line(&[head.first]);
        head.fields().for_each(|(name, value)| line(&[name, b": ", value]));
        io.err.flush();
    }

    /// Says that the server refused, and how; gives the status for it.
    pub(super) fn complain(&mut self, io: &mut Io<'_>) -> Status {
        io.complain(b"server returned error", &self.head().first.escape_ascii());
        if self.code() == 401 { PASSWORD_ASKED } else { REFUSED }
    }
}

/// How the end of a body is known.
enum Framing {
    Chunks(Chunks),
    /// So many bytes are still to come.
    Length(u64),
    Close,
}

/// Writes a body to its place, to its end; the error is the status of what went wrong, which has been said.
pub(super) fn pour(
    io: &mut Io<'_>,
    answer: Answer,
    sink: &mut Sink,
    name: &[u8],
    offset: u64,
    shows: bool,
) -> Result<(), Status> {
    let failed = |io: &mut Io<'_>, status: Status, reason: &dyn core::fmt::Display| {
        io.complain(name, reason);
        status
    };
    let head = answer.head();
    let length = head.content_length().map_err(|error| failed(io, NETWORK, &error))?;
    let mut framing = match length {
        _ if head.is_chunked() => Framing::Chunks(Chunks::default()),
        _ if answer.code() == 204 => Framing::Length(0),
        Some(length) => Framing::Length(length),
        None => Framing::Close,
    };
    let total = length.filter(|_| !head.is_chunked()).map(|length| offset.saturating_add(length));
    let mut progress = Progress::new(io, name, offset, total, shows);
    let start = head.length;
    let Answer { stream, mut bytes } = answer;
    bytes.drain(..start);
    let mut done = offset;
    let mut data = Vec::new();
    loop {
        data.clear();
        let is_over = framing.take(&mut bytes, &mut data).map_err(|error| failed(io, NETWORK, &error))?;
        sink.write(io, &data).map_err(|errno| failed(io, FILE, &errno))?;
        done += data.len() as u64;
        progress.draw(io, done, is_over);
        if is_over {
            return Ok(());
        }
        match read(&stream, &mut bytes) {
            Ok(0) if matches!(framing, Framing::Close) => {
                progress.draw(io, done, true);
                return Ok(());
            }
            Ok(0) => {
                progress.draw(io, done, true);
                return Err(failed(io, NETWORK, &Incomplete { done, total }));
            }
            Ok(_) => {}
            Err(errno) => {
                let errno = if errno == Errno::AGAIN { Errno::TIMEDOUT } else { errno };
                progress.draw(io, done, true);
                return Err(failed(io, NETWORK, &format_args!("{errno}: {}", Incomplete { done, total })));
            }
        }
    }
}

/// How much of a file came.
struct Incomplete {
    done: u64,
    total: Option<u64>,
}

impl core::fmt::Display for Incomplete {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.total {
            Some(total) => write!(f, "incomplete: {} of {total} bytes", self.done),
            None => write!(f, "incomplete: {} bytes", self.done),
        }
    }
}

impl Framing {
    /// Takes what came; says whether that was the end.
    fn take(&mut self, bytes: &mut Vec<u8>, data: &mut Vec<u8>) -> Result<bool, formats::Error> {
        match self {
            Self::Chunks(chunks) => {
                chunks.take(bytes, data)?;
                bytes.clear();
                Ok(chunks.is_done())
            }
            Self::Length(left) => {
                let count = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                bytes.truncate(count);
                data.append(bytes);
                *left -= count as u64;
                Ok(*left == 0)
            }
            Self::Close => {
                data.append(bytes);
                Ok(false)
            }
        }
    }
}

impl Sink {
    fn write(&mut self, io: &mut Io<'_>, data: &[u8]) -> linux::Result<()> {
        match self {
            Self::File(file) => linux::fs::write_all(file, data),
            Self::Output => {
                io.out.put(data);
                // The frame says why; nothing more is fetched for it.
                if io.out.is_broken() { Err(Errno::PIPE) } else { Ok(()) }
            }
        }
    }
}

/// Reads behind what is there.
fn read(stream: &TcpStream, bytes: &mut Vec<u8>) -> linux::Result<usize> {
    let length = bytes.len();
    bytes.resize(length + BLOCK, 0);
    let room = bytes.get_mut(length..).unwrap_or_default();
    let result = linux::retry(|| linux::fs::read(stream, room));
    bytes.truncate(length + result.unwrap_or(0));
    result
}
