//! Programs as answers (RFC 3875): their environment, the body that they read, the head that they write.

use alloc::ffi::CString;
use alloc::vec::Vec;

use formats::wire::http::Head;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Access, OpenFlags, PipeFlags, faccess, pipe, set_status_flags};
use linux::net::{MessageFlags, recv};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{CloneFlags, Step};
use linux::{Errno, retry};
use query::text::decimal;

use super::connection::Connection;
use super::file;
use super::reply::Reply;
use crate::Io;
use crate::process::launch::{self, Launch};

/// The longest head of a program's answer.
const LONGEST: usize = 64 << 10;

/// Runs what a path names, and answers with what it writes; gives the code.
pub(super) fn run(io: &mut Io<'_>, connection: &Connection<'_>) -> Result<u16, u16> {
    let (script, behind) = split(connection)?;
    let interpreter = connection.settings.interpreter(script);
    let relative = script.strip_prefix(b"/").unwrap_or(script);
    if interpreter.is_none() && faccess(connection.root.as_fd(), relative, Access::EXECUTE).is_err() {
        return Err(403);
    }
    let length = connection.head.content_length().map_err(|_| 400_u16)?;
    if connection.head.is_chunked() {
        return Err(413);
    }
    let body = connection.bytes.get(connection.head.length..).unwrap_or_default();
    let environment = environment(connection, script, behind, length);
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    let (folder, name) =
        script.split_at(script.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1));
    let folder = [connection.settings.home(), b"/", folder].concat();
    let path = [b"./", name].concat();
    let words: Vec<&[u8]> = interpreter.into_iter().chain([&path[..]]).collect();
    let launch = Launch::new(&words, &environment).ok_or(500_u16)?;
    let folder = CString::new(folder).map_err(|_| 400_u16)?;
    let (input, own_input) = pipe(PipeFlags::CLOSE_ON_EXEC).map_err(|_| 500_u16)?;
    let (own_output, output) = pipe(PipeFlags::CLOSE_ON_EXEC).map_err(|_| 500_u16)?;
    let steps = [Step::Folder(&folder), Step::Put(input.as_fd(), 0), Step::Put(output.as_fd(), 1)];
    let child = launch.start(&steps, CloneFlags::empty(), None).map_err(|(_, errno)| {
        io.complain(script, &errno);
        500_u16
    })?;
    drop((input, output));
    let mut relay = Relay {
        connection,
        to_child: Some(own_input),
        pending: body.to_vec(),
        left: length.unwrap_or(0).saturating_sub(body.len() as u64),
        head: Vec::new(),
        code: None,
    };
    relay.pending.truncate(usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX));
    let _ = relay.run(&own_output);
    drop(own_output);
    let _ = launch::wait(child);
    relay.code.ok_or(500)
}

/// Splits the path of a program from what is behind it.
fn split<'c>(connection: &'c Connection<'_>) -> Result<(&'c [u8], &'c [u8]), u16> {
    let path = connection.path.as_slice();
    let ends = path.iter().enumerate().filter(|(at, byte)| **byte == b'/' && *at > 0).map(|(at, _)| at);
    for end in ends.chain([path.len()]) {
        let (script, behind) = path.split_at(end);
        match file::open(&connection.root, script).and_then(|file| file.metadata()) {
            Ok(about) if about.kind() == linux::fs::FileKind::Regular => return Ok((script, behind)),
            Ok(_) => {}
            Err(errno) => return Err(file::code(errno)),
        }
    }
    Err(403)
}

fn environment(
    connection: &Connection<'_>,
    script: &[u8],
    behind: &[u8],
    length: Option<u64>,
) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut add = |name: &str, value: &[u8]| all.push([name.as_bytes(), b"=", value].concat());
    let number = |value: u64| {
        let mut text = Vec::new();
        decimal(value, &mut text);
        text
    };
    let head = connection.head;
    let (address, port) = match connection.peer.iter().rposition(|byte| *byte == b':') {
        Some(at) => connection.peer.split_at(at),
        None => (connection.peer, &b""[..]),
    };
    let own = connection.stream.local_address().map_or(0, |own| own.port());
    let host = head.field("Host").unwrap_or_default();
    add("PATH", b"/bin:/sbin:/usr/bin:/usr/sbin");
    add("GATEWAY_INTERFACE", b"CGI/1.1");
    add("SERVER_SOFTWARE", b"spelunk httpd");
    add("SERVER_PROTOCOL", if connection.request.minor == 0 { b"HTTP/1.0" } else { b"HTTP/1.1" });
    add("SERVER_NAME", host.split(|byte| *byte == b':').next().unwrap_or_default());
    add("SERVER_PORT", &number(own.into()));
    add("REQUEST_METHOD", connection.request.method);
    add("REQUEST_URI", connection.request.target);
    add("SCRIPT_NAME", script);
    add("SCRIPT_FILENAME", &[connection.settings.home(), script].concat());
    add("PATH_INFO", behind);
    add("QUERY_STRING", connection.query);
    add(
        "REMOTE_ADDR",
        address.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(address),
    );
    add("REMOTE_PORT", port.strip_prefix(b":").unwrap_or(port));
    if let Some(user) = &connection.user {
        add("REMOTE_USER", user);
        add("AUTH_TYPE", b"Basic");
    }
    if let Some(length) = length {
        add("CONTENT_LENGTH", &number(length));
    }
    add("CONTENT_TYPE", head.field("Content-Type").unwrap_or_default());
    for (name, value) in head.fields() {
        let is_word = name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        // The first three stand above; a password is none of the program's business; the last one is taken by other programs for
        // the variable of the same name (httpoxy).
        let own: [&[u8]; 4] = [b"content-length", b"content-type", b"authorization", b"proxy"];
        if is_word && !own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            let name = name.iter().map(|byte| if *byte == b'-' { b'_' } else { byte.to_ascii_uppercase() });
            all.push(
                b"HTTP_".iter().copied().chain(name).chain([b'=']).chain(value.iter().copied()).collect(),
            );
        }
    }
    all
}

