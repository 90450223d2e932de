//! Children that changed: waitid(2), wait4(2).

use super::Pid;
use crate::fd::{AsFd, BorrowedFd};
use crate::signal::Signal;
use crate::{Errno, Result};
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// Which children are meant.
#[derive(Clone, Copy, Debug)]
pub enum WaitFor<'fd> {
    /// P_ALL: any.
    Any,
    /// P_PID: this one.
    Process(Pid),
    /// P_PGID: those of this group.
    Group(Pid),
    /// P_PIDFD: the one behind this descriptor (Linux 5.4).
    Descriptor(BorrowedFd<'fd>),
}

flags! {
    /// What is waited for, and how.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct WaitFlags: u32 {
        /// WNOHANG: does not wait.
        const NO_HANG = kernel::WNOHANG;
        /// WSTOPPED: its stop by a signal.
        const STOPPED = kernel::WSTOPPED;
        /// WEXITED: the end of a child.
        const EXITED = kernel::WEXITED;
        /// WCONTINUED: its going on.
        const CONTINUED = kernel::WCONTINUED;
        /// WNOWAIT: leaves the child to be waited for again.
        const KEEP = kernel::WNOWAIT;
        /// __WALL: children of every kind, made by clone(2) too.
        const ALL = kernel::__WALL;
        const _ = !0;
    }
}

/// What happened to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited, with the low 8 bits of its status.
    Exited(i32),
    /// A signal killed it.
    Killed(Signal),
    /// A signal killed it and it left a core.
    Dumped(Signal),
    /// A signal stopped it, or it is traced.
    Stopped(Signal),
    /// It goes on.
    Continued,
}

impl Ended {
    /// Gives the status as a shell shows it: the exit status, or 128 and the signal.
    pub const fn shell_status(self) -> i32 {
        match self {
            Self::Exited(status) => status,
            Self::Killed(signal) | Self::Dumped(signal) | Self::Stopped(signal) => 128 + signal.number(),
            Self::Continued => 0,
        }
    }
}

/// A child that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its number.
    pub pid: Pid,
    /// Its real user.
    pub user: u32,
    /// What happened.
    pub ended: Ended,
}

/// Waits for a change of a child; none if `NO_HANG` is given and nothing has changed.
///
/// # Errors
/// `CHILD` (there is no such child), `INTR`, `INVAL`, `AGAIN` (a nonblocking pidfd). See `waitid(2)`.
#[doc(alias = "waitpid")]
pub fn waitid(children: WaitFor<'_>, flags: WaitFlags) -> Result<Option<Child>> {
    let (kind, number) = match children {
        WaitFor::Any => (kernel::P_ALL, 0),
        WaitFor::Process(pid) => (kernel::P_PID, pid.get()),
        WaitFor::Group(pid) => (kernel::P_PGID, pid.get()),
        WaitFor::Descriptor(fd) => (kernel::P_PIDFD, fd.as_fd().as_raw()),
    };
    // Zeroed: without a child the kernel clears only some of it.
    let mut info = MaybeUninit::<kernel::siginfo>::zeroed();
    // SAFETY: the kernel writes one `siginfo` structure.
    unsafe { syscall!(__NR_waitid, kind, number, info.as_mut_ptr(), flags.bits(), 0_usize) }?;
    // SAFETY: all of the structure was written, by us or by the kernel; it is plain numbers.
    let info = unsafe { info.assume_init() };
    // SAFETY: every bit pattern is a value of this member.
    let fields = unsafe { info.__bindgen_anon_1.__bindgen_anon_1 };
    // SAFETY: every bit pattern is a value of this member, which is the one of SIGCHLD.
    let child = unsafe { fields._sifields._sigchld };
    let Some(pid) = Pid::new(child._pid) else { return Ok(None) };
    let ended = from_code(fields.si_code as u32, child._status).ok_or(Errno::CHILD)?;
    Ok(Some(Child { pid, user: child._uid, ended }))
}

/// Reads what happened out of the code and status that waitid gives.
fn from_code(code: u32, status: i32) -> Option<Ended> {
    Some(match code {
        kernel::CLD_EXITED => Ended::Exited(status),
        kernel::CLD_KILLED => Ended::Killed(Signal::new(status)?),
        kernel::CLD_DUMPED => Ended::Dumped(Signal::new(status)?),
        kernel::CLD_STOPPED | kernel::CLD_TRAPPED => Ended::Stopped(Signal::new(status & 0x7f)?),
        kernel::CLD_CONTINUED => Ended::Continued,
        _ => return None,
    })
}

