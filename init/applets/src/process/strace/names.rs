//! Names of flags and values, by call and argument: one list a subject, one row for each argument that has names.

use linux::fs::{
    Access, Allocate, GroupFlags, MarkFlags, MemoryFileFlags, NotifyEvents, RenameFlags, StatxMask, SyncFlags,
};
use linux::mem::{Advice, MapFlags, Protection, RemapFlags};
use linux::mount::{MountFlags, UnmountFlags};
use linux::named::{self, Named};
use linux::net::{Family, MessageFlags};
use linux::process::{Policy, Resource, WaitFlags};
use linux::random::RandomFlags;
use linux::time::Clock;

/// How a number is shown.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// As a type of the calls' own names it.
    Of(named::Names),
    /// Bits, each with a name; the first row may be what is shown for none of the low ones.
    Bits(&'static [(u32, &'static str)]),
    /// One value of several.
    Values(&'static [(u32, &'static str)]),
    /// How a file is opened: two bits are a value, the rest bits.
    Open,
    /// A descriptor's kind in its low bits, flags above (`socket`).
    Socket,
}

use Names::{Bits, Of, Values};

const AT: &[(u32, &str)] = &[
    (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x200, "AT_REMOVEDIR"),
    (0x400, "AT_SYMLINK_FOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"),
];
const WHENCE: &[(u32, &str)] =
    &[(0, "SEEK_SET"), (1, "SEEK_CUR"), (2, "SEEK_END"), (3, "SEEK_DATA"), (4, "SEEK_HOLE")];