/// What goes between the connection and the program.
struct Relay<'a, 'c> {
    connection: &'a Connection<'c>,
    /// Where the program reads; closed at the end of the body.
    to_child: Option<OwnedFd>,
    /// What it has not read yet.
    pending: Vec<u8>,
    /// How much of the body is still to come.
    left: u64,
    /// What the program has written, as long as that is not a whole head.
    head: Vec<u8>,
    code: Option<u16>,
}

impl Relay<'_, '_> {
    /// Moves bytes both ways until the program has written all.
    fn run(&mut self, from_child: &OwnedFd) -> linux::Result<()> {
        if let Some(to_child) = &self.to_child {
            set_status_flags(to_child, OpenFlags::WRITE | OpenFlags::NONBLOCK)?;
        }
        let mut buffer = alloc::vec![0; 64 << 10];
        loop {
            if self.pending.is_empty() && self.left == 0 {
                self.to_child = None;
            }
            let (gives, takes) = (!self.pending.is_empty(), self.pending.is_empty() && self.left > 0);
            let mut list = [
                PollFd::new(from_child, PollFlags::IN),
                match &self.to_child {
                    Some(file) if gives => PollFd::new(file, PollFlags::OUT),
                    _ => PollFd::nothing(),
                },
                if takes { PollFd::new(self.connection.stream, PollFlags::IN) } else { PollFd::nothing() },
            ];
            match poll(&mut list, None) {
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
            }
            let [written, readable, came] = list.map(|entry| entry.is_ready());
            if readable {
                self.feed();
            }
            if came {
                match recv(self.connection.stream, &mut buffer, MessageFlags::DONT_WAIT) {
                    Ok(0) => self.left = 0,
                    Ok(count) => {
                        let count = usize::try_from(self.left).map_or(count, |left| left.min(count));
                        self.left -= count as u64;
                        self.pending.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    }
                    Err(Errno::AGAIN | Errno::INTR) => {}
                    Err(_) => self.left = 0,
                }
            }
            if written {
                match retry(|| linux::fs::read(from_child, &mut buffer))? {
                    0 => return self.end(),
                    count => self.take(buffer.get(..count).unwrap_or_default())?,
                }
            }
        }
    }

    fn feed(&mut self) {
        let Some(file) = &self.to_child else { return };
        match linux::fs::write(file, &self.pending) {
            Ok(count) => drop(self.pending.drain(..count)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            // It reads no more, which is its affair.
            Err(_) => {
                self.pending.clear();
                self.left = 0;
                self.to_child = None;
            }
        }
    }

    /// Takes what the program wrote: the head as far as it is one, then the rest as it comes.
    fn take(&mut self, bytes: &[u8]) -> linux::Result<()> {
        let mut stream = self.connection.stream;
        if self.code.is_some() {
            return io::Write::write_all(&mut stream, bytes);
        }
        self.head.extend_from_slice(bytes);
        match Head::find(&[b"\n", &self.head[..]].concat()) {
            Some(_) => self.begin(),
            None if self.head.len() > LONGEST => Err(Errno::MSGSIZE),
            None => Ok(()),
        }
    }

    /// Answers with the head that the program wrote, and what is behind it.
    fn begin(&mut self) -> linux::Result<()> {
        let mut stream = self.connection.stream;
        if self.head.starts_with(b"HTTP/") {
            // It speaks for itself.
            self.code = Some(200);
            return io::Write::write_all(&mut stream, &self.head);
        }
        // The first line of a head is that of a request or a status, which there is none of here.
        let text = [b"\n", &self.head[..]].concat();
        let head = Head::find(&text).unwrap_or(Head::EMPTY);
        let said = head.field("Status").and_then(|value| value.get(..3)).and_then(query::text::parse_decimal);
        let moved = if head.field("Location").is_some() { 302 } else { 200 };
        let code = said.and_then(|code| u16::try_from(code).ok()).unwrap_or(moved);
        self.code = Some(code);
        let mut reply = Reply::new(code);
        for (name, value) in head.fields().filter(|field| !field.0.eq_ignore_ascii_case(b"Status")) {
            reply.field(core::str::from_utf8(name).unwrap_or("X"), value);
        }
        let body = text.get(head.length..).unwrap_or_default();
        let has_body = self.connection.request.method != b"HEAD";
        reply.send(self.connection.stream, if has_body { body } else { b"" })
    }

    /// One that wrote no head at all has failed.
    fn end(&mut self) -> linux::Result<()> {
        if self.code.is_none() && !self.head.is_empty() {
            self.head.extend_from_slice(b"\n\n");
            return self.begin();
        }
        Ok(())
    }
}
