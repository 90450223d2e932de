//! Following processes from stop to stop, and the lines that come of it.
//!
//! A line is begun when a call is made, and ended when it comes back; what another process does meanwhile ends the line with
//! `<unfinished ...>`, and the rest comes on a line of its own.

use alloc::vec::Vec;
use core::time::Duration;

use linux::Errno;
use linux::process::{Ended, Pid};
use linux::signal::Signal;
use linux::time::monotonic;
use linux::trace::layout::Told;
use linux::trace::{self, Halt, Happened, Tracee, Until};
use query::text::{decimal, zero_padded};
use query::{Rows, Value};

use super::Order;
use super::show::Made;
use super::signals;
use super::words::quoted;
use crate::process::launch;
use crate::{Io, Output, Status};

/// Where results begin, as strace has it.
const RESULT_COLUMN: usize = 40;

/// A process or thread that is followed, and what is to be said of it.
struct Followed {
    tracee: Tracee,
    /// The call that it is in, and since when.
    call: Option<(Made, Duration)>,
    /// The beginning of its call, for a row of JSON.
    text: Vec<u8>,
}

impl Followed {
    const fn new(tracee: Tracee) -> Self {
        Self { tracee, call: None, text: Vec::new() }
    }
}

/// What was counted of one call.
struct Count {
    name: Vec<u8>,
    calls: u64,
    errors: u64,
    time: Duration,
}

/// Processes that are followed, and where it is told.
pub(super) struct Session<'a, 'io, 'out> {
    io: &'a mut Io<'io>,
    file: Option<&'a mut Output<'out>>,
    order: &'a Order<'a>,
    command: Option<Pid>,
    followed: Vec<Followed>,
    counts: Vec<Count>,
    rows: Rows<'static>,
    /// Whose line is not ended.
    open: Option<Pid>,
    column: usize,
}

impl<'a, 'io, 'out> Session<'a, 'io, 'out> {
    pub(super) fn new(
        io: &'a mut Io<'io>,
        file: Option<&'a mut Output<'out>>,
        order: &'a Order<'a>,
        tracees: Vec<Tracee>,
        command: Option<Pid>,
    ) -> Self {
        let rows = Rows::named("pid call arguments result error");
        let followed = tracees.into_iter().map(Followed::new).collect();
        Self { io, file, order, command, followed, counts: Vec::new(), rows, open: None, column: 0 }
    }

