//! The signals: one type with a constant and the kernel's name for each.

use core::fmt;
use linux_raw_sys::general as kernel;

/// A signal, from 1 to 64; from 32 on they have no names and queue up.
///
/// See `signal(7)`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Signal(u8);

impl Signal {
    /// The first real-time signal (SIGRTMIN of the kernel; a libc may keep some for itself).
    pub const FIRST_REAL_TIME: Self = Self(kernel::SIGRTMIN as u8);

    /// Takes a number from 1 to 64.
    pub const fn new(number: i32) -> Option<Self> {
        if number >= 1 && number <= kernel::_NSIG as i32 { Some(Self(number as u8)) } else { None }
    }

    /// Gives the number.
    #[inline]
    pub const fn number(self) -> i32 {
        self.0 as i32
    }

    /// Gives the name without "SIG", as in `TERM`; none for real-time signals.
    pub fn name(self) -> Option<&'static str> {
        NAMED
            .iter()
            .position(|number| *number == self.0)
            .and_then(|at| NAMES.split_ascii_whitespace().nth(at))
    }

    /// Finds a signal by its name, with or without "SIG", in either case.
    pub fn from_name(name: &str) -> Option<Self> {
        // The names are in upper case.
        let is = |name: &str, this: &str| name.bytes().map(|byte| byte.to_ascii_uppercase()).eq(this.bytes());
        let bare = match name.split_at_checked(3) {
            Some((prefix, rest)) if is(prefix, "SIG") => rest,
            _ => name,
        };
        let at = NAMES.split_ascii_whitespace().position(|this| is(bare, this))?;
        NAMED.get(at).map(|number| Self(*number))
    }

    /// Gives all signals that have a name, in the order of `signal(7)`.
    pub fn named() -> impl Iterator<Item = Self> {
        NAMED.iter().map(|number| Self(*number))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(formatter, "SIG{name}"),
            None => write!(formatter, "signal {}", self.0),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

macro_rules! table {
    ($($constant:ident $name:ident $what:literal)*) => {
        impl Signal {$(
            #[doc = concat!(stringify!($name), ": ", $what, ".")]
            pub const $constant: Self = Self(kernel::$name as u8);
        )*}

        const NAMED: &[u8] = &[$(kernel::$name as u8),*];
        const NAMES: &str = concat!($(stringify!($constant), " "),*);
    };
}

table! {
    HUP SIGHUP "the terminal is gone, or read the settings again"
    INT SIGINT "ctrl-C; to process 1: ctrl-alt-del"
    QUIT SIGQUIT "ctrl-\\"
    ILL SIGILL "illegal instruction"
    TRAP SIGTRAP "breakpoint"
    ABRT SIGABRT "the program gave up"
    BUS SIGBUS "memory that is not there"
    FPE SIGFPE "arithmetic that cannot be"
    KILL SIGKILL "ends a process whatever it does"
    USR1 SIGUSR1 "the user's first; to process 1: halt"
    SEGV SIGSEGV "memory that is not allowed"
    USR2 SIGUSR2 "the user's second; to process 1: power off"
    PIPE SIGPIPE "a write that nobody reads"
    ALRM SIGALRM "the timer of alarm"
    TERM SIGTERM "the request to end; to process 1: reboot"
    STKFLT SIGSTKFLT "unused"
    CHLD SIGCHLD "a child changed"
    CONT SIGCONT "goes on after a stop"
    STOP SIGSTOP "stops a process whatever it does"
    TSTP SIGTSTP "ctrl-Z"
    TTIN SIGTTIN "a read of the terminal from the background"
    TTOU SIGTTOU "a write to the terminal from the background"
    URG SIGURG "urgent data on a socket"
    XCPU SIGXCPU "the limit of processor time"
    XFSZ SIGXFSZ "the limit of file size"
    VTALRM SIGVTALRM "the timer of own time"
    PROF SIGPROF "the timer of profiling"
    WINCH SIGWINCH "the terminal's size changed; to process 1: the keyboard's request"
    IO SIGIO "a descriptor is ready"
    PWR SIGPWR "the power fails"
    SYS SIGSYS "a forbidden system call"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_both_ways() {
        assert_eq!(Signal::TERM.name(), Some("TERM"));
        assert_eq!(Signal::from_name("term"), Some(Signal::TERM));
        assert_eq!(Signal::from_name("SIGKILL"), Some(Signal::KILL));
        assert_eq!(Signal::from_name("sig"), None);
        assert_eq!(Signal::from_name(""), None);
        assert_eq!(Signal::SEGV.to_string(), "SIGSEGV");
        for signal in Signal::named() {
            assert_eq!(signal.name().and_then(Signal::from_name), Some(signal));
        }
        assert_eq!(Signal::named().count(), 31);
    }

    #[test]
    fn numbers_from_1_to_64() {
        assert_eq!(Signal::new(0), None);
        assert_eq!(Signal::new(65), None);
        assert_eq!(Signal::new(64).map(|signal| signal.to_string()).as_deref(), Some("signal 64"));
        assert_eq!(Signal::new(-9), None);
    }
}
