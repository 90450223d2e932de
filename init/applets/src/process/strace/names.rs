//! Names of flags and values, by call and argument: one row for each argument that has names.

use linux::fs::{
    Access, Allocate, GroupFlags, MarkFlags, MemoryFileFlags, NotifyEvents, RenameFlags, SyncFlags,
    TransferFlags,
};
use linux::mem::{Advice, MapFlags, Protection, RemapFlags};
use linux::mount::{MountFlags, UnmountFlags};
use linux::named::{self, Named};
use linux::net::options::Level;
use linux::net::{Family, MessageFlags, SocketFlags};
use linux::poll::{EpollFlags, EventFlags};
use linux::process::{Policy, Resource, WaitFlags};
use linux::random::RandomFlags;
use linux::signal::SignalfdFlags;
use linux::time::Clock;
use linux::trace::names::{
    AccessFlags, CloneBits, Closed, EpollChange, FileAdvice, LockFlags, MaskChange, PathFlags, SleepFlags,
    StatxBits, TimerKind, Used, Whence, Whom,
};

/// How a number is shown.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// As a type of the calls' own names it.
    Of(named::Names),
    /// How statx looks: two bits are a value, the rest bits.
    Statx,
    /// What only x86 has: the kernel's headers of the others do not know these.
    Values(&'static [(u32, &'static str)]),
    /// How a file is opened: two bits are a value, the rest bits.
    Open,
    /// A socket's kind in its low bits, flags above.
    Socket,
    /// What fcntl does: on 32 bits more than on 64.
    Command,
    /// What is done with a futex, and flags above.
    Futex,
}

use Names::{Of, Values};

const PROCESSOR: &[(u32, &str)] = &[
    (0x1001, "ARCH_SET_GS"),
    (0x1002, "ARCH_SET_FS"),
    (0x1003, "ARCH_GET_FS"),
    (0x1004, "ARCH_GET_GS"),
    (0x1011, "ARCH_GET_CPUID"),
    (0x1012, "ARCH_SET_CPUID"),
];

