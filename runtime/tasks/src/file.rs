//! Files of tasks. With io_uring the kernel reads and writes while other tasks run; with epoll, which knows no files, the calls
//! wait for the device, and all tasks with them.

use core::fmt;

use linux::fd::{AsFd, BorrowedFd, CWD, OwnedFd};
use linux::fs::{self, Metadata, Mode, OpenFlags, StatxFlags, StatxMask};
use linux::path::PathArg;
use linux::{Errno, Result};

use crate::operations::{Open, Read, Splice, Statx, Sync, Write};
use crate::{OwnedBuffer, OwnedBytes, Reactor, Watched, Way};

/// An open file, or a pipe, a terminal or a device.
pub struct File<'r>(Watched<'r>);

impl<'r> File<'r> {
    /// Opens a file by its path from the current directory; `mode` counts if one is made.
    ///
    /// # Errors
    /// Those of `openat`.
    #[doc(alias = "openat")]
    pub async fn open(
        reactor: &'r Reactor,
        path: impl PathArg,
        flags: OpenFlags,
        mode: Mode,
    ) -> Result<Self> {
        let flags = flags | OpenFlags::CLOSE_ON_EXEC;
        let opened = match Open::new(CWD, &path, flags, mode)? {
            Some(open) => reactor.operate(open).await,
            None => fs::openat(CWD, &path, flags, mode),
        };
        Self::from_descriptor(reactor, opened?)
    }

    /// Takes an open descriptor; with epoll, one that waits in calls must be nonblocking.
    ///
    /// # Errors
    /// Those of [`Watched::new`].
    pub fn from_descriptor(reactor: &'r Reactor, descriptor: OwnedFd) -> Result<Self> {
        Watched::new(reactor, descriptor).map(Self)
    }

    /// Has the kernel keep the file at hand; see [`Watched::register`].
    pub fn register(&mut self) -> bool {
        self.0.register()
    }

    /// Reads into a buffer that is given away meanwhile, at an offset, or at the file's position, which moves; gives it back
    /// with how many bytes were read, 0 at the end.
    pub async fn read_owned<B: OwnedBuffer>(&self, buffer: B, offset: Option<u64>) -> (Result<usize>, B) {
        self.0.operate(Way::In, Read::new(self.0.as_fd(), buffer, offset)).await
    }

    /// Writes bytes that are given away meanwhile; gives them back with how many were written.
    pub async fn write_owned<B: OwnedBytes>(&self, bytes: B, offset: Option<u64>) -> (Result<usize>, B) {
        self.0.operate(Way::Out, Write::new(self.0.as_fd(), bytes, offset)).await
    }

    /// Moves at most `count` bytes to another file without copying them; one of the two is a pipe. Gives how many, 0 at the end.
    ///
    /// # Errors
    /// Those of `splice`.
    pub async fn splice(&self, to: &Self, count: usize) -> Result<usize> {
        let (from, into) = (self.0.as_fd().as_raw(), to.0.as_fd().as_raw());
        loop {
            match self.0.reactor().operate(Splice { from, to: into, count }).await {
                // It does not say which of the two.
                Err(Errno::AGAIN) => {
                    self.0.may_be_over(Way::In)?;
                    to.0.may_be_over(Way::Out)?;
                }
                ended => return ended,
            }
            self.0.ready(Way::In).await?;
            to.0.ready(Way::Out).await?;
        }
    }

    /// Waits until what was written is on the device.
    ///
    /// # Errors
    /// Those of `fsync`.
    #[doc(alias = "fsync")]
    pub async fn sync(&self) -> Result<()> {
        self.0.operate(Way::Out, Sync(self.0.as_fd().as_raw())).await
    }

    /// Asks about the file.
    ///
    /// # Errors
    /// Those of `statx`.
    #[doc(alias = "statx")]
    pub async fn metadata(&self) -> Result<Metadata> {
        statx(self.0.reactor(), self.0.as_fd(), c"", StatxFlags::EMPTY_PATH).await
    }
}

/// Asks about a file by its path, following symbolic links.
///
/// # Errors
/// Those of `statx`.
#[doc(alias = "statx")]
pub async fn metadata(reactor: &Reactor, path: impl PathArg) -> Result<Metadata> {
    statx(reactor, CWD, path, StatxFlags::empty()).await
}

async fn statx(
    reactor: &Reactor,
    directory: BorrowedFd<'_>,
    path: impl PathArg,
    flags: StatxFlags,
) -> Result<Metadata> {
    match Statx::new(directory, &path, flags)? {
        Some(statx) => reactor.operate(statx).await,
        None => fs::statx(directory, &path, flags, StatxMask::BASIC),
    }
}

impl AsFd for File<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl fmt::Debug for File<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "File({:?})", self.0.as_fd())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::engines;
    use crate::{join, run, sleep, timeout};
    use core::time::Duration;
    use linux::fs::{PipeFlags, pipe};

    const SHORT: Duration = Duration::from_millis(2);

    #[test]
    fn splice_waits_for_whichever_end_is_not_ready() {
        for reactor in &engines() {
            let ends = || {
                let (out, into) = pipe(PipeFlags::CLOSE_ON_EXEC | PipeFlags::NONBLOCK).unwrap();
                let file = |end| File::from_descriptor(reactor, end).unwrap();
                (file(out), file(into))
            };
            let ((first, source), (sink, second)) = (ends(), ends());
            run(reactor, async |_| {
                let late = async {
                    sleep(reactor, SHORT).await;
                    source.write_owned(b"word".to_vec(), None).await.0
                };
                let (moved, _) = join(first.splice(&second, 100), late).await;
                assert_eq!(moved, Ok(4), "{reactor:?}");
                while fs::write(second.as_fd(), &[0; 4096]).is_ok() {}
                source.write_owned(b"more".to_vec(), None).await.0.unwrap();
                let early = timeout(reactor, SHORT, first.splice(&second, 100)).await;
                assert_eq!(early, Err(Errno::TIMEDOUT));
                let make_room = async {
                    sleep(reactor, SHORT).await;
                    sink.read_owned(Vec::with_capacity(1 << 20), None).await.0
                };
                let moved = timeout(reactor, SHORT * 500, join(first.splice(&second, 100), make_room)).await;
                assert_eq!(moved.map(|(moved, _)| moved), Ok(Ok(4)), "{reactor:?}");
            })
            .unwrap();
        }
    }
}
