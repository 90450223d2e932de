//! `logger` (POSIX; the options of util-linux and BusyBox): a message for the system's log, as RFC 3164 has it. Times are
//! universal.

use alloc::vec::Vec;

use formats::wire::syslog;
use linux::fd::OwnedFd;
use linux::net::{
    Family, MessageFlags, Protocol, SocketFlags, SocketKind, UnixAddress, connect, send, socket,
};
use system::users::Names;

use crate::reader::{Reader, ended};
use crate::zone::Zone;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, source};

pub(crate) const APPLET: Applet = Applet {
    name: "logger",
    summary: "Write to the system's log: WORDs, or the lines of standard input",
    usage: "[OPTION]... [WORD]...",
    flags: flags![
        Flag::with(b't', "tag", "NAME", "who says it (the user's name)"),
        Flag::with(b'p', "priority", "PRIORITY", "FACILITY.LEVEL, a LEVEL or their number (user.notice)"),
        Flag::new(b's', "stderr", "print it, too"),
        Flag::may(b'i', "id", "PID", "with the number of this process"),
        Flag::with(b'f', "file", "FILE", "the lines of FILE"),
        Flag::with(b'u', "socket", "FILE", "write to this socket (/dev/log)"),
        Flag::new(b'e', "skip-empty", "no empty lines"),
        Flag::new(PREFIX, "prio-prefix", "a priority such as <13> may stand before a line"),
        Flag::new(DRY, "no-act", "write nothing"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; PREFIX DRY }

/// user.notice.
const DEFAULT: u64 = 13;

struct Writer<'a> {
    socket: Option<OwnedFd>,
    tag: Vec<u8>,
    priority: u64,
    parsed: &'a Parsed<'a>,
    zone: Zone,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let priority = match parsed.value(b'p').map(|word| (word, priority(word))) {
        None => DEFAULT,
        Some((_, Some(priority))) => priority,
        Some((word, None)) => return Ok(io.misuse(word, "no such priority")),
    };
    let mut tag =
        parsed.value(b't').map_or_else(|| Names::read().user(linux::process::geteuid()), <[u8]>::to_vec);
    if let Some(pid) = parsed.value(b'i') {
        tag.push(b'[');
        match pid {
            b"" => query::text::decimal(linux::process::getpid().get().unsigned_abs().into(), &mut tag),
            pid => tag.extend_from_slice(pid),
        }
        tag.push(b']');
    }
    let path = parsed.value(b'u').unwrap_or(b"/dev/log");
    let socket = match open(path) {
        _ if parsed.has(DRY) => None,
        Ok(socket) => Some(socket),
        // What is printed, too, has been heard at least.
        Err(_) if parsed.has(b's') && !parsed.has(b'u') => None,
        Err(errno) => return Ok(io.complain(path, &errno)),
    };
    let writer = Writer { socket, tag, priority, parsed, zone: Zone::of(io, true) };
    if !parsed.operands.is_empty() {
        return Ok(writer.write(io, &parsed.operands.join(&b' ')));
    }
    let mut status = Status::SUCCESS;
    let name = parsed.value(b'f').unwrap_or(b"-");
    let read = source::with(io, name, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        while let Some(record) = reader.record(b'\n')? {
            let line = ended(record, b'\n').0;
            if !(line.is_empty() && parsed.has(b'e')) {
                status = status.and(writer.write(io, line));
            }
        }
        Ok(())
    });
    Ok(status.and(io.report(name, read)))
}

/// Opens the socket of the system's log.
pub(crate) fn open(path: &[u8]) -> linux::Result<OwnedFd> {
    let socket = socket(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    connect(&socket, &UnixAddress::path(path)?)?;
    Ok(socket)
}

/// Tells the system's log something; where there is none, nobody is told.
#[cfg(feature = "files")]
pub(crate) fn tell(priority: u64, message: &[u8]) {
    let mut packet = b"<".to_vec();
    query::text::decimal(priority, &mut packet);
    packet.push(b'>');
    packet.extend_from_slice(message);
    let _ = open(b"/dev/log").and_then(|socket| send(&socket, &packet, MessageFlags::NO_SIGNAL));
}

/// Reads `FACILITY.LEVEL`, `LEVEL`, or the number of both.
pub(super) fn priority(word: &[u8]) -> Option<u64> {
    if let Some(number) = query::text::parse_decimal(word) {
        return Some(number).filter(|number| *number < 192);
    }
    let (facility, level) = match word.iter().position(|byte| *byte == b'.') {
        None => (1, syslog::level(word)?),
        Some(at) => (syslog::facility(word.get(..at)?)?, syslog::level(word.get(at + 1..)?)?),
    };
    Some((facility << 3 | level).into())
}

impl Writer<'_> {
    fn write(&self, io: &mut Io<'_>, line: &[u8]) -> Status {
        let (mut priority, mut line) = (self.priority, line);
        if self.parsed.has(PREFIX)
            && let Some(rest) = line.strip_prefix(b"<")
            && let Some(at) = rest.iter().position(|byte| *byte == b'>')
            && let Some(number) =
                rest.get(..at).and_then(query::text::parse_decimal).filter(|number| *number < 192)
        {
            // A level alone has the facility of all.
            priority = if number < 8 { self.priority & !7 | number } else { number };
            line = rest.get(at + 1..).unwrap_or_default();
        }
        let mut message = b"<".to_vec();
        query::text::decimal(priority, &mut message);
        message.push(b'>');
        let date = self.zone.date(system::machine::now());
        date.month_day_text(&mut message);
        message.push(b' ');
        date.second_text(&mut message);
        message.push(b' ');
        message.extend_from_slice(&self.tag);
        message.extend_from_slice(b": ");
        message.extend_from_slice(line);
        if self.parsed.has(b's') {
            io.err.put(&message);
            io.err.put(b"\n");
        }
        let Some(socket) = &self.socket else { return Status::SUCCESS };
        let sent = linux::retry(|| send(socket, &message, MessageFlags::NO_SIGNAL));
        io.report(b"write", sent.map(drop))
    }
}
