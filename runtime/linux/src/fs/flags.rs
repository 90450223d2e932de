//! What file systems keep of each file beside its mode, without opening it: file_getattr(2), file_setattr(2).

use crate::Result;
use crate::fd::AsFd;
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

/// What a file system keeps of a file (`struct file_attr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(C)]
pub struct FileAttributes {
    /// FS_XFLAG_… of `linux/fs.h`.
    pub flags: u64,
    /// How much room is given at once, in bytes; 0: as the file system likes.
    pub extent_bytes: u32,
    /// How many pieces the file is in.
    pub extents: u32,
    /// The project that its room counts for.
    pub project: u32,
    /// How much room is given at once to shared parts that are written to, in bytes.
    pub copy_extent_bytes: u32,
}

abi!(FileAttributes = "struct file_attr" {
    flags: "fa_xflags", extent_bytes: "fa_extsize", extents: "fa_nextents", project: "fa_projid",
    copy_extent_bytes: "fa_cowextsize",
});

const _: () = assert!(size_of::<FileAttributes>() == size_of::<kernel::file_attr>());

/// Gives what the file system keeps of what is at a path from a directory, and not of what a link there leads to.
///
/// # Errors
/// `OPNOTSUPP` (it keeps nothing of the kind), `NOENT`, `ACCES`; `NOSYS` before Linux 6.17. See `fs/file_attr.c`.
pub fn file_getattr<P: PathArg>(directory: impl AsFd, path: P) -> Result<FileAttributes> {
    let mut found = FileAttributes::default();
    path.with(&mut |path| {
        let (flags, found, size) = (kernel::AT_SYMLINK_NOFOLLOW, &raw mut found, size_of::<FileAttributes>());
        // SAFETY: the path is terminated; the kernel writes at most one structure.
        unsafe { syscall!(__NR_file_getattr, directory.as_fd(), path.as_ptr(), found, size, flags) }
    })?;
    Ok(found)
}

/// Sets what the file system keeps of what is at a path from a directory, and not of what a link there leads to.
///
/// # Errors
/// Those of [`file_getattr`]; `PERM`, `INVAL`. See `fs/file_attr.c`.
pub fn file_setattr<P: PathArg>(directory: impl AsFd, path: P, new: &FileAttributes) -> Result<()> {
    path.with(&mut |path| {
        let (flags, new, size) = (kernel::AT_SYMLINK_NOFOLLOW, &raw const *new, size_of::<FileAttributes>());
        // SAFETY: the path is terminated; the kernel reads one structure.
        unsafe { syscall!(__NR_file_setattr, directory.as_fd(), path.as_ptr(), new, size, flags) }
    })
    .map(drop)
}