/// What a child used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Time on a processor in its own code.
    pub user: Duration,
    /// Time on a processor in the kernel for it.
    pub system: Duration,
    /// Its largest resident memory, in KiB.
    pub resident_kib: u64,
    /// Page faults without a read from a device.
    pub minor_faults: u64,
    /// Page faults with one.
    pub major_faults: u64,
    /// Blocks of 512 bytes read from devices.
    pub blocks_read: u64,
    /// Blocks of 512 bytes written to devices.
    pub blocks_written: u64,
    /// Times it gave the processor away.
    pub voluntary_switches: u64,
    /// Times the processor was taken from it.
    pub involuntary_switches: u64,
}

/// Waits for the end (or, if asked, another change) of a child and says what it used; none if `NO_HANG` is given and
/// nothing has changed. No number given means any child.
///
/// # Errors
/// `CHILD` (there is no such child), `INTR`, `INVAL`. See `wait4(2)`.
pub fn wait4(child: Option<Pid>, flags: WaitFlags) -> Result<Option<(Pid, Ended, Usage)>> {
    let number = child.map_or(-1, Pid::get);
    // The end of a child is always meant here, and the kernel refuses to hear it said.
    let flags = (flags - WaitFlags::EXITED).bits();
    let mut status = 0_i32;
    let mut usage = MaybeUninit::<kernel::rusage>::zeroed();
    let status_at = ptr::from_mut(&mut status);
    // SAFETY: the kernel writes one word and one `rusage` structure.
    let word = unsafe { syscall!(__NR_wait4, number, status_at, flags, usage.as_mut_ptr()) }?;
    let Some(pid) = Pid::new(word as i32) else { return Ok(None) };
    // SAFETY: all of the structure was written, by us or by the kernel; it is plain numbers.
    let usage = unsafe { usage.assume_init() };
    let ended = from_status(status).ok_or(Errno::CHILD)?;
    Ok(Some((pid, ended, usage_of(&usage))))
}

/// Reads what happened out of the packed status that wait4 gives.
pub(crate) fn from_status(status: i32) -> Option<Ended> {
    let (low, high) = (status & 0x7f, (status >> 8) & 0xff);
    Some(match low {
        0 => Ended::Exited(high),
        0x7f if status == 0xffff => Ended::Continued,
        0x7f => Ended::Stopped(Signal::new(high & 0x7f)?),
        _ if status & 0x80 != 0 => Ended::Dumped(Signal::new(low)?),
        _ => Ended::Killed(Signal::new(low)?),
    })
}

/// Whose use is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageOf {
    /// RUSAGE_SELF: that of this process.
    Process,
    /// RUSAGE_CHILDREN: that of its children that have ended and were waited for.
    Children,
    /// RUSAGE_THREAD: that of this thread.
    Thread,
}

/// Gives what was used so far.
///
/// # Errors
/// None in practice. See `getrusage(2)`.
pub fn getrusage(whose: UsageOf) -> Result<Usage> {
    let whose = match whose {
        UsageOf::Process => kernel::RUSAGE_SELF as i32,
        UsageOf::Children => kernel::RUSAGE_CHILDREN,
        UsageOf::Thread => kernel::RUSAGE_THREAD as i32,
    };
    let mut usage = MaybeUninit::<kernel::rusage>::uninit();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_getrusage, whose, usage.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(usage_of(&unsafe { usage.assume_init() }))
}

fn usage_of(usage: &kernel::rusage) -> Usage {
    let time = |time: kernel::__kernel_old_timeval| {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    };
    Usage {
        user: time(usage.ru_utime),
        system: time(usage.ru_stime),
        resident_kib: usage.ru_maxrss as u64,
        minor_faults: usage.ru_minflt as u64,
        major_faults: usage.ru_majflt as u64,
        blocks_read: usage.ru_inblock as u64,
        blocks_written: usage.ru_oublock as u64,
        voluntary_switches: usage.ru_nvcsw as u64,
        involuntary_switches: usage.ru_nivcsw as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_statuses() {
        assert_eq!(from_status(0x0300), Some(Ended::Exited(3)));
        assert_eq!(from_status(9), Some(Ended::Killed(Signal::KILL)));
        assert_eq!(from_status(11 | 0x80), Some(Ended::Dumped(Signal::SEGV)));
        assert_eq!(from_status(0x137f), Some(Ended::Stopped(Signal::STOP)));
        assert_eq!(from_status(0xffff), Some(Ended::Continued));
    }

    #[test]
    fn statuses_as_a_shell_shows_them() {
        assert_eq!(Ended::Exited(7).shell_status(), 7);
        assert_eq!(Ended::Killed(Signal::TERM).shell_status(), 143);
    }

    #[test]
    fn an_unknown_code_is_no_event() {
        assert_eq!(from_code(0, 0), None);
        assert_eq!(from_code(kernel::CLD_KILLED, 9), Some(Ended::Killed(Signal::KILL)));
        assert_eq!(from_code(kernel::CLD_KILLED, 0), None);
    }
}
