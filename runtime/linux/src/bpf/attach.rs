//! Where programs are attached, for as long as a value is kept. Those for sockets, tracepoints and counters are attached by
//! [`attach_to_socket`](super::attach_to_socket) and [`Counter::attach`](crate::perf::Counter::attach).

use super::{Command, Program, bpf};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::{Errno, Result};

/// What a program is asked about, or told of (`BPF_…` of `enum bpf_attach_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachPoint(pub u32);

values! {
    AttachPoint: u32 {
        /// BPF_CGROUP_INET_INGRESS: packets that a control group receives: 1 lets them through.
        const GROUP_RECEIVES = 0;
        /// BPF_CGROUP_INET_EGRESS: packets that it sends.
        const GROUP_SENDS = 1;
        /// BPF_CGROUP_INET_SOCK_CREATE: sockets that it makes.
        const GROUP_SOCKETS = 2;
        /// BPF_CGROUP_DEVICE: devices that it opens.
        const GROUP_DEVICES = 6;
        /// BPF_CGROUP_INET4_BIND: IPv4 addresses that it binds to.
        const GROUP_BINDS = 8;
        /// BPF_CGROUP_INET4_CONNECT: IPv4 addresses that it connects to.
        const GROUP_CONNECTS = 10;
    }
}

/// BPF_XDP: packets that a network card receives, before the kernel sees them.
const CARD: AttachPoint = AttachPoint(37);

#[repr(C)]
struct Attach {
    program: u32,
    /// A descriptor, or the number of an interface.
    target: u32,
    point: u32,
    flags: u32,
}

abi!(Attach starts "union bpf_attr" {
    program: "link_create.prog_fd", target: "link_create.target_fd", point: "link_create.attach_type",
    flags: "link_create.flags",
});

/// A program at its place; it is taken away when the value goes, unless it has a name ([`pin`](super::pin())).
#[derive(Debug)]
pub struct Attached(pub(super) OwnedFd);

impl AsFd for Attached {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Attaches a program to a control group, by its open folder, beside those that are there; it holds for groups below it, too.
///
/// # Errors
/// `PERM` (needs CAP_BPF and CAP_NET_ADMIN), `INVAL` (not of the point's kind, no point of groups, or a kernel without: Linux 5.7
/// and CGROUP_BPF), `BADF`.
/// See `bpf(2)`, `Documentation/bpf/libbpf/program_types.rst`.
#[doc(alias = "BPF_LINK_CREATE")]
pub fn attach_to_group(program: &Program, group: impl AsFd, point: AttachPoint) -> Result<Attached> {
    if point == CARD {
        // It would take the descriptor for an interface's number.
        return Err(Errno::INVAL);
    }
    attach(program, group.as_fd().as_raw().cast_unsigned(), point)
}

/// Attaches a program of XDP to a network card, by its interface's number.
///
/// # Errors
/// `PERM`, `INVAL` (no such interface, or a kernel before Linux 5.9), `BUSY` (it has one), `OPNOTSUPP`.
#[doc(alias = "BPF_LINK_CREATE")]
pub fn attach_to_card(program: &Program, interface: u32) -> Result<Attached> {
    attach(program, interface, CARD)
}

fn attach(program: &Program, target: u32, point: AttachPoint) -> Result<Attached> {
    let program = program.as_fd().as_raw().cast_unsigned();
    let attach = Attach { program, target, point: point.0, flags: 0 };
    // SAFETY: the attributes of this command; they point to nothing.
    unsafe { bpf(Command::LINK, &attach) }.map(|number| Attached(OwnedFd::made(number)))
}
