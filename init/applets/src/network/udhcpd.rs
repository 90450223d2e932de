//! `udhcpd` (BusyBox's): a small DHCP server, with its configuration file and its file of leases.
//!
//! Answers to clients without an address go to all on the link. Deviations: whether an address is in use is not asked before it
//! is offered (`conflict_time`), and times in the file of leases are always what is left (`remaining`).

use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use formats::etc::udhcpd_conf::{self, Config};
use formats::file::udhcpd_leases;
use formats::netlink::Family;
use formats::time::Duration;
use formats::wire::dhcp4::{CLIENT_PORT, Code, SERVER_PORT};
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Mode, OpenFlags};
use linux::net::{
    Family as SocketFamily, InterfaceName, MessageFlags, Protocol, SocketFlags, SocketKind, bind, options,
    recv, sendto, socket,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{CloneFlags, Pid, Step, getpid};
use linux::signal::{Signal, SignalSet};
use linux::time::{Clock, clock_gettime};
use protocols::dhcp_server::{Answer, Lease, Server, Settings};
use query::text::parse_decimal;
use system::file::{self, Durability};
use system::links::{self, Extent};
use system::machine::uptime;
use system::netlink::Socket;

use super::held::Signals;
use super::names;
use crate::process::launch::{self, Launch};
use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "udhcpd",
    summary: "Give addresses by DHCP",
    usage: "[-fS] [-I ADDRESS] [-P PORT] [CONFIGURATION]",
    flags: flags![
        Flag::new(b'f', "", "stay in the foreground"),
        Flag::new(b'S', "", ""),
        Flag::with(b'I', "", "ADDRESS", "the server's address (the first of the link)"),
        Flag::with(b'P', "", "PORT", "in place of 67; clients are then at the next one"),
        Flag::with(b'a', "", "MS", ""),
    ],
    run: Run::Parsed(run),
};

const HEARD: SignalSet = SignalSet::of(&[Signal::TERM, Signal::INT, Signal::USR1]);

/// How long a lease is if nothing is said (BusyBox's ten days).
const LEASE: Duration = Duration::from_secs(10 * 86400);

/// Room for the longest message.
const ROOM: usize = 1500;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let path = match parsed.operands[..] {
        [] => &b"/etc/udhcpd.conf"[..],
        [path] => path,
        [_, extra, ..] => return Ok(io.misuse(extra, "one file only")),
    };
    let port = match parsed.value(b'P') {
        Some(word) => parse_decimal(word).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0),
        None => Some(SERVER_PORT),
    };
    let port = port.ok_or_else(|| io.misuse(parsed.value(b'P').unwrap_or_default(), "not a port"))?;
    let text = file::read(path)?;
    let config = udhcpd_conf::parse(&text).map_err(|error| {
        let line = alloc::format!("{}: line {}", String::from_utf8_lossy(path), error.at());
        io.complain(line.as_bytes(), &"makes no sense")
    })?;
    if config.first > config.last {
        return Ok(io.complain(path, &"the first address is behind the last"));
    }
    let address = address(io, parsed, &config)?;
    let descriptor = open(&config, port).map_err(|errno| io.complain(config.interface.as_bytes(), &errno))?;
    if !parsed.has(b'f') {
        return Ok(go_behind(io, parsed, path, &config));
    }
    let signals = Signals::hold(HEARD).map_err(|errno| io.complain(b"signals", &errno))?;
    write_number(io, &config, getpid());
    let server = Server::new(settings(&config, address), known_leases(&config));
    let client_port = if port == SERVER_PORT { CLIENT_PORT } else { port.wrapping_add(1) };
    let mut session = Session { config: &config, server, descriptor, port, client_port, is_changed: false };
    session.serve(io, &signals);
    if !config.number_file.is_empty() {
        let _ = linux::fs::unlink(config.number_file.as_bytes());
    }
    Ok(Status::SUCCESS)
}