    /// Follows all to their ends; gives the status of the command.
    pub(super) fn follow(&mut self) -> Status {
        let mut status = Status::SUCCESS;
        if let Some(pid) = self.command {
            // It is stopped behind its execve.
            self.executed(pid);
            let _ = self.go_on(pid, None);
        }
        loop {
            if !self.order.is_count && !self.order.is_json {
                self.flush();
            }
            match trace::next() {
                Ok((pid, Happened::Ended(ended))) => {
                    self.ended(pid, ended);
                    if Some(pid) == self.command {
                        status = launch::status(ended);
                    }
                    if self.followed.is_empty() {
                        return status;
                    }
                }
                // One that is killed while it is stopped is told of by its end.
                Ok((pid, happened)) => drop(self.stopped(pid, happened)),
                Err(Errno::INTR) => {}
                Err(Errno::CHILD) => return status,
                Err(errno) => return self.io.complain(b"wait", &errno),
            }
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.column += bytes.len();
        match &mut self.file {
            Some(file) => file.put(bytes),
            None if self.order.is_json => self.io.out.put(bytes),
            None => self.io.err.put(bytes),
        }
    }

    fn flush(&mut self) {
        match &mut self.file {
            Some(file) => file.flush(),
            None if self.order.is_json => self.io.out.flush(),
            None => self.io.err.flush(),
        }
    }

    /// Begins a line about a process; one that is not ended is left.
    fn line(&mut self, pid: Pid) {
        if self.open.take().is_some() {
            self.put(b" <unfinished ...>\n");
        }
        self.column = 0;
        let number = pid.get().unsigned_abs().into();
        let mut head = Vec::new();
        if self.order.is_file && self.order.follows {
            decimal(number, &mut head);
            head.push(b' ');
        } else if self.followed.len() > 1 {
            head.extend_from_slice(b"[pid ");
            decimal(number, &mut head);
            head.extend_from_slice(b"] ");
        }
        self.put(&head);
    }

    fn place(&mut self, pid: Pid) -> Option<usize> {
        let place = self.followed.iter().position(|followed| followed.tracee.pid() == pid);
        if place.is_some() {
            return place;
        }
        // A child that is followed from its beginning.
        let tracee = Tracee::child(pid, &self.followed.first()?.tracee);
        self.followed.push(Followed::new(tracee));
        Some(self.followed.len() - 1)
    }

    fn stopped(&mut self, pid: Pid, happened: Happened) -> linux::Result<()> {
        let place = self.place(pid);
        let Some((at, followed)) = place.and_then(|at| Some((at, self.followed.get_mut(at)?))) else {
            return Ok(());
        };
        match followed.tracee.halt(happened)? {
            Halt::Entry { number, arguments } => self.entered(at, Made::new(number, arguments)),
            Halt::Exit(word) => self.left(at, word),
            // It is one of ours from now on, though its own first stop may be still to come.
            Halt::Child(child) => drop(self.place(child)),
            Halt::Signal(signal) => {
                if let Some(told) = Told::of(&trace::signal_told(pid)?) {
                    self.signal(pid, signal, &told);
                }
                return self.go_on(pid, Some(signal));
            }
            // It stays so; one that was not seized cannot.
            Halt::Group(_) if followed.tracee.stay().is_ok() => return Ok(()),
            _ => {}
        }
        self.go_on(pid, None)
    }

    /// Lets a process go on to its next call.
    fn go_on(&mut self, pid: Pid, signal: Option<Signal>) -> linux::Result<()> {
        let mut all = self.followed.iter_mut().map(|followed| &mut followed.tracee);
        all.find(|tracee| tracee.pid() == pid).map_or(Ok(()), |tracee| tracee.resume(Until::Call, signal))
    }

    /// Shows the execve that began it all, which had come back when the command first stopped.
    fn executed(&mut self, pid: Pid) {
        if self.order.is_count || self.order.is_json || !self.order.shows("execve") {
            return;
        }
        let number = u64::from(pid.get().unsigned_abs());
        let mut path = alloc::vec![0; 4096];
        let mut link = b"/proc/".to_vec();
        decimal(number, &mut link);
        link.extend_from_slice(b"/exe");
        let length = linux::fs::readlink(link.as_slice(), &mut path).map_or(0, <[u8]>::len);
        let mut text = b"execve(".to_vec();
        quoted(path.get(..length).unwrap_or_default(), false, &mut text);
        text.extend_from_slice(b", [");
        for (index, word) in
            system::processes::arguments(pid.get().unsigned_abs()).split(|byte| *byte == 0).enumerate()
        {
            if !word.is_empty() {
                text.extend_from_slice(if index > 0 { b", " } else { b"" });
                quoted(word, false, &mut text);
            }
        }
        text.extend_from_slice(b"], [/* ");
        decimal(self.io.environment.len() as u64, &mut text);
        text.extend_from_slice(b" vars */])");
        self.line(pid);
        self.put(&text);
        self.put_result(b"0");
    }

    fn put_result(&mut self, text: &[u8]) {
        let spaces = RESULT_COLUMN.saturating_sub(self.column + 1);
        self.put(&alloc::vec![b' '; spaces]);
        self.put(b" = ");
        self.put(text);
        self.put(b"\n");
    }

    fn entered(&mut self, at: usize, mut made: Made) {
        let Some(pid) = self.followed.get(at).map(|followed| followed.tracee.pid()) else { return };
        let name = made.known.map_or("", |known| known.name);
        if !self.order.shows(name) {
            return;
        }
        let mut text = Vec::new();
        if !self.order.is_count {
            if !self.order.is_json {
                made.name(&mut text);
                text.push(b'(');
            }
            made.arguments(pid, self.order.limit, None, &mut text);
        }
        let does_not_return = matches!(name, "exit" | "exit_group");
        if !self.order.is_count && !self.order.is_json {
            self.line(pid);
            self.put(&text);
            text.clear();
            if does_not_return {
                self.put(b")");
                self.put_result(b"?");
            } else {
                self.open = Some(pid);
            }
        }
        if let Some(followed) = self.followed.get_mut(at).filter(|_| !does_not_return) {
            (followed.call, followed.text) = (Some((made, monotonic())), text);
        }
    }

    fn left(&mut self, at: usize, word: i64) {
        let Some(followed) = self.followed.get_mut(at) else { return };
        let Some((mut made, begun)) = followed.call.take() else { return };
        let (pid, mut text) = (followed.tracee.pid(), core::mem::take(&mut followed.text));
        let mut name = Vec::new();
        made.name(&mut name);
        if self.order.is_count {
            return self.count(name, word, monotonic().saturating_sub(begun));
        }
        made.arguments(pid, self.order.limit, Some(word), &mut text);
        if self.order.is_json {
            return self.row(pid, &name, &text, word);
        }
        if self.open == Some(pid) {
            self.open = None;
        } else {
            self.line(pid);
            self.put(&[b"<... ", name.as_slice(), b" resumed>"].concat());
        }
        self.put(&text);
        self.put(b")");
        text.clear();
        made.result(pid, word, &mut text);
        self.put_result(&text);
    }

    fn row(&mut self, pid: Pid, name: &[u8], arguments: &[u8], word: i64) {
        let error = (-4095..0).contains(&word).then(|| Errno::from_word(word as isize)).flatten();
        let number = |value: i64| u64::try_from(value).map_or(Value::Unknown, Value::Number);
        self.rows.push([
            Value::Number(pid.get().unsigned_abs().into()),
            Value::text(name),
            Value::text(arguments),
            if error.is_some() { Value::Unknown } else { number(word) },
            error.and_then(Errno::name).map_or(Value::Unknown, |name| Value::text(name.as_bytes())),
        ]);
    }

    fn signal(&mut self, pid: Pid, signal: Signal, told: &Told) {
        if self.order.is_count || self.order.is_json {
            return;
        }
        let mut text = b"--- ".to_vec();
        signals::name(signal.number().into(), &mut text);
        text.push(b' ');
        signals::told(told, &mut text);
        text.extend_from_slice(b" ---\n");
        self.line(pid);
        self.put(&text);
    }

    fn ended(&mut self, pid: Pid, ended: Ended) {
        let text = match ended {
            Ended::Exited(status) => alloc::format!("+++ exited with {status} +++\n"),
            Ended::Dumped(signal) => alloc::format!("+++ killed by {signal} (core dumped) +++\n"),
            Ended::Killed(signal) => alloc::format!("+++ killed by {signal} +++\n"),
            Ended::Stopped(_) | Ended::Continued => return,
        };
        let place = self.followed.iter().position(|followed| followed.tracee.pid() == pid);
        if place.is_some() && !self.order.is_quiet && !self.order.is_count && !self.order.is_json {
            self.line(pid);
            self.put(text.as_bytes());
        } else if self.open == Some(pid) {
            self.open = None;
            self.put(b" <unfinished ...>\n");
        }
        if let Some(at) = place {
            let mut followed = self.followed.remove(at);
            // That it is gone, it is to know as well.
            let _ = followed.tracee.halt(Happened::Ended(ended));
        }
    }

    fn count(&mut self, name: Vec<u8>, word: i64, time: Duration) {
        let at = self.counts.iter().position(|count| count.name == name).unwrap_or_else(|| {
            self.counts.push(Count { name, calls: 0, errors: 0, time: Duration::ZERO });
            self.counts.len() - 1
        });
        if let Some(count) = self.counts.get_mut(at) {
            count.calls += 1;
            count.errors += u64::from((-4095..0).contains(&word));
            count.time += time;
        }
    }

    /// Shows what is shown at the end.
    pub(super) fn finish(mut self) {
        if self.order.is_json {
            let mut text = Vec::new();
            self.rows.json(&mut text);
            self.put(&text);
        }
        if self.order.is_count {
            self.summary();
        }
        self.flush();
    }

    fn summary(&mut self) {
        let mut counts = core::mem::take(&mut self.counts);
        query::sort::sort_by(&mut counts, |one, other| other.time.cmp(&one.time));
        let total = Count {
            name: b"total".to_vec(),
            calls: counts.iter().map(|count| count.calls).sum(),
            errors: counts.iter().map(|count| count.errors).sum(),
            time: counts.iter().map(|count| count.time).sum(),
        };
        const LINE: &[u8] = b"------ ----------- ----------- --------- --------- ----------------\n";
        self.put(b"% time     seconds  usecs/call     calls    errors syscall\n");
        self.put(LINE);
        for count in counts.iter().chain([&total]) {
            if core::ptr::eq(count, &total) {
                self.put(LINE);
            }
            let (micros, all) = (count.time.as_micros() as u64, (total.time.as_micros() as u64).max(1));
            let (share, mut text) = (micros * 10_000 / all, Vec::new());
            let point = |whole: u64, part: u64, digits: usize| {
                let mut number = Vec::new();
                decimal(whole, &mut number);
                number.push(b'.');
                zero_padded(part, digits, &mut number);
                number
            };
            let plain = |value: u64| {
                let mut number = Vec::new();
                decimal(value, &mut number);
                number
            };
            right(&point(share / 100, share % 100, 2), 6, &mut text);
            right(&point(micros / 1_000_000, micros % 1_000_000, 6), 12, &mut text);
            right(&plain(micros / count.calls.max(1)), 12, &mut text);
            right(&plain(count.calls), 10, &mut text);
            right(&if count.errors == 0 { Vec::new() } else { plain(count.errors) }, 10, &mut text);
            text.push(b' ');
            text.extend_from_slice(&count.name);
            text.push(b'\n');
            self.put(&text);
        }
    }
}

fn right(text: &[u8], width: usize, out: &mut Vec<u8>) {
    out.extend(core::iter::repeat_n(b' ', width.saturating_sub(text.len())));
    out.extend_from_slice(text);
}
