//! Where a signal comes from, as far as a handler is told.

use super::SignalInfo;
use crate::process::Pid;
use core::fmt;

/// Where a signal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An instruction of this very program: the address that it had to do with.
    Fault(usize),
    /// A process that sent it; none: one of another namespace, or the kernel.
    Process(Option<Pid>),
}

/// Gives where a signal of a fault (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT) comes from. Of another one, that it
/// was sent is all that is right.
pub fn origin(info: &SignalInfo) -> Origin {
    // SAFETY: the kernel fills all bytes of the structure, and its fields are numbers.
    let info = unsafe { &info.__bindgen_anon_1.__bindgen_anon_1 };
    // Positive codes are faults, others were sent (SI_USER, SI_QUEUE, SI_TKILL).
    if info.si_code > 0 {
        // SAFETY: as above.
        return Origin::Fault(unsafe { info._sifields._sigfault }._addr.addr());
    }
    // SAFETY: as above.
    Origin::Process(Pid::new(unsafe { info._sifields._kill }._pid))
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(address) => write!(formatter, "at {address:#x}"),
            Self::Process(Some(pid)) => write!(formatter, "from process {}", pid.get()),
            Self::Process(None) => formatter.write_str("from outside"),
        }
    }
}
