//! `start-stop-daemon` (Debian's; BusyBox has most of it). Statuses: 0 done, 1 there was nothing to do (0 with `-o`), 2 some
//! still run after all of `-R`, 3 anything else.
//!
//! A program is recognised by its file. Commands of this program share one, and are told apart by the name they were called by.

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;

use linux::fs::{Mode, OpenFlags};
use linux::process::{CloneFlags, Pid, Step, getpid, kill};
use linux::signal::Signal;
use query::text::decimal;
use system::processes::{self, Process};
use system::users::Names;

use super::identity::Identity;
use super::number::octal;
use super::schedule::{self, Wait};
use super::{launch, number, signals};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "start-stop-daemon",
    summary: "Start a program that is to run once, or stop it",
    usage: "-S [OPTION]... [--] [WORD]...\n-K [OPTION]...\n-T [OPTION]...",
    flags: flags![
        Flag::new(b'S', "start", "start it, if it does not run"),
        Flag::new(b'K', "stop", "stop it"),
        Flag::new(b'T', "status", "say by the status whether it runs: 0, 1 (it left its file), 3 or 4"),
        Flag::with(b'x', "exec", "PROGRAM", "the program; what runs this file"),
        Flag::with(b'a', "startas", "PROGRAM", "start this in its place"),
        Flag::with(b'p', "pidfile", "FILE", "the file that holds its number"),
        Flag::with(PID, "pid", "PID", "its number"),
        Flag::with(PARENT, "ppid", "PID", "children of this process"),
        Flag::with(b'n', "name", "NAME", "processes of this name"),
        Flag::with(b'u', "user", "USER", "processes of this user"),
        Flag::with(b's', "signal", "SIGNAL", "with -K: send SIGNAL (TERM)"),
        Flag::with(
            b'R',
            "retry",
            "SCHEDULE",
            "with -K: seconds to wait, or SIGNAL/SECONDS/SIGNAL/SECONDS...",
        ),
        Flag::new(b'b', "background", "start it as a child in a session of its own"),
        Flag::new(b'C', "no-close", "with -b: leave its input and output as they are"),
        Flag::with(b'O', "output", "FILE", "with -b: what it prints goes to the end of FILE"),
        Flag::new(b'm', "make-pidfile", "write its number to the file of -p"),
        Flag::new(REMOVE, "remove-pidfile", "with -K: remove that file"),
        Flag::with(b'c', "chuid", "USER[:GROUP]", "run it as USER"),
        Flag::with(b'g', "group", "GROUP", "run it in GROUP"),
        Flag::with(b'N', "nicelevel", "N", "run it with this nice value"),
        Flag::with(b'k', "umask", "MASK", "run it with this mask of permissions"),
        Flag::with(b'd', "chdir", "FOLDER", "run it in FOLDER"),
        Flag::with(b'r', "chroot", "FOLDER", "run it with FOLDER as its root"),
        Flag::new(b't', "test", "say what would be done"),
        Flag::new(b'o', "oknodo", "nothing to do is success"),
        Flag::new(b'q', "quiet", "say nothing but what went wrong"),
        Flag::new(b'v', "verbose", ""),
    ],
    run: Run::Leading(run),
};

keys! { 128; PID PARENT REMOVE }

const NOTHING_DONE: Status = Status(1);
const STILL_THERE: Status = Status(2);
const TROUBLE: Status = Status(3);
/// The program to start is not there (Debian's).
const NO_PROGRAM: Status = Status(2);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let action = parsed.last_of(b"SKT");
    let can_act = match action {
        Some(b'S') => command(parsed).is_some(),
        Some(_) => is_narrowed(parsed),
        None => false,
    };
    if !can_act {
        return Ok(parsed.usage(io));
    }
    let names = Names::read();
    let wanted = Wanted::new(parsed, &names).map_err(|word| io.misuse(word, "not what is expected here"))?;
    let found = wanted.find()?;
    match action {
        Some(b'S') if found.is_empty() => start(io, parsed, &names),
        Some(b'S') => {
            say(io, parsed, &[shown(parsed), b" is running already"], &found);
            Ok(nothing(parsed))
        }
        Some(b'K') => stop(io, parsed, &wanted, &found),
        _ if !found.is_empty() => Ok(Status::SUCCESS),
        _ => {
            let left = parsed.value(b'p').is_some_and(|file| linux::fs::stat(file).is_ok());
            Ok(if left { NOTHING_DONE } else { TROUBLE })
        }
    }
}

