//! `syslogd`: BusyBox's. Messages of 64 kB come whole; those for other machines carry the name of this one,
//! as RFC 3164 asks. A file that was taken away or renamed is made anew. What would command a terminal is written `\xNN`.

use alloc::vec::Vec;
use core::time::Duration;

use formats::dev::kmsg::LEVELS;
use formats::etc::syslog_conf::{self, Place, Rule};
use formats::wire::syslog::{FACILITIES, Message, parse};
use linux::Errno;
use linux::fd::AsFd;
use linux::fs::{Mode, chmod, unlink};
use linux::signal::Signal;
use net::{Resolver, UdpSocket, UnixAddress, UnixDatagram};
use query::text::{decimal, parse_decimal, printable};
use system::ring::{Ring, SYSLOGD};
use system::rotated::Rotated;
use time::{Moment, SystemTime, TimeZone};

use crate::file::moment;
use crate::process::own;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "syslogd",
    summary: "Keep the system's log",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'n', "", "stay in the foreground"),
        Flag::with(b'O', "", "FILE", "write to FILE (/var/log/messages); - for standard output"),
        Flag::may(b'C', "", "KIB", "keep it in memory for logread, so much of it (16)"),
        Flag::with(b'R', "", "HOST", "send it to HOST or HOST:PORT (514), and write it nowhere else"),
        Flag::new(b'L', "", "with -R: write it here, too"),
        Flag::with(b'l', "", "N", "only what is more urgent than level N (8)"),
        Flag::new(b'S', "", "leave out host and priority"),
        Flag::new(b't', "", "leave out the times of senders"),
        Flag::new(b'D', "", "leave out what is said again"),
        Flag::new(b'K', "", "write it to the kernel's log"),
        Flag::with(b'f', "", "FILE", "what goes elsewhere (/etc/syslog.conf)"),
        Flag::with(b's', "", "KB", "begin a new file after so much (200); 0 for never"),
        Flag::with(b'b', "", "N", "keep N old files (1), at most 99"),
        Flag::with(b'p', "socket", "FILE", "where programs send it (/dev/log)"),
        Flag::with(RING, "ring", "FILE", "the file of -C (/run/syslogd.ring)"),
        Flag::new(SOCKET, "socket-is-input", ""),
    ],
    run: Run::Parsed(run),
};

const RING: u8 = 128;
/// Standard input is the socket.
const SOCKET: u8 = 129;

/// The kernel's log.
const KERNEL: &[u8] = b"/dev/kmsg";

/// The longest message.
const LONGEST: usize = 64 << 10;

/// What is done with a message.
struct Daemon<'a> {
    parsed: &'a Parsed<'a>,
    zone: TimeZone,
    host: Vec<u8>,
    /// Only levels below this.
    levels: u64,
    file: Option<Rotated<'a>>,
    ring: Option<Ring>,
    remotes: Vec<Remote<'a>>,
    /// What goes to places of its own.
    rules: Vec<(Rule<'a>, Target<'a>)>,
    /// What was said last.
    last: Vec<u8>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let path = parsed.value(b'p').unwrap_or(b"/dev/log");
    let socket = if parsed.has(SOCKET) {
        linux::fs::dup(linux::fd::STDIN).map(UnixDatagram::from)
    } else {
        bind(path)
    };
    let socket = socket.map_err(|errno| io.complain(path, &errno))?;
    if !parsed.has(b'n') {
        let words = own::words(parsed, &[], &[b"-n", b"--socket-is-input"]);
        return own::daemon(io, parsed, &words, Some(socket.as_fd()));
    }
    let text = match parsed.value(b'f') {
        Some(path) => system::file::read(path).map_err(|error| io.complain(b"", &error))?,
        None => system::file::read(b"/etc/syslog.conf").unwrap_or_default(),
    };
    let mut daemon = Daemon::new(io, parsed, &text)?;
    // Others ask by it for what is done anyway.
    let _ = linux::signal::ignore(Signal::HUP);
    let mut buffer = alloc::vec![0; LONGEST];
    loop {
        match socket.recv(&mut buffer) {
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                for line in bytes.split(|byte| matches!(byte, 0 | b'\n')).filter(|line| !line.is_empty()) {
                    daemon.take(io, line);
                }
            }
            Err(Errno::INTR) => {}
            Err(errno) => return Ok(io.complain(path, &errno)),
        }
    }
}

