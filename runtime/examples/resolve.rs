//! Looks up names, and connects to one: `resolve NAME...`, `resolve -t KIND NAME`, `resolve -x ADDRESS`, `resolve -c HOST:PORT`.
//!
//! It reads the files of the system; of the lines below only those that need no server are played.
//!
//! ```text
//! $ resolve localhost 192.0.2.7 ::ffff:10.0.0.1
//! localhost ...127.0.0.1...
//! 192.0.2.7 192.0.2.7
//! ::ffff:10.0.0.1 ::ffff:10.0.0.1
//! $ resolve -x 127.0.0.1
//! 127.0.0.1 localhost
//! $ resolve -c 127.0.0.1:1; echo "status $?"
//! resolve: 127.0.0.1:1: connection refused
//! status 1
//! $ resolve -c 127.0.0.1:no-such-service
//! resolve: 127.0.0.1:no-such-service: no such service or port
//! $ resolve 'a..b'
//! resolve: a..b: not the name of a host
//! $ resolve -t WHAT name
//! resolve: name: not the name of a host
//! ```

#![no_std]
#![no_main]

use core::fmt;
use core::time::Duration;

use spelunk::formats::wire::dns::{Data, Kind};
use spelunk::io::{Write, stderr, stdout};
use spelunk::net::{ConnectError, LookupError, Resolver, connect_host};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let mut words = arguments.skip(1).map(|word| word.to_str().unwrap_or_default());
    let mut first = words.next().unwrap_or("localhost");
    let (mut out, mut status) = (stdout(), 0);
    let resolver = match Resolver::system() {
        Ok(resolver) => resolver,
        Err(errno) => return complain("/etc", errno),
    };
    let kind = (first == "-t").then(|| words.next().and_then(Kind::from_name)).flatten();
    let way = first;
    if way.starts_with('-') {
        first = words.next().unwrap_or_default();
    }
    for name in core::iter::once(first).chain(words) {
        let told = match way {
            "-c" => connect(&resolver, name, &mut out),
            "-x" => names(&resolver, name, &mut out).map_err(ConnectError::Lookup),
            "-t" => records(&resolver, name, kind, &mut out).map_err(ConnectError::Lookup),
            _ => addresses(&resolver, name, &mut out).map_err(ConnectError::Lookup),
        };
        if let Err(error) = told {
            status = complain(name, error);
        }
    }
    out.status(status)
}

fn complain(name: &str, error: impl fmt::Display) -> i32 {
    let _ = writeln!(stderr(), "resolve: {name}: {error}");
    1
}

/// Writes the addresses of a name on a line. What cannot be written is told at the end, by the output.
fn addresses(resolver: &Resolver, name: &str, out: &mut impl Write) -> Result<(), LookupError> {
    let found = resolver.addresses(name, 0)?;
    let _ = write!(out, "{name}");
    for address in found {
        let _ = write!(out, " {}", address.ip());
    }
    writeln!(out).map_err(LookupError::System)
}

fn names(resolver: &Resolver, address: &str, out: &mut impl Write) -> Result<(), LookupError> {
    let address = address.parse().map_err(|_| LookupError::NoHostName)?;
    let found = resolver.names(address)?;
    let name = found.first().ok_or(LookupError::NoHostName)?;
    writeln!(out, "{address} {name}").map_err(LookupError::System)
}

fn records(
    resolver: &Resolver,
    name: &str,
    kind: Option<Kind>,
    out: &mut impl Write,
) -> Result<(), LookupError> {
    let answer = resolver.records(name, kind.ok_or(LookupError::NoHostName)?)?;
    for record in answer.records() {
        let _ = write!(out, "{} {} ", record.name, record.ttl_s);
        let written = match &record.data {
            Data::Ipv4(address) => writeln!(out, "{address}"),
            Data::Ipv6(address) => writeln!(out, "{address}"),
            Data::Alias(name) | Data::NameServer(name) | Data::Pointer(name) => writeln!(out, "{name}"),
            Data::Mail { preference, host } => writeln!(out, "{preference} {host}"),
            Data::Service { priority, weight, port, host } => {
                writeln!(out, "{priority} {weight} {port} {host}")
            }
            other => writeln!(out, "{other:?}"),
        };
        written.map_err(LookupError::System)?;
    }
    Ok(())
}

fn connect(resolver: &Resolver, text: &str, out: &mut impl Write) -> Result<(), ConnectError> {
    let (host, service) = text.rsplit_once(':').ok_or(LookupError::NoService)?;
    let port = resolver.port(service, "tcp")?;
    let stream = connect_host(resolver, host, port, Some(Duration::from_secs(10)))?;
    let peer = stream.peer_address().map_err(ConnectError::Connect)?;
    writeln!(out, "{text} is {peer}").map_err(ConnectError::Connect)
}
