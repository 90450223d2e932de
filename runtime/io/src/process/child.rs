//! A program that runs.

use alloc::vec::Vec;
use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{Ended, Pid, Started, WaitFlags, WaitFor, kill, pidfd_send_signal, waitid};
use linux::signal::Signal;
use linux::{Errno, Result, retry, time};

use crate::{File, Read};

/// A child. Dropped, it runs on and must be waited for by somebody else.
#[derive(Debug)]
pub struct Child {
    pid: Pid,
    descriptor: Option<OwnedFd>,
    ended: Option<Ended>,
    /// Where its standard input comes from, if through a pipe: close it (`None`) to let it see the end.
    pub stdin: Option<File>,
    /// What it writes to standard output, if through a pipe.
    pub stdout: Option<File>,
    /// What it writes to standard error, if through a pipe.
    pub stderr: Option<File>,
}

/// What a program said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub ended: Ended,
    /// What came through the pipe of standard output.
    pub stdout: Vec<u8>,
    /// What came through the pipe of standard error.
    pub stderr: Vec<u8>,
}

impl Child {
    pub(super) fn new(
        started: Started,
        stdin: Option<File>,
        stdout: Option<File>,
        stderr: Option<File>,
    ) -> Self {
        Self { pid: started.pid, descriptor: started.descriptor, ended: None, stdin, stdout, stderr }
    }

    /// Gives its number, which is its own until it has been waited for.
    pub const fn pid(&self) -> Pid {
        self.pid
    }

    /// Gives its descriptor, ready to read when it has ended; none before Linux 5.2.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.descriptor.as_ref().map(AsFd::as_fd)
    }

    /// Sends it a signal; to one that has been waited for nothing is sent.
    ///
    /// # Errors
    /// `SRCH` (it has ended), `PERM`. See `pidfd_send_signal(2)`.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        match &self.descriptor {
            _ if self.ended.is_some() => Err(Errno::SRCH),
            Some(descriptor) => match pidfd_send_signal(descriptor, signal) {
                Err(Errno::NOSYS) => kill(self.pid, Some(signal)),
                other => other,
            },
            None => kill(self.pid, Some(signal)),
        }
    }

    /// Waits until it ends, after closing the pipe to its standard input.
    ///
    /// # Errors
    /// `CHILD`: somebody else has waited for it. See `waitid(2)`.
    pub fn wait(&mut self) -> Result<Ended> {
        self.stdin = None;
        loop {
            if let Some(ended) = self.look(WaitFlags::EXITED)? {
                return Ok(ended);
            }
        }
    }

    /// Says how it has ended, if it has.
    ///
    /// # Errors
    /// Those of [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> Result<Option<Ended>> {
        self.look(WaitFlags::EXITED | WaitFlags::NO_HANG)
    }

    /// Waits until it ends, or for so long.
    ///
    /// Where there is no descriptor of a process (before Linux 5.3) it is looked at every 10 ms.
    ///
    /// # Errors
    /// Those of [`wait`](Self::wait).
    pub fn wait_for(&mut self, limit: Duration) -> Result<Option<Ended>> {
        const STEP: Duration = Duration::from_millis(10);
        let end = time::boottime() + limit;
        loop {
            let ended = self.try_wait()?;
            let left = end.saturating_sub(time::boottime());
            if ended.is_some() || left.is_zero() {
                return Ok(ended);
            }
            match &self.descriptor {
                // A signal's coming is no reason to end; the time that is left is counted anew.
                Some(descriptor) => match poll(&mut [PollFd::new(descriptor, PollFlags::IN)], Some(left)) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(errno) => return Err(errno),
                },
                None => time::sleep(left.min(STEP)),
            }
        }
    }

    /// Reads what it says through pipes until it has said all, and waits for its end.
    ///
    /// # Errors
    /// Those of `read(2)`, `poll(2)` and [`wait`](Self::wait).
    pub fn output(mut self) -> Result<Output> {
        self.stdin = None;
        let mut sources = [self.stdout.take(), self.stderr.take()];
        let mut texts = [Vec::new(), Vec::new()];
        // Both at once: a program that fills one pipe while we wait at the other would stand still for ever.
        while sources.iter().any(Option::is_some) {
            let mut waiting: [PollFd<'_>; 2] = [PollFd::nothing(), PollFd::nothing()];
            for (place, source) in waiting.iter_mut().zip(&sources) {
                if let Some(source) = source {
                    *place = PollFd::new(source, PollFlags::IN);
                }
            }
            retry(|| poll(&mut waiting, None))?;
            let ready = waiting.map(|place| place.is_ready());
            for ((source, text), _) in
                sources.iter_mut().zip(&mut texts).zip(ready).filter(|(_, ready)| *ready)
            {
                if let Some(file) = source
                    && !more(file, text)?
                {
                    *source = None;
                }
            }
        }
        let ended = self.wait()?;
        let [stdout, stderr] = texts;
        Ok(Output { ended, stdout, stderr })
    }

    fn look(&mut self, flags: WaitFlags) -> Result<Option<Ended>> {
        if self.ended.is_none() {
            // The number may be another child's by now, if somebody else has taken this one; its descriptor never is.
            let which = self.descriptor().map_or(WaitFor::Process(self.pid), WaitFor::Descriptor);
            let child = match retry(|| waitid(which, flags)) {
                // Before Linux 5.4.
                Err(Errno::INVAL) => retry(|| waitid(WaitFor::Process(self.pid), flags)),
                other => other,
            }?;
            self.ended = child.map(|child| child.ended);
        }
        Ok(self.ended)
    }
}

/// Appends what is there; says whether there may be more.
fn more(file: &mut File, text: &mut Vec<u8>) -> Result<bool> {
    const STEP: usize = 16 << 10;
    let length = text.len();
    text.try_reserve(STEP).map_err(|_| Errno::NOMEM)?;
    text.resize(length + STEP, 0);
    let count = retry(|| file.read(text.get_mut(length..).unwrap_or_default()));
    text.truncate(length + count.unwrap_or(0));
    count.map(|count| count > 0)
}