fn nothing(parsed: &Parsed<'_>) -> Status {
    if parsed.has(b'o') { Status::SUCCESS } else { NOTHING_DONE }
}

/// Gives the word by which messages name what is meant.
fn shown<'a>(parsed: &Parsed<'a>) -> &'a [u8] {
    b"axnpu".iter().find_map(|key| parsed.value(*key)).unwrap_or(b"process")
}

/// Says something, with the numbers of processes behind it.
fn say(io: &mut Io<'_>, parsed: &Parsed<'_>, words: &[&[u8]], processes: &[u32]) {
    if parsed.has(b'q') {
        return;
    }
    words.iter().for_each(|word| io.out.printable(word));
    for (index, process) in processes.iter().enumerate() {
        io.out.put(if index == 0 { b" (pid " } else { b" " });
        io.out.number((*process).into());
    }
    io.out.put(if processes.is_empty() { b"\n" } else { b")\n" });
}

/// Which processes are meant.
struct Wanted<'a> {
    /// The file of the program, and the name it is called by.
    program: Option<(&'a [u8], Option<FileId>)>,
    /// Whether that file is ours, too.
    is_shared: bool,
    name: Option<&'a [u8]>,
    user: Option<u32>,
    parent: Option<u32>,
    file: Option<&'a [u8]>,
    pid: Option<u32>,
}

/// What a file is the same by: its device and its number there.
type FileId = ((u32, u32), u64);

/// Gives that of a file.
fn same(path: &[u8]) -> Option<FileId> {
    let file = linux::fs::stat(path).ok()?;
    Some((file.device(), file.inode()))
}

impl<'a> Wanted<'a> {
    /// Reads the options; the error is the word that makes no sense.
    fn new(parsed: &'a Parsed<'a>, names: &Names) -> Result<Self, &'a [u8]> {
        let pid = |key| match parsed.value(key) {
            None => Ok(None),
            Some(word) => number::process(word).map(|pid| Some(pid.get().unsigned_abs())).ok_or(word),
        };
        let user = match parsed.value(b'u') {
            None => None,
            Some(word) => Some(names.find_user(word).ok_or(word)?),
        };
        // Who names nothing else means what is to be started.
        let started = if is_narrowed(parsed) { None } else { command(parsed).map(|command| command.0) };
        let program = parsed.value(b'x').or(started).map(|path| (path, same(path)));
        let is_shared =
            program.is_some_and(|program| program.1.is_some() && program.1 == same(b"/proc/self/exe"));
        Ok(Self {
            program,
            is_shared,
            name: parsed.value(b'n'),
            user,
            parent: pid(PARENT)?,
            file: parsed.value(b'p'),
            pid: pid(PID)?,
        })
    }

    /// Gives those that run.
    fn find(&self) -> system::Result<Vec<u32>> {
        let pid = match (self.file, self.pid) {
            (Some(file), None) => {
                let text = system::file::read(file).unwrap_or_default();
                let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
                match number::process(line.trim_ascii()) {
                    Some(pid) => Some(pid.get().unsigned_abs()),
                    // Without the file it is held not to run.
                    None => return Ok(Vec::new()),
                }
            }
            (_, pid) => pid,
        };
        let found = match pid {
            Some(pid) => processes::one(pid)?.into_iter().collect(),
            None => processes::all()?,
        };
        let own = getpid().get().unsigned_abs();
        let meant = found.iter().filter(|process| process.pid != own && self.is_met(process));
        Ok(meant.map(|process| process.pid).collect())
    }

    fn is_met(&self, process: &Process) -> bool {
        /// As much as the kernel keeps of a name.
        const NAME: usize = 15;
        process.state != b'Z'
            && self.name.is_none_or(|name| name.get(..NAME).unwrap_or(name) == process.name)
            && self.user.is_none_or(|user| user == process.user)
            && self.parent.is_none_or(|parent| parent == process.parent)
            && self.program.is_none_or(|program| self.is_program(process, program))
    }

    fn is_program(&self, process: &Process, (path, file): (&[u8], Option<FileId>)) -> bool {
        let last = |path: &'_ [u8]| path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let called = process.arguments.split(|byte| *byte == b' ').next().unwrap_or_default();
        let is_called = called.get(last(called)..) == path.get(last(path)..);
        // A script's process runs its interpreter, and a program may have been replaced by a newer one.
        file.is_some()
            && same(&processes::path(process.pid, b"exe")) == file
            && (!self.is_shared || is_called)
    }
}

