//! `crond`: BusyBox's. Each minute it reads the crontabs of a folder again, which are named as their users, and starts what is due
//! ([`time::schedule`] says when that is where clocks are set). A job that still runs is not started again.
//!
//! A crontab counts if its user or root owns it, and nobody else may write it. What a job says goes by mail to MAILTO, else to its
//! user, where there is a `/usr/sbin/sendmail`; else to where crond's own output goes. Who is not root runs his own jobs alone.
//! Jobs of `@reboot` are run once until `/run` is empty again. A `%` means itself, as with BusyBox's, and so does `\%`, as others have it;
//! there is no input for a job behind one, as POSIX has it.

use alloc::vec::Vec;
use core::time::Duration;

use formats::etc::crontab::{Job, Line, When, lines};
use io::process::{Child, Command, Stdio};
use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{FileKind, From, Mode, OpenFlags, fstat, lseek, open, stat};
use linux::process::geteuid;
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask, sigtimedwait};
use query::text::{decimal, parse_decimal};
use time::TimeZone;
use time::schedule::{is_due, looked_at, minutes};

use super::logger;
use crate::file::moment;
use crate::process::own;
use crate::user::session::User;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "crond",
    summary: "Run the jobs of crontabs when they are due",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'f', "foreground", "stay in the foreground"),
        Flag::new(b'b', "", "go to the background (that is what it does)"),
        Flag::new(b'S', "syslog", "tell the system's log (that is what it does)"),
        Flag::with(b'L', "log", "FILE", "tell FILE"),
        Flag::with(b'l', "log-level", "N", "9: tell of faults only, 8: of jobs as well (8)"),
        Flag::with(b'd', "debug", "N", "stay in the foreground and tell standard error, as -l N"),
        Flag::with(b'c', "crontabs", "FOLDER", "the folder (/var/spool/cron/crontabs)"),
    ],
    run: Run::Parsed(run),
};

/// Where crontabs are.
pub(super) const FOLDER: &[u8] = b"/var/spool/cron/crontabs";

/// There once the jobs of `@reboot` were run.
const REBOOT: &str = "/run/crond.reboot";

const SENDMAIL: &[u8] = b"/usr/sbin/sendmail";

/// The longest crontab that is read.
const LONGEST: usize = 1 << 20;

/// A job that runs.
struct Task {
    user: Vec<u8>,
    line: Vec<u8>,
    child: Child,
    /// What it says, behind a head of so many bytes.
    mail: Option<(OwnedFd, u64)>,
}

struct Daemon<'a> {
    folder: &'a [u8],
    zone: TimeZone,
    /// Messages count from this level on.
    level: u64,
    log: Log,
    tasks: Vec<Task>,
    is_root: bool,
}

enum Log {
    System,
    Errors,
    File(OwnedFd),
}

/// What is asked of the jobs.
#[derive(Clone, Copy)]
enum Now {
    Boot,
    At(i64),
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let folder = parsed.value(b'c').unwrap_or(FOLDER);
    let word = parsed.value(b'd').or_else(|| parsed.value(b'l')).unwrap_or(b"8");
    let level = parse_decimal(word).ok_or_else(|| io.misuse(word, "is no number"))?;
    stat(folder).map_err(|errno| io.complain(folder, &errno))?;
    if !parsed.has_any(b"fd") {
        let words = own::words(parsed, b"b", &[b"-f"]);
        return own::daemon(io, parsed, &words, None);
    }
    let log = match (parsed.has(b'd'), parsed.value(b'L')) {
        (true, _) => Log::Errors,
        (_, None) => Log::System,
        (_, Some(path)) => {
            let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::APPEND | OpenFlags::CLOSE_ON_EXEC;
            let file = open(path, flags, Mode::octal(0o644));
            Log::File(file.map_err(|errno| io.complain(path, &errno))?)
        }
    };
    // A child's end is waited for together with the time.
    let ends = SignalSet::of(&[Signal::CHLD]);
    sigprocmask(MaskHow::Block, Some(ends)).map_err(|errno| io.complain(b"", &errno))?;
    let is_root = geteuid() == 0;
    let mut daemon = Daemon { folder, zone: moment::zone(io), level, log, tasks: Vec::new(), is_root };
    daemon.tell(io, 8, &[b"started"]);
    let mut last = minute();
    if is_first() {
        daemon.look(io, Now::Boot);
    }
    loop {
        let left = 60 - system::machine::now().rem_euclid(60);
        let _ = sigtimedwait(ends, Some(Duration::from_secs(left.unsigned_abs())));
        daemon.reap(io);
        let now = minute();
        minutes(last, now).for_each(|time| daemon.look(io, Now::At(time)));
        last = looked_at(last, now);
    }
}

