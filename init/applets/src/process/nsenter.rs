//! `nsenter` (util-linux's; BusyBox has it without `-T`, `-a` and `-G`).

use alloc::vec::Vec;

use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open};
use linux::process::{Namespaces, setns};

use super::unshare::{KINDS, become_command, take_identity};
use super::{launch, number};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "nsenter",
    summary: "Run a command, or a shell, in the namespaces of another process",
    usage: "[OPTION]... [COMMAND [WORD]...]",
    flags: flags![
        Flag::with(b't', "target", "PID", "the process whose namespaces are meant"),
        Flag::new(b'a', "all", "all namespaces of it"),
        Flag::may(b'm', "mount", "FILE", "mounts, or the namespace of FILE"),
        Flag::may(b'u', "uts", "FILE", "the machine's name"),
        Flag::may(b'i', "ipc", "FILE", "System V's communication"),
        Flag::may(b'n', "net", "FILE", "the network"),
        Flag::may(b'p', "pid", "FILE", "numbers of processes"),
        Flag::may(b'U', "user", "FILE", "users"),
        Flag::may(b'C', "cgroup", "FILE", "control groups"),
        Flag::may(b'T', "time", "FILE", "clocks"),
        Flag::may(b'r', "root", "FOLDER", "its root folder, or FOLDER"),
        Flag::may(b'w', "wd", "FOLDER", "its folder, or FOLDER"),
        Flag::with(b'S', "setuid", "USER", "as this user, by number"),
        Flag::with(b'G', "setgid", "GROUP", "in this group, by number"),
        Flag::new(b'F', "no-fork", "with -p: this process becomes the command, not a child"),
        Flag::new(KEEP, "preserve-credentials", "with -U: do not become root in it"),
    ],
    run: Run::Leading(run),
};

const KEEP: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let target = match parsed.value(b't') {
        None => None,
        Some(word) => match number::process(word) {
            Some(process) => Some(process),
            None => return Ok(io.misuse(word, "not a process number")),
        },
    };
    let path = |word: &[u8], name: &str| {
        if !word.is_empty() {
            return Some(word.to_vec());
        }
        let mut path = b"/proc/".to_vec();
        query::text::decimal(target?.get().unsigned_abs().into(), &mut path);
        path.push(b'/');
        path.extend_from_slice(name.as_bytes());
        Some(path)
    };
    // All are opened before any is entered: from inside the paths may lead elsewhere.
    let mut spaces: Vec<(Vec<u8>, OwnedFd, Namespaces)> = Vec::new();
    for (key, kind, name) in KINDS {
        let word = parsed.value(key).or(parsed.has(b'a').then_some(b""));
        let Some(word) = word else { continue };
        let Some(path) = path(word, &["ns/", name].concat()) else { return Ok(lacks_target(io)) };
        // The one that this process is in cannot be entered, for some kinds.
        if parsed.has(b'a') && !parsed.has(key) && is_own(&path, name) {
            continue;
        }
        let file = open_folder(&path).map_err(|errno| io.complain(&path, &errno))?;
        spaces.push((path, file, kind));
    }
    let mut folders: [Option<OwnedFd>; 2] = [None, None];
    for ((key, name), folder) in [(b'r', "root"), (b'w', "cwd")].into_iter().zip(&mut folders) {
        let Some(word) = parsed.value(key) else { continue };
        let Some(path) = path(word, name) else { return Ok(lacks_target(io)) };
        *folder = Some(open_folder(&path).map_err(|errno| io.complain(&path, &errno))?);
    }
    for (path, file, kind) in &spaces {
        setns(file, *kind).map_err(|errno| io.complain(path, &errno))?;
    }
    enter_folders(folders).map_err(|errno| io.complain(b"change the folder", &errno))?;
    if spaces.iter().any(|space| space.2 == Namespaces::USER) && !parsed.has(KEEP) {
        // Users of outside have no number in it.
        let _ = linux::process::setgroups(&[]);
        let _ = linux::process::setresgid(0, 0, 0);
        let _ = linux::process::setresuid(0, 0, 0);
    }
    take_identity(io, parsed)?;
    if parsed.has(b'F') || !spaces.iter().any(|space| space.2 == Namespaces::PID) {
        return Ok(become_command(io, &parsed.operands));
    }
    io.out.flush();
    io.err.flush();
    let child = linux::process::spawn(|| i32::from(become_command(io, &parsed.operands).0));
    let child = child.map_err(|errno| io.complain(b"fork", &errno))?;
    Ok(launch::end(io, child))
}

fn lacks_target(io: &mut Io<'_>) -> Status {
    io.misuse(b"-t", "a process is needed")
}

/// Says whether a namespace is this process's.
fn is_own(path: &[u8], name: &str) -> bool {
    let own = [b"/proc/self/ns/", name.as_bytes()].concat();
    let (mut this, mut other) = ([0; 64], [0; 64]);
    match (linux::fs::readlink(own.as_slice(), &mut this), linux::fs::readlink(path, &mut other)) {
        (Ok(this), Ok(other)) => this == other,
        // A kernel without this kind.
        (Err(_), _) => true,
        (_, Err(_)) => false,
    }
}

fn open_folder(path: &[u8]) -> linux::Result<OwnedFd> {
    open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
}

fn enter_folders([root, folder]: [Option<OwnedFd>; 2]) -> linux::Result<()> {
    if let Some(root) = root {
        linux::fs::fchdir(&root)?;
        linux::fs::chroot(".")?;
    }
    folder.map_or(Ok(()), |folder| linux::fs::fchdir(&folder))
}
