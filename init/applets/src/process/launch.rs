//! Other programs: put in place of this process, or started as its children. A name without a slash is looked for in PATH; a
//! command that no folder of it holds, but this program does, is run from this program.

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;

use linux::Errno;
use linux::fs::{chdir, chroot, umask};
use linux::process::{
    Argument, CloneFlags, Ended, Pid, Program, Stage, Step, WaitFlags, WaitFor, Whose, execve, setgroups,
    setpriority, setresgid, setresuid, start, waitid,
};
use linux::signal::SignalSet;

use crate::{Io, Status};

/// Where commands are, when the environment does not say.
const PATH: &[u8] = b"/sbin:/usr/sbin:/bin:/usr/bin";

/// The status of commands that run others, for what they themselves could not do (POSIX leaves it to them; GNU's).
pub(crate) const NOT_STARTED: Status = Status(125);

/// A program with its words and its environment, in the kernel's form.
pub(crate) struct Launch {
    paths: Vec<CString>,
    words: Vec<CString>,
    environment: Vec<CString>,
}

impl Launch {
    /// Prepares a program; nothing if there are no words or one has a zero byte inside.
    pub(crate) fn new(words: &[&[u8]], environment: &[&[u8]]) -> Option<Self> {
        let name = *words.first()?;
        let mut paths = Vec::new();
        if name.contains(&b'/') {
            paths.push(string(&[name])?);
        } else {
            let path = environment.iter().find_map(|entry| entry.strip_prefix(b"PATH=")).unwrap_or(PATH);
            for folder in path.split(|&byte| byte == b':') {
                let folder = if folder.is_empty() { b"." } else { folder };
                paths.push(string(&[folder, b"/", name])?);
            }
            if crate::find(name).is_some() {
                paths.push(c"/proc/self/exe".into());
            }
        }
        Some(Self { paths, words: strings(words)?, environment: strings(environment)? })
    }

    /// Prepares this program itself, to be called by these words.
    pub(crate) fn own(words: &[&[u8]], environment: &[&[u8]]) -> Option<Self> {
        let paths = Vec::from([c"/proc/self/exe".into()]);
        Some(Self { paths, words: strings(words)?, environment: strings(environment)? })
    }

    /// Becomes the program; comes back only to say why not.
    pub(crate) fn replace(&self) -> Errno {
        let (words, environment) = (list(&self.words), list(&self.environment));
        let mut told = Errno::NOENT;
        for path in &self.paths {
            match execve(path.as_c_str(), &words, &environment) {
                Errno::NOENT | Errno::NOTDIR => {}
                // Another file of that name may be meant (POSIX, 2.9.1.4).
                Errno::ACCES => told = Errno::ACCES,
                errno => return errno,
            }
        }
        told
    }

    /// Starts the program as a child that takes these steps before; the error is what failed, and why.
    pub(crate) fn start(
        &self,
        steps: &[Step<'_>],
        flags: CloneFlags,
        mask: Option<SignalSet>,
    ) -> Result<Pid, (Stage, Errno)> {
        let (words, environment) = (list(&self.words), list(&self.environment));
        let paths: Vec<&CStr> = self.paths.iter().map(CString::as_c_str).collect();
        let program = Program {
            paths: &paths,
            arguments: &words,
            environment: &environment,
            steps,
            flags,
            control_group: None,
            mask,
        };
        match start(&program) {
            Ok(started) => Ok(started.pid),
            Err(failure) => Err((failure.stage, failure.errno)),
        }
    }
}

/// Becomes a program; returns only if that fails, after saying why.
pub(crate) fn replace(io: &mut Io<'_>, words: &[&[u8]], environment: &[&[u8]]) -> Status {
    io.out.flush();
    let errno = Launch::new(words, environment).map_or(Errno::INVAL, |launch| launch.replace());
    refused(io, words, errno)
}

/// Becomes a program that is called by another name than its file's; returns only if that fails, after saying why.
#[cfg(feature = "files")]
pub(crate) fn replace_as(io: &mut Io<'_>, words: &[&[u8]], called: &[u8], environment: &[&[u8]]) -> Status {
    io.out.flush();
    let launch = Launch::new(words, environment).zip(string(&[called]));
    let errno = launch.map_or(Errno::INVAL, |(mut launch, called)| {
        if let Some(first) = launch.words.first_mut() {
            *first = called;
        }
        launch.replace()
    });
    refused(io, words, errno)
}

/// Takes these steps and becomes a program; returns only if that fails, after saying why.
pub(crate) fn replace_after(io: &mut Io<'_>, words: &[&[u8]], steps: &[Step<'_>]) -> Status {
    for step in steps {
        if let Err(errno) = take(step) {
            io.complain(step.name().as_bytes(), &errno);
            return NOT_STARTED;
        }
    }
    replace(io, words, io.environment)
}

