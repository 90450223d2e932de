//! What a new process does to itself before it executes a program, one step a value.

use super::confine::Confine;
use super::{
    Limit, Namespaces, OwnNumber, Pid, Resource, Whose, prlimit, set_no_new_privileges,
    set_parent_death_signal, setgroups, setns, setpgid, setpriority, setresgid, setresuid, setsid, unshare,
};
use crate::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use crate::fs::{
    DescriptorFlags, Mode, OpenFlags, chdir, chroot, close_range, dup_over, fchdir, open, umask, write,
};
use crate::signal::{Signal, default, ignore};
use crate::terminal::{set_controlling, set_foreground_group};
use crate::trace::trace_me;
use crate::{Errno, Result};
use core::ffi::CStr;

/// A thing that a new process does to itself. Each is one call or two, allocates nothing, and touches no memory but the
/// value itself, so that it is safe in a process that shares its parent's memory.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// Opens a file under this number.
    Open(RawFd, &'a CStr, OpenFlags, Mode),
    /// Puts an open file under this number; it stays open over execve.
    Put(BorrowedFd<'a>, RawFd),
    /// Closes this number; one that is not open is no fault.
    Close(RawFd),
    /// Marks all numbers from this one on to be closed by execve.
    CloseFrom(RawFd),
    /// Writes bytes to a file in one call, as `/proc/self/uid_map` wants them.
    Write(&'a CStr, &'a [u8]),
    /// Changes to this folder.
    Folder(&'a CStr),
    /// Changes to this open folder.
    OpenFolder(BorrowedFd<'a>),
    /// Makes this folder the root, and changes to it.
    Root(&'a CStr),
    /// Founds a session, without terminal.
    Session,
    /// Joins a group of processes; none: founds one.
    Group(Option<Pid>),
    /// Makes the terminal behind this number the session's, after [`Step::Session`].
    Terminal(RawFd),
    /// Makes its own group the one in front of the terminal behind this number.
    Foreground(RawFd),
    /// Sets the further groups.
    Groups(&'a [u32]),
    /// Sets the real, effective and saved group.
    GroupId(u32),
    /// Sets the real, effective and saved user.
    User(u32),
    /// Sets a limit.
    Limit(Resource, Limit),
    /// Sets the nice value.
    Nice(i32),
    /// Sets the mask of permissions.
    Umask(Mode),
    /// Leaves for new namespaces (of processes and clocks: its children do).
    Leave(Namespaces),
    /// Enters the namespace behind a descriptor.
    Enter(BorrowedFd<'a>),
    /// Ignores a signal.
    Ignore(Signal),
    /// Leaves a signal to the kernel, also one that the parent ignores.
    Default(Signal),
    /// Wants a signal when the parent's thread ends.
    ParentDeath(Signal),
    /// Keeps something from itself.
    Confine(&'a dyn Confine),
    /// Gives up getting privileges by execve.
    NoNewPrivileges,
    /// Completes a variable of its environment ([`Argument::own_number`](super::Argument::own_number)).
    Tell(&'a OwnNumber),
    /// Lets the parent follow it (ptrace): it stops with SIGTRAP after execve.
    Trace,
}

impl Step<'_> {
    /// Gives what the step does, in words: "change the folder".
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open(..) => "open a file",
            Self::Put(..) => "put a descriptor in place",
            Self::Close(_) | Self::CloseFrom(_) => "close descriptors",
            Self::Write(..) => "write a file",
            Self::Folder(_) | Self::OpenFolder(_) => "change the folder",
            Self::Root(_) => "change the root",
            Self::Session => "found a session",
            Self::Group(_) => "set the group of processes",
            Self::Terminal(_) | Self::Foreground(_) => "take the terminal",
            Self::Groups(_) => "set the further groups",
            Self::GroupId(_) => "set the group",
            Self::User(_) => "set the user",
            Self::Limit(..) => "set a limit",
            Self::Nice(_) => "set the nice value",
            Self::Umask(_) => "set the umask",
            Self::Leave(_) | Self::Enter(_) => "change the namespace",
            Self::Ignore(_) | Self::Default(_) => "set a signal's action",
            Self::ParentDeath(_) => "set the parent's death signal",
            Self::Confine(step) => step.name(),
            Self::NoNewPrivileges => "give up new privileges",
            Self::Tell(_) => "tell its number",
            Self::Trace => "let itself be followed",
        }
    }

    /// Does it. Called in a new process alone, which nobody else's borrowed descriptors live in.
    pub(super) fn take(&self) -> Result<()> {
        match *self {
            Self::Open(number, path, flags, mode) => {
                let file = open(path, flags | OpenFlags::CLOSE_ON_EXEC, mode)?;
                put(file, number)
            }
            Self::Put(file, number) => {
                // SAFETY: the number is this process's own to give.
                unsafe { dup_over(file, number, DescriptorFlags::empty()) }
            }
            Self::Close(number) => close(number, number),
            Self::CloseFrom(first) => mark_from(first),
            Self::Write(path, bytes) => {
                let file = open(path, OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
                let written = write(&file, bytes)?;
                if written == bytes.len() { Ok(()) } else { Err(Errno::IO) }
            }
            Self::Folder(path) => chdir(path),
            Self::OpenFolder(folder) => fchdir(folder),
            Self::Root(path) => chroot(path).and_then(|()| chdir(c"/")),
            Self::Session => setsid().map(drop),
            Self::Group(group) => setpgid(None, group),
            Self::Terminal(number) => set_controlling(borrow(number), false),
            Self::Foreground(number) => {
                let group = super::getpgid(None)?.ok_or(Errno::SRCH)?;
                // From the background that stops whoever does it, but for one that holds SIGTTOU back, as we do here.
                set_foreground_group(borrow(number), group)
            }
            Self::Groups(groups) => setgroups(groups),
            Self::GroupId(group) => setresgid(group, group, group),
            Self::User(user) => setresuid(user, user, user),
            Self::Limit(resource, limit) => prlimit(None, resource, Some(limit)).map(drop),
            Self::Nice(nice) => setpriority(Whose::Process(None), nice),
            Self::Umask(mode) => {
                umask(mode);
                Ok(())
            }
            Self::Leave(kinds) => unshare(kinds),
            Self::Enter(namespace) => setns(namespace, Namespaces::empty()),
            Self::Ignore(signal) => ignore(signal),
            Self::Default(signal) => default(signal),
            Self::ParentDeath(signal) => set_parent_death_signal(Some(signal)),
            Self::Confine(step) => step.take(),
            Self::NoNewPrivileges => set_no_new_privileges(),
            Self::Tell(number) => {
                number.tell();
                Ok(())
            }
            Self::Trace => trace_me(),
        }
    }
}

fn put(file: OwnedFd, number: RawFd) -> Result<()> {
    if file.as_raw() == number {
        // SAFETY: the number is this process's own to give.
        let kept = unsafe { dup_over(&file, number, DescriptorFlags::empty()) };
        file.into_raw();
        return kept;
    }
    // SAFETY: as above.
    unsafe { dup_over(file.as_fd(), number, DescriptorFlags::empty()) }
}

fn close(first: RawFd, last: RawFd) -> Result<()> {
    let (Ok(first), Ok(last)) = (u32::try_from(first), u32::try_from(last)) else { return Err(Errno::BADF) };
    // SAFETY: a number that this process need not have; nobody borrows it in here.
    match unsafe { close_range(first, last, false) } {
        // Before Linux 5.9: one by one.
        Err(Errno::NOSYS | Errno::PERM) => {
            for number in first..=last {
                // SAFETY: as above; the value is dropped at once, which closes it.
                drop(unsafe { OwnedFd::from_raw(number.cast_signed()) });
            }
            Ok(())
        }
        other => other,
    }
}

/// Where the call is missing (before Linux 5.11) it takes as many as the limit allows.
fn mark_from(first: RawFd) -> Result<()> {
    let from = u32::try_from(first).map_err(|_| Errno::BADF)?;
    // SAFETY: marking is always sound.
    match unsafe { close_range(from, u32::MAX, true) } {
        Err(Errno::NOSYS | Errno::INVAL | Errno::PERM) => {}
        other => return other,
    }
    let limit = super::getrlimit(Resource::OPEN_FILES)?.soft.unwrap_or(u64::from(u16::MAX));
    for number in first..i32::try_from(limit).unwrap_or(i32::MAX) {
        match crate::fs::set_descriptor_flags(borrow(number), DescriptorFlags::CLOSE_ON_EXEC) {
            Ok(()) | Err(Errno::BADF) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn borrow(number: RawFd) -> BorrowedFd<'static> {
    // SAFETY: used for one call at once; a number that is not open gives `BADF`.
    unsafe { BorrowedFd::from_raw(number) }
}
