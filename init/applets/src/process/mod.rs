//! Commands about processes.

mod chroot;
mod chrt;
mod env;
mod r#false;
#[cfg(feature = "files")]
mod flock;
#[cfg(feature = "expressions")]
mod fuser;
mod getopt;
pub(crate) mod identity;
mod ionice;
mod kill;
#[cfg(feature = "expressions")]
mod killall;
#[cfg(feature = "expressions")]
mod killall5;
pub(crate) mod launch;
#[cfg(feature = "lsof")]
mod lsof;
mod nice;
mod nohup;
mod nsenter;
pub(crate) mod number;
pub(crate) mod output;
#[cfg(feature = "daemons")]
pub(crate) mod own;
#[cfg(feature = "expressions")]
mod pgrep;
mod pidof;
#[cfg(feature = "expressions")]
mod pkill;
#[cfg(feature = "files")]
mod pmap;
mod printenv;
pub(crate) mod ps;
mod pwdx;
mod renice;
#[cfg(feature = "expressions")]
mod run_parts;
mod schedule;
#[cfg(feature = "expressions")]
mod select;
#[cfg(feature = "files")]
mod setpriv;
mod setsid;
pub(crate) mod signals;
mod sleep;
mod start_stop_daemon;
#[cfg(feature = "strace")]
mod strace;
mod taskset;
mod time;
mod timeout;
mod top;
mod r#true;
mod unshare;
mod usleep;
mod watch;

group! {
    "process", "processes";
    "chroot" => chroot,
    "chrt" => chrt,
    "env" => env,
    "false" => r#false,
    "flock" => flock,
    "fuser" => fuser,
    "getopt" => getopt,
    "ionice" => ionice,
    "kill" => kill,
    "killall" => killall,
    "killall5" => killall5,
    "lsof" => lsof,
    "nice" => nice,
    "nohup" => nohup,
    "nsenter" => nsenter,
    "pgrep" => pgrep,
    "pidof" => pidof,
    "pkill" => pkill,
    "pmap" => pmap,
    "printenv" => printenv,
    "ps" => ps,
    "pwdx" => pwdx,
    "renice" => renice,
    "run-parts" => run_parts,
    "setpriv" => setpriv,
    "setsid" => setsid,
    "sleep" => sleep,
    "start-stop-daemon" => start_stop_daemon,
    "strace" => strace,
    "taskset" => taskset,
    "time" => time,
    "timeout" => timeout,
    "top" => top,
    "true" => r#true,
    "unshare" => unshare,
    "usleep" => usleep,
    "watch" => watch,
}