fn bind(path: &[u8]) -> linux::Result<UnixDatagram> {
    match unlink(path) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno),
    }
    let socket = UnixDatagram::bind(&UnixAddress::path(path)?)?;
    chmod(path, Mode::octal(0o666))?;
    Ok(socket)
}

fn number(io: &mut Io<'_>, parsed: &Parsed<'_>, key: u8, default: u64) -> Result<u64, Status> {
    match parsed.value(key).filter(|word| !word.is_empty()) {
        None => Ok(default),
        Some(word) => parse_decimal(word).ok_or_else(|| io.misuse(word, "is no number")),
    }
}

/// A place of a rule.
enum Target<'a> {
    File(Rotated<'a>),
    Host(Remote<'a>),
}

impl<'a> Daemon<'a> {
    fn new(io: &mut Io<'_>, parsed: &'a Parsed<'a>, text: &'a [u8]) -> Result<Self, Status> {
        let levels = number(io, parsed, b'l', 8)?;
        let (limit, copies) = (number(io, parsed, b's', 200)?, number(io, parsed, b'b', 1)?);
        let room = number(io, parsed, b'C', 16)?.clamp(4, 1 << 20) << 10;
        let path = parsed.value(RING).unwrap_or(SYSLOGD);
        let ring = parsed.has(b'C').then(|| Ring::make(path, room)).transpose();
        let ring = ring.map_err(|errno| io.complain(path, &errno))?;
        let is_local = !parsed.has(b'R') || parsed.has(b'L');
        let limited = |path, limit| Rotated::new(path, limit, copies.min(99), Mode::octal(0o666));
        let open = |path| limited(path, limit << 10);
        let file = if parsed.has(b'K') {
            limited(KERNEL, 0)
        } else {
            open(parsed.value(b'O').unwrap_or(b"/var/log/messages"))
        };
        let mut rules = Vec::new();
        for rule in syslog_conf::parse(text) {
            match rule {
                Ok(rule) => {
                    let target = match rule.place {
                        Place::File(path) => Target::File(open(path)),
                        Place::Host(place) => Target::Host(Remote::new(place)),
                    };
                    rules.push((rule, target));
                }
                // A log of the rest is better than none.
                Err(line) => _ = io.complain(line, &"makes no sense"),
            }
        }
        Ok(Self {
            parsed,
            zone: moment::zone(io),
            host: linux::system::uname().map(|names| names.host().to_vec()).unwrap_or_default(),
            levels,
            file: (is_local && (ring.is_none() || parsed.has(b'O'))).then_some(file),
            ring: ring.filter(|_| is_local),
            remotes: parsed.values(b'R').map(Remote::new).collect(),
            rules,
            last: Vec::new(),
        })
    }

    fn take(&mut self, io: &mut Io<'_>, line: &[u8]) {
        let message = parse(line);
        let has_rule = self.rules.iter().any(|(rule, _)| rule.covers(message.priority));
        if !has_rule && u64::from(message.priority & 7) >= self.levels {
            return;
        }
        if self.parsed.has(b'D') {
            let said = [&[message.priority], message.text].concat();
            if said == self.last {
                return;
            }
            self.last = said;
        }
        let mut time = message.time.filter(|_| !self.parsed.has(b't')).unwrap_or_default().to_vec();
        if time.is_empty() {
            self.now(&mut time);
        }
        let mut text = Vec::new();
        printable(message.text, &mut text);
        let line = self.line(&message, &time, &text);
        if has_rule {
            let packet = self.packet(&message, &time);
            for (_, target) in self.rules.iter_mut().filter(|(rule, _)| rule.covers(message.priority)) {
                match target {
                    Target::Host(remote) => remote.send(&packet),
                    Target::File(file) => {
                        if let Err(errno) = file.write(&line) {
                            io.complain(file.path(), &errno);
                        }
                    }
                }
            }
            return;
        }
        if let Some(file) = &mut self.file {
            let written = if file.path() == b"-" {
                io.out.put(&line);
                io.out.flush();
                Ok(())
            } else if file.path() == KERNEL {
                let mut line = b"<".to_vec();
                decimal(message.priority.into(), &mut line);
                file.write(&[&line, &b">"[..], &text, b"\n"].concat())
            } else {
                file.write(&line)
            };
            if let Err(errno) = written {
                io.complain(file.path(), &errno);
            }
        }
        if let Some(ring) = &self.ring {
            // There is nobody to tell that memory is short.
            let _ = ring.write(&line);
        }
        if !self.remotes.is_empty() {
            let packet = self.packet(&message, &time);
            self.remotes.iter_mut().for_each(|remote| remote.send(&packet));
        }
    }

    /// Makes a message for other machines.
    fn packet(&self, message: &Message<'_>, time: &[u8]) -> Vec<u8> {
        let mut packet = b"<".to_vec();
        decimal(message.priority.into(), &mut packet);
        for part in [b">", time, b" ", &self.host, b" ", message.text] {
            packet.extend_from_slice(part);
        }
        packet
    }

    /// Writes a line as BusyBox does: `Nov 22 12:00:00 host user.notice tag: text`.
    fn line(&self, message: &Message<'_>, time: &[u8], text: &[u8]) -> Vec<u8> {
        let mut line = time.to_vec();
        line.push(b' ');
        if !self.parsed.has(b'S') {
            line.extend_from_slice(&self.host);
            line.push(b' ');
            let facility = FACILITIES.get(usize::from(message.priority >> 3)).copied().unwrap_or_default();
            if facility.is_empty() {
                decimal((message.priority >> 3).into(), &mut line);
            }
            line.extend_from_slice(facility.as_bytes());
            line.push(b'.');
            line.extend_from_slice(
                LEVELS.get(usize::from(message.priority & 7)).copied().unwrap_or_default().as_bytes(),
            );
            line.push(b' ');
        }
        line.extend_from_slice(text);
        line.push(b'\n');
        line
    }

    fn now(&self, out: &mut Vec<u8>) {
        let date = Moment::of(SystemTime::now(), &self.zone).date;
        date.month_day_text(out);
        out.push(b' ');
        date.second_text(out);
    }
}

/// Another machine.
struct Remote<'a> {
    place: &'a [u8],
    socket: Option<UdpSocket>,
    /// When it may be tried again, since the boot.
    next: Duration,
}

