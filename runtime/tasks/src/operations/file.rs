//! Operations on files.

use core::ffi::CStr;
use core::mem::MaybeUninit;

use linux::fd::{BorrowedFd, OwnedFd, RawFd};
use linux::fs::{self, Metadata, Mode, OpenFlags, StatxFlags, StatxMask};
use linux::path::PathArg;
use linux::uring::{CompletionFlags, Entry, Opcode, SpliceFlags};
use linux::{Errno, Result};

use super::{borrow, length, made};
use crate::reactor::Operation;
use crate::{OwnedBuffer, OwnedBytes};

/// The longest path, with its end, that an operation holds; longer ones go by system calls.
const PATH: usize = 256;

/// A path that the kernel reads while the operation lasts.
pub(crate) struct HeldPath([u8; PATH]);

impl HeldPath {
    /// Copies a path; none if it is too long.
    fn new(path: impl PathArg) -> Result<Option<Self>> {
        let mut bytes = [0; PATH];
        let copied = path.with(&mut |path| {
            let path = path.to_bytes_with_nul();
            let to = bytes.get_mut(..path.len()).ok_or(Errno::NAMETOOLONG)?;
            to.copy_from_slice(path);
            Ok(0)
        });
        match copied {
            Ok(_) => Ok(Some(Self(bytes))),
            Err(Errno::NAMETOOLONG) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    fn as_str(&self) -> Result<&CStr> {
        CStr::from_bytes_until_nul(&self.0).map_err(|_| Errno::INVAL)
    }
}

/// Opens a file.
pub(crate) struct Open {
    directory: RawFd,
    flags: OpenFlags,
    mode: Mode,
    path: HeldPath,
}

impl Open {
    /// None for a path that is too long to be held.
    pub(crate) fn new(
        directory: BorrowedFd<'_>,
        path: impl PathArg,
        flags: OpenFlags,
        mode: Mode,
    ) -> Result<Option<Self>> {
        let directory = directory.as_raw();
        Ok(HeldPath::new(path)?.map(|path| Self { directory, flags, mode, path }))
    }
}

// SAFETY: the path lies in it.
unsafe impl Operation for Open {
    type Output = Result<OwnedFd>;

    const OPCODE: Opcode = Opcode::OPENAT;

    fn entry(&mut self) -> Entry {
        Entry::openat(self.directory, self.path.0.as_ptr().cast(), self.flags, self.mode)
    }

    fn attempt(&mut self) -> Result<u32> {
        let file = fs::openat(borrow(self.directory), self.path.as_str()?, self.flags, self.mode)?;
        Ok(file.into_raw().cast_unsigned())
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<OwnedFd> {
        result.map(made)
    }
}

/// Asks about a file.
pub(crate) struct Statx {
    directory: RawFd,
    flags: StatxFlags,
    path: HeldPath,
    answer: MaybeUninit<Metadata>,
}

impl Statx {
    /// None for a path that is too long to be held.
    pub(crate) fn new(
        directory: BorrowedFd<'_>,
        path: impl PathArg,
        flags: StatxFlags,
    ) -> Result<Option<Self>> {
        let (directory, answer) = (directory.as_raw(), MaybeUninit::uninit());
        Ok(HeldPath::new(path)?.map(|path| Self { directory, flags, path, answer }))
    }
}

// SAFETY: the path and the answer lie in it.
unsafe impl Operation for Statx {
    type Output = Result<Metadata>;

    const OPCODE: Opcode = Opcode::STATX;

    fn entry(&mut self) -> Entry {
        let (path, answer) = (self.path.0.as_ptr().cast(), self.answer.as_mut_ptr());
        Entry::statx(self.directory, path, self.flags, StatxMask::BASIC, answer)
    }

    fn attempt(&mut self) -> Result<u32> {
        let path = self.path.as_str()?;
        self.answer.write(fs::statx(borrow(self.directory), path, self.flags, StatxMask::BASIC)?);
        Ok(0)
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<Metadata> {
        // SAFETY: the call succeeded, so the answer is there.
        result.map(|_| unsafe { self.answer.assume_init() })
    }
}

/// Reads into a buffer, at an offset or at the file's position.
pub(crate) struct Read<B> {
    file: RawFd,
    offset: Option<u64>,
    buffer: B,
}

impl<B> Read<B> {
    pub(crate) const fn new(file: BorrowedFd<'_>, buffer: B, offset: Option<u64>) -> Self {
        Self { file: file.as_raw(), offset, buffer }
    }
}

// SAFETY: the buffer belongs to it, and stays where it is, as its trait says.
unsafe impl<B: OwnedBuffer> Operation for Read<B> {
    type Output = (Result<usize>, B);

    const OPCODE: Opcode = Opcode::READ;

    fn entry(&mut self) -> Entry {
        let room = self.buffer.room();
        Entry::read(self.file, room.as_mut_ptr().cast(), length(room.len()), self.offset)
    }

    fn attempt(&mut self) -> Result<u32> {
        let (file, room) = (borrow(self.file), self.buffer.room());
        let room = core::ptr::from_mut(room) as *mut [u8];
        // SAFETY: the kernel writes bytes, and nobody reads what it has not written.
        let room = unsafe { &mut *room };
        let count = match self.offset {
            Some(offset) => fs::pread(file, room, offset),
            None => fs::read(file, room),
        };
        count.map(length)
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Self::Output {
        let mut buffer = self.buffer;
        let result = result.map(|count| count as usize);
        // SAFETY: the kernel has written so many.
        unsafe { buffer.filled(result.unwrap_or(0)) };
        (result, buffer)
    }
}

/// Writes bytes, at an offset or at the file's position.
pub(crate) struct Write<B> {
    file: RawFd,
    offset: Option<u64>,
    bytes: B,
}

impl<B> Write<B> {
    pub(crate) const fn new(file: BorrowedFd<'_>, bytes: B, offset: Option<u64>) -> Self {
        Self { file: file.as_raw(), offset, bytes }
    }
}

// SAFETY: the bytes belong to it, and stay where they are, as their trait says.
unsafe impl<B: OwnedBytes> Operation for Write<B> {
    type Output = (Result<usize>, B);

    const OPCODE: Opcode = Opcode::WRITE;

    fn entry(&mut self) -> Entry {
        let bytes = self.bytes.bytes();
        Entry::write(self.file, bytes.as_ptr(), length(bytes.len()), self.offset)
    }

    fn attempt(&mut self) -> Result<u32> {
        let (file, bytes) = (borrow(self.file), self.bytes.bytes());
        let count = match self.offset {
            Some(offset) => fs::pwrite(file, bytes, offset),
            None => fs::write(file, bytes),
        };
        count.map(length)
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Self::Output {
        (result.map(|count| count as usize), self.bytes)
    }
}

/// Moves bytes between a pipe and another descriptor.
pub(crate) struct Splice {
    pub(crate) from: RawFd,
    pub(crate) to: RawFd,
    pub(crate) count: usize,
}

// SAFETY: the entry points to nothing.
unsafe impl Operation for Splice {
    type Output = Result<usize>;

    const OPCODE: Opcode = Opcode::SPLICE;

    fn entry(&mut self) -> Entry {
        Entry::splice(self.from, self.to, length(self.count), SpliceFlags::empty())
    }

    fn attempt(&mut self) -> Result<u32> {
        fs::splice(borrow(self.from), borrow(self.to), self.count).map(length)
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<usize> {
        result.map(|count| count as usize)
    }
}

/// Waits until a file's data is on its device.
pub(crate) struct Sync(pub(crate) RawFd);

// SAFETY: the entry points to nothing.
unsafe impl Operation for Sync {
    type Output = Result<()>;

    const OPCODE: Opcode = Opcode::FSYNC;

    fn entry(&mut self) -> Entry {
        Entry::fsync(self.0)
    }

    fn attempt(&mut self) -> Result<u32> {
        fs::fsync(borrow(self.0)).map(|()| 0)
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<()> {
        result.map(drop)
    }
}
