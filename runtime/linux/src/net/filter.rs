//! Classic BPF programs on sockets: SO_ATTACH_FILTER.

use super::options::{ATTACH_FILTER, DETACH_FILTER, LOCK_FILTER, set};
use crate::fd::AsFd;
use crate::{Errno, Result};

/// One instruction of classic BPF (`struct sock_filter`).
///
/// See `Documentation/networking/filter.rst` of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct FilterInstruction {
    /// What it does.
    pub code: u16,
    /// How many instructions a jump skips if it is true.
    pub jump_true: u8,
    /// And if it is false.
    pub jump_false: u8,
    /// Its number.
    pub k: u32,
}

abi!(FilterInstruction = "struct sock_filter" { code: "code", jump_true: "jt", jump_false: "jf", k: "k" });

/// The kernel's `struct sock_fprog`.
#[repr(C)]
pub(crate) struct Program {
    length: u16,
    instructions: *const FilterInstruction,
}

abi!(Program = "struct sock_fprog" { length: "len", instructions: "filter" });

impl Program {
    /// Describes a program, which must live as long as the description is used.
    pub(crate) fn new(program: &[FilterInstruction]) -> Result<Self> {
        let length = u16::try_from(program.len()).map_err(|_| Errno::INVAL)?;
        Ok(Self { length, instructions: program.as_ptr() })
    }
}

const _: () = assert!(size_of::<FilterInstruction>() == size_of::<linux_raw_sys::ptrace::sock_filter>());
const _: () = assert!(size_of::<Program>() == size_of::<linux_raw_sys::ptrace::sock_fprog>());

/// Lets through only what the program says, and of it only as many bytes as it says.
///
/// # Errors
/// `INVAL` (the program is wrong, empty or longer than 4096), `PERM` (locked), `NOMEM`. See `socket(7)`.
#[doc(alias = "SO_ATTACH_FILTER")]
pub fn attach_filter(socket: impl AsFd, program: &[FilterInstruction]) -> Result<()> {
    let program = Program::new(program)?;
    // SAFETY: the option reads this structure and `length` instructions behind it.
    unsafe { set(socket, ATTACH_FILTER.name(), &program) }
}

/// Lets everything through again.
///
/// # Errors
/// `NOENT` (there is no program), `PERM` (locked). See `socket(7)`.
#[doc(alias = "SO_DETACH_FILTER")]
pub fn detach_filter(socket: impl AsFd) -> Result<()> {
    DETACH_FILTER.set(socket, false)
}

/// Keeps the program from being changed ever again.
///
/// # Errors
/// `NOTSOCK`, `BADF`. See `socket(7)`.
#[doc(alias = "SO_LOCK_FILTER")]
pub fn lock_filter(socket: impl AsFd) -> Result<()> {
    LOCK_FILTER.set(socket, true)
}