/// Takes a step that leaves descriptors as they are; `INVAL` for any other.
pub(crate) fn take(step: &Step<'_>) -> linux::Result<()> {
    match *step {
        Step::Root(path) => chroot(path).and_then(|()| chdir("/")),
        Step::Folder(path) => chdir(path),
        Step::Nice(nice) => setpriority(Whose::Process(None), nice),
        Step::Umask(mask) => {
            umask(mask);
            Ok(())
        }
        Step::Groups(groups) => setgroups(groups),
        Step::GroupId(group) => setresgid(group, group, group),
        Step::User(user) => setresuid(user, user, user),
        _ => Err(Errno::INVAL),
    }
}

/// Starts a program as a child; says why it could not be.
pub(crate) fn child(
    io: &mut Io<'_>,
    words: &[&[u8]],
    steps: &[Step<'_>],
    flags: CloneFlags,
    mask: Option<SignalSet>,
) -> Result<Pid, Status> {
    io.out.flush();
    let launch = Launch::new(words, io.environment);
    let started = match &launch {
        Some(launch) => launch.start(steps, flags, mask),
        None => Err((Stage::Execute, Errno::INVAL)),
    };
    started.map_err(|(stage, errno)| match stage {
        Stage::Execute => refused(io, words, errno),
        Stage::Clone => {
            io.complain(b"fork", &errno);
            NOT_STARTED
        }
        Stage::Step(at) => {
            io.complain(steps.get(at).map_or("", Step::name).as_bytes(), &errno);
            NOT_STARTED
        }
    })
}

/// Says why a program could not be run; gives the status that POSIX has for it.
pub(crate) fn refused(io: &mut Io<'_>, words: &[&[u8]], errno: Errno) -> Status {
    io.complain(words.first().copied().unwrap_or_default(), &errno);
    if errno == Errno::NOENT { Status::NOT_FOUND } else { Status::NOT_EXECUTABLE }
}

/// Waits for the end of a child.
pub(crate) fn wait(child: Pid) -> linux::Result<Ended> {
    let ended = linux::retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?;
    ended.map(|child| child.ended).ok_or(Errno::CHILD)
}

/// Runs a program that is to be told something, to its end, without signals that are held back here; says why it could not be run.
#[cfg(feature = "tables")]
pub(crate) fn tell(io: &mut Io<'_>, words: &[&[u8]], environment: &[&[u8]]) {
    io.out.flush();
    let started = Launch::new(words, environment)
        .map(|launch| launch.start(&[], CloneFlags::empty(), Some(SignalSet::of(&[]))));
    let outcome = match started {
        Some(Ok(child)) => wait(child).map(drop),
        Some(Err((_, errno))) => Err(errno),
        None => Err(Errno::INVAL),
    };
    let _ = io.report(words.first().copied().unwrap_or_default(), outcome);
}

/// Takes leave of all children that have ended, and gives how many.
pub(crate) fn reap() -> usize {
    let mut count = 0;
    while let Ok(Some(_)) = waitid(WaitFor::Any, WaitFlags::EXITED | WaitFlags::NO_HANG) {
        count += 1;
    }
    count
}

/// Gives the status by which a shell knows an end.
pub(crate) fn status(ended: Ended) -> Status {
    Status(u8::try_from(ended.shell_status() & 0xff).unwrap_or(u8::MAX))
}

/// Runs a program as a child and waits for its end.
pub(crate) fn run(io: &mut Io<'_>, words: &[&[u8]], steps: &[Step<'_>], flags: CloneFlags) -> Status {
    child(io, words, steps, flags, None).map_or_else(|status| status, |child| end(io, child))
}

/// Waits for the end of a child; gives its status, or that of the complaint that there is none.
pub(crate) fn end(io: &mut Io<'_>, child: Pid) -> Status {
    wait(child).map_or_else(|errno| io.complain(b"wait", &errno), status)
}

/// Ends each word with a zero byte; nothing if one has a zero byte inside.
fn strings(words: &[&[u8]]) -> Option<Vec<CString>> {
    words.iter().map(|word| string(&[word])).collect()
}

/// Joins the parts of a word, and ends it with a zero byte; nothing if it has a zero byte inside.
#[inline(never)]
fn string(parts: &[&[u8]]) -> Option<CString> {
    let mut bytes = parts.concat();
    bytes.push(0);
    CString::from_vec_with_nul(bytes).ok()
}

fn list(strings: &[CString]) -> Vec<Argument<'_>> {
    let mut list: Vec<_> = strings.iter().map(|string| Argument::new(string)).collect();
    list.push(Argument::END);
    list
}
