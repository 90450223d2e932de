//! netlink(7): the kernel's answers are rows of messages, each with attributes; the last one says that it is the last.
//!
//! ```text
//! $ calls netlink
//! link 1 is lo, 65536 bytes at most: true
//! a link that there is not: no such device
//! ```

use spelunk::formats::netlink::link::Extent;
use spelunk::io::{Result, Write};
use spelunk::linux::Errno;
use spelunk::system::netlink::Socket;
use spelunk::system::{Error, links};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let mut socket = Socket::open().map_err(|error| errno(&error))?;
    let link = links::find(&mut socket, "lo", Extent::empty()).map_err(|error| errno(&error))?;
    writeln!(out, "link {} is {}, 65536 bytes at most: {}", link.index, link.name, link.mtu == 65536)?;
    match links::find(&mut socket, "no-such-link", Extent::empty()) {
        Ok(link) => writeln!(out, "it is {}", link.index),
        Err(error) => writeln!(out, "a link that there is not: {}", errno(&error)),
    }
}

fn errno(error: &Error) -> Errno {
    error.errno().unwrap_or(Errno::PROTO)
}
