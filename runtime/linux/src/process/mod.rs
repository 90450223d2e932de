//! Processes: starting, replacing, ending and waiting for them, and what the kernel keeps for each.

mod capabilities;
pub mod confine;
mod dispatch;
mod exec;
mod file_capabilities;
mod fork;
mod id_map;
mod identity;
mod limits;
mod namespace;
mod own_number;
mod personal;
mod pidfd;
mod priority;
mod session;
mod spawn;
mod start;
mod step;
mod wait;

pub use capabilities::{
    CAPABILITY_NAMES, Capabilities, CapabilitySets, capabilities, capability_version,
    drop_bounding_capability, inheritable_capabilities, is_ambient_capability, is_bounding_capability,
    keep_capabilities, keep_capabilities_of_root, secure_bits, set_ambient_capability, set_capabilities,
    set_inheritable_capabilities, set_secure_bits,
};
pub use dispatch::{DISPATCH_ALL, DISPATCH_NONE, dispatch_calls, stop_dispatching};
pub use exec::{Argument, execve, execveat};
pub use file_capabilities::FileCapabilities;
pub use fork::{CloneFlags, Fork, clone, exit_group, fork, fork_with_pidfd};
pub use id_map::{IdRange, Ids, deny_setgroups, map_ids, map_self};
pub use identity::{
    Pid, getegid, geteuid, getgid, getgroups, getpid, getppid, getresgid, getresuid, getuid, setgid,
    setgroups, setregid, setresgid, setresuid, setuid,
};
pub use limits::{Limit, Resource, getrlimit, prlimit};
pub use namespace::{Namespaces, setns, unshare};
pub use own_number::OwnNumber;
pub use personal::{
    Shared, has_no_new_privileges, kcmp, name, parent_death_signal, personality, set_child_subreaper,
    set_dumpable, set_name, set_no_new_privileges, set_parent_death_signal,
};
pub use pidfd::{PidfdFlags, pidfd_getfd, pidfd_open, pidfd_send_signal};
pub use priority::{
    Policy, Scheduling, Whose, getpriority, ioprio_get, ioprio_set, sched_getattr, sched_priorities,
    sched_rr_get_interval, sched_setattr, setpriority,
};
pub use session::{getpgid, getsid, kill, kill_all, kill_group, setpgid, setsid, vhangup};
pub use spawn::{spawn, spawn_in};
pub use start::{NotStarted, Program, Stage, Started, replace, start};
pub use step::Step;

pub(crate) use wait::from_status as ended_by;
pub use wait::{Child, Ended, Usage, UsageOf, WaitFlags, WaitFor, getrusage, wait4, waitid};
