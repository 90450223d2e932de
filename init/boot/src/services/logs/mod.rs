//! The worker that keeps the log: what services say, the kernel's log, messages to `/dev/log`, and those that programs send as to
//! journald.
//!
//! Process 1 holds what must not be lost with this worker: the ring of entries, the pipes of the services, and the sockets with what
//! waits in them. So a successor goes on with all of it, and no service notices that it had none for a while. What the worker had
//! read and not yet entered is gone with it, on purpose: what it failed on must not fail its successor.

mod console;
pub(super) mod files;
mod limit;
mod sources;

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use formats::file::journal::{Entry, Origin};
use formats::time::Duration;
use formats::wire::syslog;
use io::File;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{self, PipeFlags};
use linux::poll::{self, PollFd, PollFlags};
use linux::process::{self, Capabilities};
use linux::retry;
use linux::signal::{self, MaskHow, Signal, SignalSet, SignalfdFlags};
use system::journal::PATH;
use system::ring::Ring;

use super::{Shared, Unit, control};
use crate::log::Log;
use crate::up;
use console::Console;
use limit::{Bound, Limits};
use sources::{Kernel, Output, Sockets};

/// The room of the ring in bytes; pages that were never written cost nothing.
const ROOM: u64 = 1 << 20;

/// A message of more bytes is divided, if it comes as a stream, or else cut.
const LONGEST: usize = 16 << 10;

/// Facility and level of output that says nothing of it: daemon, info.
const USUAL: u8 = 3 << 3 | 6;

/// Facility and level of what the log says of itself: syslog, warning.
const WARNING: u8 = 5 << 3 | 4;

/// What process 1 holds for its workers.
pub(super) struct Kept {
    ring: Ring,
    sockets: Sockets,
    /// How far the files have come.
    files: OwnedFd,
}

impl Kept {
    /// Makes it; a socket or a link that cannot be made is named in the log, and missing.
    ///
    /// # Errors
    /// Those of `memfd_create(2)`.
    pub(super) fn new(log: Log) -> linux::Result<Self> {
        let ring = Ring::memory(c"log", ROOM)?;
        show(&ring, log);
        Ok(Self { ring, sockets: Sockets::open(log), files: super::loader::memory(c"log files")? })
    }

    /// Goes on with what a former program in this process had: its ring, how far its files have come, and its sockets for syslog's
    /// messages and journald's.
    pub(super) fn taken(ring: OwnedFd, files: OwnedFd, sockets: [Option<OwnedFd>; 2], log: Log) -> Self {
        let (ring, [syslog, journal]) = (Ring::from(File::from(ring)), sockets);
        show(&ring, log);
        Self { ring, sockets: Sockets { syslog, journal }, files }
    }

    /// Gives what a successor goes on with.
    pub(super) fn parts(&self) -> Parts<'_> {
        let Sockets { syslog, journal } = &self.sockets;
        let ring = self.ring.file().as_fd();
        Parts { ring, files: &self.files, syslog: syslog.as_ref(), journal: journal.as_ref() }
    }
}

/// The descriptors of what process 1 holds for its workers.
pub(super) struct Parts<'a> {
    pub(super) ring: BorrowedFd<'a>,
    pub(super) files: &'a OwnedFd,
    pub(super) syslog: Option<&'a OwnedFd>,
    pub(super) journal: Option<&'a OwnedFd>,
}

/// Makes the link under which the ring is found: the number of a descriptor of process 1.
fn show(ring: &Ring, log: Log) {
    up::make_folder();
    // That of a former program in this process.
    let _ = fs::unlink(PATH);
    let target = format!("/proc/1/fd/{}", ring.file().as_fd().as_raw());
    if let Err(cause) = fs::symlink(target.as_str(), PATH) {
        log.error(format_args!("link {PATH}: {cause}"));
    }
}

/// Makes a pipe whose ends nobody has to wait at.
///
/// # Errors
/// Those of `pipe(2)`.
pub(super) fn pipe() -> linux::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = fs::pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let flags = fs::status_flags(&reader)?;
    fs::set_status_flags(&reader, flags | fs::OpenFlags::NONBLOCK)?;
    Ok((reader, writer))
}

