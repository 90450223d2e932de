//! The process of a service: made with all that its file says, asked to end, killed with all that it has left.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use ::services::machine::Event;
use ::services::{Kind, Mode, Ready, Service, Target};
use io::process::{Command, StartError};
use linux::Errno;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{self, OpenFlags, PipeFlags};
use linux::process::{self, Limit, Pid, Resource};
use linux::signal::{Signal, SignalSet};

use system::services::path_is_met;

use super::{Unit, apart, cgroup, confine, notices, probe, sockets};
use crate::child;
use crate::log::Log;

/// The name of the process that looks whether a service is ready, for people and for a successor of process 1.
pub(super) const PROBE: &CStr = c"readiness";

/// Where programs are looked for, if the file does not say.
pub(super) const PATH: &str = "/sbin:/usr/sbin:/bin:/usr/bin";

/// The number of the first descriptor that is handed over (SD_LISTEN_FDS_START).
const FIRST: i32 = 3;

/// Makes the process of a service; gives what came of it.
pub(super) fn spawn(unit: &mut Unit, log: Log) -> Event {
    let Some(service) = unit.service() else { return Event::NotSpawned };
    // Who was asked for by hand while someone looks for its time.
    unit.end_probe();
    unit.apart = None;
    let is_apart = !service.command.is_empty() && apart::is_needed(&service);
    if service.is_unfit || !is_apart && !has_paths(&service) {
        return Event::Skipped;
    }
    match start(unit, &service, is_apart, log) {
        Ok(()) => Event::Spawned,
        Err(message) => {
            log.error(format_args!("{}: {message}", service.name));
            Event::NotSpawned
        }
    }
}

/// Says whether the paths of its conditions are as it wants them.
pub(super) fn has_paths(service: &Service) -> bool {
    service.condition_paths.iter().all(|path| path_is_met(path))
}

/// Asks the process of a service to end; a stopped one hears nothing else.
pub(super) fn ask(unit: &Unit, pid: Pid) {
    let signal = unit.service().and_then(|service| Signal::new(service.stop_signal.into()));
    for signal in [signal.unwrap_or(Signal::TERM), Signal::CONT] {
        // It may be gone by now.
        let _ = process::kill(pid, Some(signal));
    }
}

/// Kills all that belongs to a service: its session's first group, and with control groups whatever it has started.
pub(super) fn sweep(name: &str, pid: Pid) {
    // That nobody is left is what is wanted.
    let _ = process::kill_group(Some(pid), Some(Signal::KILL));
    cgroup::kill(name);
}

fn start(unit: &mut Unit, service: &Service, is_apart: bool, log: Log) -> Result<(), String> {
    let notices = match &service.ready {
        Ready::Descriptor(_) => Some(fs::pipe(PipeFlags::CLOSE_ON_EXEC).map_err(text("make a pipe"))?),
        _ => None,
    };
    let (reader, writer) = notices.unzip();
    if unit.sockets.len() != service.sockets.len() {
        unit.sockets = sockets::open(service, &mut unit.former_sockets, log);
        if unit.sockets.len() != service.sockets.len() {
            return Err("it has no sockets".into());
        }
    }
    if service.command.is_empty() {
        let pid = process::spawn(|| watch(service, None)).map_err(text("make a process"))?;
        unit.pid = Some(pid);
        return Ok(());
    }
    let prepared = || prepared(unit, service, writer, log);
    if is_apart {
        let (pid, told) = apart::start(service, log, prepared)?;
        (unit.pid, unit.apart) = (Some(pid), Some(told));
    } else {
        let child = prepared()?.start().map_err(|error: StartError| format!("{error}"))?;
        unit.pid = Some(child.pid());
    }
    if service.ready.is_awaited() && !matches!(service.ready, Ready::Socket | Ready::Fork) {
        match process::spawn(|| watch(service, reader)) {
            Ok(pid) => unit.probe = Some(pid),
            // It is stopped at its deadline, as one that never gets ready.
            Err(cause) => log.error(format_args!("{}: look for its readiness: {cause}", service.name)),
        }
    }
    Ok(())
}

/// Puts together all that its process is to be; `writer` is where it says that it is ready.
fn prepared(unit: &Unit, service: &Service, writer: Option<OwnedFd>, log: Log) -> Result<Command, String> {
    let mut command = command(service);
    // Before all is read-only.
    if let Some(door) = cgroup::make(service, log) {
        command.write(door, "0");
    }
    confine::places(&mut command, service)?;
    if !service.directory.is_empty() {
        command.folder(&service.directory);
    }
    hand_over(&mut command, unit, service).map_err(text("hand its descriptors over"))?;
    streams(&mut command, unit, service).map_err(text("open its standard files"))?;
    confine::rights(&mut command, service)?;
    if let Some(numbers) = &service.numbers {
        command.identity(numbers.user, numbers.group, &numbers.groups);
    }
    confine::calls(&mut command, &service.confined);
    if let (Ready::Descriptor(number), Some(writer)) = (&service.ready, writer) {
        command.descriptor(i32::from(*number), writer);
    }
    Ok(command)
}