fn stop(io: &mut Io<'_>, parsed: &Parsed<'_>, wanted: &Wanted<'_>, found: &[u32]) -> Outcome {
    let word = parsed.value(b's').unwrap_or(b"TERM");
    let Some(signal) = signals::parse(word) else { return Ok(io.misuse(word, "no such signal")) };
    let schedule = match parsed.value(b'R') {
        None => Vec::from([(signal, Wait::No)]),
        Some(word) => match schedule::parse(word, signal) {
            Some(schedule) => schedule,
            None => return Ok(io.misuse(word, "no schedule")),
        },
    };
    if found.is_empty() {
        say(io, parsed, &[b"no process of ", shown(parsed), b" is running"], found);
        return Ok(nothing(parsed));
    }
    if parsed.has(b't') {
        let name = signal.map_or_else(|| b"0".to_vec(), signals::name);
        say(io, parsed, &[b"would send ", &name, b" to ", shown(parsed)], found);
        return Ok(Status::SUCCESS);
    }
    let mut left = found.to_vec();
    let mut status = Status::SUCCESS;
    for (signal, wait) in schedule {
        for pid in &left {
            status = status.and(send(io, *pid, signal));
        }
        if wait == Wait::No {
            left.clear();
            break;
        }
        left = schedule::wait(wait, &mut || wanted.find())?;
        if left.is_empty() {
            break;
        }
    }
    if !left.is_empty() {
        say(io, parsed, &[shown(parsed), b" still runs"], &left);
        return Ok(STILL_THERE);
    }
    if parsed.has(REMOVE)
        && let Some(file) = parsed.value(b'p')
    {
        let _ = linux::fs::unlink(file);
    }
    say(io, parsed, &[b"stopped ", shown(parsed)], found);
    Ok(if status == Status::SUCCESS { status } else { TROUBLE })
}

fn send(io: &mut Io<'_>, pid: u32, signal: Option<Signal>) -> Status {
    let Some(target) = Pid::new(pid.cast_signed()) else { return Status::SUCCESS };
    match kill(target, signal) {
        Ok(()) | Err(linux::Errno::SRCH) => Status::SUCCESS,
        Err(errno) => {
            let mut name = Vec::new();
            decimal(pid.into(), &mut name);
            io.complain(&name, &errno)
        }
    }
}

