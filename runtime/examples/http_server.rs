//! Serves a page of text by HTTP/1.1, all connections by one thread: `http_server [PORT [CONNECTIONS [ENGINE]]]`.
//!
//! It listens on 127.0.0.1, on a free port unless one is given, and ends after so many connections if a number is given.
//! It waits by io_uring where the kernel has it, else by epoll, unless `uring` or `epoll` is given.
//! Requests may come in pieces, or several at once; a connection that says nothing for a minute is closed.
//!
//! ```text
//! $ http_server 0 2 > said & while [ ! -s said ]; do sleep 0.1; done; port=$(sed 's/.*://' said); printf 'GET / HTTP/1.1\r\n\r\nHEAD /none HTTP/1.0\r\n\r\n' | busybox nc 127.0.0.1 $port; printf 'nonsense\r\n\r\n' | busybox nc 127.0.0.1 $port; wait; sed 's/:.*/:.../' said
//! HTTP/1.1 200 OK
//! Content-Type: text/plain
//! Content-Length: 6
//!
//! hello
//! HTTP/1.1 404 Not Found
//! Content-Length: 0
//! Connection: close
//!
//! HTTP/1.1 400 Bad Request
//! Content-Length: 0
//! Connection: close
//!
//! listening on 127.0.0.1:...
//! answered 3 requests
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::cell::Cell;
use core::ffi::CStr;
use core::net::{Ipv4Addr, SocketAddrV4};
use core::time::Duration;

use spelunk::io::{Write, stderr, stdout};
use spelunk::linux::net::Address;
use spelunk::linux::net::options::set_tcp_no_delay;
use spelunk::linux::{Errno, Result};
use spelunk::tasks::net::{Listener, Stream};
use spelunk::tasks::{Engine, Options, Pool, Reactor, run, sleep, timeout, yield_now};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// How long a connection may say nothing.
const IDLE: Duration = Duration::from_secs(60);
/// How long a request may be, up to the empty line.
const LONGEST: usize = 4 << 10;

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let _name = arguments.next();
    let mut number = || arguments.next().and_then(|text| CStr::to_str(text).ok()?.parse().ok());
    let (port, connections) = (number().unwrap_or(0), number().unwrap_or(u64::MAX));
    let engine = match arguments.next().map(CStr::to_bytes) {
        Some(b"epoll") => Some(Engine::Epoll),
        Some(b"uring") => Some(Engine::Uring),
        _ => None,
    };
    let port = u16::try_from(port).map_err(|_| Errno::INVAL);
    match port.and_then(|port| serve(port, connections, engine)) {
        Ok(()) => 0,
        Err(errno) => {
            let _ = writeln!(stderr(), "http_server: {errno}");
            1
        }
    }
}

fn serve(port: u16, connections: u64, engine: Option<Engine>) -> Result<()> {
    let reactor = Reactor::new(&Options { engine, ..Options::default() })?;
    let listener = Listener::bind(&reactor, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port), 1024)?;
    let pool = Pool::new(&reactor, 64, LONGEST as u32)?;
    let mut out = stdout();
    if let Some(Address::Ipv4(address)) = listener.local_address()? {
        writeln!(out, "listening on {address}")?;
        out.flush()?;
    }
    let (answered, open) = (Cell::new(0_u64), Cell::new(0_u64));
    run(&reactor, async |tasks| {
        let mut incoming = listener.incoming();
        for _ in 0..connections {
            let stream = match incoming.next().await {
                Ok(stream) => stream,
                // Others must end first: a moment later there may be room again.
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                    sleep(&reactor, Duration::from_millis(10)).await;
                    continue;
                }
                Err(errno) => return Err(errno),
            };
            let (reactor, pool, answered, open) = (&reactor, &pool, &answered, &open);
            open.set(open.get() + 1);
            let task = tasks.spawn(async move {
                // A connection that breaks ends its task, and nothing else.
                let _ = talk(reactor, pool, &stream, answered).await;
                open.set(open.get() - 1);
            });
            task?.detach();
        }
        while open.get() > 0 {
            sleep(&reactor, Duration::from_millis(1)).await;
        }
        Ok(())
    })??;
    writeln!(out, "answered {} requests", answered.get())?;
    out.flush()
}

