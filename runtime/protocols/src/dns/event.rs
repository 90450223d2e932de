//! What goes into the machine and what comes out.

use alloc::vec::Vec;
use core::net::SocketAddr;

/// How a question travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In datagrams of UDP.
    Datagram,
    /// Over TCP, each message behind its length.
    Stream,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The socket of an exchange received a datagram.
    Datagram {
        /// The exchange.
        exchange: u32,
        /// Who sent it.
        from: SocketAddr,
        /// The datagram.
        bytes: &'a [u8],
    },
    /// The stream of an exchange gave a whole message.
    Message {
        /// The exchange.
        exchange: u32,
        /// The message, without its length.
        bytes: &'a [u8],
    },
    /// The socket of an exchange failed or was closed by the server.
    Failed {
        /// The exchange.
        exchange: u32,
    },
    /// The time of [`Lookup::deadline`](super::Lookup::deadline) has come. Too early does nothing.
    Deadline,
}

/// What the runner has to do, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make a new socket, connect it to the server, and send these messages.
    Open {
        /// The number that its events carry.
        exchange: u32,
        /// Whom to ask.
        server: SocketAddr,
        /// How.
        transport: Transport,
        /// What to send, a datagram each, or each behind its length.
        messages: Vec<Vec<u8>>,
    },
    /// Close the socket of an exchange.
    Close {
        /// The exchange.
        exchange: u32,
    },
}
