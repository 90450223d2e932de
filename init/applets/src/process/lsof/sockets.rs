//! Sockets by their inodes, and which of them are asked for.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use formats::etc::services;
use formats::proc::net::{inet, unix};
use query::text::parse_decimal;

use crate::network::netstat::sockets::{FILES, KINDS, STATES};

/// What the kernel says of a socket.
pub(super) struct Socket {
    inode: u64,
    /// `IPv4`, `IPv6` or `unix`.
    pub(super) family: &'static str,
    /// `tcp`, `udp`, `raw`; nothing of this machine's own.
    protocol: &'static str,
    ends: Option<(SocketAddr, SocketAddr)>,
    state: &'static str,
    path: Vec<u8>,
}

/// Gives all sockets; of what the kernel does not have there are none.
pub(super) fn all() -> Vec<Socket> {
    let mut found = Vec::new();
    for (_, protocol, is_six, path) in FILES {
        let text = system::file::read(path).unwrap_or_default();
        for socket in inet::parse(&text) {
            let state = STATES.get(usize::from(socket.state).wrapping_sub(1)).copied().unwrap_or_default();
            found.push(Socket {
                inode: socket.inode,
                family: if *is_six { "IPv6" } else { "IPv4" },
                protocol,
                ends: Some((socket.local, socket.remote)),
                state: if *protocol == "tcp" { state } else { "" },
                path: Vec::new(),
            });
        }
    }
    let text = system::file::read(b"/proc/net/unix").unwrap_or_default();
    for socket in unix::parse(&text) {
        let kind = KINDS.get((socket.kind as usize).wrapping_sub(1)).copied().unwrap_or_default();
        let path = [socket.path, if socket.path.is_empty() { b"type=" } else { b" type=" }, kind.as_bytes()]
            .concat();
        found.push(Socket { inode: socket.inode, family: "unix", protocol: "", ends: None, state: "", path });
    }
    found
}

/// Finds the socket that a link of a process leads to: `socket:[N]`.
pub(super) fn find<'s>(sockets: &'s [Socket], link: &[u8]) -> Option<&'s Socket> {
    let inode = parse_decimal(link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?)?;
    sockets.iter().find(|socket| socket.inode == inode)
}

impl Socket {
    /// Gives the protocol in capitals; nothing of this machine's own sockets.
    pub(super) fn protocol(&self) -> String {
        self.protocol.to_ascii_uppercase()
    }

    /// Gives the inode.
    pub(super) fn inode(&self) -> u64 {
        self.inode
    }

    /// Gives both ends, or the path.
    pub(super) fn name(&self) -> Vec<u8> {
        let Some((local, remote)) = self.ends else { return self.path.clone() };
        let mut text = end(local);
        if !remote.ip().is_unspecified() || remote.port() != 0 {
            text.push_str("->");
            text.push_str(&end(remote));
        }
        if !self.state.is_empty() {
            text.push_str(&format!(" ({})", self.state));
        }
        text.into_bytes()
    }
}

fn end(address: SocketAddr) -> String {
    let port = if address.port() == 0 { "*".to_string() } else { address.port().to_string() };
    match address.ip() {
        ip if ip.is_unspecified() => format!("*:{port}"),
        IpAddr::V4(ip) => format!("{ip}:{port}"),
        IpAddr::V6(ip) => format!("[{ip}]:{port}"),
    }
}

/// What `-i` asks for: `[4|6][PROTOCOL][@ADDRESS][:PORT,PORT-PORT]`.
pub(super) struct Filter {
    family: &'static str,
    protocol: String,
    address: Option<IpAddr>,
    ports: Vec<(u16, u16)>,
}

impl Filter {
    /// Reads a filter.
    pub(super) fn parse(word: &[u8]) -> Option<Self> {
        let mut text = core::str::from_utf8(word).ok()?;
        let mut family = "";
        for (digit, name) in [('4', "IPv4"), ('6', "IPv6")] {
            if let Some(rest) = text.strip_prefix(digit) {
                (family, text) = (name, rest);
            }
        }
        let end = text.find(['@', ':']).unwrap_or(text.len());
        let (protocol, rest) = text.split_at_checked(end)?;
        let protocol = protocol.to_ascii_lowercase();
        if !matches!(protocol.as_str(), "" | "tcp" | "udp" | "raw") {
            return None;
        }
        let (address, ports) = match rest.strip_prefix('@') {
            None => (None, rest.strip_prefix(':')),
            Some(rest) => {
                // Colons within brackets are the address's.
                let inner = rest.find(']').unwrap_or(0);
                let end = rest.get(inner..)?.find(':').map_or(rest.len(), |at| inner + at);
                let (address, ports) = rest.split_at_checked(end)?;
                let address =
                    address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
                (Some(formats::internet::parse(address)?), ports.strip_prefix(':'))
            }
        };
        let list = ports.into_iter().flat_map(|ports| ports.split(','));
        let ports = list.map(|word| range(word, &protocol)).collect::<Option<_>>()?;
        Some(Self { family, protocol, address, ports })
    }

    /// Says whether a socket is asked for.
    pub(super) fn covers(&self, socket: &Socket) -> bool {
        let Some((local, remote)) = socket.ends else { return false };
        let is_in = |port: u16| self.ports.iter().any(|(first, last)| (*first..=*last).contains(&port));
        let is_at = |end: SocketAddr| {
            self.address.is_none_or(|address| address == end.ip().to_canonical())
                && (self.ports.is_empty() || is_in(end.port()))
        };
        (self.family.is_empty() || self.family == socket.family)
            && (self.protocol.is_empty() || self.protocol == socket.protocol)
            && (is_at(local) || is_at(remote))
    }
}

/// Reads `PORT`, `PORT-PORT` or the name of a service.
fn range(word: &str, protocol: &str) -> Option<(u16, u16)> {
    match word.split_once('-') {
        _ if word.starts_with(|first: char| !first.is_ascii_digit()) => {
            let text = system::file::read(b"/etc/services").unwrap_or_default();
            let protocol = if protocol.is_empty() { "tcp" } else { protocol };
            services::port(&text, word, protocol).map(|port| (port, port))
        }
        Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)),
        None => word.parse().ok().map(|port| (port, port)),
    }
}

/// Says whether a state is in a list as `-s` has it, `TCP:LISTEN,^CLOSE_WAIT`; those of other protocols are.
pub(super) fn has_state(list: &[u8], socket: &Socket) -> bool {
    let Some(at) = list.iter().position(|byte| *byte == b':') else { return true };
    let (protocol, list) = (list.get(..at).unwrap_or_default(), list.get(at + 1..).unwrap_or_default());
    !protocol.eq_ignore_ascii_case(socket.protocol.as_bytes())
        || super::is_in(list, &|word| word.eq_ignore_ascii_case(socket.state.as_bytes()))
}
