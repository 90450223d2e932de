//! The security modules of the kernel, and what they keep of this thread: `Documentation/userspace-api/lsm.rst`.

use crate::{Errno, Result};

/// A security module; open, since kernels add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module(pub u64);

values! {
    Module: u64 {
        /// LSM_ID_CAPABILITY: capabilities.
        const CAPABILITY = 100;
        /// LSM_ID_SELINUX.
        const SELINUX = 101;
        /// LSM_ID_SMACK.
        const SMACK = 102;
        /// LSM_ID_TOMOYO.
        const TOMOYO = 103;
        /// LSM_ID_APPARMOR.
        const APPARMOR = 104;
        /// LSM_ID_YAMA.
        const YAMA = 105;
        /// LSM_ID_LANDLOCK.
        const LANDLOCK = 110;
    }
}

/// What a module may keep of a thread; open, since kernels add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadAttribute(pub u32);

values! {
    ThreadAttribute: u32 {
        /// LSM_ATTR_CURRENT: its label now.
        const CURRENT = 100;
        /// LSM_ATTR_EXEC: its label after execve.
        const EXECUTE = 101;
        /// LSM_ATTR_FSCREATE: that of files that it makes.
        const NEW_FILES = 102;
    }
}

/// Lists the modules that are on, in their order.
///
/// # Errors
/// `2BIG` (the buffer is too short); `NOSYS` before Linux 6.8. See `security/lsm_syscalls.c`.
pub fn lsm_list_modules(buffer: &mut [u64]) -> Result<impl Iterator<Item = Module>> {
    let mut size = u32::try_from(size_of_val(buffer)).unwrap_or(u32::MAX);
    // SAFETY: the kernel writes at most so many bytes, and how many it has.
    let count = unsafe { syscall!(__NR_lsm_list_modules, buffer.as_mut_ptr(), &raw mut size, 0_u32) }?;
    Ok(buffer.get(..count).unwrap_or_default().iter().copied().map(Module))
}

/// Writes what the modules keep of this thread into the buffer: a `struct lsm_ctx` each, of 64-bit numbers. Gives how many
/// bytes that is.
///
/// # Errors
/// `OPNOTSUPP` (no module keeps it), `2BIG` (the buffer is too short), `INVAL`; `NOSYS` before Linux 6.8. See
/// `security/lsm_syscalls.c`.
pub fn lsm_get_self_attr(what: ThreadAttribute, buffer: &mut [u64]) -> Result<usize> {
    let mut size = u32::try_from(size_of_val(buffer)).unwrap_or(u32::MAX);
    // SAFETY: the kernel writes at most so many bytes, and how many it has.
    unsafe { syscall!(__NR_lsm_get_self_attr, what.0, buffer.as_mut_ptr(), &raw mut size, 0_u32) }?;
    Ok(size as usize)
}

/// Sets what a module keeps of this thread: one `struct lsm_ctx`, of 64-bit numbers.
///
/// # Errors
/// `OPNOTSUPP` (the module keeps no such thing), `INVAL`, `PERM`; `NOSYS` before Linux 6.8. See `security/lsm_syscalls.c`.
pub fn lsm_set_self_attr(what: ThreadAttribute, context: &[u64]) -> Result<()> {
    let size = u32::try_from(size_of_val(context)).map_err(|_| Errno::TOOBIG)?;
    // SAFETY: the kernel reads so many bytes.
    unsafe { syscall!(__NR_lsm_set_self_attr, what.0, context.as_ptr(), size, 0_u32) }.map(drop)
}