/// Gives the server's address: the one that is said, else the first of the link.
fn address(io: &mut Io<'_>, parsed: &Parsed<'_>, config: &Config<'_>) -> Result<Ipv4Addr, Failure> {
    if let Some(word) = parsed.value(b'I') {
        return match names::find(io, word, Some(false))?.ip() {
            IpAddr::V4(address) => Ok(address),
            IpAddr::V6(_) => Err(io.misuse(word, "not an IPv4 address").into()),
        };
    }
    let netlink = &mut Socket::open()?;
    let link = links::find(netlink, config.interface, Extent::SKIP_STATISTICS)?;
    let own = system::addresses::dump(netlink, Family::INET, link.index)?;
    match own.first().map(|address| address.local) {
        Some(IpAddr::V4(address)) => Ok(address),
        _ => Err(io.complain(config.interface.as_bytes(), &"has no IPv4 address").into()),
    }
}

fn open(config: &Config<'_>, port: u16) -> linux::Result<OwnedFd> {
    let (kind, flags) = (SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC | SocketFlags::NONBLOCK);
    let socket = socket(SocketFamily::IPV4, kind, flags, Protocol::UDP)?;
    options::REUSE_ADDRESS.set(&socket, true)?;
    options::BROADCAST.set(&socket, true)?;
    options::bind_to_device(&socket, InterfaceName::new(config.interface.as_bytes()))?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))?;
    Ok(socket)
}

fn settings(config: &Config<'_>, address: Ipv4Addr) -> Settings {
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let lease = config.options.iter().find(|(code, _)| *code == Code::LEASE_TIME);
    let lease = lease.and_then(|(_, value)| formats::wire::dhcp4::seconds(value).ok());
    let mut options = config.options.clone();
    options.retain(|(code, _)| *code != Code::LEASE_TIME && *code != Code::SERVER);
    Settings {
        address,
        first: config.first,
        last: config.last,
        most: config.most.map_or(usize::MAX, |most| most as usize),
        lease: lease.unwrap_or(LEASE),
        least: seconds(config.least_s),
        offer: seconds(config.offer_s),
        decline: seconds(config.decline_s),
        fixed: config.fixed.clone(),
        options,
        next_server: config.next_server,
        server_name: config.server_name.into(),
        boot_file: config.boot_file.into(),
    }
}

/// Gives the seconds since 1970.
fn present() -> u64 {
    let now = clock_gettime(Clock::REALTIME).unwrap_or_default();
    u64::try_from(now.seconds).unwrap_or(0)
}

/// Gives the leases that the file has, as far as they are not over.
fn known_leases(config: &Config<'_>) -> Vec<Lease> {
    let bytes = file::read(config.lease_file.as_bytes()).unwrap_or_default();
    let Ok((written, leases)) = udhcpd_leases::parse(&bytes) else { return Vec::new() };
    let (passed, now) = (present().saturating_sub(written), uptime());
    let left = |lease: &udhcpd_leases::Lease| u64::from(lease.left_s).saturating_sub(passed);
    let kept = leases.into_iter().filter(|lease| left(lease) > 0).map(|lease| Lease {
        station: lease.station,
        address: lease.address,
        ends: now + Duration::from_secs(left(&lease)),
        name: lease.name,
    });
    kept.collect()
}

/// Starts the process that serves.
fn go_behind(io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8], config: &Config<'_>) -> Status {
    let mut words: Vec<Vec<u8>> = Vec::from([b"udhcpd".to_vec(), b"-f".to_vec()]);
    words.extend(parsed.options.iter().map(|(key, value)| [&[b'-', *key], *value].concat()));
    words.push(path.to_vec());
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let null = |place| Step::Open(place, c"/dev/null", OpenFlags::READ_WRITE, Mode::empty());
    let steps = [Step::Session, null(0), null(1), null(2)];
    let started = Launch::own(&words, io.environment)
        .map(|launch| launch.start(&steps, CloneFlags::empty(), Some(HEARD)));
    match started {
        Some(Ok(child)) => {
            write_number(io, config, child);
            Status::SUCCESS
        }
        Some(Err((_, errno))) => io.complain(b"background", &errno),
        None => io.complain(b"background", &linux::Errno::INVAL),
    }
}

