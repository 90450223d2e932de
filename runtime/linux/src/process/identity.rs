//! Who this process is: getpid(2), getuid(2) and the calls that change the user.

use crate::Result;
use core::fmt;
use core::num::NonZeroI32;

/// The number of a process, or of a group or session: those have the number of the process that founded them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Pid(NonZeroI32);

impl Pid {
    /// Process 1.
    pub const INIT: Self = Self(match NonZeroI32::new(1) {
        Some(one) => one,
        None => NonZeroI32::MAX,
    });

    /// A number that no process has, since the kernel gives none above 2^22: of this process or thread where a filter refuses to
    /// tell. Never process 1, which does what nobody else may.
    pub const UNKNOWN: Self = Self(NonZeroI32::MAX);

    /// Takes a positive number.
    #[inline]
    pub const fn new(number: i32) -> Option<Self> {
        match NonZeroI32::new(number) {
            Some(number) if number.get() > 0 => Some(Self(number)),
            _ => None,
        }
    }

    /// Takes the kernel's word for the number of this process or thread.
    #[inline]
    pub(crate) fn told(number: Result<usize>) -> Self {
        Self::new(number.unwrap_or_default() as i32).unwrap_or(Self::UNKNOWN)
    }

    /// Gives the number.
    #[inline]
    pub const fn get(self) -> i32 {
        self.0.get()
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Pid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pid({})", self.0)
    }
}

/// Gives the number of this process, within its own namespace.
///
/// See `getpid(2)`.
pub fn getpid() -> Pid {
    // SAFETY: no arguments; the call fails before a filter alone.
    Pid::told(unsafe { syscall!(__NR_getpid) })
}

/// Gives the number of the parent; none if it lies outside this namespace (process 1's always does).
///
/// See `getppid(2)`.
pub fn getppid() -> Option<Pid> {
    // SAFETY: no arguments; the call always succeeds.
    let number = unsafe { syscall!(__NR_getppid) };
    Pid::new(number.unwrap_or_default() as i32)
}

macro_rules! getter {
    ($name:ident $wide:ident $narrow:ident $what:literal) => {
        #[doc = concat!("Gives the ", $what, " of this process.\n\nSee `", stringify!($name), "(2)`.")]
        pub fn $name() -> u32 {
            // SAFETY: no arguments; the call always succeeds.
            unsafe { syscall!($wide | $narrow) }.unwrap_or_default() as u32
        }
    };
}

getter!(getuid __NR_getuid __NR_getuid32 "real user");
getter!(geteuid __NR_geteuid __NR_geteuid32 "effective user");
getter!(getgid __NR_getgid __NR_getgid32 "real group");
getter!(getegid __NR_getegid __NR_getegid32 "effective group");

/// Sets the user of this thread (of a process with one thread: of the process); with the privilege, all three.
///
/// # Errors
/// `PERM`, `AGAIN`, `INVAL` (no such user in this namespace). See `setuid(2)`.
pub fn setuid(user: u32) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_setuid | __NR_setuid32, user) }.map(drop)
}

/// Sets the group of this thread; with the privilege, all three.
///
/// # Errors
/// `PERM`, `INVAL` (no such group in this namespace). See `setgid(2)`.
pub fn setgid(group: u32) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_setgid | __NR_setgid32, group) }.map(drop)
}

/// Sets the real and the effective group, each if given.
///
/// # Errors
/// `PERM`, `INVAL`. See `setregid(2)`.
pub fn setregid(real: Option<u32>, effective: Option<u32>) -> Result<()> {
    // SAFETY: integers only; -1 leaves one as it is.
    unsafe {
        syscall!(__NR_setregid | __NR_setregid32, real.unwrap_or(u32::MAX), effective.unwrap_or(u32::MAX))
    }
    .map(drop)
}

/// Sets the real, the effective and the saved user.
///
/// # Errors
/// `PERM`, `AGAIN`, `INVAL`. See `setresuid(2)`.
pub fn setresuid(real: u32, effective: u32, saved: u32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_setresuid | __NR_setresuid32, real, effective, saved) }.map(drop)
}

/// Sets the real, the effective and the saved group.
///
/// # Errors
/// `PERM`, `INVAL`. See `setresgid(2)`.
pub fn setresgid(real: u32, effective: u32, saved: u32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_setresgid | __NR_setresgid32, real, effective, saved) }.map(drop)
}

/// Sets the further groups of this thread.
///
/// # Errors
/// `PERM`, `INVAL` (more than 65536). See `setgroups(2)`.
pub fn setgroups(groups: &[u32]) -> Result<()> {
    // SAFETY: the kernel reads `len` numbers of the borrowed slice.
    unsafe { syscall!(__NR_setgroups | __NR_setgroups32, groups.len(), groups.as_ptr()) }.map(drop)
}

/// Reads the further groups of this thread into the buffer; gives the part of it that was filled.
///
/// # Errors
/// `INVAL` (the buffer is too small; there are at most 65536). See `getgroups(2)`.
pub fn getgroups(buffer: &mut [u32]) -> Result<&[u32]> {
    let (room, at) = (i32::try_from(buffer.len()).unwrap_or(i32::MAX), buffer.as_mut_ptr());
    if room == 0 {
        // The kernel would tell how many there are.
        return Err(crate::Errno::INVAL);
    }
    // SAFETY: the kernel writes at most so many numbers into the borrowed slice.
    let count = unsafe { syscall!(__NR_getgroups | __NR_getgroups32, room, at) }?;
    Ok(buffer.get(..count).unwrap_or_default())
}

macro_rules! three {
    ($name:ident $wide:ident $narrow:ident $what:literal) => {
        #[doc = concat!("Gives the real, the effective and the saved ", $what, " of this process.\n\nSee `",
                                                                            stringify!($name), "(2)`.")]
        pub fn $name() -> [u32; 3] {
            let mut found = [0; 3];
            let [real, effective, saved] = found.each_mut().map(core::ptr::from_mut);
            // SAFETY: the kernel writes three numbers; the call always succeeds.
            let _ = unsafe { syscall!($wide | $narrow, real, effective, saved) };
            found
        }
    };
}

three!(getresuid __NR_getresuid __NR_getresuid32 "user");
three!(getresgid __NR_getresgid __NR_getresgid32 "group");
