//! Mounting by descriptors, one step a call: fsopen(2), fsconfig(2), fsmount(2), move_mount(2), open_tree(2), mount_setattr(2).
//!
//! A context (`fsopen`, `fspick`) takes options one by one, and says by name which of them is wrong: reading its descriptor gives a
//! line (`e tmpfs: Bad value for 'size'`), or `NODATA`. What it makes is a mount that is nowhere, until it is moved to a place; others
//! never see it half done.
//!
//! ```no_run
//! # use spelunk_linux::fd::CWD;
//! # use spelunk_linux::mount::{self, Attributes, MoveFlags};
//! let context = mount::fsopen("tmpfs")?;
//! mount::set_string(&context, "size", "1m")?;
//! mount::create(&context)?;
//! let made = mount::fsmount(&context, Attributes::NO_DEVICES)?;
//! mount::move_mount(&made, "", CWD, "/tmp", MoveFlags::FROM_ITSELF)?;
//! # Ok::<(), spelunk_linux::Errno>(())
//! ```

use super::MountFlags;
use crate::Result;
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::path::PathArg;
use core::ffi::CStr;
use core::ptr;
use linux_raw_sys::general as kernel;
use linux_raw_sys::general::fsconfig_command as command;

flags! {
    /// What holds for all that is reached through a mount.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Attributes: u32 {
        /// MOUNT_ATTR_RDONLY: nothing is written.
        const READ_ONLY = kernel::MOUNT_ATTR_RDONLY;
        /// MOUNT_ATTR_NOSUID: no program changes its user.
        const NO_SET_USER = kernel::MOUNT_ATTR_NOSUID;
        /// MOUNT_ATTR_NODEV: no devices.
        const NO_DEVICES = kernel::MOUNT_ATTR_NODEV;
        /// MOUNT_ATTR_NOEXEC: no programs.
        const NO_EXECUTE = kernel::MOUNT_ATTR_NOEXEC;
        /// MOUNT_ATTR_NOATIME: keeps no times of access.
        const NO_ACCESS_TIME = kernel::MOUNT_ATTR_NOATIME;
        /// MOUNT_ATTR_STRICTATIME: keeps all of them.
        const STRICT_ACCESS_TIME = kernel::MOUNT_ATTR_STRICTATIME;
        /// MOUNT_ATTR_NODIRATIME: keeps none of directories.
        const NO_DIRECTORY_ACCESS_TIME = kernel::MOUNT_ATTR_NODIRATIME;
        /// MOUNT_ATTR_NOSYMFOLLOW: symbolic links lead nowhere (Linux 5.14).
        const NO_SYMBOLIC_LINKS = kernel::MOUNT_ATTR_NOSYMFOLLOW;
        /// MOUNT_ATTR__ATIME: all that concerns times of access, for [`Change::clear`]: one kind is set when the others are cleared.
        const ACCESS_TIMES = kernel::MOUNT_ATTR__ATIME;
        const _ = !0;
    }
}

flags! {
    /// How a mount or a directory becomes a tree of its own.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TreeFlags: u32 {
        /// OPEN_TREE_CLONE: a copy, as by a bind mount, that is nowhere yet; else only what `open` with PATH gives.
        const CLONE = kernel::OPEN_TREE_CLONE;
        /// AT_RECURSIVE: with all that is mounted below.
        const RECURSIVE = kernel::AT_RECURSIVE;
        /// AT_EMPTY_PATH: the directory's descriptor itself, where the path is empty.
        const ITSELF = kernel::AT_EMPTY_PATH;
        /// AT_SYMLINK_NOFOLLOW: not through a symbolic link.
        const NO_FOLLOW = kernel::AT_SYMLINK_NOFOLLOW;
        const _ = !0;
    }
}

flags! {
    /// How the paths of a move are meant.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MoveFlags: u32 {
        /// MOVE_MOUNT_F_EMPTY_PATH: from the descriptor itself, where the path is empty.
        const FROM_ITSELF = kernel::MOVE_MOUNT_F_EMPTY_PATH;
        /// MOVE_MOUNT_T_EMPTY_PATH: to the descriptor itself.
        const TO_ITSELF = kernel::MOVE_MOUNT_T_EMPTY_PATH;
        /// MOVE_MOUNT_F_SYMLINKS: from where symbolic links lead.
        const FROM_FOLLOW = kernel::MOVE_MOUNT_F_SYMLINKS;
        /// MOVE_MOUNT_T_SYMLINKS: to where symbolic links lead.
        const TO_FOLLOW = kernel::MOVE_MOUNT_T_SYMLINKS;
        /// MOVE_MOUNT_BENEATH: below what is mounted there, which then can be taken away (Linux 6.5).
        const BENEATH = kernel::MOVE_MOUNT_BENEATH;
        const _ = !0;
    }
}