/// Which argument of which call has names.
const ARGUMENTS: &[(&str, u8, Names)] = &[
    ("accept4", 3, Of(SocketFlags::NAMES)),
    ("access", 1, Of(Access::NAMES)),
    ("arch_prctl", 0, Values(PROCESSOR)),
    ("clock_getres", 0, Of(Clock::NAMES)),
    ("clock_gettime", 0, Of(Clock::NAMES)),
    ("clock_nanosleep", 0, Of(Clock::NAMES)),
    ("clock_nanosleep", 1, Of(SleepFlags::NAMES)),
    ("clock_settime", 0, Of(Clock::NAMES)),
    ("dup3", 2, Names::Open),
    ("epoll_create1", 0, Of(EpollFlags::NAMES)),
    ("epoll_ctl", 1, Of(EpollChange::NAMES)),
    ("eventfd2", 1, Of(EventFlags::NAMES)),
    ("faccessat", 2, Of(Access::NAMES)),
    ("faccessat2", 2, Of(Access::NAMES)),
    ("faccessat2", 3, Of(AccessFlags::NAMES)),
    ("fadvise64", 3, Of(FileAdvice::NAMES)),
    ("fallocate", 1, Of(Allocate::NAMES)),
    ("fanotify_init", 0, Of(GroupFlags::NAMES)),
    ("fanotify_mark", 1, Of(MarkFlags::NAMES)),
    ("fchmodat2", 3, Of(PathFlags::NAMES)),
    ("fchownat", 4, Of(PathFlags::NAMES)),
    ("fcntl", 1, Names::Command),
    ("flock", 1, Of(LockFlags::NAMES)),
    ("fstatat64", 3, Of(PathFlags::NAMES)),
    ("futex", 1, Names::Futex),
    ("getitimer", 0, Of(TimerKind::NAMES)),
    ("getrandom", 2, Of(RandomFlags::NAMES)),
    ("getrlimit", 0, Of(Resource::NAMES)),
    ("getrusage", 0, Of(Used::NAMES)),
    ("getsockopt", 1, Of(Level::NAMES)),
    ("inotify_add_watch", 2, Of(NotifyEvents::NAMES)),
    ("linkat", 4, Of(PathFlags::NAMES)),
    ("lseek", 2, Of(Whence::NAMES)),
    ("madvise", 2, Of(Advice::NAMES)),
    ("memfd_create", 1, Of(MemoryFileFlags::NAMES)),
    ("mmap", 2, Of(Protection::NAMES)),
    ("mmap", 3, Of(MapFlags::NAMES)),
    ("mmap2", 2, Of(Protection::NAMES)),
    ("mmap2", 3, Of(MapFlags::NAMES)),
    ("mount", 3, Of(MountFlags::NAMES)),
    ("mprotect", 2, Of(Protection::NAMES)),
    ("mremap", 3, Of(RemapFlags::NAMES)),
    ("newfstatat", 3, Of(PathFlags::NAMES)),
    ("open", 1, Names::Open),
    ("openat", 2, Names::Open),
    ("pipe2", 1, Names::Open),
    ("prlimit64", 1, Of(Resource::NAMES)),
    ("recvfrom", 3, Of(MessageFlags::NAMES)),
    ("recvmmsg", 3, Of(MessageFlags::NAMES)),
    ("recvmsg", 2, Of(MessageFlags::NAMES)),
    ("renameat2", 4, Of(RenameFlags::NAMES)),
    ("rt_sigprocmask", 0, Of(MaskChange::NAMES)),
    ("sched_get_priority_max", 0, Of(Policy::NAMES)),
    ("sched_get_priority_min", 0, Of(Policy::NAMES)),
    ("sched_setscheduler", 1, Of(Policy::NAMES)),
    ("sendmmsg", 3, Of(MessageFlags::NAMES)),
    ("sendmsg", 2, Of(MessageFlags::NAMES)),
    ("sendto", 3, Of(MessageFlags::NAMES)),
    ("setitimer", 0, Of(TimerKind::NAMES)),
    ("setrlimit", 0, Of(Resource::NAMES)),
    ("setsockopt", 1, Of(Level::NAMES)),
    ("shutdown", 1, Of(Closed::NAMES)),
    ("signalfd4", 3, Of(SignalfdFlags::NAMES)),
    ("socket", 0, Of(Family::NAMES)),
    ("socket", 1, Names::Socket),
    ("socketpair", 0, Of(Family::NAMES)),
    ("socketpair", 1, Names::Socket),
    ("splice", 5, Of(TransferFlags::NAMES)),
    ("statx", 2, Names::Statx),
    ("statx", 3, Of(StatxBits::NAMES)),
    ("sync_file_range", 3, Of(SyncFlags::NAMES)),
    ("timer_create", 0, Of(Clock::NAMES)),
    ("timerfd_create", 0, Of(Clock::NAMES)),
    ("umount2", 1, Of(UnmountFlags::NAMES)),
    ("unlinkat", 2, Of(PathFlags::NAMES)),
    ("unshare", 0, Of(CloneBits::NAMES)),
    ("utimensat", 3, Of(PathFlags::NAMES)),
    ("wait4", 2, Of(WaitFlags::NAMES)),
    ("waitid", 0, Of(Whom::NAMES)),
    ("waitid", 3, Of(WaitFlags::NAMES)),
];

/// Gives the names of an argument; calls with wider or narrower arguments have those of the one that they are named after.
pub(super) fn of(call: &str, index: usize) -> Option<Names> {
    let is_it = |row: &&(&str, u8, Names)| is_call(row.0, call) && usize::from(row.1) == index;
    ARGUMENTS.iter().find(is_it).map(|row| row.2)
}

/// Says whether a row is a call's: those with wider numbers have that of the one that they are named after.
pub(super) fn is_call(row: &str, call: &str) -> bool {
    row == call || ["_time64", "64"].iter().any(|ending| call.strip_suffix(ending) == Some(row))
}