/// Works until SIGTERM, at which all that was read is entered.
pub(super) fn run(shared: &Shared, units: &[Unit], log: Log) -> i32 {
    let served = signals().and_then(|signals| {
        let mut journal = Journal::new(shared, log)?;
        // What reads what anyone may send needs no more than what is open now.
        let given_up = process::keep_capabilities(Capabilities::empty());
        if let Err(cause) = given_up.and_then(|()| process::set_no_new_privileges()) {
            log.error(format_args!("logs: give up privileges: {cause}"));
        }
        journal.serve(&signals, units)
    });
    i32::from(served.inspect_err(|cause| log.error(format_args!("logs: {cause}"))).is_err())
}

/// Has SIGTERM wait to be read.
fn signals() -> linux::Result<OwnedFd> {
    const HEARD: SignalSet = SignalSet::of(&[Signal::TERM]);
    signal::sigprocmask(MaskHow::Block, Some(HEARD))?;
    signal::signalfd(HEARD, SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK)
}

/// The log while it is written.
struct Journal<'a> {
    shared: &'a Shared,
    ring: Ring,
    kernel: Option<Kernel>,
    limits: Limits,
    /// Lines of entries that are not in the ring yet.
    batch: Vec<u8>,
    console: Console,
    now: Duration,
}

impl<'a> Journal<'a> {
    fn new(shared: &'a Shared, log: Log) -> linux::Result<Self> {
        let ring = shared.log.ring.again()?;
        let kernel = Kernel::open(ring.mark()?);
        let (limits, now) = (Limits::default(), Duration::ZERO);
        Ok(Self { shared, ring, kernel, limits, batch: Vec::new(), console: Console::open(log), now })
    }

    fn serve(&mut self, signals: &OwnedFd, units: &[Unit]) -> linux::Result<()> {
        let shared = self.shared;
        let outputs = units.iter().enumerate().filter_map(|(at, unit)| Output::new(at, unit));
        let mut outputs: Vec<Output<'_>> =
            outputs.chain(shared.strays.iter().filter_map(Output::stray)).collect();
        let Sockets { syslog, journal } = &shared.log.sockets;
        loop {
            let mut entries = alloc::vec![
                PollFd::new(signals, PollFlags::IN),
                entry(self.kernel.as_ref().map(|kernel| kernel.log.device())),
                entry(syslog.as_ref()),
                entry(journal.as_ref()),
            ];
            entries.extend(outputs.iter().map(|output| PollFd::new(output.pipe, PollFlags::IN)));
            let limit = self.limits.deadline().map(|until| until.saturating_sub(system::machine::uptime()));
            retry(|| poll::poll(&mut entries, limit.map(Into::into)))?;
            let ready: Vec<bool> = entries.iter().map(PollFd::is_ready).collect();
            let is_ready = |at: usize| ready.get(at).copied().unwrap_or(false);
            self.now = system::machine::uptime();
            if is_ready(1) {
                self.take_kernel();
            }
            for (at, socket) in [(2, syslog), (3, journal)] {
                if is_ready(at)
                    && let Some(socket) = socket
                {
                    self.take_datagrams(socket, at == 3);
                }
            }
            self.take_outputs(&mut outputs, &|at| is_ready(4 + at), is_ready(0));
            self.tell_suppressed();
            self.commit()?;
            if is_ready(0) {
                return Ok(());
            }
        }
    }

