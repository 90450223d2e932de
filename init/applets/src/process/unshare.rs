//! `unshare` (util-linux's; BusyBox has its first half).

use linux::mount::MountFlags;
use linux::process::{
    IdRange, Ids, Namespaces, deny_setgroups, getegid, geteuid, map_ids, set_parent_death_signal, setgroups,
    setresgid, setresuid,
};
use linux::signal::Signal;
use query::text::parse_decimal;

use super::launch;
use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "unshare",
    summary: "Run a command, or a shell, in namespaces of its own",
    usage: "[OPTION]... [COMMAND [WORD]...]",
    flags: flags![
        Flag::new(b'm', "mount", "mounts"),
        Flag::new(b'u', "uts", "the machine's name"),
        Flag::new(b'i', "ipc", "System V's communication"),
        Flag::new(b'n', "net", "the network"),
        Flag::new(b'p', "pid", "numbers of processes, with -f"),
        Flag::new(b'U', "user", "users"),
        Flag::new(b'C', "cgroup", "control groups"),
        Flag::new(b'T', "time", "clocks, with -f"),
        Flag::new(b'f', "fork", "the command is a child"),
        Flag::new(b'r', "map-root-user", "users, too, in which this one is root"),
        Flag::new(b'c', "map-current-user", "users, too, in which this one is himself"),
        Flag::may(PROC, "mount-proc", "FOLDER", "mounts, too, and /proc mounted anew"),
        Flag::with(PROPAGATION, "propagation", "KIND", "of mounts: private, slave, shared or unchanged"),
        Flag::with(SETGROUPS, "setgroups", "allow|deny", "whether further groups may be set in it"),
        Flag::may(KILL, "kill-child", "SIGNAL", "the child gets SIGNAL (KILL) when this process ends"),
        Flag::with(b'R', "root", "FOLDER", "another root folder"),
        Flag::with(b'w', "wd", "FOLDER", "in this folder"),
        Flag::with(b'S', "setuid", "USER", "as this user, by number"),
        Flag::with(b'G', "setgid", "GROUP", "in this group, by number"),
    ],
    run: Run::Leading(run),
};

keys! { 128; PROC PROPAGATION SETGROUPS KILL }

/// The kinds of namespaces by their options.
pub(super) const KINDS: [(u8, Namespaces, &str); 8] = [
    (b'U', Namespaces::USER, "user"),
    (b'i', Namespaces::IPC, "ipc"),
    (b'u', Namespaces::UTS, "uts"),
    (b'n', Namespaces::NETWORK, "net"),
    (b'p', Namespaces::PID, "pid"),
    (b'C', Namespaces::CGROUP, "cgroup"),
    (b'm', Namespaces::MOUNT, "mnt"),
    (b'T', Namespaces::TIME, "time"),
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let chosen = KINDS.iter().filter(|kind| parsed.has(kind.0));
    let mut kinds = chosen.fold(Namespaces::empty(), |kinds, kind| kinds | kind.1);
    if parsed.has_any(b"rc") {
        kinds |= Namespaces::USER;
    }
    if parsed.has(PROC) {
        kinds |= Namespaces::MOUNT;
    }
    let propagation = match parsed.value(PROPAGATION) {
        None | Some(b"private") => Some(MountFlags::PRIVATE),
        Some(b"slave") => Some(MountFlags::SLAVE),
        Some(b"shared") => Some(MountFlags::SHARED),
        Some(b"unchanged") => None,
        Some(other) => return Ok(io.misuse(other, "no kind of propagation")),
    };
    let (user, group) = (geteuid(), getegid());
    linux::process::unshare(kinds).map_err(|errno| io.complain(b"leave the namespaces", &errno))?;
    map(io, parsed, user, group)?;
    if kinds.contains(Namespaces::MOUNT)
        && let Some(propagation) = propagation
    {
        let changed = linux::mount::mount("none", "/", "", propagation | MountFlags::RECURSIVE, "");
        changed.map_err(|errno| io.complain(b"/", &errno))?;
    }
    if !parsed.has_any(&[b'f', KILL]) {
        return Ok(inside(io, parsed));
    }
    // The child goes on with a copy of this process; its output so far must not come twice.
    io.out.flush();
    io.err.flush();
    let death = match parsed.value(KILL).map(|word| if word.is_empty() { b"KILL" } else { word }) {
        None => None,
        Some(word) => match super::signals::parse(word) {
            Some(Some(signal)) => Some(signal),
            _ => return Ok(io.misuse(word, "no such signal")),
        },
    };
    let child = linux::process::spawn(|| {
        if death.is_some() {
            let _ = set_parent_death_signal(death);
        }
        i32::from(inside(io, parsed).0)
    });
    let child = child.map_err(|errno| io.complain(b"fork", &errno))?;
    // The keys that end the command are not for us.
    let _ = linux::signal::ignore(Signal::INT);
    Ok(launch::end(io, child))
}

