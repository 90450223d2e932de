//! How sockets are chosen and shown.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::SocketAddr;

use formats::proc::net::{inet, unix};
use linux::Errno;
use query::{Rows, Value};
use system::users;

use super::super::names::Names;
use super::owners::{self, Owner};
use crate::{Failure, Io, JSON, Parsed};

/// A file of sockets: the option that asks for it, the protocol, whether it is IPv6, and the path.
pub(crate) type File = (u8, &'static str, bool, &'static [u8]);

pub(crate) const FILES: &[File] = &[
    (b't', "tcp", false, b"/proc/net/tcp"),
    (b't', "tcp", true, b"/proc/net/tcp6"),
    (b'u', "udp", false, b"/proc/net/udp"),
    (b'u', "udp", true, b"/proc/net/udp6"),
    (b'w', "raw", false, b"/proc/net/raw"),
    (b'w', "raw", true, b"/proc/net/raw6"),
];

/// The names of states, from 1.
pub(crate) const STATES: &[&str] = &[
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "SYN_RECV",
];

/// The state of a socket that is neither connected nor listens.
const CLOSE: u8 = 7;

/// The names of kinds and states of sockets of this machine, from 1.
pub(crate) const KINDS: &[&str] = &["STREAM", "DGRAM", "RAW", "RDM", "SEQPACKET"];
const UNIX_STATES: &[&str] = &["", "CONNECTING", "CONNECTED", "DISCONNECTING"];

/// The columns that an address has, and has with `-W`.
const WIDTHS: [usize; 2] = [23, 51];

/// What a run shows.
struct View<'p> {
    parsed: &'p Parsed<'p>,
    is_json: bool,
    names: Names,
    users: Option<users::Names>,
    owners: Vec<Owner>,
    rows: Rows<'static>,
}

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<(), Failure> {
    let is_json = parsed.has(JSON);
    let mut view = View {
        parsed,
        is_json,
        names: Names::new(is_json || parsed.has(b'n')),
        users: (parsed.has(b'e') && !parsed.has(b'n')).then(users::Names::read),
        owners: if is_json || parsed.has(b'p') { owners::all() } else { Vec::new() },
        rows: Rows::named(
            "protocol local_address local_port remote_address remote_port state unread unsent \
             user inode pid program references path",
        ),
    };
    let has_any = parsed.has_any(b"tuwx");
    let is_internet = parsed.has_any(b"tuw") || !parsed.has(b'x');
    if is_internet && !is_json {
        view.internet_title(io);
    }
    for file in FILES.iter().filter(|file| !has_any || parsed.has(file.0)) {
        let is_left_out = if file.2 { parsed.has(b'4') } else { parsed.has(b'6') };
        if is_left_out && !(parsed.has(b'4') && parsed.has(b'6')) {
            continue;
        }
        let text = match system::file::read(file.3) {
            // A kernel without IPv6.
            Err(error) if error.errno() == Some(Errno::NOENT) => continue,
            text => text?,
        };
        for socket in inet::parse(&text) {
            if view.is_wanted(socket.remote.port() == 0) {
                view.internet(io, file.1, &socket);
            }
        }
    }
    if !has_any && !parsed.has_any(b"46") || parsed.has(b'x') {
        let text = system::file::read(b"/proc/net/unix")?;
        if !is_json {
            view.unix_title(io);
        }
        for socket in unix::parse(&text) {
            if view.is_wanted(socket.listens) {
                view.unix(io, &socket);
            }
        }
    }
    if is_json {
        view.rows.json(&mut io.out);
    }
    Ok(())
}