const MASK: &[(u32, &str)] = &[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")];
const TIMER: &[(u32, &str)] = &[(1, "TIMER_ABSTIME")];
const LEVEL: &[(u32, &str)] = &[
    (0, "SOL_IP"),
    (1, "SOL_SOCKET"),
    (6, "SOL_TCP"),
    (17, "SOL_UDP"),
    (41, "SOL_IPV6"),
    (270, "SOL_NETLINK"),
];
const SHUT: &[(u32, &str)] = &[(0, "SHUT_RD"), (1, "SHUT_WR"), (2, "SHUT_RDWR")];
const FCNTL: &[(u32, &str)] = &[
    (0, "F_DUPFD"),
    (1, "F_GETFD"),
    (2, "F_SETFD"),
    (3, "F_GETFL"),
    (4, "F_SETFL"),
    (5, "F_GETLK"),
    (6, "F_SETLK"),
    (7, "F_SETLKW"),
    (8, "F_SETOWN"),
    (9, "F_GETOWN"),
    (36, "F_OFD_GETLK"),
    (37, "F_OFD_SETLK"),
    (38, "F_OFD_SETLKW"),
    (1030, "F_DUPFD_CLOEXEC"),
    (1031, "F_SETPIPE_SZ"),
    (1032, "F_GETPIPE_SZ"),
    (1033, "F_ADD_SEALS"),
    (1034, "F_GET_SEALS"),
];
const EPOLL: &[(u32, &str)] = &[(1, "EPOLL_CTL_ADD"), (2, "EPOLL_CTL_DEL"), (3, "EPOLL_CTL_MOD")];
const WHO: &[(u32, &str)] = &[(0, "P_ALL"), (1, "P_PID"), (2, "P_PGID"), (3, "P_PIDFD")];
const CLONE: &[(u32, &str)] = &[
    (0x100, "CLONE_VM"),
    (0x200, "CLONE_FS"),
    (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"),
    (0x4000, "CLONE_VFORK"),
    (0x1_0000, "CLONE_THREAD"),
    (0x2_0000, "CLONE_NEWNS"),
    (0x8_0000, "CLONE_SETTLS"),
    (0x10_0000, "CLONE_PARENT_SETTID"),
    (0x20_0000, "CLONE_CHILD_CLEARTID"),
    (0x100_0000, "CLONE_CHILD_SETTID"),
    (0x200_0000, "CLONE_NEWCGROUP"),
    (0x400_0000, "CLONE_NEWUTS"),
    (0x800_0000, "CLONE_NEWIPC"),
    (0x1000_0000, "CLONE_NEWUSER"),
    (0x2000_0000, "CLONE_NEWPID"),
    (0x4000_0000, "CLONE_NEWNET"),
];
const IOCTL: &[(u32, &str)] = &[
    (0x5401, "TCGETS"),
    (0x5402, "TCSETS"),
    (0x540f, "TIOCGPGRP"),
    (0x5410, "TIOCSPGRP"),
    (0x5413, "TIOCGWINSZ"),
    (0x541b, "FIONREAD"),
    (0x802c_542a, "TCGETS2"),
];
const LOCK: &[(u32, &str)] = &[(1, "LOCK_SH"), (2, "LOCK_EX"), (4, "LOCK_NB"), (8, "LOCK_UN")];

/// Which argument of which call has names.
const ARGUMENTS: &[(&str, u8, Names)] = &[
    ("access", 1, Of(Access::NAMES)),
    ("clock_getres", 0, Of(Clock::NAMES)),
    ("clock_gettime", 0, Of(Clock::NAMES)),
    ("clock_nanosleep", 0, Of(Clock::NAMES)),
    ("clock_nanosleep", 1, Bits(TIMER)),
    ("clock_settime", 0, Of(Clock::NAMES)),
    ("clone", 0, Bits(CLONE)),
    ("dup3", 2, Names::Open),
    ("epoll_ctl", 1, Values(EPOLL)),
    ("faccessat", 2, Of(Access::NAMES)),
    ("faccessat2", 2, Of(Access::NAMES)),
    ("faccessat2", 3, Bits(AT)),
    ("fallocate", 1, Of(Allocate::NAMES)),
    ("fanotify_init", 0, Of(GroupFlags::NAMES)),
    ("fanotify_mark", 1, Of(MarkFlags::NAMES)),
    ("fchmodat2", 3, Bits(AT)),
    ("fchownat", 4, Bits(AT)),
    ("fcntl", 1, Values(FCNTL)),
    ("flock", 1, Bits(LOCK)),
    ("fstatat64", 3, Bits(AT)),
    ("getrandom", 2, Of(RandomFlags::NAMES)),
    ("getrlimit", 0, Of(Resource::NAMES)),
    ("getsockopt", 1, Values(LEVEL)),
    ("inotify_add_watch", 2, Of(NotifyEvents::NAMES)),
    ("ioctl", 1, Values(IOCTL)),
    ("linkat", 4, Bits(AT)),
    ("lseek", 2, Values(WHENCE)),
    ("madvise", 2, Of(Advice::NAMES)),
    ("memfd_create", 1, Of(MemoryFileFlags::NAMES)),
    ("mmap", 2, Of(Protection::NAMES)),
    ("mmap", 3, Of(MapFlags::NAMES)),
    ("mmap2", 2, Of(Protection::NAMES)),
    ("mmap2", 3, Of(MapFlags::NAMES)),
    ("mount", 3, Of(MountFlags::NAMES)),
    ("mprotect", 2, Of(Protection::NAMES)),
    ("mremap", 3, Of(RemapFlags::NAMES)),
    ("newfstatat", 3, Bits(AT)),
    ("open", 1, Names::Open),
    ("openat", 2, Names::Open),
    ("pipe2", 1, Names::Open),
    ("prlimit64", 1, Of(Resource::NAMES)),
    ("recvfrom", 3, Of(MessageFlags::NAMES)),
    ("recvmsg", 2, Of(MessageFlags::NAMES)),
    ("renameat2", 4, Of(RenameFlags::NAMES)),
    ("rt_sigprocmask", 0, Values(MASK)),
    ("sched_get_priority_max", 0, Of(Policy::NAMES)),
    ("sched_get_priority_min", 0, Of(Policy::NAMES)),
    ("sched_setscheduler", 1, Of(Policy::NAMES)),
    ("sendmsg", 2, Of(MessageFlags::NAMES)),
    ("sendto", 3, Of(MessageFlags::NAMES)),
    ("setrlimit", 0, Of(Resource::NAMES)),
    ("setsockopt", 1, Values(LEVEL)),
    ("shutdown", 1, Values(SHUT)),
    ("socket", 0, Of(Family::NAMES)),
    ("socket", 1, Names::Socket),
    ("socketpair", 0, Of(Family::NAMES)),
    ("socketpair", 1, Names::Socket),
    ("statx", 2, Bits(AT)),
    ("statx", 3, Of(StatxMask::NAMES)),
    ("sync_file_range", 3, Of(SyncFlags::NAMES)),
    ("timerfd_create", 0, Of(Clock::NAMES)),
    ("umount2", 1, Of(UnmountFlags::NAMES)),
    ("unlinkat", 2, Bits(AT)),
    ("unshare", 0, Bits(CLONE)),
    ("wait4", 2, Of(WaitFlags::NAMES)),
    ("waitid", 0, Values(WHO)),
    ("waitid", 3, Of(WaitFlags::NAMES)),
];

/// Gives the names of an argument; calls with wider or narrower arguments have those of the one that they are named after.
pub(super) fn of(call: &str, index: usize) -> Option<Names> {
    let plain = ["_time64", "64"].iter().find_map(|ending| call.strip_suffix(ending)).unwrap_or(call);
    let is_it = |row: &&(&str, u8, Names)| (row.0 == call || row.0 == plain) && usize::from(row.1) == index;
    ARGUMENTS.iter().find(is_it).map(|row| row.2)
}
