//! What is known of a file: statx(2).
//!
//! All of the family goes through statx: it has the same shape and 64-bit times on every processor.

use crate::Result;
use crate::fd::{AsFd, CWD};
use crate::path::PathArg;
use core::mem::MaybeUninit;
use linux_raw_sys::general as kernel;

flags! {
    /// Permissions, and the three bits above them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct Mode: u32 {
        /// S_ISUID: runs as its owner.
        const SET_USER = kernel::S_ISUID;
        /// S_ISGID: runs as its group.
        const SET_GROUP = kernel::S_ISGID;
        /// S_ISVTX: only owners remove entries.
        const STICKY = kernel::S_ISVTX;
        /// S_IRUSR: the owner reads.
        const USER_READ = kernel::S_IRUSR;
        /// S_IWUSR: the owner writes.
        const USER_WRITE = kernel::S_IWUSR;
        /// S_IXUSR: the owner executes or searches.
        const USER_EXECUTE = kernel::S_IXUSR;
        /// S_IRGRP: the group reads.
        const GROUP_READ = kernel::S_IRGRP;
        /// S_IWGRP: the group writes.
        const GROUP_WRITE = kernel::S_IWGRP;
        /// S_IXGRP: the group executes or searches.
        const GROUP_EXECUTE = kernel::S_IXGRP;
        /// S_IROTH: others read.
        const OTHER_READ = kernel::S_IROTH;
        /// S_IWOTH: others write.
        const OTHER_WRITE = kernel::S_IWOTH;
        /// S_IXOTH: others execute or search.
        const OTHER_EXECUTE = kernel::S_IXOTH;
        const _ = !0;
    }
}

impl Mode {
    /// Takes the bits as they are written in octal: `Mode::octal(0o755)`.
    #[inline]
    pub const fn octal(bits: u32) -> Self {
        Self::from_bits_retain(bits)
    }
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// S_IFREG.
    Regular,
    /// S_IFDIR.
    Directory,
    /// S_IFLNK.
    Symlink,
    /// S_IFCHR.
    CharacterDevice,
    /// S_IFBLK.
    BlockDevice,
    /// S_IFIFO.
    Fifo,
    /// S_IFSOCK.
    Socket,
    /// A kind without a name here, such as the kernel's own files behind some descriptors.
    Other,
}

impl FileKind {
    /// Reads the kind out of a file's mode.
    pub const fn from_mode(mode: u32) -> Self {
        match mode & kernel::S_IFMT {
            kernel::S_IFREG => Self::Regular,
            kernel::S_IFDIR => Self::Directory,
            kernel::S_IFLNK => Self::Symlink,
            kernel::S_IFCHR => Self::CharacterDevice,
            kernel::S_IFBLK => Self::BlockDevice,
            kernel::S_IFIFO => Self::Fifo,
            kernel::S_IFSOCK => Self::Socket,
            _ => Self::Other,
        }
    }

    /// Gives the bits of a file's mode.
    pub const fn mode_bits(self) -> u32 {
        match self {
            Self::Regular => kernel::S_IFREG,
            Self::Directory => kernel::S_IFDIR,
            Self::Symlink => kernel::S_IFLNK,
            Self::CharacterDevice => kernel::S_IFCHR,
            Self::BlockDevice => kernel::S_IFBLK,
            Self::Fifo => kernel::S_IFIFO,
            Self::Socket => kernel::S_IFSOCK,
            Self::Other => 0,
        }
    }

    /// Reads the kind that stands in a directory; none where the file system keeps none (DT_UNKNOWN).
    pub(super) fn from_entry(kind: u8) -> Option<Self> {
        // The kernel's DT_ values are the mode's kind, moved down (`fs_umode_to_dtype`).
        (kind != 0).then(|| Self::from_mode(u32::from(kind) << 12))
    }
}

/// A time of a file: nanoseconds after seconds since 1970, which may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp {
    /// Seconds since the start of 1970 UTC.
    pub seconds: i64,
    /// Nanoseconds after them, below 1 000 000 000.
    pub nanoseconds: u32,
}

