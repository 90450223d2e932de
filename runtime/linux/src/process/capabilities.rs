//! What a privileged process may do: capget(2) and capset(2).

use crate::Result;
use linux_raw_sys::general as kernel;

bitflags::bitflags! {
    /// Privileges of the kind that root's processes have all of (`capabilities(7)`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Capabilities: u64 {
        /// CAP_NET_BIND_SERVICE: ports below 1024.
        const NET_BIND_SERVICE = 1 << kernel::CAP_NET_BIND_SERVICE;
        /// CAP_NET_ADMIN: links, addresses, routes.
        const NET_ADMIN = 1 << kernel::CAP_NET_ADMIN;
        /// CAP_NET_RAW: packets as they are.
        const NET_RAW = 1 << kernel::CAP_NET_RAW;
    }
}

/// Gives up all capabilities of this thread but some, for good; those it has not are not asked for.
///
/// A program that it executes as root gets them all back, unless [`set_no_new_privileges`](super::set_no_new_privileges)
/// was called.
///
/// # Errors
/// None in practice. See `capset(2)`.
#[doc(alias = "capset")]
pub fn keep_capabilities(kept: Capabilities) -> Result<()> {
    let head = kernel::__user_cap_header_struct { version: kernel::_LINUX_CAPABILITY_VERSION_3, pid: 0 };
    let nothing = kernel::__user_cap_data_struct { effective: 0, permitted: 0, inheritable: 0 };
    // The low and the high 32.
    let mut sets = [nothing; 2];
    // SAFETY: the kernel reads one head and, in this version, writes two structures.
    unsafe { syscall!(__NR_capget, &raw const head, &raw mut sets) }?;
    for (set, kept) in sets.iter_mut().zip([kept.bits() as u32, (kept.bits() >> 32) as u32]) {
        let permitted = set.permitted & kept;
        *set = kernel::__user_cap_data_struct { effective: permitted, permitted, inheritable: 0 };
    }
    // SAFETY: the kernel reads one head and, in this version, two structures.
    unsafe { syscall!(__NR_capset, &raw const head, &raw const sets) }.map(drop)
}