/// Answers the requests of a connection until either side has had enough.
async fn talk(reactor: &Reactor, pool: &Pool, stream: &Stream<'_>, answered: &Cell<u64>) -> Result<()> {
    set_tcp_no_delay(stream, true)?;
    // What has come of a request that is not whole; most are, and are read where they are.
    let mut begun = Vec::new();
    let mut answers = Vec::new();
    let mut chunks = stream.chunks(pool)?;
    loop {
        let chunk = match timeout(reactor, IDLE, chunks.next()).await? {
            // Others have all the buffers at this moment.
            Err(Errno::NOBUFS) => {
                yield_now().await;
                continue;
            }
            chunk => chunk?,
        };
        if chunk.is_empty() {
            return Ok(());
        }
        let mut rest = &*chunk;
        if !begun.is_empty() {
            begun.extend_from_slice(rest);
            rest = &begun;
        }
        let mut goes_on = true;
        while goes_on && let Some(request) = next(rest) {
            rest = rest.get(request.len()..).unwrap_or_default();
            goes_on = answer(request, &mut answers);
            answered.set(answered.get() + 1);
        }
        if goes_on && rest.len() > LONGEST {
            put(&Answer::TOO_LONG, false, false, &mut answers);
            goes_on = false;
        }
        begun = Vec::from(rest);
        drop(chunk);
        let (sent, back) = stream.write_all_owned(answers).await;
        sent?;
        if !goes_on {
            return Ok(());
        }
        answers = back;
        answers.clear();
    }
}

/// Gives the next request with the empty line that ends it; none if that has not come yet.
fn next(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    bytes.get(..end + 4)
}

/// What is answered: the status, further lines of the head, and the body.
struct Answer {
    head: &'static str,
    body: &'static str,
}

impl Answer {
    const PAGE: Self =
        Self { head: "200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n", body: "hello\n" };
    const NO_REQUEST: Self = Self { head: "400 Bad Request\r\nContent-Length: 0\r\n", body: "" };
    const NO_PAGE: Self = Self { head: "404 Not Found\r\nContent-Length: 0\r\n", body: "" };
    const NO_METHOD: Self =
        Self { head: "405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n", body: "" };
    const TOO_LONG: Self =
        Self { head: "431 Request Header Fields Too Large\r\nContent-Length: 0\r\n", body: "" };
}

/// Adds the answer to a request; says whether the connection goes on.
fn answer(request: &[u8], answers: &mut Vec<u8>) -> bool {
    let (line, fields) = request.split_at(request.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let mut words = line.trim_ascii_end().split(|byte| *byte == b' ');
    let words = [words.next(), words.next(), words.next(), words.next()];
    let [Some(method), Some(target), Some(version @ (b"HTTP/1.0" | b"HTTP/1.1")), None] = words else {
        put(&Answer::NO_REQUEST, false, false, answers);
        return false;
    };
    let (has_body, wants_end) = (has_field(fields, b"content-length"), closes(fields));
    // What a body holds is not looked at, nor where it ends.
    let goes_on =
        version == b"HTTP/1.1" && !wants_end && !has_body && !has_field(fields, b"transfer-encoding");
    let answer = match (method, target) {
        (b"GET" | b"HEAD", b"/") => Answer::PAGE,
        (b"GET" | b"HEAD", _) => Answer::NO_PAGE,
        _ => Answer::NO_METHOD,
    };
    put(&answer, goes_on, method != b"HEAD", answers);
    goes_on
}

fn put(answer: &Answer, goes_on: bool, has_body: bool, answers: &mut Vec<u8>) {
    let end = if goes_on { "\r\n" } else { "Connection: close\r\n\r\n" };
    for part in ["HTTP/1.1 ", answer.head, end, if has_body { answer.body } else { "" }] {
        answers.extend_from_slice(part.as_bytes());
    }
}

/// Gives the values of a field, whose name is in small letters.
fn values<'a>(fields: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    fields.split(|byte| *byte == b'\n').filter_map(move |line| {
        let (found, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":").filter(|_| found.eq_ignore_ascii_case(name))?;
        Some(value.trim_ascii())
    })
}

fn has_field(fields: &[u8], name: &[u8]) -> bool {
    values(fields, name).next().is_some()
}

fn closes(fields: &[u8]) -> bool {
    values(fields, b"connection").any(|value| value.eq_ignore_ascii_case(b"close"))
}
