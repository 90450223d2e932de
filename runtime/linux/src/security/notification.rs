//! Calls that another process answers: seccomp_unotify(2).
//!
//! A filter hands some calls to its listener. Who makes one of them waits; who holds the [`Listener`], mostly a process that supervises,
//! [receives](Listener::receive) the call with its arguments and [answers](Listener::answer) in the kernel's place, or has the kernel
//! make it after all. Pointers among the arguments lead into the memory of who waits, which may change at any time and may be another's
//! by now: what was read there counts only if the call [still waits](Listener::waits) afterwards, and is no ground for letting a call
//! through.

use super::ALLOW;
use super::instruction::{code, head, instruction};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::ioctl::files::{
    SECCOMP_IOCTL_NOTIF_ADDFD, SECCOMP_IOCTL_NOTIF_ID_VALID, SECCOMP_IOCTL_NOTIF_RECV,
    SECCOMP_IOCTL_NOTIF_SEND,
};
use crate::net::{FilterInstruction, FilterProgram};
use crate::process::Pid;
use crate::{Errno, Result, ioctl};
use linux_raw_sys::ptrace as kernel;

/// Gives the instructions of a filter that hands these calls, by their numbers on this processor, to its listener, and lets all others
/// through; also those with another processor's numbers (x86's on x86_64), which another filter can refuse.
pub fn listening_filter(calls: &[u32]) -> impl Iterator<Item = FilterInstruction> {
    let ask = instruction(code::RETURN, kernel::SECCOMP_RET_USER_NOTIF);
    let asked = calls.iter().flat_map(move |&number| {
        [FilterInstruction { jump_false: 1, ..instruction(code::IF_EQUAL, number) }, ask]
    });
    head(ALLOW).into_iter().chain(asked).chain([instruction(code::RETURN, ALLOW)])
}

/// Puts a filter in front of all system calls of this thread, not of others that run already, and of what it will start; gives
/// the end at which its calls arrive. There is no way back; when nobody has the listener any more, calls that it would get give `NOSYS`.
///
/// A process has one listener at most, whatever filters it has.
///
/// # Safety
/// What the program answers, and what whoever gets the listener answers, the kernel could have answered; or the governed have no memory
/// in common with code that relies on it, as after execve.
///
/// # Errors
/// `ACCES` (privileges could still be gained by execve, see `set_no_new_privileges`), `INVAL` (the program is wrong, or the kernel before
/// Linux 5.0), `BUSY` (there is a listener), `NOMEM`, `MFILE`, `NOSYS`. See `seccomp(2)`.
#[doc(alias = "SECCOMP_FILTER_FLAG_NEW_LISTENER")]
pub unsafe fn set_filter_with_listener(program: &[FilterInstruction]) -> Result<Listener> {
    let program = FilterProgram::new(program)?;
    let flags = kernel::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // SAFETY: the kernel reads the structure and the instructions behind it; the caller answers for the answers.
    let made = unsafe { syscall!(__NR_seccomp, kernel::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
    made.map(|number| Listener(OwnedFd::made(number)))
}

/// A call that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// By which it is answered.
    pub id: u64,
    /// The thread that waits; none if it is not seen from here (another namespace of processes).
    pub thread: Option<Pid>,
    /// The call's number, on its processor.
    pub number: u32,
    /// Of which processor it is (AUDIT_ARCH_…).
    pub processor: u32,
    /// Where the call is made.
    pub instruction: u64,
    /// Its arguments; behind those that it has is whatever was in the registers.
    pub arguments: [u64; 6],
}

/// What a call is to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A result.
    Value(i64),
    /// An error.
    Error(Errno),
    /// What the kernel gives when it makes it after all (SECCOMP_USER_NOTIF_FLAG_CONTINUE, Linux 5.5): with whatever the arguments
    /// point to by then.
    Made,
}

/// The descriptor that the waiting process gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// Its number there; in place of what has it already. None: the lowest that is free.
    pub number: Option<u32>,
    /// It is closed by execve.
    pub closes_on_exec: bool,
    /// It is the call's result too, and the call is answered by it (Linux 5.14).
    pub is_answer: bool,
}

