//! Since when the kernel has each call (`syscalls(2)`), and what the runtime makes in place of a younger one.

use core::fmt;

/// A version of Linux, as its first two numbers; those of 2.6 as its second and third (2.6.27 is `(2, 627)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u16, u16);

impl Version {
    /// What calls have that are older than this table's first row.
    pub const OLDEST: Self = Self(2, 600);
}

/// Shows "5.6", or "2.6.27".
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self(2, minor) => write!(f, "2.6.{}", minor.saturating_sub(600)),
            Self(major, minor) => write!(f, "{major}.{minor}"),
        }
    }
}

/// Declares the table: a row is a version and the calls that came with it.
macro_rules! versions {
    ($($major:literal, $minor:literal: $($name:literal)+;)*) => {
        const VERSIONS: &[(Version, &[&str])] = &[$((Version($major, $minor), &[$($name),+])),*];
    };
}

versions! {
    2, 616: "faccessat" "fchmodat" "fchownat" "fstatat64" "futimesat" "get_robust_list" "linkat" "mkdirat" "mknodat"
        "newfstatat" "openat" "ppoll" "pselect6" "readlinkat" "renameat" "set_robust_list" "symlinkat" "unlinkat" "unshare";
    2, 617: "splice" "sync_file_range" "tee" "vmsplice";
    2, 618: "move_pages";
    2, 619: "epoll_pwait" "getcpu";
    2, 622: "eventfd" "signalfd" "utimensat";
    2, 623: "fallocate";
    2, 625: "timerfd_create" "timerfd_gettime" "timerfd_settime";
    2, 627: "dup3" "epoll_create1" "eventfd2" "inotify_init1" "pipe2" "signalfd4";
    2, 628: "accept4";
    2, 630: "preadv" "pwritev";
    2, 631: "perf_event_open" "rt_tgsigqueueinfo";
    2, 633: "recvmmsg";
    2, 636: "prlimit64";
    2, 637: "fanotify_init" "fanotify_mark";
    2, 639: "clock_adjtime" "name_to_handle_at" "open_by_handle_at" "syncfs";
    3, 0: "sendmmsg" "setns";
    3, 2: "process_vm_readv" "process_vm_writev";
    3, 5: "kcmp";
    3, 8: "finit_module";
    3, 14: "sched_getattr" "sched_setattr";
    3, 15: "renameat2";
    3, 17: "getrandom" "kexec_file_load" "memfd_create" "seccomp";
    3, 18: "bpf";
    3, 19: "execveat";
    4, 3: "membarrier" "userfaultfd";
    4, 4: "mlock2";
    4, 5: "copy_file_range";
    4, 6: "preadv2" "pwritev2";
    4, 9: "pkey_alloc" "pkey_free" "pkey_mprotect";
    4, 11: "statx";
    4, 15: "riscv_flush_icache";
    4, 18: "io_pgetevents" "rseq";
    5, 1: "clock_adjtime64" "clock_getres_time64" "clock_gettime64" "clock_nanosleep_time64" "clock_settime64" "futex_time64"
        "io_pgetevents_time64" "io_uring_enter" "io_uring_register" "io_uring_setup" "mq_timedreceive_time64"
        "mq_timedsend_time64" "pidfd_send_signal" "ppoll_time64" "pselect6_time64" "recvmmsg_time64"
        "rt_sigtimedwait_time64" "sched_rr_get_interval_time64" "semtimedop_time64" "timer_gettime64" "timer_settime64"
        "timerfd_gettime64" "timerfd_settime64" "utimensat_time64";
    5, 2: "fsconfig" "fsmount" "fsopen" "fspick" "move_mount" "open_tree";
    5, 3: "clone3" "pidfd_open";
    5, 6: "openat2" "pidfd_getfd";
    5, 8: "faccessat2";
    5, 9: "close_range";
    5, 10: "process_madvise";
    5, 11: "epoll_pwait2";
    5, 12: "mount_setattr";
    5, 13: "landlock_add_rule" "landlock_create_ruleset" "landlock_restrict_self";
    5, 14: "memfd_secret" "quotactl_fd";
    5, 15: "process_mrelease";
    5, 16: "futex_waitv";
    5, 17: "set_mempolicy_home_node";
    6, 4: "riscv_hwprobe";
    6, 5: "cachestat";
    6, 6: "fchmodat2" "map_shadow_stack";
    6, 7: "futex_requeue" "futex_wait" "futex_wake";
    6, 8: "listmount" "lsm_get_self_attr" "lsm_list_modules" "lsm_set_self_attr" "statmount";
    6, 10: "mseal";
    6, 13: "getxattrat" "listxattrat" "removexattrat" "setxattrat";
    6, 15: "open_tree_attr";
    6, 17: "file_getattr" "file_setattr";
}

/// Calls in whose place the runtime makes an older one when the kernel has them not: with both in a program, the older one
/// counts.
const REPLACED: &[(&str, &str)] = &[
    ("clock_getres_time64", "clock_getres"),
    ("clock_gettime64", "clock_gettime"),
    ("clock_nanosleep_time64", "clock_nanosleep"),
    ("clock_settime64", "clock_settime"),
    ("clone3", "clone"),
    ("close_range", "close"),
    ("copy_file_range", "sendfile"),
    ("futex_time64", "futex"),
    ("openat2", "openat"),
    ("pidfd_send_signal", "kill"),
    ("ppoll_time64", "ppoll"),
    ("rt_sigtimedwait_time64", "rt_sigtimedwait"),
    ("timer_gettime64", "timer_gettime"),
    ("timer_settime64", "timer_settime"),
    ("timerfd_gettime64", "timerfd_gettime"),
    ("timerfd_settime64", "timerfd_settime"),
    ("utimensat_time64", "utimensat"),
];

/// Gives the version of Linux that first has a call, by its name.
pub fn since(name: &str) -> Version {
    let row = VERSIONS.iter().find(|(_, names)| names.contains(&name));
    row.map_or(Version::OLDEST, |(version, _)| *version)
}

/// Gives the least version of Linux that has all of a program's calls, save those that it has another for.
pub fn least<'a, I>(names: I) -> Version
where
    I: Iterator<Item = &'a str> + Clone,
{
    let has_other = |name: &str| {
        let other = REPLACED.iter().find(|(call, _)| *call == name);
        other.is_some_and(|(_, other)| names.clone().any(|name| name == *other))
    };
    let needed = names.clone().filter(|name| !has_other(name));
    needed.map(since).max().unwrap_or(Version::OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_compared_and_shown() {
        assert_eq!(since("read"), Version::OLDEST);
        assert_eq!(since("openat2").to_string(), "5.6");
        assert_eq!(since("pipe2").to_string(), "2.6.27");
        assert!(since("pipe2") < since("setns") && since("setns") < since("close_range"));
        assert!(since("close_range") < since("process_madvise"), "5.9 is before 5.10");
        assert!(VERSIONS.is_sorted_by_key(|(version, _)| *version));
    }

    #[test]
    fn a_call_with_an_older_one_in_its_place_asks_for_nothing() {
        let least = |names: &[&str]| least(names.iter().copied()).to_string();
        assert_eq!(least(&["read", "clock_gettime64"]), "5.1");
        assert_eq!(least(&["read", "clock_gettime64", "clock_gettime"]), "2.6.0");
        assert_eq!(least(&["statx", "pidfd_open", "read"]), "5.3");
        assert_eq!(least(&[]), "2.6.0");
    }
}
