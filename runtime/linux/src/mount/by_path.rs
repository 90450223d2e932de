//! Mounting at paths: mount(2), umount2(2), pivot_root(2).

use crate::Result;
use crate::path::PathArg;
use core::ffi::CStr;
use core::ptr;
use linux_raw_sys::general as kernel;

flags! {
    /// How a file system is mounted, and what a call to mount(2) does.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MountFlags: u32 {
        /// MS_RDONLY: nothing is written.
        const READ_ONLY = kernel::MS_RDONLY;
        /// MS_NOSUID: no program changes its user.
        const NO_SET_USER = kernel::MS_NOSUID;
        /// MS_NODEV: no devices.
        const NO_DEVICES = kernel::MS_NODEV;
        /// MS_NOEXEC: no programs.
        const NO_EXECUTE = kernel::MS_NOEXEC;
        /// MS_SYNCHRONOUS: a write returns when the data is on the device.
        const SYNCHRONOUS = kernel::MS_SYNCHRONOUS;
        /// MS_DIRSYNC: the same, of directories.
        const SYNCHRONOUS_DIRECTORIES = kernel::MS_DIRSYNC;
        /// MS_NOATIME: keeps no times of access.
        const NO_ACCESS_TIME = kernel::MS_NOATIME;
        /// MS_NODIRATIME: the same, of directories.
        const NO_DIRECTORY_ACCESS_TIME = kernel::MS_NODIRATIME;
        /// MS_RELATIME: keeps times of access when they are older than the last change.
        const RELATIVE_ACCESS_TIME = kernel::MS_RELATIME;
        /// MS_STRICTATIME: keeps all of them.
        const STRICT_ACCESS_TIME = kernel::MS_STRICTATIME;
        /// MS_LAZYTIME: writes times when something else is written.
        const LAZY_TIME = kernel::MS_LAZYTIME;
        /// MS_SILENT: the kernel's log hears nothing.
        const SILENT = kernel::MS_SILENT;
        /// MS_BIND: a directory again in another place.
        const BIND = kernel::MS_BIND;
        /// MS_MOVE: moves a mount.
        const MOVE = kernel::MS_MOVE;
        /// MS_REC: with all that is mounted below.
        const RECURSIVE = kernel::MS_REC;
        /// MS_REMOUNT: changes a mount.
        const REMOUNT = kernel::MS_REMOUNT;
        /// MS_PRIVATE: mounts do not spread to or from here.
        const PRIVATE = kernel::MS_PRIVATE;
        /// MS_SHARED: mounts spread both ways.
        const SHARED = kernel::MS_SHARED;
        /// MS_SLAVE: mounts spread to here only.
        const SLAVE = kernel::MS_SLAVE;
        /// MS_UNBINDABLE: private, and cannot be bound.
        const UNBINDABLE = kernel::MS_UNBINDABLE;
        const _ = !0;
    }
}

flags! {
    /// How a mount is taken away.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct UnmountFlags: u32 {
        /// MNT_FORCE: even if requests are lost (network file systems).
        const FORCE = kernel::MNT_FORCE;
        /// MNT_DETACH: out of the tree now, and gone when nobody uses it.
        const DETACH = kernel::MNT_DETACH;
        /// MNT_EXPIRE: only if it was asked for before and not used since.
        const EXPIRE = kernel::MNT_EXPIRE;
        /// UMOUNT_NOFOLLOW: not through a symbolic link.
        const NO_FOLLOW = kernel::UMOUNT_NOFOLLOW;
        const _ = !0;
    }
}

/// Mounts a file system of a kind at a directory, with the options of that kind, as in `size=1m,mode=755`.
///
/// # Errors
/// `PERM`, `NODEV` (the kernel knows no such kind), `NOENT`, `NOTDIR`, `NOTBLK`, `BUSY`, `INVAL`, `ACCES`. See `mount(2)`.
pub fn mount<P: PathArg, Q: PathArg, R: PathArg, S: PathArg>(
    source: P,
    target: Q,
    kind: R,
    flags: MountFlags,
    options: S,
) -> Result<()> {
    source
        .with(&mut |source| {
            kind.with(&mut |kind| {
                options.with(&mut |options| call(Some(source), &target, Some(kind), flags, Some(options)))
            })
        })
        .map(drop)
}

