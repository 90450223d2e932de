//! `script` (util-linux's; BusyBox has `-a -c -f -q -t`): a session on a pseudo terminal, and a record of all that it shows.

use alloc::vec::Vec;
use core::time::Duration;

use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, Timestamp, open, read, write_all};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{CloneFlags, Step};
use linux::signal::Signal;
use linux::terminal::{SetWhen, Termios, open_peer, set_settings, set_size, settings, size, unlock_peer};
use query::text::zero_padded;

use crate::process::launch;
use crate::zone::Zone;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "script",
    summary: "Record what a session on a terminal shows",
    usage: "[OPTION]... [FILE]    (typescript)",
    flags: flags![
        Flag::new(b'a', "append", "at the end of the file"),
        Flag::with(b'c', "command", "COMMAND", "run this, not a shell for people"),
        Flag::new(b'e', "return", "end with the status of what was run"),
        Flag::new(b'f', "flush", "write everything at once, as it does anyway"),
        Flag::new(b'q', "quiet", "say nothing when it begins and ends"),
        Flag::may(b't', "timing", "FILE", "write when how much came: to FILE, else to standard error"),
        Flag::with(b'T', "log-timing", "FILE", "the same, to FILE"),
        Flag::with(b'O', "log-out", "FILE", "the record"),
        Flag::with(b'E', "echo", "WHEN", ""),
        Flag::new(0x80, "force", ""),
    ],
    run: Run::Parsed(run),
};

/// The record, and when what of it came.
struct Record {
    file: OwnedFd,
    times: Option<OwnedFd>,
    last: Duration,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let path = parsed.value(b'O').or(parsed.operands.first().copied()).unwrap_or(b"typescript");
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
    let end = if parsed.has(b'a') { OpenFlags::APPEND } else { OpenFlags::TRUNCATE };
    let create = |io: &mut Io<'_>, path: &[u8], end| {
        open(path, flags | end, Mode::octal(0o666)).map_err(|errno| io.complain(path, &errno))
    };
    let file = create(io, path, end)?;
    let times = match parsed.value(b'T').or(parsed.value(b't')) {
        None => None,
        Some(b"") => linux::fs::dup(linux::fd::STDERR).ok(),
        Some(path) => Some(create(io, path, OpenFlags::TRUNCATE)?),
    };
    let mut record = Record { file, times, last: linux::time::monotonic() };
    let shell = io.variable("SHELL").filter(|shell| !shell.is_empty()).unwrap_or(b"/bin/sh");
    let words: [&[u8]; 3] = match parsed.value(b'c') {
        Some(command) => [shell, b"-c", command],
        None => [shell, b"-i", b""],
    };
    let words = if parsed.has(b'c') { words.as_slice() } else { words.get(..2).unwrap_or_default() };
    let is_quiet = parsed.has(b'q');
    if !is_quiet {
        mark(&record, b"Script started on ", path, io);
    }
    let ended = session(io, words, &mut record);
    if !is_quiet {
        mark(&record, b"\nScript done on ", path, io);
    }
    let status = ended?;
    Ok(if parsed.has(b'e') { status } else { Status::SUCCESS })
}

/// Writes a line with the date to the record, and says where that is.
fn mark(record: &Record, text: &[u8], path: &[u8], io: &mut Io<'_>) {
    let mut line = text.to_vec();
    let (zone, now) = (Zone::of(io, true), system::machine::now());
    let at = Timestamp { seconds: now, nanoseconds: 0 };
    zone.form("%Y-%m-%d %H:%M:%S%:z\n", at, &mut line);
    if let Err(errno) = write_all(&record.file, &line) {
        io.complain(path, &errno);
    }
    io.out.put(if text.starts_with(b"\n") {
        b"Script done."
    } else {
        b"Script started, output log file is '"
    });
    if !text.starts_with(b"\n") {
        io.out.printable(path);
        io.out.put(b"'.");
    }
    io.out.put(b"\n");
    io.out.flush();
}

