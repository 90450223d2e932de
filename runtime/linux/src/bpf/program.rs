//! Programs within the kernel.

use super::{AttachPoint, Command, bpf};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::net::options::ATTACH_BPF;
use crate::{Errno, Result};
use core::ffi::CStr;
use core::fmt;

/// Where a program can be run (`BPF_PROG_TYPE_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramKind(pub u32);

values! {
    ProgramKind: u32 {
        /// BPF_PROG_TYPE_SOCKET_FILTER: on what a socket receives; gives how many bytes of it are kept.
        const SOCKET_FILTER = 1;
        /// BPF_PROG_TYPE_KPROBE: at a function of the kernel; it is given the registers there.
        const PROBE = 2;
        /// BPF_PROG_TYPE_TRACEPOINT: at a tracepoint.
        const TRACEPOINT = 5;
        /// BPF_PROG_TYPE_XDP: on what a network card receives, before the kernel sees it.
        const NETWORK_CARD = 6;
        /// BPF_PROG_TYPE_CGROUP_SKB: on what a cgroup sends or receives.
        const CGROUP_PACKETS = 8;
        /// BPF_PROG_TYPE_CGROUP_SOCK: on sockets that a cgroup makes.
        const CGROUP_SOCKETS = 9;
        /// BPF_PROG_TYPE_CGROUP_DEVICE: on devices that a cgroup opens.
        const CGROUP_DEVICES = 15;
        /// BPF_PROG_TYPE_CGROUP_SOCK_ADDR: on addresses that a cgroup binds or connects to, see [`load_for`].
        const CGROUP_ADDRESSES = 18;
    }
}

#[repr(C)]
struct Load {
    kind: u32,
    count: u32,
    /// An address.
    instructions: u64,
    /// An address.
    license: u64,
    log_level: u32,
    log_bytes: u32,
    /// An address.
    log: u64,
    kernel: u32,
    flags: u32,
    name: [u8; 16],
    interface: u32,
    point: u32,
}

abi!(Load starts "union bpf_attr" {
    kind: "prog_type", count: "insn_cnt", instructions: "insns", license: "license", log_level: "log_level",
    log_bytes: "log_size", log: "log_buf", kernel: "kern_version", flags: "prog_flags", name: "prog_name",
    interface: "prog_ifindex", point: "expected_attach_type",
});

/// A program that the kernel holds; it goes when nothing has it any more.
#[derive(Debug)]
pub struct Program(pub(super) OwnedFd);

impl AsFd for Program {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Why the kernel does not take a program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refused<'log> {
    /// The error.
    pub errno: Errno,
    /// What the verifier says of it, as far as there is room; empty if the program is not at fault.
    pub log: &'log str,
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.errno)?;
        if self.log.is_empty() { Ok(()) } else { write!(formatter, "\n{}", self.log) }
    }
}

impl fmt::Debug for Refused<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Has the kernel check a program, and keep it. The license counts for functions that are for programs under the GPL alone.
///
/// The verifier's words come with the second try: the first one is without, so that a program is not refused for want of room for
/// them.
///
/// # Errors
/// `PERM` (needs CAP_BPF), `INVAL`, `ACCES` (it is not safe), `2BIG`, `NOMEM`, `NOSYS`. See `bpf(2)`.
#[doc(alias = "BPF_PROG_LOAD")]
pub fn load<'log>(
    kind: ProgramKind,
    instructions: &[u64],
    license: &CStr,
    log: &'log mut [u8],
) -> core::result::Result<Program, Refused<'log>> {
    load_for(kind, AttachPoint(0), instructions, license, log)
}

/// The same, of a kind whose programs are for one point each.
///
/// # Errors
/// Those of [`load`].
#[doc(alias = "BPF_PROG_LOAD")]
pub fn load_for<'log>(
    kind: ProgramKind,
    point: AttachPoint,
    instructions: &[u64],
    license: &CStr,
    log: &'log mut [u8],
) -> core::result::Result<Program, Refused<'log>> {
    let mut load = Load {
        kind: kind.0,
        count: instructions.len() as u32,
        instructions: instructions.as_ptr().expose_provenance() as u64,
        license: license.as_ptr().expose_provenance() as u64,
        log_level: 0,
        log_bytes: 0,
        log: 0,
        kernel: 0,
        flags: 0,
        name: [0; 16],
        interface: 0,
        point: point.0,
    };
    // SAFETY: the attributes of this command; the kernel reads the instructions and the license.
    let errno = match unsafe { bpf(Command::LOAD, &load) } {
        Ok(number) => return Ok(Program(OwnedFd::made(number))),
        Err(errno) => errno,
    };
    if !log.is_empty() {
        load.log_level = 1;
        load.log_bytes = u32::try_from(log.len()).unwrap_or(u32::MAX);
        load.log = log.as_mut_ptr().expose_provenance() as u64;
        // SAFETY: as above; and the kernel writes at most as many bytes of the log as it is told.
        if let Ok(number) = unsafe { bpf(Command::LOAD, &load) } {
            return Ok(Program(OwnedFd::made(number)));
        }
    }
    let said = CStr::from_bytes_until_nul(log).ok().and_then(|said| said.to_str().ok());
    Err(Refused { errno, log: said.unwrap_or_default() })
}

/// Has a program see all that a socket receives; `SO_DETACH_FILTER` ends it.
///
/// # Errors
/// `INVAL` (not of the kind), `PERM` (locked).
#[doc(alias = "SO_ATTACH_BPF")]
pub fn attach_to_socket(socket: impl AsFd, program: &Program) -> Result<()> {
    ATTACH_BPF.set(socket, program.as_fd().as_raw())
}