fn start(io: &mut Io<'_>, parsed: &Parsed<'_>, names: &Names) -> Outcome {
    let (program, operands) = command(parsed).unwrap_or_default();
    let mut words = Vec::from([program]);
    words.extend(operands);
    if parsed.has(b't') {
        let line = words.join(&b' ');
        say(io, parsed, &[b"would start ", &line], &[]);
        return Ok(Status::SUCCESS);
    }
    let path = [parsed.value(b'r').unwrap_or_default(), program].concat();
    if program.starts_with(b"/")
        && let Err(errno) = linux::fs::stat(path.as_slice())
    {
        io.complain(program, &errno);
        return Ok(NO_PROGRAM);
    }
    let string = |key| parsed.value(key).and_then(|word| CString::new(word).ok());
    let [folder, root, output] = [b'd', b'r', b'O'].map(string);
    let mask = match parsed.value(b'k') {
        None => None,
        Some(word) => Some(octal(word).ok_or_else(|| io.misuse(word, "no mask"))?),
    };
    let nice = match parsed.value(b'N') {
        None => None,
        Some(word) => Some(number::signed(word).ok_or_else(|| io.misuse(word, "is no number"))?),
    };
    let identity = identity(parsed, names).map_err(|word| io.misuse(word, "no such user or group"))?;
    let mut steps = Vec::new();
    let background = parsed.has(b'b');
    if background {
        streams(&mut steps, output.as_deref(), parsed.has(b'C'));
    }
    steps.extend(root.as_deref().map(Step::Root));
    steps.extend(folder.as_deref().map(Step::Folder));
    steps.extend(nice.map(Step::Nice));
    steps.extend(mask.map(|mask| Step::Umask(Mode::octal(mask))));
    identity.add(&mut steps);
    let file = parsed.value(b'p').filter(|_| parsed.has(b'm'));
    if background {
        let child = launch::child(io, &words, &steps, CloneFlags::empty(), None).map_err(|_| TROUBLE)?;
        return Ok(file.map_or(Status::SUCCESS, |file| write_number(io, file, child)));
    }
    let made = file.map_or(Status::SUCCESS, |file| write_number(io, file, getpid()));
    Ok(if made == Status::SUCCESS { launch::replace_after(io, &words, &steps) } else { made })
}

/// Gives the program to start, of the options or, as BusyBox has it, the first operand, and its operands.
fn command<'p>(parsed: &'p Parsed<'_>) -> Option<(&'p [u8], &'p [&'p [u8]])> {
    let operands = parsed.operands.as_slice();
    match parsed.value(b'a').or(parsed.value(b'x')) {
        Some(program) => Some((program, operands)),
        None => operands.split_first().map(|(program, operands)| (*program, operands)),
    }
}

/// Says whether options tell which processes are meant.
fn is_narrowed(parsed: &Parsed<'_>) -> bool {
    parsed.has_any(&[b'x', b'p', b'n', b'u', PID, PARENT])
}

fn identity<'a>(parsed: &Parsed<'a>, names: &Names) -> Result<Identity, &'a [u8]> {
    let mut identity = Identity::new(parsed.value(b'c').unwrap_or_default(), None, names)?;
    if let Some(group) = parsed.value(b'g') {
        identity.set_group(group, names)?;
    }
    Ok(identity)
}

/// Adds a session, and where the three streams lead.
fn streams<'s>(steps: &mut Vec<Step<'s>>, output: Option<&'s CStr>, keeps: bool) {
    const NULL: &CStr = c"/dev/null";
    steps.push(Step::Session);
    let append = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::APPEND;
    let places = [(0, None), (1, output), (2, output)];
    for (place, output) in places {
        match output {
            Some(output) => steps.push(Step::Open(place, output, append, Mode::octal(0o644))),
            None if keeps => {}
            None => steps.push(Step::Open(place, NULL, OpenFlags::READ_WRITE, Mode::empty())),
        }
    }
}

fn write_number(io: &mut Io<'_>, file: &[u8], pid: Pid) -> Status {
    let mut text = Vec::new();
    decimal(pid.get().unsigned_abs().into(), &mut text);
    text.push(b'\n');
    match system::file::replace(file, &text, system::file::Durability::Cache) {
        Ok(()) => Status::SUCCESS,
        Err(error) => {
            io.complain(b"", &error);
            TROUBLE
        }
    }
}