/// What becomes other about a mount.
#[derive(Clone, Copy, Debug)]
pub struct Change<'fd> {
    /// What holds from now on.
    pub set: Attributes,
    /// What does so no longer; done first.
    pub clear: Attributes,
    /// How mounts spread to and from here: none, or one of PRIVATE, SHARED, SLAVE, UNBINDABLE.
    pub propagation: MountFlags,
    /// The user namespace by which owners are translated (MOUNT_ATTR_IDMAP), for a tree that is nowhere yet.
    pub owners: Option<BorrowedFd<'fd>>,
}

impl Change<'_> {
    fn to_kernel(self) -> kernel::mount_attr {
        let owners = if self.owners.is_some() { kernel::MOUNT_ATTR_IDMAP } else { 0 };
        kernel::mount_attr {
            attr_set: u64::from(self.set.bits() | owners),
            attr_clr: self.clear.bits().into(),
            propagation: self.propagation.bits().into(),
            userns_fd: self.owners.map_or(0, |file| u64::from(file.as_raw().cast_unsigned())),
        }
    }

    /// No change.
    pub const NONE: Self = Self {
        set: Attributes::empty(),
        clear: Attributes::empty(),
        propagation: MountFlags::empty(),
        owners: None,
    };
}

/// Begins a file system of a kind; gives the context that takes its options.
///
/// # Errors
/// `NODEV` (the kernel knows no such kind), `PERM`, `NOSYS` (before Linux 5.2). See `fsopen(2)`.
pub fn fsopen<P: PathArg>(kind: P) -> Result<OwnedFd> {
    kind.with(&mut |kind| {
        // SAFETY: the name is a terminated string that lives through the call.
        unsafe { syscall!(__NR_fsopen, kind.as_ptr(), kernel::FSOPEN_CLOEXEC) }
    })
    .map(OwnedFd::made)
}

/// Gives a context that changes the file system mounted at a path; its descriptor itself if the path is empty.
///
/// # Errors
/// `INVAL` (no mount point), `NOENT`, `PERM`, `NOSYS`. See `fspick(2)`.
pub fn fspick<P: PathArg>(directory: impl AsFd, path: P) -> Result<OwnedFd> {
    let flags = kernel::FSPICK_CLOEXEC | kernel::FSPICK_EMPTY_PATH;
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_fspick, directory.as_fd(), path.as_ptr(), flags) }
    })
    .map(OwnedFd::made)
}

/// Sets an option that has no value, as `ro`.
///
/// # Errors
/// `INVAL` (no such option, or it needs a value; the context says which). See `fsconfig(2)`.
#[doc(alias = "FSCONFIG_SET_FLAG")]
pub fn set_flag<P: PathArg>(context: impl AsFd, name: P) -> Result<()> {
    let command = command::FSCONFIG_SET_FLAG;
    name.with(&mut |name| configure(context.as_fd(), command, Some(name), ptr::null(), 0)).map(drop)
}

/// Sets an option to a text; `source` is the device.
///
/// # Errors
/// Those of [`set_flag`].
#[doc(alias = "FSCONFIG_SET_STRING")]
pub fn set_string<P: PathArg, Q: PathArg>(context: impl AsFd, name: P, value: Q) -> Result<()> {
    let command = command::FSCONFIG_SET_STRING;
    name.with(&mut |name| {
        value.with(&mut |value| {
            configure(context.as_fd(), command, Some(name), value.to_bytes_with_nul().as_ptr(), 0)
        })
    })
    .map(drop)
}

/// Sets an option to an open file.
///
/// # Errors
/// Those of [`set_flag`]; `BADF`.
#[doc(alias = "FSCONFIG_SET_FD")]
pub fn set_descriptor<P: PathArg>(context: impl AsFd, name: P, file: impl AsFd) -> Result<()> {
    let (command, file) = (command::FSCONFIG_SET_FD, file.as_fd().as_raw());
    name.with(&mut |name| configure(context.as_fd(), command, Some(name), ptr::null(), file)).map(drop)
}

/// Makes the file system, with the options that are set.
///
/// # Errors
/// `INVAL`, `BUSY` (done already), `NODEV`, `NXIO`, `PERM`; the context says more. See `fsconfig(2)`.
#[doc(alias = "FSCONFIG_CMD_CREATE")]
pub fn create(context: impl AsFd) -> Result<()> {
    configure(context.as_fd(), command::FSCONFIG_CMD_CREATE, None, ptr::null(), 0).map(drop)
}