fn watch(service: &Service, source: Option<OwnedFd>) -> i32 {
    child::begin(PROBE);
    probe::wait(&service.ready, source)
}

fn text(doing: &'static str) -> impl Fn(Errno) -> String {
    move |cause| format!("{doing}: {cause}")
}

/// Puts together all but its standard files and control group.
fn command(service: &Service) -> Command {
    let mut command = match service.mode {
        Mode::Plain => plain(service),
        Mode::Ask => asking(service),
    };
    command.variable("PATH", PATH);
    for variable in &service.environment {
        if let Some((name, value)) = variable.split_once('=') {
            command.variable(name, value);
        }
    }
    if service.has_notices() {
        command.variable("NOTIFY_SOCKET", notices::path(service));
    }
    if !service.watchdog.is_zero() {
        command.variable("WATCHDOG_USEC", format!("{}", service.watchdog.as_millis() * 1000));
        command.own_number("WATCHDOG_PID");
    }
    command.session().mask(SignalSet::EMPTY);
    for limit in &service.limits {
        command.limit(Resource(limit.resource), Limit { soft: limit.most, hard: limit.most });
    }
    if service.nice != 0 {
        command.nice(service.nice);
    }
    if service.oom_score != 0 {
        command.write("/proc/self/oom_score_adj", format!("{}", service.oom_score));
    }
    if let Some(mode) = service.umask {
        command.umask(fs::Mode::octal(mode));
    }
    command
}

/// Gives it its sockets and what was kept for it, as `sd_listen_fds(3)` finds them.
fn hand_over(command: &mut Command, unit: &Unit, service: &Service) -> linux::Result<()> {
    let sockets = service.sockets.iter().map(|socket| &socket.name).zip(unit.sockets.iter().map(AsFd::as_fd));
    let stored = unit.store.iter().map(|(name, file)| (name, file.as_fd()));
    let mut names: Vec<&str> = Vec::new();
    for ((name, file), number) in sockets.chain(stored).zip(FIRST..) {
        command.descriptor(number, fs::dup(file)?);
        names.push(name);
    }
    if !names.is_empty() {
        command.variable("LISTEN_FDS", format!("{}", names.len()));
        command.variable("LISTEN_FDNAMES", names.join(":"));
        command.own_number("LISTEN_PID");
    }
    Ok(())
}

fn plain(service: &Service) -> Command {
    let mut words = service.command.iter();
    let first = words.next().map_or("", String::as_str);
    // What begins so is started as a login is.
    let mut command = Command::new(first.strip_prefix('-').unwrap_or(first));
    command.called(first).arguments(words);
    command
}

/// A shell that waits for Enter before it becomes the program.
fn asking(service: &Service) -> Command {
    let mut command = Command::new("/bin/sh");
    let script = "printf '\nPress Enter to activate this console. '; read -r _ && exec \"$@\"";
    let words = service.command.iter().map(|word| word.strip_prefix('-').unwrap_or(word));
    command.arguments(["-c", script, "sh"]).arguments(words);
    command
}

/// Gives it its terminal, or the way to the log; before who it is, for opening may need root's rights.
fn streams(command: &mut Command, unit: &Unit, service: &Service) -> linux::Result<()> {
    if service.terminal.is_empty() {
        command.stdin(io::process::Stdio::Null);
        match (service.log.target, &unit.says) {
            (Target::Null, _) => {
                command.stdout(io::process::Stdio::Null).stderr(io::process::Stdio::Null);
            }
            (Target::Inherit, _) | (_, None) => {}
            (Target::Console | Target::Ring | Target::File, Some((_, writer))) => {
                command.stdout(fs::dup(writer)?).stderr(fs::dup(writer)?);
            }
        }
    } else {
        let flags = OpenFlags::READ_WRITE | OpenFlags::NO_CONTROLLING_TERMINAL;
        for number in 0..3 {
            command.open(number, &service.terminal, flags, fs::Mode::empty());
        }
        // A oneshot only uses it: several may, beside the daemon whose terminal it is.
        if service.kind == Kind::Daemon {
            command.terminal(0);
        }
    }
    Ok(())
}
