//! Where entries come from: the pipe of a service, the kernel's log, and the two sockets.

use alloc::vec::Vec;

use ::services::{Logging, Service, Target};
use formats::proc::pid::cgroup;
use formats::wire::journald::Messages;
use formats::wire::syslog;
use linux::fd::OwnedFd;
use linux::fs::{self, IoSliceMut, Mode, OpenFlags};
use linux::net::options::PASS_CREDENTIALS;
use linux::net::{
    Control, Credentials, Family, MessageFlags, Protocol, SocketFlags, SocketKind, UnixAddress, bind,
    control_room, recvmsg, socket,
};
use linux::retry;
use system::file;

use super::limit::Bound;
use super::{LONGEST, Unit};
use crate::log::Log;
use crate::services::foreign::Foreign;

/// How much of a source is taken before others have their turn.
const TURN: usize = 64;

/// How many records of the kernel's log are taken: at the start, what it has said until then comes before all else.
const BACKLOG: usize = 2048;

/// What a service says.
pub(super) struct Output<'a> {
    /// The place of the service.
    pub(super) at: usize,
    pub(super) name: &'a str,
    pub(super) pipe: &'a OwnedFd,
    pub(super) bound: Bound,
    /// Its process, as far as it was seen; 0: none was.
    pub(super) pid: u32,
    /// Whether the console shows it.
    pub(super) is_shown: bool,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
}

impl<'a> Output<'a> {
    pub(super) fn new(at: usize, unit: &'a Unit) -> Option<Self> {
        let log = unit.service()?.log;
        Some(Self {
            at,
            name: &unit.name,
            pipe: &unit.says.as_ref()?.0,
            bound: Bound { burst: log.burst, interval: log.interval },
            pid: 0,
            is_shown: log.target == Target::Console,
            rest: Vec::new(),
        })
    }

    /// Takes a pipe of which nobody knows the service, if this is the end that is read.
    pub(super) fn stray(pipe: &'a OwnedFd) -> Option<Self> {
        let is_read = !fs::status_flags(pipe).ok()?.intersects(OpenFlags::WRITE | OpenFlags::READ_WRITE);
        let Logging { burst, interval, .. } = Service::new("").log;
        let bound = Bound { burst, interval };
        is_read.then_some(Self {
            at: usize::MAX,
            name: "",
            pipe,
            bound,
            pid: 0,
            is_shown: false,
            rest: Vec::new(),
        })
    }

    /// Gives whole lines, the last of them without its end where it is too long; none if there is none.
    pub(super) fn read(&mut self) -> Vec<u8> {
        let mut lines = core::mem::take(&mut self.rest);
        let mut bytes = [0; 4096];
        for _ in 0..TURN {
            // Process 1 has the other end, too, so it is never closed.
            let Ok(count) = fs::read(self.pipe, &mut bytes) else { break };
            lines.extend_from_slice(bytes.get(..count).unwrap_or_default());
        }
        let end = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if lines.len() - end < LONGEST {
            self.rest = lines.split_off(end);
        }
        lines
    }

    /// Gives what has no end yet.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.rest)
    }
}

/// The kernel's log.
pub(super) struct Kernel {
    pub(super) log: system::log::Log,
    /// The first record that was not taken yet; 0: none was.
    pub(super) next: u64,
}

/// A record of the kernel's log, or how many were written over before anyone could read them.
pub(super) struct Record {
    pub(super) lost: u64,
    pub(super) time: formats::time::Duration,
    pub(super) priority: u8,
    pub(super) text: Vec<u8>,
}

impl Kernel {
    /// Opens it where a predecessor has stopped; none where there is none, as in a container.
    pub(super) fn open(next: u64) -> Option<Self> {
        let log = system::log::Log::open(system::log::Start::Oldest).ok()?;
        Some(Self { log, next })
    }

    /// Gives the records of a turn.
    pub(super) fn read(&mut self) -> Vec<Record> {
        let mut records = Vec::new();
        while records.len() < BACKLOG {
            match self.log.read() {
                Ok(Some(record)) if record.sequence < self.next => {}
                Ok(Some(record)) => {
                    let lost = if self.next == 0 { 0 } else { record.sequence - self.next };
                    self.next = record.sequence + 1;
                    let priority = record.facility.min(23) as u8 * 8 + record.level;
                    records.push(Record { lost, time: record.time, priority, text: record.message() });
                }
                // A record that makes no sense keeps no other back.
                Err(error) if error.errno().is_none() => {}
                Ok(None) | Err(_) => break,
            }
        }
        records
    }
}

/// The sockets that take messages; one that could not be made is missing.
pub(super) struct Sockets {
    pub(super) syslog: Option<OwnedFd>,
    pub(super) journal: Option<OwnedFd>,
}

impl Sockets {
    /// Makes them.
    pub(super) fn open(log: Log) -> Self {
        for folder in ["/run/systemd", "/run/systemd/journal"] {
            // That it cannot be made is told of the socket.
            let _ = fs::mkdir(folder, Mode::octal(0o755));
        }
        let open = |path: &str| {
            let made = listen(path);
            made.inspect_err(|cause| log.error(format_args!("logs: listen at {path}: {cause}"))).ok()
        };
        Self { syslog: open("/dev/log"), journal: open("/run/systemd/journal/socket") }
    }
}