    /// Puts what was read into the ring, with how far the kernel's log was read.
    fn commit(&mut self) -> linux::Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = core::mem::take(&mut self.batch);
        match &self.kernel {
            Some(kernel) => self.ring.write_up_to(&batch, kernel.next),
            None => self.ring.write(&batch),
        }
    }

    fn enter(&mut self, mut entry: Entry<'_>) {
        if let Some(message) = entry.message.get(..LONGEST).filter(|_| entry.message.len() > LONGEST) {
            entry.message = Cow::Owned([message, b" (cut)"].concat());
        }
        entry.emit(&mut self.batch);
    }

    /// Enters what the log says of itself.
    fn note(&mut self, service: &[u8], message: &str) {
        self.enter(Entry {
            time: self.now,
            priority: WARNING,
            pid: 0,
            origin: Origin::Log,
            service,
            tag: Cow::Borrowed(b""),
            message: Cow::Borrowed(message.as_bytes()),
        });
    }

    fn take_kernel(&mut self) {
        let Some(kernel) = &mut self.kernel else { return };
        for record in kernel.read() {
            if record.lost > 0 {
                self.note(b"", &format!("{} messages of the kernel are missing", record.lost));
            }
            // What others than the kernel write there is as messages to /dev/log are.
            let is_own = record.priority < 8;
            let said = if is_own {
                syslog::Said { text: &record.text, ..Default::default() }
            } else {
                syslog::said(&record.text)
            };
            self.enter(Entry {
                time: record.time,
                priority: record.priority,
                pid: said.pid.unwrap_or(0),
                origin: Origin::Kernel,
                service: b"",
                tag: Cow::Borrowed(said.tag),
                message: Cow::Borrowed(said.text),
            });
        }
    }

    fn take_datagrams(&mut self, socket: &OwnedFd, is_journal: bool) {
        for datagram in sources::receive(socket) {
            let service = sources::service_of(datagram.process);
            // A name that nobody can choose: of the service, else of the user.
            let source = if service.is_empty() {
                format!("user {}", datagram.user).into_bytes()
            } else {
                service.clone()
            };
            let (origin, messages) = if is_journal {
                (Origin::Journal, sources::from_journal(&datagram.bytes))
            } else {
                (Origin::Syslog, sources::from_syslog(&datagram.bytes).into_iter().collect())
            };
            for message in messages {
                if self.admits(&source, Bound::USUAL) {
                    self.enter(Entry {
                        time: self.now,
                        priority: message.priority,
                        pid: datagram.process,
                        origin,
                        service: &service,
                        tag: Cow::Owned(message.tag),
                        message: Cow::Owned(message.text),
                    });
                }
            }
        }
    }

    fn take_outputs(&mut self, outputs: &mut [Output<'_>], is_ready: &dyn Fn(usize) -> bool, is_over: bool) {
        let mut table = None;
        for (at, output) in outputs.iter_mut().enumerate() {
            let mut lines = if is_ready(at) { output.read() } else { Vec::new() };
            if is_over {
                lines.extend(output.rest());
            }
            if lines.is_empty() {
                continue;
            }
            let table = table.get_or_insert_with(|| control::table(self.shared).unwrap_or_default());
            // One that has ended already said it as well.
            if let Some(status) = table.services.get(output.at).filter(|status| status.pid != 0) {
                output.pid = status.pid.unsigned_abs();
            }
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                self.take_line(output, line.strip_suffix(b"\n").unwrap_or(line));
            }
        }
    }

    /// Enters a line, before which its level may stand (`<3>`, sd-daemon(3)).
    fn take_line(&mut self, output: &Output<'_>, line: &[u8]) {
        if !self.admits(output.name.as_bytes(), output.bound) {
            return;
        }
        let (priority, line) = match line {
            [b'<', level @ b'0'..=b'7', b'>', line @ ..] => (USUAL & !7 | (level - b'0'), line),
            line => (USUAL, line),
        };
        if output.is_shown {
            self.console.put(output.name.as_bytes(), line);
        }
        for part in line.chunks(LONGEST) {
            self.enter(Entry {
                time: self.now,
                priority,
                pid: output.pid,
                origin: Origin::Output,
                service: output.name.as_bytes(),
                tag: Cow::Borrowed(b""),
                message: Cow::Borrowed(part),
            });
        }
    }

    fn admits(&mut self, source: &[u8], bound: Bound) -> bool {
        let mut told = Vec::new();
        let admits = self.limits.admits(source, bound, self.now, &mut told);
        self.note_suppressed(told);
        admits
    }

    fn tell_suppressed(&mut self) {
        let mut told = Vec::new();
        self.limits.end(self.now, &mut told);
        self.note_suppressed(told);
    }

    fn note_suppressed(&mut self, told: Vec<limit::Told>) {
        for (source, count) in told {
            let message =
                format!("{count} messages of {} are left out: too many at once", source.escape_ascii());
            let service = if source.contains(&b' ') { Vec::new() } else { source };
            self.note(&service, &message);
        }
    }
}

fn entry(file: Option<&OwnedFd>) -> PollFd<'_> {
    file.map_or(PollFd::nothing(), |file| PollFd::new(file, PollFlags::IN))
}
