//! Rules that a thread lays down for itself and for all that it will start: landlock(7). No privileges are needed.
//!
//! One says what is governed, makes a [`Ruleset`] of it, adds what is allowed all the same, and is bound by it for good. What was open
//! before stays open. Kernels learn to govern more from version to version: [`Handled::known_by`] leaves out what this one does not know,
//! and [`Rules`](super::Rules) does all of it.

use crate::Result;
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use core::ptr;
use linux_raw_sys::landlock as kernel;
use linux_raw_sys::landlock::landlock_rule_type as rule;

flags! {
    /// What is done with files and directories; what is not governed is allowed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FileAccess: u64 {
        /// LANDLOCK_ACCESS_FS_EXECUTE: executing a file.
        const EXECUTE = kernel::LANDLOCK_ACCESS_FS_EXECUTE as u64;
        /// LANDLOCK_ACCESS_FS_WRITE_FILE: opening a file for writing.
        const WRITE_FILE = kernel::LANDLOCK_ACCESS_FS_WRITE_FILE as u64;
        /// LANDLOCK_ACCESS_FS_READ_FILE: opening a file for reading.
        const READ_FILE = kernel::LANDLOCK_ACCESS_FS_READ_FILE as u64;
        /// LANDLOCK_ACCESS_FS_READ_DIR: opening a directory, or listing it.
        const READ_DIRECTORY = kernel::LANDLOCK_ACCESS_FS_READ_DIR as u64;
        /// LANDLOCK_ACCESS_FS_REMOVE_DIR: removing or renaming a directory.
        const REMOVE_DIRECTORY = kernel::LANDLOCK_ACCESS_FS_REMOVE_DIR as u64;
        /// LANDLOCK_ACCESS_FS_REMOVE_FILE: removing or renaming anything else.
        const REMOVE_FILE = kernel::LANDLOCK_ACCESS_FS_REMOVE_FILE as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_CHAR: making a character device.
        const MAKE_CHARACTER_DEVICE = kernel::LANDLOCK_ACCESS_FS_MAKE_CHAR as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_DIR: making a directory.
        const MAKE_DIRECTORY = kernel::LANDLOCK_ACCESS_FS_MAKE_DIR as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_REG: making a file.
        const MAKE_FILE = kernel::LANDLOCK_ACCESS_FS_MAKE_REG as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_SOCK: making a Unix socket.
        const MAKE_SOCKET = kernel::LANDLOCK_ACCESS_FS_MAKE_SOCK as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_FIFO: making a fifo.
        const MAKE_FIFO = kernel::LANDLOCK_ACCESS_FS_MAKE_FIFO as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_BLOCK: making a block device.
        const MAKE_BLOCK_DEVICE = kernel::LANDLOCK_ACCESS_FS_MAKE_BLOCK as u64;
        /// LANDLOCK_ACCESS_FS_MAKE_SYM: making a symbolic link.
        const MAKE_SYMBOLIC_LINK = kernel::LANDLOCK_ACCESS_FS_MAKE_SYM as u64;
        /// LANDLOCK_ACCESS_FS_REFER: linking or renaming from one directory to another (version 2); version 1 always forbids it.
        const REFER = kernel::LANDLOCK_ACCESS_FS_REFER as u64;
        /// LANDLOCK_ACCESS_FS_TRUNCATE: cutting a file (version 3).
        const TRUNCATE = kernel::LANDLOCK_ACCESS_FS_TRUNCATE as u64;
        /// LANDLOCK_ACCESS_FS_IOCTL_DEV: requests of devices (version 5).
        const DEVICE_REQUESTS = kernel::LANDLOCK_ACCESS_FS_IOCTL_DEV as u64;
        const _ = !0;
    }
}

impl FileAccess {
    /// Reading files and directories, and executing.
    pub const READ: Self = Self::EXECUTE.union(Self::READ_FILE).union(Self::READ_DIRECTORY);