/// Writes which users and groups those of the new namespace are.
fn map(io: &mut Io<'_>, parsed: &Parsed<'_>, user: u32, group: u32) -> Result<(), Failure> {
    let mapped = parsed.last_of(b"rc");
    let denies = match (parsed.value(SETGROUPS), mapped) {
        (Some(b"allow"), _) => false,
        (Some(b"deny"), _) => true,
        (Some(other), _) => return Err(io.misuse(other, "neither allow nor deny").into()),
        // Who is not root outside may not map groups that he could give up.
        (None, mapped) => mapped.is_some(),
    };
    if denies {
        deny_setgroups(None).map_err(|errno| io.complain(b"/proc/self/setgroups", &errno))?;
    }
    let Some(mapped) = mapped else { return Ok(()) };
    for (ids, path, outside) in
        [(Ids::Users, "/proc/self/uid_map", user), (Ids::Groups, "/proc/self/gid_map", group)]
    {
        let inside = if mapped == b'r' { 0 } else { outside };
        let written = map_ids(None, ids, &[IdRange::one(inside, outside)]);
        written.map_err(|errno| io.complain(path.as_bytes(), &errno))?;
    }
    Ok(())
}

/// Does what is done inside, and becomes the command.
fn inside(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Status {
    if let Some(folder) = parsed.value(b'R')
        && let Err(errno) = linux::fs::chroot(folder).and_then(|()| linux::fs::chdir("/"))
    {
        return io.complain(folder, &errno);
    }
    if let Some(folder) = parsed.value(b'w')
        && let Err(errno) = linux::fs::chdir(folder)
    {
        return io.complain(folder, &errno);
    }
    if let Some(folder) = parsed.value(PROC) {
        let folder = if folder.is_empty() { b"/proc" } else { folder };
        let flags = MountFlags::NO_SET_USER | MountFlags::NO_EXECUTE | MountFlags::NO_DEVICES;
        if let Err(errno) = linux::mount::mount("proc", folder, "proc", flags, "") {
            return io.complain(folder, &errno);
        }
    }
    if let Err(status) = take_identity(io, parsed) {
        return status;
    }
    become_command(io, &parsed.operands)
}

/// Takes the user and the group of `-S` and `-G`.
pub(super) fn take_identity(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<(), Status> {
    for key in *b"GS" {
        let Some(word) = parsed.value(key) else { continue };
        let Some(number) = parse_decimal(word).and_then(|number| u32::try_from(number).ok()) else {
            return Err(io.misuse(word, "is no number"));
        };
        let set = if key == b'G' {
            // Refused where they must not be set, and then there is nothing to give up.
            let _ = setgroups(&[]);
            setresgid(number, number, number)
        } else {
            setresuid(number, number, number)
        };
        set.map_err(|errno| io.complain(word, &errno))?;
    }
    Ok(())
}

/// Becomes a command, or the user's shell.
pub(super) fn become_command(io: &mut Io<'_>, words: &[&[u8]]) -> Status {
    let shell = [io.variable("SHELL").unwrap_or(b"/bin/sh")];
    launch::replace(io, if words.is_empty() { &shell } else { words }, io.environment)
}
