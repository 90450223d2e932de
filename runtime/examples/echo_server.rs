//! Sends back what it is sent, each connection in a thread of its own: `echo_server [PORT [CONNECTIONS]]`.
//!
//! It listens on 127.0.0.1, on a free port unless one is given, and ends after so many connections if a number is given.
//!
//! ```text
//! $ echo_server 0 2 > said & while [ ! -s said ]; do sleep 0.1; done; port=$(sed 's/.*://' said); for word in one two; do echo $word | busybox nc 127.0.0.1 $port; done; wait; sed 's/:.*/:.../' said
//! one
//! two
//! listening on 127.0.0.1:...
//! served 2 connections, 8 bytes
//! $ echo_server 70000; echo "status $?"
//! echo_server: invalid argument
//! status 1
//! ```

#![no_std]
#![no_main]

use core::ffi::CStr;
use core::net::{Ipv4Addr, SocketAddrV4};
use core::sync::atomic::{AtomicU64, Ordering};

use spelunk::io::{Write, stderr, stdout};
use spelunk::linux::fd::OwnedFd;
use spelunk::linux::net::{
    Address, Family, Protocol, SocketFlags, SocketKind, accept, bind, getsockname, listen, socket,
};
use spelunk::linux::{Errno, Result, fs, retry};
use spelunk::thread::{self, Builder};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let mut number = || arguments.next().and_then(|text| CStr::to_str(text).ok()?.parse().ok());
    let _name = number();
    let (port, connections) = (number().unwrap_or(0), number().unwrap_or(u64::MAX));
    match u16::try_from(port).map_err(|_| Errno::INVAL).and_then(|port| serve(port, connections)) {
        Ok(()) => 0,
        Err(errno) => {
            let _ = writeln!(stderr(), "echo_server: {errno}");
            1
        }
    }
}

fn serve(port: u16, connections: u64) -> Result<()> {
    let listener = socket(Family::IPV4, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC, Protocol::TCP)?;
    bind(&listener, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    listen(&listener, 128)?;
    if let Some(Address::Ipv4(address)) = getsockname(&listener)? {
        let mut out = stdout();
        writeln!(out, "listening on {address}")?;
        out.flush()?;
    }
    let bytes = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..connections {
            let (stream, _) = retry(|| accept(&listener, SocketFlags::CLOSE_ON_EXEC))?;
            let bytes = &bytes;
            Builder::new().name("connection").stack_size(64 << 10).spawn_scoped(scope, move || {
                // A connection that breaks ends its thread, and nothing else.
                let sent = echo(&stream).unwrap_or(0);
                bytes.fetch_add(sent, Ordering::Relaxed);
            })?;
        }
        Ok::<(), Errno>(())
    })?;
    let mut out = stdout();
    writeln!(out, "served {connections} connections, {} bytes", bytes.into_inner())?;
    out.flush()
}

/// Sends back what comes until the other side has sent all; gives how many bytes that were.
fn echo(stream: &OwnedFd) -> Result<u64> {
    let mut buffer = [0; 8 << 10];
    let mut all = 0;
    loop {
        let count = retry(|| fs::read(stream, &mut buffer))?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { return Ok(all) };
        fs::write_all(stream, bytes)?;
        all += count as u64;
    }
}