    /// What can be done with a file itself: all that a rule for one may say.
    pub const OF_FILES: Self = Self::EXECUTE
        .union(Self::WRITE_FILE)
        .union(Self::READ_FILE)
        .union(Self::TRUNCATE)
        .union(Self::DEVICE_REQUESTS);
}

flags! {
    /// What is done with ports of TCP (version 4).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PortAccess: u64 {
        /// LANDLOCK_ACCESS_NET_BIND_TCP: binding a socket to the port.
        const BIND = kernel::LANDLOCK_ACCESS_NET_BIND_TCP as u64;
        /// LANDLOCK_ACCESS_NET_CONNECT_TCP: connecting to it.
        const CONNECT = kernel::LANDLOCK_ACCESS_NET_CONNECT_TCP as u64;
        const _ = !0;
    }
}

flags! {
    /// What reaches only those who are bound by the same rules (version 6).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Scopes: u64 {
        /// LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET: connections to Unix sockets without a file.
        const ABSTRACT_SOCKETS = kernel::LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET as u64;
        /// LANDLOCK_SCOPE_SIGNAL: signals.
        const SIGNALS = kernel::LANDLOCK_SCOPE_SIGNAL as u64;
        const _ = !0;
    }
}

/// What a ruleset governs: forbidden, unless a rule allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    /// Files and directories.
    pub files: FileAccess,
    /// Ports of TCP.
    pub ports: PortAccess,
    /// What no rule allows.
    pub scopes: Scopes,
}

impl Handled {
    /// All that there is up to version 7.
    pub const EVERYTHING: Self = Self {
        files: FileAccess::from_bits_retain((1 << 16) - 1),
        ports: PortAccess::BIND.union(PortAccess::CONNECT),
        scopes: Scopes::ABSTRACT_SOCKETS.union(Scopes::SIGNALS),
    };

    /// Nothing.
    pub const NOTHING: Self =
        Self { files: FileAccess::empty(), ports: PortAccess::empty(), scopes: Scopes::empty() };

    /// Says whether nothing is governed.
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty() && self.ports.is_empty() && self.scopes.is_empty()
    }

    /// Leaves out what others govern.
    #[must_use]
    pub const fn difference(self, others: Self) -> Self {
        Self {
            files: self.files.difference(others.files),
            ports: self.ports.difference(others.ports),
            scopes: self.scopes.difference(others.scopes),
        }
    }

    /// Leaves out what a version does not know.
    #[must_use]
    pub const fn known_by(self, version: u32) -> Self {
        let files = match version {
            0 => 0,
            1 => (1 << 13) - 1,
            2 => (1 << 14) - 1,
            3 | 4 => (1 << 15) - 1,
            _ => u64::MAX,
        };
        let [ports, scopes] =
            [if version < 4 { 0 } else { u64::MAX }, if version < 6 { 0 } else { u64::MAX }];
        Self {
            files: FileAccess::from_bits_retain(self.files.bits() & files),
            ports: PortAccess::from_bits_retain(self.ports.bits() & ports),
            scopes: Scopes::from_bits_retain(self.scopes.bits() & scopes),
        }
    }
}

/// Gives the version of this kernel's interface, from 1 on.
///
/// # Errors
/// `NOSYS` (before Linux 5.13, or built without), `OPNOTSUPP` (switched off at boot). See `landlock_create_ruleset(2)`.
#[doc(alias = "LANDLOCK_CREATE_RULESET_VERSION")]
pub fn abi() -> Result<u32> {
    let (nothing, flag) = (ptr::null::<u8>(), kernel::LANDLOCK_CREATE_RULESET_VERSION);
    // SAFETY: with this flag the kernel reads nothing.
    unsafe { syscall!(__NR_landlock_create_ruleset, nothing, 0_usize, flag) }.map(|version| version as u32)
}

/// What is governed, and what is allowed of it.
#[derive(Debug)]
pub struct Ruleset(OwnedFd);