impl From<kernel::statx_timestamp> for Timestamp {
    fn from(time: kernel::statx_timestamp) -> Self {
        Self { seconds: time.tv_sec, nanoseconds: time.tv_nsec }
    }
}

flags! {
    /// How statx finds the file.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct StatxFlags: u32 {
        /// AT_SYMLINK_NOFOLLOW: a symbolic link itself.
        const NO_FOLLOW = kernel::AT_SYMLINK_NOFOLLOW;
        /// AT_EMPTY_PATH: an empty path is the descriptor itself.
        const EMPTY_PATH = kernel::AT_EMPTY_PATH;
        /// AT_NO_AUTOMOUNT: does not mount what would mount itself.
        const NO_AUTOMOUNT = kernel::AT_NO_AUTOMOUNT;
        /// AT_STATX_DONT_SYNC: what is cached will do.
        const DONT_SYNC = kernel::AT_STATX_DONT_SYNC;
        /// AT_STATX_FORCE_SYNC: asks the server of a network file system.
        const FORCE_SYNC = kernel::AT_STATX_FORCE_SYNC;
        const _ = !0;
    }
}

flags! {
    /// Fields of the answer that are wanted or were given.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct StatxMask: u32 {
        /// STATX_BASIC_STATS: what stat(2) gives.
        const BASIC = kernel::STATX_BASIC_STATS;
        /// STATX_BTIME: the time of birth.
        const BIRTH = kernel::STATX_BTIME;
        /// STATX_MNT_ID: the number of the mount.
        const MOUNT = kernel::STATX_MNT_ID;
        const _ = !0;
    }
}

/// What the kernel knows of a file.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Metadata(kernel::statx);

impl Metadata {
    /// Gives the kind.
    pub const fn kind(&self) -> FileKind {
        FileKind::from_mode(self.0.stx_mode as u32)
    }

    /// Gives the permissions, without the kind.
    pub const fn permissions(&self) -> Mode {
        Mode::from_bits_retain(self.0.stx_mode as u32 & !kernel::S_IFMT)
    }

    /// Gives kind and permissions in one word, as stat(2) does.
    pub const fn mode_bits(&self) -> u32 {
        self.0.stx_mode as u32
    }

    /// Says whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.kind() == FileKind::Directory
    }

    /// Gives the length in bytes; of a symbolic link, that of its text.
    pub const fn size(&self) -> u64 {
        self.0.stx_size
    }

    /// Gives the room it takes, in units of 512 bytes.
    pub const fn blocks(&self) -> u64 {
        self.0.stx_blocks
    }

    /// Gives the size of transfers that suits it, in bytes.
    pub const fn block_size(&self) -> u32 {
        self.0.stx_blksize
    }

    /// Gives the number within the file system.
    pub const fn inode(&self) -> u64 {
        self.0.stx_ino
    }

    /// Gives the number of names.
    pub const fn links(&self) -> u32 {
        self.0.stx_nlink
    }

    /// Gives the owner.
    pub const fn user(&self) -> u32 {
        self.0.stx_uid
    }

    /// Gives the group.
    pub const fn group(&self) -> u32 {
        self.0.stx_gid
    }

    /// Gives the device that holds it, as major and minor number.
    pub const fn device(&self) -> (u32, u32) {
        (self.0.stx_dev_major, self.0.stx_dev_minor)
    }

    /// Gives what tells it from all other files: device and number.
    pub const fn identity(&self) -> ((u32, u32), u64) {
        (self.device(), self.inode())
    }

    /// Gives the device that it is, as major and minor number; zeros for other kinds.
    pub const fn special_device(&self) -> (u32, u32) {
        (self.0.stx_rdev_major, self.0.stx_rdev_minor)
    }

    /// Gives the time of the last change of its data.
    pub fn modified(&self) -> Timestamp {
        self.0.stx_mtime.into()
    }

    /// Gives the time of the last access.
    pub fn accessed(&self) -> Timestamp {
        self.0.stx_atime.into()
    }

    /// Gives the time of the last change of anything.
    pub fn changed(&self) -> Timestamp {
        self.0.stx_ctime.into()
    }

    /// Gives the time of birth, where it was asked for and the file system keeps it.
    pub fn born(&self) -> Option<Timestamp> {
        self.given().contains(StatxMask::BIRTH).then(|| self.0.stx_btime.into())
    }

    /// Gives the number of the mount that it was found in, where it was asked for.
    pub fn mount(&self) -> Option<u64> {
        self.given().contains(StatxMask::MOUNT).then_some(self.0.stx_mnt_id)
    }

    /// Says whether a file system is mounted here; none if this kernel cannot say.
    #[doc(alias = "STATX_ATTR_MOUNT_ROOT")]
    pub const fn is_mount_root(&self) -> Option<bool> {
        let bit = kernel::STATX_ATTR_MOUNT_ROOT as u64;
        if self.0.stx_attributes_mask & bit == 0 { None } else { Some(self.0.stx_attributes & bit != 0) }
    }

    /// Says which fields the file system has filled.
    pub const fn given(&self) -> StatxMask {
        StatxMask::from_bits_retain(self.0.stx_mask)
    }
}