fn listen(path: &str) -> linux::Result<OwnedFd> {
    let _ = fs::unlink(path);
    let flags = SocketFlags::CLOSE_ON_EXEC | SocketFlags::NONBLOCK;
    let socket = socket(Family::UNIX, SocketKind::DATAGRAM, flags, Protocol::DEFAULT)?;
    PASS_CREDENTIALS.set(&socket, true)?;
    bind(&socket, &UnixAddress::path(path.as_bytes())?)?;
    fs::chmod(path, Mode::octal(0o666))?;
    Ok(socket)
}

/// A message that came to a socket.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) priority: u8,
    pub(super) tag: Vec<u8>,
    pub(super) text: Vec<u8>,
}

/// A datagram: who sent it, and what it holds.
pub(super) struct Datagram {
    pub(super) process: u32,
    pub(super) user: u32,
    pub(super) bytes: Vec<u8>,
}

/// After so many bytes others have their turn, too.
const LARGE_TURN: usize = 1 << 20;

/// The longest datagram, and the longest file in place of one, of which more is not looked at: what programs send to journald may be
/// a core with its message behind it.
const LONGEST_DATAGRAM: usize = 256 << 10;
const LONGEST_FILE: u64 = 4 << 20;

/// How many descriptors come with a datagram at most (SCM_MAX_FD): the kernel would close those that have no room, and wait for it.
const FILES: usize = 253;

/// Gives the datagrams of a turn.
pub(super) fn receive(socket: &OwnedFd) -> Vec<Datagram> {
    let mut datagrams = Vec::new();
    let mut buffer = alloc::vec![0; LONGEST_DATAGRAM];
    let mut bytes = 0;
    while datagrams.len() < TURN && bytes < LARGE_TURN {
        let Some(datagram) = receive_one(socket, &mut buffer) else { break };
        bytes += datagram.bytes.len();
        datagrams.push(datagram);
    }
    datagrams
}

fn receive_one(socket: &OwnedFd, buffer: &mut [u8]) -> Option<Datagram> {
    let mut room = [0; control_room(size_of::<Credentials>()) + control_room(FILES * size_of::<i32>())];
    let mut slices = [IoSliceMut::new(buffer)];
    // It does not wait, so no signal interrupts it.
    let received = recvmsg(socket, &mut slices, &mut room, MessageFlags::CLOSE_ON_EXEC).ok()?;
    let (mut process, mut user, mut file) = (0, u32::MAX, None);
    let count = received.count;
    for control in received.control {
        match control {
            Control::Credentials(sender) => (process, user) = (sender.process, sender.user),
            Control::Descriptors(files) => {
                files.map(Foreign::from).for_each(|one| file = file.take().or(Some(one)))
            }
            _ => {}
        }
    }
    let bytes = match file {
        Some(file) => read_memory(&file).unwrap_or_default(),
        None => buffer.get(..count).unwrap_or_default().to_vec(),
    };
    Some(Datagram { process, user, bytes })
}

/// Reads a file that came in place of a datagram. Only one in memory, as its seals tell: reading any other may take for ever.
fn read_memory(file: &Foreign) -> linux::Result<Vec<u8>> {
    fs::seals(file)?;
    let size = fs::fstat(file)?.size().min(LONGEST_FILE);
    let mut bytes = alloc::vec![0; size as usize];
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match retry(|| fs::pread(file, rest, done as u64))? {
            0 => break,
            count => done += count,
        }
    }
    bytes.truncate(done);
    Ok(bytes)
}

/// Reads a message to `/dev/log`.
pub(super) fn from_syslog(bytes: &[u8]) -> Option<Message> {
    // Some send the zero at the end of their text, or the end of their line.
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | b'\n')).map(|at| at + 1)?;
    let message = syslog::parse(bytes.get(..end)?);
    let said = syslog::said(message.text);
    Some(Message { priority: message.priority, tag: said.tag.to_vec(), text: said.text.to_vec() })
}

/// Reads the messages of a datagram as journald takes it.
pub(super) fn from_journal(bytes: &[u8]) -> Vec<Message> {
    let owned = |message: formats::wire::journald::Message<'_>| Message {
        priority: message.priority,
        tag: message.tag.to_vec(),
        text: message.text.to_vec(),
    };
    Messages::new(bytes).map(owned).collect()
}

/// Gives the service that a process belongs to, by its control group; empty if it is none's, or has ended.
pub(super) fn service_of(pid: u32) -> Vec<u8> {
    let name = |text: &[u8]| {
        let path = cgroup::unified(text)?.strip_prefix(b"/services/")?;
        path.split(|byte| *byte == b'/').next().map(<[u8]>::to_vec)
    };
    let text = file::read(alloc::format!("/proc/{pid}/cgroup").as_bytes());
    text.ok().and_then(|text| name(&text)).unwrap_or_default()
}
