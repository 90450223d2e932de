//! The bytes of a file in another one: shared room where the file system can, holes kept, else moved by the kernel.

use alloc::vec::Vec;

use linux::fd::{AsFd, BorrowedFd};
use linux::fs::{self, From, Metadata};
use linux::{Errno, Result, retry};

/// When something is done that file systems need not be able to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::file) enum When {
    /// Where it can be.
    Auto,
    Always,
    Never,
}

/// How bytes are copied.
pub(in crate::file) struct Bytes {
    pub(in crate::file) sparse: When,
    pub(in crate::file) reflink: When,
    /// Whether the last attempt to share room failed: then the next one is not worth a call.
    refuses: bool,
}

impl Bytes {
    pub(in crate::file) const fn new(sparse: When, reflink: When) -> Self {
        Self { sparse, reflink, refuses: false }
    }

    /// Copies all of a file to an empty one.
    pub(super) fn copy(&mut self, from: BorrowedFd<'_>, to: BorrowedFd<'_>, source: &Metadata) -> Result<()> {
        let wants = self.reflink != When::Never && self.sparse == When::Auto || self.reflink == When::Always;
        if wants && source.size() > 0 && !(self.refuses && self.reflink == When::Auto) {
            match retry(|| fs::share_room(to, from)) {
                Ok(()) => return Ok(()),
                Err(errno) if self.reflink == When::Always => return Err(errno),
                Err(_) => self.refuses = true,
            }
        }
        match self.sparse {
            When::Always => zeros_as_holes(from, to),
            When::Auto if source.blocks() < source.size() / 512 => holes(from, to, source.size()),
            // Files of /proc claim to be empty, and are not worth asking the kernel to move.
            _ if source.size() == 0 => by_hand(from, to, &mut |to, bytes| fs::write_all(to, bytes)),
            _ => io::copy::files(from, to).map(drop),
        }
    }
}

/// Copies what is data, as the file system tells, and leaves holes out.
fn holes(from: BorrowedFd<'_>, to: BorrowedFd<'_>, size: u64) -> Result<()> {
    let mut at = 0;
    while at < size {
        let data = match fs::lseek(from, From::Data(at)) {
            Ok(data) => data,
            Err(Errno::NXIO) => break,
            // It cannot tell.
            Err(_) => {
                fs::lseek(from, From::Start(at))?;
                fs::lseek(to, From::Start(at))?;
                return io::copy::files(from, to).map(drop);
            }
        };
        let end = fs::lseek(from, From::Hole(data)).unwrap_or(size).min(size);
        fs::lseek(from, From::Start(data))?;
        fs::lseek(to, From::Start(data))?;
        if part(from, to, end.saturating_sub(data))? == 0 {
            break;
        }
        at = end;
    }
    retry(|| fs::ftruncate(to, size))
}

/// Copies so many bytes, fewer at the end; gives how many.
fn part(from: BorrowedFd<'_>, to: BorrowedFd<'_>, count: u64) -> Result<u64> {
    let mut moved = 0;
    while moved < count {
        let most = (count - moved).min(1 << 30) as usize;
        match retry(|| fs::copy_file_range(from, to, most)) {
            Ok(0) => return Ok(moved),
            Ok(some) => moved += some as u64,
            Err(_) => break,
        }
    }
    let mut buffer = alloc::vec![0; 64 << 10];
    while moved < count {
        let most = (count - moved).min(buffer.len() as u64) as usize;
        let room = buffer.get_mut(..most).unwrap_or_default();
        let some = retry(|| fs::read(from, room))?;
        if some == 0 {
            break;
        }
        fs::write_all(to, room.get(..some).unwrap_or_default())?;
        moved += some as u64;
    }
    Ok(moved)
}

/// Copies, and leaves out each block that is all zeros.
fn zeros_as_holes(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> Result<()> {
    const BLOCK: usize = 4096;
    by_hand(from, to, &mut |to, bytes| {
        bytes.chunks(BLOCK).try_for_each(|block| match block.iter().all(|&byte| byte == 0) {
            true => fs::lseek(to, From::Current(block.len() as i64)).map(drop),
            false => fs::write_all(to, block),
        })
    })?;
    let size = fs::lseek(to, From::Current(0))?;
    retry(|| fs::ftruncate(to, size))
}

fn by_hand(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    put: &mut dyn FnMut(BorrowedFd<'_>, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut buffer: Vec<u8> = alloc::vec![0; 64 << 10];
    loop {
        match retry(|| fs::read(from.as_fd(), &mut buffer))? {
            0 => return Ok(()),
            count => put(to, buffer.get(..count).unwrap_or_default())?,
        }
    }
}