fn write_number(io: &mut Io<'_>, config: &Config<'_>, pid: Pid) {
    let mut text = Vec::new();
    query::text::decimal(pid.get().unsigned_abs().into(), &mut text);
    text.push(b'\n');
    if !config.number_file.is_empty()
        && let Err(error) = file::replace(config.number_file.as_bytes(), &text, Durability::Cache)
    {
        io.complain(b"", &error);
    }
}

/// The server at work.
struct Session<'c> {
    config: &'c Config<'c>,
    server: Server,
    descriptor: OwnedFd,
    port: u16,
    client_port: u16,
    /// Whether there are leases that the file does not have.
    is_changed: bool,
}

impl Session<'_> {
    fn serve(&mut self, io: &mut Io<'_>, signals: &Signals) {
        let every = (self.config.save_s > 0).then(|| Duration::from_secs(self.config.save_s.into()));
        let mut save_at = every.map(|every| uptime() + every);
        loop {
            let left = save_at.map(|at| at.saturating_sub(uptime()).into());
            let mut waited =
                [PollFd::new(&self.descriptor, PollFlags::IN), PollFd::new(signals, PollFlags::IN)];
            let _ = poll(&mut waited, left);
            self.answer(io);
            let signal = signals.take();
            let is_due = save_at.is_some_and(|at| at <= uptime());
            if is_due || signal.is_some() {
                self.save(io);
                save_at = every.map(|every| uptime() + every);
            }
            if signal.is_some_and(|signal| signal != Signal::USR1) {
                break;
            }
        }
    }

    /// Answers what has come.
    fn answer(&mut self, io: &mut Io<'_>) {
        let mut buffer = [0; ROOM];
        while let Ok(length) = recv(self.descriptor.as_fd(), &mut buffer, MessageFlags::DONT_WAIT) {
            let bytes = buffer.get(..length).unwrap_or_default();
            let Some(answer) = self.server.handle(bytes, uptime()) else { continue };
            self.is_changed = true;
            if let Err(errno) = self.send(&answer) {
                io.complain(b"send", &errno);
            }
        }
    }

    fn send(&self, answer: &Answer) -> linux::Result<()> {
        let port = if answer.is_relayed { self.port } else { self.client_port };
        let to = answer.to.unwrap_or(Ipv4Addr::BROADCAST);
        let to = SocketAddr::V4(SocketAddrV4::new(to, port));
        sendto(&self.descriptor, &answer.bytes, MessageFlags::NO_SIGNAL, &to).map(drop)
    }

    /// Writes the leases that are not over, and runs who wants to know it.
    fn save(&mut self, io: &mut Io<'_>) {
        if !core::mem::take(&mut self.is_changed) {
            return;
        }
        let now = uptime();
        let running = self.server.leases.iter().filter(|lease| lease.ends > now);
        let leases: Vec<udhcpd_leases::Lease> = running
            .map(|lease| udhcpd_leases::Lease {
                left_s: u32::try_from(lease.ends.saturating_sub(now).as_secs()).unwrap_or(u32::MAX),
                address: lease.address,
                station: lease.station,
                name: lease.name.clone(),
            })
            .collect();
        let path = self.config.lease_file.as_bytes();
        if let Err(error) = file::replace(path, &udhcpd_leases::emit(present(), &leases), Durability::Cache) {
            io.complain(b"", &error);
            return;
        }
        let notify = self.config.notify.as_bytes();
        if !notify.is_empty()
            && let Some(Ok(child)) = Launch::new(&[notify, path], io.environment)
                .map(|launch| launch.start(&[], CloneFlags::empty(), Some(SignalSet::of(&[]))))
        {
            let _ = launch::wait(child);
        }
    }
}