/// Changes the file system to the options that are set; the mount's own attributes stay.
///
/// # Errors
/// Those of [`create`].
#[doc(alias = "FSCONFIG_CMD_RECONFIGURE")]
pub fn reconfigure(context: impl AsFd) -> Result<()> {
    configure(context.as_fd(), command::FSCONFIG_CMD_RECONFIGURE, None, ptr::null(), 0).map(drop)
}

fn configure(
    context: BorrowedFd<'_>,
    command: command,
    name: Option<&CStr>,
    value: *const u8,
    file: i32,
) -> Result<usize> {
    let name = name.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: both strings are terminated and live through the call, or are absent.
    unsafe { syscall!(__NR_fsconfig, context, command as u32, name, value, file) }
}

/// Gives a mount of the file system that a context has made; it is nowhere yet, and goes with its descriptor.
///
/// # Errors
/// `INVAL`, `BUSY`, `PERM`. See `fsmount(2)`.
pub fn fsmount(context: impl AsFd, attributes: Attributes) -> Result<OwnedFd> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_fsmount, context.as_fd(), kernel::FSMOUNT_CLOEXEC, attributes.bits()) }
        .map(OwnedFd::made)
}

/// Puts a mount, or a tree that is nowhere yet, at a path.
///
/// # Errors
/// `INVAL` (no mount, or under a shared one), `NOENT`, `NOTDIR`, `LOOP`, `PERM`. See `move_mount(2)`.
pub fn move_mount<P: PathArg, Q: PathArg>(
    from: impl AsFd,
    from_path: P,
    to: impl AsFd,
    to_path: Q,
    flags: MoveFlags,
) -> Result<()> {
    let (from, to, flags) = (from.as_fd(), to.as_fd(), flags.bits());
    from_path
        .with(&mut |from_path| {
            to_path.with(&mut |to_path| {
                // SAFETY: both paths are terminated strings that live through the call.
                unsafe { syscall!(__NR_move_mount, from, from_path.as_ptr(), to, to_path.as_ptr(), flags) }
            })
        })
        .map(drop)
}

/// Opens a mount or a directory as a tree that can be moved and changed.
///
/// # Errors
/// `NOENT`, `INVAL`, `PERM` (CLONE). See `open_tree(2)`.
pub fn open_tree<P: PathArg>(directory: impl AsFd, path: P, flags: TreeFlags) -> Result<OwnedFd> {
    let flags = flags.bits() | kernel::OPEN_TREE_CLOEXEC;
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_open_tree, directory.as_fd(), path.as_ptr(), flags) }
    })
    .map(OwnedFd::made)
}

/// Changes what holds for a mount; of the flags RECURSIVE, ITSELF and NO_FOLLOW have a meaning.
///
/// # Errors
/// `INVAL` (not one of the ways to spread; no mount), `BUSY` (read-only while files are open for writing), `PERM`, `NOSYS` (before
/// Linux 5.12). See `mount_setattr(2)`.
pub fn mount_setattr<P: PathArg>(
    directory: impl AsFd,
    path: P,
    flags: TreeFlags,
    change: &Change<'_>,
) -> Result<()> {
    let change = change.to_kernel();
    let (change, size) = (&raw const change, size_of::<kernel::mount_attr>());
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string, and the kernel reads one structure of this size.
        unsafe { syscall!(__NR_mount_setattr, directory.as_fd(), path.as_ptr(), flags.bits(), change, size) }
    })
    .map(drop)
}

/// Opens a tree as [`open_tree`] does, and changes what holds for it before anyone sees it.
///
/// # Errors
/// Those of [`open_tree`] and [`mount_setattr`]; `NOSYS` before Linux 6.15. See `open_tree_attr(2)`.
#[doc(alias = "open_tree_attr")]
pub fn open_tree_changed<P: PathArg>(
    directory: impl AsFd,
    path: P,
    flags: TreeFlags,
    change: &Change<'_>,
) -> Result<OwnedFd> {
    let (change, flags) = (change.to_kernel(), flags.bits() | kernel::OPEN_TREE_CLOEXEC);
    let (change, size) = (&raw const change, size_of::<kernel::mount_attr>());
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string, and the kernel reads one structure of this size.
        unsafe { syscall!(__NR_open_tree_attr, directory.as_fd(), path.as_ptr(), flags, change, size) }
    })
    .map(OwnedFd::made)
}