impl View<'_> {
    /// Says whether servers, or connections, are to be shown.
    fn is_wanted(&self, is_server: bool) -> bool {
        self.parsed.has(b'a') || self.parsed.has(b'l') == is_server
    }

    /// Says in a title what is shown.
    fn which(&self) -> &'static str {
        match (self.parsed.has(b'a'), self.parsed.has(b'l')) {
            (true, _) => "(servers and established)",
            (false, true) => "(only servers)",
            (false, false) => "(w/o servers)",
        }
    }

    fn width(&self) -> usize {
        WIDTHS[usize::from(self.parsed.has(b'W'))]
    }

    fn internet_title(&self, io: &mut Io<'_>) {
        let width = self.width();
        let (local, foreign) = ("Local Address", "Foreign Address");
        let _ = write!(
            io.out,
            "Active Internet connections {}\nProto Recv-Q Send-Q {local:<width$} {foreign:<width$} State       ",
            self.which(),
        );
        if self.parsed.has(b'e') {
            io.out.put(b"User       Inode      ");
        }
        if self.parsed.has(b'p') {
            io.out.put(b"PID/Program name    ");
        }
        io.out.put(b"\n");
    }

    fn unix_title(&self, io: &mut Io<'_>) {
        let programs = if self.parsed.has(b'p') { "PID/Program name    " } else { "" };
        let _ = writeln!(
            io.out,
            "Active UNIX domain sockets {}\nProto RefCnt Flags       Type       State         I-Node {programs}Path",
            self.which(),
        );
    }

    fn internet(&mut self, io: &mut Io<'_>, protocol: &str, socket: &inet::Socket) {
        let is_tcp = protocol == "tcp";
        let name = STATES.get(usize::from(socket.state).wrapping_sub(1)).copied().unwrap_or_default();
        let state = if socket.state == CLOSE && !is_tcp { "" } else { name };
        if self.is_json {
            let text = |address: SocketAddr| {
                Value::text(alloc::format!("{}", formats::internet::Shown(address.ip())).as_bytes())
            };
            let number = |value: u32| Value::Number(value.into());
            let (pid, program) = self.owner(socket.inode);
            self.rows.push([
                Value::text(
                    if socket.local.is_ipv6() { [protocol, "6"].concat() } else { protocol.into() }
                        .as_bytes(),
                ),
                text(socket.local),
                number(socket.local.port().into()),
                text(socket.remote),
                number(socket.remote.port().into()),
                Value::text(state.as_bytes()),
                number(socket.receive_queue),
                number(socket.send_queue),
                number(socket.user),
                Value::Number(socket.inode),
                pid,
                program,
                Value::Unknown,
                Value::Unknown,
            ]);
            return;
        }
        let (local, foreign) = (self.place(socket.local, protocol), self.place(socket.remote, protocol));
        let (width, receive, send) = (self.width(), socket.receive_queue, socket.send_queue);
        let _ = write!(
            io.out,
            "{protocol}   {receive:>6} {send:>6} {local:<width$} {foreign:<width$} {state:<12}"
        );
        if self.parsed.has(b'e') {
            let user = match &self.users {
                Some(users) => users.user(socket.user),
                None => alloc::format!("{}", socket.user).into_bytes(),
            };
            let _ = write!(io.out, "{:<10} {:<10} ", String::from_utf8_lossy(&user), socket.inode);
        }
        self.program(io, socket.inode);
        io.out.put(b"\n");
    }

    /// Writes an address with its port, cut to its column.
    fn place(&mut self, address: SocketAddr, protocol: &str) -> String {
        let port = match address.port() {
            0 => "*".into(),
            port => self.names.service(port, protocol),
        };
        let mut host = match address.ip() {
            ip if ip.is_unspecified() => alloc::format!("{}", formats::internet::Shown(ip)),
            ip => self.names.host(ip),
        };
        if !self.parsed.has(b'W') {
            host.truncate(self.width().saturating_sub(port.len() + 1));
        }
        [&host, ":", &port].concat()
    }

    fn unix(&mut self, io: &mut Io<'_>, socket: &unix::Socket<'_>) {
        let name = |names: &[&'static str], number: u32| {
            names.get((number as usize).wrapping_sub(1)).copied().unwrap_or("UNKNOWN")
        };
        let state = if socket.listens { "LISTENING" } else { name(UNIX_STATES, socket.state) };
        if self.is_json {
            let (pid, program) = self.owner(socket.inode);
            let mut row = Vec::from([Value::text(b"unix")]);
            row.resize(5, Value::Unknown);
            row.push(Value::text(state.as_bytes()));
            row.resize(9, Value::Unknown);
            row.extend([Value::Number(socket.inode), pid, program]);
            row.extend([Value::Number(socket.references.into()), Value::text(socket.path)]);
            self.rows.push(row);
            return;
        }
        let flags = if socket.listens { "[ ACC ]" } else { "[ ]" };
        let (references, kind) = (socket.references, name(KINDS, socket.kind));
        let _ =
            write!(io.out, "unix  {references:<6} {flags:<11} {kind:<10} {state:<13} {:>6} ", socket.inode);
        self.program(io, socket.inode);
        io.out.printable(socket.path);
        io.out.put(b"\n");
    }

    /// Writes who has a socket, if that was asked for.
    fn program(&self, io: &mut Io<'_>, inode: u64) {
        if self.parsed.has(b'p') {
            let text = match self.find(inode) {
                Some(owner) => alloc::format!("{}/{}", owner.pid, String::from_utf8_lossy(&owner.name)),
                None => "-".into(),
            };
            let mut shown = Vec::new();
            query::text::printable(text.as_bytes(), &mut shown);
            shown.resize(shown.len().max(20), b' ');
            io.out.put(&shown);
        }
    }

    fn find(&self, inode: u64) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.inode == inode && inode != 0)
    }

    fn owner(&self, inode: u64) -> (Value, Value) {
        self.find(inode).map_or((Value::Unknown, Value::Unknown), |owner| {
            (Value::Number(owner.pid.into()), Value::text(&owner.name))
        })
    }
}
