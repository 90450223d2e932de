//! Sockets as programs want them, and names for their addresses, over the system calls of `linux`; this crate has no threads, no
//! cache, and opens no file but those that a [`Resolver`] is asked to read.
//!
//! The types have the shape of those of Rust's `std::net` and `std::os::unix::net`, the addresses are those of `core::net`. Streams
//! have the traits of `spelunk-io`. A socket that is written to after its other end is closed gives
//! [`Errno::PIPE`](linux::Errno::PIPE), never a signal. What all sockets can (options, timeouts, control data, errors that
//! wait) is in the trait [`Socket`].
//!
//! # Interruption
//! Connecting and taking connections go on after a signal; receiving and sending give
//! [`Errno::INTR`](linux::Errno::INTR), as reading and writing of files do.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod connecting;
mod datagram;
#[cfg(test)]
mod failures;
mod listener;
mod lookup;
mod raw;
mod socket;
mod stream;
#[cfg(feature = "tasks")]
pub mod tasks;
#[cfg(test)]
mod tests;
mod unix;

pub use connecting::{ConnectError, connect_host};
pub use datagram::UdpSocket;
pub use linux::net::{Address, Credentials, Datagram, Received, SendControl, Shutdown, UnixAddress, options};
pub use listener::{Incoming, TcpListener};
pub use lookup::{LookupError, Resolver};
pub use raw::RawSocket;
pub use socket::Socket;
pub use stream::TcpStream;
pub use unix::{UnixDatagram, UnixListener, UnixStream};