/// Asks about a file by its path, following symbolic links.
///
/// # Errors
/// `NOENT`, `ACCES`, `LOOP`, `NOTDIR`. See `statx(2)`.
pub fn stat<P: PathArg>(path: P) -> Result<Metadata> {
    statx(CWD, path, StatxFlags::empty(), StatxMask::BASIC)
}

/// Asks about a file by its path; of a symbolic link, about the link.
///
/// # Errors
/// `NOENT`, `ACCES`, `LOOP`, `NOTDIR`. See `statx(2)`.
pub fn lstat<P: PathArg>(path: P) -> Result<Metadata> {
    statx(CWD, path, StatxFlags::NO_FOLLOW, StatxMask::BASIC)
}

/// Asks about an open file.
///
/// # Errors
/// `BADF`. See `statx(2)`.
pub fn fstat(file: impl AsFd) -> Result<Metadata> {
    statx(file, c"", StatxFlags::EMPTY_PATH, StatxMask::BASIC)
}

/// Asks about a file by its path from a directory, for these fields.
///
/// # Errors
/// `NOENT`, `ACCES`, `LOOP`, `NOTDIR`, `BADF`, `INVAL`; `NOSYS` before Linux 4.11. See `statx(2)`.
pub fn statx<P: PathArg>(
    directory: impl AsFd,
    path: P,
    flags: StatxFlags,
    mask: StatxMask,
) -> Result<Metadata> {
    let mut answer = MaybeUninit::uninit();
    path.with(&mut |path| {
        let (flags, mask) = (flags.bits(), mask.bits());
        // SAFETY: the path is terminated; the kernel writes one `statx` structure.
        unsafe { syscall!(__NR_statx, directory.as_fd(), path.as_ptr(), flags, mask, answer.as_mut_ptr()) }
    })?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(Metadata(unsafe { answer.assume_init() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_modes_and_entries() {
        assert_eq!(FileKind::from_mode(0o100_644), FileKind::Regular);
        assert_eq!(FileKind::from_mode(0o040_755), FileKind::Directory);
        assert_eq!(FileKind::from_mode(0), FileKind::Other);
        assert_eq!(FileKind::from_entry(0), None);
        assert_eq!(FileKind::from_entry(kernel::DT_LNK as u8), Some(FileKind::Symlink));
        assert_eq!(FileKind::from_entry(kernel::DT_SOCK as u8), Some(FileKind::Socket));
        for mode in 0..16 {
            let kind = FileKind::from_mode(mode << 12);
            assert!(kind == FileKind::Other || kind.mode_bits() == mode << 12);
        }
    }

    #[test]
    fn the_structure_has_the_kernel_s_size() {
        assert_eq!(size_of::<Metadata>(), 256);
    }
}