/// Where the calls of a filter arrive; readable (poll) while one waits that nobody has received.
#[derive(Debug)]
pub struct Listener(OwnedFd);

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for Listener {
    /// Takes one that came from the process that set the filter.
    fn from(file: OwnedFd) -> Self {
        Self(file)
    }
}

impl From<Listener> for OwnedFd {
    /// Gives the descriptor, for another process.
    fn from(listener: Listener) -> Self {
        listener.0
    }
}

impl Listener {
    /// Waits for a call.
    ///
    /// # Errors
    /// `INTR`, `NOENT` (who made the call was killed meanwhile: try again), `NOTTY` (this is no listener).
    #[doc(alias = "SECCOMP_IOCTL_NOTIF_RECV")]
    pub fn receive(&self) -> Result<Notification> {
        // SAFETY: zeros are a value of it; the kernel wants no other.
        let mut came: kernel::seccomp_notif = unsafe { core::mem::zeroed() };
        // SAFETY: the kernel writes one structure.
        unsafe { ioctl::update(self, SECCOMP_IOCTL_NOTIF_RECV, &mut came) }?;
        Ok(Notification {
            id: came.id,
            thread: Pid::new(came.pid.cast_signed()),
            number: came.data.nr.cast_unsigned(),
            processor: came.data.arch,
            instruction: came.data.instruction_pointer,
            arguments: came.data.args,
        })
    }

    /// Says whether a call waits still: its thread may have been killed or interrupted, and its number be another's.
    ///
    /// # Errors
    /// `NOTTY`.
    #[doc(alias = "SECCOMP_IOCTL_NOTIF_ID_VALID")]
    pub fn waits(&self, id: u64) -> Result<bool> {
        // SAFETY: the kernel reads one number.
        match unsafe { ioctl::set(self, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) } {
            Err(Errno::NOENT) => Ok(false),
            waits => waits.map(|_| true),
        }
    }

    /// Answers a call.
    ///
    /// # Errors
    /// `NOENT` (it waits no more), `INPROGRESS` (it has been answered), `INVAL` (before Linux 5.5: [`Answer::Made`]).
    #[doc(alias = "SECCOMP_IOCTL_NOTIF_SEND")]
    pub fn answer(&self, id: u64, answer: Answer) -> Result<()> {
        let (val, error, flags) = match answer {
            Answer::Value(value) => (value, 0, 0),
            Answer::Error(errno) => (0, -i32::from(errno.number()), 0),
            Answer::Made => (0, 0, kernel::SECCOMP_USER_NOTIF_FLAG_CONTINUE),
        };
        let mut response = kernel::seccomp_notif_resp { id, val, error, flags };
        // SAFETY: the kernel reads one structure.
        unsafe { ioctl::update(self, SECCOMP_IOCTL_NOTIF_SEND, &mut response) }.map(drop)
    }

    /// Gives the process whose call waits a descriptor of a file that is open here; gives its number there.
    ///
    /// # Errors
    /// `NOENT` (it waits no more), `INPROGRESS` (it has been answered), `MFILE`, `BADF` (it may have no such number); `INVAL` before
    /// Linux 5.9.
    #[doc(alias = "SECCOMP_IOCTL_NOTIF_ADDFD")]
    pub fn add(&self, id: u64, file: impl AsFd, added: Added) -> Result<u32> {
        let set = if added.number.is_some() { kernel::SECCOMP_ADDFD_FLAG_SETFD } else { 0 };
        let send = if added.is_answer { kernel::SECCOMP_ADDFD_FLAG_SEND } else { 0 };
        let close = if added.closes_on_exec { linux_raw_sys::general::O_CLOEXEC } else { 0 };
        let file = file.as_fd();
        let request = kernel::seccomp_notif_addfd {
            id,
            flags: set | send,
            srcfd: file.as_raw().cast_unsigned(),
            newfd: added.number.unwrap_or(0),
            newfd_flags: close,
        };
        // SAFETY: the kernel reads one structure.
        unsafe { ioctl::set(self, SECCOMP_IOCTL_NOTIF_ADDFD, &request) }.map(|number| number as u32)
    }
}
