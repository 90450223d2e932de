//! Children of process 1 and of its workers: the first steps of one that goes on in this program, and the wait for one that may hang.

use core::ffi::CStr;

use linux::process;
#[cfg(any(feature = "devices", feature = "disks"))]
use {
    formats::time::Duration,
    linux::poll::{self, PollFd, PollFlags},
    linux::process::{Ended, Pid, PidfdFlags, WaitFlags, WaitFor},
    linux::retry,
    linux::signal::Signal,
};

use crate::{chores, signals};

/// How long one that was killed may take to be gone: within a driver or a file system, for ever.
#[cfg(any(feature = "devices", feature = "disks"))]
const KILLED: Duration = Duration::from_secs(1);

/// Gives it its signals and its name, and lets go of what only process 1 may hold.
pub(crate) fn begin(name: &CStr) {
    signals::release();
    // For people, and for a successor of process 1 that has nothing else to know it by.
    let _ = process::set_name(name);
    chores::let_go();
}

/// Waits for the end of a child. One that takes longer is killed, with the group of processes that it leads: none.
///
/// # Errors
/// Those of `pidfd_open(2)` and `waitid(2)`.
#[cfg(any(feature = "devices", feature = "disks"))]
pub(crate) fn end(pid: Pid, patience: Duration) -> linux::Result<Option<Ended>> {
    let handle = process::pidfd_open(pid, PidfdFlags::empty())?;
    let mut ready = [PollFd::new(&handle, PollFlags::IN)];
    let mut ends_within = |limit: Duration| match retry(|| poll::poll(&mut ready, Some(limit.into()))) {
        Ok(count) => count > 0,
        // The wait itself will say what is wrong.
        Err(_) => true,
    };
    let is_late = !ends_within(patience);
    if is_late {
        let _ = process::kill(pid, Some(Signal::KILL));
        let _ = process::kill_group(Some(pid), Some(Signal::KILL));
        if !ends_within(KILLED) {
            return Ok(None);
        }
    }
    let child = retry(|| process::waitid(WaitFor::Process(pid), WaitFlags::EXITED))?;
    Ok(child.map(|child| child.ended).filter(|_| !is_late))
}
