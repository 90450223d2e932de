//! Sets of system calls by names, as service files and sandboxes allow and refuse them. The names of the sets are those that systemd has
//! made usual (`systemd.exec(5)`, SystemCallFilter=); what is in them is our own choice, by the topics of the manual pages.

/// The set without which no program begins or ends: never refused.
pub const ALWAYS: &str = "@always";

/// The set without which no program does anything: allowed wherever a set is.
pub const DEFAULT: &str = "@default";

/// What a name stands for besides itself: the same call with wider numbers, on processors of narrow words.
const WIDER: [&str; 3] = ["32", "64", "_time64"];

/// The sets: names, and their calls and sets.
#[rustfmt::skip]
const SETS: &[(&str, &str)] = &[
    (ALWAYS, "execve exit exit_group restart_syscall rt_sigprocmask rt_sigreturn sigreturn"),
    (DEFAULT, "@always arch_prctl brk clock_getres clock_gettime clock_nanosleep futex futex_requeue futex_wait futex_waitv \
        futex_wake get_robust_list get_thread_area getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getrandom \
        getresgid getresuid getrlimit getsid gettid gettimeofday getuid map_shadow_stack membarrier mmap mmap2 mprotect mremap \
        mseal munmap nanosleep pause prlimit64 riscv_flush_icache riscv_hwprobe rseq rt_sigaction rt_sigpending rt_sigsuspend \
        rt_sigtimedwait sched_getaffinity sched_yield set_robust_list set_thread_area set_tid_address sigaction sigaltstack \
        signal sigpending sigprocmask sigsuspend time ugetrlimit uretprobe"),
    ("@aio", "io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit io_uring_enter io_uring_register io_uring_setup"),
    ("@basic-io", "_llseek close close_range dup dup2 dup3 lseek pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv write \
        writev"),
    ("@chown", "chown fchown fchownat lchown"),
    ("@clock", "adjtimex clock_adjtime clock_settime settimeofday stime"),
    ("@cpu-emulation", "modify_ldt vm86 vm86old"),
    ("@debug", "lookup_dcookie perf_event_open pidfd_getfd ptrace process_vm_readv process_vm_writev"),
    ("@file-system", "access chdir chmod close creat faccessat faccessat2 fallocate fchdir fchmod fchmodat fchmodat2 fcntl \
        fgetxattr file_getattr file_setattr flistxattr fremovexattr fsetxattr fstat fstatat64 fstatfs ftruncate futimesat getcwd \
        getdents getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch lgetxattr link linkat \
        listmount listxattr listxattrat llistxattr lremovexattr lsetxattr lstat mkdir mkdirat mknod mknodat newfstatat oldfstat \
        oldlstat oldstat open openat openat2 readdir readlink readlinkat removexattr removexattrat rename renameat renameat2 \
        rmdir setxattr setxattrat stat statfs statmount statx symlink symlinkat truncate umask unlink unlinkat utime utimensat \
        utimes"),
    ("@io-event", "_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait \
        epoll_wait_old eventfd eventfd2 poll ppoll pselect6 select"),
    ("@ipc", "ipc memfd_create mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd \
        pipe pipe2 semctl semget semop semtimedop shmat shmctl shmdt shmget"),
    ("@keyring", "add_key keyctl request_key"),
    ("@memlock", "memfd_secret mlock mlock2 mlockall munlock munlockall"),
    ("@module", "delete_module finit_module init_module"),
    ("@mount", "chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount \
        umount2"),
    ("@network-io", "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmsg send \
        sendmmsg sendmsg sendto setsockopt shutdown socket socketcall socketpair"),
    ("@obsolete", "_sysctl afs_syscall bdflush break create_module ftime get_kernel_syms getpmsg gtty idle lock mpx nfsservctl \
        oldolduname olduname prof profil putpmsg query_module security sgetmask ssetmask stty sysfs tuxcall ulimit uselib ustat \
        vserver"),
    ("@pkey", "pkey_alloc pkey_free pkey_mprotect"),
    ("@privileged", "@chown @clock @module @raw-io @reboot @swap acct bpf capset chroot fanotify_init fanotify_mark \
        open_by_handle_at pivot_root quotactl quotactl_fd setdomainname setfsuid sethostname setresuid setreuid setuid vhangup"),
    ("@process", "capget clone clone3 execveat fork getrusage kill pidfd_open pidfd_send_signal prctl process_mrelease \
        rt_sigqueueinfo rt_tgsigqueueinfo setns tgkill times tkill unshare vfork wait4 waitid waitpid"),
    ("@raw-io", "ioperm iopl pciconfig_iobase pciconfig_read pciconfig_write"),
    ("@reboot", "kexec_file_load kexec_load reboot"),
    ("@resources", "ioprio_set mbind migrate_pages move_pages nice sched_setaffinity sched_setattr sched_setparam \
        sched_setscheduler set_mempolicy set_mempolicy_home_node setpriority setrlimit"),
    ("@sandbox", "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp"),
    ("@setuid", "setfsgid setfsuid setgid setgroups setregid setresgid setresuid setreuid setuid"),
    ("@signal", "rt_sigaction rt_sigpending rt_sigprocmask rt_sigsuspend rt_sigtimedwait sigaction sigaltstack signal signalfd \
        signalfd4 sigpending sigprocmask sigsuspend"),
    ("@swap", "swapoff swapon"),
    ("@sync", "fdatasync fsync msync sync sync_file_range sync_file_range2 arm_sync_file_range syncfs"),
    ("@timer", "alarm getitimer setitimer timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create \
        timerfd_gettime timerfd_settime times"),
    ("@system-service", "@aio @basic-io @chown @default @file-system @io-event @ipc @keyring @memlock @network-io @process \
        @resources @sandbox @setuid @signal @sync @timer arm_fadvise64_64 cachestat capset copy_file_range fadvise64 fadvise64_64 \
        flock get_mempolicy getcpu getpriority ioctl ioprio_get kcmp lsm_get_self_attr lsm_list_modules lsm_set_self_attr \
        madvise mincore name_to_handle_at personality process_madvise readahead remap_file_pages sched_get_priority_max \
        sched_get_priority_min sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sendfile setpgid setsid \
        splice sysinfo syslog tee uname userfaultfd vmsplice"),
];