fn minute() -> i64 {
    system::machine::now().div_euclid(60) * 60
}

/// Says whether no crond was here since the machine has started, as far as can be told.
fn is_first() -> bool {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
    !matches!(open(REBOOT, flags, Mode::octal(0o600)), Err(Errno::EXIST))
}

impl Daemon<'_> {
    /// Starts what is due, of all crontabs.
    fn look(&mut self, io: &mut Io<'_>, now: Now) {
        let names = match system::folder::names(self.folder) {
            Ok(names) => names,
            Err(error) => return self.tell(io, 9, &[alloc::format!("{error}").as_bytes()]),
        };
        for name in names {
            if name.starts_with(b".") || name.contains(&b'~') {
                continue;
            }
            let Some(user) = User::find(&name) else {
                self.tell(io, 9, &[b"no such user: ", &name]);
                continue;
            };
            if !self.is_root && user.number != geteuid() {
                continue;
            }
            match self.read(&user) {
                Ok(text) => self.table(io, &user, &text, now),
                Err(reason) => self.tell(io, 9, &[b"crontab of ", &name, b" left out: ", reason.as_bytes()]),
            }
        }
    }

    /// Reads a user's crontab, if nobody but he and root can have written it.
    fn read(&self, user: &User) -> Result<Vec<u8>, &'static str> {
        let path = crate::file::path::join(self.folder, &user.name);
        let flags = OpenFlags::READ | OpenFlags::NO_FOLLOW | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
        let file = open(path.as_slice(), flags, Mode::empty()).map_err(|_| "cannot be opened")?;
        let found = fstat(&file).map_err(|_| "cannot be opened")?;
        if found.kind() != FileKind::Regular {
            return Err("is no file");
        }
        if (found.user() != 0 && found.user() != user.number) || found.mode_bits() & 0o022 != 0 {
            return Err("others may have written it");
        }
        let mut text = Vec::new();
        let read = crate::Input::Descriptor(file.as_fd()).read_some(&mut text, LONGEST);
        read.map(|_| text).map_err(|_| "cannot be read")
    }

    fn table(&mut self, io: &mut Io<'_>, user: &User, text: &[u8], now: Now) {
        let mut variables: Vec<(&[u8], &[u8])> = Vec::new();
        for (number, line) in lines(text) {
            match line {
                Some(Line::Variable(name, value)) => {
                    variables.retain(|variable| variable.0 != name);
                    variables.push((name, value));
                }
                Some(Line::Job(job)) => {
                    let is_due = match (now, job.when) {
                        (Now::Boot, When::Boot) => true,
                        (Now::At(time), When::At(schedule)) => is_due(&schedule, time, &self.zone),
                        _ => false,
                    };
                    if is_due {
                        self.start(io, user, &job, &variables);
                    }
                }
                None => {
                    let mut digits = Vec::new();
                    decimal(number as u64, &mut digits);
                    self.tell(io, 9, &[b"crontab of ", &user.name, b": line ", &digits, b" makes no sense"]);
                }
            }
        }
    }

    fn start(&mut self, io: &mut Io<'_>, user: &User, job: &Job<'_>, variables: &[(&[u8], &[u8])]) {
        let line = [job.words, b" ", job.command].concat();
        if self.tasks.iter().any(|task| task.user == user.name && task.line == line) {
            return self.tell(io, 8, &[b"USER ", &user.name, b" still runs: ", job.command]);
        }
        let value = |name: &[u8]| variables.iter().find(|variable| variable.0 == name).map(|found| found.1);
        let mail = mail(user, job.command, value(b"MAILTO"));
        let mut command = Command::new(value(b"SHELL").unwrap_or(b"/bin/sh"));
        command.argument("-c").argument(unquoted(job.command).as_slice()).session().mask(SignalSet::EMPTY);
        for (name, value) in [
            (&b"HOME"[..], user.home.as_slice()),
            (b"SHELL", b"/bin/sh"),
            (b"USER", &user.name),
            (b"LOGNAME", &user.name),
            (b"PATH", if user.number == 0 { b"/usr/sbin:/usr/bin:/sbin:/bin" } else { b"/usr/bin:/bin" }),
        ] {
            command.variable(name, value);
        }
        for (name, value) in variables {
            command.variable(name, value);
        }
        // For his own jobs nobody needs the right to be another.
        if user.number != geteuid() {
            command.identity(user.number, user.group, &user.groups());
        }
        let home = value(b"HOME").unwrap_or(&user.home);
        command
            .folder(if stat(home).is_ok_and(|found| found.is_directory()) { home } else { b"/" })
            .stdin(Stdio::Null);
        if let Some((file, _)) = &mail
            && let (Ok(out), Ok(err)) = (linux::fs::dup(file), linux::fs::dup(file))
        {
            command.stdout(out).stderr(err);
        }
        match command.start() {
            Ok(child) => {
                let mut digits = Vec::new();
                decimal(child.pid().get().unsigned_abs().into(), &mut digits);
                self.tell(io, 8, &[b"USER ", &user.name, b" pid ", &digits, b" cmd ", job.command]);
                self.tasks.push(Task { user: user.name.clone(), line, child, mail });
            }
            Err(error) => self.tell(io, 9, &[alloc::format!("{error}").as_bytes()]),
        }
    }

    /// Takes leave of what has ended, and sends what it said.
    fn reap(&mut self, io: &mut Io<'_>) {
        let mut at = 0;
        while let Some(task) = self.tasks.get_mut(at) {
            if matches!(task.child.try_wait(), Ok(None)) {
                at += 1;
                continue;
            }
            let task = self.tasks.swap_remove(at);
            let Some((file, head)) = task.mail else { continue };
            if fstat(&file).is_ok_and(|found| found.size() > head) && lseek(&file, From::Start(0)).is_ok() {
                let mut command = Command::new(SENDMAIL);
                command.argument("-ti").session().mask(SignalSet::EMPTY).stdin(file);
                match command.start() {
                    // It is waited for like a job, but its own output is nobody's mail.
                    Ok(child) => {
                        self.tasks.push(Task { user: Vec::new(), line: Vec::new(), child, mail: None });
                    }
                    Err(error) => self.tell(io, 9, &[alloc::format!("{error}").as_bytes()]),
                }
            }
        }
    }

    /// Tells the log, if it is to hear of what weighs so much.
    fn tell(&self, io: &mut Io<'_>, level: u64, parts: &[&[u8]]) {
        if level < self.level {
            return;
        }
        let mut message = b"crond: ".to_vec();
        // What others have written must not make a line of its own.
        parts.iter().for_each(|part| query::text::printable(part, &mut message));
        if matches!(self.log, Log::System) {
            // cron.info, cron.err
            logger::tell(if level > 8 { 75 } else { 78 }, &message);
            return;
        }
        message.push(b'\n');
        match &self.log {
            // Nothing better can be told when the log itself fails.
            Log::File(file) => drop(linux::fs::write_all(file, &message)),
            _ => {
                io.err.put(&message);
                io.err.flush();
            }
        }
    }
}

/// Gives a command as the shell gets it: with `%` in place of `\%`.
fn unquoted(command: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(command.len());
    for (at, byte) in command.iter().enumerate() {
        if *byte != b'\\' || command.get(at + 1) != Some(&b'%') {
            plain.push(*byte);
        }
    }
    plain
}

/// Begins a letter with what a job says, if there is somebody who takes it.
fn mail(user: &User, command: &[u8], to: Option<&[u8]>) -> Option<(OwnedFd, u64)> {
    let to = to.unwrap_or(&user.name);
    if to.is_empty() || stat(SENDMAIL).is_err() {
        return None;
    }
    let mut head = b"To: ".to_vec();
    query::text::printable(to, &mut head);
    head.extend_from_slice(b"\nSubject: cron: ");
    query::text::printable(command, &mut head);
    head.extend_from_slice(b"\n\n");
    let file = linux::fs::memfd_create("mail", linux::fs::MemoryFileFlags::CLOSE_ON_EXEC).ok()?;
    linux::fs::write_all(&file, &head).ok()?;
    Some((file, head.len() as u64))
}