/// Mounts a directory again in another place; RECURSIVE takes what is mounted below along.
///
/// # Errors
/// `PERM`, `NOENT`, `INVAL`, `NOTDIR`. See `mount(2)`, MS_BIND.
#[doc(alias = "MS_BIND")]
pub fn bind<P: PathArg, Q: PathArg>(source: P, target: Q, flags: MountFlags) -> Result<()> {
    source.with(&mut |source| call(Some(source), &target, None, flags | MountFlags::BIND, None)).map(drop)
}

/// Moves a mount to another directory.
///
/// # Errors
/// `PERM`, `NOENT`, `INVAL` (no mount point, or under a shared one). See `mount(2)`, MS_MOVE.
#[doc(alias = "MS_MOVE")]
pub fn move_to<P: PathArg, Q: PathArg>(source: P, target: Q) -> Result<()> {
    source.with(&mut |source| call(Some(source), &target, None, MountFlags::MOVE, None)).map(drop)
}

/// Changes the flags and options of a mount.
///
/// # Errors
/// `PERM`, `BUSY` (read-only while files are open for writing), `INVAL` (no mount point). See `mount(2)`, MS_REMOUNT.
#[doc(alias = "MS_REMOUNT")]
pub fn remount<P: PathArg, Q: PathArg>(target: P, flags: MountFlags, options: Q) -> Result<()> {
    let flags = flags | MountFlags::REMOUNT;
    options.with(&mut |options| call(None, &target, None, flags, Some(options))).map(drop)
}

/// Says how mounts spread to and from here: one of PRIVATE, SHARED, SLAVE, UNBINDABLE, with RECURSIVE if wanted.
///
/// # Errors
/// `PERM`, `INVAL` (not one of them, no mount point). See `mount(2)`.
#[doc(alias = "MS_PRIVATE")]
pub fn set_propagation<P: PathArg>(target: P, flags: MountFlags) -> Result<()> {
    call(None, &target, None, flags, None).map(drop)
}

/// Takes away what is mounted at a directory.
///
/// # Errors
/// `BUSY`, `INVAL` (no mount point), `PERM`, `NOENT`, `AGAIN` (EXPIRE). See `umount(2)`.
#[doc(alias = "umount2")]
pub fn unmount<P: PathArg>(target: P, flags: UnmountFlags) -> Result<()> {
    target
        .with(&mut |target| {
            // SAFETY: the path is a terminated string that lives through the call.
            unsafe { syscall!(__NR_umount2, target.as_ptr(), flags.bits()) }
        })
        .map(drop)
}

/// Makes a mount the root of this mount namespace, and puts the old root below it.
///
/// # Errors
/// `INVAL` (shared mounts; the initial ramfs), `BUSY`, `PERM`, `NOTDIR`. See `pivot_root(2)`.
pub fn pivot_root<P: PathArg, Q: PathArg>(new_root: P, put_old: Q) -> Result<()> {
    new_root
        .with(&mut |new_root| {
            put_old.with(&mut |put_old| {
                // SAFETY: both paths are terminated strings that live through the call.
                unsafe { syscall!(__NR_pivot_root, new_root.as_ptr(), put_old.as_ptr()) }
            })
        })
        .map(drop)
}

fn call<P: PathArg>(
    source: Option<&CStr>,
    target: P,
    kind: Option<&CStr>,
    flags: MountFlags,
    options: Option<&CStr>,
) -> Result<usize> {
    let pointer = |string: Option<&CStr>| string.map_or(ptr::null(), CStr::as_ptr);
    let (source, kind, options) = (pointer(source), pointer(kind), pointer(options));
    target.with(&mut |target| {
        // SAFETY: all strings are terminated and live through the call, or are absent.
        unsafe { syscall!(__NR_mount, source, target.as_ptr(), kind, flags.bits(), options) }
    })
}
