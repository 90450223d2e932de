//! Names of flags and values, by call and argument: one list a subject, one row for each argument that has names.

use linux::fs::OpenFlags;

/// How a number is shown.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// Bits, each with a name; the first row may be what is shown for none of the low ones.
    Bits(&'static [(u32, &'static str)]),
    /// One value of several.
    Values(&'static [(u32, &'static str)]),
    /// How a file is opened: two bits are a value, the rest bits.
    Open,
    /// A descriptor's kind in its low bits, flags above (`socket`).
    Socket,
}

use Names::{Bits, Values};

const AT: &[(u32, &str)] = &[
    (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x200, "AT_REMOVEDIR"),
    (0x400, "AT_SYMLINK_FOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"),
];
const ACCESS: &[(u32, &str)] = &[(0, "F_OK"), (4, "R_OK"), (2, "W_OK"), (1, "X_OK")];
const PROTECTION: &[(u32, &str)] = &[(0, "PROT_NONE"), (1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC")];
const MAPPING: &[(u32, &str)] = &[
    (1, "MAP_SHARED"),
    (2, "MAP_PRIVATE"),
    (0x10, "MAP_FIXED"),
    (0x20, "MAP_ANONYMOUS"),
    (0x100, "MAP_GROWSDOWN"),
    (0x800, "MAP_DENYWRITE"),
    (0x2000, "MAP_LOCKED"),
    (0x4000, "MAP_NORESERVE"),
    (0x8000, "MAP_POPULATE"),
    (0x2_0000, "MAP_STACK"),
    (0x10_0000, "MAP_FIXED_NOREPLACE"),
];
const WHENCE: &[(u32, &str)] =
    &[(0, "SEEK_SET"), (1, "SEEK_CUR"), (2, "SEEK_END"), (3, "SEEK_DATA"), (4, "SEEK_HOLE")];
const MASK: &[(u32, &str)] = &[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")];
const CLOCK: &[(u32, &str)] = &[
    (0, "CLOCK_REALTIME"),
    (1, "CLOCK_MONOTONIC"),
    (2, "CLOCK_PROCESS_CPUTIME_ID"),
    (3, "CLOCK_THREAD_CPUTIME_ID"),
    (4, "CLOCK_MONOTONIC_RAW"),
    (5, "CLOCK_REALTIME_COARSE"),
    (6, "CLOCK_MONOTONIC_COARSE"),
    (7, "CLOCK_BOOTTIME"),
    (11, "CLOCK_TAI"),
];
const TIMER: &[(u32, &str)] = &[(1, "TIMER_ABSTIME")];
const FAMILY: &[(u32, &str)] = &[
    (0, "AF_UNSPEC"),
    (1, "AF_UNIX"),
    (2, "AF_INET"),
    (10, "AF_INET6"),
    (16, "AF_NETLINK"),
    (17, "AF_PACKET"),
    (40, "AF_VSOCK"),
];
pub(super) const KIND: &[(u32, &str)] =
    &[(1, "SOCK_STREAM"), (2, "SOCK_DGRAM"), (3, "SOCK_RAW"), (5, "SOCK_SEQPACKET")];
const LEVEL: &[(u32, &str)] = &[
    (0, "SOL_IP"),
    (1, "SOL_SOCKET"),
    (6, "SOL_TCP"),
    (17, "SOL_UDP"),
    (41, "SOL_IPV6"),
    (270, "SOL_NETLINK"),
];
const MESSAGE: &[(u32, &str)] = &[
    (1, "MSG_OOB"),
    (2, "MSG_PEEK"),
    (0x20, "MSG_TRUNC"),
    (0x40, "MSG_DONTWAIT"),
    (0x100, "MSG_WAITALL"),
    (0x4000, "MSG_NOSIGNAL"),
    (0x4000_0000, "MSG_CMSG_CLOEXEC"),
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
const WAIT: &[(u32, &str)] = &[
    (1, "WNOHANG"),
    (2, "WSTOPPED"),
    (4, "WEXITED"),
    (8, "WCONTINUED"),
    (0x100_0000, "WNOWAIT"),
    (0x4000_0000, "__WALL"),
];
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
const MOUNT: &[(u32, &str)] = &[
    (1, "MS_RDONLY"),
    (2, "MS_NOSUID"),
    (4, "MS_NODEV"),
    (8, "MS_NOEXEC"),
    (0x20, "MS_REMOUNT"),
    (0x1000, "MS_BIND"),
    (0x2000, "MS_MOVE"),
    (0x4000, "MS_REC"),
    (0x8000, "MS_SILENT"),
    (0x4_0000, "MS_PRIVATE"),
    (0x20_0000, "MS_RELATIME"),
];
const UNMOUNT: &[(u32, &str)] =
    &[(1, "MNT_FORCE"), (2, "MNT_DETACH"), (4, "MNT_EXPIRE"), (8, "UMOUNT_NOFOLLOW")];
const LIMIT: &[(u32, &str)] = &[
    (0, "RLIMIT_CPU"),
    (1, "RLIMIT_FSIZE"),
    (2, "RLIMIT_DATA"),
    (3, "RLIMIT_STACK"),
    (4, "RLIMIT_CORE"),
    (5, "RLIMIT_RSS"),
    (6, "RLIMIT_NPROC"),
    (7, "RLIMIT_NOFILE"),
    (8, "RLIMIT_MEMLOCK"),
    (9, "RLIMIT_AS"),
];
const RANDOM: &[(u32, &str)] = &[(1, "GRND_NONBLOCK"), (2, "GRND_RANDOM"), (4, "GRND_INSECURE")];
const MEMORY_FILE: &[(u32, &str)] = &[(1, "MFD_CLOEXEC"), (2, "MFD_ALLOW_SEALING")];
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
const ADVICE: &[(u32, &str)] = &[
    (0, "MADV_NORMAL"),
    (3, "MADV_WILLNEED"),
    (4, "MADV_DONTNEED"),
    (8, "MADV_FREE"),
    (14, "MADV_HUGEPAGE"),
    (102, "MADV_GUARD_INSTALL"),
];

/// Bits of how a file is opened, above the two of reading and writing; their numbers differ between processors.
pub(super) const OPEN: &[(u32, &str)] = &[
    (OpenFlags::CREATE.bits(), "O_CREAT"),
    (OpenFlags::EXCLUSIVE.bits(), "O_EXCL"),
    (OpenFlags::NO_CONTROLLING_TERMINAL.bits(), "O_NOCTTY"),
    (OpenFlags::TRUNCATE.bits(), "O_TRUNC"),
    (OpenFlags::APPEND.bits(), "O_APPEND"),
    (OpenFlags::NONBLOCK.bits(), "O_NONBLOCK"),
    (OpenFlags::LARGE_FILE.bits(), "O_LARGEFILE"),
    (OpenFlags::TEMPORARY.bits(), "O_TMPFILE"),
    (OpenFlags::DIRECTORY.bits(), "O_DIRECTORY"),
    (OpenFlags::NO_FOLLOW.bits(), "O_NOFOLLOW"),
    (OpenFlags::CLOSE_ON_EXEC.bits(), "O_CLOEXEC"),
    (OpenFlags::PATH.bits(), "O_PATH"),
];

/// Which argument of which call has names.
const ARGUMENTS: &[(&str, u8, Names)] = &[
    ("access", 1, Bits(ACCESS)),
    ("clock_getres", 0, Values(CLOCK)),
    ("clock_gettime", 0, Values(CLOCK)),
    ("clock_nanosleep", 0, Values(CLOCK)),
    ("clock_nanosleep", 1, Bits(TIMER)),
    ("clock_settime", 0, Values(CLOCK)),
    ("clone", 0, Bits(CLONE)),
    ("dup3", 2, Names::Open),
    ("epoll_ctl", 1, Values(EPOLL)),
    ("faccessat", 2, Bits(ACCESS)),
    ("faccessat2", 2, Bits(ACCESS)),
    ("faccessat2", 3, Bits(AT)),
    ("fchmodat2", 3, Bits(AT)),
    ("fchownat", 4, Bits(AT)),
    ("fcntl", 1, Values(FCNTL)),
    ("flock", 1, Bits(LOCK)),
    ("fstatat64", 3, Bits(AT)),
    ("getrandom", 2, Bits(RANDOM)),
    ("getsockopt", 1, Values(LEVEL)),
    ("ioctl", 1, Values(IOCTL)),
    ("linkat", 4, Bits(AT)),
    ("lseek", 2, Values(WHENCE)),
    ("madvise", 2, Values(ADVICE)),
    ("memfd_create", 1, Bits(MEMORY_FILE)),
    ("mmap", 2, Bits(PROTECTION)),
    ("mmap", 3, Bits(MAPPING)),
    ("mmap2", 2, Bits(PROTECTION)),
    ("mmap2", 3, Bits(MAPPING)),
    ("mount", 3, Bits(MOUNT)),
    ("mprotect", 2, Bits(PROTECTION)),
    ("newfstatat", 3, Bits(AT)),
    ("open", 1, Names::Open),
    ("openat", 2, Names::Open),
    ("pipe2", 1, Names::Open),
    ("prlimit64", 1, Values(LIMIT)),
    ("recvfrom", 3, Bits(MESSAGE)),
    ("recvmsg", 2, Bits(MESSAGE)),
    ("rt_sigprocmask", 0, Values(MASK)),
    ("sendmsg", 2, Bits(MESSAGE)),
    ("sendto", 3, Bits(MESSAGE)),
    ("setsockopt", 1, Values(LEVEL)),
    ("shutdown", 1, Values(SHUT)),
    ("socket", 0, Values(FAMILY)),
    ("socket", 1, Names::Socket),
    ("socketpair", 0, Values(FAMILY)),
    ("socketpair", 1, Names::Socket),
    ("statx", 2, Bits(AT)),
    ("timerfd_create", 0, Values(CLOCK)),
    ("umount2", 1, Bits(UNMOUNT)),
    ("unlinkat", 2, Bits(AT)),
    ("unshare", 0, Bits(CLONE)),
    ("wait4", 2, Bits(WAIT)),
    ("waitid", 0, Values(WHO)),
    ("waitid", 3, Bits(WAIT)),
];

/// Gives the names of an argument; calls with wider or narrower arguments have those of the one that they are named after.
pub(super) fn of(call: &str, index: usize) -> Option<Names> {
    let plain = ["_time64", "64"].iter().find_map(|ending| call.strip_suffix(ending)).unwrap_or(call);
    let is_it = |row: &&(&str, u8, Names)| (row.0 == call || row.0 == plain) && usize::from(row.1) == index;
    ARGUMENTS.iter().find(is_it).map(|row| row.2)
}
