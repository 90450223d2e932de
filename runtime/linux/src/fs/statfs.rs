//! What is known of a file system: statfs(2).

use crate::Result;
use crate::fd::AsFd;
use crate::path::PathArg;
use core::mem::MaybeUninit;
use linux_raw_sys::general as kernel;

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
}

/// Asks about the file system that holds a path.
///
/// # Errors
/// `NOENT`, `ACCES`, `LOOP`, `NOSYS` (a file system without an answer), `INTR`, `IO`. See `statfs(2)`.
pub fn statfs<P: PathArg>(path: P) -> Result<Statfs> {
    let mut answer = MaybeUninit::<kernel::statfs>::uninit();
    path.with(|path| {
        // SAFETY: the path is terminated; the kernel writes one `statfs` structure.
        unsafe { syscall!(__NR_statfs, path.as_ptr(), answer.as_mut_ptr()) }
    })?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(from_kernel(unsafe { answer.assume_init_ref() }))
}

/// Asks about the file system of an open file.
///
/// # Errors
/// `BADF`, `NOSYS`, `INTR`, `IO`. See `statfs(2)`.
pub fn fstatfs(file: impl AsFd) -> Result<Statfs> {
    let mut answer = MaybeUninit::<kernel::statfs>::uninit();
    // SAFETY: the kernel writes one `statfs` structure.
    unsafe { syscall!(__NR_fstatfs, file.as_fd(), answer.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(from_kernel(unsafe { answer.assume_init_ref() }))
}

fn from_kernel(answer: &kernel::statfs) -> Statfs {
    // Older file systems leave the fragment size 0: then the blocks are counted in their own size.
    let block_size = if answer.f_frsize == 0 { answer.f_bsize } else { answer.f_frsize };
    Statfs {
        kind: answer.f_type as u64,
        block_size: block_size as u64,
        blocks: answer.f_blocks as u64,
        free: answer.f_bfree as u64,
        available: answer.f_bavail as u64,
        files: answer.f_files as u64,
        files_free: answer.f_ffree as u64,
        name_bytes: answer.f_namelen as u64,
        flags: answer.f_flags as u64,
    }
}