/// Gives all that can be named: sets, calls of any processor.
pub fn names() -> impl Iterator<Item = &'static str> {
    SETS.iter().flat_map(|(name, calls)| [*name].into_iter().chain(words(calls)))
}

/// Says whether something can be named so: a set, or a call of any processor. Each call is in some set.
pub fn is_known(word: &str) -> bool {
    names().any(|name| word == name || is_wider(word, name))
}

/// Says whether a word, of a set or of a call, stands for a call: itself, or the same with wider numbers.
pub fn stands_for(word: &str, call: &str) -> bool {
    let set = if word.starts_with('@') { SETS.iter().find(|(name, _)| *name == word) } else { None };
    match set {
        // None is a part of itself.
        Some((_, calls)) => words(calls).any(|word| stands_for(word, call)),
        None => word == call || is_wider(call, word),
    }
}

fn words(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split_ascii_whitespace()
}

fn is_wider(word: &str, name: &str) -> bool {
    word.strip_prefix(name).is_some_and(|rest| WIDER.contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::super::table::ROWS;
    use super::*;

    #[test]
    fn sets_stand_for_what_is_in_them() {
        for (word, call, expected) in [
            ("@basic-io", "read", true),
            ("@basic-io", "openat", false),
            ("@default", "exit_group", true),
            ("@default", "clock_gettime64", true),
            ("@privileged", "umount2", false),
            ("@privileged", "adjtimex", true),
            ("openat", "openat", true),
            ("openat", "openat2", false),
            ("@no-such-set", "read", false),
        ] {
            assert_eq!(stands_for(word, call), expected, "{word}, {call}");
        }
    }

    /// A name in a set that no processor has would be a set with a hole; a call in none could not be named.
    #[test]
    fn the_sets_are_of_calls_that_there_are() {
        for word in names() {
            let is_set = SETS.iter().any(|(name, _)| *name == word);
            assert!(is_set || ROWS.iter().any(|row| row.name == word), "{word}");
            assert!(is_known(word));
        }
        for row in ROWS {
            assert!(is_known(row.name), "{}", row.name);
        }
        assert!(!is_known("@mounts") && !is_known("conect") && is_known("clock_gettime64"));
    }
}