impl Ruleset {
    /// Makes one that allows nothing of what it governs.
    ///
    /// # Errors
    /// `INVAL`, `2BIG` (the kernel does not know something of it), `NOMSG` (it governs nothing), and those of [`abi()`]. See
    /// `landlock_create_ruleset(2)`.
    #[doc(alias = "landlock_create_ruleset")]
    pub fn new(handled: Handled) -> Result<Self> {
        let handled = kernel::landlock_ruleset_attr {
            handled_access_fs: handled.files.bits(),
            handled_access_net: handled.ports.bits(),
            scoped: handled.scopes.bits(),
        };
        let (size, flags) = (size_of::<kernel::landlock_ruleset_attr>(), 0_u32);
        // SAFETY: the kernel reads one structure; old ones want what they do not know to be zero.
        unsafe { syscall!(__NR_landlock_create_ruleset, &raw const handled, size, flags) }
            .map(|number| Self(OwnedFd::made(number)))
    }

    /// Allows something with a file, or with all that lies below a directory, now or later; opened with PATH is enough.
    ///
    /// # Errors
    /// `INVAL` (not governed, or a file is no directory, see [`FileAccess::OF_FILES`]), `NOMSG` (nothing is allowed), `BADF`. See
    /// `landlock_add_rule(2)`.
    #[doc(alias = "LANDLOCK_RULE_PATH_BENEATH")]
    pub fn allow_beneath(&self, file: impl AsFd, access: FileAccess) -> Result<()> {
        let allowed = kernel::landlock_path_beneath_attr {
            allowed_access: access.bits(),
            parent_fd: file.as_fd().as_raw(),
        };
        self.add(rule::LANDLOCK_RULE_PATH_BENEATH, &allowed)
    }

    /// Allows something with a port of TCP; 0 stands for those that the kernel chooses.
    ///
    /// # Errors
    /// `INVAL` (not governed), `NOMSG` (nothing is allowed), `AFNOSUPPORT` (a kernel without TCP). See `landlock_add_rule(2)`.
    #[doc(alias = "LANDLOCK_RULE_NET_PORT")]
    pub fn allow_port(&self, port: u16, access: PortAccess) -> Result<()> {
        let allowed = kernel::landlock_net_port_attr { allowed_access: access.bits(), port: port.into() };
        self.add(rule::LANDLOCK_RULE_NET_PORT, &allowed)
    }

    fn add<T>(&self, kind: rule, allowed: &T) -> Result<()> {
        let (kind, flags) = (kind as u32, 0_u32);
        // SAFETY: the kernel reads the structure of this kind of rule.
        unsafe { syscall!(__NR_landlock_add_rule, self.as_fd(), kind, ptr::from_ref(allowed), flags) }
            .map(drop)
    }

    /// Binds the running thread, and what it will start, for good: other threads that run already are not bound. Of several rulesets
    /// all hold.
    ///
    /// # Errors
    /// `PERM` (privileges could still be gained by execve, see `set_no_new_privileges`), `2BIG` (16 rulesets already). See
    /// `landlock_restrict_self(2)`.
    #[doc(alias = "landlock_restrict_self")]
    pub fn restrict_self(&self) -> Result<()> {
        // SAFETY: a descriptor and a number.
        unsafe { syscall!(__NR_landlock_restrict_self, self.as_fd(), 0_u32) }.map(drop)
    }
}

impl AsFd for Ruleset {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_versions_know_less() {
        let all = Handled::EVERYTHING;
        assert_eq!(all.known_by(0).files, FileAccess::empty());
        let of = |version| all.known_by(version);
        assert!(
            of(1).files.contains(FileAccess::MAKE_SYMBOLIC_LINK) && !of(1).files.contains(FileAccess::REFER)
        );
        assert!(of(2).files.contains(FileAccess::REFER) && !of(2).files.contains(FileAccess::TRUNCATE));
        assert!(of(3).files.contains(FileAccess::TRUNCATE) && of(3).ports.is_empty());
        assert!(!of(4).ports.is_empty() && !of(4).files.contains(FileAccess::DEVICE_REQUESTS));
        assert!(of(5).files.contains(FileAccess::DEVICE_REQUESTS) && of(5).scopes.is_empty());
        assert_eq!(of(6), all);
        assert_eq!(of(99), all);
    }
}
