//! `httpd`: BusyBox's: files with ranges, versions and compressed twins, CGI in `cgi-bin`, passwords and addresses by
//! `/etc/httpd.conf`.
//!
//! The process that listens reads nothing of what comes: each connection is a process of its own, this program again with `-i`,
//! which answers one request. It opens files beneath its folder alone (openat2), and where there is nothing to execute, neither a
//! folder `cgi-bin` nor an interpreter, it gives up all other files before the first byte (landlock).
//!
//! `httpd.conf` in a folder of pages, which is never shown, says who may ask for what is below it (`A:`, `D:`, `/PATH:USER:PASSWORD`),
//! beside what holds for all. Absent: the proxy `P:`; `-m`. A folder without an index is refused (403).

mod cgi;
mod connection;
mod file;
mod reply;
mod settings;
mod version;

use alloc::vec::Vec;
use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::Step;
use net::{Socket, TcpListener, TcpStream};
use system::users::Names;

use super::reach::{Reach, shown};
use crate::process::{identity::Identity, launch, own};
use crate::{Applet, Flag, Io, Keeps, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "httpd",
    summary: "Serve files over HTTP",
    usage: "[OPTION]...\n-d TEXT | -e TEXT",
    flags: flags![
        Flag::new(b'f', "", "stay in the foreground"),
        Flag::with(b'p', "", "PORT", "where to listen: PORT or ADDRESS:PORT (80)"),
        Flag::with(b'h', "", "FOLDER", "the folder of the pages (.)"),
        Flag::with(b'c', "", "FILE", "what is allowed (/etc/httpd.conf, if it is there)"),
        Flag::with(b'u', "", "USER[:GROUP]", "serve as USER"),
        Flag::with(b'r', "", "TEXT", "what passwords are asked for (Web Server Authentication)"),
        Flag::new(b'v', "", "say what is asked for; twice: and what is answered"),
        Flag::new(b'i', "", "serve the connection that is standard input"),
        Flag::with(b'd', "", "TEXT", "print TEXT with what %NN stands for"),
        Flag::with(b'e', "", "TEXT", "print TEXT with what has a meaning in HTML as &#N;"),
        Flag::new(LISTENS, "listens", ""),
    ],
    run: Run::Confined(Keeps::Needed, run),
};

/// Standard input is a socket that listens.
const LISTENS: u8 = 128;

/// Connections that are served at once; more wait.
const MOST: usize = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(text) = parsed.value(b'd') {
        let text: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        io.out.put(&formats::wire::http::unescape(&text).unwrap_or(text));
        return Ok(Status::SUCCESS);
    }
    if let Some(text) = parsed.value(b'e') {
        reply::escape_html(text, &mut io.out);
        io.out.put(b"\n");
        return Ok(Status::SUCCESS);
    }
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let settings = settings::Settings::new(io, parsed)?;
    if parsed.has(b'i') {
        return Ok(connection::serve(io, &settings));
    }
    let listener = if parsed.has(LISTENS) {
        linux::fs::dup(linux::fd::STDIN).map(TcpListener::from).map_err(|errno| io.complain(b"", &errno))?
    } else {
        bind(io, parsed.value(b'p').unwrap_or(b"80"))?
    };
    if !parsed.has(b'f') {
        let words = own::words(parsed, b"p", &[b"-f", b"--listens"]);
        return own::background(io, &words, Some(listener.as_fd()))
            .map(|_| Status::SUCCESS)
            .map_err(Into::into);
    }
    leave_privileges(io, parsed)?;
    Ok(listen(io, &listener, &own::words(parsed, &[b'p', b'f', b'u', LISTENS], &[b"-i"])))
}

fn bind(io: &mut Io<'_>, word: &[u8]) -> Result<TcpListener, Status> {
    let mut reach = Reach::new().map_err(|error| io.complain(b"", &error))?;
    let (place, port) = match word.iter().rposition(|byte| *byte == b':') {
        Some(at) => word.split_at(at),
        None => (&b""[..], word),
    };
    let port = port.strip_prefix(b":").unwrap_or(port);
    let place = place.strip_prefix(b"[").and_then(|place| place.strip_suffix(b"]")).unwrap_or(place);
    let port = reach.port(port, "tcp").map_err(|error| io.complain(word, &error))?;
    if !place.is_empty() {
        let found = reach.addresses(place, port).map_err(|error| io.complain(word, &error))?;
        reach.source = found.first().map(|found| found.ip());
    }
    let mut failure = linux::Errno::ADDRNOTAVAIL;
    for place in reach.listening(port) {
        match TcpListener::bind(place) {
            Ok(listener) => return Ok(listener),
            Err(errno) => failure = errno,
        }
    }
    Err(io.complain(word, &failure))
}

/// Becomes another user, where one is named.
fn leave_privileges(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<(), Status> {
    let Some(user) = parsed.value(b'u') else { return Ok(()) };
    let identity =
        Identity::new(user, None, &Names::read()).map_err(|word| io.misuse(word, "no such user or group"))?;
    let mut steps = Vec::new();
    identity.add(&mut steps);
    for step in &steps {
        launch::take(step).map_err(|errno| io.complain(step.name().as_bytes(), &errno))?;
    }
    Ok(())
}

/// Gives each connection to a process of its own, for ever.
fn listen(io: &mut Io<'_>, listener: &TcpListener, words: &[Vec<u8>]) -> Status {
    let mut children = 0_usize;
    // One that gave up between the bell and the door must not make us wait.
    if let Err(errno) = listener.set_nonblocking(true) {
        return io.complain(b"", &errno);
    }
    loop {
        let mut list = [PollFd::new(listener, PollFlags::IN)];
        if children >= MOST {
            list = [PollFd::nothing()];
        }
        // Those that have ended are met within a second.
        let limit = (children > 0).then_some(Duration::from_secs(1));
        let _ = poll(&mut list, limit);
        children = children.saturating_sub(launch::reap());
        if !list.iter().any(PollFd::is_ready) {
            continue;
        }
        match listener.accept() {
            Ok((stream, _)) => children += usize::from(begin(io, words, &stream)),
            Err(linux::Errno::AGAIN | linux::Errno::CONNABORTED) => {}
            Err(errno) => {
                io.complain(b"accept", &errno);
                linux::time::sleep(Duration::from_millis(100));
            }
        }
    }
}

fn begin(io: &mut Io<'_>, words: &[Vec<u8>], stream: &TcpStream) -> bool {
    let socket: BorrowedFd<'_> = stream.as_fd();
    own::start(io, words, &[Step::Session, Step::Put(socket, 0), Step::Put(socket, 1)]).is_ok()
}

/// Gives the address of the other end, as messages and scripts have it.
fn peer(stream: &TcpStream) -> (Option<core::net::IpAddr>, Vec<u8>) {
    match stream.peer_address() {
        Ok(address) => (Some(address.ip().to_canonical()), shown(address)),
        Err(_) => (None, b"-".to_vec()),
    }
}