impl<'a> Remote<'a> {
    fn new(place: &'a [u8]) -> Self {
        Self { place, socket: None, next: Duration::ZERO }
    }

    /// Sends a message, which is lost where the machine cannot be found.
    fn send(&mut self, packet: &[u8]) {
        /// A name that is not found is not asked for again so soon.
        const PAUSE: Duration = Duration::from_secs(120);
        let now = linux::time::monotonic();
        if self.socket.is_none() && self.next <= now {
            self.socket = self.find();
            if self.socket.is_none() {
                self.next = now.saturating_add(PAUSE);
            }
        }
        if let Some(socket) = &self.socket
            && let Err(errno) = socket.send(packet)
        {
            // A refusal of the packet before; this one has not gone then.
            if errno != Errno::CONNREFUSED || socket.send(packet).is_err() {
                self.socket = None;
            }
        }
    }

    fn find(&self) -> Option<UdpSocket> {
        let text = core::str::from_utf8(self.place).ok()?;
        let resolver = Resolver::system().ok()?;
        let is_address = formats::internet::parse(text).is_some();
        let found = if is_address || !text.contains(':') {
            resolver.addresses(text, 514)
        } else {
            resolver.places(text, "udp")
        };
        UdpSocket::connected(*found.ok()?.first()?).ok()
    }
}
