//! What is known of a file system: statfs(2).

use crate::Result;
use crate::fd::{AsFd, BorrowedFd};
use crate::path::PathArg;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use linux_raw_sys::general::statfs64;

/// The room in a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statfs {
    /// The kind, as a magic number of `linux/magic.h`.
    pub kind: u64,
    /// The unit of the counts of blocks, in bytes.
    pub block_size: u64,
    /// All blocks.
    pub blocks: u64,
    /// Those that are free.
    pub free: u64,
    /// Those that are free to anyone.
    pub available: u64,
    /// All inodes; 0 where there is no such limit.
    pub files: u64,
    /// Those that are free.
    pub files_free: u64,
    /// The longest name, in bytes.
    pub name_bytes: u64,
    /// How it is mounted (ST_RDONLY and so on, the low bits as of mount(2)).
    pub flags: u64,
    /// The number that tells it from others (f_fsid), its second half first, as `stat -f` shows it.
    pub identity: u64,
}

/// Asks about the file system that holds a path.
///
/// # Errors
/// `NOENT`, `ACCES`, `LOOP`, `NOSYS` (a file system without an answer), `INTR`, `IO`. See `statfs(2)`.
pub fn statfs<P: PathArg>(path: P) -> Result<Statfs> {
    let mut answer = MaybeUninit::<statfs64>::uninit();
    path.with(&mut |path| ask_path(path, &mut answer))?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(from_kernel(unsafe { answer.assume_init_ref() }))
}

/// Asks about the file system of an open file.
///
/// # Errors
/// `BADF`, `NOSYS`, `INTR`, `IO`. See `statfs(2)`.
pub fn fstatfs(file: impl AsFd) -> Result<Statfs> {
    let mut answer = MaybeUninit::<statfs64>::uninit();
    ask_file(file.as_fd(), &mut answer)?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(from_kernel(unsafe { answer.assume_init_ref() }))
}

#[cfg(target_pointer_width = "64")]
fn ask_path(path: &CStr, answer: &mut MaybeUninit<statfs64>) -> Result<usize> {
    // SAFETY: the path is terminated; the kernel writes one structure, here the same as `statfs`.
    unsafe { syscall!(__NR_statfs, path.as_ptr(), answer.as_mut_ptr()) }
}

#[cfg(target_pointer_width = "64")]
fn ask_file(file: BorrowedFd<'_>, answer: &mut MaybeUninit<statfs64>) -> Result<usize> {
    // SAFETY: the kernel writes one structure, here the same as `statfs`.
    unsafe { syscall!(__NR_fstatfs, file, answer.as_mut_ptr()) }
}

/// A 32-bit `statfs` gives `OVERFLOW` for a large file system.
#[cfg(target_pointer_width = "32")]
fn ask_path(path: &CStr, answer: &mut MaybeUninit<statfs64>) -> Result<usize> {
    // SAFETY: the path is terminated; the kernel writes one structure of the size that it is told.
    unsafe { syscall!(__NR_statfs64, path.as_ptr(), size_of::<statfs64>(), answer.as_mut_ptr()) }
}

#[cfg(target_pointer_width = "32")]
fn ask_file(file: BorrowedFd<'_>, answer: &mut MaybeUninit<statfs64>) -> Result<usize> {
    // SAFETY: the kernel writes one structure of the size that it is told.
    unsafe { syscall!(__NR_fstatfs64, file, size_of::<statfs64>(), answer.as_mut_ptr()) }
}

fn from_kernel(answer: &statfs64) -> Statfs {
    // Older file systems leave the fragment size 0: then the blocks are counted in their own size.
    let block_size = if answer.f_frsize == 0 { answer.f_bsize } else { answer.f_frsize };
    Statfs {
        kind: answer.f_type as u64,
        block_size: block_size as u64,
        blocks: answer.f_blocks,
        free: answer.f_bfree,
        available: answer.f_bavail,
        files: answer.f_files,
        files_free: answer.f_ffree,
        name_bytes: answer.f_namelen as u64,
        flags: answer.f_flags as u64,
        identity: u64::from(answer.f_fsid.val[0].cast_unsigned()) << 32
            | u64::from(answer.f_fsid.val[1].cast_unsigned()),
    }
}
