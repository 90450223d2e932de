//! Classes of calls, as `-e trace=%file` names them: by the kinds of their arguments where these tell, else by a list.

use formats::file::calls::{Kind, Known};

/// Texts that are no paths.
const NO_PATHS: &[&str] = &[
    "add_key",
    "delete_module",
    "finit_module",
    "fsconfig",
    "fsopen",
    "init_module",
    "memfd_create",
    "mq_open",
    "mq_unlink",
    "request_key",
    "setdomainname",
    "sethostname",
];

/// The classes that no argument tells.
const LISTS: &[(&str, &[&str])] = &[
    (
        "ipc",
        &[
            "ipc",
            "msgctl",
            "msgget",
            "msgrcv",
            "msgsnd",
            "semctl",
            "semget",
            "semop",
            "semtimedop",
            "shmat",
            "shmctl",
            "shmdt",
            "shmget",
        ],
    ),
    (
        "memory",
        &[
            "brk",
            "madvise",
            "mbind",
            "mincore",
            "mlock",
            "mlock2",
            "mlockall",
            "mmap",
            "mmap2",
            "mprotect",
            "mremap",
            "mseal",
            "msync",
            "munlock",
            "munlockall",
            "munmap",
            "pkey_mprotect",
            "process_madvise",
            "remap_file_pages",
        ],
    ),
    (
        "network",
        &[
            "accept",
            "accept4",
            "bind",
            "connect",
            "getpeername",
            "getsockname",
            "getsockopt",
            "listen",
            "recv",
            "recvfrom",
            "recvmmsg",
            "recvmsg",
            "send",
            "sendmmsg",
            "sendmsg",
            "sendto",
            "setsockopt",
            "shutdown",
            "socket",
            "socketcall",
            "socketpair",
        ],
    ),
    (
        "process",
        &[
            "clone",
            "clone3",
            "execve",
            "execveat",
            "exit",
            "exit_group",
            "fork",
            "kill",
            "pidfd_open",
            "pidfd_send_signal",
            "rt_sigqueueinfo",
            "rt_tgsigqueueinfo",
            "tgkill",
            "tkill",
            "unshare",
            "vfork",
            "wait4",
            "waitid",
            "waitpid",
        ],
    ),
    (
        "signal",
        &[
            "kill",
            "pause",
            "pidfd_send_signal",
            "rt_sigaction",
            "rt_sigpending",
            "rt_sigprocmask",
            "rt_sigqueueinfo",
            "rt_sigreturn",
            "rt_sigsuspend",
            "rt_sigtimedwait",
            "rt_tgsigqueueinfo",
            "sigaltstack",
            "signalfd",
            "signalfd4",
            "tgkill",
            "tkill",
        ],
    ),
];

/// Says whether a call is of a class; none for a class that there is not.
pub(super) fn holds(class: &[u8], call: &Known<'_>) -> Option<bool> {
    let has =
        |wanted: &[Kind]| call.kinds().is_some_and(|mut kinds| kinds.any(|kind| wanted.contains(&kind)));
    Some(match class {
        b"file" => has(&[Kind::Text]) && !NO_PATHS.contains(&call.name),
        b"desc" => has(&[Kind::Descriptor, Kind::Pair]),
        class => {
            let (_, names) = LISTS.iter().find(|(name, _)| name.as_bytes() == class)?;
            names.contains(&call.name)
        }
    })
}
