//! Fetches pages by HTTP, all at once, each from the first address of its host that answers: `fetch HOST[:PORT]/PATH...`.
//!
//! The pages are written in the order in which they were asked for, each behind its first line.
//!
//! ```text
//! $ http_server 0 3 > said & while [ ! -s said ]; do sleep 0.1; done; at=localhost:$(sed 's/.*://' said); fetch $at/ 127.0.0.1:1/ $at/none $at/; echo "status $?"; wait
//! localhost:.../: HTTP/1.1 200 OK
//! hello
//! fetch: 127.0.0.1:1/: connection refused
//! localhost:.../none: HTTP/1.1 404 Not Found
//! localhost:.../: HTTP/1.1 200 OK
//! hello
//! status 1
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::time::Duration;

use spelunk::io::{Write, stderr, stdout};
use spelunk::linux::{Errno, Result};
use spelunk::net::tasks::connect_host;
use spelunk::net::{ConnectError, LookupError, Resolver};
use spelunk::tasks::{Options, Reactor, run};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// How long connecting may take.
const LIMIT: Duration = Duration::from_secs(10);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let places: Vec<_> = arguments.skip(1).flat_map(CStr::to_str).collect();
    fetch_all(&places).unwrap_or_else(|errno| {
        let _ = writeln!(stderr(), "fetch: {errno}");
        1
    })
}

fn fetch_all(places: &[&str]) -> Result<i32> {
    let reactor = Reactor::new(&Options::default())?;
    let resolver = Resolver::system()?;
    let (mut out, mut status) = (stdout(), 0);
    run(&reactor, async |tasks| {
        let mut pages = Vec::new();
        for place in places {
            pages.push((place, tasks.spawn(fetch(&reactor, &resolver, place))?));
        }
        for (place, page) in pages {
            match page.await {
                Ok(page) => show(place, &page, &mut out)?,
                Err(error) => {
                    out.flush()?;
                    let _ = writeln!(stderr(), "fetch: {place}: {error}");
                    status = 1;
                }
            }
        }
        Ok::<_, Errno>(())
    })??;
    Ok(out.status(status))
}

/// Gives what a server says, head and body.
async fn fetch(
    reactor: &Reactor,
    resolver: &Resolver,
    place: &str,
) -> core::result::Result<Vec<u8>, ConnectError> {
    let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let port = port.parse().map_err(|_| LookupError::NoService)?;
    let stream = connect_host(reactor, resolver, host, port, Some(LIMIT)).await?;
    let path = if path.is_empty() { "/" } else { path };
    let request = format!("GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(ConnectError::Connect)?;
    let (mut page, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part).await.map_err(ConnectError::Connect)? {
            0 => return Ok(page),
            count => page.extend_from_slice(part.get(..count).unwrap_or_default()),
        }
    }
}

/// Writes the first line of the head, and the body.
fn show(place: &str, page: &[u8], out: &mut impl Write) -> Result<()> {
    let line = page.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let end = page.windows(4).position(|window| window == b"\r\n\r\n").map_or(page.len(), |end| end + 4);
    writeln!(out, "{place}: {}", line.escape_ascii())?;
    out.write_all(page.get(end..).unwrap_or_default())
}
