//! What a privileged process may do: capget(2) and capset(2).

use super::personal::prctl;
use crate::Result;
use linux_raw_sys::{general as kernel, prctl as control};

flags! {
    /// Privileges of the kind that root's processes have all of (`capabilities(7)`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Capabilities: u64 {
        /// CAP_CHOWN: owners of files are changed.
        const CHOWN = 1 << kernel::CAP_CHOWN;
        /// CAP_DAC_OVERRIDE: permissions of files do not count.
        const DAC_OVERRIDE = 1 << kernel::CAP_DAC_OVERRIDE;
        /// CAP_DAC_READ_SEARCH: nor do those for reading and searching.
        const DAC_READ_SEARCH = 1 << kernel::CAP_DAC_READ_SEARCH;
        /// CAP_FOWNER: what only the owner of a file may do.
        const FOWNER = 1 << kernel::CAP_FOWNER;
        /// CAP_FSETID: set-user bits stay when a file is changed.
        const FSETID = 1 << kernel::CAP_FSETID;
        /// CAP_KILL: signals to any process.
        const KILL = 1 << kernel::CAP_KILL;
        /// CAP_SETGID: any group.
        const SETGID = 1 << kernel::CAP_SETGID;
        /// CAP_SETUID: any user.
        const SETUID = 1 << kernel::CAP_SETUID;
        /// CAP_SETPCAP: capabilities are handed on.
        const SETPCAP = 1 << kernel::CAP_SETPCAP;
        /// CAP_LINUX_IMMUTABLE: files are made unchangeable.
        const LINUX_IMMUTABLE = 1 << kernel::CAP_LINUX_IMMUTABLE;
        /// CAP_NET_BIND_SERVICE: ports below 1024.
        const NET_BIND_SERVICE = 1 << kernel::CAP_NET_BIND_SERVICE;
        /// CAP_NET_BROADCAST: unused by the kernel.
        const NET_BROADCAST = 1 << kernel::CAP_NET_BROADCAST;
        /// CAP_NET_ADMIN: links, addresses, routes.
        const NET_ADMIN = 1 << kernel::CAP_NET_ADMIN;
        /// CAP_NET_RAW: packets as they are.
        const NET_RAW = 1 << kernel::CAP_NET_RAW;
        /// CAP_IPC_LOCK: memory is kept from swap.
        const IPC_LOCK = 1 << kernel::CAP_IPC_LOCK;
        /// CAP_IPC_OWNER: owners of System V objects do not count.
        const IPC_OWNER = 1 << kernel::CAP_IPC_OWNER;
        /// CAP_SYS_MODULE: modules of the kernel.
        const SYS_MODULE = 1 << kernel::CAP_SYS_MODULE;
        /// CAP_SYS_RAWIO: ports of devices, `/dev/mem`.
        const SYS_RAWIO = 1 << kernel::CAP_SYS_RAWIO;
        /// CAP_SYS_CHROOT: another root.
        const SYS_CHROOT = 1 << kernel::CAP_SYS_CHROOT;
        /// CAP_SYS_PTRACE: any process is traced.
        const SYS_PTRACE = 1 << kernel::CAP_SYS_PTRACE;
        /// CAP_SYS_PACCT: accounting.
        const SYS_PACCT = 1 << kernel::CAP_SYS_PACCT;
        /// CAP_SYS_ADMIN: mounts and much else.
        const SYS_ADMIN = 1 << kernel::CAP_SYS_ADMIN;
        /// CAP_SYS_BOOT: the machine is restarted.
        const SYS_BOOT = 1 << kernel::CAP_SYS_BOOT;
        /// CAP_SYS_NICE: priorities.
        const SYS_NICE = 1 << kernel::CAP_SYS_NICE;
        /// CAP_SYS_RESOURCE: limits do not count.
        const SYS_RESOURCE = 1 << kernel::CAP_SYS_RESOURCE;
        /// CAP_SYS_TIME: the clock is set.
        const SYS_TIME = 1 << kernel::CAP_SYS_TIME;
        /// CAP_SYS_TTY_CONFIG: terminals are hung up.
        const SYS_TTY_CONFIG = 1 << kernel::CAP_SYS_TTY_CONFIG;
        /// CAP_MKNOD: nodes of devices.
        const MKNOD = 1 << kernel::CAP_MKNOD;
        /// CAP_LEASE: leases on any file.
        const LEASE = 1 << kernel::CAP_LEASE;
        /// CAP_AUDIT_WRITE: records of audit are written.
        const AUDIT_WRITE = 1 << kernel::CAP_AUDIT_WRITE;
        /// CAP_AUDIT_CONTROL: audit is set.
        const AUDIT_CONTROL = 1 << kernel::CAP_AUDIT_CONTROL;
        /// CAP_SETFCAP: capabilities of files.
        const SETFCAP = 1 << kernel::CAP_SETFCAP;
        /// CAP_MAC_OVERRIDE: security modules do not count.
        const MAC_OVERRIDE = 1 << kernel::CAP_MAC_OVERRIDE;
        /// CAP_MAC_ADMIN: security modules are set.
        const MAC_ADMIN = 1 << kernel::CAP_MAC_ADMIN;
        /// CAP_SYSLOG: the log of the kernel.
        const SYSLOG = 1 << kernel::CAP_SYSLOG;
        /// CAP_WAKE_ALARM: timers that wake the machine.
        const WAKE_ALARM = 1 << kernel::CAP_WAKE_ALARM;
        /// CAP_BLOCK_SUSPEND: the machine is kept awake.
        const BLOCK_SUSPEND = 1 << kernel::CAP_BLOCK_SUSPEND;
        /// CAP_AUDIT_READ: records of audit are read.
        const AUDIT_READ = 1 << kernel::CAP_AUDIT_READ;
        /// CAP_PERFMON: counters of processors.
        const PERFMON = 1 << kernel::CAP_PERFMON;
        /// CAP_BPF: programs in the kernel.
        const BPF = 1 << kernel::CAP_BPF;
        /// CAP_CHECKPOINT_RESTORE: processes are stored and brought back.
        const CHECKPOINT_RESTORE = 1 << kernel::CAP_CHECKPOINT_RESTORE;
    }
}

