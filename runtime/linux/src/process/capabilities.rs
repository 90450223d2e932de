//! What a privileged process may do: capget(2) and capset(2).

use super::personal::prctl;
use crate::Result;
use linux_raw_sys::{general as kernel, prctl as control};

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
    let mut sets = get()?;
    for (set, kept) in sets.iter_mut().zip([kept.bits() as u32, (kept.bits() >> 32) as u32]) {
        let permitted = set.permitted & kept;
        *set = kernel::__user_cap_data_struct { effective: permitted, permitted, inheritable: 0 };
    }
    set(&sets)
}

/// The low and the high 32 of each set.
type Sets = [kernel::__user_cap_data_struct; 2];

static HEAD: kernel::__user_cap_header_struct =
    kernel::__user_cap_header_struct { version: kernel::_LINUX_CAPABILITY_VERSION_3, pid: 0 };

fn get() -> Result<Sets> {
    let nothing = kernel::__user_cap_data_struct { effective: 0, permitted: 0, inheritable: 0 };
    let mut sets = [nothing; 2];
    // SAFETY: the kernel reads one head and, in this version, writes two structures.
    unsafe { syscall!(__NR_capget, &raw const HEAD, &raw mut sets) }?;
    Ok(sets)
}

fn set(sets: &Sets) -> Result<()> {
    // SAFETY: the kernel reads one head and, in this version, two structures.
    unsafe { syscall!(__NR_capset, &raw const HEAD, sets.as_ptr()) }.map(drop)
}

/// Gives the capabilities that a program which is executed may have, if its file says so too, a bit each.
///
/// # Errors
/// None in practice. See `capget(2)`.
pub fn inheritable_capabilities() -> Result<u64> {
    let [low, high] = get()?;
    Ok(u64::from(low.inheritable) | u64::from(high.inheritable) << 32)
}

/// Sets them.
///
/// # Errors
/// `PERM`: one that is neither permitted nor inheritable now. See `capset(2)`.
pub fn set_inheritable_capabilities(capabilities: u64) -> Result<()> {
    let mut sets = get()?;
    for (set, shift) in sets.iter_mut().zip([0, 32]) {
        set.inheritable = (capabilities >> shift) as u32;
    }
    set(&sets)
}

/// Says whether a capability can be got by executing a program at all; `INVAL` behind the last that there is.
///
/// # Errors
/// `INVAL`. See `prctl(2)`, PR_CAPBSET_READ.
#[doc(alias = "PR_CAPBSET_READ")]
pub fn is_bounding_capability(number: u32) -> Result<bool> {
    // SAFETY: an integer only.
    unsafe { prctl(control::PR_CAPBSET_READ, number as usize) }.map(|is_in| is_in == 1)
}

/// Has a capability got by nobody any more who descends from here.
///
/// # Errors
/// `PERM`, `INVAL`. See `prctl(2)`, PR_CAPBSET_DROP.
#[doc(alias = "PR_CAPBSET_DROP")]
pub fn drop_bounding_capability(number: u32) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(control::PR_CAPBSET_DROP, number as usize) }.map(drop)
}

/// Says whether a capability is kept by programs without privileges that are executed.
///
/// # Errors
/// `INVAL`. See `prctl(2)`, PR_CAP_AMBIENT.
#[doc(alias = "PR_CAP_AMBIENT_IS_SET")]
pub fn is_ambient_capability(number: u32) -> Result<bool> {
    ambient(control::PR_CAP_AMBIENT_IS_SET, number).map(|is_in| is_in == 1)
}

/// Says so, or no longer.
///
/// # Errors
/// `PERM`: it is not both permitted and inheritable; `INVAL`. See `prctl(2)`, PR_CAP_AMBIENT.
#[doc(alias = "PR_CAP_AMBIENT_RAISE")]
pub fn set_ambient_capability(number: u32, is_in: bool) -> Result<()> {
    let operation = if is_in { control::PR_CAP_AMBIENT_RAISE } else { control::PR_CAP_AMBIENT_LOWER };
    ambient(operation, number).map(drop)
}

fn ambient(operation: u32, number: u32) -> Result<usize> {
    let (prctl, zero) = (control::PR_CAP_AMBIENT, 0_usize);
    // SAFETY: integers only.
    unsafe { syscall!(__NR_prctl, prctl, operation as usize, number as usize, zero, zero) }
}

/// Says whether a change from root to another user leaves the permitted capabilities; executing a program ends that.
///
/// # Errors
/// `PERM`: the secure bits forbid it. See `prctl(2)`, PR_SET_KEEPCAPS.
#[doc(alias = "PR_SET_KEEPCAPS")]
pub fn keep_capabilities_of_root(keeps: bool) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(control::PR_SET_KEEPCAPS, keeps.into()) }.map(drop)
}

/// Gives which privileges of root's number are off (`SECBIT_...` of `linux/securebits.h`).
///
/// # Errors
/// None in practice. See `prctl(2)`, PR_GET_SECUREBITS.
#[doc(alias = "PR_GET_SECUREBITS")]
pub fn secure_bits() -> Result<u32> {
    // SAFETY: takes nothing.
    unsafe { prctl(control::PR_GET_SECUREBITS, 0) }.map(|bits| bits as u32)
}

/// Sets that.
///
/// # Errors
/// `PERM`. See `prctl(2)`, PR_SET_SECUREBITS.
#[doc(alias = "PR_SET_SECUREBITS")]
pub fn set_secure_bits(bits: u32) -> Result<()> {
    // SAFETY: an integer only.
    unsafe { prctl(control::PR_SET_SECUREBITS, bits as usize) }.map(drop)
}
