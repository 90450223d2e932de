//! What goes into the machine and what comes out.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::file::lease::Lease;
use formats::wire::ethernet::Mac;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The link has a carrier. Fresh: it came up, or we started, less than 10 seconds ago, so that the network may still be waking.
    LinkUp {
        /// Whether early retransmissions are worth it.
        fresh: bool,
    },
    /// The link lost its carrier.
    LinkDown,
    /// The packet socket delivered a frame, from its Ethernet header on.
    Frame {
        /// The whole frame.
        bytes: &'a [u8],
        /// False when the kernel said TP_STATUS_CSUMNOTREADY: the UDP checksum is still to be made by hardware.
        checksum_ready: bool,
    },
    /// The time of [`Client::deadline`](super::Client::deadline) has come. Too early does nothing.
    Deadline,
    /// The user gives the address back: the server is told, the client stops until `Renew`.
    Release,
    /// The user wants the lease confirmed now, or a new attempt without waiting.
    Renew,
}

/// What the driver has to do, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this frame, complete from its Ethernet header on, through the packet socket.
    SendFrame(Vec<u8>),
    /// Send this payload from port 68 of our address to port 67, through a UDP socket and the kernel's routes.
    SendUdp {
        /// Our address.
        source: Ipv4Addr,
        /// The server.
        destination: Ipv4Addr,
        /// The DHCP message.
        payload: Vec<u8>,
    },
    /// Make the interface look like this lease. Also sent after each renewal; applying it twice changes nothing.
    Configure(Rc<Lease>),
    /// Take the address and everything that came with it off the interface.
    Deconfigure(Ipv4Addr),
    /// Keep the lease where it outlives us.
    Save(Rc<Lease>),
    /// Remove what was kept: the lease is not ours any more.
    Forget,
    /// Tell the log.
    Log(Notice),
}

/// What is worth a line in the log; its `Display` is that line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A server offers an address.
    Offered {
        /// The address.
        address: Ipv4Addr,
        /// The server.
        server: Ipv4Addr,
    },
    /// We hold a lease.
    Bound {
        /// The address.
        address: Ipv4Addr,
        /// The server.
        server: Ipv4Addr,
        /// For how long.
        duration: Duration,
    },
    /// A server refuses our address.
    Refused {
        /// The server.
        server: Ipv4Addr,
        /// Its reason (option 56), or empty.
        message: String,
    },
    /// Another station uses our address.
    Conflict {
        /// The address.
        address: Ipv4Addr,
        /// The station.
        station: Mac,
    },
    /// Another station claimed our address once; we said that it is ours.
    Defended {
        /// The address.
        address: Ipv4Addr,
        /// The station.
        station: Mac,
    },
    /// The server that granted the lease is silent; any server is asked.
    Rebinding {
        /// Our address.
        address: Ipv4Addr,
    },
    /// The lease ended before a server renewed it.
    Expired {
        /// The address that we have no more.
        address: Ipv4Addr,
    },
    /// No server confirms the lease of before; it is used for the time that it has left.
    Unconfirmed {
        /// The address.
        address: Ipv4Addr,
    },
    /// No server answers; the client goes on asking.
    Silence {
        /// Requests sent so far.
        attempts: u32,
    },
    /// The network asks hosts to do without IPv4 (RFC 8925).
    Ipv6Only {
        /// For how long.
        wait: Duration,
    },
    /// The address was given back.
    Released {
        /// The address.
        address: Ipv4Addr,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offered { address, server } => write!(f, "{server} offers {address}"),
            Self::Bound { address, server, duration } if *duration == Lease::FOREVER => {
                write!(f, "{address} from {server} for ever")
            }
            Self::Bound { address, server, duration } => {
                write!(f, "{address} from {server} for {} s", duration.as_secs())
            }
            Self::Refused { server, message } if message.is_empty() => {
                write!(f, "{server} refuses our address")
            }
            Self::Refused { server, message } => write!(f, "{server} refuses our address: {message}"),
            Self::Conflict { address, station } => write!(f, "{address} is used by {station}: given up"),
            Self::Defended { address, station } => write!(f, "{address} claimed by {station}: defended"),
            Self::Rebinding { address } => write!(f, "server silent, asking any server for {address}"),
            Self::Expired { address } => write!(f, "lease of {address} ended"),
            Self::Unconfirmed { address } => {
                write!(f, "no server confirms {address}: using the time it has left")
            }
            Self::Silence { attempts } => write!(f, "no answer to {attempts} requests, going on"),
            Self::Ipv6Only { wait } => write!(f, "network is IPv6 only, no IPv4 for {} s", wait.as_secs()),
            Self::Released { address } => write!(f, "{address} released"),
        }
    }
}