/// The names of capabilities by their numbers (`linux/capability.h`).
pub const CAPABILITY_NAMES: &str = "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap \
    linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio \
    sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease \
    audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon \
    bpf checkpoint_restore";

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

/// What a thread may do, and what a program that it executes may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapabilitySets {
    /// What counts now.
    pub effective: Capabilities,
    /// What it may take up, or give up for good.
    pub permitted: Capabilities,
    /// What a program that is executed may have, if its file says so too.
    pub inheritable: Capabilities,
}

/// Gives the capabilities of this thread.
///
/// # Errors
/// None in practice. See `capget(2)`.
#[doc(alias = "capget")]
pub fn capabilities() -> Result<CapabilitySets> {
    let [low, high] = get()?;
    let joined = |low, high| Capabilities::from_bits_retain(u64::from(low) | u64::from(high) << 32);
    Ok(CapabilitySets {
        effective: joined(low.effective, high.effective),
        permitted: joined(low.permitted, high.permitted),
        inheritable: joined(low.inheritable, high.inheritable),
    })
}

/// Sets the capabilities of this thread.
///
/// # Errors
/// `PERM`: one that is not permitted now. See `capset(2)`.
#[doc(alias = "capset")]
pub fn set_capabilities(new: &CapabilitySets) -> Result<()> {
    set(&[0, 32].map(|shift| {
        let half = |set: Capabilities| (set.bits() >> shift) as u32;
        kernel::__user_cap_data_struct {
            effective: half(new.effective),
            permitted: half(new.permitted),
            inheritable: half(new.inheritable),
        }
    }))
}

/// Gives the version of these structures that the kernel would rather have; ours is the third.
///
/// # Errors
/// None in practice. See `capget(2)`.
pub fn capability_version() -> Result<u32> {
    let mut head = kernel::__user_cap_header_struct { version: 0, pid: 0 };
    // SAFETY: the kernel reads and writes one head, and takes the question for one where no sets are given.
    unsafe { syscall!(__NR_capget, &raw mut head, 0_usize) }?;
    Ok(head.version)
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

/// Has nobody who descends from here get a capability that is not in a set, a bit each.
pub(super) fn keep_bounding(kept: u64) -> Result<()> {
    for number in (0..64).filter(|number| kept >> number & 1 == 0) {
        match drop_bounding_capability(number) {
            // Behind the last that this kernel knows.
            Err(crate::Errno::INVAL) => break,
            dropped => dropped?,
        }
    }
    Ok(())
}

/// Has this process have these capabilities alone, and the programs that it executes, whoever it runs as.
pub(super) fn have_alone(kept: u64) -> Result<()> {
    let mut sets = get()?;
    for (one, kept) in sets.iter_mut().zip([kept as u32, (kept >> 32) as u32]) {
        *one = kernel::__user_cap_data_struct { effective: kept, permitted: kept, inheritable: kept };
    }
    set(&sets)?;
    (0..64)
        .filter(|number| kept >> number & 1 == 1)
        .try_for_each(|number| set_ambient_capability(number, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_bits() {
        let names: Vec<_> = Capabilities::all().iter_names().map(|(name, _)| name.to_lowercase()).collect();
        assert_eq!(names, CAPABILITY_NAMES.split_whitespace().collect::<Vec<_>>());
    }
}