/// Runs the command on a terminal of its own; gives its status.
fn session(io: &mut Io<'_>, words: &[&[u8]], record: &mut Record) -> Result<Status, Status> {
    let failed = |io: &mut Io<'_>, errno: Errno| io.complain(b"/dev/ptmx", &errno);
    let flags = OpenFlags::READ_WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
    let master = open("/dev/ptmx", flags, Mode::empty()).map_err(|errno| failed(io, errno))?;
    let peer =
        unlock_peer(&master).and_then(|()| open_peer(&master, flags)).map_err(|errno| failed(io, errno))?;
    let keys = io.input.descriptor();
    let former = keys.and_then(|keys| settings(keys).ok());
    if let (Some(keys), Some(former)) = (keys, &former) {
        let _ = set_settings(&peer, SetWhen::Now, former);
        let _ = size(keys).and_then(|size| set_size(&peer, size));
    }
    for signal in [Signal::WINCH, Signal::TERM, Signal::HUP] {
        let _ = linux::signal::note(signal);
    }
    let steps = [
        Step::Session,
        Step::Put(peer.as_fd(), 0),
        Step::Put(peer.as_fd(), 1),
        Step::Put(peer.as_fd(), 2),
        Step::Terminal(0),
    ];
    let child = launch::child(io, words, &steps, CloneFlags::empty(), None)?;
    drop(peer);
    let guard = Guard::new(keys, former);
    relay(io, keys, &master, record);
    drop(guard);
    // Whoever still runs there is hung up.
    drop(master);
    Ok(launch::end(io, child))
}

/// The terminal that we were called on, which passes every key on until this is dropped.
struct Guard<'t> {
    former: Option<(BorrowedFd<'t>, Termios)>,
}

impl<'t> Guard<'t> {
    fn new(terminal: Option<BorrowedFd<'t>>, former: Option<Termios>) -> Self {
        let former = terminal.zip(former);
        if let Some((terminal, former)) = &former {
            let _ = set_settings(terminal, SetWhen::Drained, &former.raw());
        }
        Self { former }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some((terminal, former)) = &self.former {
            let _ = set_settings(terminal, SetWhen::Drained, former);
        }
    }
}

/// Passes on what is typed and what is shown, until nobody is at the other end.
fn relay(io: &mut Io<'_>, mut keys: Option<BorrowedFd<'_>>, master: &OwnedFd, record: &mut Record) {
    /// The key that ends input (VEOF).
    const END: &[u8] = &[4];
    let mut buffer = alloc::vec![0; 16 << 10];
    loop {
        let mut places = [PollFd::new(master, PollFlags::IN), PollFd::nothing()];
        if let Some(keys) = keys {
            places[1] = PollFd::borrowed(keys, PollFlags::IN);
        }
        if let Err(errno) = poll(&mut places, None) {
            let came = linux::signal::take_noted();
            if errno != Errno::INTR || came.contains(Signal::TERM) || came.contains(Signal::HUP) {
                return;
            }
            if let Some(keys) = keys {
                let _ = size(keys).and_then(|size| set_size(master, size));
            }
            continue;
        }
        if places[0].is_ready() {
            match linux::retry(|| read(master, &mut buffer)) {
                // When the last one closes the other end, that is an error of ours.
                Ok(0) | Err(_) => return,
                Ok(count) => show(io, buffer.get(..count).unwrap_or_default(), record),
            }
        } else if let Some(from) = keys.filter(|_| places[1].is_ready()) {
            let count = linux::retry(|| read(from, &mut buffer)).unwrap_or(0);
            let typed = if count == 0 { END } else { buffer.get(..count).unwrap_or_default() };
            if write_all(master, typed).is_err() || count == 0 {
                keys = None;
            }
        }
    }
}

/// Shows and records bytes.
fn show(io: &mut Io<'_>, bytes: &[u8], record: &mut Record) {
    io.out.put(bytes);
    io.out.flush();
    if let Err(errno) = write_all(&record.file, bytes) {
        io.out.break_with(errno);
    }
    if let Some(times) = &record.times {
        let now = linux::time::monotonic();
        let passed = now.saturating_sub(record.last);
        record.last = now;
        let mut line = Vec::new();
        query::text::decimal(passed.as_secs(), &mut line);
        line.push(b'.');
        zero_padded(passed.subsec_micros().into(), 6, &mut line);
        line.push(b' ');
        query::text::decimal(bytes.len() as u64, &mut line);
        line.push(b'\n');
        let _ = write_all(times, &line);
    }
}
